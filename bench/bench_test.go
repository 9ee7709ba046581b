//go:build linux && (amd64 || arm64)

package main

import (
	"bytes"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The test binary plays the children of a measurement like the program itself.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && roles[os.Args[1]] != nil {
		main()
		return
	}
	os.Exit(m.Run())
}

func TestFigure(t *testing.T) {
	for x, want := range map[float64]string{
		0: "0", 0.00512: "0.0051", 0.5: "0.5", 1.5: "1.5", 2.004: "2", 12.34: "12.3", 99.96: "100",
		123.4: "123", 1000: "1,000", 45000: "45,000", 1234567: "1,234,567", math.Inf(1): "-",
	} {
		if got := figure(x); got != want {
			t.Errorf("figure(%v) = %s, want %s", x, got, want)
		}
	}
}

func TestTargets(t *testing.T) {
	figures := map[string]float64{"reference": 100, "floor": 10}
	tests := []struct {
		metric metric
		our    float64
		met    bool
	}{
		{less("", "", "", "", atMost(5)), 5, true},
		{less("", "", "", "", atMost(5)), 5.1, false},
		{more("", "", "", "", atLeast(5)), 4.9, false},
		{less("", "", "", "", floorTimes(1.5)), 15, true},
		{less("", "", "", "", floorTimes(1.5)), 16, false},
		{more("", "", "", "", floorTimes(0.9)), 9, true},
		{more("", "", "", "", floorTimes(0.9)), 8, false},
		{less("", "", "", "", betterThanReference(14)), 7, true},
		{less("", "", "", "", betterThanReference(14)), 8, false},
		{more("", "", "", "", referenceTimes(1.15)), 114, false},
	}
	for _, tt := range tests {
		b := tt.metric.targets[0]
		limit, known := b.limit(figures)
		if met := tt.metric.met(tt.our, limit); !known || met != tt.met {
			t.Errorf("%v against %s: met is %v", tt.our, tt.metric.target(b), met)
		}
	}
	if _, known := (bound{"s6", 1}).limit(figures); known {
		t.Error("a contender that was not measured has a limit")
	}
}

func TestEveryMetricIsMeasuredByAScenario(t *testing.T) {
	known := make(map[string]bool)
	for _, s := range scenarios(false) {
		known[s.name] = true
	}
	keys := make(map[string]bool)
	for _, m := range metrics() {
		if !known[m.scenario] {
			t.Errorf("nothing measures %q", m.name)
		}
		if keys[m.key] {
			t.Errorf("two metrics have the key %q", m.key)
		}
		keys[m.key] = true
	}
}

func TestReplaceTable(t *testing.T) {
	document := filepath.Join(t.TempDir(), "performance.md")
	if err := os.WriteFile(document, []byte("a\n"+tableBegin+"old\n"+tableEnd+"b\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := replaceTable(document, []byte("new\n")); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(document)
	if want := "a\n" + tableBegin + "new\n" + tableEnd + "b\n"; err != nil || string(text) != want {
		t.Errorf("the document is %q (%v)", text, err)
	}
	if err := os.WriteFile(document, []byte("a"), 0o644); err != nil {
		t.Fatal(err)
	}
	if replaceTable(document, nil) == nil {
		t.Error("a document without a place for the table was accepted")
	}
}

// The floor needs no other program, so all that is measured with it works here.
func TestTheFloorCanBeMeasured(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r := &run{
		dir: t.TempDir(), self: self, quick: true, metrics: metrics(), log: io.Discard,
		only: regexp.MustCompile("."), with: regexp.MustCompile("."),
		figures: make(map[string]map[string][]float64), private: make(map[string]int64),
	}
	c := floorContender(self, "floor", false)
	steps := map[string]func(d *daemon) error{
		"storm": r.storm, "fleetCalls": r.fleetCalls, "shutdown": r.shutdown,
	}
	err = r.supervise(c, workload{children: 3}, func(d *daemon) error {
		if _, err := d.await(3); err != nil {
			return err
		}
		a, err := d.account()
		if err != nil {
			return err
		}
		if a.pss == 0 || a.private == 0 || a.threads == 0 || a.cpu == 0 || a.switches == 0 {
			t.Errorf("the account is %+v", a)
		}
		for _, name := range []string{"storm", "fleetCalls", "shutdown"} {
			if err := steps[name](d); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.logVariant(c, logVariant{size: 100, total: 100_000}); err != nil {
		t.Error(err)
	}
	for _, key := range []string{"start all", "stop all", "shutdown", "rate 100", "cpu 100"} {
		if len(r.figures[key]["floor"]) == 0 {
			t.Errorf("%s was not measured", key)
		}
	}
	if left, err := os.ReadDir(r.dir); err != nil || len(left) != 0 {
		t.Errorf("a measurement left %v behind (%v)", left, err)
	}
}

func TestTable(t *testing.T) {
	r := &run{
		metrics: []metric{less("", "k", "thing", "ms", atMost(1), floorTimes(2)), more("", "unmeasured", "other", "")},
		only:    regexp.MustCompile(""), all: []contender{{name: "ours"}, {name: "floor"}, {name: "s6"}},
		figures: map[string]map[string][]float64{"k": {"ours": {9, 4, 3}, "floor": {2}, "reference": {400}, "s6": {5}}},
	}
	var out bytes.Buffer
	met, missed := r.write(&out)
	const want = "| thing | ms | 4 | 400 | 2 | 100 | 0.5 | <= 1, <= 2x floor | **no**, yes | s6 5 |"
	if !strings.Contains(out.String(), want) || met != 1 || missed != 1 {
		t.Errorf("%d met, %d missed:\n%s", met, missed, out.String())
	}
}
