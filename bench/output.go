//go:build linux && (amd64 || arm64)

package main

import (
	"fmt"
	"strconv"
	"time"
)

// logVariant is one way in which output is written and kept.
type logVariant struct {
	size   int    // of one write, in bytes
	total  int    // bytes
	kind   string // "", "rotate" or "events"
	suffix string
}

// logVariants are all that are measured.
func logVariants() (all []logVariant) {
	for _, kind := range []string{"", "rotate", "events"} {
		for _, v := range []logVariant{{size: 100, total: 50e6}, {size: 4096, total: 600e6}, {size: 65536, total: 800e6}} {
			v.kind = kind
			switch kind {
			case "rotate":
				v.suffix = ", 50 MB rotation"
			case "events":
				v.suffix = ", a listener for every piece"
				v.total /= 20
			}
			all = append(all, v)
		}
	}
	return all
}

func (v logVariant) key() string {
	if v.kind == "" {
		return strconv.Itoa(v.size)
	}
	return strconv.Itoa(v.size) + " " + v.kind
}

func (v logVariant) name() string {
	size := strconv.Itoa(v.size) + "-byte"
	if v.size >= 1024 {
		size = strconv.Itoa(v.size/1024) + " KiB"
	}
	return size + " writes" + v.suffix
}

// logs measures how output gets from a child to its log file.
func (r *run) logs(c contender) error {
	for _, v := range logVariants() {
		if v.kind != "" && !c.can.events || !r.wants("rate "+v.key(), "cpu "+v.key()) {
			continue
		}
		if r.quick {
			v.total /= 2
		}
		if err := r.logVariant(c, v); err != nil {
			return fmt.Errorf("%s: %w", v.name(), err)
		}
	}
	return nil
}

func (r *run) logVariant(c contender, v logVariant) error {
	w := workload{
		children: 1, once: true,
		command: []string{r.self, "writer", reportsTo, strconv.Itoa(v.size), strconv.Itoa(v.total)},
	}
	words := 1 // that come before the last one
	switch v.kind {
	case "rotate":
		w.rotate = "50MB"
	case "events":
		w.events = true
		w.listener = []string{r.self, "listener", reportsTo, "bytes", strconv.Itoa(v.total)}
		w.hears = "PROCESS_LOG"
		words = 3
	}
	return r.supervise(c, w, func(d *daemon) error {
		began, before, err := d.begin()
		if err != nil {
			return err
		}
		got, err := d.arrivals.wait(words, patience)
		if err != nil {
			return err
		}
		if err := d.settle(); err != nil {
			return err
		}
		after, err := d.cpu()
		if err != nil {
			return err
		}
		r.sample("rate "+v.key(), c, float64(v.total)/mega/got[words-1].at.Sub(began).Seconds())
		r.sample("cpu "+v.key(), c, (after-before).Seconds()/(float64(v.total)/giga))
		return nil
	})
}

// begin waits for the first child, and takes the time.
func (d *daemon) begin() (time.Time, time.Duration, error) {
	one, err := d.arrivals.next(patience)
	if err != nil {
		return time.Time{}, 0, fmt.Errorf("%w%s", err, d.excuse())
	}
	cpu, err := d.cpu()
	return one.at, cpu, err
}

// clock takes the time, and the supervisor's processor time.
func (d *daemon) clock() (time.Time, time.Duration, error) {
	cpu, err := d.cpu()
	return time.Now(), cpu, err
}

// settle waits until what has been written is in its file and the supervisor
// has calmed down: its processor time stands still.
func (d *daemon) settle() error {
	last := time.Duration(-1)
	for range 200 {
		now, err := d.cpu()
		if err != nil {
			return err
		}
		if now-last < 50*time.Microsecond {
			return nil
		}
		last = now
		pause(10 * time.Millisecond)
	}
	return fmt.Errorf("%s does not calm down", d.name)
}

// talk measures many children that write a little all the time.
func (r *run) talk(c contender) error {
	const n = 100
	window := 4 * time.Second
	if r.quick {
		window = 2 * time.Second
	}
	w := workload{children: n, command: []string{r.self, "talker", reportsTo}}
	return r.supervise(c, w, func(d *daemon) error {
		if _, err := d.await(n); err != nil {
			return err
		}
		pause(time.Second)
		before, err := d.cpu()
		if err != nil {
			return err
		}
		began, logged := time.Now(), d.bytesLogged()
		pause(window)
		after, err := d.cpu()
		if err != nil {
			return err
		}
		wall := time.Since(began)
		logged = d.bytesLogged() - logged
		// On a busy machine the children do not get to write all that they want:
		// what counts is the cost of what they wrote.
		wanted := n * mega * wall.Seconds()
		r.sample("talk", c, 100*(after-before).Seconds()/wall.Seconds()*wanted/float64(logged))
		return nil
	})
}
