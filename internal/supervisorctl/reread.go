package supervisorctl

import (
	"context"
	"slices"
	"strings"

	"supervisor/internal/wire"
)

// reread has the server read its configuration and shows which groups differ
// from what is active.
func reread(s *session, ctx context.Context, _ string) error {
	diff, err := s.reloadConfig(ctx)
	switch {
	case faultCode(err) == wire.ShutdownState:
		return because(err, &failure{"ERROR: supervisor shutting down", exitError})
	case err != nil:
		return err
	}
	var lines []string
	for _, change := range []struct {
		groups []string
		what   string
	}{
		{diff.Added, "available"},
		{diff.Changed, "changed"},
		{diff.Removed, "disappeared"},
	} {
		for _, group := range change.groups {
			lines = append(lines, group+": "+change.what)
		}
	}
	if len(lines) == 0 {
		lines = []string{"No config updates to processes"}
	}
	slices.SortFunc(lines, func(a, b string) int {
		groupA, _, _ := strings.Cut(a, ":")
		groupB, _, _ := strings.Cut(b, ":")
		return strings.Compare(groupA, groupB)
	})
	s.result(diff, strings.Join(lines, "\n")+"\n")
	return nil
}
