//go:build linux && (amd64 || arm64)

package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
)

// metric is one row of the table.
type metric struct {
	key      string
	scenario string // what measures it
	name     string
	unit     string
	more     bool // more is better
	targets  []bound
}

// bound is what a metric of ours must keep to: a figure, or that of another
// contender times a factor.
type bound struct {
	of     string // a contender; empty: none, the factor is the figure
	factor float64
}

func atMost(figure float64) bound             { return bound{"", figure} }
func atLeast(figure float64) bound            { return bound{"", figure} }
func floorTimes(factor float64) bound         { return bound{"floor", factor} }
func referenceTimes(factor float64) bound     { return bound{"reference", factor} }
func betterThanReference(times float64) bound { return referenceTimes(1 / times) }

// less is a metric of which less is better.
func less(scenario, key, name, unit string, targets ...bound) metric {
	return metric{key, scenario, name, unit, false, targets}
}

// more is a metric of which more is better.
func more(scenario, key, name, unit string, targets ...bound) metric {
	return metric{key, scenario, name, unit, true, targets}
}

// metrics returns the whole table, in the order of printing.
func metrics() []metric {
	return slices.Concat([]metric{
		less("fleet 1", "memory 1", "memory (PSS), 1 child", "MiB", atMost(10)),
		less("fleet 100", "memory 100", "memory, 100 children", "MiB"),
		less("fleet 1000", "memory 1000", "memory, 1,000 children", "MiB", atMost(18)),
		less("fleet 5000", "memory 5000", "memory, 5,000 children", "MiB", atMost(54)),
		less("fleet 1000", "private", "private memory per further child", "KiB", atMost(8)),
		less("fleet 1000", "threads", "threads, 1,000 children", "", atMost(16)),
		less("fleet 1000", "wake-ups", "wake-ups a minute, idle, 1,000 children", "", atMost(2)),
		less("fleet 1000", "idle", "idle CPU a minute, 1,000 children", "ms", atMost(2)),
		less("fleet 1", "first", "exec of the daemon to its first child", "ms", atMost(10)),
		less("fleet 100", "start 100", "start of 100, until the last runs", "ms", floorTimes(1.5)),
		less("fleet 1000", "start 1000", "start of 1,000, until the last runs", "ms", floorTimes(1.5)),
		less("fleet 1000", "start cpu", "start of 1,000, CPU with children", "ms", floorTimes(1.5)),
		less("fleet 100", "crash p50", "crash to new child, p50", "ms", floorTimes(2)),
		less("fleet 100", "crash p99", "crash to new child, p99", "ms"),
		less("fleet 100", "storm 100", "storm: 100 die at once, until all are back", "ms", floorTimes(1.5)),
		less("fleet 1000", "storm 1000", "storm: 1,000", "ms", floorTimes(1.5)),
	}, logMetrics(), []metric{
		less("talk", "talk", "100 children at 1 MB/s each, CPU", "%", atMost(25)),
		less("fleet 100", "state p50", "getState, 100 processes, 1 client, p50", "us", floorTimes(1.5)),
		more("fleet 100", "state rate", "getState, 8 clients", "/s", atLeast(45_000)),
		less("fleet 100", "all p50", "getAllProcessInfo, 100 processes, p50", "ms", atMost(0.15)),
		less("fleet 1000", "all cpu", "getAllProcessInfo, 1,000, server CPU a request", "ms", atMost(0.8)),
		less("fleet 1000", "slow client", "slowest of 200 getState beside a stalled download", "ms", atMost(5)),
		less("fleet 100", "stop all", "stop all by RPC, 100", "ms", floorTimes(2)),
		less("fleet 100", "start all", "start all by RPC, 100", "ms", floorTimes(1.5)),
		less("fleet 100", "restart all", "restart all by RPC, 100", "ms", floorTimes(2)),
		less("fleet 100", "shutdown", "shutdown by SIGTERM, 100", "ms", floorTimes(2.5)),
		more("events", "remote rate", "events to a listener, REMOTE_COMMUNICATION", "/s", atLeast(20_000)),
		less("events", "remote cpu", "the same, CPU each", "us", atMost(40)),
		more("events", "log rate", "lines to a listener, PROCESS_LOG", "/s", atLeast(60_000)),
		less("events", "log cpu", "the same, CPU a line", "us"),
		less("fleet 1", "status 1", "supervisorctl status, 1 process, wall", "ms", atMost(7)),
		less("fleet 1", "status cpu 1", "the same, CPU", "ms", betterThanReference(14)),
		less("fleet 100", "status 100", "supervisorctl status, 100 processes, wall", "ms", atMost(9)),
		less("fleet 100", "status cpu 100", "the same, CPU", "ms"),
		less("disk", "disk", "size on disk, daemon and client", "MB", atMost(16)),
	})
}

