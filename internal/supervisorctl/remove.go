package supervisorctl

import (
	"context"
	"strings"

	"supervisor/internal/wire"
)

// remove takes groups out of service, which must have been stopped.
func remove(s *session, ctx context.Context, arg string) error {
	for _, group := range strings.Fields(arg) {
		_, err := s.call(ctx, wire.RemoveProcessGroup, group)
		switch code := faultCode(err); {
		case err == nil:
			s.did(group, "removed", "removed process group")
		case code == wire.StillRunning:
			s.fail(exitError, newProblem(group, code, "process/group still running"), "ERROR: process/group still running: %s", group)
		case code == wire.BadName:
			s.fail(exitError, newProblem(group, code, "no such process/group"), "ERROR: no such process/group: %s", group)
		default:
			return err
		}
	}
	return nil
}
