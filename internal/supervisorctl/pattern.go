package supervisorctl

import (
	"context"
	"path"
	"slices"
	"strings"

	"supervisor/internal/wire"
)

// isPattern reports whether a name may stand for several: worker_*, web:*_0?,
// [ab]:x. group:* stands for a group, which the server knows how to deal with.
func isPattern(given string) bool {
	group, process, _ := strings.Cut(given, ":")
	return hasWildcard(group) || process != "*" && hasWildcard(process)
}

func hasWildcard(text string) bool { return strings.ContainsAny(text, "*?[") }

// matching returns the processes that a pattern matches. Without a colon it is
// matched with the names of the processes, in whatever group they are; with one,
// group and process are matched each with its own part. A process whose name is
// the pattern itself, however odd, comes before all that would match.
func matching(all []wire.ProcessInfo, given string) []wire.ProcessInfo {
	if p, ok := findProcess(all, parseName(given)); ok {
		return []wire.ProcessInfo{p}
	}
	group, process, qualified := strings.Cut(given, ":")
	switch {
	case !qualified:
		group, process = "*", given
	case process == "":
		process = "*"
	}
	var found []wire.ProcessInfo
	for _, p := range all {
		if matches(group, p.Group) && matches(process, p.Name) {
			found = append(found, p)
		}
	}
	return found
}

// matches has no error: a pattern that makes no sense matches nothing.
func matches(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}

// expand returns what each name stands for. A pattern that matches nothing stays
// as it is, and the server does not know it. What an earlier name has brought
// already is not brought again by a pattern.
func (s *session) expand(ctx context.Context, names []string) ([][]string, error) {
	var all []wire.ProcessInfo
	if slices.ContainsFunc(names, isPattern) {
		var err error
		if all, err = s.allProcesses(ctx); err != nil {
			return nil, err
		}
	}
	meant := make([][]string, len(names))
	seen := make(map[string]bool)
	for i, name := range names {
		found := []wire.ProcessInfo(nil)
		if isPattern(name) {
			found = matching(all, name)
		}
		if len(found) == 0 {
			meant[i] = []string{name}
			seen[name] = true
			continue
		}
		for _, p := range found {
			if full := displayName(p.Group, p.Name); !seen[full] {
				seen[full] = true
				meant[i] = append(meant[i], full)
			}
		}
	}
	return meant, nil
}

// expanded is expand for who does not care which name stood for what.
func (s *session) expanded(ctx context.Context, names []string) ([]string, error) {
	meant, err := s.expand(ctx, names)
	return slices.Concat(meant...), err
}
