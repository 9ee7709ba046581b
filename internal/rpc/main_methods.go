package rpc

// mainMethods is the whole main API (rpc.md, section 6).
func mainMethods() []method {
	sig := func(types ...string) []string { return types }
	return []method{
		// About the supervisor.
		{name: "getAPIVersion", aliases: []string{"getVersion"}, signature: sig("string"), call: (*Server).apiVersion,
			help: "The version of this API."},
		{name: "getSupervisorVersion", signature: sig("string"), call: (*Server).supervisorVersion,
			help: "The version of Supervisor that this daemon stands in for."},
		{name: "getIdentification", signature: sig("string"), call: (*Server).identification,
			help: "The identifier of this daemon."},
		{name: "getState", signature: sig("struct"), call: (*Server).supervisorState,
			help: "The state of the daemon: statecode and statename."},
		{name: "getPID", signature: sig("int"), call: (*Server).pid,
			help: "The pid of the daemon."},
		{name: "shutdown", signature: sig("boolean"), call: (*Server).shutdown,
			help: "Stop everything and end. Returns at once."},
		{name: "restart", signature: sig("boolean"), call: (*Server).restart,
			help: "Stop everything and start anew with the configuration as it is then. Returns at once."},

		// About its configuration.
		{name: "reloadConfig", signature: sig("array"), call: (*Server).reloadConfig,
			help: "Read the configuration anew and return the names of the groups that were added, changed and removed: [[added, changed, removed]]. What runs is not touched."},
		{name: "addProcessGroup", signature: sig("boolean", "string"), call: (*Server).addProcessGroup,
			help: "Make a group of the configuration that was read last active."},
		{name: "removeProcessGroup", signature: sig("boolean", "string"), call: (*Server).removeProcessGroup,
			help: "Forget a group, all of whose processes are stopped."},
		{name: "getAllConfigInfo", signature: sig("array"), call: (*Server).allConfigInfo,
			help: "The options of every process of the configuration that was read last."},

		// About processes.
		{name: "getProcessInfo", signature: sig("struct", "string"), call: (*Server).processInfo,
			help: "What is known about one process."},
		{name: "getAllProcessInfo", signature: sig("array"), call: (*Server).allProcessInfo,
			help: "What is known about every process."},
		{name: "startProcess", signature: sig("boolean", "string", "boolean"), optional: 1, call: (*Server).startProcess,
			help: "Start a process, or with group:* all of a group. With wait, return when it is running."},
		{name: "startProcessGroup", signature: sig("array", "string", "boolean"), optional: 1, call: (*Server).startProcessGroup,
			help: "Start all processes of a group."},
		{name: "startAllProcesses", signature: sig("array", "boolean"), optional: 1, call: (*Server).startAllProcesses,
			help: "Start all processes."},
		{name: "stopProcess", signature: sig("boolean", "string", "boolean"), optional: 1, call: (*Server).stopProcess,
			help: "Stop a process, or with group:* all of a group. With wait, return when it has stopped."},
		{name: "stopProcessGroup", signature: sig("array", "string", "boolean"), optional: 1, call: (*Server).stopProcessGroup,
			help: "Stop all processes of a group."},
		{name: "stopAllProcesses", signature: sig("array", "boolean"), optional: 1, call: (*Server).stopAllProcesses,
			help: "Stop all processes."},
		{name: "signalProcess", signature: sig("boolean", "string", "string"), call: (*Server).signalProcess,
			help: "Send a process a signal, given by name or number; with group:* all of a group."},
		{name: "signalProcessGroup", signature: sig("array", "string", "string"), call: (*Server).signalProcessGroup,
			help: "Send all processes of a group a signal."},
		{name: "signalAllProcesses", signature: sig("array", "string"), call: (*Server).signalAllProcesses,
			help: "Send all processes a signal."},
		{name: "sendProcessStdin", signature: sig("boolean", "string", "string"), call: (*Server).sendProcessStdin,
			help: "Write characters to the stdin of a process, as UTF-8."},
		{name: "sendRemoteCommEvent", signature: sig("boolean", "string", "string"), always: true, call: (*Server).sendRemoteCommEvent,
			help: "Send the listeners of REMOTE_COMMUNICATION events a message: its type and its data."},

		// About logs.
		{name: "readLog", aliases: []string{"readMainLog"}, signature: sig("string", "int", "int"), call: (*Server).readMainLog,
			help: "Read length bytes from offset of the daemon's log; a negative offset counts from the end."},
		{name: "clearLog", signature: sig("boolean"), call: (*Server).clearMainLog,
			help: "Empty the daemon's log."},
		{name: "readProcessStdoutLog", aliases: []string{"readProcessLog"}, signature: sig("string", "string", "int", "int"), call: (*Server).readStdout,
			help: "Read length bytes from offset of a process' stdout log."},
		{name: "readProcessStderrLog", signature: sig("string", "string", "int", "int"), call: (*Server).readStderr,
			help: "Read length bytes from offset of a process' stderr log."},
		{name: "tailProcessStdoutLog", aliases: []string{"tailProcessLog"}, signature: sig("array", "string", "int", "int"), call: (*Server).tailStdout,
			help: "The last length bytes of a process' stdout log, its size, and whether more was written since offset than that."},
		{name: "tailProcessStderrLog", signature: sig("array", "string", "int", "int"), call: (*Server).tailStderr,
			help: "The last length bytes of a process' stderr log, its size, and whether more was written since offset than that."},
		{name: "clearProcessLogs", aliases: []string{"clearProcessLog"}, signature: sig("boolean", "string"), call: (*Server).clearProcessLogs,
			help: "Empty the logs of a process."},
		{name: "clearAllProcessLogs", signature: sig("array"), call: (*Server).clearAllProcessLogs,
			help: "Empty the logs of all processes."},
	}
}
