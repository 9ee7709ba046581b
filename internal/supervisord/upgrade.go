package supervisord

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"supervisor/internal/daemon"
	"supervisor/internal/httpd"
	"supervisor/internal/launch"
	"supervisor/internal/spawn"
	"supervisor/internal/supervisor"
	"supervisor/internal/upgrade"
)

// freezePatience is how long what moves by itself may take to come to a stand. All
// output of programs waits meanwhile, in its pipes.
const freezePatience = 10 * time.Second

// parts are what a life consists of once it has begun.
type parts struct {
	spawner    *spawn.Spawner
	launcher   *launch.Launcher
	supervisor *supervisor.Supervisor
	servers    *httpd.Servers
	groups     []supervisor.Prepared
	listening  *listening // to signals
	state      *state     // of adopt=true
	pidFile    bool       // it has been written
	over       bool       // nothing of the life is left
	answer     []byte     // to the request for the upgrade that has made this life; nil: there was none
}

// upgrader has this process become another program. docs/upgrade.md shows how.
type upgrader struct {
	*life
	*parts
	busy    sync.Mutex
	pending sync.WaitGroup // upgrades that a signal has asked for
}

// upgrade becomes the program at a path; none: the file that this one is. It
// returns only if that cannot be, and everything goes on as before. asker is the
// request on whose behalf it happens, or nil: the next program answers it.
func (u *upgrader) upgrade(path string, asker *http.Request) error {
	if !u.busy.TryLock() {
		return errors.New("another upgrade is under way")
	}
	defer u.busy.Unlock()
	path = cmp.Or(path, u.origin)
	err := u.become(path, asker)
	if err != nil {
		u.log.Logger().Error("cannot upgrade to " + path + ": " + err.Error())
	}
	return err
}

func (u *upgrader) become(path string, asker *http.Request) error {
	if u.supervisor.State() != supervisor.Running {
		return errors.New("supervisord is going down")
	}
	if !filepath.IsAbs(path) {
		return errors.New("its path is not absolute")
	}
	file, err := upgrade.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := executable(file); err != nil {
		return err
	}
	if err := u.ask(path, file); err != nil {
		return err
	}
	u.state.notice()
	previous, err := upgrade.Self()
	if err != nil {
		return err
	}
	defer previous.Close()

	ctx := context.Background()
	if err := u.servers.Freeze(ctx, asker); err != nil {
		return err
	}
	defer u.servers.Thaw()
	release, err := u.listening.hold(ctx)
	if err != nil {
		return err
	}
	defer release()
	frozen, err := u.freeze(ctx)
	if err != nil {
		return err
	}
	defer u.thaw(frozen)
	u.log.Logger().Info("upgrading: executing " + path)
	return u.execute(path, file, previous, frozen, asker)
}

// executable refuses what cannot be a program, before an attempt to execute it
// blames the name that this program was called by.
func executable(file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() || info.Mode().Perm()&0o111 == 0 {
		return errors.New("it is not an executable file")
	}
	return noScript(file)
}

