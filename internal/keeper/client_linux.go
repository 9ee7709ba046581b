package keeper

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// startInterval is the least time between two starts, should keepers not last.
const startInterval = 10 * time.Second

// Keeper is the daemon's side: whoever has a keeper process, or will have one as
// soon as there is something to keep. It is safe for concurrent use.
type Keeper struct {
	Options

	mu    sync.Mutex
	give  func(*Line) // gives a keeper everything
	line  *Line       // nil: there is no keeper
	used  bool        // there has been something to keep
	still bool        // nothing is started
	over  bool
	since time.Time   // when one was last started
	retry *time.Timer // for the next start; nil: none is waited for
	its   Process
}

// New returns a Keeper without a process. End or Leave it.
func New(o Options) *Keeper { return &Keeper{Options: o, give: func(*Line) {}} }

// Supply says who gives everything that is to be kept to a keeper that has nothing
// yet. It is called with the Keeper locked, and does not use it.
func (k *Keeper) Supply(give func(*Line)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.give = give
}

// Find connects to the keeper that an earlier daemon has started, or this process
// before it became this program. From then on until Thaw nothing is started.
func (k *Keeper) Find() (found bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.still = true
	line, err := dial(k.Dir, socketName)
	if err != nil {
		return false // it has ended, or was never there
	}
	pid, err := line.hello()
	if err != nil {
		if errors.Is(err, errOther) {
			line.send(verbEnd, "")
		}
		k.Log.Warn("the keeper of an earlier supervisord is of no use", "error", err)
		line.conn.Close()
		return false
	}
	k.line, k.used = line, true
	k.its = k.Found(pid)
	return true
}

// Ask returns what the keeper that Find has found has under a name. There must have
// been no Thaw.
func (k *Keeper) Ask(name string) (Held, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.line == nil {
		return Held{}, false
	}
	h, found := k.line.ask(name)
	k.settle()
	return h, found
}

// Do has something done with the keeper, which is started if there is none. Should
// that fail, the log says so, and it is tried again later.
func (k *Keeper) Do(what func(*Line)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.used = true
	if k.line == nil {
		k.begin()
	}
	if k.line != nil {
		what(k.line)
		k.settle()
	}
}

// Forget has the keeper, if there is one, close what has the names.
func (k *Keeper) Forget(names ...string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.line != nil {
		k.line.Forget(names...)
		k.settle()
	}
}

// Freeze keeps a keeper from being started until Thaw.
func (k *Keeper) Freeze() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.still = true
}

// Thaw lets everything go on: a keeper that is needed and not there is started.
func (k *Keeper) Thaw() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.still = false
	switch {
	case k.line != nil:
		k.listen(k.line)
	case k.used:
		k.begin()
	}
}

// begin starts a keeper and gives it everything. mu is held.
func (k *Keeper) begin() {
	if k.over || k.still || k.line != nil || k.retry != nil {
		return
	}
	if wait := time.Until(k.since.Add(startInterval)); wait > 0 {
		k.retry = time.AfterFunc(wait, func() {
			k.mu.Lock()
			defer k.mu.Unlock()
			k.retry = nil
			k.begin()
		})
		return
	}
	k.since = time.Now()
	line, err := k.start()
	if err == nil {
		k.give(line)
		err = line.err
	}
	if err == nil { // not before it has everything is it who will be found
		err = os.Rename(filepath.Join(k.Dir, newName), filepath.Join(k.Dir, socketName))
	}
	if err != nil {
		if line != nil {
			line.conn.Close()
			k.its.Kill()
		}
		k.Log.Warn("there is no keeper: what a program writes last while there is no supervisord would be lost", "error", err)
		k.begin() // after a while
		return
	}
	k.line = line
	k.listen(line)
}

// start starts the process and connects to it. Whether it is ready does not matter:
// what is sent waits for it.
func (k *Keeper) start() (*Line, error) {
	if err := os.Remove(filepath.Join(k.Dir, newName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	socket, err := listen(k.Dir, newName)
	if err != nil {
		return nil, fmt.Errorf("cannot make its socket: %w", err)
	}
	defer socket.Close()
	if k.its, err = k.Start(socket); err != nil {
		return nil, fmt.Errorf("cannot start it: %w", err)
	}
	line, err := dial(k.Dir, newName)
	if err != nil {
		k.its.Kill()
	}
	return line, err
}

// listen waits for the end of a keeper. mu is held.
func (k *Keeper) listen(line *Line) {
	if line.gone != nil {
		return
	}
	line.gone = make(chan struct{})
	go func() {
		defer close(line.gone)
		if line.conn.SetReadDeadline(time.Time{}) != nil {
			return
		}
		for {
			kind, _, fds, err := line.read()
			closeAll(fds)
			if kind == sayFull {
				k.Log.Warn("the keeper may not have more descriptors: what some programs write last while there is no supervisord would be lost")
			}
			if err != nil {
				k.lost(line, err)
				return
			}
		}
	}()
}

// lost has another keeper started in place of one that is gone.
func (k *Keeper) lost(line *Line, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if line.err == nil {
		line.err = err
	}
	if k.line == line {
		k.settle()
	}
}

// settle lets go of a keeper that is gone, or does not answer. mu is held.
func (k *Keeper) settle() {
	line := k.line
	if line == nil || line.err == nil || k.over {
		return
	}
	k.line = nil
	line.conn.Close()
	k.its.Kill() // unless it has ended; should it only hang, nobody would ever talk to it again
	k.Log.Info("the keeper has ended; another one takes its place")
	k.begin()
}

// End has the keeper end, and waits until it has.
func (k *Keeper) End() {
	k.mu.Lock()
	k.over = true
	if k.retry != nil {
		k.retry.Stop()
	}
	line, ended := k.line, k.its.Ended
	if line == nil {
		k.mu.Unlock()
		return
	}
	k.listen(line)
	line.send(verbEnd, "")
	k.mu.Unlock()
	patience := time.NewTimer(answerPatience)
	defer patience.Stop()
	for _, end := range []<-chan struct{}{line.gone, ended} {
		select {
		case <-end:
		case <-patience.C:
			return
		}
	}
	line.conn.Close()
}

// Leave lets the keeper wait for another daemon.
func (k *Keeper) Leave() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.over = true
	if k.retry != nil {
		k.retry.Stop()
	}
	if k.line != nil {
		k.line.conn.Close()
	}
}
