//go:build linux && (amd64 || arm64)

package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

const (
	kibi  = 1 << 10
	mebi  = 1 << 20
	mega  = 1e6
	giga  = 1e9
	quiet = 1500 * time.Millisecond // until a supervisor has calmed down after a start
)

// ms is a duration as the table has it.
func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// disk adds up what a contender consists of. Supervisor is what the packages of
// Debian install for it, the interpreter included.
func (r *run) disk(c contender) error {
	if c.name == "reference" {
		text, err := exec.Command("dpkg-query", "-W", "-f", "${Installed-Size}\n", "supervisor", "python3-pkg-resources",
			"python3-minimal", "python3.*-minimal", "libpython3.*-minimal", "libpython3.*-stdlib").Output()
		if err != nil {
			return nil // not from a package
		}
		total := 0.0
		for _, word := range bytes.Fields(text) {
			if kb, err := strconv.ParseFloat(string(word), 64); err == nil {
				total += kb * 1024 / mega
			}
		}
		r.sample("disk", c, total)
		return nil
	}
	if c.files == nil {
		return nil
	}
	total := int64(0)
	for _, file := range c.files {
		size, err := sizeOf(file)
		if err != nil {
			return err
		}
		total += size
	}
	r.sample("disk", c, float64(total)/mega)
	return nil
}

func sizeOf(path string) (total int64, err error) {
	err = filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil {
			total += info.Size()
		}
		return err
	})
	return total, err
}

// single measures a supervisor with one child.
func (r *run) single(c contender) error {
	starts := 5
	if r.quick {
		starts = 3
	}
	for range starts - 1 {
		err := r.supervise(c, workload{children: 1}, func(d *daemon) error { return r.first(d) })
		if err != nil {
			return err
		}
	}
	return r.supervise(c, workload{children: 1}, func(d *daemon) error {
		if err := r.first(d); err != nil {
			return err
		}
		if err := r.status(d, "1"); err != nil {
			return err
		}
		if !r.wants("memory 1", "private") {
			return nil
		}
		pause(quiet)
		a, err := d.account()
		if err != nil {
			return err
		}
		r.private[c.name] = a.private
		r.sample("memory 1", c, float64(a.pss)/mebi)
		return nil
	})
}

func (r *run) first(d *daemon) error {
	at, err := d.await(1)
	if err == nil {
		r.sample("first", d.contender, ms(at.Sub(d.started)))
	}
	return err
}

// hundred measures a supervisor with 100 children.
func (r *run) hundred(c contender) error {
	return r.supervise(c, workload{children: 100}, func(d *daemon) error {
		at, err := d.await(100)
		if err != nil {
			return err
		}
		r.sample("start 100", c, ms(at.Sub(d.started)))
		pause(quiet)
		a, err := d.account()
		if err != nil {
			return err
		}
		r.sample("memory 100", c, float64(a.pss)/mebi)
		for _, step := range []func(*daemon) error{r.crash, r.storm, r.calls, r.fleetCalls} {
			if err := step(d); err != nil {
				return err
			}
		}
		if err := r.status(d, "100"); err != nil {
			return err
		}
		return r.shutdown(d)
	})
}

// thousand measures a supervisor with 1,000 children.
func (r *run) thousand(c contender) error {
	const n = 1000
	return r.supervise(c, workload{children: n}, func(d *daemon) error {
		at, err := d.await(n)
		if err != nil {
			return err
		}
		r.sample("start 1000", c, ms(at.Sub(d.started)))
		if err := r.startCPU(d); err != nil {
			return err
		}
		pause(quiet)
		a, err := d.account()
		if err != nil {
			return err
		}
		r.sample("memory 1000", c, float64(a.pss)/mebi)
		if one, known := r.private[c.name]; known {
			r.sample("private", c, float64(a.private-one)/(n-1)/kibi)
		}
		r.sample("threads", c, float64(a.threads))
		for _, step := range []func(*daemon) error{r.idle, r.storm, r.bigAnswers} {
			if err := step(d); err != nil {
				return err
			}
		}
		return nil
	})
}

