// Package fold shortens lists of names for people. It knows nothing but texts.
package fold

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Enough is from how many neighbours on names are told as a range: fewer are as
// easily read one by one.
const Enough = 4

// family is what stands around the number in a name.
type family struct{ before, after string }

// numberedName is a name with a number in it.
type numberedName struct {
	family
	digits string
	value  int
}

func (n numberedName) String() string { return n.before + n.digits + n.after }

// precedes reports whether another name has the number after that of this one,
// written with as many zeros.
func (n numberedName) precedes(other numberedName) bool {
	return n.family == other.family && other.digits == fmt.Sprintf("%0*d", len(n.digits), n.value+1)
}

// Names shortens a list of names: where names differ in nothing but a
// number that counts up, it has the first, the last and how many they are, like
// "web:web_00 .. web_99 (100)", in the place of the first.
func Names(names []string) (parts []string) {
	sizes := make(map[family]int)
	for _, name := range names {
		for _, n := range numbersIn(name) {
			sizes[n.family]++
		}
	}
	members := make(map[family][]numberedName)
	counted := make([]numberedName, len(names)) // by their numbers; zero: the name has none
	for i, name := range names {
		// Which number it is that counts cannot be seen in one name; among equals it
		// is the last.
		for _, n := range numbersIn(name) {
			if counted[i].digits == "" || sizes[n.family] >= sizes[counted[i].family] {
				counted[i] = n
			}
		}
		if counted[i].digits != "" {
			members[counted[i].family] = append(members[counted[i].family], counted[i])
		}
	}
	for i, name := range names {
		if counted[i].digits == "" {
			parts = append(parts, name)
			continue
		}
		parts = append(parts, ranges(members[counted[i].family])...)
		delete(members, counted[i].family)
	}
	return parts
}

// Split divides the names of two lists into those that are in both, in the order of
// the first, and those that are in one of them only.
func Split(a, b []string) (both, onlyA, onlyB []string) {
	inA := make(map[string]bool, len(a))
	for _, name := range a {
		inA[name] = true
	}
	inB := make(map[string]bool, len(b))
	for _, name := range b {
		inB[name] = true
		if !inA[name] {
			onlyB = append(onlyB, name)
		}
	}
	for _, name := range a {
		if inB[name] {
			both = append(both, name)
		} else {
			onlyA = append(onlyA, name)
		}
	}
	return both, onlyA, onlyB
}

// numbersIn returns a name once for each number in it.
func numbersIn(name string) (list []numberedName) {
	const digits = "0123456789"
	for end := 0; end < len(name); {
		begin := strings.IndexAny(name[end:], digits)
		if begin < 0 {
			break
		}
		begin += end
		end = begin + len(name[begin:]) - len(strings.TrimLeft(name[begin:], digits))
		// What is too large for a number counts nothing.
		if value, err := strconv.Atoi(name[begin:end]); err == nil {
			list = append(list, numberedName{family{name[:begin], name[end:]}, name[begin:end], value})
		}
	}
	return list
}

// ranges tells the names of one family.
func ranges(names []numberedName) (parts []string) {
	slices.SortStableFunc(names, func(a, b numberedName) int { return cmp.Compare(a.value, b.value) })
	for len(names) > 0 {
		n := 1
		for n < len(names) && names[n-1].precedes(names[n]) {
			n++
		}
		if n < Enough {
			parts = append(parts, names[0].String())
			names = names[1:]
			continue
		}
		last := names[n-1].String()
		if group, process, ok := strings.Cut(last, ":"); ok && strings.HasPrefix(names[0].before, group+":") {
			last = process
		}
		parts = append(parts, fmt.Sprintf("%s .. %s (%d)", names[0], last, n))
		names = names[n:]
	}
	return parts
}
