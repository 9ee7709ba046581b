package corpus

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// freeProse is where messages of the reference stop being fixed and go on in
// words that are ours (config.md, first lines).
var freeProse = []string{
	"contains incomplete authentication: ", "=true but this is not allowed", "set to a filename", "but this is deprecated", "without rollover",
}

// ourNotes are beginnings of messages that the reference does not have.
var ourNotes = []string{"More than one ", "cannot read included file", "[fcgi-program:"}

// secrets are values that only the reference shows (DIF-064).
var secrets = regexp.MustCompile(`(?s)^((?:Error: )?Format string )'.*'( for '(?:\S+\.)?(?:password|environment)')`)

// fixed cuts a message where free prose begins, and hides what we hide.
func fixed(message string) string {
	message = secrets.ReplaceAllString(message, "$1'***'$2")
	if before, _, found := strings.Cut(message, "Unexpected end of key/value pairs in value "); found {
		return before + "Unexpected end of key/value pairs in value "
	}
	for _, end := range freeProse {
		if i := strings.Index(message, end); i >= 0 {
			return message[:i+len(end)]
		}
	}
	return message
}

// fixedNotes cuts every message, and leaves out those that are only ours.
func fixedNotes(list any) any {
	all := []any{}
	notes, _ := list.([]any)
	for _, note := range notes {
		text := note.(string)
		if !slices.ContainsFunc(ourNotes, func(p string) bool { return strings.HasPrefix(text, p) }) {
			all = append(all, fixed(text))
		}
	}
	return all
}

// comparable makes two answers comparable by undoing what is different on
// purpose.
func comparable(a answer) answer {
	if text, ok := a["error"].(string); ok {
		return answer{"error": fixed(text)}
	}
	if _, ok := a["ctl"]; ok {
		return answer{"ctl": known(a["ctl"].(map[string]any), "")}
	}
	a["warnings"], a["infos"] = fixedNotes(a["warnings"]), fixedNotes(a["infos"])
	permissionBits(a["daemon"].(map[string]any), "umask", 0o7777)
	for _, s := range a["servers"].([]any) {
		s := s.(map[string]any)
		delete(s, "name")
		delete(s, "family")
		known(s, "")
		permissionBits(s, "chmod", 0o7777)
	}
	a["groups"] = firstOfEachName(a["groups"].([]any))
	for _, g := range a["groups"].([]any) {
		comparableGroup(g.(map[string]any))
	}
	return a
}

func comparableGroup(g map[string]any) {
	processes := lastOfEachName(g["processes"].([]any))
	g["processes"] = processes
	if s, ok := g["socket"].(map[string]any); ok {
		permissionBits(s, "mode", 0o7777)
		if len(processes) == 0 {
			delete(g, "socket") // nobody is left who could use it
		}
	}
	for _, p := range processes {
		p := p.(map[string]any)
		permissionBits(p, "umask", 0o7777)
		for _, key := range []string{"serverurl", "directory", "stdout_logfile", "stderr_logfile"} {
			if p[key] == nil {
				p[key] = ""
			}
		}
	}
}

// known puts a value in the place of nothing.
func known(m map[string]any, nothing any) map[string]any {
	for key, value := range m {
		if value == nil {
			m[key] = nothing
		}
	}
	return m
}

func permissionBits(m map[string]any, key string, mask int) {
	if n, ok := m[key].(float64); ok {
		m[key] = float64(int(n) & mask)
	}
}

// firstOfEachName is what the reference uses of groups with the same name.
func firstOfEachName(list []any) []any {
	seen := map[any]bool{}
	return slices.DeleteFunc(list, func(item any) bool {
		name := item.(map[string]any)["name"]
		defer func() { seen[name] = true }()
		return seen[name]
	})
}

// lastOfEachName is what the reference uses of processes with the same name.
func lastOfEachName(list []any) []any {
	place := map[any]int{}
	kept := []any{}
	for _, item := range list {
		name := item.(map[string]any)["name"]
		if i, ok := place[name]; ok {
			kept[i] = item
			continue
		}
		place[name] = len(kept)
		kept = append(kept, item)
	}
	return kept
}

// differences lists where two values differ.
func differences(where string, want, got any) []string {
	switch want := want.(type) {
	case map[string]any:
		got, ok := got.(map[string]any)
		if !ok {
			break
		}
		keys := map[string]bool{}
		for key := range want {
			keys[key] = true
		}
		for key := range got {
			keys[key] = true
		}
		var all []string
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			all = append(all, differences(where+"."+key, want[key], got[key])...)
		}
		return all
	case []any:
		got, ok := got.([]any)
		if !ok || len(got) != len(want) {
			break
		}
		var all []string
		for i := range want {
			all = append(all, differences(fmt.Sprintf("%s[%d]", where, i), want[i], got[i])...)
		}
		return all
	case string:
		if got, ok := got.(string); ok && oneSlash(want) == oneSlash(got) {
			return nil
		}
	default:
		if want == got {
			return nil
		}
	}
	return []string{fmt.Sprintf("%s:\n\treference: %v\n\tours:      %v", where, want, got)}
}

// oneSlash makes one of the two slashes that Python leaves at the beginning of
// a path.
func oneSlash(s string) string {
	s = strings.Replace(s, "unix:////", "unix:///", 1)
	if strings.HasPrefix(s, "//") {
		return s[1:]
	}
	return s
}

// same loads one file with both and reports how they differ. It returns the
// reference's answer.
func (r *reference) same(t *testing.T, req request) answer {
	t.Helper()
	theirs := r.load(t, req)
	want := comparable(theirs)
	got := comparable(load(t, req))
	for _, d := range differences("", map[string]any(want), map[string]any(got)) {
		t.Error(d)
	}
	return theirs
}
