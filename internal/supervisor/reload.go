package supervisor

import "supervisor/internal/config"

// Reload reads the configuration anew and reports how its groups differ from
// those that run. Nothing that runs is touched. A configuration that cannot be
// used is an error and changes nothing; the error is config's own, as the
// detail of ErrCannotReread.
func (s *Supervisor) Reload() (config.Diff, error) {
	loaded, err := s.load()
	if err != nil {
		return config.Diff{}, fail(ErrCannotReread, err.Error())
	}
	reply := make(chan []*config.Group, 1)
	active, err := ask(s, reply, reload{loaded, reply})
	if err != nil {
		return config.Diff{}, err
	}
	if active == nil {
		return config.Diff{}, ErrShutdown
	}
	return config.Compare(active, loaded.Groups), nil
}

// reload makes a configuration the latest; the reply is what is active.
type reload struct {
	loaded *config.Config
	reply  chan<- []*config.Group
}

func (m reload) apply(c *core) {
	if c.state != Running {
		m.reply <- nil
		return
	}
	c.handle.latest.Store(m.loaded)
	c.handle.onDisk.Store(m.loaded)
	m.reply <- c.handle.table.Load().inOrderOfJoining()
}
