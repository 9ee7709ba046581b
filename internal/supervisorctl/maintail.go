package supervisorctl

import (
	"context"
	"strings"

	"supervisor/internal/wire"
)

// mainTail shows the end of the server's own log, or follows it.
func mainTail(s *session, ctx context.Context, arg string) error {
	words := strings.Fields(arg)
	if len(words) > 1 {
		return &misuse{"Error: too many arguments", exitError}
	}
	modifier := strings.Join(words, "")
	if modifier == "-f" {
		return s.follow(ctx, "/mainlogtail")
	}
	bytes, err := parseModifier(modifier)
	if err != nil {
		return err
	}
	text, err := s.call(ctx, wire.ReadLog, -bytes, 0)
	if err != nil {
		return s.failReading("supervisord", err)
	}
	return s.showLog(excerpt{Name: "supervisord", Text: text})
}
