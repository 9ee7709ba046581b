// Package config turns a configuration file into one immutable, typed value.
//
// Load reads the file and everything it includes, expands what may be
// expanded, fills in defaults and checks every option; what it returns is
// complete, and nobody changes it afterwards. Nothing else in the program
// knows a default, a section name or the text of a configuration error.
//
// The rules and texts are those of Supervisor (config.md).
package config

import (
	"log/slog"
	"syscall"
	"time"

	"supervisor/internal/event"
)

// ByteSize is a number of bytes.
type ByteSize int64

// Config is everything that a configuration file says, with every default
// filled in and every name resolved.
type Config struct {
	File string // the main file, as it was named
	Here string // the absolute directory of the main file

	Daemon  Daemon
	Servers []Server       // in the order in which they are opened: inet, then unix
	RPC     []RPCInterface // in the order of the file
	Groups  []*Group       // in start order: by priority, then by name

	Notes []Note // what the log should say about the file once there is a log

	inputs inputs
}

// Note is a message about the configuration that is not an error.
type Note struct {
	Level slog.Level
	Text  string

	// What it is about, if it is a warning about something in a file.
	Code    Code
	File    string
	Line    int
	Section string
	Key     string // empty if it is not about one option
}

// Daemon is [supervisord]: the daemon itself.
type Daemon struct {
	LogFile     string // absolute; empty if LogSyslog
	LogSyslog   bool   // logfile=syslog
	LogMaxBytes ByteSize
	LogBackups  int
	LogLevel    slog.Level
	PIDFile     string // absolute
	Umask       uint32 // applied only when the daemon detaches
	NoDaemon    bool
	Silent      bool
	MinFDs      int
	MinProcs    int
	NoCleanup   bool
	ChildLogDir string
	User        *User
	Directory   string // changed to only when the daemon detaches; empty: stay
	StripANSI   bool
	Environment []string // KEY=VALUE, in the order of the file; part of every process' own
	Identifier  string
	Adopt       bool   // take back the children of a daemon that was killed
	StateDir    string // where what is needed for that is kept; empty: beside the pid file
}

// User is an account to which privileges are dropped. It existed when the
// configuration was read.
type User struct {
	Name string // as the file names it: a name or a number
	UID  int
}

// Server is one [unix_http_server] or [inet_http_server] section.
type Server struct {
	Section string // as the log names it

	Host string // inet: empty means all IPv4 interfaces
	Port int    // inet: 1 to 65535

	Path  string // unix: absolute path of the socket; empty for an inet server
	Mode  uint32 // unix: permission bits
	Owner Owner  // unix

	Username string // empty: no authentication
	Password string // plain, or {SHA} and the hex SHA-1 of it
}

// Unix reports whether the server listens on a unix socket.
func (s Server) Unix() bool { return s.Path != "" }

// Owner is whom a socket file is given to; -1 leaves an id as it is.
type Owner struct{ UID, GID int }

// KeepOwner leaves both ids as they are.
var KeepOwner = Owner{-1, -1}

// RPCInterface is one [rpcinterface:x] section with the main factory.
type RPCInterface struct {
	Namespace string // x; clients call x.method
}

// Kind says which sort of section a group came from.
type Kind uint8

// The kinds of groups.
const (
	Programs  Kind = iota // [program:x] on its own, or [group:x]
	FastCGI               // [fcgi-program:x] on its own
	Listeners             // [eventlistener:x]
)

// Group is a set of processes that start, stop, and come and go together.
type Group struct {
	Name      string
	Kind      Kind
	Priority  int
	Processes []*Process // in start order
	Pool      *Pool      // Kind == Listeners only
}

// Pool is what an [eventlistener:x] section says beyond its processes.
type Pool struct {
	Events        []event.Type // as subscribed to, abstract types included
	BufferSize    int          // events kept for a busy pool; at least 1
	ResultHandler string
	LengthUnit    event.Unit // payload_length
}

// Autorestart says whether a process that has exited is started again.
type Autorestart uint8

// The values of autorestart.
const (
	Never        Autorestart = iota // false
	Always                          // true
	IfUnexpected                    // unexpected: unless the exit code is in exitcodes
)

// Process is one process of a program: every option with its final value.
type Process struct {
	Name    string // the process, without its group
	Group   string
	Section string // the section it came from: "program:x", ...
	Program string // the name of that section: x

	Command   string // as configured, expanded, not yet split into words
	Directory string // empty: that of the daemon
	Umask     *uint32
	User      *User
	// Environment is the daemon's environment= followed by the program's own,
	// KEY=VALUE, each key once, the later value winning.
	Environment []string
	ServerURL   string // empty: automatic

	Priority     int
	Autostart    bool
	Autorestart  Autorestart
	StartSecs    time.Duration
	StartRetries int
	ExitCodes    []int
	StopSignal   syscall.Signal
	StopWait     time.Duration
	StopAsGroup  bool
	KillAsGroup  bool

	RedirectStderr bool
	// Stdout of a listener speaks to the daemon: capture, events and syslog
	// have no effect on it.
	Stdout, Stderr Stream

	// Socket is the FastCGI socket that the process gets as its stdin.
	// Processes with the same pointer share one socket.
	Socket *Socket
}

// Stream is what becomes of one output of a process.
type Stream struct {
	Log        Log
	MaxBytes   ByteSize // rotate when the file reaches this size; 0 or less: never
	Backups    int
	CaptureMax ByteSize // 0: no capture mode
	Events     bool     // send PROCESS_LOG events
	Syslog     bool
}

// Log is where a stream is logged to.
type Log struct {
	Auto bool   // a file of the supervisor's own making in childlogdir
	Path string // otherwise: the file; empty: none
}

// Socket is the listening socket of an [fcgi-program:x].
type Socket struct {
	URL     string // as configured, expanded
	Path    string // unix:// only
	Host    string // tcp:// only
	Port    int    // tcp:// only
	Backlog int    // 0: the system's maximum
	Mode    uint32 // unix only
	Owner   Owner  // unix only
}

// Ctl is [supervisorctl]: how the client finds and talks to the daemon.
type Ctl struct {
	ServerURL   string
	Username    string
	Password    string
	Prompt      string
	HistoryFile string // absolute; empty: none
}
