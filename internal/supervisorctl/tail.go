package supervisorctl

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"supervisor/internal/pyrepr"
	"supervisor/internal/wire"
	"supervisor/xmlrpc/client"
)

// tailBytes is how much of a log is shown unless the user says otherwise.
const tailBytes = 1600

// tail shows the end of a log of a process, or follows it.
func tail(s *session, ctx context.Context, arg string) error {
	words := strings.Fields(arg)
	if len(words) < 1 {
		return &misuse{"Error: too few arguments", exitError}
	}
	if len(words) > 3 {
		return &misuse{"Error: too many arguments", exitError}
	}
	modifier, words := cutModifier(words)
	if len(words) == 0 {
		return &failure{"Error: tail requires process name", exitError}
	}
	channel := "stdout"
	if len(words) > 1 {
		channel = words[len(words)-1]
	}
	method, known := logMethods[strings.ToLower(channel)]
	if !known {
		return &failure{"Error: bad channel " + pyrepr.String(channel), exitError}
	}
	channel = strings.ToLower(channel)
	names, err := s.expanded(ctx, words[:1])
	if err != nil {
		return err
	}
	if modifier == "-f" {
		if len(names) > 1 {
			return &failure{"Error: tail -f follows one process, and " + words[0] + " means several; logs -f follows them all", exitError}
		}
		return s.follow(ctx, "/logtail/"+names[0]+"/"+channel)
	}
	bytes, err := parseModifier(modifier)
	if err != nil {
		return err
	}
	if len(names) > 1 && s.document != nil {
		return &failure{"Error: " + words[0] + " means several processes, and there is one log in a document", exitError}
	}
	for _, name := range names {
		if len(names) > 1 {
			s.say("==> %s <==", name)
		}
		text, err := s.call(ctx, method, name, -bytes, 0)
		if err == nil {
			err = s.showLog(excerpt{Name: name, Channel: channel, Text: text})
		} else {
			err = s.failReading(name, err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// logMethods are the methods that read the log of a channel.
var logMethods = map[string]string{
	"stdout": wire.ReadProcessStdoutLog,
	"stderr": wire.ReadProcessStderrLog,
}

// tailMethods are the methods that tell how long the log of a channel is.
var tailMethods = map[string]string{
	"stdout": wire.TailProcessStdoutLog,
	"stderr": wire.TailProcessStderrLog,
}

// cutModifier cuts -f or -N off the words.
func cutModifier(words []string) (modifier string, rest []string) {
	if strings.HasPrefix(words[0], "-") {
		return words[0], words[1:]
	}
	return "", words
}

// parseModifier returns the number of bytes that -N asks for.
func parseModifier(modifier string) (int, error) {
	if modifier == "" {
		return tailBytes, nil
	}
	digits, dashed := strings.CutPrefix(modifier, "-")
	bytes, err := strconv.Atoi(digits)
	if err != nil || !dashed {
		return 0, &failure{"Error: bad argument " + modifier, exitError}
	}
	return bytes, nil
}

// failReading tells why a log cannot be read.
func (s *session) failReading(name string, err error) error {
	code := faultCode(err)
	text, known := logErrors[code]
	if !known {
		return err
	}
	s.fail(exitError, newProblem(name, code, text), "%s: ERROR (%s)", name, text)
	return nil
}

var logErrors = map[wire.Code]string{
	wire.NoFile:  "no log file",
	wire.Failed:  "unknown error reading log",
	wire.BadName: "no such process name",
}

// excerpt is what programs are told of a log.
type excerpt struct {
	Name    string `json:"name"`
	Channel string `json:"channel,omitempty"`
	Text    any    `json:"text"`
}

// showLog prints log text.
func (s *session) showLog(e excerpt) error {
	if s.document != nil {
		s.result(e, "")
		return nil
	}
	w, finish := s.logWriter()
	_, err := fmt.Fprintln(w, e.Text)
	return errors.Join(err, finish())
}

// follow streams a log until the user interrupts it or the server ends.
func (s *session) follow(ctx context.Context, path string) error {
	if s.document != nil {
		return errStream
	}
	ctx, stop := s.interruptible(ctx)
	defer stop()
	s.say("==> Press Ctrl-C to exit <==")
	found, err := s.stream(ctx, path)
	switch {
	case isInterrupted(ctx):
		s.say("")
		return nil
	case !found:
		s.status = exitError
	}
	return err
}

// stream prints a log as it grows, and returns when the server or ctx ends. It
// has a connection of its own, beside which calls can be made.
//
// That a log cannot be had is told on the standard error, because what reads
// the standard output may be a program.
func (s *session) stream(ctx context.Context, path string) (found bool, err error) {
	server, err := s.dial(s.settings)
	if err != nil {
		return false, err
	}
	escaped := (&url.URL{Path: path}).EscapedPath()
	w, finish := s.logWriter()
	err = errors.Join(server.Stream(ctx, escaped, w), finish())
	var refused *client.StatusError
	if errors.As(err, &refused) {
		fmt.Fprintf(s.errOut, "%s%s Cannot read, status code %d\n", s.settings.ServerURL, path, refused.Code)
		return false, nil
	}
	return err == nil, err
}
