package supervisorctl

import (
	"context"
	"io"
	"os"
	"strings"

	"supervisor/internal/checker"
	"supervisor/internal/config"
)

// checkFile looks for everything that is wrong with a configuration: the file
// that is named, or the one that supervisord would read. Nobody is asked, so it
// works without a daemon, and with a file that no daemon can use.
func (inv Invocation) checkFile(file string, args []string, stdout, stderr io.Writer) int {
	var searched []string
	if file == "" {
		file, searched, _ = config.Find(inv.Exe, inv.Cwd)
	}
	hostname, err := os.Hostname()
	if err != nil { // then the daemon has none either
		hostname = ""
	}
	return checker.Run(checker.Invocation{
		Program:  inv.Exe,
		Args:     args,
		Source:   config.Source{File: file, Cwd: inv.Cwd, Env: inv.Env, UID: inv.UID, Hostname: hostname},
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
