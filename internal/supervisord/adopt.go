package supervisord

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"supervisor/internal/clock"
	"supervisor/internal/config"
	"supervisor/internal/daemon"
	"supervisor/internal/identity"
	"supervisor/internal/journal"
	"supervisor/internal/keeper"
	"supervisor/internal/launch"
	"supervisor/internal/spawn"
	"supervisor/internal/supervisor"
)

// state is what adopt=true keeps beside the daemon.
type state struct {
	journal *journal.Journal // nil: nothing is kept
	keeper  *keeper.Keeper   // nil: there is no journal
	kept    map[string][]byte
	clock   clock.Reading
	image   *supervisor.Image // of a daemon that was killed; nil: there is nothing to take back
	adopted []int             // pids of the children that were taken back
}

// daemonRecord is what the journal holds of the daemon that writes it.
type daemonRecord struct {
	Boot       string
	PID        int
	Born       uint64
	Identifier string
	File       string // the configuration file
	PIDFile    string `json:",omitempty"`
}

const daemonKey = "daemon"

// openState opens the journal, and finds out what an earlier daemon has left in
// it. Without a journal the daemon works all the same, and says why.
func (l *life) openState(spawner *spawn.Spawner) *state {
	st := &state{kept: make(map[string][]byte)}
	if !l.config.Daemon.Adopt {
		l.clearState(spawner)
		return st
	}
	log := l.log.Logger()
	off := func(err error) *state {
		log.Warn("adopt=true has no effect: " + err.Error())
		return &state{}
	}
	me, err := l.self()
	if err == nil {
		st.clock, err = daemon.ReadClock()
	}
	if err != nil {
		return off(err)
	}
	dir, err := l.stateDir()
	if err != nil {
		return off(err)
	}
	j, ignored, err := journal.Open(dir, func(err error) {
		log.Error("should this daemon be killed, the next one cannot take back its programs: " + err.Error())
	})
	if err != nil {
		return off(err)
	}
	st.journal = j
	if ignored != nil {
		log.Warn("the journal of an earlier supervisord is ignored: " + ignored.Error())
	}
	j.Each(func(key string, value []byte) { st.kept[key] = value })
	st.keeper = l.newKeeper(spawner, dir)
	if len(st.kept) == 0 {
		st.keeper.Find() // there may be none
	} else {
		st.image, err = l.readJournal(st.kept, me, st.keeper)
		var others *othersState
		switch {
		case errors.As(err, &others): // they will come back for it
			st.keeper.Leave()
			return off(errors.Join(err, j.Close()))
		case err != nil:
			log.Warn("the journal of an earlier supervisord is ignored: " + err.Error())
		case st.image == nil:
			log.Info("the programs of an earlier supervisord have all ended")
		case st.image.Leaving:
			log.Warn("an earlier supervisord was killed while it stopped everything: what it has left is stopped, and then everything is started")
		}
	}
	if st.image == nil {
		st.keeper.End()
		st.keeper = l.newKeeper(spawner, dir)
		if err := j.Clear(); err != nil {
			log.Warn(err.Error())
		}
		st.kept = nil
	}
	text, err := json.Marshal(me)
	if err != nil {
		return off(errors.Join(err, j.Remove()))
	}
	j.Store(journal.Change{Key: daemonKey, Value: text})
	return st
}

// reopenState opens the journal that this very process has kept before it became
// this program, and goes on with it: the loop keeps everything anew.
func (l *life) reopenState(spawner *spawn.Spawner) *state {
	if !l.config.Daemon.Adopt {
		return &state{}
	}
	log := l.log.Logger()
	st := new(state)
	dir, err := l.stateDir()
	if err == nil {
		st.clock, err = daemon.ReadClock()
	}
	if err == nil {
		var ignored error
		st.journal, ignored, err = journal.Open(dir, func(err error) {
			log.Error("should this daemon be killed, the next one cannot take back its programs: " + err.Error())
		})
		err = errors.Join(err, ignored)
	}
	if err != nil {
		log.Error("should this daemon be killed, the next one cannot take back its programs: " + err.Error())
	}
	if st.journal != nil {
		st.keeper = l.newKeeper(spawner, dir)
		st.keeper.Find() // there may be none
	}
	if st.journal != nil && !knowsUs(st.journal) {
		log.Warn("adopt=true has no effect until the next restart: what was known of the programs that run has been lost")
		if err := st.journal.Remove(); err != nil {
			log.Warn(err.Error())
		}
		st.keeper.End()
		return &state{}
	}
	return st
}

// notice gives the state up if its folder has been removed. The next program would not
// find the keeper there.
func (st *state) notice() {
	if st.journal == nil || st.journal.IsVoid() || journal.Left(st.journal.Dir()) {
		return
	}
	st.journal.Void(errors.New(st.journal.Dir() + " has been removed"))
	st.keeper.End()
}

// knowsUs reports whether a journal is the one that has been kept so far. One that is
// new, or void, knows too little of the programs that run.
func knowsUs(j *journal.Journal) (known bool) {
	j.Each(func(key string, _ []byte) { known = known || key == daemonKey })
	return known
}