// noScript refuses what an interpreter would have to open: it is executed by a
// descriptor, which is closed by then, and the daemon would end instead.
func noScript(file *os.File) error {
	program, err := os.Open("/proc/self/fd/" + strconv.Itoa(int(file.Fd())))
	if err != nil { // what may be executed need not be readable, but for a script
		return nil
	}
	defer program.Close()
	const mark = "#!"
	head := make([]byte, len(mark))
	if n, err := program.ReadAt(head, 0); string(head[:n]) == mark {
		return errors.New("it is a script, and only a program can go on with what is open; name the supervisord that it runs")
	} else if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// ask asks the program whether it could go on, with an image that is taken for
// just that.
func (u *upgrader) ask(path string, file *os.File) error {
	frozen, err := u.freeze(context.Background())
	if err != nil {
		return err
	}
	image, err := u.image(path, frozen, nil)
	u.thaw(frozen)
	if err != nil {
		return err
	}
	memory, text, err := image.inMemory()
	if err != nil {
		return err
	}
	defer memory.Close()
	if err := ask(u.spawner, path, u.args[0], memory, text); err != nil {
		return err
	}
	// What was asked is what will be executed.
	asked, err := os.Stat(path)
	if err != nil {
		return err
	}
	opened, err := file.Stat()
	if err != nil {
		return err
	}
	if !os.SameFile(asked, opened) {
		return errors.New("the file has just been replaced; try again")
	}
	return nil
}

// freeze brings launcher and loop to a stand.
func (u *upgrader) freeze(ctx context.Context) (*supervisor.Frozen, error) {
	ctx, cancel := context.WithTimeout(ctx, freezePatience)
	defer cancel()
	err := u.launcher.Freeze(ctx)
	if err == nil {
		var frozen *supervisor.Frozen
		if frozen, err = u.supervisor.Freeze(daemon.ReadClock); err == nil {
			return frozen, nil
		}
	}
	u.launcher.Thaw()
	return nil, err
}

func (u *upgrader) thaw(frozen *supervisor.Frozen) {
	frozen.Thaw()
	u.launcher.Thaw()
}

// image takes the image of all that stands still.
func (u *upgrader) image(path string, frozen *supervisor.Frozen, asker *http.Request) (*image, error) {
	config := *u.config
	config.Groups, config.Notes = nil, nil
	i := &image{
		Version: imageVersion,
		Program: programImage{
			Args:      u.args,
			File:      u.line.file,
			Origin:    path,
			Before:    u.origin,
			Mask:      u.mask,
			Inherited: u.inherited,
			PIDFile:   u.pidFile,
			Upgrades:  u.upgrades + 1,
			Started:   u.started,
		},
		Config: &config,
		Loop:   frozen.Image,
	}
	var err error
	if i.Edge, err = u.launcher.Image(frozen.Groups); err != nil {
		return nil, err
	}
	if i.HTTP, err = u.servers.Image(asker); err != nil {
		return nil, err
	}
	i.Log, err = u.log.Image()
	return i, err
}

// execute does the last step.
func (u *upgrader) execute(path string, file, previous *os.File, frozen *supervisor.Frozen, asker *http.Request) error {
	unguarded := upgrade.Guardable()
	if unguarded != nil {
		u.log.Logger().Debug("there is no guardian of the upgrade: " + unguarded.Error())
	}
	if err := u.writeLog(); err != nil { // nothing can be logged after this
		return err
	}
	image, err := u.image(path, frozen, asker)
	if err != nil {
		return err
	}
	memory, _, err := image.inMemory()
	if err != nil {
		return err
	}
	defer memory.Close()
	e := upgrade.Execution{
		Program: int(file.Fd()),
		Args:    u.args,
		Env:     os.Environ(),
		Note:    upgrade.Note{Image: int(memory.Fd()), Previous: int(previous.Fd())},
		Keep:    image.descriptors(),
		Caught:  u.signals.take,
	}
	if unguarded == nil {
		if e.Note.Guardian, err = guard(e); err != nil {
			return err
		}
	}
	caught, err := e.Execute()
	u.signals.catch()
	u.signals.giveBack(caught)
	return errors.Join(err, upgrade.Dismiss(e.Note.Guardian))
}

// writeLog waits until everything that has been logged is written: what is queued
// would be lost.
func (u *upgrader) writeLog() error {
	written := make(chan error, 1)
	go func() { written <- u.log.Sync() }()
	patience := time.NewTimer(freezePatience)
	defer patience.Stop()
	select {
	case err := <-written:
		if err != nil {
			return fmt.Errorf("what the activity log has to say cannot be written: %w", err)
		}
		return nil
	case <-patience.C:
		return errors.New("the activity log takes too long to be written")
	}
}

// asked is an upgrade that a signal has asked for. It takes its time, and other
// signals do not wait behind it.
func (u *upgrader) asked() {
	u.pending.Go(func() {
		_ = u.upgrade("", nil) // the log says why not
	})
}

// request is an upgrade that a client has asked for.
func (u *upgrader) request(r *http.Request, path string) error {
	if r == nil {
		return &supervisor.Error{Kind: supervisor.ErrFailed, Detail: "an upgrade cannot be part of a multicall"}
	}
	err := u.permit(path, r)
	if err == nil {
		err = u.upgrade(path, r)
	}
	if err != nil {
		return &supervisor.Error{Kind: supervisor.ErrFailed, Detail: "cannot upgrade to " + cmp.Or(path, u.origin) + ": " + err.Error()}
	}
	return nil
}

// permit refuses to execute what a client names that could not execute it by itself
// with the rights of this process: whoever has the API commands the programs of the
// configuration, and no others. What this program is itself may be named by all.
func (u *upgrader) permit(path string, r *http.Request) error {
	if path == "" || path == u.origin {
		return nil
	}
	if uid, known := httpd.Peer(r); !known || uid != 0 && uid != os.Geteuid() {
		err := errors.New("only root and the user of supervisord may name another file, by the unix socket")
		u.log.Logger().Warn("cannot upgrade to " + path + ": " + err.Error())
		return err
	}
	return nil
}
