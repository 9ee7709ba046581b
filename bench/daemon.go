//go:build linux && (amd64 || arm64)

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// patience bounds every wait for a supervisor.
const patience = 60 * time.Second

// daemon is a supervisor under measurement.
type daemon struct {
	contender
	dir      string
	started  time.Time // just before it was executed
	arrivals *arrivals
	children map[int]bool // the pids that have been heard of
	cmd      *exec.Cmd
	exited   chan struct{} // closed when it has been reaped
}

// launch executes a supervisor with a workload. It has not started anything
// when launch returns.
func launch(parent string, c contender, w workload) (*daemon, error) {
	dir, err := os.MkdirTemp(parent, "run-")
	if err != nil {
		return nil, err
	}
	if err := os.Mkdir(logsIn(dir), 0o755); err != nil {
		return nil, err
	}
	a, err := listenArrivals(dir + "/pipe")
	if err != nil {
		return nil, err
	}
	d := &daemon{contender: c, dir: dir, arrivals: a, children: make(map[int]bool), exited: make(chan struct{})}
	if err := d.execute(w); err != nil {
		a.close()
		return nil, fmt.Errorf("cannot start %s: %w", c.name, err)
	}
	return d, nil
}

func (d *daemon) execute(w workload) error {
	child := fill(w.command, d.arrivals.path)
	w.listener = fill(w.listener, d.arrivals.path)
	if child == nil {
		child = []string{d.dir + "/sleeper"}
		if err := writeSleeper(child[0], d.arrivals.path); err != nil {
			return err
		}
	}
	cmd, err := d.command(d.dir, w, child)
	if err != nil {
		return err
	}
	said, err := os.Create(d.dir + "/said")
	if err != nil {
		return err
	}
	defer said.Close()
	cmd.Stdout, cmd.Stderr = said, said
	cmd.Dir = d.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	d.cmd, d.started = cmd, time.Now()
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() {
		_ = cmd.Wait() // how it ends does not matter here
		close(d.exited)
	}()
	return nil
}

// reportsTo stands in a command for the path of the pipe for reports.
const reportsTo = "{reports}"

func fill(command []string, path string) []string {
	var filled []string
	for _, word := range command {
		filled = append(filled, strings.ReplaceAll(word, reportsTo, path))
	}
	return filled
}

// await waits until n children have reported, and returns when the last did.
func (d *daemon) await(n int) (time.Time, error) {
	got, err := d.arrivals.wait(n, patience)
	for _, one := range got {
		d.children[one.pid] = true
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("%s: %w%s", d.name, err, d.excuse())
	}
	return got[n-1].at, nil
}

// excuse is what a supervisor said when something went wrong.
func (d *daemon) excuse() string {
	said, err := os.ReadFile(d.dir + "/said")
	if err != nil || len(said) == 0 {
		return ""
	}
	return "; it said: " + string(said[:min(len(said), 1000)])
}

// account returns what the supervisor costs now.
func (d *daemon) account() (account, error) { return accountOf(d.cmd.Process.Pid, d.children) }

// cpu returns the supervisor's processor time so far.
func (d *daemon) cpu() (time.Duration, error) { return cpuOf(d.cmd.Process.Pid) }

// terminate ends the supervisor and returns how long it took to end everything.
func (d *daemon) terminate() (time.Duration, error) {
	began := time.Now()
	if err := d.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return 0, err
	}
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case <-d.exited:
		return time.Since(began), nil
	case <-late.C:
		return 0, fmt.Errorf("%s does not end", d.name)
	}
}

// remove ends what is left of a measurement: the supervisor, whatever it has
// left behind, and its directory.
func (d *daemon) remove() error {
	_ = d.cmd.Process.Kill() // it may have ended
	<-d.exited
	d.arrivals.close()
	killOrphans()
	return os.RemoveAll(d.dir)
}

// adoptOrphans makes this process the parent of those whose supervisor died.
func adoptOrphans() error { return unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) }

// killOrphans ends the children that have been left to this process. At that
// time it has no others.
func killOrphans() {
	for {
		left := family(os.Getpid(), nil)[1:]
		if len(left) == 0 {
			return
		}
		for _, pid := range left {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		for _, pid := range left {
			_, _ = syscall.Wait4(pid, nil, 0, nil) // not ours if its parent still lived
		}
	}
}

// bytesLogged returns how much is in the log files.
func (d *daemon) bytesLogged() int64 {
	files, _ := filepath.Glob(logsIn(d.dir) + "/*") // the pattern is correct
	var sum int64
	for _, file := range files {
		if info, err := os.Stat(file); err == nil {
			sum += info.Size()
		}
	}
	return sum
}
