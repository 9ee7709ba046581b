package config

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"supervisor/internal/ini"
)

// maxIncludes bounds the number of files that a configuration consists of.
const maxIncludes = 100_000

type includeSection struct{ files *string }

var includeFields = []field[includeSection]{
	{
		key: "files", absent: "required",
		meaning: "patterns of files to read as well, between blanks, relative to this file; * does not match a leading dot",
		set:     to(func(text string) (*string, error) { return &text, nil }, func(s *includeSection) **string { return &s.files }),
	},
}

// include reads the files that [include] names and merges them into the main
// one. Patterns are taken in their order, the matches of each sorted; a file
// that matches twice is read twice.
func (l *loader) include(s *ini.Section) error {
	l.includes = true
	var section includeSection
	names := l.env.within(l.hereNames()).within(l.host)
	if err := readFields(l, s, names, includeFields, &section); err != nil {
		return err
	}
	if section.files == nil {
		return l.missing(s, includeFields[0].key, ".ini file has [include] section, but no files setting")
	}
	count := 0
	for _, pattern := range strings.FieldsFunc(*section.files, unicode.IsSpace) {
		if !filepath.IsAbs(pattern) {
			pattern = joinPath(l.here, pattern) // not cleaned, because the log shows it
		}
		matches := glob(pattern)
		l.inputs.match(pattern, matches)
		if len(matches) == 0 {
			l.warn(IncludeNothing, includeFields[0].option(s), s, `No file matches via include "%s"`, pattern)
		}
		if count += len(matches); count > maxIncludes {
			return l.fail(in(s, TooMany, "cannot include more than %d files", maxIncludes))
		}
		for _, path := range matches {
			if err := l.includeFile(s, path); err != nil {
				return err
			}
		}
	}
	return nil
}

// includeFile reads one more file. One that cannot be read is left out, which
// the log says.
func (l *loader) includeFile(s *ini.Section, path string) error {
	l.notes = append(l.notes, Note{Level: slog.LevelInfo, Text: fmt.Sprintf(`Included extra file "%s" during parsing`, path)})
	l.inputs.add(path)
	content, err := readIncluded(path)
	if err != nil {
		l.warn(IncludeUnread, includeFields[0].option(s), s, "cannot read included file: %v", err)
		return nil
	}
	file, err := l.parse(path, content)
	if err != nil {
		return err
	}
	l.file.Merge(file)
	return nil
}

// readIncluded reads a file that a pattern matches. A named pipe is none: to open one
// waits for whoever writes to it, and there are many that nobody ever writes to.
func readIncluded(path string) ([]byte, error) {
	if info, err := os.Stat(path); err == nil && info.Mode()&fs.ModeNamedPipe != 0 {
		return nil, &fs.PathError{Op: "read", Path: path, Err: errPipe}
	}
	return readFile(path)
}

var errPipe = errors.New("is a named pipe")
