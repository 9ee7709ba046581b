package diagnose

import (
	"path/filepath"

	"golang.org/x/sys/unix"
)

// noExec returns where the file system of a file is mounted, if that forbids to
// execute anything on it.
func noExec(file string) string {
	var fs unix.Statfs_t
	if unix.Statfs(file, &fs) != nil || fs.Flags&unix.ST_NOEXEC == 0 {
		return ""
	}
	var here, above unix.Stat_t
	dir := filepath.Dir(file)
	for dir != "/" {
		if unix.Stat(dir, &here) != nil || unix.Stat(filepath.Dir(dir), &above) != nil || here.Dev != above.Dev {
			break
		}
		dir = filepath.Dir(dir)
	}
	return dir
}
