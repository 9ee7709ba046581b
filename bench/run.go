//go:build linux && (amd64 || arm64)

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"
)

// run is one run of the program: what is to be measured, and what has been.
type run struct {
	dir     string // for everything that is written
	self    string // this program
	quick   bool
	only    *regexp.Regexp
	with    *regexp.Regexp // the contenders
	all     []contender
	metrics []metric
	log     io.Writer // progress

	figures map[string]map[string][]float64 // by key, by contender
	private map[string]int64                // private memory with one child, by contender
}

// scenario measures some metrics with one contender, once.
type scenario struct {
	name    string
	rounds  int
	slow    bool // takes those who are far behind so long that one round must do
	measure func(*run, contender) error
	fits    func(contender) bool
}

// scenarios are all that is measured, in the order of measuring.
func scenarios(quick bool) []scenario {
	rounds := 3
	if quick {
		rounds = 1
	}
	everybody := func(c contender) bool { return c.name != "splice" }
	return []scenario{
		{"disk", 1, false, (*run).disk, everybody},
		{"fleet 1", rounds, false, (*run).single, everybody},
		{"fleet 100", rounds, false, (*run).hundred, everybody},
		{"fleet 1000", rounds, true, (*run).thousand, everybody},
		{"fleet 5000", 1, true, (*run).fiveThousand, func(c contender) bool {
			// The reference needs minutes to start that many.
			return !quick && (c.name == "ours" || c.name == "floor")
		}},
		{"logs", rounds, false, (*run).logs, func(c contender) bool { return c.can.output }},
		{"talk", rounds, false, (*run).talk, func(c contender) bool { return c.can.output }},
		{"events", rounds, false, (*run).events, func(c contender) bool { return c.can.events }},
	}
}

// wants reports whether one of some metrics is to be measured.
func (r *run) wants(keys ...string) bool {
	return slices.ContainsFunc(r.metrics, func(m metric) bool {
		return slices.Contains(keys, m.key) && r.wantsMetric(m)
	})
}

func (r *run) wantsMetric(m metric) bool {
	return r.only.MatchString(m.name) || r.only.MatchString(m.key) || r.only.MatchString(m.scenario)
}

// sample notes a figure.
func (r *run) sample(key string, c contender, figure float64) {
	if r.figures[key] == nil {
		r.figures[key] = make(map[string][]float64)
	}
	r.figures[key][c.name] = append(r.figures[key][c.name], figure)
}

// measureAll goes through all scenarios. In each round the contenders take
// turns, so that what happens on the machine meanwhile happens to all.
// A measurement that fails does not end the others.
func (r *run) measureAll() error {
	var errs []error
	for _, s := range scenarios(r.quick) {
		if !slices.ContainsFunc(r.metrics, func(m metric) bool { return m.scenario == s.name && r.wantsMetric(m) }) {
			continue
		}
		for round := range s.rounds {
			for _, c := range r.all {
				if !r.with.MatchString(c.name) || !s.fits(c) || s.slow && !r.hasTimeFor(c, round) {
					continue
				}
				began := time.Now()
				if err := s.measure(r, c); err != nil {
					errs = append(errs, fmt.Errorf("%s, %s: %w", s.name, c.name, err))
				}
				fmt.Fprintf(r.log, "%-11s round %d  %-10s %5.1f s\n", s.name, round+1, c.name, time.Since(began).Seconds())
			}
		}
	}
	return errors.Join(errs...)
}

// hasTimeFor reports whether a contender takes part in a round of a scenario
// that is slow.
func (r *run) hasTimeFor(c contender, round int) bool {
	switch c.name {
	case "ours", "floor":
		return true
	case "reference":
		return round == 0
	}
	return round == 0 && !r.quick
}

// supervise runs a workload, has it measured, and cleans up.
func (r *run) supervise(c contender, w workload, measure func(*daemon) error) (err error) {
	d, err := launch(r.dir, c, w)
	if err != nil {
		return err
	}
	defer func() {
		if failure := d.remove(); err == nil {
			err = failure
		}
	}()
	return measure(d)
}

// medians returns the median of each contender for a metric.
func (r *run) medians(m metric) map[string]float64 {
	result := make(map[string]float64)
	for name, figures := range r.figures[m.key] {
		result[name] = median(slices.Clone(figures))
	}
	return result
}

// write writes the table, and returns how many targets were met and missed.
func (r *run) write(out io.Writer) (met, missed int) {
	fmt.Fprintln(out, "| metric | unit | ours | reference | floor | x reference | x floor | target | met | others |")
	fmt.Fprintln(out, "|---|---|--:|--:|--:|--:|--:|---|---|---|")
	for _, m := range r.metrics {
		figures := r.medians(m)
		our, known := figures["ours"]
		if !known || !r.wantsMetric(m) {
			continue
		}
		cell := func(name string) string {
			if x, known := figures[name]; known {
				return figure(x)
			}
			return "-"
		}
		ratio := func(name string) string {
			if x, known := figures[name]; known && our > 0 && x > 0 {
				return figure(m.ratio(our, x))
			}
			return "-"
		}
		var targets, verdicts []string
		for _, b := range m.targets {
			targets = append(targets, m.target(b))
			switch limit, known := b.limit(figures); {
			case !known:
				verdicts = append(verdicts, "?")
			case m.met(our, limit):
				met++
				verdicts = append(verdicts, "yes")
			default:
				missed++
				verdicts = append(verdicts, "**no**")
			}
		}
		var others []string
		for _, c := range r.all {
			if x, known := figures[c.name]; known && !slices.Contains([]string{"ours", "reference", "floor"}, c.name) {
				others = append(others, c.name+" "+figure(x))
			}
		}
		cells := []string{m.name, m.unit, figure(our), cell("reference"), cell("floor"), ratio("reference"), ratio("floor"),
			strings.Join(targets, ", "), strings.Join(verdicts, ", "), strings.Join(others, ", ")}
		fmt.Fprintln(out, "| "+strings.Join(cells, " | ")+" |")
	}
	return met, missed
}

// load returns the load average of the machine.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Join(strings.Fields(string(text))[:2], ", ")
}
