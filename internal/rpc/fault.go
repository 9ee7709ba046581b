package rpc

import (
	"errors"

	"supervisor/internal/supervisor"
	"supervisor/internal/wire"
	"supervisor/xmlrpc"
)

// faults is the one translation of what can go wrong in the supervisor into
// what clients are told (rpc.md, section 4).
var faults = []struct {
	err  error
	code wire.Code
}{
	{supervisor.ErrShutdown, wire.ShutdownState},
	{supervisor.ErrBadName, wire.BadName},
	{supervisor.ErrBadSignal, wire.BadSignal},
	{supervisor.ErrNoFile, wire.NoFile},
	{supervisor.ErrNotExecutable, wire.NotExecutable},
	{supervisor.ErrFailed, wire.Failed},
	{supervisor.ErrAbnormal, wire.AbnormalTermination},
	{supervisor.ErrSpawn, wire.SpawnError},
	{supervisor.ErrAlreadyStarted, wire.AlreadyStarted},
	{supervisor.ErrNotRunning, wire.NotRunning},
	{supervisor.ErrAlreadyAdded, wire.AlreadyAdded},
	{supervisor.ErrStillRunning, wire.StillRunning},
	{supervisor.ErrCannotReread, wire.CantReread},
}

// faultOf returns the fault that tells a client about an error.
func faultOf(err error) *xmlrpc.Fault {
	var fault *xmlrpc.Fault
	if errors.As(err, &fault) {
		return fault
	}
	var known *supervisor.Error
	for _, f := range faults {
		switch {
		case !errors.Is(err, f.err):
		case errors.As(err, &known): // a detail is shown even if it is an empty name
			return &xmlrpc.Fault{Code: int(f.code), Text: f.code.String() + ": " + known.Detail}
		default:
			return wire.Fault(f.code, "")
		}
	}
	return wire.Fault(wire.Failed, err.Error())
}
