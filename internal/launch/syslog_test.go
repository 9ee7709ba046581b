package launch

import (
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"supervisor/internal/config"
	"supervisor/internal/logfile"
)

// LOG-019: what goes to the system's log goes to the file nevertheless.
func TestFileAndSyslog(t *testing.T) {
	dir := t.TempDir()
	daemon, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: filepath.Join(dir, "log"), Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer daemon.Close()
	syslog := logfile.NewSyslog("supervisord", filepath.Join(dir, "log"))
	defer syslog.Close()
	b := newBench(t, func(o *Options) { o.Syslog = syslog })
	out := filepath.Join(dir, "out")
	b.run(b.seat("echo one; echo two", logTo(out), func(p *config.Process) { p.Stdout.Syslog = true }))
	if got, want := b.file(out), "one\ntwo\n"; got != want {
		t.Errorf("the file has %q, want %q", got, want)
	}
	if err := daemon.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{": x one", ": x two"} {
		buf := make([]byte, 1024)
		n, err := daemon.Read(buf)
		if err != nil || !strings.HasSuffix(string(buf[:n]), want) {
			t.Errorf("the system's log got %q, %v; want %q at the end", buf[:n], err, want)
		}
	}
}
