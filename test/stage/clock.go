//go:build linux

package stage

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// clockVariable names a file that holds by how many nanoseconds the wall clock of
// a program that BuildWithClock has built is ahead, as eight bytes.
const clockVariable = "STAGE_CLOCK"

// setClock is added to package time. It maps the file, so that a clock which is
// set between two readings is noticed by the second one, as with the real clock.
const setClock = `package time

import (
	"sync/atomic"
	"syscall"
	"unsafe"
)

var ahead = mapClock()

func mapClock() *int64 {
	name, found := syscall.Getenv("` + clockVariable + `")
	if !found {
		return new(int64)
	}
	fd, err := syscall.Open(name, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		panic("cannot open the clock: " + err.Error())
	}
	page, err := syscall.Mmap(fd, 0, 8, syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		panic("cannot map the clock: " + err.Error())
	}
	syscall.Close(fd)
	return (*int64)(unsafe.Pointer(&page[0]))
}

func setNow() (sec int64, nsec int32, mono int64) {
	sec, nsec, mono = runtimeNow()
	wall := sec*1e9 + int64(nsec) + atomic.LoadInt64(ahead)
	return wall / 1e9, int32(wall % 1e9), mono
}
`

// BuildWithClock builds our programs in a directory, with a wall clock that a Clock
// sets. The machine's clock is nobody's to change, and no name space has another
// one; so package time is replaced, for this build alone, by one whose Now adds
// something to the wall clock. Timers and the clock that only goes on are as ever,
// which is how a machine behaves when somebody sets its clock.
func BuildWithClock(dir string) (Programs, error) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return "", fmt.Errorf("cannot find package time: %w", err)
	}
	home := filepath.Join(strings.TrimSpace(string(root)), "src", "time")
	original, err := os.ReadFile(filepath.Join(home, "time.go"))
	if err != nil {
		return "", fmt.Errorf("cannot find package time: %w", err)
	}
	reading := []byte("sec, nsec, mono := runtimeNow()")
	if bytes.Count(original, reading) != 1 {
		return "", fmt.Errorf("cannot replace time.Now: %s does not read the clock as expected; look how this version of Go does", home)
	}
	replacement := map[string]string{}
	for name, text := range map[string][]byte{
		"time.go":     bytes.Replace(original, reading, []byte("sec, nsec, mono := setNow()"), 1),
		"setclock.go": []byte(setClock),
	} {
		replacement[filepath.Join(home, name)] = filepath.Join(dir, name)
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			return "", err
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replacement})
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(file, overlay, 0o644); err != nil {
		return "", err
	}
	return Build(dir, "-overlay", file)
}

// Clock is the wall clock of the daemons on one stage that were built with one.
type Clock struct {
	s    *Stage
	file *os.File
}

// Clock returns the clock of this stage, which agrees with the machine's at first.
func (s *Stage) Clock() *Clock {
	s.t.Helper()
	file, err := os.Create(s.Path("clock"))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { file.Close() })
	c := &Clock{s, file}
	c.Set(0)
	return c
}

// Set sets the clock ahead of the machine's by so much, or behind it.
func (c *Clock) Set(ahead time.Duration) {
	c.s.t.Helper()
	if _, err := c.file.WriteAt(binary.NativeEndian.AppendUint64(nil, uint64(ahead)), 0); err != nil {
		c.s.t.Fatal(err)
	}
}

// Use makes a daemon that is about to be started go by the clock.
func (c *Clock) Use(cmd *exec.Cmd) {
	cmd.Env = append(cmd.Env, clockVariable+"="+c.file.Name())
}
