//go:build linux

package adoption

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"supervisor/test/stage"
	"supervisor/xmlrpc"
	"supervisor/xmlrpc/client"
)

// Under load, the daemon is killed in any moment and started again: nothing is
// started anew, no line and no event is lost or doubled, no connection is dropped.
func TestKilledAtAnyMoment(t *testing.T) {
	writers, rounds := pick(6, 100), pick(6, 100)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))

	config := head
	program := func(section, name, part, more string) {
		config += fmt.Sprintf("[%s:%s]\ncommand=%s\nenvironment=%s=%q,ACCOUNT=\"$DIR/%s.account\",MARK=%q,PAUSE=%q\n"+
			"startsecs=0\nstopwaitsecs=60\nstdout_logfile=$DIR/%s.log\nstderr_logfile=$DIR/%s.err\n%s", section, name, os.Args[0], partVariable, part, name, name, pick("2ms", "20ms"), name, name, more)
	}
	var names []string
	for i := range writers {
		name := fmt.Sprintf("w%d", i)
		names = append(names, name)
		more := "stdout_logfile_maxbytes=300KB\nstdout_logfile_backups=100000\n"
		switch i % 6 {
		case 1:
			more += "stdout_capture_maxbytes=1MB\n" // goes through a spool
		case 2:
			more = "stdout_logfile_maxbytes=0\n"
		case 3:
			more += "stdout_events_enabled=true\n"
		}
		program("program", name, "writer", more)
	}
	// Two that share a log.
	for _, name := range []string{"s0", "s1"} {
		program("program", name, "writer", "stdout_logfile_maxbytes=0\nstdout_logfile=$DIR/shared.log\n")
		config = strings.Replace(config, "stdout_logfile=$DIR/"+name+".log\n", "", 1)
	}
	program("program", "server", "server", "")
	for i := range 3 {
		program("eventlistener", fmt.Sprintf("l%d", i), "listener", "events=REMOTE_COMMUNICATION\nbuffer_size=1000000\n")
	}
	s := stage.New(t, config)
	p := stage.Programs(os.Getenv(programsVariable))

	d := s.Start(p, nil)
	total := writers + 2 + 1 + 3
	var before map[string]child
	s.Await("all are running", func() bool {
		before = children(s)
		return len(before) == total
	})
	s.Await("the log tells of all", func() bool { return strings.Count(s.Read("supervisord.log"), "spawned: ") == total })
	var conn net.Conn
	s.Await("the server", func() bool {
		var err error
		conn, err = net.Dial("unix", s.Path("server.account"))
		return err == nil
	})
	defer conn.Close()
	echo := bufio.NewReader(conn)

	events := startSender(s)
	for round := range rounds {
		if round%2 == 0 { // while it works
			s.Await("it answers", func() bool { return len(children(s)) == total })
		}
		if round%4 == 2 { // the two ways to go on go on from each other
			if out := ctl(t, s, "upgrade"); !strings.HasPrefix(out, "Upgraded") {
				t.Errorf("upgrade: %s", out)
			}
		}
		<-time.After(time.Duration(random.IntN(400_000)) * time.Microsecond)
		if err := d.Cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_, _ = d.End() // it has been killed
		d = s.Start(p, nil)
		fmt.Fprintf(conn, "round %d\n", round)
		if line, err := echo.ReadString('\n'); err != nil || line != fmt.Sprintf("round %d\n", round) {
			t.Fatalf("the connection to a program: %q, %v", line, err)
		}
	}
	var after map[string]child
	s.Await("it answers", func() bool {
		after = children(s)
		return len(after) == total
	})
	for name, was := range before {
		if now := after[name]; now != was {
			t.Errorf("%s was %+v and is %+v", name, was, now)
		}
	}
	sent, unsure := events.stop()
	s.Await("all events have been processed", func() bool {
		return slices.IndexFunc([]string{"l0", "l1", "l2"}, func(l string) bool {
			came := make(map[string]bool)
			for name := range strings.FieldsSeq(s.Read(l + ".account")) {
				came[name] = true
			}
			return slices.ContainsFunc(sent, func(name string) bool { return !came[name] })
		}) < 0
	})
	for i := range 3 {
		events.check(t, s.Read(fmt.Sprintf("l%d.account", i)), sent, unsure)
	}
	if err := d.Cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if out, err := d.End(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	lines := 0
	for _, name := range names {
		lines += checkLines(t, s, name, wholeLog(t, s.Path(name+".log")))
	}
	lines += checkShared(t, s, "shared.log", "s0", "s1")
	if got := strings.Count(s.Read("supervisord.log"), "spawned: "); got != total {
		t.Errorf("%d starts of %d programs", got, total)
	}
	if _, err := os.Stat(s.Path("supervisord.state")); !os.IsNotExist(err) {
		t.Errorf("the state is left behind: %v", err)
	}
	t.Logf("%d programs, %d kills: %d lines, %d events for 3 listeners (%d more may have come)", total, rounds, lines, len(sent), len(unsure))
}

