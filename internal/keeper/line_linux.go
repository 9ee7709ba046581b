package keeper

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// The names of the socket in the folder: the second one is that of a keeper that
// does not have everything yet.
const (
	socketName = "keeper"
	newName    = "keeper.new"
)

// answerPatience is how long a keeper may take for anything. It has nothing else to
// do, so one that takes longer hangs, and is none.
const answerPatience = 2 * time.Second

// Line is a connection to a keeper.
type Line struct {
	conn *net.UnixConn
	gone chan struct{} // closed when the keeper is; nil: nobody listens
	err  error         // why it is of no use any more
}

// address is that of a socket in a folder whose path may be longer than addresses
// may be. It is good until the folder is closed.
func address(folder *os.File, name string) *net.UnixAddr {
	return &net.UnixAddr{Net: "unixpacket", Name: "/proc/self/fd/" + strconv.Itoa(int(folder.Fd())) + "/" + name}
}

// dial connects to a keeper.
func dial(dir, name string) (*Line, error) {
	folder, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	conn, err := net.DialUnix("unixpacket", nil, address(folder, name))
	if err != nil {
		return nil, err
	}
	return &Line{conn: conn}, nil
}

// listen makes the socket of a keeper.
func listen(dir, name string) (*os.File, error) {
	folder, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	l, err := net.ListenUnix("unixpacket", address(folder, name))
	if err != nil {
		return nil, err
	}
	l.SetUnlinkOnClose(false)
	file, err := l.File()
	return file, errors.Join(err, l.Close())
}

// Hold has the keeper keep descriptors, in place of what has the name.
func (l *Line) Hold(name string, fds ...int) { l.send(verbHold, name, fds...) }

// Watch has it keep a pidfd and a note, and see when the process ends.
func (l *Line) Watch(name string, note []byte, pidfd int) {
	l.send(verbWatch, name+"\x00"+string(note), pidfd)
}

// Forget has it close what has the names.
func (l *Line) Forget(names ...string) { l.send(verbForget, strings.Join(names, "\x00")) }

// send writes a message. It does not wait for the keeper, but for room.
func (l *Line) send(verb byte, text string, fds ...int) {
	if l.err != nil {
		return
	}
	var rights []byte
	if len(fds) > 0 {
		rights = unix.UnixRights(fds...)
	}
	if l.err = l.conn.SetWriteDeadline(time.Now().Add(answerPatience)); l.err == nil {
		_, _, l.err = l.conn.WriteMsgUnix(append([]byte{verb}, text...), rights, nil)
	}
}

// receive reads a message of one of two kinds, and passes over others.
func (l *Line) receive(one, other byte) (kind byte, text []byte, fds []int, err error) {
	if err := l.conn.SetReadDeadline(time.Now().Add(answerPatience)); err != nil {
		return 0, nil, nil, err
	}
	for {
		kind, text, fds, err = l.read()
		if err != nil || kind == one || kind == other {
			return kind, text, fds, err
		}
		closeAll(fds)
	}
}

func (l *Line) read() (kind byte, text []byte, fds []int, err error) {
	buffer, control := make([]byte, mostText), make([]byte, 256)
	n, oobn, _, _, err := l.conn.ReadMsgUnix(buffer, control)
	if err == nil && n == 0 {
		err = io.EOF
	}
	if err != nil {
		return 0, nil, nil, err
	}
	return buffer[0], buffer[1:n], rightsIn(control[:oobn]), nil
}

// hello hears who is there.
func (l *Line) hello() (pid int, err error) {
	_, text, _, err := l.receive(sayHello, 0)
	if err != nil {
		return 0, err
	}
	var its int
	if _, err := fmt.Sscan(string(text), &its, &pid); err != nil {
		return 0, fmt.Errorf("cannot understand it: %w", err)
	}
	if its != version {
		return 0, errOther
	}
	return pid, nil
}

// errOther says that a keeper is of another version of this program.
var errOther = errors.New("it speaks another language")

// ask returns what the keeper has under a name.
func (l *Line) ask(name string) (h Held, found bool) {
	l.send(verbAsk, name)
	if l.err != nil {
		return Held{}, false
	}
	kind, text, fds, err := l.receive(sayHeld, sayNone)
	const head = 8
	switch {
	case err != nil:
		l.err = err
	case kind == sayHeld && len(text) >= head:
		h = Held{Note: text[head:], FDs: fds}
		if ago := time.Duration(binary.LittleEndian.Uint64(text)); ago >= 0 {
			h.Ended = time.Now().Add(-ago)
		}
		return h, true
	}
	closeAll(fds)
	return Held{}, false
}
