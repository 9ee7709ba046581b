package client

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// sizedBody is a body of a known length.
type sizedBody struct {
	in   *bufio.Reader
	left int64
}

// Read implements io.Reader.
func (b *sizedBody) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, io.EOF
	}
	n, err := b.in.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, unexpected(err)
}

// chunkedBody is a body that comes in chunks (RFC 9112, section 7.1).
type chunkedBody struct {
	conn  *conn
	left  int64 // of the current chunk
	begun bool  // there has been a chunk
	done  bool
}

// Read implements io.Reader.
func (b *chunkedBody) Read(p []byte) (int, error) {
	if b.done {
		return 0, io.EOF
	}
	if b.left == 0 {
		if err := b.nextChunk(); err != nil {
			return 0, err
		}
	}
	n, err := b.conn.in.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, unexpected(err)
}

// nextChunk reads the end of the last chunk and the size of the next one. If
// that is 0, the body is at its end: nextChunk skips the trailer and returns
// io.EOF.
func (b *chunkedBody) nextChunk() error {
	left := maxHead
	if b.begun {
		if line, err := b.conn.readLine(&left); err != nil || line != "" {
			return cmp.Or(err, errors.New("a chunk that does not end"))
		}
	}
	line, err := b.conn.readLine(&left)
	if err != nil {
		return err
	}
	digits, _, _ := strings.Cut(line, ";")
	size, err := strconv.ParseUint(strings.TrimSpace(digits), 16, 63)
	if err != nil {
		return fmt.Errorf("a malformed chunk: %q", line)
	}
	b.left, b.begun = int64(size), true
	for size == 0 {
		line, err := b.conn.readLine(&left)
		if err != nil {
			return err
		}
		if line == "" {
			b.done = true
			return io.EOF
		}
	}
	return nil
}

// unexpected makes the end of the input an error, where it may not end.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