// child is what must not change.
type child struct {
	pid   int
	start int
}

// children returns what runs; nothing if nobody answers.
func children(s *stage.Stage) map[string]child {
	all := make(map[string]child)
	answer, err := call(s, "supervisor.getAllProcessInfo")
	list, ok := answer.([]any)
	if err != nil || !ok {
		return nil
	}
	for _, v := range list {
		info, _ := v.(xmlrpc.Struct)
		get := func(name string) any { value, _ := info.Get(name); return value }
		if get("state") == 20 {
			all[get("name").(string)] = child{get("pid").(int), get("start").(int)}
		}
	}
	return all
}

func call(s *stage.Stage, method string, params ...any) (any, error) {
	c, err := client.New("unix://"+s.Path("s"), "", "")
	if err != nil {
		return nil, err
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(context.Background(), stage.Patience)
	defer cancel()
	return c.Call(ctx, method, params...)
}

// sender sends events all the time.
type sender struct {
	quit         chan struct{}
	done         sync.WaitGroup
	sent, unsure []string
}

func startSender(s *stage.Stage) *sender {
	e := &sender{quit: make(chan struct{})}
	e.done.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-e.quit:
				return
			default:
			}
			// Some are longer than what a pipe takes at once.
			name := fmt.Sprintf("e%d", n)
			data := name
			if n%50 == 0 {
				data += strings.Repeat("x", 100_000)
			}
			if _, err := call(s, "supervisor.sendRemoteCommEvent", "test", data); err != nil {
				e.unsure = append(e.unsure, name)
				<-time.After(10 * time.Millisecond)
			} else {
				e.sent = append(e.sent, name)
			}
		}
	})
	return e
}

func (e *sender) stop() (sent, unsure []string) {
	close(e.quit)
	e.done.Wait()
	return e.sent, e.unsure
}

// check compares what a listener has seen with what was sent. What was sent while
// the daemon was killed may have come or not, but not twice.
func (e *sender) check(t *testing.T, account string, sent, unsure []string) {
	t.Helper()
	times := make(map[string]int)
	for _, name := range strings.Fields(account) {
		times[name]++
	}
	for _, name := range sent {
		if times[name] != 1 {
			t.Errorf("event %s came %d times", name, times[name])
		}
	}
	for _, name := range unsure {
		if times[name] > 1 {
			t.Errorf("event %s came %d times", name, times[name])
		}
	}
}

// checkLines finds the lines of a writer in a log: all of them, in order, once.
func checkLines(t *testing.T, s *stage.Stage, name, log string) int {
	t.Helper()
	want, err := strconv.Atoi(s.Read(name + ".account"))
	if err != nil {
		t.Errorf("%s says nothing of its lines: %v", name, err)
		return 0
	}
	next := 0
	for line := range strings.Lines(log) {
		number, ok := strings.CutPrefix(line, name+" ")
		if !ok || number != strconv.Itoa(next)+"\n" {
			t.Errorf("%s: line %d is %q", name, next, line)
			return next
		}
		next++
	}
	if next != want {
		t.Errorf("%s: %d lines are logged, %d were written", name, next, want)
	}
	return next
}

// checkShared checks the size of a log that several writers have in common: a line
// of one may be cut in two by those of another, as without adoption.
func checkShared(t *testing.T, s *stage.Stage, log string, names ...string) (lines int) {
	t.Helper()
	size := 0
	for _, name := range names {
		want, err := strconv.Atoi(s.Read(name + ".account"))
		if err != nil {
			t.Errorf("%s says nothing of its lines: %v", name, err)
		}
		for n := range want {
			size += len(name) + len(" \n") + len(strconv.Itoa(n))
		}
		lines += want
	}
	if got := len(s.Read(log)); got != size {
		t.Errorf("%s holds %d bytes, %d were written", log, got, size)
	}
	return lines
}

// wholeLog returns a log with its rotated files, oldest first.
func wholeLog(t *testing.T, path string) string {
	t.Helper()
	backups, err := filepath.Glob(path + ".*")
	if err != nil {
		t.Fatal(err)
	}
	number := func(path string) int {
		n, err := strconv.Atoi(path[strings.LastIndexByte(path, '.')+1:])
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	slices.SortFunc(backups, func(a, b string) int { return number(b) - number(a) })
	var whole strings.Builder
	for _, path := range append(backups, path) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		whole.Write(text)
	}
	return whole.String()
}
