package supervisorctl

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"supervisor/internal/wire"
	"supervisor/xmlrpc"
)

// upgrade has the server become another program, or what its own file holds now,
// while everything goes on running. The answer comes when that is done.
func upgrade(s *session, ctx context.Context, arg string) error {
	words := strings.Fields(arg)
	if err := refuseOptions(words); err != nil {
		return err
	}
	var params []any
	if len(words) > 1 {
		if _, err := os.Stat(arg); err != nil { // there may be blanks in a path
			return &misuse{"Error: upgrade accepts one path only", exitUsage}
		}
	}
	if arg != "" {
		path, err := filepath.Abs(arg) // the server is somewhere else, but on this machine
		if err != nil {
			return err
		}
		params = append(params, path)
	}
	_, err := s.call(ctx, wire.Upgrade, params...)
	var fault *xmlrpc.Fault
	switch {
	case faultCode(err) == wire.ShutdownState:
		return because(err, &failure{"ERROR: supervisor shutting down", exitError})
	case faultCode(err) == wire.UnknownMethod:
		return because(err, &failure{"ERROR: this supervisord cannot be upgraded while it runs", exitError})
	case errors.As(err, &fault):
		return because(err, &failure{"ERROR: " + fault.Text, exitError})
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return because(err, &failure{"ERROR: the upgrade failed without an answer (see the log of supervisord)", exitError})
	case err != nil:
		return err
	}
	pid, err := s.call(ctx, wire.GetPID)
	if err != nil {
		return err
	}
	s.give(deed{"supervisord", "upgraded"}, "Upgraded supervisord (pid %v)", pid)
	return nil
}
