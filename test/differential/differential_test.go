//go:build linux

// Package differential holds the proof that supervisord and supervisorctl are
// equal to Supervisor's wherever a client could notice: the same scenarios are
// played by both, and what they show is compared step by step.
//
// The scenarios are in the directory scenarios, in the form that script_test.go
// reads; the verbs are in steps_test.go; what is forgiven is in normal_test.go.
// A wanted difference carries its id in docs/compatibility.md and what we say
// instead.
//
// The package has tests only. They need an installed Supervisor; without it they
// are skipped, but not in CI. DIFFERENTIAL_SELF=1 compares Supervisor with
// itself: a scenario that fails then does not depend on the programs alone.
// DIFFERENTIAL_SHOW=1 shows what the reference says, for writing scenarios.
package differential

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// reference is where Debian installs Supervisor's programs.
const reference programs = "/usr/bin"

func TestScenarios(t *testing.T) {
	requireReference(t)
	ours := reference
	if os.Getenv("DIFFERENTIAL_SELF") == "" {
		ours = build(t)
	}
	wanted := wantedDifferences(t)
	all, err := readScenarios("scenarios")
	if err != nil {
		t.Fatal(err)
	}
	var compared atomic.Int64
	t.Cleanup(func() { t.Logf("%d steps compared in %d scenarios", compared.Load(), len(all)) })
	for _, sc := range all {
		t.Run(sc.area+"/"+sc.name, func(t *testing.T) {
			t.Parallel()
			if slices.Contains(sc.flags, "root") && os.Getuid() != 0 {
				t.Skip("needs to be root")
			}
			pairs := []pair{{"ours", ours, ours}}
			if slices.Contains(sc.flags, "crosswise") && ours != reference {
				pairs = append(pairs, pair{"our daemon", ours, reference}, pair{"our client", reference, ours})
			}
			for attempt := 1; ; attempt++ {
				steps, differences := playAll(t, sc, pairs, wanted)
				if len(differences) == 0 {
					compared.Add(steps)
					return
				}
				if attempt == attempts {
					t.Fatal(strings.Join(differences, "\n"))
				}
				t.Logf("played again, because it came out differently:\n%s", strings.Join(differences, "\n"))
			}
		})
	}
}

// attempts is how often a scenario is played before a difference counts. Much in
// the reference is chance: which of two children is reaped first, which turn of
// its loop sees an exit. A difference that is ours comes every time.
const attempts = 3

// playAll plays a scenario with the reference and with all pairs, and returns how
// many steps were compared and what differed.
func playAll(t *testing.T, sc scenario, pairs []pair, wanted map[string]bool) (steps int64, differences []string) {
	t.Helper()
	theirs := play(t, sc, pair{"reference", reference, reference})
	if os.Getenv("DIFFERENTIAL_SHOW") != "" {
		show(t, theirs)
	}
	for _, p := range pairs {
		n, found := compare(sc, p, theirs, play(t, sc, p), wanted)
		steps += n
		differences = append(differences, found...)
	}
	return steps, differences
}

// compare compares two transcripts and returns how many steps showed something,
// and what is wrong.
func compare(sc scenario, p pair, theirs, got []line, wanted map[string]bool) (compared int64, wrong []string) {
	complain := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	if last := theirs[len(theirs)-1]; last.failed {
		complain("the reference cannot play line %d, %s:\n%s", last.step.line, last.step.text, last.text)
	}
	for i := range min(len(theirs), len(got)) {
		st, a, b := theirs[i].step, theirs[i].text, got[i].text
		if a != "" || b != "" {
			compared++
		}
		expected := a
		if st.differs != "" && p.daemon != reference && p.client != reference {
			expected = strings.Join(append(slices.Clone(st.ours), ""), "\n")
			switch {
			case !wanted[st.differs]:
				complain("line %d: docs/compatibility.md lists no %s", st.line, st.differs)
			case a == b:
				complain("line %d: there is no difference %s:\n%s", st.line, st.differs, a)
			}
		} else if st.differs != "" {
			continue // which side the difference is on is not written down
		}
		if expected != b {
			complain("%s/%s.txt:%d: %s (%s):\n%s", "scenarios", sc.area, st.line, st.text, p.name, diff(expected, b))
		}
	}
	if last := got[len(got)-1]; last.failed {
		complain("%s cannot play line %d, %s:\n%s", p.name, last.step.line, last.step.text, last.text)
	}
	return compared, wrong
}

// show logs a transcript.
func show(t *testing.T, lines []line) {
	t.Helper()
	var b strings.Builder
	for _, l := range lines {
		fmt.Fprintf(&b, "%s\n%s", l.step.text, l.text)
	}
	t.Log(b.String())
}

// requireReference skips a test where Supervisor is not installed, but not in CI.
func requireReference(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(string(reference), "supervisord")); err == nil {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("Supervisor is not installed")
	}
	t.Skip("Supervisor is not installed")
}

// build builds our programs, unless DIFFERENTIAL_PROGRAMS is the directory of some.
func build(t *testing.T) programs {
	t.Helper()
	if dir := os.Getenv("DIFFERENTIAL_PROGRAMS"); dir != "" {
		return programs(dir)
	}
	dir := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", dir+"/", "../../cmd/...").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return programs(dir)
}

// wantedDifferences returns the ids that docs/compatibility.md lists.
func wantedDifferences(t *testing.T) map[string]bool {
	t.Helper()
	text, err := os.ReadFile("../../docs/compatibility.md")
	if err != nil {
		t.Fatal(err)
	}
	ids := make(map[string]bool)
	for _, m := range regexp.MustCompile(`(?m)^\| ([A-Z]{3}-\d{3}) \|`).FindAllStringSubmatch(string(text), -1) {
		ids[m[1]] = true
	}
	if len(ids) == 0 {
		t.Fatal(fmt.Errorf("docs/compatibility.md lists no differences"))
	}
	return ids
}
