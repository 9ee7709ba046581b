package supervisor

import "errors"

// The reasons for which a request fails. A caller finds them with errors.Is;
// an *Error carries the detail that goes with one.
var (
	ErrShutdown       = errors.New("the supervisor is going down")
	ErrBadName        = errors.New("no such process or group")
	ErrBadSignal      = errors.New("no such signal")
	ErrNoFile         = errors.New("no such file")
	ErrNotExecutable  = errors.New("file is not executable")
	ErrFailed         = errors.New("failed")
	ErrAbnormal       = errors.New("abnormal termination")
	ErrSpawn          = errors.New("spawn error")
	ErrAlreadyStarted = errors.New("already started")
	ErrNotRunning     = errors.New("not running")
	ErrAlreadyAdded   = errors.New("already added")
	ErrStillRunning   = errors.New("still running")
	ErrCannotReread   = errors.New("cannot reread the configuration")
)

// Error is one of the reasons above with its detail: the name that was asked
// for, or the text of the cause.
type Error struct {
	Kind   error
	Detail string
}

// Error returns reason and detail.
func (e *Error) Error() string { return e.Kind.Error() + ": " + e.Detail }

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Kind }

func fail(kind error, detail string) error { return &Error{Kind: kind, Detail: detail} }
