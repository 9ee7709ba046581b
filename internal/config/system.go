package config

import (
	"cmp"
	"errors"
	"fmt"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// This file answers the questions that values of a configuration put to the
// system: is there such a directory, such a user?

// system is the surroundings in which a configuration is read.
type system struct {
	cwd   string
	env   []variable
	uid   int
	users map[string]account // those already looked up, by text
}

// account is what the user database says about a user.
type account struct {
	User
	gid  int
	home string
}

func newSystem(cwd string, env []string, uid int) *system {
	return &system{cwd: cwd, env: split(env), uid: uid, users: map[string]account{}}
}

// getenv returns the value of an environment variable, or nothing.
func (s *system) getenv(name string) string {
	for _, v := range s.env {
		if v.name == name {
			return v.value
		}
	}
	return ""
}

// home replaces a leading ~ or ~user by that home directory, if there is one.
func (s *system) home(path string) string {
	if !strings.HasPrefix(path, "~") {
		return path
	}
	name, rest := path[1:], ""
	if i := strings.IndexByte(path, '/'); i >= 0 {
		name, rest = path[1:i], path[i:]
	}
	dir := s.getenv("HOME")
	if name != "" {
		a, err := s.accountByName(name)
		if err != nil {
			return path
		}
		dir = a.home
	} else if dir == "" {
		a, err := s.account(strconv.Itoa(s.uid))
		if err != nil {
			return path
		}
		dir = a.home
	}
	return cmp.Or(strings.TrimRight(dir, "/")+rest, "/")
}

// absolute returns a clean absolute path.
func absolute(cwd, path string) string {
	if !filepath.IsAbs(path) {
		path = filepath.Join(cwd, path)
	}
	return filepath.Clean(path)
}

// path returns the absolute path of a file, with ~ replaced.
func (s *system) path(text string) string { return absolute(s.cwd, s.home(text)) }

func (s *system) isDir(path string) bool {
	if path == "" {
		return false
	}
	if !filepath.IsAbs(path) {
		path = joinPath(s.cwd, path) // not cleaned: what precedes a .. must exist
	}
	return isDirectory(path)
}

// existingDir is a directory, with ~ replaced.
func (s *system) existingDir(text string) (string, error) {
	path := s.home(text)
	if !s.isDir(path) {
		hint := ""
		if text == "" { // then the text names nothing
			hint = "name a directory, or leave the option out"
		}
		return "", wrong(MissingDir, hint, "%s is not an existing directory", text)
	}
	return path, nil
}

// existingDirPath is a file, with ~ replaced. The file need not exist, but
// the directory that it names must.
func (s *system) existingDirPath(text string) (string, error) {
	path := s.home(text)
	if i := strings.LastIndexByte(path, '/'); i >= 0 && !s.isDir(path[:i+1]) {
		return "", wrong(MissingDir, "", "The directory named as part of the path %s does not exist", text)
	}
	return path, nil
}

// tempDir is the directory for temporary files, chosen as Python does: the
// first that can be written to.
func (s *system) tempDir() (string, error) {
	const writeAndSearch = 2 | 1
	for _, dir := range []string{
		s.getenv("TMPDIR"), s.getenv("TEMP"), s.getenv("TMP"), "/tmp", "/var/tmp", "/usr/tmp", s.cwd,
	} {
		if dir == "" {
			continue
		}
		dir = absolute(s.cwd, dir)
		if s.isDir(dir) && syscall.Access(dir, writeAndSearch) == nil {
			return dir, nil
		}
	}
	return "", errors.New("cannot find a temporary directory for childlogdir")
}

// account returns the account of a user given by name or number.
func (s *system) account(text string) (account, error) {
	if a, ok := s.users[text]; ok {
		return a, nil
	}
	uid, isNumber := wholeNumber(text, 10)
	if !isNumber {
		return s.accountByName(text)
	}
	u, err := user.LookupId(strconv.FormatInt(uid, 10))
	if err != nil {
		return account{}, wrong(UnknownUser, "", "Invalid user id %s", text)
	}
	return s.remember(text, u)
}

func (s *system) accountByName(name string) (account, error) {
	u, err := user.Lookup(name)
	if err != nil {
		return account{}, wrong(UnknownUser, "", "Invalid user name %s", name)
	}
	return s.remember(name, u)
}

// remember keeps what was found, for files in which many programs have the
// same user.
func (s *system) remember(text string, u *user.User) (account, error) {
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return account{}, fmt.Errorf("cannot use user %s: %w", text, err)
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return account{}, fmt.Errorf("cannot use user %s: %w", text, err)
	}
	a := account{User: User{Name: text, UID: uid}, gid: gid, home: u.HomeDir}
	s.users[text] = a
	return a, nil
}

// user is the account of a user to run as.
func (s *system) user(text string) (*User, error) {
	a, err := s.account(text)
	if err != nil {
		return nil, err
	}
	return &a.User, nil
}

// owner is a user, or a user and a group with a colon between them, by name
// or number. All must exist; without a group, the group is left as it is.
func (s *system) owner(text string) (Owner, error) {
	name, group, hasGroup := strings.Cut(text, ":")
	a, err := s.account(name)
	if err != nil {
		return KeepOwner, err
	}
	owner := Owner{UID: a.UID, GID: -1}
	if !hasGroup {
		return owner, nil
	}
	var g *user.Group
	if gid, isNumber := wholeNumber(group, 10); isNumber {
		g, err = user.LookupGroupId(strconv.FormatInt(gid, 10))
	} else {
		g, err = user.LookupGroup(group)
	}
	if err != nil {
		return KeepOwner, err
	}
	owner.GID, err = strconv.Atoi(g.Gid)
	return owner, err
}

// logFile is where a stream is logged to. The value syslog is an old way to
// ask for stdout_syslog=true, and no file.
func (s *system) logFile(text string) (log Log, syslog bool, err error) {
	switch strings.ToUpper(text) {
	case "NONE", "OFF":
		return Log{}, false, nil
	case "AUTO":
		return Log{Auto: true}, false, nil
	case "SYSLOG":
		return Log{}, true, nil
	}
	path, err := s.existingDirPath(text)
	return Log{Path: path}, false, err
}
