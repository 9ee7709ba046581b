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

// EndedBadly reports whether a process has ended by itself with a status that was
// not expected, and stays down: its state is that of one that has done its work.
func (p *ProcessInfo) EndedBadly() bool { return p.State == Exited && p.SpawnErr != "" }

// AppendXMLRPC implements xmlrpc.Marshaler. The order of the members is that of
// Supervisor. Thousands of these make one answer, so what lies between two
// values is one constant.
func (p *ProcessInfo) AppendXMLRPC(dst []byte) []byte {
	const (
		text    = xmlrpc.MemberIsString
		endText = xmlrpc.StringMemberEnd + xmlrpc.MemberStart
		num     = xmlrpc.MemberIsInt
		endNum  = xmlrpc.IntMemberEnd + xmlrpc.MemberStart
	)
	dst = append(dst, xmlrpc.StructStart+xmlrpc.MemberStart+"name"+text...)
	dst = xmlrpc.AppendText(dst, p.Name)
	dst = append(dst, endText+"group"+text...)
	dst = xmlrpc.AppendText(dst, p.Group)
	dst = append(dst, endText+"start"+num...)
	dst = xmlrpc.AppendInt32(dst, p.Start)
	dst = append(dst, endNum+"stop"+num...)
	dst = xmlrpc.AppendInt32(dst, p.Stop)
	dst = append(dst, endNum+"now"+num...)
	dst = xmlrpc.AppendInt32(dst, p.Now)
	dst = append(dst, endNum+"state"+num...)
	dst = xmlrpc.AppendInt32(dst, int64(p.State))
	dst = append(dst, endNum+"statename"+text...)
	dst = append(dst, p.State.String()...)
	dst = append(dst, endText+"spawnerr"+text...)
	dst = xmlrpc.AppendText(dst, p.SpawnErr)
	dst = append(dst, endText+"exitstatus"+num...)
	dst = xmlrpc.AppendInt32(dst, int64(p.ExitStatus))
	dst = append(dst, endNum+"logfile"+text...) // the name it had before there were two
	dst = xmlrpc.AppendText(dst, p.StdoutLog)
	dst = append(dst, endText+"stdout_logfile"+text...)
	dst = xmlrpc.AppendText(dst, p.StdoutLog)
	dst = append(dst, endText+"stderr_logfile"+text...)
	dst = xmlrpc.AppendText(dst, p.StderrLog)
	dst = append(dst, endText+"pid"+num...)
	dst = xmlrpc.AppendInt32(dst, int64(p.PID))
	dst = append(dst, endNum+"description"+text...)
	dst = xmlrpc.AppendText(dst, p.Description)
	return append(dst, xmlrpc.StringMemberEnd+xmlrpc.StructEnd...)
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
