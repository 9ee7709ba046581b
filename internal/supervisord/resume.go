package supervisord

import (
	"fmt"
	"os"
	"runtime/debug"
	"syscall"

	"supervisor/internal/config"
	"supervisor/internal/daemon"
	"supervisor/internal/httpd"
	"supervisor/internal/launch"
	"supervisor/internal/spawn"
	"supervisor/internal/supervisor"
	"supervisor/internal/upgrade"
	"supervisor/internal/wire"
	"supervisor/xmlrpc"
)

// handed is what the program before has handed over.
type handed struct {
	note   *upgrade.Note
	memory *os.File    // of the image
	image  *image      // nil: it could not be read
	ended  *spawn.Exit // of the daemon, if this is its guardian; nil: this is the daemon
}

// read reads the image.
func (h *handed) read() error {
	if h.image != nil {
		return nil
	}
	h.memory = os.NewFile(uintptr(h.note.Image), "image")
	text, err := upgrade.Read(h.memory)
	if err != nil {
		return err
	}
	h.image, err = decode(text)
	return err
}

// goOn lives on where the program before stood. Until it is certain that this one
// can, nothing is read, written or closed that was handed over; if it cannot, the
// one before is executed again.
func (p *program) goOn(note *upgrade.Note) int {
	// What is handed over has owners for now that are not used if this fails. They
	// must not be collected, or they would close it.
	percent := debug.SetGCPercent(-1)
	p.signals.catch() // first of all: until then one would end the process
	outlivePipes()
	h := &handed{note: note}
	l, parts, err := h.takeOver(p)
	if err != nil {
		return p.refuse(h.goBack(err, p.signals))
	}
	debug.SetGCPercent(percent)
	next, err := l.goOn(parts, h)
	if err != nil {
		return p.refuse(err)
	}
	return p.liveFrom(next, false)
}

// takeOver makes the life that is to be gone on with.
func (h *handed) takeOver(p *program) (l *life, made *parts, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("cannot go on: %v\n%s", problem, debug.Stack())
		}
	}()
	if err := h.read(); err != nil {
		return nil, nil, err
	}
	i := h.image
	if err := h.note.Settle(); err != nil {
		return nil, nil, err
	}
	p.args, p.exe = i.Program.Args, findSelf(i.Program.Args[0])
	p.origin, p.mask, p.inherited, p.upgrades = i.Program.Origin, i.Program.Mask, i.Program.Inherited, i.Program.Upgrades
	if !i.Program.Started.IsZero() {
		p.started = i.Program.Started
	}
	if p.line, err = parseCommandLine(p.args[1:], p.checkOverride); err != nil {
		return nil, nil, err
	}
	p.line.file = i.Program.File
	l = &life{program: p, config: i.Config}
	if l.log, err = l.openLog(i.Log); err != nil {
		return nil, nil, err
	}
	made, err = l.resume(i, h.ended != nil)
	return l, made, err
}

// resume makes the parts of a life from an image. None of them moves. ending says
// that the process has ended whose image it is, and that all its programs are to end.
func (l *life) resume(i *image, ending bool) (made *parts, err error) {
	made = &parts{pidFile: i.Program.PIDFile}
	if made.spawner, err = spawn.Resume(l.reaped, &l.mask); err != nil {
		return nil, err
	}
	made.state = l.reopenState(made.spawner)
	groups := i.Loop.Configs()
	edge := l.launchOptions(made.spawner)
	edge.Journal, edge.Keeper, edge.Foster = made.state.journal, made.state.keeper, ending
	made.launcher, made.groups, err = launch.Resume(edge, groups, i.Edge)
	if err != nil {
		return nil, err
	}
	now, err := daemon.ReadClock()
	if err != nil {
		return nil, err
	}
	options := l.supervisorOptions(made.launcher)
	options.Image, options.Clock, options.Ledger = &i.Loop, now, made.state.ledger()
	options.Ending = ending
	made.supervisor = supervisor.New(options)
	made.servers, err = httpd.Resume(l.serverOptions(), i.HTTP)
	return made, err
}

// goOn lives the rest of a life that was handed over.
func (l *life) goOn(made *parts, h *handed) (next *config.Config, err error) {
	defer l.log.Close()
	h.memory.Close()
	if h.note.Previous > 2 {
		os.NewFile(uintptr(h.note.Previous), "the program before").Close()
	}
	if err := upgrade.Dismiss(h.note.Guardian); err != nil {
		l.log.Logger().Warn(err.Error())
	}
	defer l.syslog.Close()
	defer made.spawner.Close()
	defer func() { made.state.close(l, made.over) }()
	defer made.launcher.Close()
	defer made.servers.Close()
	daemon.ReserveThreads()
	l.catch()
	for _, s := range h.note.Signals {
		_ = syscall.Kill(os.Getpid(), s) // we may signal ourselves
	}
	failure := h.arrived(l, made)
	made.answer = xmlrpc.AppendResponse(nil, true)
	if failure != "" {
		made.answer = xmlrpc.AppendFault(nil, int(wire.Failed), wire.Failed.String()+": "+failure)
	}
	made.launcher.Thaw()
	h.image = nil // lets go of the memory
	return l.run(made)
}

// arrived says in the log what has become of the upgrade, and returns what the client
// that has asked for it hears of its failure; empty: it is none.
func (h *handed) arrived(l *life, made *parts) (failure string) {
	log := l.log.Logger()
	if h.ended != nil {
		return l.takesOver(made, h)
	}
	if h.note.Back == "" {
		log.Info(fmt.Sprintf("upgraded: %s goes on with %d groups (upgrade %d)", l.origin, len(made.groups), l.upgrades))
		return ""
	}
	l.origin, l.upgrades = h.image.Program.Before, l.upgrades-1
	text := "cannot upgrade to " + h.image.Program.Origin + ": " + h.note.Back
	log.Error(text + "; the program before goes on")
	return text
}

// goBack has the program before go on, because this one cannot. It returns only
// if that fails too.
func (h *handed) goBack(reason error, signals caught) error {
	if h.note.Back != "" {
		return fmt.Errorf("cannot go on after an upgrade that failed (%s): %w", h.note.Back, reason)
	}
	e := upgrade.Execution{
		Program: h.note.Previous,
		Args:    os.Args,
		Env:     os.Environ(),
		Note:    *h.note,
		Caught:  signals.take,
	}
	e.Note.Back = reason.Error()
	if h.image != nil {
		e.Keep = h.image.descriptors()
	}
	_, err := e.Execute()
	return fmt.Errorf("cannot go on (%w), nor back: %w", reason, err)
}
