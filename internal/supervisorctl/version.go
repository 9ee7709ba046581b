package supervisorctl

import (
	"context"

	"supervisor/internal/wire"
)

// version shows the version of the server, not that of this program.
func version(s *session, ctx context.Context, _ string) error {
	version, err := s.call(ctx, wire.GetSupervisorVersion)
	if err != nil {
		return err
	}
	s.say("%v", version)
	return nil
}
