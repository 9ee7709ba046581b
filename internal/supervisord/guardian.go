package supervisord

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"supervisor/internal/config"
	"supervisor/internal/daemon"
	"supervisor/internal/identity"
	"supervisor/internal/journal"
	"supervisor/internal/severity"
	"supervisor/internal/signals"
	"supervisor/internal/spawn"
	"supervisor/internal/upgrade"
)

// While this process becomes another program there is a moment in which nobody
// listens to signals, and one that asks the daemon to end just ends it, without its
// programs. So there is a guardian: a child that is this very program, has the image
// and all descriptors, and waits. When the next program goes on, it is dismissed. But
// if the daemon ends before, whatever the reason, the guardian makes the same parts
// from the same image, with the programs as children of somebody else, and shuts down.

// guardianRole is the argument that a guardian is called with, for people who look at
// a list of processes.
const guardianRole = "(guardian of an upgrade)"

const (
	// guardianPatience is how long a guardian may take to be ready. Everything stands
	// still meanwhile.
	guardianPatience = freezePatience
	// watchPatience is how long a guardian watches. A program that has not gone on by
	// then does not know that it should dismiss it.
	watchPatience = 5 * time.Minute
)

// guard starts a guardian for an execution and returns its pid.
func guard(e upgrade.Execution) (pid int, err error) {
	me, err := identity.Look(os.Getpid())
	if err != nil {
		return 0, fmt.Errorf("cannot start the guardian: %w", err)
	}
	return e.Guard(guardianRole, me.Born, guardianPatience)
}

// guardian is the life of a guardian.
func (p *program) guardian(note *upgrade.Note) int {
	outlivePipes()
	p.signals.catch() // whoever ends all processes of a service means the daemon, too
	exit, ended := watch(note.Guarded)
	if !ended {
		return exitOK
	}
	h := &handed{note: note, ended: &exit}
	if err := h.read(); err != nil {
		return p.refuse(err)
	}
	kept := h.image.Config.Daemon.Adopt && h.image.Edge.Kept() && p.stateIsThere(h.image.Config)
	if kept && !exit.Lost && !upgrade.Asks(exit.Status) && len(p.signals.end) == 0 {
		return exitOK // the next daemon takes the programs back
	}
	l, parts, err := h.takeOver(p)
	if err != nil {
		return p.refuse(fmt.Errorf("cannot stop the programs of supervisord (pid %d), which has ended: %w", note.Guarded.PID, err))
	}
	if _, err := l.goOn(parts, h); err != nil {
		return p.refuse(err)
	}
	return exitOK
}

// stateIsThere reports whether the next daemon would find what this one has kept: what
// it does not find nobody would ever stop.
func (p *program) stateIsThere(c *config.Config) bool {
	dir, err := (&life{program: p, config: c}).stateDir()
	return err == nil && journal.Left(dir)
}

// watch waits for the end of the process that is guarded. ended is false if the
// guardian is of no use.
func watch(guarded *upgrade.Guarded) (exit spawn.Exit, ended bool) {
	spawner, err := spawn.New(nil)
	if err != nil {
		_ = guarded.Watches(err) // it knows by the silence, too
		return exit, false
	}
	defer spawner.Close()
	c, err := spawner.Foster(guarded.PID, guarded.Born, nil)
	if guarded.Watches(err) != nil || err != nil {
		return exit, false
	}
	end := make(chan spawn.Exit, 1)
	c.OnExit(func(e spawn.Exit) { end <- e })
	patience := time.NewTimer(watchPatience)
	defer patience.Stop()
	select {
	case exit = <-end:
		return exit, true
	case <-patience.C:
		return exit, false
	}
}

// takesOver says in the log why the guardian ends everything, and puts its pid into
// the pid file: it is who works now. It returns what the client hears that has asked
// for the upgrade.
func (l *life) takesOver(made *parts, h *handed) (answer string) {
	log := l.log.Logger()
	pid, exit, level := h.note.Guarded.PID, h.ended, severity.Critical
	if !exit.Lost && exit.Status.Signaled() && upgrade.Asks(exit.Status) {
		level = slog.LevelWarn
		log.Log(context.Background(), level, "received "+signals.Name(exit.Status.Signal())+" indicating exit request")
	}
	text := fmt.Sprintf("supervisord (pid %d) has ended while it became %s (%s)", pid, h.image.Program.Origin, exit.Text())
	log.Log(context.Background(), level, text+"; its guardian stops everything")
	if made.pidFile {
		if err := daemon.WritePIDFile(l.config.Daemon.PIDFile, os.Getpid()); err != nil {
			log.Error("cannot write the pid file", "error", err)
		}
	}
	return text + "; everything is being stopped"
}
