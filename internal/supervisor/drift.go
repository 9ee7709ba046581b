package supervisor

import "supervisor/internal/config"

// Drift reads the configuration anew, like Reload, and reports how its groups
// differ from those that run; but it keeps nothing of it: it is for looking
// only. A configuration that cannot be used is ErrCannotReread.
func (s *Supervisor) Drift() (config.Diff, error) {
	loaded, err := s.load()
	if err != nil {
		return config.Diff{}, fail(ErrCannotReread, err.Error())
	}
	return config.Compare(s.Groups(), loaded.Groups), nil
}
