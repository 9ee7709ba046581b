package supervisorctl

import (
	"context"
	"fmt"
	"io"
	"strings"

	"supervisor/internal/terminal"
	"supervisor/internal/wire"
)

// warnOfOrphans tells somebody at a terminal that programs of an earlier
// supervisord run on unsupervised, beside those that status shows. A server that
// does not know is no reason to say anything.
func (s *session) warnOfOrphans(ctx context.Context) {
	if !s.onTerminal {
		return
	}
	answer, err := s.call(ctx, wire.GetOrphans)
	if err != nil {
		return
	}
	var lines strings.Builder
	for _, o := range wire.ParseOrphans(answer) {
		fmt.Fprintf(&lines, "left over from an earlier supervisord, and supervised by nobody: %s, pid %d (to end it: %s)\n",
			displayName(o.Group, o.Name), o.PID, o.Cleanup)
	}
	// Nobody is left to be told that nobody reads.
	_, _ = io.WriteString(s.errOut, terminal.Visible(lines.String()))
}
