package wire

import "supervisor/xmlrpc"

// None stands for a value that is not configured, Auto for a log file of the
// supervisor's own making that does not exist yet, and Unexpected is a value of
// autorestart (rpc.md, section 8).
const (
	None       = "none"
	Auto       = "auto"
	Unexpected = "unexpected"
)

// ConfigInfo is what getAllConfigInfo says of a process (rpc.md, section 8).
type ConfigInfo struct {
	Name, Group  string
	InUse        bool // its group is active
	Autostart    bool
	Autorestart  any // a bool, or Unexpected
	GroupPrio    int
	ProcessPrio  int
	Command      string
	Directory    string // or None
	UID          any    // an int, or None
	ExitCodes    []int
	KillAsGroup  bool
	StartRetries int
	StartSecs    int
	StopSignal   int
	StopWaitSecs int
	ServerURL    string // or None

	RedirectStderr bool
	Stdout, Stderr StreamInfo
}

// StreamInfo is the configuration of one output of a process.
type StreamInfo struct {
	LogFile         string // a path, or None or Auto
	LogFileBackups  int
	LogFileMaxBytes int64
	CaptureMaxBytes int64
	EventsEnabled   bool
	Syslog          bool
}

// AppendXMLRPC implements xmlrpc.Marshaler. The order of the members is that of
// Supervisor.
func (c *ConfigInfo) AppendXMLRPC(dst []byte) []byte {
	dst = xmlrpc.AppendStructStart(dst)
	dst = xmlrpc.AppendBoolMember(dst, "autostart", c.Autostart)
	dst = xmlrpc.AppendMember(dst, "autorestart", c.Autorestart)
	dst = xmlrpc.AppendStringMember(dst, "directory", c.Directory)
	dst = xmlrpc.AppendMember(dst, "uid", c.UID)
	dst = xmlrpc.AppendStringMember(dst, "command", c.Command)
	dst = xmlrpc.AppendMember(dst, "exitcodes", exitCodes(c.ExitCodes))
	dst = xmlrpc.AppendStringMember(dst, "group", c.Group)
	dst = xmlrpc.AppendIntMember(dst, "group_prio", int64(c.GroupPrio))
	dst = xmlrpc.AppendBoolMember(dst, "inuse", c.InUse)
	dst = xmlrpc.AppendBoolMember(dst, "killasgroup", c.KillAsGroup)
	dst = xmlrpc.AppendStringMember(dst, "name", c.Name)
	dst = xmlrpc.AppendIntMember(dst, "process_prio", int64(c.ProcessPrio))
	dst = xmlrpc.AppendBoolMember(dst, "redirect_stderr", c.RedirectStderr)
	dst = xmlrpc.AppendIntMember(dst, "startretries", int64(c.StartRetries))
	dst = xmlrpc.AppendIntMember(dst, "startsecs", int64(c.StartSecs))
	dst = c.Stdout.append(dst, "stdout_")
	dst = xmlrpc.AppendIntMember(dst, "stopsignal", int64(c.StopSignal))
	dst = xmlrpc.AppendIntMember(dst, "stopwaitsecs", int64(c.StopWaitSecs))
	dst = c.Stderr.append(dst, "stderr_")
	dst = xmlrpc.AppendStringMember(dst, "serverurl", c.ServerURL)
	return xmlrpc.AppendStructEnd(dst)
}

func (s *StreamInfo) append(dst []byte, prefix string) []byte {
	dst = xmlrpc.AppendIntMember(dst, prefix+"capture_maxbytes", s.CaptureMaxBytes)
	dst = xmlrpc.AppendBoolMember(dst, prefix+"events_enabled", s.EventsEnabled)
	dst = xmlrpc.AppendStringMember(dst, prefix+"logfile", s.LogFile)
	dst = xmlrpc.AppendIntMember(dst, prefix+"logfile_backups", int64(s.LogFileBackups))
	dst = xmlrpc.AppendIntMember(dst, prefix+"logfile_maxbytes", s.LogFileMaxBytes)
	return xmlrpc.AppendBoolMember(dst, prefix+"syslog", s.Syslog)
}

type exitCodes []int

// AppendXMLRPC implements xmlrpc.Marshaler.
func (codes exitCodes) AppendXMLRPC(dst []byte) []byte {
	dst = xmlrpc.AppendArrayStart(dst)
	for _, code := range codes {
		dst = xmlrpc.AppendInt(dst, int64(code))
	}
	return xmlrpc.AppendArrayEnd(dst)
}

// ConfigInfos is what getAllConfigInfo returns.
type ConfigInfos []ConfigInfo

// AppendXMLRPC implements xmlrpc.Marshaler.
func (cs ConfigInfos) AppendXMLRPC(dst []byte) []byte {
	dst = xmlrpc.AppendArrayStart(dst)
	for i := range cs {
		dst = cs[i].AppendXMLRPC(dst)
	}
	return xmlrpc.AppendArrayEnd(dst)
}

// ParseConfigInfos reads what getAllConfigInfo returned. Members that are
// missing have the zero value; members that are not known are ignored.
func ParseConfigInfos(v any) (ConfigInfos, error) {
	return list(v, "configurations", parseConfigInfo)
}

func parseConfigInfo(v any) (ConfigInfo, error) {
	s, err := members(v, "the configuration of a process")
	if err != nil {
		return ConfigInfo{}, err
	}
	var c ConfigInfo
	for _, m := range s {
		switch m.Name {
		case "autostart":
			c.Autostart = flag(m.Value)
		case "autorestart":
			c.Autorestart = m.Value
		case "directory":
			c.Directory = text(m.Value)
		case "uid":
			c.UID = m.Value
		case "command":
			c.Command = text(m.Value)
		case "exitcodes":
			c.ExitCodes, err = list(m.Value, "exit codes", func(v any) (int, error) { return number(v), nil })
		case "group":
			c.Group = text(m.Value)
		case "group_prio":
			c.GroupPrio = number(m.Value)
		case "inuse":
			c.InUse = flag(m.Value)
		case "killasgroup":
			c.KillAsGroup = flag(m.Value)
		case "name":
			c.Name = text(m.Value)
		case "process_prio":
			c.ProcessPrio = number(m.Value)
		case "redirect_stderr":
			c.RedirectStderr = flag(m.Value)
		case "startretries":
			c.StartRetries = number(m.Value)
		case "startsecs":
			c.StartSecs = number(m.Value)
		case "stopsignal":
			c.StopSignal = number(m.Value)
		case "stopwaitsecs":
			c.StopWaitSecs = number(m.Value)
		case "serverurl":
			c.ServerURL = text(m.Value)
		default:
			c.Stdout.parse(m, "stdout_")
			c.Stderr.parse(m, "stderr_")
		}
		if err != nil {
			return ConfigInfo{}, err
		}
	}
	return c, nil
}

func (s *StreamInfo) parse(m xmlrpc.Member, prefix string) {
	switch m.Name {
	case prefix + "capture_maxbytes":
		s.CaptureMaxBytes = int64(number(m.Value))
	case prefix + "events_enabled":
		s.EventsEnabled = flag(m.Value)
	case prefix + "logfile":
		s.LogFile = text(m.Value)
	case prefix + "logfile_backups":
		s.LogFileBackups = number(m.Value)
	case prefix + "logfile_maxbytes":
		s.LogFileMaxBytes = int64(number(m.Value))
	case prefix + "syslog":
		s.Syslog = flag(m.Value)
	}
}
