package supervisorctl

import (
	"context"
	"io"
	"os"
	"strings"

	"supervisor/internal/checker"
	"supervisor/internal/config"
	"supervisor/internal/wire"
)

// checkFile looks for everything that is wrong with a configuration: the file
// that is named, the one that a running daemon uses, or the one that supervisord
// would read. It works without a daemon, and with a file that no daemon can use.
// running asks the daemon; nil: nobody is there to be asked.
func (inv Invocation) checkFile(file string, args []string, running func() (wire.ConfigSource, bool), stdout, stderr io.Writer) int {
	if file != "" {
		running = nil
	}
	var searched []string
	if file == "" {
		file, searched, _ = config.Find(inv.Exe, inv.Cwd)
	}
	hostname, err := os.Hostname()
	if err != nil { // then the daemon has none either
		hostname = ""
	}
	own := config.Source{File: file, Cwd: inv.Cwd, Env: inv.Env, UID: inv.UID, Hostname: hostname}
	return checker.Run(checker.Invocation{
		Program: inv.Exe,
		Args:    args,
		Source:  own,
		Running: func() (config.Source, bool) {
			if running == nil {
				return own, false
			}
			of, ok := running()
			if _, err := os.Stat(of.File); !ok || of.Host != hostname || err != nil {
				return own, false
			}
			return asDaemon(own, of), true
		},
		Searched: searched,
		Stdout:   stdout,
		Stderr:   stderr,
	})
}

// check is the command of the shell.
func check(s *session, _ context.Context, arg string) error {
	var out strings.Builder
	status := s.checkFile(strings.Fields(arg), &out, s.errOut)
	s.print(out.String())
	if status != 0 {
		s.status = status
	}
	return nil
}
