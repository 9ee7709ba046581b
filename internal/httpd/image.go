package httpd

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"supervisor/internal/config"
)

// Image is what the servers hand over to another process that has the same
// descriptors: a plain value.
type Image struct{ Servers []ServerImage }

// ServerImage is one server with its connections.
type ServerImage struct {
	Server   config.Server
	FD       int
	Dev, Ino uint64 `json:",omitempty"` // of the file of a unix socket, as it was made
	Conns    []ConnImage
}

// ConnImage is a connection between two requests.
type ConnImage struct {
	FD    int
	Asker bool `json:",omitempty"` // its last request is still to be answered
	Last  bool `json:",omitempty"` // and that is the end of it
}

// Image returns what another process needs to go on. The connections are part of
// it only if the servers are frozen. asker is that of Freeze.
func (s *Servers) Image(asker *http.Request) (Image, error) {
	var image Image
	for _, l := range s.listeners {
		of := ServerImage{Server: l.server}
		var err error
		if of.FD, err = descriptor(l.Listener); err != nil {
			return Image{}, fmt.Errorf("cannot hand over a server socket: %w", err)
		}
		if l.file != nil {
			of.Dev, of.Ino = identity(l.file)
		}
		image.Servers = append(image.Servers, of)
	}
	if s.frozen == nil {
		return image, nil
	}
	var failure error
	s.each(func(c *conn) {
		fd, err := descriptor(c.Conn)
		if err != nil {
			failure = err
			return
		}
		of := ConnImage{FD: fd}
		if asker != nil && connOf(asker) == c {
			of.Asker, of.Last = true, asker.Close || !asker.ProtoAtLeast(1, 1)
		}
		for i, l := range s.listeners {
			if c.listener == l {
				image.Servers[i].Conns = append(image.Servers[i].Conns, of)
			}
		}
	})
	if failure != nil {
		return Image{}, fmt.Errorf("cannot hand over a connection: %w", failure)
	}
	return image, nil
}

// descriptor returns that of a socket, and leaves the socket as it is.
func descriptor(socket any) (fd int, err error) {
	c, ok := socket.(syscall.Conn)
	if !ok {
		return -1, errors.ErrUnsupported
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return -1, err
	}
	err = raw.Control(func(n uintptr) { fd = int(n) })
	return fd, err
}

// identity tells a file from all others.
func identity(info os.FileInfo) (dev, ino uint64) {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(stat.Dev), uint64(stat.Ino)
	}
	return 0, 0
}

// Descriptors returns all that must stay open for the image to mean anything.
func (i Image) Descriptors() (fds []int) {
	for _, s := range i.Servers {
		fds = append(fds, s.FD)
		for _, c := range s.Conns {
			fds = append(fds, c.FD)
		}
	}
	return fds
}

// Resume returns servers that go on where others stood. Nothing is answered before
// Serve, and nothing of the image is closed.
func Resume(o Options, image Image) (*Servers, error) {
	s := newServers(o)
	for _, of := range image.Servers {
		l := newListener(of.Server, maxConnections)
		if err := l.resume(of); err != nil {
			return nil, fmt.Errorf("cannot go on with a server socket: %w", err)
		}
		s.add(l)
	}
	s.handed = image.Descriptors()
	return s, nil
}

func (l *listener) resume(image ServerImage) error {
	err := duplicated(image.FD, func(file *os.File) (err error) {
		l.Listener, err = net.FileListener(file)
		return err
	})
	if err != nil {
		return err
	}
	if image.Server.Unix() {
		// Somebody else's socket may be there by now, and is not ours to remove.
		if info, err := os.Lstat(image.Server.Path); err == nil {
			if dev, ino := identity(info); dev == image.Dev && ino == image.Ino {
				l.file = info
			}
		}
	}
	for _, c := range image.Conns {
		err := duplicated(c.FD, func(file *os.File) error {
			kept, err := net.FileConn(file)
			if err != nil {
				return nil // the client has gone
			}
			if c.Asker {
				l.asker, l.lastAnswer = kept, c.Last
			} else {
				l.kept = append(l.kept, kept)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// duplicated calls use with a file of its own for a descriptor.
func duplicated(fd int, use func(*os.File) error) error {
	own, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return os.NewSyscallError("fcntl", err)
	}
	file := os.NewFile(uintptr(own), "handed over")
	defer file.Close()
	return use(file)
}

// forgetHanded closes what was handed over, of which there are copies now.
func (s *Servers) forgetHanded() {
	for _, fd := range s.handed {
		unix.Close(fd)
	}
	s.handed = nil
}

// Answer answers the request on whose behalf the servers were handed over, with an
// XML document. Then its connection is one like any other. It comes before Serve.
func (s *Servers) Answer(document []byte) {
	for _, l := range s.listeners {
		if l.asker == nil {
			continue
		}
		c := l.asker
		l.asker = nil
		connection := "keep-alive"
		if l.lastAnswer {
			connection = "close"
		}
		text := fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nServer: %s\r\nConnection: %s\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n",
			serverName, connection, len(document))
		_, err := c.Write(append(text, document...)) // there is room for so little
		if err != nil || l.lastAnswer {
			_ = c.Close() // the client has its answer, or has gone
			continue
		}
		l.kept = append(l.kept, c)
	}
}
