package wire

// The namespaces. That of the main interface is chosen by the name of its
// section; clients expect this one.
const (
	Supervisor = "supervisor"
	System     = "system"
)

// The methods of the supervisor namespace, without it (rpc.md, section 6).
const (
	GetAPIVersion        = "getAPIVersion"
	GetVersion           = "getVersion" // the same
	GetSupervisorVersion = "getSupervisorVersion"
	GetIdentification    = "getIdentification"
	GetState             = "getState"
	GetPID               = "getPID"
	ReadLog              = "readLog"
	ReadMainLog          = "readMainLog" // the same
	ClearLog             = "clearLog"
	Shutdown             = "shutdown"
	Restart              = "restart"
	ReloadConfig         = "reloadConfig"
	GetConfigDrift       = "getConfigDrift"  // ours
	GetExplanation       = "getExplanation"  // ours
	GetConfigSource      = "getConfigSource" // ours
	AddProcessGroup      = "addProcessGroup"
	RemoveProcessGroup   = "removeProcessGroup"
	Upgrade              = "upgrade"    // ours
	GetOrphans           = "getOrphans" // ours

	GetProcessInfo    = "getProcessInfo"
	GetAllProcessInfo = "getAllProcessInfo"
	GetAllConfigInfo  = "getAllConfigInfo"

	StartProcess       = "startProcess"
	StartProcessGroup  = "startProcessGroup"
	StartAllProcesses  = "startAllProcesses"
	StopProcess        = "stopProcess"
	StopProcessGroup   = "stopProcessGroup"
	StopAllProcesses   = "stopAllProcesses"
	SignalProcess      = "signalProcess"
	SignalProcessGroup = "signalProcessGroup"
	SignalAllProcesses = "signalAllProcesses"

	SendProcessStdin    = "sendProcessStdin"
	SendRemoteCommEvent = "sendRemoteCommEvent"

	ReadProcessStdoutLog = "readProcessStdoutLog"
	ReadProcessLog       = "readProcessLog" // the same
	ReadProcessStderrLog = "readProcessStderrLog"
	TailProcessStdoutLog = "tailProcessStdoutLog"
	TailProcessLog       = "tailProcessLog" // the same
	TailProcessStderrLog = "tailProcessStderrLog"
	ClearProcessLogs     = "clearProcessLogs"
	ClearProcessLog      = "clearProcessLog" // the same
	ClearAllProcessLogs  = "clearAllProcessLogs"
)

// The methods of the supervisor namespace that Supervisor does not have
// (docs/scripting.md). A client that gets UNKNOWN_METHOD has to do without.
const (
	WaitForChange   = "waitForChange"
	GetProcessStats = "getProcessStats"
)

// The methods of the system namespace, without it.
const (
	ListMethods     = "listMethods"
	MethodHelp      = "methodHelp"
	MethodSignature = "methodSignature"
	Multicall       = "multicall"
)
