package supervisorctl

import (
	"context"
	"fmt"
	"io"
	"strings"

	"supervisor/internal/terminal"
	"supervisor/internal/wire"
)

// leftover is what programs are told about a process of an earlier supervisord.
type leftover struct {
	Name    string `json:"name"`
	PID     int    `json:"pid"`
	Cleanup string `json:"cleanup"` // the command that ends it
}

// warnOfOrphans tells programs, and somebody at a terminal, that programs of an
// earlier supervisord run on unsupervised, beside those that status shows. A server
// that does not know is no reason to say anything.
func (s *session) warnOfOrphans(ctx context.Context) {
	if !s.onTerminal && s.document == nil {
		return
	}
	answer, err := s.call(ctx, wire.GetOrphans)
	if err != nil {
		return
	}
	var lines strings.Builder
	for _, o := range wire.ParseOrphans(answer) {
		name := o.Display()
		if s.document != nil {
			s.document.Leftovers = append(s.document.Leftovers, leftover{name, o.PID, o.Cleanup})
			continue
		}
		fmt.Fprintf(&lines, "left over from an earlier supervisord, and supervised by nobody: %s, pid %d (to end it: %s)\n",
			name, o.PID, o.Cleanup)
	}
	// Nobody is left to be told that nobody reads.
	_, _ = io.WriteString(s.errOut, terminal.Visible(lines.String()))
}
