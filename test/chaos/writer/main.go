//go:build unix

// Command writer writes numbered lines to its stdout and keeps an account of
// them, so that a test can prove that none is missing and none is there twice.
//
//	writer DIRECTORY PAUSE [LINES]
//	writer bomb
//	writer hog
//
// Each run has an account in the directory, a file that is mapped into memory
// and so is true even after SIGKILL: how many lines it has begun to write, how
// many it has written, and when it began each of them. Between two lines there
// is a pause; 0s is none. After as many lines as it was told, or as there is
// room for in the account, it goes on to live without writing.
// The bomb forks as often as it can, and the hog takes all memory it can get.
package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// bomb forks without end.
func bomb() {
	for {
		attr := &syscall.ProcAttr{Env: os.Environ()}
		if _, err := syscall.ForkExec("/bin/sleep", []string{"sleep", "1000"}, attr); err != nil {
			<-time.After(time.Millisecond)
		}
	}
}

// hog takes ever more memory.
func hog() error {
	// It is the one to be killed.
	if err := os.WriteFile("/proc/self/oom_score_adj", []byte("1000"), 0o644); err != nil {
		return err
	}
	for all := [][]byte(nil); ; {
		piece := make([]byte, 1<<20)
		for i := 0; i < len(piece); i += os.Getpagesize() {
			piece[i] = 1
		}
		all = append(all, piece) //lint:ignore SA4010 it is there to be kept
	}
}

// room is how many lines an account has room for.
const room = 1 << 18

func main() {
	fmt.Fprintln(os.Stderr, "writer:", run(os.Args)) // it returns only if it fails
	os.Exit(1)
}

func run(args []string) error {
	if len(args) == 2 && args[1] == "bomb" {
		bomb()
	}
	if len(args) == 2 && args[1] == "hog" {
		return hog()
	}
	if len(args) < 3 {
		return fmt.Errorf("usage: %s DIRECTORY PAUSE [LINES]", args[0])
	}
	pause, err := time.ParseDuration(args[2])
	if err != nil {
		return err
	}
	lines := room
	if len(args) > 3 {
		if lines, err = strconv.Atoi(args[3]); err != nil {
			return err
		}
	}
	name := fmt.Sprintf("%s.%d-%d", os.Getenv("SUPERVISOR_PROCESS_NAME"), os.Getpid(), time.Now().UnixNano())
	account, err := open(filepath.Join(args[1], name))
	if err != nil {
		return err
	}
	for i := range min(lines, room) {
		binary.LittleEndian.PutUint64(account[8*(2+i):], uint64(time.Now().UnixNano()))
		binary.LittleEndian.PutUint64(account[0:], uint64(i+1))
		if err := write(fmt.Sprintf("%s %d %s\n", name, i, strings.Repeat("x", i%60))); err != nil {
			return err
		}
		binary.LittleEndian.PutUint64(account[8:], uint64(i+1))
		if pause > 0 {
			<-time.After(pause)
		}
	}
	for {
		<-time.After(time.Hour)
	}
}

// open makes an account and maps it.
func open(path string) ([]byte, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, err
	}
	const size = 8 * (2 + room)
	if err := file.Truncate(size); err != nil {
		return nil, err
	}
	account, err := syscall.Mmap(int(file.Fd()), 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	if err != nil {
		return nil, err
	}
	return account, file.Close()
}

// write writes a line at once, which a pipe takes whole.
func write(line string) error {
	for {
		_, err := syscall.Write(1, []byte(line))
		if err != syscall.EINTR {
			return err
		}
	}
}
