package httpd

import "time"

// takePatience is how long a client may take for a piece of an answer while others
// wait for room.
const takePatience = time.Second

// admit waits until there is room for a connection, or the listener is closed.
func (l *listener) admit(c *conn) bool {
	for {
		select {
		case l.room <- struct{}{}:
			l.mu.Lock()
			l.conns[c] = struct{}{}
			l.mu.Unlock()
			l.await(c)
			return true
		default:
		}
		if l.pushOut() {
			continue
		}
		if !l.awaitRoom() {
			return false
		}
	}
}

// awaitRoom waits until there may be room, or somebody to push out. It reports
// false if the listener is closed.
func (l *listener) awaitRoom() bool {
	timer := time.NewTimer(takePatience)
	defer timer.Stop()
	select {
	case l.room <- struct{}{}:
		<-l.room // there is some: try again
	case <-l.awaited:
	case <-timer.C: // by now somebody may have taken nothing for too long
	case <-l.closed:
		return false
	}
	return true
}

// await notes that from now on the server waits for the client: to say what it
// wants, to say all of it, or to go away.
func (l *listener) await(c *conn) {
	l.mu.Lock()
	l.turn++
	c.waiting = l.turn
	l.mu.Unlock()
	select {
	case l.awaited <- struct{}{}:
	default:
	}
}

// attend notes that from now on the client waits for the server.
func (l *listener) attend(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c.waiting = 0
}

// begin notes that a client is sent a piece of an answer from a moment on; zero:
// that it has taken it.
func (l *listener) begin(c *conn, sending time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c.sending = sending
}

// pushOut closes the connection whose client has kept the server waiting longest,
// with what it has to say or else by not taking what it has asked for. So nobody
// can take all the room by doing nothing, or by doing it slowly. It reports whether
// there was one.
func (l *listener) pushOut() bool {
	l.mu.Lock()
	var longest *conn
	for c := range l.conns {
		if c.waiting != 0 && (longest == nil || c.waiting < longest.waiting) {
			longest = c
		}
	}
	if longest == nil {
		longest = l.stuck()
	}
	l.mu.Unlock()
	if longest == nil {
		return false
	}
	_ = longest.Close() // net/http, which reads from it, sees the end
	return true
}

// stuck returns the connection on which a piece of an answer has been waiting
// longest to be taken, if that is too long; else nil. l.mu is held.
func (l *listener) stuck() (longest *conn) {
	for c := range l.conns {
		if !c.sending.IsZero() && (longest == nil || c.sending.Before(longest.sending)) {
			longest = c
		}
	}
	if longest == nil || time.Since(longest.sending) < takePatience {
		return nil
	}
	return longest
}

// forget makes room for another connection.
func (l *listener) forget(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, open := l.conns[c]; open {
		delete(l.conns, c)
		<-l.room
	}
}
