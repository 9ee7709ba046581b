//go:build linux && (amd64 || arm64)

package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// errLate means that what was waited for did not happen in time.
var errLate = errors.New("nothing more was heard of the children")

// arrival is a word from a child: it runs, or it has done its work.
type arrival struct {
	pid   int
	value uint32 // what a child that is done wants to say
	at    time.Time
}

// arrivals is a named pipe through which children report.
type arrivals struct {
	path string
	file *os.File
	c    chan arrival
}

// listenArrivals makes the named pipe.
func listenArrivals(path string) (*arrivals, error) {
	if err := unix.Mkfifo(path, 0o666); err != nil {
		return nil, fmt.Errorf("cannot make the pipe for reports: %w", err)
	}
	// Open for writing too, so that it does not end while nobody reports.
	file, err := os.OpenFile(path, os.O_RDWR|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("cannot open the pipe for reports: %w", err)
	}
	_, _ = unix.FcntlInt(file.Fd(), unix.F_SETPIPE_SZ, 1<<20) // for 5,000 at once; it works without
	if err := unix.SetNonblock(int(file.Fd()), true); err != nil {
		return nil, fmt.Errorf("cannot prepare the pipe for reports: %w", err)
	}
	a := &arrivals{path: path, file: file, c: make(chan arrival, 1<<16)}
	go a.run()
	return a, nil
}

func (a *arrivals) run() {
	defer close(a.c)
	buffer := make([]byte, 8*512)
	for have := 0; ; {
		n, err := a.file.Read(buffer[have:])
		if err != nil {
			return // closed
		}
		now := time.Now()
		have += n
		whole := have &^ 7
		for record := buffer[:whole]; len(record) > 0; record = record[8:] {
			a.c <- arrival{
				pid:   int(binary.LittleEndian.Uint32(record)),
				value: binary.LittleEndian.Uint32(record[4:]),
				at:    now,
			}
		}
		have = copy(buffer, buffer[whole:have])
	}
}

// next waits for one report.
func (a *arrivals) next(patience time.Duration) (arrival, error) {
	got, err := a.wait(1, patience)
	if err != nil {
		return arrival{}, err
	}
	return got[0], nil
}

// wait waits for n reports.
func (a *arrivals) wait(n int, patience time.Duration) ([]arrival, error) {
	late := time.NewTimer(patience)
	defer late.Stop()
	var got []arrival
	for len(got) < n {
		select {
		case one, ok := <-a.c:
			if !ok {
				return got, io.ErrUnexpectedEOF
			}
			got = append(got, one)
		case <-late.C:
			return got, fmt.Errorf("%w: %d of %d after %v", errLate, len(got), n, patience)
		}
	}
	return got, nil
}

// close ends the reports.
func (a *arrivals) close() {
	_ = a.file.Close()
	for range a.c { // until run has ended
	}
}

// report is what a child does to be heard. value is 0 at its start.
func report(pipe string, value uint32) error {
	file, err := os.OpenFile(pipe, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	var record [8]byte
	binary.LittleEndian.PutUint32(record[:], uint32(os.Getpid()))
	binary.LittleEndian.PutUint32(record[4:], value)
	_, err = file.Write(record[:])
	return err
}
