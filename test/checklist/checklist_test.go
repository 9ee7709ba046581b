package main

import (
	"errors"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// root is the directory of the project.
const root = "../.."

func theList(t *testing.T) []behaviour {
	t.Helper()
	list, err := readList(ids)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < 600 {
		t.Fatalf("the list has only %d lines", len(list))
	}
	return list
}

// Every behaviour is carried by a test.
func TestEveryBehaviourHasATest(t *testing.T) {
	found, err := carriers(os.DirFS(root))
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range uncarried(theList(t), found) {
		t.Errorf("no test carries %s (%s)", b.id, b.label)
	}
}

// What is known of Supervisor and not copied is written down for users.
func TestQuirksAreDocumented(t *testing.T) {
	text, err := os.ReadFile(root + "/docs/compatibility.md")
	if err != nil {
		t.Fatal(err)
	}
	named := mentioned(string(text))
	for _, b := range theList(t) {
		if b.quirk && !slices.Contains(named, b.id) {
			t.Errorf("docs/compatibility.md does not name %s (%s)", b.id, b.label)
		}
	}
}

// The list has the ids of the specification, wherever that is at hand.
func TestListIsThatOfTheSpecification(t *testing.T) {
	text, err := os.ReadFile(root + "/../shared/spec/checklist.md")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the specification is not beside this checkout")
	}
	if err != nil {
		t.Fatal(err)
	}
	specified := make(map[string]bool) // whether the line is a quirk
	for _, m := range regexp.MustCompile(`(?m)^([A-Z]{3}-\d{3}) (.*)$`).FindAllStringSubmatch(string(text), -1) {
		specified[m[1]] = strings.Contains(m[2], "[Q]")
	}
	for _, b := range theList(t) {
		quirk, ok := specified[b.id]
		switch {
		case !ok:
			t.Errorf("%s is listed twice, or not specified", b.id)
		case quirk != b.quirk:
			t.Errorf("%s: specified as a quirk: %v, listed as one: %v", b.id, quirk, b.quirk)
		}
		delete(specified, b.id)
	}
	for id := range specified {
		t.Errorf("%s is not listed", id)
	}
}

func TestCarriers(t *testing.T) {
	tree := fstest.MapFS{
		"x/x_test.go": {Data: []byte(`// Package x is about AAA-001.
package x

import "testing" // AAA-002

// TestOne is for AAA-003.
func Test_AAA_004(t *testing.T) { t.Run("AAA-005 to AAA-007", nil) }

func TestRange_AAA_010_to_AAA_012_AAA_014(t *testing.T) {}
`)},
		"x/x.go":                   {Data: []byte("package x // AAA-020\n")},
		"x/testdata/script.txtar":  {Data: []byte("# AAA-021\n")},
		"x/scenarios/a.txt":        {Data: []byte("AAA-022\n")},
		"x/notes.md":               {Data: []byte("AAA-023\n")},
		"test/checklist/other.txt": {Data: []byte("AAA-024\n")},
		".git/a.txt":               {Data: []byte("AAA-025\n")},
	}
	found, err := carriers(tree)
	if err != nil {
		t.Fatal(err)
	}
	var have []string
	for id := range found {
		have = append(have, strings.TrimPrefix(id, "AAA-"))
	}
	slices.Sort(have)
	const want = "003 004 005 006 007 010 011 012 014 021 022"
	if got := strings.Join(have, " "); got != want {
		t.Errorf("found %s, not %s", got, want)
	}
	list := []behaviour{{id: "AAA-003"}, {id: "AAA-001"}, {id: "AAA-020"}}
	if got := uncarried(list, found); len(got) != 2 || got[0].id != "AAA-001" || got[1].id != "AAA-020" {
		t.Errorf("without a test: %v", got)
	}
}

func TestReadList(t *testing.T) {
	list, err := readList("# comment\n\nCFG-001 a file\nCFG-002 ! a bug\n")
	if err != nil || len(list) != 2 || list[0] != (behaviour{"CFG-001", "a file", false}) || list[1] != (behaviour{"CFG-002", "a bug", true}) {
		t.Errorf("%v, %v", list, err)
	}
	for _, text := range []string{"CFG-1 x", "CFG-001", "x CFG-001"} {
		if _, err := readList(text); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
}
