package supervisord

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"supervisor/internal/spawn"
	"supervisor/internal/upgrade"
)

// question is the argument with which a supervisord is asked whether it could go
// on from the image on its standard input. Any other program, and any other
// supervisord, refuses it.
const question = "(check an upgrade)"

// answerPatience is how long the answer may take, on a busy machine, too. Everything
// goes on meanwhile.
const answerPatience = 30 * time.Second

// answerTo is what only a program says that has understood the question.
func answerTo(image []byte) string { return fmt.Sprintf("can go on from %x\n", sha256.Sum256(image)) }

// answer is the other side of the question: it answers it, as far as that can be
// known before, or says why not.
func (p *program) answer(stdin *os.File) int {
	text, err := upgrade.Read(stdin)
	if err == nil {
		err = p.couldGoOn(text)
	}
	if err != nil {
		fmt.Fprintln(p.stderr, err)
		return exitUsage
	}
	if _, err := io.WriteString(p.stdout, answerTo(text)); err != nil {
		return exitUsage
	}
	return exitOK
}

func (p *program) couldGoOn(text []byte) error {
	i, err := decode(text)
	if err != nil {
		return err
	}
	p.args, p.exe = i.Program.Args, findSelf(i.Program.Args[0])
	if p.line, err = parseCommandLine(p.args[1:], p.checkOverride); err != nil {
		return fmt.Errorf("cannot understand the command line: %w", err)
	}
	if i.Program.File != "" {
		p.line.file = i.Program.File
	}
	if _, err := p.load(); err != nil {
		return fmt.Errorf("cannot use the configuration: %w", err)
	}
	return nil
}

// ask asks a program whether it could go on from an image.
func ask(spawner *spawn.Spawner, path, argv0 string, memory *os.File, image []byte) error {
	c, err := spawner.Start(spawn.Spec{Path: path, Args: []string{argv0, question}, Env: os.Environ(), Stdin: memory})
	if err != nil {
		return err
	}
	var stdout, stderr excerpt
	out := spawner.Pump(c.Stdout, spawn.Eager, stdout.add)
	errs := spawner.Pump(c.Stderr, spawn.Eager, stderr.add)
	ended := make(chan spawn.Exit, 1)
	c.OnExit(func(e spawn.Exit) { ended <- e })
	ctx, cancel := context.WithTimeout(context.Background(), answerPatience)
	defer cancel()
	var exit spawn.Exit
	select {
	case exit = <-ended:
	case <-ctx.Done():
		_ = c.Signal(syscall.SIGKILL, true) // unless it has just ended
		exit = <-ended
		err = fmt.Errorf("it has not answered within %v", answerPatience)
	}
	out.Finish()
	errs.Finish()
	switch {
	case err != nil:
		return err
	case exit.Status.Exited() && exit.Status.ExitStatus() == exitOK && stdout.String() == answerTo(image):
		return nil
	case stderr.String() != "":
		return errors.New(strings.Join(strings.FieldsFunc(strings.TrimSpace(stderr.String()), func(r rune) bool { return r == '\n' }), "; "))
	}
	return fmt.Errorf("it is no supervisord that this one can become (%s)", spawn.Describe(exit.Status))
}

// excerpt keeps the beginning of what a program says.
type excerpt struct {
	mu   sync.Mutex
	text []byte
}

const mostSaid = 1000 // bytes

func (e *excerpt) add(p []byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.text = append(e.text, p[:min(len(p), mostSaid-len(e.text))]...)
}

// String returns what was kept.
func (e *excerpt) String() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return string(e.text)
}
