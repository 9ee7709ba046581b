package launch

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"sync"

	"supervisor/internal/config"
	"supervisor/internal/fastcgi"
)

// socket is the listening socket that the processes of a FastCGI program
// share. It is open while at least one of them lives (process.md, section 8).
type socket struct {
	config config.Socket
	log    *slog.Logger

	mu    sync.Mutex
	file  *os.File // nil: closed
	users int
}

// acquire returns the socket for one more child, opening it for the first. The
// file stays the socket's to close.
func (s *socket) acquire() (*os.File, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		s.log.Info("Creating socket " + s.config.URL)
		file, err := fastcgi.Listen(context.Background(), &s.config)
		if err != nil {
			return nil, fmt.Errorf("Could not create FastCGI socket %s: %w", s.config.URL, err)
		}
		s.file = file
	}
	s.users++
	return s.file, nil
}

// release gives the socket back for one child, and closes it after the last.
func (s *socket) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users--
	if s.users > 0 {
		return
	}
	if s.file == nil { // it could not be taken back
		return
	}
	s.log.Info("Closing socket " + s.config.URL)
	if err := s.file.Close(); err != nil {
		s.log.Error("cannot close socket "+s.config.URL, "error", err)
	}
	s.file = nil
}

// lend shows the socket to somebody, if it is open.
func (s *socket) lend(to func(fd int)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		return
	}
	if raw, err := s.file.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) { to(int(fd)) }) // it is not closed, for that needs the lock
	}
}

// takeBack counts a child of another daemon, and takes the socket from a keeper or
// from the child.
func (s *socket) takeBack(l *Launcher, c *child) {
	kept := l.keptSocket(c.kept.ID, s.config.URL) // before the lock, which the keeper's is outside of
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users++
	switch {
	case s.file == nil:
		s.file = kept
	case kept != nil:
		_ = kept.Close() // it is the same
	}
	if s.file != nil || !c.orphan.alive {
		return
	}
	file, err := c.TakeStdin(s.config.URL)
	if err != nil {
		s.log.Warn("the socket "+s.config.URL+" is not taken back; the next process gets a new one", "error", err)
		return
	}
	s.file = file
}

// try opens and closes the socket.
func (s *socket) try() error {
	if _, err := s.acquire(); err != nil {
		return err
	}
	s.release()
	return nil
}
