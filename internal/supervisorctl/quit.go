package supervisorctl

import "context"

// quit ends the session.
func quit(s *session, _ context.Context, _ string) error {
	s.say("")
	s.done = true
	return nil
}
