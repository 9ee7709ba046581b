package supervisorctl

import (
	"context"

	"supervisor/internal/wire"
)

// shutdown ends the server and everything it runs. A server that is gone or
// going already is what was asked for, but it is told.
func shutdown(s *session, ctx context.Context, _ string) error {
	sure, err := s.confirm(ctx, "Really shut the remote supervisord process down y/N? ")
	if err != nil || !sure {
		return err
	}
	_, err = s.call(ctx, wire.Shutdown)
	switch {
	case err == nil:
		s.give(deed{"supervisord", "shut down"}, "Shut down")
	case faultCode(err) == wire.ShutdownState:
		s.fail(s.status, newProblem("", wire.ShutdownState, "already shutting down"), "ERROR: already shutting down")
	case isRefused(err):
		s.fail(exitError, newProblem("", 0, "refused connection (already shut down?)"), "ERROR: %s refused connection (already shut down?)", s.settings.ServerURL)
	case isMissing(err):
		s.fail(exitError, newProblem("", 0, "no such file (already shut down?)"), "ERROR: %s no such file (already shut down?)", s.settings.ServerURL)
	default:
		return err
	}
	return nil
}
