package supervisorctl

import (
	"context"
	"strings"

	"supervisor/internal/wire"
)

// add makes groups of the configuration, as last read by the server, active.
func add(s *session, ctx context.Context, arg string) error {
	for _, group := range strings.Fields(arg) {
		_, err := s.call(ctx, wire.AddProcessGroup, group)
		switch code := faultCode(err); {
		case err == nil:
			s.did(group, "added", "added process group")
		case code == wire.AlreadyAdded: // not an error: it is as it should be
			s.fail(s.status, newProblem(group, code, "process group already active"), "ERROR: process group already active")
		case code == wire.BadName:
			s.fail(exitError, newProblem(group, code, "no such process/group"), "ERROR: no such process/group: %s", group)
		case code == wire.ShutdownState:
			s.fail(exitError, newProblem(group, code, "shutting down"), "ERROR: shutting down")
		default:
			return err
		}
	}
	return nil
}
