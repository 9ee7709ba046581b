package wire

import "supervisor/xmlrpc"

// ConfigSource is what getConfigSource returns: from where the daemon reads its
// configuration.
type ConfigSource struct {
	File      string // absolute
	Directory string // what relative paths in it begin at
	Host      string // the name of the daemon's host
	PID       int    // of the daemon
}

// Value returns the struct that travels.
func (c ConfigSource) Value() xmlrpc.Struct {
	return xmlrpc.Struct{
		{Name: "file", Value: c.File},
		{Name: "directory", Value: c.Directory},
		{Name: "host", Value: c.Host},
		{Name: "pid", Value: c.PID},
	}
}

// ParseConfigSource reads what getConfigSource returned; what it does not
// understand is empty.
func ParseConfigSource(value any) (c ConfigSource) {
	s, ok := value.(xmlrpc.Struct)
	if !ok {
		return c
	}
	for name, to := range map[string]*string{"file": &c.File, "directory": &c.Directory, "host": &c.Host} {
		if v, found := s.Get(name); found {
			*to, _ = v.(string)
		}
	}
	if v, found := s.Get("pid"); found {
		c.PID, _ = v.(int)
	}
	return c
}
