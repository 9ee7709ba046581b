package launch

import (
	"syscall"
	"testing"
	"time"

	"supervisor/internal/procs"
)

// What a child leaves behind is found as it ends, whether it stays in the
// child's process group or has gone to a session of its own.
func TestAftermath(t *testing.T) {
	for name, script := range map[string]string{
		"its group":            "exec </dev/null >/dev/null 2>&1; sleep 60 &",
		"a session of its own": "exec </dev/null >/dev/null 2>&1; setsid sleep 60 & sleep 0.3",
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			if end := b.run(b.seat(script)); !end.LooksBack {
				t.Fatal("nobody looks back")
			}
			select {
			case a := <-b.aftermaths:
				var left []procs.Process
				for _, p := range a.Left {
					left = append(left, procs.Process(p))
				}
				living := procs.Living(left)
				if len(living) != 1 || living[0].Command != "sleep 60" {
					t.Errorf("it left %+v, of which live %+v", a.Left, living)
				}
				for _, p := range living {
					terminate(t, p.PID)
				}
			case <-time.After(patience):
				t.Error("nothing was found")
			}
		})
	}
}

func terminate(t *testing.T, pid int) {
	t.Helper()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Error(err)
	}
}
