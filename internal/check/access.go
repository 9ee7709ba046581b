package check

import (
	"cmp"
	"io/fs"
	"path"
	"slices"
	"strings"

	"supervisor/internal/config"
)

// What a user may want of a file, as permission bits.
const (
	toWrite  = 2
	toEnter  = 1 // of a directory; to execute, of a program
	writable = 0o002
	readable = 0o004
)

// may reports whether a user may do something with a file.
func (c *checker) may(uid int, info Info, want fs.FileMode) bool {
	if uid == 0 {
		return want != toEnter || info.Mode.IsDir() || info.Mode.Perm()&0o111 != 0
	}
	switch {
	case info.UID == uid:
		want <<= 6
	case slices.Contains(c.world.Groups(uid), info.GID):
		want <<= 3
	}
	return info.Mode.Perm()&want == want
}

// barred returns the first directory on the way to a file that a user may not
// enter; empty if there is none.
func (c *checker) barred(uid int, file string) string {
	var dirs []string
	for dir := path.Dir(file); ; dir = path.Dir(dir) {
		dirs = append(dirs, dir)
		if dir == "/" || dir == "." {
			break
		}
	}
	slices.Reverse(dirs)
	for _, dir := range dirs {
		if info, err := c.world.Stat(dir); err == nil && !c.may(uid, info, toEnter) {
			return dir
		}
	}
	return ""
}

// daemonUID is the user that the daemon will run as.
func (c *checker) daemonUID() int {
	if u := c.Config.Daemon.User; u != nil {
		return u.UID
	}
	return c.src.UID
}

// uid is the user that a process will run as.
func (c *checker) uid(p *config.Process) int {
	if p.User != nil {
		return p.User.UID
	}
	return c.daemonUID()
}

// userName names a user in messages.
func (c *checker) userName(p *config.Process) string {
	switch {
	case p != nil && p.User != nil:
		return "user " + p.User.Name
	case c.Config.Daemon.User != nil:
		return "user " + c.Config.Daemon.User.Name
	}
	return "the user who starts the daemon"
}

// cwd is where the daemon will be.
func (c *checker) cwd() string {
	if d := c.Config.Daemon; d.Directory != "" && !d.NoDaemon {
		return c.within(c.src.Cwd, d.Directory)
	}
	return c.src.Cwd
}

// within makes a path absolute.
func (c *checker) within(dir, file string) string {
	if path.IsAbs(file) {
		return path.Clean(file)
	}
	return path.Join(dir, file)
}

// defaultPath is where programs are looked for if there is no PATH.
const defaultPath = "/bin:/usr/bin:/usr/local/bin"

// find returns the file of a program's name, as the daemon finds it.
func (c *checker) find(name, searched string) (string, bool) {
	for dir := range strings.SplitSeq(cmp.Or(searched, defaultPath), ":") {
		file := c.within(c.cwd(), path.Join(dir, name))
		if _, err := c.world.Stat(file); err == nil {
			return file, true
		}
	}
	return "", false
}
