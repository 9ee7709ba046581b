// Package pattern has regular expressions that cost nothing until they are used.
// Those that explain a failure or check a file are many, and most daemons never
// need one: compiled at each start they would take a millisecond, and more
// memory than fifty programs do.
package pattern

import (
	"regexp"
	"sync"
)

// Pattern is a regular expression. Its methods are those of regexp.Regexp. It is
// safe for concurrent use.
type Pattern func() *regexp.Regexp

// Lazy returns the pattern of an expression, which is compiled when it is used
// first. One that cannot be compiled is a mistake in the program, for which that
// use panics.
func Lazy(expression string) Pattern {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

// MatchString reports whether the pattern occurs in s.
func (p Pattern) MatchString(s string) bool { return p().MatchString(s) }

// FindString returns the first occurrence in s; empty: there is none.
func (p Pattern) FindString(s string) string { return p().FindString(s) }

// FindStringIndex returns where the first occurrence in s is; nil: nowhere.
func (p Pattern) FindStringIndex(s string) []int { return p().FindStringIndex(s) }

// FindStringSubmatch returns the first occurrence in s and its groups.
func (p Pattern) FindStringSubmatch(s string) []string { return p().FindStringSubmatch(s) }

// FindStringSubmatchIndex returns where the first occurrence in s and its groups are.
func (p Pattern) FindStringSubmatchIndex(s string) []int { return p().FindStringSubmatchIndex(s) }

// FindAllString returns up to n occurrences in s; all if n is negative.
func (p Pattern) FindAllString(s string, n int) []string { return p().FindAllString(s, n) }

// FindAllStringIndex returns where up to n occurrences in s are.
func (p Pattern) FindAllStringIndex(s string, n int) [][]int { return p().FindAllStringIndex(s, n) }

// FindAllStringSubmatch returns up to n occurrences in s and their groups.
func (p Pattern) FindAllStringSubmatch(s string, n int) [][]string {
	return p().FindAllStringSubmatch(s, n)
}

// FindAllStringSubmatchIndex returns where up to n occurrences in s and their groups are.
func (p Pattern) FindAllStringSubmatchIndex(s string, n int) [][]int {
	return p().FindAllStringSubmatchIndex(s, n)
}

// ReplaceAllString returns s with every occurrence replaced, as by
// regexp.Regexp.
func (p Pattern) ReplaceAllString(s, with string) string { return p().ReplaceAllString(s, with) }

// ReplaceAllStringFunc returns s with every occurrence replaced by what f makes
// of it.
func (p Pattern) ReplaceAllStringFunc(s string, f func(string) string) string {
	return p().ReplaceAllStringFunc(s, f)
}
