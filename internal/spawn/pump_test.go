package spawn

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"testing"
)

// pumpPipe returns the end that a child would write, and starts a pump over
// the other.
func pumpPipe(t testing.TB, s *Spawner, handle func([]byte)) (*Pump, *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return s.Pump(r, handle), w
}

func TestPumpUntilEOF(t *testing.T) {
	s := spawner(t)
	var got bytes.Buffer
	p, w := pumpPipe(t, s, func(chunk []byte) { got.Write(chunk) })
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
	p.Finish() // is allowed after the end
	if !bytes.Equal(got.Bytes(), want.Bytes()) {
		t.Errorf("pumped %d bytes, not the %d that were written", got.Len(), want.Len())
	}
}

// PRO-060: what was written before the end is handed over, although somebody
// has the pipe open still; what is written later is not waited for.
func TestFinishDrains(t *testing.T) {
	s := spawner(t)
	begin := make(chan struct{})
	var got bytes.Buffer
	p, w := pumpPipe(t, s, func(chunk []byte) {
		<-begin // a slow disk
		got.Write(chunk)
	})
	text := bytes.Repeat([]byte("0123456789abcdef"), 4000) // less than a pipe holds
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

// A grandchild that keeps the pipe full cannot hold Finish back.
func TestFinishDespiteFlood(t *testing.T) {
	s := spawner(t)
	c := start(t, s, sh("yes & echo; exit 0"))
	flooded := make(chan struct{}, 1)
	p := s.Pump(c.Stdout, func(chunk []byte) {
		select {
		case flooded <- struct{}{}:
		default:
		}
	})
	ended(t, c)
	receive(t, flooded)
	finished := make(chan struct{})
	go func() {
		p.Finish()
		close(finished)
	}()
	receive(t, finished)
	c.Stdin.Close()
	c.Stderr.Close()
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

// BenchmarkIdlePump reports what an idle pump costs, in bytes.
func BenchmarkIdlePump(b *testing.B) {
	s := spawner(b)
	const pumps = 2000
	for b.Loop() {
		all := make([]*Pump, pumps)
		writers := make([]*os.File, pumps)
		before := memory()
		for i := range all {
			all[i], writers[i] = pumpPipe(b, s, func([]byte) {})
		}
		for _, w := range writers {
			if _, err := w.WriteString("awake\n"); err != nil {
				b.Fatal(err)
			}
		}
		runtime.Gosched()
		b.ReportMetric(float64(memory()-before)/pumps, "B/pump")
		for i, p := range all {
			p.Finish()
			writers[i].Close()
		}
	}
}

func memory() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
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
			p, w := pumpPipe(b, s, func(chunk []byte) { total += len(chunk) })
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
