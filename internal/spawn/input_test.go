package spawn

import (
	"bytes"
	"errors"
	"io"
	"os"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// inputPipe returns an Input and the end that a child would read.
func inputPipe(t *testing.T) (*Input, *os.File) {
	t.Helper()
	r, w, err := pipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.SetNonblock(w, true); err != nil {
		t.Fatal(err)
	}
	in, reader := NewInput(&Pipe{w}), os.NewFile(uintptr(r), "reader")
	t.Cleanup(func() {
		in.Close()
		reader.Close()
	})
	return in, reader
}

// More than the pipe takes is queued, in order, and written when it is read.
func TestSendNeverWaits(t *testing.T) {
	in, r := inputPipe(t)
	var sent []byte
	for i := range 100 {
		data := bytes.Repeat([]byte{byte(i)}, 10_000)
		if err := in.Send(data); err != nil {
			t.Fatal(err)
		}
		sent = append(sent, data...)
		clear(data) // Send must not have kept it
	}
	got := make([]byte, len(sent))
	if _, err := io.ReadFull(r, got); err != nil || !bytes.Equal(got, sent) {
		t.Fatalf("read %d bytes, %v; not what was sent", len(got), err)
	}
	for _, text := range []string{"more", "even"} {
		if err := in.Send([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(r, got[:4]); string(got[:4]) != text || err != nil {
			t.Errorf("read %q, %v; want %q", got[:4], err, text)
		}
	}
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(r); len(rest) > 0 || err != nil {
		t.Errorf("the rest is %q, %v", rest, err)
	}
}

func TestSendToClosedStdin(t *testing.T) {
	in, r := inputPipe(t)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := in.Send([]byte("x")); !errors.Is(err, syscall.EPIPE) {
			t.Errorf("Send fails with %v", err)
		}
	}
}

// A child that closes its stdin without having read what is queued.
func TestStdinClosedWhileQueued(t *testing.T) {
	in, r := inputPipe(t)
	if err := in.Send(make([]byte, 1<<20)); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	// Whoever drains the queue is the first to know.
	var err error
	for err == nil {
		err = in.Send([]byte("x"))
	}
	if !errors.Is(err, syscall.EPIPE) {
		t.Errorf("Send fails with %v", err)
	}
}

func TestSendAfterClose(t *testing.T) {
	in, _ := inputPipe(t)
	if err := in.Send(make([]byte, 1<<20)); err != nil {
		t.Fatal(err)
	}
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
	if err := in.Send([]byte("x")); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("Send fails with %v", err)
	}
}

func TestQueueIsBounded(t *testing.T) {
	in, r := inputPipe(t)
	sent := 0
	for {
		err := in.Send(make([]byte, 1<<20))
		if errors.Is(err, ErrQueueFull) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if sent += 1 << 20; sent > 2*MaxQueued {
			t.Fatalf("%d bytes are queued", sent)
		}
	}
	if n, err := io.CopyN(io.Discard, r, int64(sent)); err != nil {
		t.Errorf("read %d of %d bytes: %v", n, sent, err)
	}
}

// A message that is longer than the queue is sent all the same, and nothing can
// be queued behind it before the child has read.
func TestSendBeyondTheBound(t *testing.T) {
	in, r := inputPipe(t)
	long := bytes.Repeat([]byte("event"), MaxQueued/4)
	if err := in.Send(long); err != nil {
		t.Fatal(err)
	}
	if err := in.Send([]byte("x")); !errors.Is(err, ErrQueueFull) {
		t.Errorf("Send behind it: %v", err)
	}
	got := make([]byte, len(long))
	if _, err := io.ReadFull(r, got); err != nil || !bytes.Equal(got, long) {
		t.Fatalf("read %d bytes, %v; not what was sent", len(got), err)
	}
}
