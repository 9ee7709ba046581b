package supervisorctl

import (
	"context"
	"errors"
	"strings"
)

// open switches the session to another server and shows its status. A server
// that cannot be reached is told, but leaves the exit status as it was.
func open(s *session, ctx context.Context, url string) error {
	scheme, _, _ := strings.Cut(strings.ToLower(url), ":")
	if scheme != "http" && scheme != "unix" {
		return &failure{"ERROR: url must be http:// or unix://", exitError}
	}
	s.settings.ServerURL = url
	s.server = nil
	s.origin = origin{file: s.origin.file, named: s.origin.named, changed: true}
	before := s.status
	defer func() { s.status = before }()
	err := status(s, ctx, "")
	var unreachable *failure
	if errors.As(err, &unreachable) {
		s.report(err)
		return nil
	}
	return err
}
