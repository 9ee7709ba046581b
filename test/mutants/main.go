// Command mutants proves that the comparison with Supervisor bites: it plants
// mistakes, one at a time, and plays the scenarios of test/differential that
// should notice. A mistake that nobody notices is a test that is missing.
//
// The mistakes are planted by the compiler (go build -overlay), so no file of the
// project is touched. It takes a few minutes and needs an installed Supervisor,
// so it is not part of the tests: make mutants runs it. An argument is a pattern
// for the names of the mistakes to plant.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// mutant is one mistake.
type mutant struct {
	name      string
	file      string // relative to the project
	right     string // occurs in it once
	wrong     string // stands there instead
	scenarios string
}

func main() {
	if err := run(strings.Join(os.Args[1:], " ")); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

// run plants all mistakes whose names match, after it has seen that the scenarios
// pass without.
func run(pattern string) error {
	wanted, err := regexp.Compile(pattern)
	if err != nil {
		return err
	}
	var scenarios []string
	for _, m := range mutants {
		if wanted.MatchString(m.name) {
			scenarios = append(scenarios, m.scenarios)
		}
	}
	if len(scenarios) == 0 {
		return errors.New("there is no such mistake")
	}
	if noticed, err := plant(mutant{}, scenarios); err != nil || noticed {
		return errors.Join(errors.New("the scenarios do not pass without a mistake"), err)
	}
	var missed []string
	for _, m := range mutants {
		if !wanted.MatchString(m.name) {
			continue
		}
		noticed, err := plant(m, []string{m.scenarios})
		if err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		if !noticed {
			missed = append(missed, m.name)
		}
		fmt.Printf("%-8s %s\n", map[bool]string{true: "caught", false: "MISSED"}[noticed], m.name)
	}
	fmt.Printf("%d of %d caught\n", len(scenarios)-len(missed), len(scenarios))
	if missed != nil {
		return errors.New("not caught: " + strings.Join(missed, ", "))
	}
	return nil
}

// plant builds our programs with a mistake, or without one, and reports whether
// the scenarios notice.
func plant(m mutant, scenarios []string) (noticed bool, err error) {
	dir, err := os.MkdirTemp("", "mutant")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil { // some scenarios run as somebody else
		return false, err
	}
	options := []string{"build", "-o", dir + "/"}
	if m.file != "" {
		overlay, err := m.overlay(dir)
		if err != nil {
			return false, err
		}
		options = append(options, "-overlay", overlay)
	}
	if out, err := exec.Command("go", append(options, "./cmd/...")...).CombinedOutput(); err != nil {
		return false, fmt.Errorf("it cannot be built: %w\n%s", err, out)
	}
	play := exec.Command("go", "test", "-count=1", "-timeout", "1h", "./test/differential", "-run", selection(scenarios))
	play.Env = append(os.Environ(), "DIFFERENTIAL_PROGRAMS="+dir, "CI=true")
	out, err := play.CombinedOutput()
	switch {
	case err == nil:
		return false, nil
	case bytes.Contains(out, []byte("--- FAIL: TestScenarios/")):
		if m.file == "" {
			err = errors.New(string(out))
		}
		return true, nil
	}
	return false, fmt.Errorf("the scenarios cannot be played: %w\n%s", err, out)
}

// selection makes a pattern for go test -run, which is matched part by part.
func selection(scenarios []string) string {
	var areas, names []string
	for _, s := range scenarios {
		area, name, _ := strings.Cut(s, "/")
		areas, names = append(areas, area), append(names, name)
	}
	return "^TestScenarios$/^(" + strings.Join(areas, "|") + ")$/^(" + strings.Join(names, "|") + ")$"
}

// overlay writes the file with the mistake, and what tells the compiler to use it.
func (m mutant) overlay(dir string) (string, error) {
	text, err := os.ReadFile(m.file)
	if err != nil {
		return "", err
	}
	if n := strings.Count(string(text), m.right); n != 1 {
		return "", fmt.Errorf("%s holds %q %d times", m.file, m.right, n)
	}
	planted := filepath.Join(dir, "planted.go")
	if err := os.WriteFile(planted, []byte(strings.Replace(string(text), m.right, m.wrong, 1)), 0o644); err != nil {
		return "", err
	}
	original, err := filepath.Abs(m.file)
	if err != nil {
		return "", err
	}
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{original: planted}})
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, "overlay.json")
	return name, os.WriteFile(name, overlay, 0o644)
}
