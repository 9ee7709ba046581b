//go:build linux

package chaos

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The disk with the logs is full for a while, again and again, while programs
// write, logs are rotated, and a program dies. No line is missing, be it from
// before, from meanwhile, or from after.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	m := play(t, ground{
		mounts: "mkdir $DIR/small; mount -t tmpfs -o size=" + pick("1m", "64m") + " small $DIR/small",
		more:   "logfile=$DIR/small/activity.log\n",
		programs: `[program:writer]
command=$WRITER 5ms
process_name=writer%(process_num)d
numprocs=3
stdout_logfile=$DIR/small/writer%(process_num)d.log
stdout_logfile_maxbytes=10KB
stdout_logfile_backups=1000
startsecs=0
startretries=1000
autorestart=true
`})
	m.awaitState("RUNNING", "writer0", "writer1", "writer2")
	m.awaitLines("writer0", 10)
	m.open = len(descriptors(m.pid))
	for range pick(2, 20) {
		m.tries++
		m.Fill(m.at("small/ballast"))
		m.awaitLines("writer0", 50)
		if err := syscall.Kill(m.info("writer1").PID, syscall.SIGKILL); err != nil {
			t.Error(err)
		}
		m.awaitLines("writer1", pick(50, 300))
		if err := os.Remove(m.at("small/ballast")); err != nil {
			t.Fatal(err)
		}
		m.awaitLines("writer0", 50)
	}
	m.finish()
	m.countAll("writer0", "writer1", "writer2")
	activity, err := os.ReadFile(m.at("small/activity.log"))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(string(activity), "exited: writer1 (terminated by SIGKILL; not expected)\n"); got != m.tries {
		t.Errorf("the log tells of %d deaths, want %d", got, m.tries)
	}
}

// countAll counts the lines of writers whose logs are on the small disk.
func (m *match) countAll(names ...string) {
	m.t.Helper()
	for _, name := range names {
		m.t.Logf("%s: %+v", name, m.count(name, m.wholeLog(m.at("small/"+name+".log"))))
	}
}

// logConfiguration has a writer whose log is in a directory of its own.
const logConfiguration = `[program:writer]
command=$WRITER 2ms
stdout_logfile=$DIR/logs/writer.log
stdout_logfile_maxbytes=4KB
stdout_logfile_backups=10000
startsecs=0
startretries=1000
autorestart=true
`

func makeLogs(m *match) {
	m.t.Helper()
	if err := os.Mkdir(m.Path("logs"), 0o777); err != nil {
		m.t.Fatal(err)
	}
	if os.Getuid() == 0 {
		if err := os.Chown(m.Path("logs"), nobody, nobody); err != nil {
			m.t.Fatal(err)
		}
	}
}

// The directory of a log becomes read-only, and writable again: the log grows
// beyond its limit for a while, and loses nothing.
func TestLogDirectoryReadOnly(t *testing.T) {
	t.Parallel()
	m := play(t, ground{user: nobody, ready: makeLogs, programs: logConfiguration})
	m.awaitLines("writer", 100)
	m.open = len(descriptors(m.pid))
	for range pick(3, 30) {
		m.tries++
		if err := os.Chmod(m.Path("logs"), 0o555); err != nil {
			t.Fatal(err)
		}
		m.awaitLines("writer", 200)
		if err := syscall.Kill(m.info("writer").PID, syscall.SIGKILL); err != nil {
			t.Error(err)
		}
		m.awaitLines("writer", 200)
		if err := os.Chmod(m.Path("logs"), 0o755); err != nil {
			t.Fatal(err)
		}
		m.awaitLines("writer", 200)
	}
	m.finish()
	t.Logf("%+v", m.count("writer", m.wholeLog(m.Path("logs/writer.log"))))
}

// The directory of a log is moved away, and a link to another one takes its
// place: the log goes on where it was until it is rotated, and loses nothing.
func TestLogDirectoryReplaced(t *testing.T) {
	t.Parallel()
	m := play(t, ground{user: nobody, ready: makeLogs, programs: logConfiguration})
	var places []string
	for range pick(3, 30) {
		m.tries++
		m.awaitLines("writer", 300)
		place := m.Path(fmt.Sprint("place", m.tries))
		makePlace := func(path string) {
			if err := os.Mkdir(path, 0o777); err != nil {
				t.Fatal(err)
			}
			if os.Getuid() == 0 {
				if err := os.Chown(path, nobody, nobody); err != nil {
					t.Fatal(err)
				}
			}
		}
		makePlace(place)
		if len(places) == 0 { // the first time it is the directory itself
			places = append(places, m.Path("first"))
			if err := os.Rename(m.Path("logs"), places[0]); err != nil {
				t.Fatal(err)
			}
		} else if err := os.Remove(m.Path("logs")); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(place, m.Path("logs")); err != nil {
			t.Fatal(err)
		}
		places = append(places, place)
		m.Await("a log in the new place", func() bool {
			_, err := os.Stat(filepath.Join(place, "writer.log"))
			return err == nil
		})
	}
	m.awaitLines("writer", 100)
	m.finish()
	var whole strings.Builder
	for _, place := range places {
		whole.WriteString(m.wholeLog(filepath.Join(place, "writer.log")))
	}
	t.Logf("%+v", m.count("writer", whole.String()))
}

// The directory of a log is removed with all that is in it, and made again; from
// SIGUSR2 on no line is missing.
func TestLogDirectoryRemoved(t *testing.T) {
	t.Parallel()
	m := play(t, ground{ready: makeLogs, programs: logConfiguration})
	m.open = len(descriptors(m.pid))
	var gone span
	for range pick(3, 30) {
		m.tries++
		m.awaitLines("writer", 300)
		// A rotation may make a file in it meanwhile.
		m.Await("no directory", func() bool { return os.RemoveAll(m.Path("logs")) == nil })
		m.awaitLines("writer", 300)
		makeLogs(m)
		m.signal(syscall.SIGUSR2)
		m.Await("a new log", func() bool {
			_, err := os.Stat(m.Path("logs/writer.log"))
			return err == nil
		})
		gone.to = time.Now() // with what it had from before, too
	}
	m.awaitLines("writer", 300)
	m.finish()
	t.Logf("%+v", m.count("writer", m.wholeLog(m.Path("logs/writer.log")), gone))
}
