package client

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"syscall"
)

// maxHead is the most, in bytes, that the lines before the body of an answer
// may have.
const maxHead = 64 << 10

// conn is a connection on which requests and answers take turns (RFC 9112).
type conn struct {
	net.Conn
	in *bufio.Reader
}

func newConn(c net.Conn) *conn { return &conn{c, bufio.NewReaderSize(c, 16<<10)} }

// alive reports whether an idle connection can carry another request: the
// server has neither closed it nor said anything unasked.
func (c *conn) alive() bool {
	raw, ok := c.Conn.(syscall.Conn)
	if !ok || c.in.Buffered() > 0 {
		return false
	}
	control, err := raw.SyscallConn()
	if err != nil {
		return false
	}
	quiet := false
	err = control.Read(func(fd uintptr) (done bool) {
		var b [1]byte
		_, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		quiet = errors.Is(err, syscall.EAGAIN)
		return true
	})
	return err == nil && quiet
}

// exchange sends a request and lets read have the answer. The connection can be
// used again if reusable is true and there is no error.
func (c *conn) exchange(request []byte, read func(code int, status string, body io.Reader) error) (reusable bool, err error) {
	_, writeErr := c.Write(request)
	// A server that refuses a request without reading it to the end may have
	// said why before it closed the connection.
	head, err := c.readHead()
	if err != nil {
		if writeErr != nil {
			err = writeErr
		}
		return false, err
	}
	if err := read(head.code, head.status, head.body); err != nil {
		return false, err
	}
	if _, err := io.Copy(io.Discard, head.body); err != nil {
		return false, err
	}
	return head.persistent && writeErr == nil, nil
}

// head is an answer up to its body.
type head struct {
	code       int    // 404
	status     string // 404 Not Found
	body       io.Reader
	persistent bool // another answer may follow the body
}

// readHead reads the beginning of the final answer; there may be informational
// ones before it.
func (c *conn) readHead() (*head, error) {
	left := maxHead
	for {
		line, err := c.readLine(&left)
		if err != nil {
			return nil, err
		}
		version, status, _ := strings.Cut(line, " ")
		digits, _, _ := strings.Cut(status, " ")
		code, err := strconv.Atoi(digits)
		if err != nil || !strings.HasPrefix(version, "HTTP/1.") {
			return nil, fmt.Errorf("the server does not speak HTTP: %q", line)
		}
		h := &head{code: code, status: status, persistent: version != "HTTP/1.0"}
		if err := c.readFields(h, &left); err != nil {
			return nil, err
		}
		if code >= 200 {
			return h, nil
		}
	}
}

// readFields reads the header fields and says how long the body is (RFC 9112,
// section 6.3).
func (c *conn) readFields(h *head, left *int) error {
	length, chunked := int64(-1), false
	for {
		line, err := c.readLine(left)
		if err != nil {
			return err
		}
		if line == "" {
			break
		}
		name, value, _ := strings.Cut(line, ":")
		value = strings.ToLower(strings.TrimSpace(value))
		switch strings.ToLower(name) {
		case "content-length":
			if length, err = strconv.ParseInt(value, 10, 64); err != nil || length < 0 {
				return fmt.Errorf("a malformed answer: %q", line)
			}
		case "transfer-encoding":
			chunked = value == "chunked"
			if !chunked {
				return fmt.Errorf("an answer in an unknown encoding: %q", line)
			}
		case "connection":
			h.persistent = value != "close" && (h.persistent || value == "keep-alive")
		}
	}
	switch {
	case h.code == 204 || h.code == 304:
		h.body = strings.NewReader("")
	case chunked:
		h.body = &chunkedBody{conn: c}
	case length >= 0:
		h.body = &sizedBody{c.in, length}
	default:
		h.body, h.persistent = c.in, false
	}
	return nil
}

// readLine reads a line without its end, and takes its length off what is left
// of the space for such lines.
func (c *conn) readLine(left *int) (string, error) {
	var line []byte
	for {
		part, err := c.in.ReadSlice('\n')
		line = append(line, part...)
		if *left -= len(part); *left < 0 {
			return "", errors.New("the beginning of the answer is too long")
		}
		switch {
		case err == nil:
			return strings.TrimRight(string(line), "\r\n"), nil
		case errors.Is(err, io.EOF):
			return "", io.ErrUnexpectedEOF
		case !errors.Is(err, bufio.ErrBufferFull):
			return "", err
		}
	}
}
