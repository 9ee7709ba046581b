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

	unread   []Line
	replaced []Replaced
}

// Replaced is an option whose value a later one of the same key took the place
// of.
type Replaced struct {
	Section     string
	Option, New Option
}

// Section is a section and its options, each key once.
type Section struct {
	Name    string
	File    string // where its header was first seen
	Line    int    // of that header, from 1
	Options []Option
	Again   []Header // where else it was opened

	place    map[string]int // of each key in Options
	defaults *Section
}

// Header is where the header of a section stands.
type Header struct {
	File string
	Line int // from 1
}

// Option is one key and its value. The key is in lower case; the lines of the
// value are joined by newlines.
type Option struct {
	Key, Value string
	File       string
	Line       int // of the key, from 1
	End        int // the last line of the value
}

func newFile() *File {
	defaults := &Section{Name: defaultSection, place: map[string]int{}}
	return &File{byName: map[string]*Section{}, defaults: defaults}
}

// Sections returns the sections in the order in which they were first seen,
// without [DEFAULT].
func (f *File) Sections() []*Section { return f.sections }

// Defaults returns [DEFAULT], which may be empty.
func (f *File) Defaults() *Section { return f.defaults }

// Replaced returns the options that have been replaced, in that order.
func (f *File) Replaced() []Replaced { return f.replaced }

// Unread returns the lines that are not INI, which Parse left out.
func (f *File) Unread() []Line { return f.unread }

// Section returns the section of that name, or nil.
func (f *File) Section(name string) *Section { return f.byName[name] }

// Merge adds the sections of another file as if they stood below those of f:
// the later value of a key wins. The other file must not be used afterwards.
func (f *File) Merge(more *File) {
	for _, o := range more.defaults.Options {
		f.set(f.defaults, o)
	}
	for _, s := range more.sections {
		into := f.open(s.Name, s.File, s.Line)
		into.Again = append(into.Again, s.Again...)
		for _, o := range s.Options {
			f.set(into, o)
		}
	}
	f.replaced = append(f.replaced, more.replaced...)
}

// open returns the section of that name, adding it if it is new.
func (f *File) open(name, file string, line int) *Section {
	if name == defaultSection {
		return f.defaults
	}
	if s := f.byName[name]; s != nil {
		s.Again = append(s.Again, Header{file, line})
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

// set adds an option to a section, or replaces the one of the same key where it
// stands.
func (f *File) set(s *Section, o Option) {
	if i, ok := s.place[o.Key]; ok {
		f.replaced = append(f.replaced, Replaced{s.Name, s.Options[i], o})
		s.Options[i] = o
		return
	}
	s.place[o.Key] = len(s.Options)
	s.Options = append(s.Options, o)
}
