package webui

import (
	"errors"
	"fmt"

	"supervisor/internal/supervisor"
	"supervisor/internal/wire"
)

// faults are the reasons for which an action fails, with the code that XML-RPC
// has for them, and what the page says instead if it is a start that fails.
var faults = []struct {
	reason  error
	code    wire.Code
	onStart string // empty: the same as for any other action
}{
	{supervisor.ErrShutdown, wire.ShutdownState, ""},
	{supervisor.ErrBadName, wire.BadName, ""},
	{supervisor.ErrNoFile, wire.NoFile, "no such file"},
	{supervisor.ErrNotExecutable, wire.NotExecutable, "file not executable"},
	{supervisor.ErrFailed, wire.Failed, ""},
	{supervisor.ErrAbnormal, wire.AbnormalTermination, "abnormal termination"},
	{supervisor.ErrSpawn, wire.SpawnError, "spawn error"},
	{supervisor.ErrAlreadyStarted, wire.AlreadyStarted, "already started"},
	{supervisor.ErrNotRunning, wire.NotRunning, ""},
}

// fault says why an action failed.
func fault(err error) string {
	code, detail := wire.Failed, err.Error()
	for _, f := range faults {
		if errors.Is(err, f.reason) {
			code, detail = f.code, ""
		}
	}
	if known := new(supervisor.Error); errors.As(err, &known) {
		detail = known.Detail
	}
	return fmt.Sprintf("unexpected rpc fault [%d] %s", code, wire.Fault(code, detail).Text)
}

// startFault says why a start failed.
func startFault(err error) string {
	for _, f := range faults {
		if f.onStart != "" && errors.Is(err, f.reason) {
			return f.onStart
		}
	}
	return fault(err)
}
