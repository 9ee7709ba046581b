// Package wire is what supervisord and its clients must agree on: methods,
// faults, states, and the shapes of the structs that go to and fro.
//
// It is pure and describes only what is on the wire (rpc.md, sections 4 to 9).
// What the daemon makes of it is the business of package rpc.
package wire

import "supervisor/xmlrpc"

// APIVersion is the version of the supervisor namespace.
const APIVersion = "3.0"

// Code is the code of a fault, or of a result.
type Code int

// The codes.
const (
	UnknownMethod        Code = 1
	IncorrectParameters  Code = 2
	BadArguments         Code = 3
	SignatureUnsupported Code = 4
	ShutdownState        Code = 6
	BadName              Code = 10
	BadSignal            Code = 11
	NoFile               Code = 20
	NotExecutable        Code = 21
	Failed               Code = 30
	AbnormalTermination  Code = 40
	SpawnError           Code = 50
	AlreadyStarted       Code = 60
	NotRunning           Code = 70
	Success              Code = 80 // only in results
	AlreadyAdded         Code = 90
	StillRunning         Code = 91
	CantReread           Code = 92
)

// String returns the name of the code, which is how the text of a fault begins.
func (c Code) String() string {
	switch c {
	case UnknownMethod:
		return "UNKNOWN_METHOD"
	case IncorrectParameters:
		return "INCORRECT_PARAMETERS"
	case BadArguments:
		return "BAD_ARGUMENTS"
	case SignatureUnsupported:
		return "SIGNATURE_UNSUPPORTED"
	case ShutdownState:
		return "SHUTDOWN_STATE"
	case BadName:
		return "BAD_NAME"
	case BadSignal:
		return "BAD_SIGNAL"
	case NoFile:
		return "NO_FILE"
	case NotExecutable:
		return "NOT_EXECUTABLE"
	case Failed:
		return "FAILED"
	case AbnormalTermination:
		return "ABNORMAL_TERMINATION"
	case SpawnError:
		return "SPAWN_ERROR"
	case AlreadyStarted:
		return "ALREADY_STARTED"
	case NotRunning:
		return "NOT_RUNNING"
	case Success:
		return "SUCCESS"
	case AlreadyAdded:
		return "ALREADY_ADDED"
	case StillRunning:
		return "STILL_RUNNING"
	case CantReread:
		return "CANT_REREAD"
	}
	return "UNKNOWN"
}

// Fault returns the fault of a code. Its text is the name of the code, followed
// by extra if there is any.
func Fault(code Code, extra string) *xmlrpc.Fault {
	text := code.String()
	if extra != "" {
		text += ": " + extra
	}
	return &xmlrpc.Fault{Code: int(code), Text: text}
}
