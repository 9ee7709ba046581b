package rpc

import "supervisor/internal/wire"

// ownMethods is what Supervisor does not have: what supervisorctl needs so as not
// to poll (DIF-051), and what explains a process or lets somebody check its configuration.
func ownMethods() []method {
	return []method{
		{name: wire.WaitForChange, signature: []string{"struct", "array", "string", "int"}, call: (*Server).waitForChange,
			help: "What is known about the named processes, or about all if there are no names, as soon as that differs from what an earlier call has told: an answer has a token, which the next call passes on. At the latest after as many seconds as asked for, and never later than after 60."},
		{name: wire.GetProcessStats, signature: []string{"array"}, call: (*Server).processStats,
			help: "What every process uses, with its descendants: processors (cpu), memory in KiB (memory), their number (processes); and how often it was started again (restarts). What is not known is missing."},
		{name: wire.GetConfigSource, signature: []string{"struct"}, always: true, call: (*Server).configSource,
			help: "From where the daemon reads its configuration: the file, the directory at which relative paths in it begin, and the host and pid of the daemon, by which a client can tell whether that file is its own."},
		{name: wire.GetExplanation, signature: []string{"struct", "string"}, call: (*Server).explanation,
			help: "Why a process is in its state: a cause, an answer in one sentence, what it is based on, and steps to take."},
	}
}
