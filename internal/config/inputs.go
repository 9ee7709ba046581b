package config

import (
	"os"
	"slices"
	"time"
)

// settled is how old a file must be for its time to prove that it has not
// changed since: of two writes in a row the second may leave the same time.
const settled = 2 * time.Second

// inputs is what was read to make a configuration, and how it looked then.
type inputs struct {
	at       time.Time // before anything was read
	files    []input
	patterns []inclusion
}

// input is one file.
type input struct {
	path string
	info os.FileInfo // nil: it could not be looked at
}

// inclusion is a pattern of [include] and what it matched.
type inclusion struct {
	pattern string
	matches []string
}

// add notes how a file looks before it is read.
func (i *inputs) add(path string) {
	info, err := os.Stat(path)
	if err != nil {
		info = nil
	}
	i.files = append(i.files, input{path, info})
}

func (i *inputs) match(pattern string, matches []string) {
	i.patterns = append(i.patterns, inclusion{pattern, matches})
}

// Current reports whether the files that the configuration was read from are
// as they were, and no other ones would be included now. It looks at names,
// sizes and times only, so it costs little. It does not know of what else a
// configuration depends on: users, directories, the host's name.
func (c *Config) Current() bool {
	for _, p := range c.inputs.patterns {
		if !slices.Equal(p.matches, glob(p.pattern)) {
			return false
		}
	}
	for _, f := range c.inputs.files {
		info, err := os.Stat(f.path)
		if err != nil || f.info == nil {
			return false
		}
		if info.Size() != f.info.Size() || !info.ModTime().Equal(f.info.ModTime()) || !os.SameFile(info, f.info) ||
			info.ModTime().After(c.inputs.at.Add(-settled)) {
			return false
		}
	}
	return len(c.inputs.files) > 0
}
