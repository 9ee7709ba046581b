package config

import "errors"

// Source is everything that Load depends on besides the files that the
// configuration names: nothing is taken from the process itself.
type Source struct {
	File      string   // the main file, as it was named
	Cwd       string   // absolute; relative paths are relative to it
	Env       []string // KEY=VALUE, for %(ENV_x)s, ~ and the temporary directory
	UID       int      // the effective user
	Hostname  string   // %(host_node_name)s
	Overrides []Override
}

// Override is an option of [supervisord] given on the command line. Key is the
// name of the option in the file; Value is empty for a flag.
type Override struct{ Key, Value string }

// Load reads the configuration.
func Load(src Source) (*Config, error) { return nil, errors.New("not yet") }

// CheckOverride runs the parser of an overriding option on its value. The
// source says what relative paths and ~ mean; its File and Overrides play no part.
func CheckOverride(src Source, o Override) error { return nil }

// CtlSource is everything that LoadCtl depends on.
type CtlSource struct {
	File string   // empty: no file was found, use the defaults
	Cwd  string   // absolute
	Env  []string // KEY=VALUE
	UID  int
}

// LoadCtl reads [supervisorctl].
func LoadCtl(src CtlSource) (*Ctl, error) { return nil, errors.New("not yet") }

// Find returns the configuration file that is used when none is named.
func Find(exe, cwd string) (path string, searched []string, ok bool) { return "", nil, false }

// Error is a configuration error.
type Error struct {
	Text    string // the reference's text
	File    string // where it is, as far as known
	Line    int
	Section string
	Key     string
	Hint    string // what to do about it, where that is not obvious
}

// Error returns the text.
func (e *Error) Error() string { return e.Text }

// Where returns "file:line: [section] key", or nothing if it is unknown.
func (e *Error) Where() string { return "" }

// Diff is how a newly loaded configuration differs from the active one.
type Diff struct {
	Added, Removed []string
	Changed        []Change
}

// Change is a group that differs.
type Change struct {
	Group   string
	Options []OptionChange
}

// OptionChange is one option that differs; Process is empty for an option of
// the group itself.
type OptionChange struct{ Process, Key, Old, New string }

// Compare compares the active groups with newly loaded ones.
func Compare(active, loaded []*Group) Diff { return Diff{} }

// OptionDoc describes one option of a configuration file.
type OptionDoc struct{ Section, Key, Default, Meaning string }

// Options lists every option, by section.
func Options() []OptionDoc { return nil }
