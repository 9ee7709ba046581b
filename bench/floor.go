//go:build linux && (amd64 || arm64)

package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// bottom is the floor: a program that does the least that a supervisor in Go
// must do. It starts its children by vfork and exec, one after the other, with
// pipes and a log file each; carries what they write from the pipe to the file;
// starts again whoever dies; and answers calls with texts that were ready
// before. It keeps no states, checks nothing, and logs nothing.
type bottom struct {
	command []string
	logs    string // the directory of the log files
	splice  bool
	once    bool // who dies stays dead
	epoll   int

	mu       sync.Mutex
	children map[int]int // pid to index
	stopping bool
	gone     chan struct{} // closed when nothing lives and stopping is set
	outputs  []output      // by index
	answers  map[string][]byte
}

// output is where what a child writes comes from and goes to.
type output struct{ pipe, file int }

// floor runs a bottom. Arguments: flags, then the command of the children.
func floor(args []string) error {
	flags := flag.NewFlagSet("floor", flag.ContinueOnError)
	n := flags.Int("n", 1, "how many children")
	socket := flags.String("socket", "", "where to answer")
	logs := flags.String("logs", "", "directory of the log files")
	splice := flags.Bool("splice", false, "use splice(2)")
	once := flags.Bool("once", false, "do not start again who dies")
	if err := flags.Parse(args); err != nil {
		return err
	}
	terminated := make(chan os.Signal, 1)
	signal.Notify(terminated, syscall.SIGTERM)
	died := make(chan os.Signal, 1)
	signal.Notify(died, syscall.SIGCHLD)
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return err
	}
	b := &bottom{
		command: flags.Args(), logs: *logs, splice: *splice, once: *once, epoll: epoll,
		children: make(map[int]int), gone: make(chan struct{}), outputs: make([]output, *n),
		answers: cannedAnswers(*n),
	}
	server, err := net.Listen("unix", *socket)
	if err != nil {
		return err
	}
	go b.carry()
	go func() { _ = http.Serve(server, b) }() // it ends with the program
	if err := b.startAll(); err != nil {
		return err
	}
	go func() {
		for range died {
			b.reap()
		}
	}()
	<-terminated
	<-b.stopAll()
	return os.Remove(*socket)
}

// startAll starts all children.
func (b *bottom) startAll() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stopping, b.gone = false, make(chan struct{})
	for i := range b.outputs {
		if err := b.start(i); err != nil {
			return err
		}
	}
	return nil
}

// start starts one child.
func (b *bottom) start(i int) error {
	var stdin, stdout [2]int
	if err := unix.Pipe2(stdin[:], unix.O_CLOEXEC); err != nil {
		return err
	}
	if err := unix.Pipe2(stdout[:], unix.O_CLOEXEC); err != nil {
		return err
	}
	file, err := unix.Open(b.logs+"/"+strconv.Itoa(i), unix.O_WRONLY|unix.O_CREAT|unix.O_CLOEXEC, 0o644)
	if err != nil {
		return err
	}
	if _, err := unix.Seek(file, 0, unix.SEEK_END); err != nil { // splice(2) refuses O_APPEND
		return err
	}
	pid, err := syscall.ForkExec(b.command[0], b.command, &syscall.ProcAttr{
		Env:   os.Environ(),
		Files: []uintptr{uintptr(stdin[0]), uintptr(stdout[1]), uintptr(stdout[1])},
		Sys:   &syscall.SysProcAttr{Setpgid: true},
	})
	if err != nil {
		return err
	}
	unix.Close(stdin[0])
	unix.Close(stdout[1])
	if err := unix.SetNonblock(stdout[0], true); err != nil {
		return err
	}
	b.children[pid] = i
	b.outputs[i] = output{stdout[0], file}
	return unix.EpollCtl(b.epoll, unix.EPOLL_CTL_ADD, stdout[0],
		&unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(stdout[0]), Pad: int32(file)})
}

// reap collects the dead and starts them again.
func (b *bottom) reap() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for {
		pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
		if err != nil || pid <= 0 {
			break
		}
		i, known := b.children[pid]
		if !known {
			continue
		}
		delete(b.children, pid)
		if !b.stopping && !b.once {
			if err := b.start(i); err != nil {
				fmt.Fprintln(os.Stderr, "floor:", err)
			}
		}
	}
	b.checkGone()
}

func (b *bottom) checkGone() {
	if b.stopping && len(b.children) == 0 {
		select {
		case <-b.gone:
		default:
			close(b.gone)
		}
	}
}

// stopAll stops all children. What it returns is closed when they are gone.
func (b *bottom) stopAll() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stopping = true
	for pid := range b.children {
		_ = syscall.Kill(pid, syscall.SIGTERM) // it may be dead already
	}
	b.checkGone()
	return b.gone
}

// carry moves output from pipes to files, all in one loop.
func (b *bottom) carry() {
	buffer := make([]byte, 64<<10)
	events := make([]unix.EpollEvent, 128)
	for {
		n, err := unix.EpollWait(b.epoll, events, -1)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return
		}
		for _, e := range events[:n] {
			moved, err := b.move(int(e.Fd), int(e.Pad), buffer)
			if moved == 0 && err == nil || err != nil && err != unix.EAGAIN {
				// A fork under way may keep the pipe open after the close.
				_ = unix.EpollCtl(b.epoll, unix.EPOLL_CTL_DEL, int(e.Fd), nil)
				unix.Close(int(e.Fd))
				unix.Close(int(e.Pad))
			}
		}
	}
}

func (b *bottom) move(pipe, file int, buffer []byte) (int, error) {
	if b.splice {
		n, err := unix.Splice(pipe, nil, file, nil, 1<<20, unix.SPLICE_F_MOVE|unix.SPLICE_F_NONBLOCK)
		return int(n), err
	}
	n, err := unix.Read(pipe, buffer)
	if n <= 0 {
		return 0, err
	}
	return unix.Write(file, buffer[:n])
}

// ServeHTTP implements http.Handler: it answers a call with a text that has
// been ready, after it has done what was asked for.
func (b *bottom) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	_, rest, _ := bytes.Cut(body, []byte("<methodName>"))
	method, _, _ := bytes.Cut(rest, []byte("</methodName>"))
	switch string(method) {
	case "supervisor.stopAllProcesses":
		<-b.stopAll()
	case "supervisor.startAllProcesses":
		if err := b.startAll(); err != nil {
			fmt.Fprintln(os.Stderr, "floor:", err)
		}
	}
	answer := b.answers[string(method)]
	w.Header().Set("Content-Type", "text/xml")
	w.Header().Set("Content-Length", strconv.Itoa(len(answer)))
	_, _ = w.Write(answer) // a client that went away has nobody to tell
}

// cannedAnswers are answers of the usual size.
func cannedAnswers(n int) map[string][]byte {
	const (
		head  = "<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value>"
		tail  = "</value>\n</param>\n</params>\n</methodResponse>\n"
		state = "<struct>\n<member>\n<name>statecode</name>\n<value><int>1</int></value>\n</member>\n" +
			"<member>\n<name>statename</name>\n<value><string>RUNNING</string></value>\n</member>\n</struct>"
		sizeOfInfo = 1100
	)
	answer := func(value string) []byte {
		return []byte(head + value + tail)
	}
	return map[string][]byte{
		"supervisor.getState":          answer(state),
		"supervisor.getAllProcessInfo": answer(strings.Repeat("x", n*sizeOfInfo)),
		"supervisor.stopAllProcesses":  answer(""),
		"supervisor.startAllProcesses": answer(""),
	}
}
