//go:build linux

package chaos

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// deadDisk is a file system that does not answer when it is told not to, as that
// of a server that has gone does. It speaks the kernel's protocol for file systems
// in programs (fuse(4)), as far as appending to a log needs it: its one directory
// has every file that is asked for, and what is written is counted.
type deadDisk struct {
	fd   int
	path string

	mu    sync.Mutex
	dead  chan struct{}     // nil: it answers
	nodes map[string]uint64 // by name
	sizes map[uint64]uint64
}

// mountDeadDisk mounts one; it is unmounted with the test.
func mountDeadDisk(t *testing.T, path string) *deadDisk {
	t.Helper()
	fd, err := unix.Open("/dev/fuse", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Skipf("this machine has no file systems in programs: %v", err)
	}
	options := fmt.Sprintf("fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", fd)
	if err := unix.Mount("dead", path, "fuse.dead", unix.MS_NOSUID|unix.MS_NODEV, options); err != nil {
		unix.Close(fd)
		t.Skipf("this machine lets nobody mount: %v", err)
	}
	d := &deadDisk{fd: fd, path: path, nodes: make(map[string]uint64), sizes: make(map[uint64]uint64)}
	served := make(chan struct{})
	go func() {
		defer close(served)
		d.serve()
	}()
	t.Cleanup(func() {
		if err := unix.Unmount(path, unix.MNT_DETACH|unix.MNT_FORCE); err != nil { // whatever hangs there fails now
			t.Error(err)
		}
		d.revive()
		<-served
		unix.Close(fd)
	})
	return d
}

// die has the disk not answer from now on.
func (d *deadDisk) die() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.dead = make(chan struct{})
}

// revive has it answer again, also what it was asked meanwhile.
func (d *deadDisk) revive() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.dead != nil {
		close(d.dead)
		d.dead = nil
	}
}

// serve answers until the disk is unmounted.
func (d *deadDisk) serve() {
	buffer := make([]byte, 1<<20)
	for {
		n, err := unix.Read(d.fd, buffer)
		switch {
		case errors.Is(err, syscall.EINTR), errors.Is(err, syscall.ENOENT): // one was taken back
			continue
		case err != nil:
			return
		}
		d.mu.Lock()
		dead := d.dead
		d.mu.Unlock()
		if dead != nil {
			<-dead
		}
		d.answer(buffer[:n])
	}
}

// The operations, as include/uapi/linux/fuse.h numbers them.
const (
	fuseLookup  = 1
	fuseForget  = 2
	fuseGetattr = 3
	fuseSetattr = 4
	fuseOpen    = 14
	fuseWrite   = 16
	fuseRelease = 18
	fuseInit    = 26
	fuseCreate  = 35
	fuseIntr    = 36
	fuseBatch   = 42 // of forgets
)

// answer answers one request.
func (d *deadDisk) answer(request []byte) {
	order := binary.LittleEndian
	operation, unique, node := order.Uint32(request[4:]), order.Uint64(request[8:]), order.Uint64(request[16:])
	body := request[40:]
	var reply []byte
	errno := syscall.Errno(0)
	switch operation {
	case fuseForget, fuseBatch, fuseIntr:
		return // nobody waits
	case fuseInit:
		reply = make([]byte, 64)
		order.PutUint32(reply[0:], 7)
		order.PutUint32(reply[4:], 31)
		order.PutUint32(reply[20:], 128<<10) // the most that is written at once
	case fuseLookup:
		reply = d.entry(strings.TrimRight(string(body), "\x00"))
	case fuseGetattr, fuseSetattr:
		reply = append(make([]byte, 16), d.attributes(node)...)
	case fuseOpen:
		reply = d.opened()
	case fuseCreate:
		reply = append(d.entry(strings.TrimRight(string(body[16:]), "\x00")), d.opened()...)
	case fuseWrite:
		offset, size := order.Uint64(body[8:]), order.Uint32(body[16:])
		d.sizes[node] = max(d.sizes[node], offset+uint64(size))
		reply = make([]byte, 8)
		order.PutUint32(reply, size)
	case fuseRelease:
	default: // a flush, too: see docs/reliability.md
		errno = syscall.ENOSYS
	}
	head := make([]byte, 16)
	order.PutUint32(head[0:], uint32(16+len(reply)))
	order.PutUint32(head[4:], uint32(-int32(errno)))
	order.PutUint64(head[8:], unique)
	_, _ = unix.Write(d.fd, append(head, reply...)) // who asked may have gone
}

