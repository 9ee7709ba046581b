//go:build linux

package chaos

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"
)

// harmless are the signals that are no order to end, to dump core or to stop, by
// their numbers: the rest, of real time, too.
func harmless() []syscall.Signal {
	orders := map[syscall.Signal]bool{
		syscall.SIGTERM: true, syscall.SIGINT: true, syscall.SIGQUIT: true, syscall.SIGKILL: true, // the end
		syscall.SIGHUP:  true, // a restart
		syscall.SIGSTOP: true, syscall.SIGTSTP: true, syscall.SIGTTIN: true, syscall.SIGTTOU: true,
		syscall.SIGILL: true, syscall.SIGTRAP: true, syscall.SIGABRT: true, syscall.SIGBUS: true, syscall.SIGFPE: true,
		syscall.SIGSEGV: true, syscall.SIGSTKFLT: true, syscall.SIGSYS: true,
	}
	var signals []syscall.Signal
	for sig := syscall.Signal(1); sig <= 64; sig++ {
		if !orders[sig] && sig != 32 && sig != 33 && sig != 34 { // those of the C library's threads
			signals = append(signals, sig)
		}
	}
	return signals
}

// Signals of every kind reach the daemon in every state: while it starts, runs,
// restarts programs, waits for one that does not stop, starts anew, and ends.
func TestSignals(t *testing.T) {
	t.Parallel()
	m := play(t, ground{programs: `[program:writer]
command=$WRITER 5ms
stdout_logfile=$DIR/writer.log
stdout_logfile_maxbytes=20KB
stdout_logfile_backups=1000
startsecs=0
[program:mayfly]
command=/bin/sleep 0.1
stdout_logfile=NONE
startsecs=0
autorestart=true
[program:deaf]
command=/bin/sh -c "trap '' TERM; echo ready; while :; do sleep 1; done"
stdout_logfile=$DIR/deaf.log
stopwaitsecs=1
killasgroup=true
startsecs=0
`})
	barrage := func() {
		for _, sig := range harmless() {
			m.tries++
			m.signal(sig)
		}
		m.awaitLines("writer", 10)
	}
	lives := 1
	for range pick(2, 10) {
		m.awaitState("RUNNING", "writer", "deaf")
		barrage()
		m.signal(syscall.SIGTSTP) // a terminal can do that
		<-time.After(50 * time.Millisecond)
		m.signal(syscall.SIGCONT)
		stopping := make(chan error, 1)
		go func() {
			_, err := m.client.Call(t.Context(), "supervisor.stopProcess", "deaf")
			stopping <- err
		}()
		barrage() // while a program does not stop
		if err := <-stopping; err != nil {
			t.Error(err)
		}
		m.agree()
		m.signal(syscall.SIGHUP)
		for _, sig := range harmless() {
			m.tries++
			m.signal(sig)
		}
		lives++
		m.Await("another life", func() bool {
			return strings.Count(m.Read("supervisord.log"), "supervisord started with pid") == lives
		})
	}
	m.finish()
	t.Logf("%+v", m.count("writer", m.wholeLog(m.Path("writer.log"))))
}

// Orders come in the middle of others: SIGHUP and updates with another file while
// programs start and stop.
func TestOrdersInTheMiddle(t *testing.T) {
	t.Parallel()
	const writer = `[program:writer]
command=$WRITER 5ms
stdout_logfile=$DIR/writer.log
stdout_logfile_maxbytes=20KB
stdout_logfile_backups=1000
startsecs=0
`
	crowd := func(n, round int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "[program:crowd%d]\ncommand=/bin/sleep %d\nstdout_logfile=NONE\nstderr_logfile=NONE\nstartsecs=%d\n", i, 1000+round*(i%2), i%2)
		}
		return b.String()
	}
	m := play(t, ground{programs: writer + crowd(20, 0)})
	m.awaitLines("writer", 10)
	lives := 1
	for round := range pick(4, 40) {
		m.tries++
		m.configure(ground{programs: writer + crowd(10+10*(round%3), round)})
		quit := make(chan struct{})
		done := make(chan struct{})
		go func() { // starts and stops all the time
			defer close(done)
			for i := 0; ; i++ {
				select {
				case <-quit:
					return
				default:
				}
				name := fmt.Sprintf("crowd%d", i%20)
				_, _ = m.call([]string{"startProcess", "stopProcess"}[i/20%2], name) // may be refused for many reasons
			}
		}()
		if round%2 == 0 {
			m.signal(syscall.SIGHUP)
			lives++
			m.Await("another life", func() bool {
				return strings.Count(m.Read("supervisord.log"), "supervisord started with pid") == lives
			})
		} else {
			m.update()
		}
		close(quit)
		<-done
		m.agree()
	}
	m.finish()
	t.Logf("%+v", m.count("writer", m.wholeLog(m.Path("writer.log"))))
}

// update does what supervisorctl update does.
func (m *match) update() {
	m.t.Helper()
	diff, ok := m.must("reloadConfig").([]any)
	if !ok || len(diff) != 1 {
		m.t.Fatalf("reloadConfig = %v", diff)
	}
	kinds := diff[0].([]any) // added, changed, removed
	for i, group := range append(kinds[1].([]any), kinds[2].([]any)...) {
		m.Await(fmt.Sprint(group, " is removed"), func() bool {
			if _, err := m.call("stopProcessGroup", group); err != nil {
				return strings.Contains(err.Error(), "BAD_NAME")
			}
			_, err := m.call("removeProcessGroup", group) // somebody may have started it again
			return err == nil
		})
		if i < len(kinds[1].([]any)) {
			m.must("addProcessGroup", group)
		}
	}
	for _, group := range kinds[0].([]any) {
		m.must("addProcessGroup", group)
	}
}
