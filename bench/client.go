//go:build linux && (amd64 || arm64)

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"strconv"
)

// client is a connection for XML-RPC calls that costs as little as possible, so
// that what is measured is the server.
type client struct {
	socket string
	conn   net.Conn
	in     *bufio.Reader
}

// dial connects to a server's socket.
func dial(socket string) (*client, error) {
	c := &client{socket: socket}
	return c, c.connect()
}

func (c *client) connect() error {
	conn, err := net.Dial("unix", c.socket)
	if err != nil {
		return fmt.Errorf("cannot reach the server: %w", err)
	}
	c.conn, c.in = conn, bufio.NewReaderSize(conn, 64<<10)
	return nil
}

func (c *client) close() { _ = c.conn.Close() }

// request renders a call with an HTTP request around it.
func request(body []byte) []byte {
	head := "POST /RPC2 HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\nContent-Length: " +
		strconv.Itoa(len(body)) + "\r\n\r\n"
	return append([]byte(head), body...)
}

// do sends a request and returns how many bytes the answer has.
func (c *client) do(request []byte) (int, error) {
	if _, err := c.conn.Write(request); err != nil {
		return 0, fmt.Errorf("cannot send a call: %w", err)
	}
	status, err := c.in.ReadSlice('\n')
	if err != nil {
		return 0, fmt.Errorf("cannot read an answer: %w", err)
	}
	if !bytes.Contains(status, []byte(" 200 ")) {
		return 0, fmt.Errorf("the server answers %q", status)
	}
	size, last := 0, false
	for {
		field, err := c.in.ReadSlice('\n')
		if err != nil {
			return 0, fmt.Errorf("cannot read an answer: %w", err)
		}
		if len(field) <= 2 {
			break
		}
		name, value, _ := bytes.Cut(field, []byte(":"))
		value = bytes.TrimSpace(value)
		switch {
		case bytes.EqualFold(name, []byte("content-length")):
			if size, err = strconv.Atoi(string(value)); err != nil {
				return 0, fmt.Errorf("cannot read an answer: %w", err)
			}
		case bytes.EqualFold(name, []byte("connection")):
			last = bytes.EqualFold(value, []byte("close"))
		}
	}
	begin, err := c.in.Peek(min(size, 100))
	if err != nil {
		return 0, fmt.Errorf("cannot read an answer: %w", err)
	}
	if bytes.Contains(begin, []byte("<fault>")) {
		rest, _ := c.in.Peek(min(size, 1000))
		return 0, fmt.Errorf("the call failed: %s", rest)
	}
	if _, err := c.in.Discard(size); err != nil {
		return 0, fmt.Errorf("cannot read an answer: %w", err)
	}
	if last {
		c.close()
		return size, c.connect()
	}
	return size, nil
}
