// Package client carries XML-RPC calls, and streams of text, over HTTP.
//
// A Client talks to one server, at an http:// URL or a unix:// path, and keeps
// its connection between calls. It is a small HTTP/1.1 client of its own because
// a command line tool pays for what it starts with: net/http with its TLS costs
// a millisecond and 5 MB where this costs next to nothing.
//
// An error keeps its cause: errors.Is finds syscall.ECONNREFUSED and its kind,
// errors.As finds *net.DNSError, *StatusError and *xmlrpc.Fault.
package client

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"

	"supervisor/xmlrpc"
)

// maxResponse is the most, in bytes, that an answer to a call may have.
const maxResponse = 256 << 20

// ErrUnknownProtocol is returned for a URL whose scheme is neither http nor
// unix.
var ErrUnknownProtocol = errors.New("unknown protocol for serverurl")

// StatusError is returned when the server answers with another status than 200.
type StatusError struct {
	Code   int    // 404
	Status string // 404 Not Found
	URL    string // of the server, followed by the path asked for
}

// Error returns where and what.
func (e *StatusError) Error() string {
	return fmt.Sprintf("%s answers %s", e.URL, e.Status)
}

// Client is a client of one server. Its methods may be called at the same time;
// each call then has a connection of its own. New makes one.
type Client struct {
	url              string
	network, address string
	host             string // what the request says in its Host line
	authorization    string // empty: none

	mu   sync.Mutex
	idle *conn // kept for the next call; nil: none
}

// New returns a client of the server at rawURL: http://host[:port], whose path
// does not matter, or unix://path. It does not connect. A name that is not
// empty is sent with the password to the server (RFC 7617).
func New(rawURL, username, password string) (*Client, error) {
	c := &Client{url: rawURL}
	scheme, rest, _ := strings.Cut(rawURL, "://")
	switch strings.ToLower(scheme) {
	case "unix":
		c.network, c.address, c.host = "unix", rest, "localhost"
	case "http":
		u, err := url.Parse(rawURL)
		if err != nil {
			return nil, fmt.Errorf("cannot understand the URL: %w", err)
		}
		port := u.Port()
		if port == "" {
			port = "80"
		}
		c.network, c.address, c.host = "tcp", net.JoinHostPort(u.Hostname(), port), u.Host
	default:
		return nil, fmt.Errorf("%w %s", ErrUnknownProtocol, rawURL)
	}
	if username != "" {
		c.authorization = "Basic " + base64.StdEncoding.EncodeToString([]byte(username+":"+password))
	}
	return c, nil
}

// Call calls a method and returns its value. It waits as long as the method
// takes, or until ctx ends.
func (c *Client) Call(ctx context.Context, method string, params ...any) (any, error) {
	request := c.request("POST", "/RPC2", xmlrpc.AppendCall(nil, method, params...))
	var body []byte
	err := c.exchange(ctx, request, "/RPC2", func(r io.Reader) (err error) {
		body, err = io.ReadAll(io.LimitReader(r, maxResponse+1))
		if err == nil && len(body) > maxResponse {
			err = fmt.Errorf("the answer has more than %d bytes", maxResponse)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("cannot call %s: %w", method, err)
	}
	value, err := xmlrpc.ParseResponse(body)
	if err != nil {
		return nil, fmt.Errorf("cannot call %s: %w", method, err)
	}
	return value, nil
}

// Stream copies what the server has at a path, like /mainlogtail, to w as it
// comes, until the server ends it, ctx ends, or w fails.
func (c *Client) Stream(ctx context.Context, path string, w io.Writer) error {
	err := c.exchange(ctx, c.request("GET", path, nil), path, func(r io.Reader) error {
		_, err := io.Copy(w, r)
		return err
	})
	if err != nil {
		return fmt.Errorf("cannot read %s: %w", path, err)
	}
	return nil
}

// Close closes the connection that is kept, if any. The client can still be
// used: it connects anew.
func (c *Client) Close() error {
	if idle := c.exchangeIdle(nil); idle != nil {
		return idle.Close()
	}
	return nil
}

// exchangeIdle keeps a connection, or none, and returns the one kept before.
func (c *Client) exchangeIdle(next *conn) (last *conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	last, c.idle = c.idle, next
	return last
}

// request returns the bytes of a request. A nil body is none.
func (c *Client) request(method, path string, body []byte) []byte {
	var b []byte
	b = fmt.Appendf(b, "%s %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: supervisorctl\r\n", method, path, c.host)
	if c.authorization != "" {
		b = fmt.Appendf(b, "Authorization: %s\r\n", c.authorization)
	}
	if body != nil {
		b = fmt.Appendf(b, "Content-Type: text/xml\r\nContent-Length: %d\r\n", len(body))
	}
	return append(append(b, "\r\n"...), body...)
}

// exchange sends a request and lets read have the body of the answer. The
// connection is kept if it can be used again.
func (c *Client) exchange(ctx context.Context, request []byte, path string, read func(io.Reader) error) error {
	connection, err := c.connect(ctx)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { connection.Close() })
	reusable, err := connection.exchange(request, func(code int, status string, body io.Reader) error {
		if code != 200 {
			return &StatusError{code, status, c.url + path}
		}
		return read(body)
	})
	if !stop() {
		return context.Cause(ctx) // which is why the connection is closed
	}
	surplus := connection
	if err == nil && reusable {
		surplus = c.exchangeIdle(connection)
	}
	if surplus != nil {
		_ = surplus.Close() // whatever it says, the answer has been read
	}
	return err
}

// connect returns the idle connection, if it is still good, or a new one.
func (c *Client) connect(ctx context.Context) (*conn, error) {
	if idle := c.exchangeIdle(nil); idle != nil {
		if idle.alive() {
			return idle, nil
		}
		_ = idle.Close() // the server has closed it already
	}
	var dialer net.Dialer
	netConn, err := dialer.DialContext(ctx, c.network, c.address)
	if err != nil {
		return nil, err
	}
	return newConn(netConn), nil
}
