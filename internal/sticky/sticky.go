// Package sticky opens files in directories like /tmp, where everybody may put
// some.
//
// There, somebody else may have put something at a path before us: a link to a
// file that only we may write, or a file that they may read, too. Linux refuses
// to follow such links if it is told to (fs.protected_symlinks, proc(5)); this
// does not depend on what it is told. In any other directory, who can put
// something in our way has been given the right to, and links are followed: an
// administrator may have made them.
package sticky

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// ErrForeign is the refusal to use what somebody else has put in our way.
var ErrForeign = errors.New("it is somebody else's, in a directory that is open to everybody: remove it, or choose another directory")

// Open is os.OpenFile. In a directory that is open to everybody it fails with
// ErrForeign unless the file, and a link that leads to it, is ours or belongs to
// the owner of the directory. Nothing is truncated before that is certain.
func Open(path string, flags int, mode os.FileMode) (*os.File, error) {
	dir, err := os.Stat(filepath.Dir(path))
	if err != nil || !openToAll(dir) {
		return os.OpenFile(path, flags, mode)
	}
	if link, err := os.Lstat(path); err == nil && link.Mode()&fs.ModeSymlink != 0 {
		if !trusted(link, dir) {
			return nil, refused(path)
		}
		return os.OpenFile(path, flags, mode) // the sticky bit keeps others from replacing it
	}
	file, err := os.OpenFile(path, flags&^os.O_TRUNC|syscall.O_NOFOLLOW, mode)
	if errors.Is(err, syscall.ELOOP) { // a link since a moment ago
		return nil, refused(path)
	}
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	switch {
	case err != nil:
	case !trusted(info, dir), info.Mode().IsRegular() && names(info) > 1:
		err = refused(path)
	case flags&os.O_TRUNC != 0 && info.Size() > 0:
		err = file.Truncate(0)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// Foreign reports whether a relative path leads, from a directory that is open to
// everybody, to or through what somebody else has put there. From any other
// directory, and for an absolute path, it is false.
func Foreign(from, path string) bool {
	dir, err := os.Stat(from)
	if filepath.IsAbs(path) || err != nil || !openToAll(dir) {
		return false
	}
	name := from
	for part := range strings.SplitSeq(path, "/") {
		name = filepath.Join(name, part)
		if file, err := os.Lstat(name); err != nil || !trusted(file, dir) {
			return true
		}
	}
	return false
}

// openToAll reports whether everybody may put something into a directory, and only
// take away what is theirs.
func openToAll(dir os.FileInfo) bool {
	return dir.Mode()&fs.ModeSticky != 0 && dir.Mode().Perm()&0o002 != 0
}

func refused(path string) error { return &fs.PathError{Op: "open", Path: path, Err: ErrForeign} }

// trusted reports whether a file was put into a directory by us or by the owner
// of the directory.
func trusted(file, dir os.FileInfo) bool {
	owner := stat(file).Uid
	return int(owner) == os.Geteuid() || owner == stat(dir).Uid
}

// names returns how many names a file has. One of ours that has another name may
// be the target of a trap: a hard link takes no right to the file. Who reads it for
// others, as the daemon does, would give away what is in it.
func names(file os.FileInfo) uint64 { return uint64(stat(file).Nlink) }

// stat returns what the system says of a file; where it says nothing, that is
// that root owns it.
func stat(file os.FileInfo) syscall.Stat_t {
	if s, ok := file.Sys().(*syscall.Stat_t); ok {
		return *s
	}
	return syscall.Stat_t{}
}
