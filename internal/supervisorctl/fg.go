package supervisorctl

import (
	"context"
	"strings"
	"sync"

	"supervisor/internal/fold"
	"supervisor/internal/wire"
)

// foreground shows both logs of a process as they grow and sends it every line
// that is typed, until the input ends, the user interrupts it, or the process
// is found to be gone.
func foreground(s *session, ctx context.Context, arg string) error {
	names := strings.Fields(arg)
	if len(names) == 0 {
		return &misuse{"ERROR: no process name supplied", exitError}
	}
	if len(names) > 1 {
		return &failure{"ERROR: too many process names supplied", exitError}
	}
	meant, err := s.expanded(ctx, names)
	if err != nil {
		return err
	}
	if len(meant) > 1 {
		return &failure{"ERROR: " + names[0] + " matches several processes: " + strings.Join(fold.Names(meant), ", "), exitError}
	}
	name := meant[0]
	p, err := s.processInfo(ctx, name)
	if fault, ok := asFault(err); ok {
		if wire.Code(fault.Code) == wire.BadName {
			return &failure{"ERROR: bad process name supplied", exitError}
		}
		s.say("ERROR: %s", faultText(fault)) // no exit status, as in Supervisor
		return nil
	}
	if err != nil {
		return err
	}
	if p.State != wire.Running {
		return &failure{"ERROR: process not running", exitError}
	}

	ctx, stop := s.interruptible(ctx)
	defer stop()
	s.say("==> Press Ctrl-C to exit <==")
	endStreams := s.streamBoth(ctx, name)
	err = s.typeTo(ctx, name)
	endStreams()
	if fault, ok := asFault(err); ok {
		s.say("ERROR: %s", faultText(fault))
	} else if err != nil && !isInterrupted(ctx) {
		return err
	}
	s.say("Exiting foreground")
	return nil
}

// typeTo sends each line of the input to a process, as long as it runs.
func (s *session) typeTo(ctx context.Context, name string) error {
	for {
		line, ok := s.in.line(ctx)
		if !ok {
			return nil
		}
		_, err := s.call(ctx, wire.SendProcessStdin, name, line+"\n")
		if faultCode(err) == wire.NotRunning {
			s.say("Process got killed")
			return nil
		}
		if err != nil {
			return err
		}
		p, err := s.processInfo(ctx, name)
		if err != nil {
			return err
		}
		if p.State != wire.Running {
			s.say("Process got killed")
			return nil
		}
	}
}

// streamBoth prints both logs of a process as they grow, until end is called.
func (s *session) streamBoth(ctx context.Context, name string) (end func()) {
	ctx, cancel := context.WithCancel(ctx)
	var streams sync.WaitGroup
	for _, channel := range []string{"stdout", "stderr"} {
		streams.Go(func() {
			// A log that breaks off is no reason to stop typing; whether the
			// server is still there shows with the next line.
			_, _ = s.stream(ctx, "/logtail/"+name+"/"+channel)
		})
	}
	return func() {
		cancel()
		streams.Wait()
	}
}
