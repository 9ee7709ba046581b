package top

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// column is a column of the list.
type column int

const (
	byName column = iota
	byState
	byPID
	byUptime
	byCPU
	byMemory
	byRestarts
	columnCount
)

// columns is how each column looks and is sorted.
var columns = [columnCount]struct {
	title   string
	width   int  // of the text; the name has what is left
	left    bool // the text stands at the left
	text    func(Process) string
	compare func(a, b Process) int
	spare   int // how early the column is left out on a narrow screen; 0: never
}{
	byName: {title: "NAME", left: true, text: func(p Process) string { return p.Name },
		compare: func(a, b Process) int { return strings.Compare(a.Name, b.Name) }},
	byState: {title: "STATE", width: 8, left: true, text: func(p Process) string { return p.State },
		compare: func(a, b Process) int { return cmp.Compare(urgency(a.kind()), urgency(b.kind())) }},
	byPID: {title: "PID", width: 7, text: func(p Process) string { return number(int64(p.PID), p.PID != 0) }, spare: 3,
		compare: func(a, b Process) int { return cmp.Compare(a.PID, b.PID) }},
	byUptime: {title: "UPTIME", width: 9, text: func(p Process) string { return duration(p.Uptime) }, spare: 2,
		compare: func(a, b Process) int { return cmp.Compare(b.Uptime, a.Uptime) }},
	byCPU: {title: "CPU%", width: 6, text: func(p Process) string { return percent(p.CPU) },
		compare: func(a, b Process) int { return cmp.Compare(b.CPU, a.CPU) }},
	byMemory: {title: "MEMORY", width: 8, text: func(p Process) string { return size(p.Memory) },
		compare: func(a, b Process) int { return cmp.Compare(b.Memory, a.Memory) }},
	byRestarts: {title: "RESTARTS", width: 9, text: func(p Process) string { return number(int64(p.Restarts), p.Restarts >= 0) }, spare: 1,
		compare: func(a, b Process) int { return cmp.Compare(b.Restarts, a.Restarts) }},
}

// shownColumns returns the columns for which a screen is wide enough, and the
// width of the name.
func shownColumns(width int) (shown []column, nameWidth int) {
	const gap, narrowest = 2, 16
	for spared := 0; ; spared++ {
		shown, nameWidth = nil, width
		for c := range columnCount {
			if s := columns[c].spare; s > 0 && s <= spared {
				continue
			}
			shown = append(shown, c)
			if c != byName {
				nameWidth -= columns[c].width + gap
			}
		}
		if nameWidth >= narrowest || spared == 3 {
			return shown, max(1, nameWidth)
		}
	}
}

// urgency orders states: what has failed comes first.
func urgency(kind string) int {
	for i, s := range []string{"FATAL", "BACKOFF", endedBadly, "STARTING", "STOPPING", "RUNNING", "EXITED", "STOPPED"} {
		if s == kind {
			return i
		}
	}
	return -1
}

func number(n int64, known bool) string {
	if !known {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func percent(cpu float64) string {
	if cpu < 0 {
		return ""
	}
	return strconv.FormatFloat(cpu*100, 'f', 1, 64)
}

// size renders KiB with three digits.
func size(kib int64) string {
	if kib < 0 {
		return ""
	}
	n := float64(kib)
	for _, unit := range []string{"KiB", "MiB", "GiB"} {
		switch {
		case n < 10 && unit != "KiB":
			return strconv.FormatFloat(n, 'f', 1, 64) + " " + unit
		case n < 1000:
			return strconv.FormatFloat(n, 'f', 0, 64) + " " + unit
		}
		n /= 1024
	}
	return strconv.FormatFloat(n, 'f', 1, 64) + " TiB"
}

// duration renders the two biggest units.
func duration(d time.Duration) string {
	s := int64(d / time.Second)
	switch {
	case d < 0:
		return ""
	case s < 3600:
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	case s < 86400:
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%dd %02dh", s/86400, s/3600%24)
}
