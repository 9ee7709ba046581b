package wire

import "errors"

// Change is what waitForChange returns: what is known about processes, and a
// token that stands for it.
type Change struct {
	Token     string
	Processes ProcessInfos
}

// ParseChange reads what waitForChange returned.
func ParseChange(v any) (Change, error) {
	s, err := members(v, "what has changed")
	if err != nil {
		return Change{}, err
	}
	token, ok := s.Get("token")
	if !ok {
		return Change{}, errors.New("cannot read what has changed: there is no token")
	}
	processes, _ := s.Get("processes")
	infos, err := ParseProcessInfos(processes)
	return Change{text(token), infos}, err
}
