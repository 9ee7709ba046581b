package supervisorctl

import (
	"context"
	"errors"
	"io"
	"path/filepath"

	"supervisor/internal/wire"
	"supervisor/xmlrpc"
)

// upgrade has the server become another program, or what its own file holds now,
// while everything goes on running. The answer comes when that is done.
func upgrade(s *session, ctx context.Context, arg string) error {
	var params []any
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
