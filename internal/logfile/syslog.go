package logfile

import (
	"bytes"
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// defaultSyslogSocket is where the system's log listens (syslog(3)).
const defaultSyslogSocket = "/dev/log"

const (
	// userInfo is facility user and severity info, the only one there is here
	// (RFC 3164, section 4.1.1; logging.md, section 1).
	userInfo = "<14>"

	// syslogPatience is how long a message may wait for a log daemon that
	// does not read, and how long messages are dropped after that.
	syslogPatience = time.Second
)

// Syslog sends lines to the system's log, as facility user with priority info.
// It is safe for concurrent use.
//
// Like syslog(3), it has nobody to complain to: a message that cannot be sent,
// because no log daemon listens or it does not read, is dropped, and the next
// one tries to connect again.
type Syslog struct {
	ident  string
	socket string

	mu      sync.Mutex
	conn    net.Conn  // nil if not connected
	stream  bool      // messages need an end mark
	resume  time.Time // messages are dropped until then
	message []byte    // reused
}

// NewSyslog returns the sink of the program called ident. The socket is the log
// daemon's; empty means /dev/log. It is connected when there is something to send.
func NewSyslog(ident, socket string) *Syslog {
	if socket == "" {
		socket = defaultSyslogSocket
	}
	return &Syslog{ident: ident, socket: socket}
}

// Send sends each line of text as a message of its own that begins with prefix.
// Newlines at the end of text count for nothing, and what comes after the last
// newline is a line, too (logging.md, section 2).
func (s *Syslog) Send(prefix string, text []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for line := range bytes.SplitSeq(bytes.TrimRight(text, "\n"), []byte("\n")) {
		s.send(prefix, line)
	}
}

// Close ends the connection. A later Send connects anew.
func (s *Syslog) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn == nil {
		return nil
	}
	err := s.conn.Close()
	s.conn = nil
	return err
}

// send sends one message, or drops it.
func (s *Syslog) send(prefix string, line []byte) {
	now := time.Now()
	if now.Before(s.resume) {
		return
	}
	s.message = append(s.message[:0], userInfo...)
	s.message = now.AppendFormat(s.message, time.Stamp)
	s.message = append(s.message, ' ')
	s.message = append(s.message, s.ident...)
	s.message = append(s.message, ": "...)
	s.message = append(s.message, prefix...)
	s.message = append(s.message, line...)

	reused := s.conn != nil
	err := s.transmit(now.Add(syslogPatience))
	if err != nil && reused && !errors.Is(err, os.ErrDeadlineExceeded) {
		// The log daemon may have been restarted since the last message.
		err = s.transmit(now.Add(syslogPatience))
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		s.resume = time.Now().Add(syslogPatience)
	}
}

// transmit sends the message, connecting first if need be. After a failure
// there is no connection.
func (s *Syslog) transmit(deadline time.Time) error {
	if err := s.connect(deadline); err != nil {
		return err
	}
	message := s.message
	if s.stream {
		message = append(message, 0)
	}
	err := s.conn.SetWriteDeadline(deadline)
	if err == nil {
		_, err = s.conn.Write(message)
	}
	if err != nil {
		err = errors.Join(err, s.conn.Close())
		s.conn = nil
	}
	return err
}

// connect connects to the log daemon, which takes datagrams or else a stream.
func (s *Syslog) connect(deadline time.Time) error {
	if s.conn != nil {
		return nil
	}
	conn, err := net.Dial("unixgram", s.socket)
	s.stream = err != nil
	if err != nil {
		dialer := net.Dialer{Deadline: deadline}
		conn, err = dialer.Dial("unix", s.socket)
	}
	if err != nil {
		return err
	}
	s.conn = conn
	return nil
}
