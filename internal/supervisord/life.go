package supervisord

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"supervisor/internal/activity"
	"supervisor/internal/config"
	"supervisor/internal/daemon"
	"supervisor/internal/httpd"
	"supervisor/internal/launch"
	"supervisor/internal/logfile"
	"supervisor/internal/privilege"
	"supervisor/internal/severity"
	"supervisor/internal/spawn"
	"supervisor/internal/supervisor"
)

// life is one life of the daemon. Its start-up follows cli.md, section 2, step
// by step; what has been opened is closed in the reverse order.
type life struct {
	*program
	config *config.Config
	first  bool

	notes []config.Note // what the log should say once there is one
	log   *activity.Log

	syslog *logfile.Syslog // of programs
}

// live lives the life. It returns the configuration of the one that is to
// follow; nil: none is.
func (l *life) live() (next *config.Config, err error) {
	l.notes = slices.Clone(l.config.Notes)
	if err := l.becomeUser(); err != nil {
		return nil, err
	}
	if err := l.raiseLimits(); err != nil {
		return nil, err
	}
	if l.log, err = l.openLog(nil); err != nil {
		return nil, err
	}
	defer l.log.Close()
	l.sayNotes()

	made := &parts{}
	if made.spawner, err = spawn.New(l.reaped); err != nil {
		return nil, err
	}
	defer made.spawner.Close()
	made.state = l.openState(made.spawner)
	defer func() { made.state.close(l, made.over || made.state.image == nil) }()
	options := l.launchOptions(made.spawner)
	options.Journal, options.Keeper = made.state.journal, made.state.keeper
	made.launcher = launch.New(options)
	defer l.syslog.Close()
	defer made.launcher.Close()
	if made.groups, err = l.groups(made.launcher, made.state); err != nil {
		return nil, err
	}
	loop := l.supervisorOptions(made.launcher)
	loop.Image, loop.Clock, loop.Ledger = made.state.image, made.state.clock, made.state.ledger()
	made.supervisor = supervisor.New(loop)
	if made.servers, err = httpd.Open(l.serverOptions()); err != nil {
		return nil, err
	}
	defer made.servers.Close()
	l.catch()
	if err := l.detach(); err != nil {
		return nil, err
	}
	made.pidFile = l.writePIDFile()
	return l.run(made)
}

// run lets the parts of a life run until it ends.
func (l *life) run(made *parts) (next *config.Config, err error) {
	u := &upgrader{life: l, parts: made}
	defer u.pending.Wait()
	s := made.supervisor
	made.listening = l.heed(s, u.asked)
	defer made.listening.stop()
	if made.pidFile {
		defer l.removePIDFile()
	}
	left := l.lookForLeftovers(made.state)
	defer func() { <-left.looked }()
	defer l.serve(u, left)()
	outcome := s.Run(made.groups)
	made.over = true
	l.serial = outcome.Serial
	if !outcome.Restart {
		return nil, nil
	}
	if next, err = l.load(); err != nil { // a daemon has no terminal on which to say so
		l.log.Logger().Log(context.Background(), severity.Critical, "cannot start again: "+err.Error())
	}
	return next, err
}

// serve begins to answer. Clients of a life that was handed over know its groups,
// so nothing is said to them before those are there. The function returned waits
// until it has begun.
func (l *life) serve(u *upgrader, left *leftovers) (wait func()) {
	if u.answer == nil {
		u.servers.Serve(l.routes(u, left))
		return func() {}
	}
	serving := make(chan struct{})
	go func() {
		defer close(serving)
		<-u.supervisor.Began()
		u.servers.Answer(u.answer)
		u.servers.Serve(l.routes(u, left))
	}()
	return func() { <-serving }
}

func (l *life) launchOptions(spawner *spawn.Spawner) launch.Options {
	l.syslog = logfile.NewSyslog("supervisord", "")
	return launch.Options{
		Spawner:   spawner,
		Log:       l.log.Logger(),
		Syslog:    l.syslog,
		Env:       os.Environ(),
		ServerURL: serverURL(l.config.Servers),
		Daemon:    l.config.Daemon,
		Starting:  l.wantSecond,
	}
}

func (l *life) supervisorOptions(launcher *launch.Launcher) supervisor.Options {
	return supervisor.Options{
		Config:   l.config,
		Load:     l.reread,
		Launcher: launcher,
		Log:      l.log.Logger(),
		Serial:   l.serial,
	}
}

// reread reads the file that this life began with again. It is not searched for:
// if it is gone, another one that is found instead means something else.
func (l *life) reread() (*config.Config, error) {
	src, err := l.source()
	if err != nil {
		return nil, err
	}
	src.File = cmp.Or(src.File, l.config.File)
	return config.Load(src)
}

// becomeUser drops the privileges that the configuration does not want.
func (l *life) becomeUser() error {
	user := l.config.Daemon.User
	if user == nil {
		if os.Geteuid() == 0 {
			l.note(severity.Critical, "Supervisor is running as root. No user is set in the configuration, so privileges are kept;"+
				" user=root in [supervisord] says that this is intended.")
		}
		return nil
	}
	if err := privilege.Drop(user.UID); err != nil {
		return err
	}
	l.note(slog.LevelInfo, "Set uid to user "+strconv.Itoa(user.UID)+" succeeded")
	return nil
}

