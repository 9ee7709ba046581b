//go:build !linux

package spawn

// reap collects every known child that is dead now. Without waitid(2) there is
// no looking at a dead child before it is collected, so children of others
// stay zombies; only PID 1 has such, and only on Linux are we PID 1.
func (s *Spawner) reap() {
	s.mu.Lock()
	s.held = s.forking > 0 // a child that is not known yet may be dead
	s.mu.Unlock()
	s.collectKnown()
}
