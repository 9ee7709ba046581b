package wire

import "supervisor/xmlrpc"

// Orphan is one element of what getOrphans returns: a program of an earlier
// daemon that is left over.
type Orphan struct {
	Group, Name string
	PID         int
	Cleanup     string // the command that ends it
}

// Display returns the name that users know it by.
func (o Orphan) Display() string {
	if o.Group == o.Name {
		return o.Name
	}
	return o.Group + ":" + o.Name
}

// Value returns the struct that travels.
func (o Orphan) Value() xmlrpc.Struct {
	return xmlrpc.Struct{
		{Name: "group", Value: o.Group},
		{Name: "name", Value: o.Name},
		{Name: "pid", Value: o.PID},
		{Name: "cleanup", Value: o.Cleanup},
	}
}

// ParseOrphans reads what getOrphans returned. What it does not understand is
// left out.
func ParseOrphans(value any) []Orphan {
	list, _ := value.([]any)
	var all []Orphan
	for _, v := range list {
		s, ok := v.(xmlrpc.Struct)
		if !ok {
			continue
		}
		text := func(name string) string {
			value, _ := s.Get(name)
			t, _ := value.(string)
			return t
		}
		pid, _ := s.Get("pid")
		number, _ := pid.(int)
		all = append(all, Orphan{Group: text("group"), Name: text("name"), PID: number, Cleanup: text("cleanup")})
	}
	return all
}