// logMetrics are the rows about carrying output to log files.
func logMetrics() (rows []metric) {
	for _, v := range logVariants() {
		var rate, cpu []bound
		switch v.key() {
		case "4096":
			rate = []bound{referenceTimes(1.15), floorTimes(0.9)}
		case "65536", "4096 rotate", "65536 rotate":
			cpu = []bound{betterThanReference(1.2)}
		case "100":
			cpu = []bound{betterThanReference(1)}
		}
		rows = append(rows,
			more("logs", "rate "+v.key(), "log capture, "+v.name(), "MB/s", rate...),
			less("logs", "cpu "+v.key(), "the same, CPU", "s/GB", cpu...))
	}
	return rows
}

// limit is the figure that a bound means in a run. It is unknown if the other
// contender was not measured.
func (b bound) limit(figures map[string]float64) (float64, bool) {
	if b.of == "" {
		return b.factor, true
	}
	other, known := figures[b.of]
	return b.factor * other, known
}

// met reports whether our figure keeps to a limit.
func (m metric) met(our, limit float64) bool {
	if m.more {
		return our >= limit
	}
	return our <= limit
}

// target is the bound as the table shows it.
func (m metric) target(b bound) string {
	sign := "<= "
	if m.more {
		sign = ">= "
	}
	switch {
	case b.of == "":
		return sign + figure(b.factor)
	case b.of == "reference" && !m.more && b.factor < 1:
		return figure(1/b.factor) + "x less than ref."
	case b.of == "reference":
		return sign + figure(b.factor) + "x ref."
	}
	return sign + figure(b.factor) + "x floor"
}

// ratio says how many times better a figure is than another one.
func (m metric) ratio(our, other float64) float64 {
	if m.more {
		return our / other
	}
	return other / our
}

// figure renders a figure with three digits, or all of a larger one.
func figure(x float64) string {
	switch size := math.Abs(x); {
	case math.IsNaN(x) || math.IsInf(x, 0):
		return "-"
	case size >= 100 || x == math.Trunc(x):
		return thousands(int64(math.Round(x)))
	case size >= 10:
		return trim(strconv.FormatFloat(x, 'f', 1, 64))
	case size >= 1:
		return trim(strconv.FormatFloat(x, 'f', 2, 64))
	}
	return trim(strconv.FormatFloat(x, 'g', 2, 64))
}

// trim leaves the digits that say something.
func trim(s string) string {
	for len(s) > 1 && s[len(s)-1] == '0' {
		s = s[:len(s)-1]
	}
	if s[len(s)-1] == '.' {
		return s[:len(s)-1]
	}
	return s
}

// thousands renders a whole number with commas.
func thousands(n int64) string {
	if n < 1000 {
		return strconv.FormatInt(n, 10)
	}
	return thousands(n/1000) + fmt.Sprintf(",%03d", n%1000)
}

// median returns the middle of some figures, which it sorts.
func median(figures []float64) float64 { return quantile(figures, 0.5) }

// quantile returns the figure below which that part of all lies. It sorts them.
func quantile(figures []float64, part float64) float64 {
	if len(figures) == 0 {
		return math.NaN()
	}
	slices.Sort(figures)
	return figures[min(int(part*float64(len(figures))), len(figures)-1)]
}
