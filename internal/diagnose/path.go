package diagnose

import (
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"supervisor/internal/config"
	"supervisor/internal/explain"
	"supervisor/internal/privilege"
)

// rights are what the bits of a file's mode are compared with.
type rights struct {
	uid    int
	groups []int
}

// rightsOf returns the rights of the account that a child runs as. Where they
// cannot be looked up they are those of this process.
func rightsOf(u *config.User) rights {
	if u != nil && privilege.Needed(u.UID) {
		if to, err := privilege.Lookup(u.UID); err == nil {
			r := rights{uid: u.UID}
			for _, gid := range to.Groups {
				r.groups = append(r.groups, int(gid))
			}
			return r
		}
	}
	groups, err := os.Getgroups()
	if err != nil {
		groups = nil
	}
	return rights{os.Geteuid(), append(groups, os.Getegid())}
}

// may reports whether the account may execute a file, or go through a directory.
func (r rights) may(info fs.FileInfo) bool {
	mode := info.Mode().Perm()
	owner, ok := info.Sys().(*syscall.Stat_t)
	switch {
	case r.uid == 0:
		return info.IsDir() || mode&0o111 != 0
	case !ok:
		return mode&0o111 != 0
	case int(owner.Uid) == r.uid:
		return mode&0o100 != 0
	case slices.Contains(r.groups, int(owner.Gid)):
		return mode&0o010 != 0
	}
	return mode&0o001 != 0
}

// enter says how far the account gets on the way into a directory.
func (r rights) enter(path string) explain.Path { return r.walk(path, true) }

// execute says how far the account gets on the way to execute a file.
func (r rights) execute(path string) explain.Path { return r.walk(path, false) }

// walk goes from component to component. Links are followed as the system does.
func (r rights) walk(path string, directory bool) explain.Path {
	p := explain.Path{Path: path}
	full := path
	if !filepath.IsAbs(full) {
		here, err := os.Getwd()
		if err != nil {
			return p
		}
		full = here + "/" + full
	}
	parts := strings.Split(strings.Trim(full, "/"), "/")
	at := ""
	for i, part := range parts {
		at += "/" + part
		info, err := os.Stat(at)
		last := i == len(parts)-1
		switch {
		case err != nil:
			return broken(p, at, explain.Missing, nil)
		case last && !directory && info.IsDir():
			return broken(p, at, explain.IsADirectory, info)
		case (!last || directory) && !info.IsDir():
			return broken(p, at, explain.NotADirectory, info)
		case info.IsDir() && !r.may(info):
			return broken(p, at, explain.NotSearchable, info)
		case !info.IsDir() && info.Mode()&0o111 == 0:
			return broken(p, at, explain.NotExecutable, info)
		case !info.IsDir() && !r.may(info):
			return broken(p, at, explain.NotPermitted, info)
		}
	}
	return p
}

func broken(p explain.Path, at string, problem explain.Problem, info fs.FileInfo) explain.Path {
	p.Broken, p.Problem = at, problem
	if info == nil {
		return p
	}
	p.Mode = info.Mode().String()
	if owner, ok := info.Sys().(*syscall.Stat_t); ok {
		p.Owner = strconv.Itoa(int(owner.Uid))
		if account, err := user.LookupId(p.Owner); err == nil {
			p.Owner = account.Username
		}
	}
	return p
}
