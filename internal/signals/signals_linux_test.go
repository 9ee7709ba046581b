package signals

import (
	"syscall"
	"testing"
)

// PRO-020: Linux has every number from 1 to 31, and two real-time names.
func TestLinuxNames(t *testing.T) {
	for sig, want := range map[syscall.Signal]string{
		17: "SIGCHLD", 29: "SIGPOLL", 6: "SIGABRT", 34: "SIGRTMIN", 64: "SIGRTMAX", 33: "signal 33", 35: "signal 35",
	} {
		if got := Name(sig); got != want {
			t.Errorf("Name(%d) = %q, want %q", sig, got, want)
		}
	}
	for sig := syscall.Signal(1); sig <= 31; sig++ {
		if got, err := Parse(Name(sig)); got != sig || err != nil {
			t.Errorf("Parse(%q) = %d, %v", Name(sig), got, err)
		}
	}
	for name, want := range map[string]syscall.Signal{"CLD": 17, "IO": 29, "poll": 29, "rtmin": 34, "SIGRTMAX": 64} {
		if got, err := Parse(name); got != want || err != nil {
			t.Errorf("Parse(%q) = %d, %v; want %d", name, got, err, want)
		}
	}
}
