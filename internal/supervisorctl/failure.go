package supervisorctl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"

	"supervisor/internal/pyrepr"
	"supervisor/internal/wire"
	"supervisor/xmlrpc"
	"supervisor/xmlrpc/client"
)

// failure is an error with a text and an exit status of its own.
type failure struct {
	text   string
	status int
}

func (f *failure) Error() string { return f.text }

// because returns a failure whose cause can be told as well. People read only
// the text of the failure.
func because(cause error, f *failure) error { return &caused{f, cause} }

type caused struct {
	*failure
	cause error
}

func (c *caused) Unwrap() []error { return []error{c.failure, c.cause} }

// misuse is a command used in a way that it has no form for: its usage is shown
// below the text.
type misuse struct {
	text   string
	status int
}

func (m *misuse) Error() string { return m.text }

// valueError is an error that the reference raises as a ValueError.
type valueError string

func (e valueError) Error() string { return string(e) }

// errNoAnswer is the end of the input where an answer was asked for.
var errNoAnswer = errors.New("EOF when reading a line")

// pythonError returns the class and the text that Python shows for an error,
// because scripts look for them (ctl.md, section 3).
func pythonError(err error) (class, detail string) {
	var (
		fault  *xmlrpc.Fault
		status *client.StatusError
		value  valueError
		lookup *net.DNSError
		errno  syscall.Errno
	)
	switch {
	case errors.As(err, &fault):
		return "<class 'xmlrpc.client.Fault'>", faultText(fault)
	case errors.As(err, &status):
		return "<class 'xmlrpc.client.ProtocolError'>",
			fmt.Sprintf("<ProtocolError for 127.0.0.1/RPC2: %d %s>", status.Code, status.Status)
	case errors.As(err, &value):
		return "<class 'ValueError'>", string(value)
	case errors.Is(err, errNoAnswer):
		return "<class 'EOFError'>", err.Error()
	case errors.As(err, &lookup):
		if lookup.IsNotFound {
			return "<class 'socket.gaierror'>", "[Errno -2] Name or service not known"
		}
		return "<class 'socket.gaierror'>", "[Errno -3] Temporary failure in name resolution"
	case errors.As(err, &errno):
		text := errno.Error()
		return "<class '" + errnoClass(errno) + "'>",
			fmt.Sprintf("[Errno %d] %s", int(errno), strings.ToUpper(text[:1])+text[1:])
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "<class 'http.client.RemoteDisconnected'>", "Remote end closed connection without response"
	}
	return "<class 'xmlrpc.client.ResponseError'>", err.Error()
}

// errnoClass returns the subclass of OSError that Python has for an error
// number.
func errnoClass(errno syscall.Errno) string {
	switch errno {
	case syscall.ECONNREFUSED:
		return "ConnectionRefusedError"
	case syscall.ECONNRESET:
		return "ConnectionResetError"
	case syscall.EPIPE:
		return "BrokenPipeError"
	case syscall.ENOENT:
		return "FileNotFoundError"
	case syscall.EACCES, syscall.EPERM:
		return "PermissionError"
	case syscall.ETIMEDOUT:
		return "TimeoutError"
	}
	return "OSError"
}

// faultText returns the repr of a fault.
func faultText(f *xmlrpc.Fault) string {
	return fmt.Sprintf("<Fault %d: %s>", f.Code, pyrepr.String(f.Text))
}

// faultCode returns the code of an error that is a fault, and 0 for others.
func faultCode(err error) wire.Code {
	if fault, ok := asFault(err); ok {
		return wire.Code(fault.Code)
	}
	return 0
}

func isRefused(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }

func isMissing(err error) bool { return errors.Is(err, syscall.ENOENT) }

// isGone reports whether a server that was there does not listen any more, or has
// ended in the middle of a request.
func isGone(err error) bool {
	for _, sign := range []error{io.EOF, io.ErrUnexpectedEOF, syscall.ECONNRESET, syscall.EPIPE} {
		if errors.Is(err, sign) {
			return true
		}
	}
	return isRefused(err) || isMissing(err)
}

// unauthorized is the status with which HTTP asks for a name and a password.
const unauthorized = 401

func isUnauthorized(err error) bool {
	var status *client.StatusError
	return errors.As(err, &status) && status.Code == unauthorized
}

// asFault returns an error that is a fault.
func asFault(err error) (fault *xmlrpc.Fault, ok bool) {
	ok = errors.As(err, &fault)
	return fault, ok
}

func isInterrupted(ctx context.Context) bool { return errors.Is(ctx.Err(), context.Canceled) }
