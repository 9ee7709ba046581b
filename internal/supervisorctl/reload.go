package supervisorctl

import (
	"context"

	"supervisor/internal/wire"
)

// reload has the server stop everything and start afresh with the
// configuration of the day.
func reload(s *session, ctx context.Context, _ string) error {
	sure, err := s.confirm(ctx, "Really restart the remote supervisord process y/N? ")
	if err != nil || !sure {
		return err
	}
	_, err = s.call(ctx, wire.Restart)
	switch {
	case err == nil:
		s.give(deed{"supervisord", "restarted"}, "Restarted supervisord")
	case faultCode(err) == wire.ShutdownState:
		return because(err, &failure{"ERROR: already shutting down", exitError})
	}
	if fault, ok := asFault(err); ok && wire.Code(fault.Code) == wire.CantReread { // everything goes on
		return because(err, &failure{"ERROR: " + fault.Text, exitError})
	}
	return err
}
