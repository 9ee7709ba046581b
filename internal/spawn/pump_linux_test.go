package spawn

import (
	"errors"
	"os"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A pipe whose writer would have to wait is taken for a full one, however large the
// pieces are.
func TestFullPipe(t *testing.T) {
	for _, size := range []int{1, 100, 1000, 2049, 4096, 4097, 10000} {
		fds := make([]int, 2)
		if err := unix.Pipe2(fds, unix.O_NONBLOCK|unix.O_CLOEXEC); err != nil {
			t.Fatal(err)
		}
		if room, err := unix.FcntlInt(uintptr(fds[1]), unix.F_GETPIPE_SZ, 0); err != nil || room < chunkSize {
			t.Skipf("this user has so many pipes that a new one has %d bytes: %v", room, err)
		}
		piece := make([]byte, size)
		var err error
		for err == nil {
			_, err = unix.Write(fds[1], piece)
		}
		if !errors.Is(err, syscall.EAGAIN) {
			t.Fatal(err)
		}
		n, err := readChunk(fds[0], make([]byte, chunkSize))
		if err != nil || n < fullPipe {
			t.Errorf("pieces of %d: a full pipe gives %d bytes (%v), want at least %d", size, n, err, fullPipe)
		}
		unix.Close(fds[0])
		unix.Close(fds[1])
	}
}

// Who writes more small pieces than a pipe can hold until they are read gets a larger
// one.
func TestBusyPipeGrows(t *testing.T) {
	if _, another := testPipe(t); !canGrow(another) {
		t.Skip("this user may have no larger pipes")
	}
	s := spawner(t)
	p, w := pumpPipe(t, s, Thrifty, func([]byte) {})
	piece := make([]byte, 100)
	for end := time.Now().Add(patience); time.Now().Before(end); {
		if _, err := w.Write(piece); err != nil {
			t.Fatal(err)
		}
		if size, err := unix.FcntlInt(w.Fd(), unix.F_GETPIPE_SZ, 0); err != nil {
			t.Fatal(err)
		} else if size == grownPipe {
			w.Close()
			<-p.done
			return
		}
	}
	t.Error("the pipe has not grown")
}

// canGrow reports whether we may have a pipe as large as one that grows: all pipes of
// a user together have a limit.
func canGrow(pipe *os.File) bool {
	_, err := unix.FcntlInt(pipe.Fd(), unix.F_SETPIPE_SZ, grownPipe)
	return err == nil
}