// self is what the journal says of this daemon.
func (l *life) self() (daemonRecord, error) {
	boot, err := identity.Boot()
	if err != nil {
		return daemonRecord{}, err
	}
	p, err := identity.Look(os.Getpid())
	if err != nil {
		return daemonRecord{}, err
	}
	pidFile, err := filepath.Abs(l.config.Daemon.PIDFile)
	file := filepath.Join(l.config.Here, filepath.Base(l.config.File))
	return daemonRecord{boot, p.PID, p.Born, l.config.Daemon.Identifier, file, pidFile}, err
}

// stateDir is the folder of the journal: its name is that of the pid file, of
// which each daemon has its own.
func (l *life) stateDir() (string, error) {
	d := l.config.Daemon
	dir := d.StateDir
	if dir == "" {
		dir = filepath.Dir(d.PIDFile)
	}
	dir, err := filepath.Abs(dir)
	return filepath.Join(dir, strings.TrimSuffix(filepath.Base(d.PIDFile), ".pid")+".state"), err
}

// readJournal returns what a daemon that was killed remembered; nil: nothing of its
// children is left.
func (l *life) readJournal(kept map[string][]byte, me daemonRecord, k *keeper.Keeper) (*supervisor.Image, error) {
	old, err := readRecord(kept, me)
	if err == nil && !old.isGone(me) {
		return nil, &othersState{"its daemon is alive, with pid " + strconv.Itoa(old.PID)}
	}
	k.Find() // there may be none; one that is found lets go of any other daemon
	if err != nil {
		return nil, err
	}
	left := launch.AnyAlive(kept) || launch.AnyHeld(kept, k)
	if !old.sameAs(me) {
		whose := fmt.Sprintf("it is that of %s, with the configuration file %s", old.Identifier, old.File)
		if left {
			return nil, &othersState{whose + ", whose programs live; each supervisord needs a statedir of its own, or a pidfile of another name"}
		}
		return nil, errors.New(whose)
	}
	image, err := supervisor.ImageOf(kept, l.config)
	if left {
		return image, err
	}
	// Nothing runs. If the daemon knew how everything had ended, so do we; but what has
	// changed since, or was about to be started anew, is a new start.
	if err != nil || image.Leaving || launch.AnyLost(image, kept) || !unchanged(config.Compare(image.Configs(), l.config.Groups)) {
		return nil, nil
	}
	return image, nil
}

// othersState says that a state is somebody else's, and must be left to them.
type othersState struct{ whose string }

func (e *othersState) Error() string { return e.whose }

// isGone reports whether the daemon of a record has ended.
func (old daemonRecord) isGone(me daemonRecord) bool {
	p, err := identity.Look(old.PID)
	return err != nil || p.Born != old.Born || p.Ended() || old.PID == me.PID
}

// sameAs reports whether a record is that of an earlier life of the same daemon, even
// if somebody has moved one of its files since.
func (old daemonRecord) sameAs(me daemonRecord) bool {
	if old.PIDFile == "" { // an earlier version did not say
		return old.Identifier == me.Identifier
	}
	return old.PIDFile == me.PIDFile || old.File == me.File
}

// readRecord returns whose journal it is, if that means anything any more.
func readRecord(kept map[string][]byte, me daemonRecord) (old daemonRecord, err error) {
	if err := json.Unmarshal(kept[daemonKey], &old); err != nil {
		return old, fmt.Errorf("it does not say whose it is: %w", err)
	}
	if old.Boot != me.Boot {
		return old, errors.New("the machine has been started since")
	}
	return old, nil
}

// takeBack gives the launcher the children of the daemon that was killed.
func (st *state) takeBack(l *life, launcher *launch.Launcher) ([]supervisor.Prepared, error) {
	found, err := launcher.Recover(st.image, st.kept)
	if err != nil {
		return nil, err
	}
	st.adopted, st.kept = found.PIDs, nil
	if diff := config.Compare(st.image.Configs(), l.config.Groups); !unchanged(diff) {
		l.log.Logger().Warn("the configuration has changed since the programs were started that are taken back;" +
			" they keep what they had (supervisorctl update applies it)")
	}
	return found.Ready, nil
}

func unchanged(d config.Diff) bool { return len(d.Added)+len(d.Changed)+len(d.Removed) == 0 }

// ledger is where the loop keeps what it remembers; nil: nowhere.
func (st *state) ledger() *supervisor.Ledger {
	if st.journal == nil {
		return nil
	}
	keep := func(entries []supervisor.Entry) {
		changes := make([]journal.Change, len(entries))
		for i, e := range entries {
			changes[i] = journal.Change(e)
		}
		st.journal.Store(changes...)
	}
	return &supervisor.Ledger{Keep: keep, Clock: st.clock}
}

// close lets go of the journal and the keeper, which stay for another daemon unless
// all of this one's programs have ended.
func (st *state) close(l *life, over bool) {
	if st.journal == nil {
		return
	}
	end, leave := st.journal.Close, st.keeper.Leave
	if over {
		end, leave = st.journal.Remove, st.keeper.End
	}
	leave()
	if err := end(); err != nil {
		l.log.Logger().Warn(err.Error())
	}
}

// took reports whether a child was taken back.
func (st *state) took(pid int) bool { return slices.Contains(st.adopted, pid) }
