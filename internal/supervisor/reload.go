package supervisor

import (
	"cmp"
	"slices"

	"supervisor/internal/config"
)

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
	m.reply <- c.inOrderOfJoining()
}

// inOrderOfJoining returns the active groups, oldest first: the order in which
// those that disappeared are reported, and so the order in which supervisorctl
// removes them.
func (c *core) inOrderOfJoining() []*config.Group {
	groups := slices.Clone(c.groups)
	slices.SortFunc(groups, func(a, b *group) int { return cmp.Compare(a.joined, b.joined) })
	configs := make([]*config.Group, len(groups))
	for i, g := range groups {
		configs[i] = g.config
	}
	return configs
}
