package wire

import "supervisor/xmlrpc"

// ProcessInfo is what getProcessInfo says of a process (rpc.md, section 7).
type ProcessInfo struct {
	Name, Group      string
	Start, Stop, Now int64 // seconds since 1970; 0: never
	State            ProcessState
	SpawnErr         string // empty: none
	ExitStatus       int    // of the last exit; 0 while running, -1 after a signal
	StdoutLog        string // path; empty: none
	StderrLog        string // path; empty: none
	PID              int    // 0: none
	Description      string
}

// AppendXMLRPC implements xmlrpc.Marshaler. The order of the members is that of
// Supervisor.
func (p *ProcessInfo) AppendXMLRPC(dst []byte) []byte {
	dst = xmlrpc.AppendStructStart(dst)
	dst = xmlrpc.AppendStringMember(dst, "name", p.Name)
	dst = xmlrpc.AppendStringMember(dst, "group", p.Group)
	dst = xmlrpc.AppendIntMember(dst, "start", p.Start)
	dst = xmlrpc.AppendIntMember(dst, "stop", p.Stop)
	dst = xmlrpc.AppendIntMember(dst, "now", p.Now)
	dst = xmlrpc.AppendIntMember(dst, "state", int64(p.State))
	dst = xmlrpc.AppendStringMember(dst, "statename", p.State.String())
	dst = xmlrpc.AppendStringMember(dst, "spawnerr", p.SpawnErr)
	dst = xmlrpc.AppendIntMember(dst, "exitstatus", int64(p.ExitStatus))
	dst = xmlrpc.AppendStringMember(dst, "logfile", p.StdoutLog) // the name it had before there were two
	dst = xmlrpc.AppendStringMember(dst, "stdout_logfile", p.StdoutLog)
	dst = xmlrpc.AppendStringMember(dst, "stderr_logfile", p.StderrLog)
	dst = xmlrpc.AppendIntMember(dst, "pid", int64(p.PID))
	dst = xmlrpc.AppendStringMember(dst, "description", p.Description)
	return xmlrpc.AppendStructEnd(dst)
}

// ProcessInfos is what getAllProcessInfo returns.
type ProcessInfos []ProcessInfo

// AppendXMLRPC implements xmlrpc.Marshaler.
func (ps ProcessInfos) AppendXMLRPC(dst []byte) []byte {
	dst = xmlrpc.AppendArrayStart(dst)
	for i := range ps {
		dst = ps[i].AppendXMLRPC(dst)
	}
	return xmlrpc.AppendArrayEnd(dst)
}

// ParseProcessInfo reads what getProcessInfo returned. Members that are missing
// have the zero value; members that are not known are ignored.
func ParseProcessInfo(v any) (ProcessInfo, error) {
	s, err := members(v, "the state of a process")
	if err != nil {
		return ProcessInfo{}, err
	}
	var p ProcessInfo
	for _, m := range s {
		switch m.Name {
		case "name":
			p.Name = text(m.Value)
		case "group":
			p.Group = text(m.Value)
		case "start":
			p.Start = int64(number(m.Value))
		case "stop":
			p.Stop = int64(number(m.Value))
		case "now":
			p.Now = int64(number(m.Value))
		case "state":
			p.State = ProcessState(number(m.Value))
		case "spawnerr":
			p.SpawnErr = text(m.Value)
		case "exitstatus":
			p.ExitStatus = number(m.Value)
		case "stdout_logfile":
			p.StdoutLog = text(m.Value)
		case "stderr_logfile":
			p.StderrLog = text(m.Value)
		case "pid":
			p.PID = number(m.Value)
		case "description":
			p.Description = text(m.Value)
		}
	}
	return p, nil
}

// ParseProcessInfos reads what getAllProcessInfo returned.
func ParseProcessInfos(v any) (ProcessInfos, error) {
	return list(v, "processes", ParseProcessInfo)
}
