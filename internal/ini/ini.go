// Package ini reads the INI dialect of Supervisor's configuration files
// (config.md, section 3): it turns the text of one file into sections and
// options, and merges the sections of several files.
//
// It is pure and knows no section and no option by name, except that the
// options of [DEFAULT] stand in for those that another section lacks. Every
// section and every option remembers the file and the line it came from.
package ini

// defaultSection is the section whose options all the others inherit.
const defaultSection = "DEFAULT"

// File is the sections of one file, or of several that were merged.
type File struct {
	sections []*Section
	byName   map[string]*Section
	defaults *Section
}

// Section is a section and its options, each key once.
type Section struct {
	Name    string
	File    string // where its header was first seen
	Line    int    // of that header, from 1
	Options []Option

	place    map[string]int // of each key in Options
	defaults *Section
}

// Option is one key and its value. The key is in lower case; the lines of the
// value are joined by newlines.
type Option struct {
	Key, Value string
	File       string
	Line       int // of the key, from 1
}

func newFile() *File {
	defaults := &Section{Name: defaultSection, place: map[string]int{}}
	return &File{byName: map[string]*Section{}, defaults: defaults}
}

// Sections returns the sections in the order in which they were first seen,
// without [DEFAULT].
func (f *File) Sections() []*Section { return f.sections }

// Section returns the section of that name, or nil.
func (f *File) Section(name string) *Section { return f.byName[name] }

// Merge adds the sections of another file as if they stood below those of f:
// the later value of a key wins. The other file must not be used afterwards.
func (f *File) Merge(more *File) {
	for _, o := range more.defaults.Options {
		f.defaults.set(o)
	}
	for _, s := range more.sections {
		into := f.open(s.Name, s.File, s.Line)
		for _, o := range s.Options {
			into.set(o)
		}
	}
}

// open returns the section of that name, adding it if it is new.
func (f *File) open(name, file string, line int) *Section {
	if name == defaultSection {
		return f.defaults
	}
	if s := f.byName[name]; s != nil {
		return s
	}
	s := &Section{Name: name, File: file, Line: line, place: map[string]int{}, defaults: f.defaults}
	f.sections = append(f.sections, s)
	f.byName[name] = s
	return s
}

// Get returns the option of that key, the section's own or else that of
// [DEFAULT]. The key must be in lower case.
func (s *Section) Get(key string) (Option, bool) {
	if i, ok := s.place[key]; ok {
		return s.Options[i], true
	}
	if s.defaults != nil {
		return s.defaults.Get(key)
	}
	return Option{}, false
}

// set adds an option, or replaces the one of the same key where it stands.
func (s *Section) set(o Option) {
	if i, ok := s.place[o.Key]; ok {
		s.Options[i] = o
		return
	}
	s.place[o.Key] = len(s.Options)
	s.Options = append(s.Options, o)
}
