package wire

import "supervisor/xmlrpc"

// ProcessStat is what getProcessStats says of a process.
type ProcessStat struct {
	Name, Group string
	PID         int // 0: none
	Restarts    int // how often it was started again without being asked for

	Measured  bool    // memory and number of processes are known
	CPUKnown  bool    // so is what is used of the processors, which takes two looks
	CPU       float64 // processors in use: 1 is all of one
	Memory    int64   // resident, in KiB
	Processes int     // itself and its descendants
}

// AppendXMLRPC implements xmlrpc.Marshaler. What is not known is left out.
func (p *ProcessStat) AppendXMLRPC(dst []byte) []byte {
	dst = xmlrpc.AppendStructStart(dst)
	dst = xmlrpc.AppendStringMember(dst, "name", p.Name)
	dst = xmlrpc.AppendStringMember(dst, "group", p.Group)
	dst = xmlrpc.AppendIntMember(dst, "pid", int64(p.PID))
	dst = xmlrpc.AppendIntMember(dst, "restarts", int64(p.Restarts))
	if p.Measured {
		dst = xmlrpc.AppendIntMember(dst, "memory", p.Memory)
		dst = xmlrpc.AppendIntMember(dst, "processes", int64(p.Processes))
	}
	if p.Measured && p.CPUKnown {
		dst = xmlrpc.AppendMember(dst, "cpu", p.CPU)
	}
	return xmlrpc.AppendStructEnd(dst)
}

// ProcessStats is what getProcessStats returns.
type ProcessStats []ProcessStat

// AppendXMLRPC implements xmlrpc.Marshaler.
func (ps ProcessStats) AppendXMLRPC(dst []byte) []byte {
	dst = xmlrpc.AppendArrayStart(dst)
	for i := range ps {
		dst = ps[i].AppendXMLRPC(dst)
	}
	return xmlrpc.AppendArrayEnd(dst)
}

// ParseProcessStats reads what getProcessStats returned.
func ParseProcessStats(v any) (ProcessStats, error) {
	return list(v, "what processes use", parseProcessStat)
}

func parseProcessStat(v any) (ProcessStat, error) {
	s, err := members(v, "what a process uses")
	if err != nil {
		return ProcessStat{}, err
	}
	var p ProcessStat
	for _, m := range s {
		switch m.Name {
		case "name":
			p.Name = text(m.Value)
		case "group":
			p.Group = text(m.Value)
		case "pid":
			p.PID = number(m.Value)
		case "restarts":
			p.Restarts = number(m.Value)
		case "memory":
			p.Memory, p.Measured = int64(number(m.Value)), true
		case "processes":
			p.Processes = number(m.Value)
		case "cpu":
			p.CPU, p.CPUKnown = m.Value.(float64)
		}
	}
	return p, nil
}
