//go:build linux && (amd64 || arm64)

package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// account is what a supervisor costs at one moment, over all processes that it
// consists of.
type account struct {
	pss, private int64 // bytes
	threads      int
	switches     int64         // how often one of its threads was put aside
	cpu          time.Duration // user and system
}

// accountOf adds up a process and its descendants, except for those that it
// supervises.
func accountOf(pid int, supervised map[int]bool) (account, error) {
	var sum account
	for _, member := range family(pid, supervised) {
		cpu, err := cpuOf(member)
		if err != nil && member != pid {
			continue // it has ended
		}
		if err != nil {
			return account{}, err
		}
		sum.cpu += cpu
		rollup, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", member))
		if err != nil {
			return account{}, fmt.Errorf("cannot read the memory of a process: %w", err)
		}
		sum.pss += number(rollup, "Pss:") << 10
		sum.private += (number(rollup, "Private_Clean:") + number(rollup, "Private_Dirty:")) << 10
		tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", member))
		if err != nil {
			return account{}, err
		}
		for _, task := range tasks {
			status, err := os.ReadFile(task)
			if err != nil {
				continue // the thread has ended
			}
			sum.threads++
			sum.switches += number(status, "\nvoluntary_ctxt_switches:") + number(status, "nonvoluntary_ctxt_switches:")
		}
	}
	return sum, nil
}

// family lists a process and its descendants, except for those given.
func family(pid int, except map[int]bool) []int {
	members := []int{pid}
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid)) // the pattern is correct
	for _, list := range lists {
		text, err := os.ReadFile(list)
		if err != nil {
			continue // the thread has ended
		}
		for _, word := range strings.Fields(string(text)) {
			if child, err := strconv.Atoi(word); err == nil && !except[child] {
				members = append(members, family(child, except)...)
			}
		}
	}
	return members
}

// number returns the number behind a label; 0: there is none.
func number(text []byte, label string) int64 {
	_, rest, _ := bytes.Cut(text, []byte(label))
	word := bytes.Fields(rest)
	if len(word) == 0 {
		return 0
	}
	n, err := strconv.ParseInt(string(word[0]), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// cpuOf returns the processor time of a process that lives, ended threads
// included, to the nanosecond: its clock has a number that is made from the pid
// (clock_getcpuclockid(3)).
func cpuOf(pid int) (time.Duration, error) {
	const scheduler = 2
	var ts unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|scheduler), &ts); err != nil {
		return 0, fmt.Errorf("cannot read the processor time of %d: %w", pid, err)
	}
	return time.Duration(ts.Nano()), nil
}

// pause waits where there is nothing to wait for but the time.
func pause(d time.Duration) { <-time.After(d) }
