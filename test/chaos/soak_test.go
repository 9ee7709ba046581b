//go:build linux

package chaos

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"supervisor/internal/wire"
	"supervisor/xmlrpc"
	"supervisor/xmlrpc/client"
)

// seed is where the random actions begin; CHAOS_SEED repeats a run.
func seed(t *testing.T) uint64 {
	t.Helper()
	if text := os.Getenv("CHAOS_SEED"); text != "" {
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	return uint64(time.Now().UnixNano())
}

// duration is how long the soak takes; CHAOS_SOAK says it otherwise.
func duration(t *testing.T) time.Duration {
	t.Helper()
	if text := os.Getenv("CHAOS_SOAK"); text != "" {
		d, err := time.ParseDuration(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	return pick(10*time.Second, 10*time.Minute)
}

// soak is a crowd of writers and what is done to them.
type soak struct {
	*match
	collections *collections
	programs    int
	actions     atomic.Int64
	refused     atomic.Int64
	kinds       [9]atomic.Int64

	updating sync.Mutex
	file     *rand.Rand // of the files that are written
}

// cleared says which programs' logs are cleared, so that lines may be missing.
func cleared(i int) bool { return i%10 == 0 }

func name(i int) string { return fmt.Sprintf("p%03d", i) }

// sections returns a file with most of the programs; some are changed.
func (s *soak) sections(random *rand.Rand) string {
	var b strings.Builder
	for i := range s.programs {
		version := 0
		if random != nil {
			if random.IntN(20) == 0 {
				continue
			}
			if random.IntN(20) == 0 {
				version = random.IntN(1000)
			}
		}
		fmt.Fprintf(&b, `[program:%s]
command=$WRITER 100ms
environment=VERSION="%d"
stdout_logfile=$DIR/%[1]s.log
stdout_logfile_maxbytes=10KB
stdout_logfile_backups=1000
startsecs=%d
autorestart=true
startretries=100
`, name(i), version, i%2)
	}
	return b.String()
}

// Random actions of several clients at once: the daemon's word is compared with
// the kernel's all the time, no line is missing in the end, and the daemon has
// not grown.
func TestSoak(t *testing.T) {
	t.Parallel()
	first := seed(t)
	t.Logf("CHAOS_SEED=%d", first)
	s := &soak{programs: pick(20, 200), collections: &collections{}, file: rand.New(rand.NewPCG(first, 1000))}
	s.match = play(t, ground{programs: s.sections(nil), edit: s.collections.watch})
	s.settle()
	memory, heap := s.memory(), s.heap()
	open := s.flat(ofProgram*s.programs + ofDaemon)

	ctx, cancel := context.WithTimeout(t.Context(), duration(t))
	defer cancel()
	var clients sync.WaitGroup
	for i := range 4 {
		clients.Go(func() { s.act(ctx, rand.New(rand.NewPCG(first, uint64(i)))) })
	}
	checks := s.checkAlways(ctx)
	clients.Wait()

	s.configure(ground{programs: s.sections(nil)})
	s.update()
	s.must("startAllProcesses")
	s.settle()
	s.tries = int(s.actions.Load())
	memoryAfter, heapAfter := s.memory(), s.heap()
	openAfter := s.flat(open + idleConnections)
	t.Logf("%d actions (%v), %d refused; %d comparisons with the kernel; heap %d MB, then %d MB; memory %d kB, then %d kB; descriptors %d, then %d",
		s.tries, s.counts(), s.refused.Load(), checks, heap, heapAfter, memory, memoryAfter, open, openAfter)
	if heapAfter > 2*heap+4 {
		t.Errorf("the daemon needs %d MB, and needed %d", heapAfter, heap)
	}
	// The race detector keeps a history of all memory that was ever touched.
	if memoryAfter > 2*memory+16<<10 && !raceDetector {
		t.Errorf("the daemon takes %d kB, and took %d", memoryAfter, memory)
	}
	s.finish()
	if words := s.collections.others(); words != "" {
		t.Errorf("the daemon says: %s", words)
	}
	t.Logf("%d starts", strings.Count(s.Read("supervisord.log"), "spawned: "))
	var sum tally
	for i := range s.programs {
		var spans []span
		if cleared(i) {
			spans = append(spans, span{to: time.Now()})
		}
		got := s.count(name(i), s.wholeLog(s.Path(name(i)+".log")), spans...)
		sum.lines += got.lines
		if !cleared(i) {
			sum.lost += got.lost
		}
	}
	t.Logf("%+v", sum)
}

// counts tells how often each kind of action was done.
func (s *soak) counts() string {
	var b strings.Builder
	for kind, what := range []string{"start", "stop", "restart", "signal", "kill -9", "read", "tail", "clear", "update"} {
		fmt.Fprintf(&b, "%s %d, ", what, s.kinds[kind].Load())
	}
	return strings.TrimSuffix(b.String(), ", ")
}

// settle waits until everything runs.
func (s *soak) settle() {
	s.t.Helper()
	s.Await("everything runs", func() bool {
		infos, err := s.infos()
		if err != nil || len(infos) != s.programs {
			return false
		}
		for _, info := range infos {
			if info.State.String() != "RUNNING" {
				return false
			}
		}
		return true
	})
	s.agree()
}

// act is one client: it does one thing after the other.
func (s *soak) act(ctx context.Context, random *rand.Rand) {
	c, err := client.New("unix://"+s.Path("socket"), "", "")
	if err != nil {
		s.t.Error(err)
		return
	}
	defer c.Close()
	call := func(method string, params ...any) {
		s.actions.Add(1)
		_, err := c.Call(context.Background(), "supervisor."+method, params...)
		var fault *xmlrpc.Fault
		if errors.As(err, &fault) {
			s.refused.Add(1)
		} else if err != nil {
			s.t.Error(err)
		}
	}
	pause := time.NewTicker(pick(5*time.Millisecond, 20*time.Millisecond))
	defer pause.Stop()
	for ctx.Err() == nil {
		i := random.IntN(s.programs)
		kind := random.IntN(len(s.kinds))
		switch kind {
		case 0:
			call("startProcess", name(i), random.IntN(2) == 0)
		case 1:
			call("stopProcess", name(i), random.IntN(2) == 0)
		case 2:
			call("stopProcess", name(i))
			call("startProcess", name(i), false)
		case 3:
			call("signalProcess", name(i), []string{"CONT", "HUP", "USR1", "TERM", "KILL"}[random.IntN(5)])
		case 4:
			s.kill(c, name(i))
		case 5:
			call("readProcessStdoutLog", name(i), -1000, 0)
		case 6:
			call("tailProcessStdoutLog", name(i), 0, 1000)
		case 7:
			call("clearProcessLogs", name(i-i%10))
		case 8:
			if random.IntN(pick(4, 20)) != 0 { // it is costly
				continue
			}
			s.change()
		}
		s.kinds[kind].Add(1)
		<-pause.C
	}
}

// kill kills a child behind the daemon's back.
func (s *soak) kill(c *client.Client, name string) {
	s.actions.Add(1)
	v, err := c.Call(context.Background(), "supervisor.getProcessInfo", name)
	if err != nil {
		return // it has been removed
	}
	info, err := wire.ParseProcessInfo(v)
	if err != nil {
		s.t.Error(err)
	}
	if p, alive := s.children()[info.PID]; alive && p.parent == s.pid {
		_ = syscall.Kill(info.PID, syscall.SIGKILL) // it may just have ended
	}
}

// change changes the file and has it take effect.
func (s *soak) change() {
	s.updating.Lock()
	defer s.updating.Unlock()
	s.actions.Add(1)
	s.configure(ground{programs: s.sections(s.file)})
	s.update()
}

// checkAlways compares the daemon's word with the kernel's until ctx ends, and
// returns how often. While things change, a difference that stays is one.
func (s *soak) checkAlways(ctx context.Context) (checks int) {
	suspects := make(map[string]int)
	again := time.NewTicker(200 * time.Millisecond)
	defer again.Stop()
	for ctx.Err() == nil {
		checks++
		before, err := s.infos()
		if err != nil {
			s.t.Error(err)
			return checks
		}
		children := s.children()
		after, err := s.infos()
		if err != nil {
			s.t.Error(err)
			return checks
		}
		seen := make(map[string]int)
		for what := range differences(before, children, after) {
			seen[what] = suspects[what] + 1
			if seen[what] == 50 {
				s.t.Error(what)
			}
		}
		suspects = seen
		<-again.C
	}
	return checks
}