// raiseLimits makes sure that there may be enough files and processes, and that
// there are enough threads. All that outlasts a restart.
func (l *life) raiseLimits() error {
	if !l.first {
		return nil
	}
	raised, err := daemon.RaiseLimits(l.config.Daemon.MinFDs, l.config.Daemon.MinProcs)
	for _, line := range raised {
		l.note(slog.LevelInfo, line)
	}
	daemon.ReserveThreads()
	return err
}

// openLog opens the activity log, or goes on with one that was handed over.
func (l *life) openLog(resume *logfile.Image) (*activity.Log, error) {
	d := l.config.Daemon
	options := activity.Options{
		Path:   d.LogFile,
		Resume: resume,
		File:   logfile.Options{MaxBytes: int64(d.LogMaxBytes), Backups: d.LogBackups},
		Level:  d.LogLevel,
	}
	if d.LogSyslog {
		options.Syslog = logfile.NewSyslog("supervisord", "")
	}
	if d.NoDaemon && !d.Silent {
		options.Stdout = shown(l.stdout)
	}
	return activity.New(options)
}

func (l *life) note(level slog.Level, text string) {
	l.notes = append(l.notes, config.Note{Level: level, Text: text})
}

// sayNotes logs what was noted before there was a log: critical ones first,
// then warnings, then the rest.
func (l *life) sayNotes() {
	rank := func(n config.Note) int {
		switch {
		case n.Level >= severity.Critical:
			return 0
		case n.Level >= slog.LevelWarn:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(l.notes, func(a, b config.Note) int { return cmp.Compare(rank(a), rank(b)) })
	for _, n := range l.notes {
		l.log.Logger().Log(context.Background(), n.Level, n.Text)
	}
}

// cleanUp removes the automatic logs of earlier runs.
func (l *life) cleanUp() {
	if l.config.Daemon.NoCleanup {
		return
	}
	for _, err := range logfile.CleanAuto(l.config.Daemon.ChildLogDir, l.config.Daemon.Identifier) {
		l.log.Logger().Warn(err.Error())
	}
}

// reaped logs the end of a child that was left to us by another process.
func (l *life) reaped(e spawn.Exit) {
	l.log.Logger().Info(fmt.Sprintf("reaped unknown pid %d (%s)", e.PID, spawn.Describe(e.Status)))
}

// detach leaves the terminal, if this process was started to do so.
func (l *life) detach() error {
	if !l.first || l.launcher == nil {
		return nil
	}
	log := l.log.Logger()
	log.Info("daemonizing the supervisord process")
	if dir := l.config.Daemon.Directory; dir != "" {
		if err := l.changeDirectory(dir); err != nil {
			log.Log(context.Background(), severity.Critical, fmt.Sprintf("can't chdir into '%s': %v", dir, err))
		} else {
			log.Info(fmt.Sprintf("set current directory: '%s'", dir))
		}
	}
	return l.launcher.Detach(l.config.Daemon.Umask)
}

// changeDirectory goes elsewhere without losing the configuration file, which
// will be read again.
func (l *life) changeDirectory(dir string) error {
	file, err := filepath.Abs(l.config.File)
	if err != nil {
		return err
	}
	if err := os.Chdir(dir); err != nil {
		return err
	}
	l.line.file = file
	return nil
}

// writePIDFile writes the pid file and reports whether it could: a daemon that
// cannot runs without.
func (l *life) writePIDFile() (written bool) {
	log, path, pid := l.log.Logger(), l.config.Daemon.PIDFile, os.Getpid()
	if err := daemon.WritePIDFile(path, pid); err != nil {
		log.Log(context.Background(), severity.Critical, "could not write pidfile "+path)
		return false
	}
	log.Info("supervisord started with pid " + strconv.Itoa(pid))
	return true
}

func (l *life) removePIDFile() {
	if err := daemon.RemovePIDFile(l.config.Daemon.PIDFile, os.Getpid()); err != nil {
		l.log.Logger().Error("cannot remove the pid file", "error", err)
	}
}

// groups makes the groups ready that are to run: those of the configuration, or
// those of a daemon that was killed.
func (l *life) groups(launcher *launch.Launcher, st *state) ([]supervisor.Prepared, error) {
	if st.image != nil {
		return st.takeBack(l, launcher)
	}
	l.cleanUp()
	return prepare(launcher, l.config.Groups)
}

// prepare makes all groups ready to be started.
func prepare(launcher *launch.Launcher, groups []*config.Group) ([]supervisor.Prepared, error) {
	ready := make([]supervisor.Prepared, len(groups))
	for i, g := range groups {
		seats, err := launcher.Prepare(g)
		if err != nil {
			return nil, err
		}
		ready[i] = supervisor.Prepared{Group: g, Seats: seats}
	}
	return ready, nil
}

// serverURL is how children reach the daemon: by the first unix socket, else
// by the first TCP port (process.md, section 4, step 8).
func serverURL(servers []config.Server) string {
	for _, s := range servers {
		if s.Unix() {
			return "unix://" + s.Path
		}
	}
	for _, s := range servers {
		return "http://" + cmp.Or(s.Host, "localhost") + ":" + strconv.Itoa(s.Port)
	}
	return ""
}
