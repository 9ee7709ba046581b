package supervisord

import (
	"errors"
	"io/fs"
	"os"
	"strconv"
	"sync"
	"syscall"

	"supervisor/internal/identity"
	"supervisor/internal/journal"
	"supervisor/internal/keeper"
	"supervisor/internal/launch"
	"supervisor/internal/spawn"
)

// newKeeper returns the way to a keeper that has its socket in a folder.
func (l *life) newKeeper(spawner *spawn.Spawner, dir string) *keeper.Keeper {
	return keeper.New(keeper.Options{
		Dir: dir,
		Log: l.log.Logger(),
		Start: func(socket *os.File) (keeper.Process, error) {
			c, err := spawner.StartOwn(keeper.Args(), keeper.Env(), socket)
			if err != nil {
				return keeper.Process{}, err
			}
			return processOf(c), nil
		},
		Found: func(pid int) keeper.Process {
			p, err := identity.Look(pid)
			if err == nil {
				var c *spawn.Child
				if c, err = spawner.Foster(pid, p.Born, nil); err == nil {
					return processOf(c)
				}
			}
			l.log.Logger().Debug("cannot tell what becomes of the keeper", "error", err)
			ended := make(chan struct{})
			close(ended)
			return keeper.Process{Ended: ended, Kill: func() {}}
		},
	})
}

func processOf(c *spawn.Child) keeper.Process {
	ended := make(chan struct{})
	once := sync.OnceFunc(func() { close(ended) })
	c.OnExit(func(spawn.Exit) { once() })
	return keeper.Process{Ended: ended, Kill: func() { _ = c.Signal(syscall.SIGKILL, false) }} // it may have ended
}

// clearState removes what a daemon that was killed has left for one that takes its
// programs back, which this one does not. While they live it stays: whoever has
// turned adopt off by mistake can turn it on again.
func (l *life) clearState(spawner *spawn.Spawner) {
	dir, err := l.stateDir()
	if err != nil || !journal.Left(dir) {
		return
	}
	log := l.log.Logger()
	fail := func(err error) { log.Warn("the state that an earlier supervisord has left stays: " + err.Error()) }
	me, err := l.self()
	if err != nil {
		fail(err)
		return
	}
	j, _, err := journal.Open(dir, func(error) {})
	if err != nil {
		fail(err)
		return
	}
	kept := make(map[string][]byte)
	j.Each(func(key string, value []byte) { kept[key] = value })
	if old, err := readRecord(kept, me); err == nil && launch.AnyAlive(kept) {
		if old.sameAs(me) {
			log.Warn("adopt=true is not set any more: the programs of the supervisord that was killed with pid " + strconv.Itoa(old.PID) +
				" are not taken back; to have them taken back after all, stop this supervisord, set adopt=true and start it again")
		}
		if err := j.Close(); err != nil {
			log.Warn(err.Error())
		}
		return
	}
	k := l.newKeeper(spawner, dir)
	k.Find() // there may be none
	k.End()
	if err := j.Remove(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		fail(err)
		return
	}
	log.Info("removed the state that an earlier supervisord has left in " + dir)
}
