package supervisorctl

import (
	"context"
	"fmt"

	"supervisor/internal/wire"
)

// version shows the version of the server, not that of this program.
func version(s *session, ctx context.Context, _ string) error {
	version, err := s.call(ctx, wire.GetSupervisorVersion)
	if err != nil {
		return err
	}
	s.result(version, fmt.Sprintf("%v\n", version))
	return nil
}
