package supervisorctl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"

	"supervisor/internal/config"
	"supervisor/internal/terminal"
	"supervisor/internal/wire"
)

// The exit statuses (ctl.md, section 3; docs/scripting.md). From 8 on they are
// our own.
const (
	exitError     = 1 // anything that has no status of its own
	exitUsage     = 2
	exitNamespace = 3 // the server does not know the main namespace
	exitStopped   = 3 // status saw a process that is down
	exitRefused   = 4 // nobody listens
	exitUnknown   = 4 // status could not find out
	exitVersion   = 5
	exitNoSocket  = 7
	exitProgram   = 7 // the program is not, or could not be, running
	exitTooLate   = 8 // wait: the time is over
	exitHopeless  = 9 // wait: what is waited for will not happen
)

// session is one run of the program: the server it talks to, where it prints,
// and the exit status so far. Each error sets the status; no success resets it.
type session struct {
	settings      config.Ctl
	dial          dialer
	server        server // nil until the first call
	in            *input
	console       *console // nil: lines are read as they come
	blind         *console // for passwords where there is no console: errOut instead of out
	out, errOut   io.Writer
	interruptible func(context.Context) (context.Context, context.CancelFunc)
	signals       func(...os.Signal) (<-chan os.Signal, func())
	raise         func(syscall.Signal)

	checkFile func(args []string, stdout, stderr io.Writer) int // see Invocation

	origin      origin // of the address of the server
	advising    bool   // hints are told: errOut is a terminal
	interactive bool   // somebody is there to answer questions
	filtered    bool   // out is a terminal, which must not be driven by what others wrote
	json        bool   // what commands print is one JSON document each
	color       bool   // what is printed has colours
	env         []string
	document    *document // of the command that runs; nil: it prints as it goes
	onTerminal  bool      // out is a terminal
	hints       bool      // somebody sees stderr and what it is about
	status      int
	done        bool               // quit was asked for
	names       []wire.ProcessInfo // what completion offers, until a line has run
}

func newSession(inv Invocation, settings config.Ctl, dial dialer) *session {
	if inv.Signals == nil {
		inv.Signals = func(...os.Signal) (<-chan os.Signal, func()) { return nil, func() {} }
	}
	if inv.Raise == nil {
		inv.Raise = func(syscall.Signal) {}
	}
	in := newInput(inv.Stdin)
	return &session{
		settings:      settings,
		dial:          dial,
		in:            in,
		console:       newConsole(in, inv.Stdout, inv),
		blind:         newConsole(in, inv.Stderr, inv),
		out:           &lockedWriter{w: inv.Stdout},
		errOut:        &lockedWriter{w: shown(inv.Stderr)},
		interruptible: inv.Interruptible,
		signals:       inv.Signals,
		raise:         inv.Raise,
		filtered:      isTerminal(inv.Stdout),
		onTerminal:    isTerminal(inv.Stdout),
		advising:      isTerminal(inv.Stderr),
		env:           inv.Env,
		hints:         isTerminal(inv.Stdout) && isTerminal(inv.Stderr),
	}
}

// execute runs one line and reports what went wrong. Where somebody can be
// asked, a server that wants a name and a password gets them, and the line runs
// again.
func (s *session) execute(ctx context.Context, line string) {
	s.switched(line, func(line string) { s.attempt(ctx, line) })
}

func (s *session) attempt(ctx context.Context, line string) {
	before := s.status
	defer func() {
		s.end()
		if s.status == 0 {
			s.status = before
		}
	}()
	for {
		s.status = 0
		err := s.command(ctx, line)
		if err == nil {
			return
		}
		s.report(err)
		if !isUnauthorized(err) || !s.interactive {
			return
		}
		if err := s.askCredentials(ctx); err != nil {
			s.report(err)
			return
		}
	}
}

// command runs one line: a word of letters, digits and underscores, which is
// the command, and its argument. ?x is help x.
func (s *session) command(ctx context.Context, line string) error {
	line = strings.TrimSpace(line)
	if line == "" {
		return nil
	}
	if rest, ok := strings.CutPrefix(line, "?"); ok {
		line = "help " + rest
	}
	name, arg := splitCommand(line)
	c, ok := findCommand(name)
	s.begin(c)
	if !ok {
		s.fail(exitError, s.unknownCommand(name, line), "*** Unknown syntax: %s", line)
		return nil
	}
	err := s.run(ctx, c, arg)
	var wrong *misuse
	if errors.As(err, &wrong) {
		usage := c.usage
		if s.onTerminal {
			usage += c.beyondUsage()
		}
		return &failure{wrong.text + "\n" + strings.TrimSuffix(usage, "\n"), wrong.status}
	}
	return err
}

// unknownCommand describes a line that is none.
func (s *session) unknownCommand(name, line string) problem {
	p := newProblem("", 0, "*** Unknown syntax: "+line)
	if hint := didYouMean(suggest(name, commandNames(s, nil, ""))); hint != "" {
		p.Hints = []string{hint}
	}
	return p
}

