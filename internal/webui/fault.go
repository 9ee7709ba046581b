package webui

import (
	"errors"
	"fmt"

	"supervisor/internal/supervisor"
)

// faults are the reasons of failure, with code and name as in XML-RPC, and
// what the page says instead if a start fails for that reason.
var faults = []struct {
	reason  error
	code    int
	name    string
	onStart string // empty: the same as for any other action
}{
	{supervisor.ErrShutdown, 6, "SHUTDOWN_STATE", ""},
	{supervisor.ErrBadName, 10, "BAD_NAME", ""},
	{supervisor.ErrNoFile, 20, "NO_FILE", "no such file"},
	{supervisor.ErrNotExecutable, 21, "NOT_EXECUTABLE", "file not executable"},
	{supervisor.ErrFailed, 30, "FAILED", ""},
	{supervisor.ErrAbnormal, 40, "ABNORMAL_TERMINATION", "abnormal termination"},
	{supervisor.ErrSpawn, 50, "SPAWN_ERROR", "spawn error"},
	{supervisor.ErrAlreadyStarted, 60, "ALREADY_STARTED", "already started"},
	{supervisor.ErrNotRunning, 70, "NOT_RUNNING", ""},
}

// fault says why an action failed.
func fault(err error) string {
	for _, f := range faults {
		if !errors.Is(err, f.reason) {
			continue
		}
		text := fmt.Sprintf("unexpected rpc fault [%d] %s", f.code, f.name)
		if detailed := new(supervisor.Error); errors.As(err, &detailed) {
			text += ": " + detailed.Detail
		}
		return text
	}
	return fault(&supervisor.Error{Kind: supervisor.ErrFailed, Detail: err.Error()})
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
