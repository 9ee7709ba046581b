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
			s.say("%s: removed process group", group)
		case code == wire.StillRunning:
			s.fail(exitError, "ERROR: process/group still running: %s", group)
		case code == wire.BadName:
			s.fail(exitError, "ERROR: no such process/group: %s", group)
		default:
			return err
		}
	}
	return nil
}
