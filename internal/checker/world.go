package checker

import (
	"errors"
	"io"
	"os"
	"os/user"
	"strconv"
	"syscall"

	"supervisor/internal/check"
)

// headSize is how much of a file is looked at, in bytes: of a script the first
// line, of a program's own file all that matters.
const headSize = 64 << 10

// world is the system as it is.
type world struct{ groups map[int][]int }

func newWorld() *world { return &world{groups: map[int][]int{}} }

// Stat returns what there is to know about a file.
func (*world) Stat(path string) (check.Info, error) {
	info, err := os.Stat(path)
	if err != nil {
		return check.Info{}, err
	}
	found := check.Info{Mode: info.Mode()}
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		found.UID, found.GID = int(st.Uid), int(st.Gid)
	}
	return found, nil
}

// Head returns the beginning of an ordinary file. A device is not read, because
// that may never end.
func (*world) Head(path string) string {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	text := make([]byte, headSize)
	n, err := io.ReadFull(f, text)
	if err = errors.Join(err, f.Close()); err != nil && n == 0 {
		return ""
	}
	return string(text[:n])
}

// Groups returns the groups of a user; none if that cannot be found out.
func (w *world) Groups(uid int) []int {
	if gids, ok := w.groups[uid]; ok {
		return gids
	}
	var gids []int
	if u, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		ids, err := u.GroupIds()
		if err != nil {
			ids = []string{u.Gid}
		}
		for _, id := range ids {
			if gid, err := strconv.Atoi(id); err == nil {
				gids = append(gids, gid)
			}
		}
	}
	w.groups[uid] = gids
	return gids
}
