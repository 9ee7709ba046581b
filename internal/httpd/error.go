package httpd

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"

	"supervisor/internal/config"
)

// ListenError says why a server could not be opened, in the words of the
// reference (cli.md, section 2, step 9).
type ListenError struct {
	Server config.Server
	Text   string // what the reference says, and scripts look for
	Err    error  // the cause
}

// Error returns the reference's text.
func (e *ListenError) Error() string { return e.Text }

// Unwrap returns the cause.
func (e *ListenError) Unwrap() error { return e.Err }

// Where returns the socket that it is about: a path, or host:port.
func (e *ListenError) Where() string {
	if e.Server.Unix() {
		return e.Server.Path
	}
	return net.JoinHostPort(e.Server.Host, strconv.Itoa(e.Server.Port))
}

// listenError gives the cause of a failure its text.
func listenError(server config.Server, err error) *ListenError {
	e := &ListenError{Server: server, Err: err}
	var (
		errno  syscall.Errno
		lookup *net.DNSError
	)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		e.Text = "Another program is already listening on a port that one of our HTTP servers is configured to use." +
			" Stop it, or configure another port, before starting supervisord."
	case errors.As(err, &lookup):
		code := -3 // EAI_AGAIN
		if lookup.IsNotFound {
			code = -2 // EAI_NONAME
		}
		e.Text = fmt.Sprintf("Cannot open an HTTP server: socket.error reported %d", code)
	case errors.As(err, &errno):
		e.Text = fmt.Sprintf("Cannot open an HTTP server: socket.error reported errno.%s (%d)", unix.ErrnoName(errno), int(errno))
	default:
		e.Text = fmt.Sprintf("Cannot open an HTTP server: socket.error reported %v", err)
	}
	return e
}

// chownError is the refusal to give a socket away.
func chownError(server config.Server, err error) *ListenError {
	owner := server.Owner
	return &ListenError{Server: server, Err: err, Text: fmt.Sprintf(
		"Not permitted to chown %s to uid/gid (%d, %d); choose a \"chown\" that the user who runs supervisord may set",
		server.Path, owner.UID, owner.GID)}
}
