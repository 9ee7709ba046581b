package signals

import (
	"errors"
	"strconv"
	"syscall"
	"testing"
)

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		text string
		want syscall.Signal
		err  error
	}{
		{"TERM", syscall.SIGTERM, nil},
		{"SIGTERM", syscall.SIGTERM, nil},
		{" sigUsr1\n", syscall.SIGUSR1, nil},
		{"15", syscall.SIGTERM, nil},
		{" +9 ", syscall.SIGKILL, nil},
		{"IOT", syscall.SIGABRT, nil},
		{"0", 0, ErrNumber},
		{"-9", 0, ErrNumber},
		{"63", 0, ErrNumber},
		{"33", 0, ErrNumber},
		{"99999999999999999999", 0, ErrNumber},
		{"RTMIN+1", 0, ErrName},
		{"SIG_IGN", 0, ErrName},
		{"SIG", 0, ErrName},
		{"", 0, ErrName},
		{"TERMINATE", 0, ErrName},
	} {
		if got, err := Parse(tt.text); got != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("Parse(%q) = %d, %v; want %d, %v", tt.text, got, err, tt.want, tt.err)
		}
	}
}

// PRO-020: the names that the exit of a process is reported with.
func TestName(t *testing.T) {
	for sig, want := range map[syscall.Signal]string{
		syscall.SIGHUP: "SIGHUP", syscall.SIGABRT: "SIGABRT", syscall.SIGKILL: "SIGKILL",
		syscall.SIGCHLD: "SIGCHLD", syscall.SIGSEGV: "SIGSEGV", 100: "signal 100", 0: "signal 0",
	} {
		if got := Name(sig); got != want {
			t.Errorf("Name(%d) = %q, want %q", sig, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"TERM", "sigint", " 9 ", "64", "RTMAX", "SIGSIG", "0x9"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		sig, err := Parse(text)
		if err != nil {
			return
		}
		for _, again := range []string{Name(sig), Name(sig)[len("SIG"):], strconv.Itoa(int(sig))} {
			if back, err := Parse(again); back != sig || err != nil {
				t.Errorf("Parse(%q) = %d, but Parse(%q) = %d, %v", text, sig, again, back, err)
			}
		}
	})
}