// run runs one command, once what the table says of it is fulfilled.
func (s *session) run(ctx context.Context, c command, arg string) error {
	if s.json && c.form == asStream {
		return errStream
	}
	if (arg == "--help" || arg == "-h") && (c.beyond || s.onTerminal) && c.name != "check" { // which has its own
		return help(s, ctx, c.name)
	}
	if c.noArgument && arg != "" {
		return &misuse{"Error: " + c.name + " accepts no arguments", exitError}
	}
	if c.checked {
		if err := s.check(ctx); err != nil {
			return err
		}
	}
	return c.run(s, ctx, arg)
}

// splitCommand cuts a command off its argument.
func splitCommand(line string) (name, arg string) {
	end := strings.IndexFunc(line, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '_')
	})
	if end < 0 {
		return line, ""
	}
	return line[:end], strings.TrimSpace(line[end:])
}

// call calls a method of the supervisor namespace.
func (s *session) call(ctx context.Context, method string, params ...any) (any, error) {
	if err := s.connect(); err != nil {
		return nil, err
	}
	return s.server.Call(ctx, wire.Supervisor+"."+method, params...)
}

// connect makes the client of the server that the settings name. It sends
// nothing.
func (s *session) connect() error {
	if s.server != nil {
		return nil
	}
	server, err := s.dial(s.settings)
	if err != nil {
		return err
	}
	s.server = server
	return nil
}

// check asks the server whether it is there and speaks our language.
func (s *session) check(ctx context.Context) error {
	version, err := s.call(ctx, wire.GetVersion)
	switch {
	case isRefused(err):
		return because(err, &failure{s.settings.ServerURL + " refused connection", exitRefused})
	case isMissing(err):
		return because(err, &failure{s.settings.ServerURL + " no such file", exitNoSocket})
	case faultCode(err) == wire.UnknownMethod:
		return because(err, &failure{"Sorry, supervisord responded but did not recognize the supervisor namespace commands " +
			"that supervisorctl uses to control it.  Please check that the [rpcinterface:supervisor] section " +
			"is enabled in the configuration file (see sample.conf).", exitNamespace})
	case err != nil:
		return err
	case version != wire.APIVersion:
		return &failure{fmt.Sprintf("Sorry, this version of supervisorctl expects to talk to a server "+
			"with API version %s, but the remote version is %v.", wire.APIVersion, version), exitVersion}
	}
	return nil
}

// report prints an error that ended a command and takes over its status.
func (s *session) report(err error) {
	var f *failure
	p := newProblem("", faultCode(err), "")
	if s.advises() && !(s.interactive && isUnauthorized(err)) { // who is asked for a password needs no advice
		p.Hints = s.advice(err)
	}
	switch {
	case errors.As(err, &f):
		p.Message = f.text
		s.fail(f.status, p, "%s", f.text)
	case isUnauthorized(err):
		p.Message = "Server requires authentication"
		s.fail(exitError, p, "%s", p.Message)
	case errors.Is(err, context.Canceled):
		s.done = true
		if s.document == nil {
			s.say("")
			return
		}
		p.Message = "interrupted"
		s.fail(exitError, p, "%s", p.Message)
	case errors.Is(err, errStream):
		p.Message = err.Error()
		s.fail(exitUsage, p, "Error: %s", err)
	default:
		class, detail := pythonError(err)
		p.Message = err.Error()
		if fault, ok := asFault(err); ok {
			p.Message = fault.Text
		}
		s.fail(exitError, p, "error: %s, %s: file: supervisorctl line: 0", class, detail)
	}
}

// fail tells of an error that does not end the command: people by a line,
// programs by the problem.
func (s *session) fail(status int, p problem, format string, args ...any) {
	s.status = status
	p = s.withNameHints(p)
	if s.document != nil {
		s.problem(p)
		return
	}
	s.say(format, args...)
	if s.advising {
		s.advise(p.Hints)
	}
}

// say prints one line.
func (s *session) say(format string, args ...any) {
	s.print(fmt.Sprintf(format, args...) + "\n")
}

// print prints text in one piece. Log text, which may be in colour for good
// reasons, does not come this way.
func (s *session) print(text string) {
	if s.document != nil {
		s.document.text.WriteString(text)
		return
	}
	s.show(s.clean(text))
}

// clean returns text that others have written as it may be shown.
func (s *session) clean(text string) string {
	if s.filtered {
		return terminal.Visible(text)
	}
	return text
}

// show prints text that may be shown as it is.
func (s *session) show(text string) {
	// Nobody is left to be told that nobody reads.
	_, _ = io.WriteString(s.out, text)
}

// ask prints a question, which is not part of what is printed as JSON.
func (s *session) ask(question string) {
	out := s.out
	if s.document != nil {
		out = s.errOut
	}
	_, _ = io.WriteString(out, question)
}
