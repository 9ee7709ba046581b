package rpc

import "supervisor/internal/wire"

// mainMethods is the whole main API (rpc.md, section 6).
func mainMethods() []method {
	sig := func(types ...string) []string { return types }
	return []method{
		// About the supervisor.
		{name: wire.GetAPIVersion, aliases: []string{wire.GetVersion}, signature: sig("string"), call: (*Server).apiVersion,
			help: "The version of this API."},
		{name: wire.GetSupervisorVersion, signature: sig("string"), call: (*Server).supervisorVersion,
			help: "The version of Supervisor that this daemon stands in for."},
		{name: wire.GetIdentification, signature: sig("string"), call: (*Server).identification,
			help: "The identifier of this daemon."},
		{name: wire.GetState, signature: sig("struct"), call: (*Server).supervisorState,
			help: "The state of the daemon: statecode and statename."},
		{name: wire.GetPID, signature: sig("int"), call: (*Server).pid,
			help: "The pid of the daemon."},
		{name: wire.Shutdown, signature: sig("boolean"), call: (*Server).shutdown,
			help: "Stop everything and end. Returns at once."},
		{name: wire.Restart, signature: sig("boolean"), call: (*Server).restart,
			help: "Stop everything and start anew with the configuration as it is then. Returns at once."},

		{name: wire.Upgrade, signature: sig("boolean", "string"), optional: 1, call: (*Server).upgradeDaemon,
			help: "Become the program at a path, or without one the program that the daemon's own file holds now, and go on with all that runs. Returns when that is done. Only root and the daemon's user may name another file, by a unix socket."},
		{name: wire.GetOrphans, signature: sig("array"), always: true, call: (*Server).getOrphans,
			help: "The programs that an earlier daemon has left over and nobody supervises: group, name, pid, and the command that ends it (cleanup)."},

		// About its configuration.
		{name: wire.ReloadConfig, signature: sig("array"), call: (*Server).reloadConfig,
			help: "Read the configuration anew and return the names of the groups that were added, changed and removed: [[added, changed, removed]]. What runs is not touched."},
		{name: wire.GetConfigDrift, signature: sig("struct"), call: (*Server).configDrift,
			help: "How the configuration on disk differs from what runs: added, changed and removed groups, the options that differ, and the processes that an update would stop and start. Nothing is changed, nor made the configuration that was read last."},
		{name: wire.AddProcessGroup, signature: sig("boolean", "string"), call: (*Server).addProcessGroup,
			help: "Make a group of the configuration that was read last active."},
		{name: wire.RemoveProcessGroup, signature: sig("boolean", "string"), call: (*Server).removeProcessGroup,
			help: "Forget a group, all of whose processes are stopped."},
		{name: wire.GetAllConfigInfo, signature: sig("array"), call: (*Server).allConfigInfo,
			help: "The options of every process of the configuration that was read last."},

		// About processes.
		{name: wire.GetProcessInfo, signature: sig("struct", "string"), call: (*Server).processInfo,
			help: "What is known about one process."},
		{name: wire.GetAllProcessInfo, signature: sig("array"), call: (*Server).allProcessInfo,
			help: "What is known about every process."},
		{name: wire.StartProcess, signature: sig("boolean", "string", "boolean"), optional: 1, call: (*Server).startProcess,
			help: "Start a process, or with group:* all of a group. With wait, return when it is running."},
		{name: wire.StartProcessGroup, signature: sig("array", "string", "boolean"), optional: 1, call: (*Server).startProcessGroup,
			help: "Start all processes of a group."},
		{name: wire.StartAllProcesses, signature: sig("array", "boolean"), optional: 1, call: (*Server).startAllProcesses,
			help: "Start all processes."},
		{name: wire.StopProcess, signature: sig("boolean", "string", "boolean"), optional: 1, call: (*Server).stopProcess,
			help: "Stop a process, or with group:* all of a group. With wait, return when it has stopped."},
		{name: wire.StopProcessGroup, signature: sig("array", "string", "boolean"), optional: 1, call: (*Server).stopProcessGroup,
			help: "Stop all processes of a group."},
		{name: wire.StopAllProcesses, signature: sig("array", "boolean"), optional: 1, call: (*Server).stopAllProcesses,
			help: "Stop all processes."},
		{name: wire.SignalProcess, signature: sig("boolean", "string", "string"), call: (*Server).signalProcess,
			help: "Send a process a signal, given by name or number; with group:* all of a group."},
		{name: wire.SignalProcessGroup, signature: sig("array", "string", "string"), call: (*Server).signalProcessGroup,
			help: "Send all processes of a group a signal."},
		{name: wire.SignalAllProcesses, signature: sig("array", "string"), call: (*Server).signalAllProcesses,
			help: "Send all processes a signal."},
		{name: wire.SendProcessStdin, signature: sig("boolean", "string", "string"), call: (*Server).sendProcessStdin,
			help: "Write characters to the stdin of a process, as UTF-8."},
		{name: wire.SendRemoteCommEvent, signature: sig("boolean", "string", "string"), always: true, call: (*Server).sendRemoteCommEvent,
			help: "Send the listeners of REMOTE_COMMUNICATION events a message: its type and its data."},

		// About logs.
		{name: wire.ReadLog, aliases: []string{wire.ReadMainLog}, signature: sig("string", "int", "int"), call: (*Server).readMainLog,
			help: "Read length bytes from offset of the daemon's log; a negative offset counts from the end."},
		{name: wire.ClearLog, signature: sig("boolean"), call: (*Server).clearMainLog,
			help: "Empty the daemon's log."},
		{name: wire.ReadProcessStdoutLog, aliases: []string{wire.ReadProcessLog}, signature: sig("string", "string", "int", "int"), call: (*Server).readStdout,
			help: "Read length bytes from offset of a process' stdout log."},
		{name: wire.ReadProcessStderrLog, signature: sig("string", "string", "int", "int"), call: (*Server).readStderr,
			help: "Read length bytes from offset of a process' stderr log."},
		{name: wire.TailProcessStdoutLog, aliases: []string{wire.TailProcessLog}, signature: sig("array", "string", "int", "int"), call: (*Server).tailStdout,
			help: "The last length bytes of a process' stdout log, its size, and whether more was written since offset than that."},
		{name: wire.TailProcessStderrLog, signature: sig("array", "string", "int", "int"), call: (*Server).tailStderr,
			help: "The last length bytes of a process' stderr log, its size, and whether more was written since offset than that."},
		{name: wire.ClearProcessLogs, aliases: []string{wire.ClearProcessLog}, signature: sig("boolean", "string"), call: (*Server).clearProcessLogs,
			help: "Empty the logs of a process."},
		{name: wire.ClearAllProcessLogs, signature: sig("array"), call: (*Server).clearAllProcessLogs,
			help: "Empty the logs of all processes."},
	}
}
