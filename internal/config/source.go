package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Source is everything that a configuration depends on besides the files that
// it names: nothing is taken from the running process behind the caller's back.
type Source struct {
	File      string   // the main file, as it was named
	Cwd       string   // absolute; what relative paths are relative to
	Env       []string // KEY=VALUE, for %(ENV_x)s, ~ and the temporary directory
	UID       int      // the effective user
	Hostname  string   // %(host_node_name)s
	Overrides []Override
}

// Override is an option of [supervisord] that is given on the command line and
// goes before what the file says. Key is the name that the option has in the
// file; Value is empty for an option that is a mere flag.
type Override struct{ Key, Value string }

// CtlSource is everything that the client's configuration depends on.
type CtlSource struct {
	File string   // empty: no file was found, everything has its default
	Cwd  string   // absolute; what relative paths are relative to
	Env  []string // KEY=VALUE, for %(ENV_x)s and ~
	UID  int      // the effective user
}

// CurrentDirectory returns the Cwd of this process. Somebody may have removed it: who
// is started in the folder of a release outlives the release. What it was called is
// good enough then, for whoever names files by absolute paths needs it for nothing.
func CurrentDirectory() (string, error) {
	dir, err := os.Getwd()
	if err == nil {
		return dir, nil
	}
	if was, missing := os.Readlink("/proc/self/cwd"); missing == nil && filepath.IsAbs(was) {
		return strings.TrimSuffix(was, " (deleted)"), nil
	}
	return "", fmt.Errorf("cannot tell the current directory: %w", err)
}
