package logfile

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// logDaemon is a log daemon that takes datagrams.
type logDaemon struct {
	t    *testing.T
	conn *net.UnixConn
}

func listen(t *testing.T, socket string) *logDaemon {
	t.Helper()
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	must(t, err)
	t.Cleanup(func() { conn.Close() })
	return &logDaemon{t, conn}
}

var syslogHeader = regexp.MustCompile(`^<14>[A-Z][a-z]{2} [ 0-3]\d \d\d:\d\d:\d\d supervisord: `)

// next returns the next message without its header.
func (d *logDaemon) next() string {
	d.t.Helper()
	must(d.t, d.conn.SetReadDeadline(time.Now().Add(30*time.Second)))
	buf := make([]byte, 64<<10)
	n, err := d.conn.Read(buf)
	must(d.t, err)
	return withoutHeader(d.t, string(buf[:n]))
}

func withoutHeader(t *testing.T, message string) string {
	t.Helper()
	header := syslogHeader.FindString(message)
	if header == "" {
		t.Errorf("the message has no header: %q", message)
	}
	return message[len(header):]
}

// LOG-018: one message a line. The chunks and messages are the reference's.
func TestSyslogLines(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "log")
	daemon := listen(t, socket)
	s := NewSyslog("supervisord", socket)
	defer s.Close()
	for _, tt := range []struct {
		prefix, text string
		want         []string
	}{
		{"sys ", "one\n\ntwo\n\n\n", []string{"sys one", "sys ", "sys two"}},
		{"sys ", "part", []string{"sys part"}},
		{"sys ", "\n", []string{"sys "}},
		{"", "gr\xc3\xbcn \xff\n", []string{"gr\xc3\xbcn \xff"}},
	} {
		s.Send(tt.prefix, []byte(tt.text))
		for _, want := range tt.want {
			if got := daemon.next(); got != want {
				t.Errorf("Send(%q, %q): got %q, want %q", tt.prefix, tt.text, got, want)
			}
		}
	}
}

// The time in the header is the local time, as syslog(3) has it.
func TestSyslogTime(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "log")
	daemon := listen(t, socket)
	s := NewSyslog("supervisord", socket)
	defer s.Close()
	before := time.Now().Truncate(time.Second)
	s.Send("", []byte("x"))
	buf := make([]byte, 100)
	n, err := daemon.conn.Read(buf)
	must(t, err)
	stamp, err := time.ParseInLocation(time.Stamp, string(buf[4:19]), time.Local)
	must(t, err)
	stamp = stamp.AddDate(before.Year(), 0, 0)
	if stamp.Before(before) || stamp.After(before.Add(time.Hour)) {
		t.Errorf("%q at %v", buf[:n], before)
	}
}

// LOG-018: a missing log daemon costs messages only; one that comes, or comes
// back, gets those that follow.
func TestSyslogDaemonComesAndGoes(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "log")
	s := NewSyslog("supervisord", socket)
	defer s.Close()
	for _, message := range []string{"first", "second", "third"} {
		s.Send("", []byte("dropped\ndropped, too"))
		daemon := listen(t, socket)
		s.Send("", []byte(message))
		if got := daemon.next(); got != message {
			t.Errorf("got %q, want %q", got, message)
		}
		must(t, daemon.conn.Close())
		must(t, os.RemoveAll(socket))
	}
	must(t, s.Close())
	must(t, s.Close())
}

// A restarted log daemon gets the very next message.
func TestSyslogDaemonRestarts(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "log")
	s := NewSyslog("supervisord", socket)
	defer s.Close()
	for range 3 {
		daemon := listen(t, socket)
		s.Send("", []byte("hello"))
		if got := daemon.next(); got != "hello" {
			t.Errorf("got %q", got)
		}
		must(t, daemon.conn.Close())
		must(t, os.RemoveAll(socket))
	}
}

// A log daemon that takes a stream gets messages that end with a zero byte.
func TestSyslogStream(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "log")
	listener, err := net.Listen("unix", socket)
	must(t, err)
	defer listener.Close()
	s := NewSyslog("supervisord", socket)
	s.Send("p ", []byte("one\ntwo\n"))
	must(t, s.Close())
	conn, err := listener.Accept()
	must(t, err)
	defer conn.Close()
	var all bytes.Buffer
	_, err = all.ReadFrom(conn)
	must(t, err)
	var got []string
	for message := range strings.SplitSeq(strings.TrimSuffix(all.String(), "\x00"), "\x00") {
		got = append(got, withoutHeader(t, message))
	}
	if want := []string{"p one", "p two"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A log daemon that does not read is not waited for at every message.
func TestSyslogDaemonStalls(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "log")
	listen(t, socket)
	s := NewSyslog("supervisord", socket)
	defer s.Close()
	s.Send("", []byte(strings.Repeat("line\n", 1000)))
	if s.resume.IsZero() {
		t.Skip("this system buffers 1000 datagrams")
	}
	s.mu.Lock()
	s.resume = time.Now().Add(time.Hour)
	s.mu.Unlock()
	s.Send("", []byte(strings.Repeat("line\n", 100000))) // would take a day if each were tried
}
