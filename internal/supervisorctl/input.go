package supervisorctl

import (
	"bytes"
	"context"
	"io"
	"strings"
)

// input is the standard input. A read can be given up; what it reads after all
// goes to the next one, so nothing that was typed is lost.
type input struct {
	source io.Reader
	chunks chan chunk // the answer to a read that has been asked for
	asked  bool
	rest   []byte // read, but not yet asked for
	err    error  // what follows the rest; told once, since a terminal goes on after its end
}

// chunk is the outcome of one read of the source.
type chunk struct {
	data []byte
	err  error
}

func newInput(source io.Reader) *input {
	return &input{source: source, chunks: make(chan chunk, 1)}
}

// readRaw reads from a terminal in raw mode: at most one line, so that what is
// typed ahead is there for whoever asks next, with the end of the line that a
// terminal otherwise makes of the enter key.
func (in *input) readRaw(ctx context.Context, p []byte) (int, error) {
	if err := in.fill(ctx); err != nil {
		return 0, err
	}
	for i, c := range in.rest {
		if c == '\r' {
			in.rest[i] = '\n'
		}
	}
	n := copy(p, in.rest)
	if end := bytes.IndexByte(in.rest[:n], '\n'); end >= 0 {
		n = end + 1
	}
	in.rest = in.rest[n:]
	return n, nil
}

// line returns the next line without its end. It is not ok at the end of the
// input, or if ctx ends first. A last line needs no end.
func (in *input) line(ctx context.Context) (line string, ok bool) {
	var b strings.Builder
	for {
		if err := in.fill(ctx); err != nil {
			return b.String(), b.Len() > 0 && ctx.Err() == nil
		}
		head, tail, found := bytes.Cut(in.rest, []byte("\n"))
		b.Write(head)
		in.rest = tail
		if found {
			return b.String(), true
		}
	}
}

// take returns what there is to read, once there is something, as it came.
func (in *input) take(ctx context.Context) ([]byte, error) {
	if err := in.fill(ctx); err != nil {
		return nil, err
	}
	all := in.rest
	in.rest = nil
	return all, nil
}

// fill waits until there is something to read.
func (in *input) fill(ctx context.Context) error {
	if len(in.rest) > 0 {
		return nil
	}
	if err := in.err; err != nil {
		in.err = nil
		return err
	}
	if !in.asked {
		in.asked = true
		go in.read()
	}
	select {
	case c := <-in.chunks:
		in.asked = false
		if len(c.data) == 0 {
			return c.err
		}
		in.rest, in.err = c.data, c.err
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// read answers one request. It does not end before the source has something to
// say, which is up to whoever types.
func (in *input) read() {
	buffer := make([]byte, 4096)
	n, err := in.source.Read(buffer)
	in.chunks <- chunk{buffer[:n], err}
}
