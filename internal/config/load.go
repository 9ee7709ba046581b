package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"supervisor/internal/ini"
)

// maxFileSize is more than any configuration needs, in bytes.
const maxFileSize = 64 << 20

// loader is a configuration that is being read.
type loader struct {
	*system
	src      Source
	here     string // absolute directory of the main file
	includes bool   // the main file has an [include] section
	file     *ini.File
	env      *scope // ENV_x
	host     map[string]value
	notes    []Note
	inspection

	inputs            inputs
	daemonEnvironment []variable         // environment= of [supervisord]
	sockets           map[string]*Socket // by section
	processes         int                // counted while groups are built
}

// Load reads a configuration: the main file, what it includes, and the options
// of the command line, which go before those of [supervisord]. The files are
// checked in full either way.
//
// The error is an *Error, about the first thing that is wrong in the order in
// which the reference looks.
func Load(src Source) (*Config, error) {
	return newLoader(src).load()
}

func (l *loader) load() (*Config, error) {
	c := &Config{File: l.src.File, Here: l.here}
	if err := l.readFiles(); err != nil {
		return nil, err
	}
	section := l.file.Section("supervisord")
	if section == nil {
		err := l.fail(&Error{Code: MissingSection, Text: ".ini file does not include supervisord section", File: l.src.File})
		if err != nil {
			return nil, err
		}
		section = &ini.Section{Name: "supervisord", File: l.src.File}
	}
	daemon, err := l.daemon(section)
	if err != nil {
		return nil, err
	}
	if c.RPC, err = l.rpcInterfaces(); err != nil {
		return nil, err
	}
	if c.Groups, err = l.groups(); err != nil {
		return nil, err
	}
	if c.Servers, err = l.servers(); err != nil {
		return nil, err
	}
	if c.Daemon, err = l.finish(daemon, section); err != nil {
		return nil, err
	}
	if len(c.Servers) > 0 { // the reference makes the interfaces as it opens the servers
		if err := l.checkArguments(); err != nil {
			return nil, err
		}
	}
	c.Notes, c.inputs = l.notes, l.inputs
	return c, nil
}

func newLoader(src Source) *loader {
	sys := newSystem(src.Cwd, src.Env, src.UID)
	return &loader{
		system:  sys,
		src:     src,
		here:    filepath.Dir(absolute(src.Cwd, src.File)),
		env:     (*scope)(nil).within(environmentNames(sys.env)),
		host:    map[string]value{"host_node_name": textValue(src.Hostname)},
		sockets: map[string]*Socket{},
		inputs:  inputs{at: time.Now()},
	}
}

// readFiles reads the main file and what it includes.
func (l *loader) readFiles() error {
	l.inputs.add(absolute(l.src.Cwd, l.src.File))
	content, err := readMain(l.src.File, l.src.Cwd)
	if err != nil {
		return err
	}
	if l.file, err = l.parse(l.src.File, content); err != nil {
		return err
	}
	if section := l.file.Section("include"); section != nil {
		return l.include(section)
	}
	return nil
}

// readMain reads the file that a user has named.
func readMain(file, cwd string) ([]byte, error) {
	content, err := readFile(absolute(cwd, file))
	if err == nil {
		return content, nil
	}
	if errors.Is(err, errTooBig) {
		return nil, &Error{Code: Unreadable, Text: fmt.Sprintf("cannot read config file %s: %v", file, err), File: file}
	}
	if _, err := os.Stat(absolute(cwd, file)); err != nil {
		return nil, &Error{Code: Unreadable, Text: "could not find config file " + file}
	}
	return nil, &Error{Code: Unreadable, Text: "could not read config file " + file, Hint: unreadable(absolute(cwd, file), err)}
}

// unreadable says why a file may not be read; empty: there is more to it than that.
func unreadable(path string, err error) string {
	info, statErr := os.Stat(path)
	if !errors.Is(err, fs.ErrPermission) || statErr != nil {
		return ""
	}
	hint := fmt.Sprintf("uid %d may not read it: its mode is %04o", os.Geteuid(), info.Mode().Perm())
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		hint += fmt.Sprintf(", and it belongs to uid %d and gid %d", stat.Uid, stat.Gid)
	}
	return hint
}

var errTooBig = fmt.Errorf("it is larger than %d MB", maxFileSize>>20)

// readFile reads a file of reasonable size.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(io.LimitReader(f, maxFileSize+1))
	err = errors.Join(err, f.Close())
	if err == nil && len(content) > maxFileSize {
		err = errTooBig
	}
	return content, err
}

// parse parses one file. What could be read is returned in spite of an error.
func parse(name string, content []byte) (*ini.File, error) {
	file, err := ini.Parse(name, content)
	if err == nil {
		return file, nil
	}
	e := &Error{Code: Syntax, Text: err.Error(), File: name}
	var syntax *ini.SyntaxError
	var encoding *ini.EncodingError
	switch {
	case errors.As(err, &syntax):
		e.Text, e.Line = unread(syntax), syntax.Lines[0].Number
	case errors.As(err, &encoding):
		e.Code, e.Line = Encoding, encoding.Line
	}
	return file, e
}

// dirOf returns the directory of a file that is part of the configuration.
func (l *loader) dirOf(file string) string {
	if file == l.src.File {
		return l.here
	}
	return filepath.Dir(file) // included files have absolute names
}

// hereNames is %(here)s in the main file. If files are included, format puts
// the directory of each file in its place before it comes to that.
func (l *loader) hereNames() map[string]value {
	return map[string]value{"here": textValue(l.here)}
}

// warn notes something about a section, or about an option of it.
func (l *loader) warn(code Code, o ini.Option, s *ini.Section, format string, args ...any) {
	n := Note{
		Level: slog.LevelWarn, Text: fmt.Sprintf(format, args...),
		Code: code, File: s.File, Line: s.Line, Section: s.Name, Key: o.Key,
	}
	if o.Key != "" {
		n.File, n.Line = o.File, o.Line
	}
	l.notes = append(l.notes, n)
}
