//go:build linux && (amd64 || arm64)

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// role is what this program does as a child in a measurement.
type role func(args []string) error

// roles are the names by which this program is started as a child.
var roles = map[string]role{
	"writer":   writer,
	"talker":   talker,
	"listener": listener,
	"floor":    floor,
}

// writer writes a number of bytes to its stdout, in pieces of one size, as fast
// as they are taken. Arguments: pipe for reports, size of a piece, bytes.
func writer(args []string) error {
	size, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	total, err := strconv.Atoi(args[2])
	if err != nil {
		return err
	}
	runtime.LockOSThread()
	piece := line(size)
	if err := report(args[0], 0); err != nil {
		return err
	}
	for left := total; left > 0; {
		n, err := unix.Write(1, piece[:min(size, left)])
		if err != nil {
			return err
		}
		left -= n
	}
	return report(args[0], uint32(total))
}

// line is a line of so many bytes.
func line(size int) []byte {
	return append(bytes.Repeat([]byte("x"), size-1), '\n')
}

// talker writes a hundred pieces of 10,000 bytes a second, until it is stopped.
// Arguments: pipe for reports.
func talker(args []string) error {
	if err := report(args[0], 0); err != nil {
		return err
	}
	piece := line(10_000)
	for range time.Tick(10 * time.Millisecond) {
		if _, err := unix.Write(1, piece); err != nil {
			return err
		}
	}
	return nil
}

// listener accepts events and reports when it has seen enough of them: so many
// events, or so many bytes of output of other programs. Arguments: pipe for
// reports, "events" or "bytes", how many.
func listener(args []string) error {
	enough, err := strconv.Atoi(args[2])
	if err != nil {
		return err
	}
	in := bufio.NewReader(os.Stdin)
	if err := report(args[0], 0); err != nil {
		return err
	}
	events, counted := 0, 0
	for {
		if _, err := os.Stdout.WriteString("READY\n"); err != nil {
			return err
		}
		header, err := in.ReadString('\n')
		if err != nil {
			return nil // the supervisor has gone
		}
		_, size, _ := strings.Cut(header, " len:")
		n, err := strconv.Atoi(strings.TrimSpace(size))
		if err != nil {
			return fmt.Errorf("cannot read an event's header: %w", err)
		}
		payload := make([]byte, n)
		if _, err := io.ReadFull(in, payload); err != nil {
			return err
		}
		if _, err := os.Stdout.WriteString("RESULT 2\nOK"); err != nil {
			return err
		}
		events++
		if args[1] == "events" {
			counted++
		} else {
			_, data, _ := bytes.Cut(payload, []byte("\n"))
			counted += len(data)
		}
		if counted >= enough {
			if err := report(args[0], uint32(events)); err != nil {
				return err
			}
			counted = 0
		}
	}
}