// startCPU adds up what the supervisor has used, and what its children have,
// most of it before they became another program.
func (r *run) startCPU(d *daemon) error {
	a, err := d.account()
	if err != nil {
		return err
	}
	total := a.cpu
	for pid := range d.children {
		cpu, err := cpuOf(pid)
		if err != nil {
			return err
		}
		total += cpu
	}
	r.sample("start cpu", d.contender, ms(total))
	return nil
}

// idle measures what a supervisor does while nothing happens.
func (r *run) idle(d *daemon) error {
	if !r.wants("wake-ups", "idle") {
		return nil
	}
	window := 10 * time.Second
	if r.quick {
		window = 4 * time.Second
	}
	before, err := d.account()
	if err != nil {
		return err
	}
	pause(window)
	after, err := d.account()
	if err != nil {
		return err
	}
	minutes := window.Minutes()
	r.sample("wake-ups", d.contender, float64(after.switches-before.switches)/minutes)
	r.sample("idle", d.contender, ms(after.cpu-before.cpu)/minutes)
	return nil
}

// fiveThousand measures the memory for 5,000 children.
func (r *run) fiveThousand(c contender) error {
	const n = 5000
	return r.supervise(c, workload{children: n}, func(d *daemon) error {
		if _, err := d.await(n); err != nil {
			return err
		}
		pause(quiet)
		a, err := d.account()
		if err == nil {
			r.sample("memory 5000", c, float64(a.pss)/mebi)
		}
		return err
	})
}

// crash kills one child after the other and waits for its successor.
func (r *run) crash(d *daemon) error {
	if !r.wants("crash p50", "crash p99") {
		return nil
	}
	limit, kills := 10*time.Second, 200
	if r.quick {
		limit = 4 * time.Second
	}
	var reactions []float64
	began := time.Now()
	for _, pid := range d.pids() {
		pause(2 * time.Millisecond)
		killed := time.Now()
		if err := d.kill(pid); err != nil {
			return err
		}
		at, err := d.await(1)
		if err != nil {
			return err
		}
		reactions = append(reactions, ms(at.Sub(killed)))
		if len(reactions) == kills || time.Since(began) > limit {
			break
		}
	}
	r.sample("crash p50", d.contender, median(reactions))
	r.sample("crash p99", d.contender, quantile(reactions, 0.99))
	return nil
}

// storm kills all children at once and waits until there are as many again.
func (r *run) storm(d *daemon) error {
	pids := d.pids()
	key := "storm " + strconv.Itoa(len(pids))
	if !r.wants(key) {
		return nil
	}
	began := time.Now()
	for _, pid := range pids {
		if err := d.kill(pid); err != nil {
			return err
		}
	}
	at, err := d.await(len(pids))
	if err != nil {
		return err
	}
	r.sample(key, d.contender, ms(at.Sub(began)))
	return nil
}

func (d *daemon) pids() (pids []int) {
	for pid := range d.children {
		pids = append(pids, pid)
	}
	return pids
}

// kill kills a child.
func (d *daemon) kill(pid int) error {
	delete(d.children, pid)
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		return fmt.Errorf("cannot kill a child of %s: %w", d.name, err)
	}
	return nil
}

// shutdown ends the supervisor with all its children.
func (r *run) shutdown(d *daemon) error {
	if !d.can.output { // others leave their children behind
		return nil
	}
	took, err := d.terminate()
	if err == nil {
		r.sample("shutdown", d.contender, ms(took))
	}
	return err
}

// status runs the supervisor's own client.
func (r *run) status(d *daemon, processes string) error {
	if d.ctl == "" || !r.wants("status "+processes, "status cpu "+processes) {
		return nil
	}
	var wall, cpu []float64
	for range 7 {
		cmd := exec.Command(d.ctl, "-c", d.dir+"/supervisord.conf", "status")
		began := time.Now()
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		wall = append(wall, ms(time.Since(began)))
		cpu = append(cpu, ms(cmd.ProcessState.SystemTime()+cmd.ProcessState.UserTime()))
	}
	r.sample("status "+processes, d.contender, median(wall))
	r.sample("status cpu "+processes, d.contender, median(cpu))
	return nil
}
