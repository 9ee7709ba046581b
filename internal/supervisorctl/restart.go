package supervisorctl

import (
	"context"
	"strings"
)

// restart stops everything that is named and then starts it, whether or not it
// ran before.
func restart(s *session, ctx context.Context, arg string) error {
	names := strings.Fields(arg)
	if len(names) == 0 {
		return &misuse{"Error: restart requires a process name", exitError}
	}
	if err := s.each(ctx, stopping, names); err != nil {
		return err
	}
	if err := s.each(ctx, starting, names); err != nil {
		return err
	}
	s.hintOfOldConfiguration(ctx, names)
	return nil
}
