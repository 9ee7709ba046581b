package supervisorctl

import (
	"context"
	"fmt"
	"strings"

	"supervisor/internal/terminal"
)

// shell shows the status and then runs every line that is typed, until the input
// ends or the user interrupts it or quits.
func (s *session) shell(ctx context.Context) {
	history := loadHistory(s.settings.HistoryFile)
	if s.console != nil {
		s.console.edit(history, s.complete)
		defer history.save()
	}
	s.attend(ctx, "status")
	for !s.done {
		line, ok := s.prompt(ctx)
		if !ok {
			s.say("")
			break
		}
		s.attend(ctx, line)
		s.names = nil
	}
}

// attend runs one line, which the user may interrupt.
func (s *session) attend(ctx context.Context, line string) {
	ctx, stop := s.interruptible(ctx)
	defer stop()
	s.execute(ctx, line)
}

// prompt asks for a line. It is not ok if there is none any more.
func (s *session) prompt(ctx context.Context) (line string, ok bool) {
	ctx, stop := s.interruptible(ctx)
	defer stop()
	prompt := s.settings.Prompt + "> "
	if s.console != nil {
		if s.filtered { // the file may be one that happens to lie in the current directory
			var filter terminal.Filter
			prompt = string(filter.Finish(filter.Append(nil, []byte(prompt))))
		}
		return s.console.line(ctx, prompt)
	}
	s.print(prompt)
	return s.in.line(ctx)
}

// confirm asks before something is done that cannot be undone, if there is
// somebody to ask.
func (s *session) confirm(ctx context.Context, question string) (bool, error) {
	if !s.interactive {
		return true, nil
	}
	s.ask(question)
	answer, ok := s.in.line(ctx)
	if !ok {
		return false, noAnswer(ctx)
	}
	return strings.HasPrefix(strings.ToLower(answer), "y"), nil
}

// askCredentials asks for the name and the password that the server wants, and
// has the next call use them.
func (s *session) askCredentials(ctx context.Context) error {
	s.ask("Username:")
	username, ok := s.in.line(ctx)
	if !ok {
		return noAnswer(ctx)
	}
	password, err := s.password(ctx)
	if err != nil {
		return err
	}
	s.say("")
	s.settings.Username, s.settings.Password = username, password
	s.server = nil
	return nil
}

// password asks for a password. What is typed on a terminal is not shown.
func (s *session) password(ctx context.Context) (password string, err error) {
	const prompt = "Password:"
	if s.console != nil {
		return s.console.password(ctx, prompt)
	}
	if s.blind != nil { // the answers go elsewhere, and yet there is somebody who types
		return s.blind.password(ctx, prompt)
	}
	// Not on the standard output, which would go to whoever reads the answers.
	fmt.Fprint(s.errOut, prompt)
	password, ok := s.in.line(ctx)
	if !ok {
		return "", noAnswer(ctx)
	}
	return password, nil
}

// noAnswer is the error of a question that nobody answered.
func noAnswer(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return errNoAnswer
}
