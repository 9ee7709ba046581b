package diagnose

import (
	"syscall"
	"testing"
	"time"

	"supervisor/internal/config"
	"supervisor/internal/lifecycle"
	"supervisor/internal/supervisor"
)

// How long a stop took is known although the loop hears of the end a little later.
func TestStopTook(t *testing.T) {
	asked := time.Now()
	for _, tt := range []struct {
		took   time.Duration
		exit   string
		killed bool
	}{
		{10 * time.Millisecond, "terminated by SIGTERM", false},
		{10 * time.Millisecond, "terminated by SIGKILL", false}, // by somebody else
		{time.Second, "terminated by SIGKILL", true},
	} {
		h := supervisor.History{Exit: tt.exit, ExitPID: 7, ExitCode: -1, ExitAt: asked.Add(tt.took),
			Moments: []supervisor.Moment{
				{At: asked.Add(-time.Minute), State: lifecycle.Running, PID: 7},
				{At: asked, State: lifecycle.Stopping, PID: 7},
				{At: asked.Add(tt.took + time.Millisecond), State: lifecycle.Stopped, PID: 7},
			}}
		e := exit(&config.Process{StopSignal: syscall.SIGTERM, StopWait: time.Second}, h)
		if e.StopTook < tt.took || e.Killed != tt.killed {
			t.Errorf("%s after %v: took %v, killed %v", tt.exit, tt.took, e.StopTook, e.Killed)
		}
	}
}
