package httpd

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
		select {
		case l.room <- struct{}{}:
			<-l.room // there is some: try again
		case <-l.awaited:
		case <-l.closed:
			return false
		}
	}
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

// pushOut closes the connection whose client has kept the server waiting longest.
// So nobody can take all the room by doing nothing, or by doing it slowly. It
// reports whether there was one.
func (l *listener) pushOut() bool {
	l.mu.Lock()
	var longest *conn
	for c := range l.conns {
		if c.waiting != 0 && (longest == nil || c.waiting < longest.waiting) {
			longest = c
		}
	}
	l.mu.Unlock()
	if longest == nil {
		return false
	}
	_ = longest.Close() // net/http, which reads from it, sees the end
	return true
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
