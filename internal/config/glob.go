package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// glob returns the files that match a pattern, sorted: *, ? and [...] stand
// for characters of one path component, a leading dot must be matched by a
// dot, and directories that cannot be read match nothing. (path/filepath.Glob
// differs in dots, in [!...] and in backslashes.)
func glob(pattern string) []string {
	found := expandPattern(pattern)
	slices.Sort(found)
	return found
}

func expandPattern(pattern string) []string {
	dir, base := splitPath(pattern)
	if !isPattern(pattern) {
		if base == "" && !isDirectory(pattern) || !exists(pattern) {
			return nil
		}
		return []string{pattern}
	}
	dirs := []string{dir}
	if isPattern(dir) {
		dirs = expandPattern(dir)
	}
	var found []string
	for _, dir := range dirs {
		if !isPattern(base) {
			if path := joinPath(dir, base); isDirectory(dir) && exists(path) {
				found = append(found, path)
			}
			continue
		}
		entries, err := os.ReadDir(dir)
		if err != nil {
			continue // nothing in it can be included either
		}
		for _, entry := range entries {
			hidden := strings.HasPrefix(entry.Name(), ".") && !strings.HasPrefix(base, ".")
			if !hidden && match(characters(base), characters(entry.Name())) {
				found = append(found, joinPath(dir, entry.Name()))
			}
		}
	}
	return found
}

func isPattern(s string) bool { return strings.ContainsAny(s, "*?[") }

// splitPath cuts a path at its last slash; a directory keeps no trailing
// slashes unless it is the root.
func splitPath(path string) (dir, base string) {
	i := strings.LastIndexByte(path, '/') + 1
	dir, base = path[:i], path[i:]
	if trimmed := strings.TrimRight(dir, "/"); trimmed != "" {
		dir = trimmed
	}
	return dir, base
}

func joinPath(dir, base string) string { return strings.TrimSuffix(dir, "/") + "/" + base }

func exists(path string) bool {
	_, err := os.Lstat(filepath.Clean(path))
	return err == nil
}

func isDirectory(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// match reports whether a name matches a pattern without slashes. It tries
// each * against the shortest text first and goes back to the last one only,
// so its cost is at most the product of the two lengths.
func match(pattern, name []rune) bool {
	p, n := 0, 0
	star, starName := -1, 0
	for n < len(name) {
		if p < len(pattern) && pattern[p] == '*' {
			star, starName = p, n
			p++
			continue
		}
		if width, ok := matchOne(pattern[p:], name[n]); ok {
			p += width
			n++
			continue
		}
		if star < 0 {
			return false
		}
		starName++
		p, n = star+1, starName
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}

// matchOne matches one character against the beginning of a pattern, and
// returns how much of the pattern that is.
func matchOne(pattern []rune, c rune) (width int, ok bool) {
	if len(pattern) == 0 {
		return 0, false
	}
	switch pattern[0] {
	case '?':
		return 1, true
	case '[':
		if set := bracket(pattern); set != nil {
			return len(set) + 2, inSet(set, c)
		}
	}
	return 1, pattern[0] == c
}

// bracket returns what stands between the brackets that a pattern begins with,
// or nil if they do not close. A bracket that comes first is an ordinary one.
func bracket(pattern []rune) []rune {
	start := 1
	if start < len(pattern) && pattern[start] == '!' {
		start++
	}
	if start < len(pattern) && pattern[start] == ']' {
		start++
	}
	if start >= len(pattern) {
		return nil
	}
	end := slices.Index(pattern[start:], ']')
	if end < 0 {
		return nil
	}
	return pattern[1 : start+end]
}

func inSet(set []rune, c rune) bool {
	negate := set[0] == '!'
	if negate {
		set = set[1:]
	}
	found := false
	for i := 0; i < len(set); i++ {
		if i+2 < len(set) && set[i+1] == '-' {
			found = found || set[i] <= c && c <= set[i+2]
			i += 2
			continue
		}
		found = found || set[i] == c
	}
	return found != negate
}
