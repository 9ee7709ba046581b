package spawn

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// testPipe returns the two ends of a pipe, as a child and we would have them.
func testPipe(t testing.TB) (*Pipe, *os.File) {
	t.Helper()
	r, w, err := pipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.SetNonblock(r, true); err != nil {
		t.Fatal(err)
	}
	file := os.NewFile(uintptr(w), "writer")
	t.Cleanup(func() { file.Close() })
	return &Pipe{r}, file
}

// pumpPipe returns the end that a child would write, and starts a pump over
// the other.
func pumpPipe(t testing.TB, s *Spawner, pace Pace, handle func([]byte)) (*Pump, *os.File) {
	t.Helper()
	r, w := testPipe(t)
	return s.Pump(r, pace, handle), w
}

func TestPumpUntilEOF(t *testing.T) {
	for _, pace := range []Pace{Thrifty, Eager} {
		t.Run(fmt.Sprint(pace), func(t *testing.T) { testPumpUntilEOF(t, pace) })
	}
}

func testPumpUntilEOF(t *testing.T, pace Pace) {
	s := spawner(t)
	var got bytes.Buffer
	p, w := pumpPipe(t, s, pace, func(chunk []byte) { got.Write(chunk) })
	var want bytes.Buffer
	for i := range 300 {
		data := bytes.Repeat([]byte{byte(i)}, 1+i*i%5000)
		want.Write(data)
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	w.Close()
	receive(t, p.done)
	p.Finish() // has nothing left to do
	if !bytes.Equal(got.Bytes(), want.Bytes()) {
		t.Errorf("pumped %d bytes, not the %d that were written", got.Len(), want.Len())
	}
}

// PRO-060: what was written before the end is handed over, although somebody
// has the pipe open still; what is written later is not waited for.
func TestFinishDrains(t *testing.T) {
	for _, pace := range []Pace{Thrifty, Eager} {
		t.Run(fmt.Sprint(pace), func(t *testing.T) { testFinishDrains(t, pace) })
	}
}

func testFinishDrains(t *testing.T, pace Pace) {
	s := spawner(t)
	begin := make(chan struct{})
	var got bytes.Buffer
	p, w := pumpPipe(t, s, pace, func(chunk []byte) {
		<-begin // a slow disk
		got.Write(chunk)
	})
	text := bytes.Repeat([]byte("0123456789abcdef"), 250) // less than the smallest pipe holds, which who has many gets
	if _, err := w.Write(text[:16]); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(text[16:]); err != nil {
		t.Fatal(err)
	}
	go close(begin)
	p.Finish()
	if !bytes.Equal(got.Bytes(), text) {
		t.Errorf("handed over %d bytes of %d", got.Len(), len(text))
	}
	if _, err := w.Write([]byte("x")); err == nil {
		t.Error("the pipe is open after Finish")
	}
}

// A grandchild that writes as fast as we read cannot hold Finish back.
func TestFinishDespiteFlood(t *testing.T) {
	s := spawner(t)
	r, w := testPipe(t)
	p := s.Pump(r, Thrifty, func(chunk []byte) {
		if _, err := w.Write(chunk); err != nil {
			t.Error(err)
		}
	})
	if _, err := w.WriteString("for ever and ever"); err != nil {
		t.Fatal(err)
	}
	finished := make(chan struct{})
	go func() {
		p.Finish()
		close(finished)
	}()
	receive(t, finished)
}

// PRO-060: the last words of many short-lived children.
func TestLastWords(t *testing.T) {
	s := spawner(t)
	for range 100 {
		if out, _, _ := run(t, s, sh("echo first; echo last")); out != "first\nlast\n" {
			t.Fatalf("output %q", out)
		}
	}
}

// An idle pump costs a small goroutine and no buffer, even after it has had
// something to do. With the pipe's file that is 2.8 KB, or 4.8 KB if the runtime
// has come to prefer larger stacks; a buffer that stays would show.
func TestIdlePumpIsSmall(t *testing.T) {
	s := spawner(t)
	const pumps, most = 400, 8 << 10 // bytes each; with two descriptors each, which is fewer than some may have
	all, writers := make([]*Pump, pumps), make([]int, pumps)
	var awake sync.WaitGroup
	awake.Add(pumps)
	before := memory()
	for now := memory(); now < before; now = memory() {
		before = now // what earlier tests have left behind is still being freed
	}
	for i := range all {
		r, w, err := pipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := unix.SetNonblock(r, true); err != nil {
			t.Fatal(err)
		}
		all[i], writers[i] = s.Pump(&Pipe{r}, Eager, func([]byte) { awake.Done() }), w
	}
	for _, w := range writers {
		if _, err := unix.Write(w, []byte("awake")); err != nil {
			t.Fatal(err)
		}
	}
	awake.Wait()
	var each uint64
	for end := time.Now().Add(patience); ; { // some have handled what came, and are about to put their buffers back
		each = (max(memory(), before) - before) / pumps
		if each <= most {
			break
		}
		if time.Now().After(end) {
			t.Errorf("%d bytes a pump, want at most %d", each, most)
			break
		}
	}
	t.Logf("%d bytes a pump", each)
	for i, p := range all {
		p.Finish()
		unix.Close(writers[i])
	}
}

// memory returns what the heap and the stacks take, in bytes.
func memory() uint64 {
	var m runtime.MemStats
	// The first collection moves pooled buffers out of the way, the second
	// frees them.
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}

// BenchmarkPump measures the way of bytes from a child to the handler.
func BenchmarkPump(b *testing.B) {
	s := spawner(b)
	for _, size := range []int{100, 4 << 10, 64 << 10} {
		b.Run(fmt.Sprintf("%d bytes", size), func(b *testing.B) {
			b.SetBytes(int64(size))
			total := 0
			p, w := pumpPipe(b, s, Thrifty, func(chunk []byte) { total += len(chunk) })
			data := make([]byte, size)
			for b.Loop() {
				if _, err := w.Write(data); err != nil {
					b.Fatal(err)
				}
			}
			w.Close()
			<-p.done
		})
	}
}
