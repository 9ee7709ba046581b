package supervisor

import (
	"testing"
	"time"

	"supervisor/internal/config"
	"supervisor/internal/lifecycle"
)

// PRO-061: how long a process has been up.
func TestUptime(t *testing.T) {
	const day = 24 * time.Hour
	for _, tt := range []struct {
		up   time.Duration
		want string
	}{
		{0, "0:00:00"},
		{5*time.Second + 999*time.Millisecond, "0:00:05"},
		{10*time.Hour + 2*time.Minute + 3*time.Second, "10:02:03"},
		{day, "1 day, 0:00:00"},
		{2*day + time.Hour + time.Minute + time.Second, "2 days, 1:01:01"},
		{400 * day, "400 days, 0:00:00"},
		{-time.Hour, "0:00:00"}, // PRO-066: a clock that was set back
	} {
		began := time.Unix(1_700_000_000, 0)
		i := Info{Config: &config.Process{Name: "x"}, Vars: lifecycle.Vars{State: lifecycle.Running, PID: 7, Started: began}}
		if got, want := i.Description(began.Add(tt.up)), "pid 7, uptime "+tt.want; got != want {
			t.Errorf("after %v: %q, want %q", tt.up, got, want)
		}
	}
}
