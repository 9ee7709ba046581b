package supervisorctl

import (
	"context"
	"errors"
	"io"

	"supervisor/internal/config"
	"supervisor/xmlrpc/client"
)

// server is what the commands need of a supervisord. Its methods may be called
// at the same time.
type server interface {
	// Call calls a method, named with its namespace.
	Call(ctx context.Context, method string, params ...any) (any, error)

	// Stream copies what the server has at an escaped path to w as it comes,
	// until the server or ctx ends it.
	Stream(ctx context.Context, path string, w io.Writer) error
}

// dialer makes the client of the server that the settings name. It sends
// nothing.
type dialer func(config.Ctl) (server, error)

// dial is the dialer of the real program.
func dial(settings config.Ctl) (server, error) {
	c, err := client.New(settings.ServerURL, settings.Username, settings.Password)
	if errors.Is(err, client.ErrUnknownProtocol) {
		return nil, valueError("Unknown protocol for serverurl " + settings.ServerURL)
	}
	if err != nil {
		return nil, valueError(err.Error())
	}
	return c, nil
}
