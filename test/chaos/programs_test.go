//go:build linux

package chaos

import (
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Programs that behave as badly as they can, and a writer beside them that loses
// nothing. Each is started and stopped again and again.
func TestBadPrograms(t *testing.T) {
	t.Parallel()
	m := play(t, ground{
		ready: func(m *match) {
			m.Write("deaf", `trap "" HUP INT QUIT USR1 USR2 ALRM TERM TSTP TTIN TTOU VTALRM PROF; while :; do sleep 1000; done`)
			m.Write("leaver", `sleep 1000 & echo $! >$STAGE/grandchild; echo last words; exit 0`)
			m.Write("closer", `exec >&- 2>&- <&-; exec sleep 1000`)
			m.Write("flood", `exec yes "a line that comes again and again"`)
		},
		programs: `[program:writer]
command=$WRITER 5ms
stdout_logfile=$DIR/writer.log
stdout_logfile_maxbytes=20KB
stdout_logfile_backups=1000
startsecs=0
[program:deaf]
command=/bin/sh $DIR/deaf
stdout_logfile=NONE
killasgroup=true
stopwaitsecs=1
startsecs=0
[program:stopped]
command=/bin/sleep 1000
stdout_logfile=NONE
stopwaitsecs=1
startsecs=0
[program:leaver]
command=/bin/sh $DIR/leaver
stdout_logfile=$DIR/leaver.log
startsecs=0
autostart=false
autorestart=false
[program:closer]
command=/bin/sh $DIR/closer
stdout_logfile=$DIR/closer.log
startsecs=0
[program:flood]
command=/bin/sh $DIR/flood
stdout_logfile=$DIR/flood.log
stdout_logfile_maxbytes=1MB
stdout_logfile_backups=1
startsecs=0
[program:failing]
command=/bin/sh -c "echo no >&2; exit 1"
stdout_logfile=NONE
stderr_logfile=$DIR/failing.log
startretries=1000000
`})
	m.awaitState("RUNNING", "writer", "deaf", "stopped", "closer", "flood")
	m.open = len(descriptors(m.pid))
	for range pick(2, 20) {
		m.tries++
		if err := syscall.Kill(m.info("stopped").PID, syscall.SIGSTOP); err != nil {
			t.Error(err)
		}
		m.must("startProcess", "leaver")
		// Its grandchild has the pipe open, and that holds up nothing.
		m.awaitState("EXITED", "leaver")
		if pid, err := strconv.Atoi(strings.TrimSpace(m.Read("grandchild"))); err != nil || syscall.Kill(pid, syscall.SIGKILL) != nil {
			t.Errorf("there is no grandchild %d: %v", pid, err)
		}
		for _, name := range []string{"deaf", "stopped", "closer", "flood"} {
			begin := time.Now()
			m.must("stopProcess", name)
			if took := time.Since(begin); took > slowest {
				t.Errorf("it took %v to stop %s", took, name)
			}
		}
		m.agree()
		for _, name := range []string{"deaf", "stopped", "closer", "flood"} {
			m.must("startProcess", name)
		}
	}
	m.finish()
	if got := strings.Count(m.Read("leaver.log"), "last words\n"); got != m.tries {
		t.Errorf("the last words were logged %d times, want %d", got, m.tries)
	}
	t.Logf("%+v", m.count("writer", m.wholeLog(m.Path("writer.log"))))
}

// A log is a fifo that nobody reads. Its program goes on, others start at once,
// and everything ends when it is asked to; it took 19 seconds once.
func TestUnreadFifo(t *testing.T) {
	t.Parallel()
	m := play(t, ground{
		ready: func(m *match) {
			if err := syscall.Mkfifo(m.Path("fifo"), 0o600); err != nil {
				t.Fatal(err)
			}
		},
		programs: `[program:stalled]
command=/bin/sh -c "yes & exec yes >&2"
stdout_logfile=$DIR/fifo
stderr_logfile=$DIR/fifo
killasgroup=true
stopasgroup=true
startsecs=0
[program:writer]
command=$WRITER 5ms
stdout_logfile=$DIR/writer.log
stdout_logfile_maxbytes=20KB
stdout_logfile_backups=1000
startsecs=0
`})
	m.tries++
	m.awaitLines("writer", pick(200, 2000))
	begin := time.Now()
	m.must("stopProcess", "stalled")
	stopped := time.Since(begin)
	m.must("startProcess", "stalled")
	m.awaitLines("writer", 100)
	begin = time.Now()
	m.finish()
	t.Logf("stopped in %v, ended in %v", stopped.Round(time.Millisecond), time.Since(begin).Round(time.Millisecond))
	if stopped > slowest {
		t.Errorf("it took %v to stop a program whose log nobody reads", stopped)
	}
	t.Logf("%+v", m.count("writer", m.wholeLog(m.Path("writer.log"))))
	if _, err := os.Stat(m.Path("fifo")); err != nil {
		t.Error(err)
	}
}

// Listeners that never answer, answer garbage, or die over their work do not hold
// up the daemon, nor the listener that does its work.
func TestBadListeners(t *testing.T) {
	t.Parallel()
	m := play(t, ground{
		ready: func(m *match) {
			m.Write("mute", `exec sleep 1000`)
			m.Write("garbage", `while :; do echo "READY?"; printf 'RESULT 99999999999999999999\n'; head -c 3000 /dev/urandom; sleep 0.1; done`)
			m.Write("dying", `printf 'READY\n'; read header; echo died >>$STAGE/died; kill -9 $$`)
			m.Write("good", `while :; do
printf 'READY\n'; read header || exit; len=${header##*len:}; payload=$(head -c $len); echo "$payload" >>$STAGE/heard; printf 'RESULT 2\nOK'
done`)
		},
		programs: `[program:writer]
command=$WRITER 5ms
stdout_logfile=$DIR/writer.log
stdout_logfile_maxbytes=20KB
stdout_logfile_backups=1000
startsecs=0
stdout_events_enabled=true
[program:mayfly]
command=/bin/sleep 0.2
stdout_logfile=NONE
startsecs=0
autorestart=true
[eventlistener:mute]
command=/bin/sh $DIR/mute
events=EVENT
[eventlistener:garbage]
command=/bin/sh $DIR/garbage
events=EVENT
stdout_logfile=NONE
[eventlistener:dying]
command=/bin/sh $DIR/dying
events=PROCESS_STATE
startsecs=0
autorestart=true
buffer_size=50
[eventlistener:good]
command=/bin/sh $DIR/good
events=REMOTE_COMMUNICATION
buffer_size=10000
startsecs=0
`})
	m.awaitState("RUNNING", "good")
	events := pick(50, 2000)
	for i := range events {
		m.tries++
		m.must("sendRemoteCommEvent", "number", strconv.Itoa(i))
	}
	m.Await("deaths over the work", func() bool { return strings.Count(m.Read("died"), "died") >= pick(3, 50) })
	m.Await("all events", func() bool { return strings.Count(m.Read("heard"), "type:number") >= events })
	for i, text := range strings.Split(strings.TrimSpace(m.Read("heard")), "type:number\n")[1:] {
		if strings.TrimSpace(text) != strconv.Itoa(i) {
			t.Fatalf("event %d is %q", i, text)
		}
	}
	m.finish()
	t.Logf("%+v", m.count("writer", m.wholeLog(m.Path("writer.log"))))
}
