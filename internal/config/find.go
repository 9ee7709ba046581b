package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"supervisor/internal/sticky"
)

// Find looks for the configuration file in the places where it is expected if
// none is named (config.md, section 1). exe is the path of the running
// program, found through PATH if need be. The list of places is returned in
// any case; NotFound makes an error of it. What somebody else has put into a
// directory that is open to everybody, like /tmp, does not count: it would decide
// what runs as whoever happens to be there.
func Find(exe, cwd string) (path string, searched []string, ok bool) {
	home := filepath.Dir(filepath.Dir(exe))
	searched = []string{
		filepath.Join(home, "etc/supervisord.conf"),
		filepath.Join(home, "supervisord.conf"),
		"supervisord.conf",
		"etc/supervisord.conf",
		"/etc/supervisord.conf",
		"/etc/supervisor/supervisord.conf",
	}
	for _, path := range searched {
		if _, err := os.Stat(absolute(cwd, path)); err == nil && !sticky.Foreign(cwd, path) {
			return path, searched, true
		}
	}
	return "", searched, false
}

// NotFound is the error of a daemon for which Find found nothing.
func NotFound(searched []string) error {
	return &Error{Code: Unreadable, Text: fmt.Sprintf("No config file found at default paths (%s); "+
		"use the -c option to specify a config file at a different path", strings.Join(searched, ", "))}
}