// entry is the answer to a lookup: there is such a file.
func (d *deadDisk) entry(name string) []byte {
	node, found := d.nodes[name]
	if !found {
		node = uint64(len(d.nodes) + 2)
		d.nodes[name] = node
	}
	reply := make([]byte, 40)
	binary.LittleEndian.PutUint64(reply, node)
	return append(reply, d.attributes(node)...)
}

// opened is the answer to an open: the kernel keeps nothing of the file.
func (d *deadDisk) opened() []byte {
	reply := make([]byte, 16)
	binary.LittleEndian.PutUint32(reply[8:], 1) // FOPEN_DIRECT_IO
	return reply
}

func (d *deadDisk) attributes(node uint64) []byte {
	reply := make([]byte, 88)
	binary.LittleEndian.PutUint64(reply[0:], node)
	binary.LittleEndian.PutUint64(reply[8:], d.sizes[node])
	mode := uint32(syscall.S_IFREG | 0o644)
	if node == 1 {
		mode = syscall.S_IFDIR | 0o755
	}
	binary.LittleEndian.PutUint32(reply[60:], mode)
	binary.LittleEndian.PutUint32(reply[64:], 1)
	return reply
}

// The disk with the logs of some programs does not answer. Whatever else there is
// to start, to stop and to ask goes on; what hangs fails after a while; and when
// the disk answers again all is well.
func TestDeadDisk(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("only root can mount")
	}
	var disk *deadDisk
	m := play(t, ground{
		ready: func(m *match) {
			if err := os.Mkdir(m.Path("dead"), 0o755); err != nil {
				t.Fatal(err)
			}
			disk = mountDeadDisk(t, m.Path("dead"))
		},
		programs: crowd + `[program:victim]
command=$WRITER 5ms
process_name=victim%(process_num)d
numprocs=5
stdout_logfile=$DIR/dead/%(process_num)d.log
stderr_logfile=NONE
startsecs=0
startretries=1000
[program:late]
command=$WRITER 5ms
process_name=late%(process_num)d
numprocs=5
stdout_logfile=$DIR/dead/late%(process_num)d.log
stderr_logfile=NONE
startsecs=0
autostart=false
startretries=1000
`})
	m.awaitState("RUNNING", "writer", "victim0", "victim1", "victim2", "victim3", "victim4")
	m.awaitLines("victim0", 10)
	m.open = len(descriptors(m.pid))
	for range pick(1, 5) {
		m.tries++
		disk.die()
		m.awaitLines("writer", 20)
		hanging := make(chan error, 5)
		for i := range 5 { // these hang in open(2)
			go func() {
				_, err := m.client.Call(t.Context(), "supervisor.startProcess", fmt.Sprintf("late:late%d", i), false)
				hanging <- err
			}()
		}
		begin := time.Now()
		if n := m.started(); n != 60 {
			t.Errorf("%d of 60 others could be started", n)
		}
		t.Logf("60 others were started in %v", time.Since(begin).Round(time.Millisecond))
		m.must("stopProcessGroup", "crowd")
		begin = time.Now()
		m.must("stopProcessGroup", "victim") // these hang in write(2)
		t.Logf("5 that write there were stopped in %v", time.Since(begin).Round(time.Millisecond))
		for range 5 {
			if err := <-hanging; err == nil || !strings.Contains(err.Error(), "SPAWN_ERROR") {
				t.Errorf("a program whose log cannot be opened is started: %v", err)
			}
		}
		m.agree()
		disk.revive()
		m.awaitState("RUNNING", "late0", "late1", "late2", "late3", "late4")
		m.must("startProcessGroup", "victim")
		m.awaitLines("victim0", 10)
		m.must("stopProcessGroup", "late")
	}
	m.awaitLog("a file system that it needs does not answer")
	m.finish()
	t.Logf("%+v", m.count("writer", m.wholeLog(m.Path("writer.log"))))
}
