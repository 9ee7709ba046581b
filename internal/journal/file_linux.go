package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// The file begins with a page that says what it is and how much of it counts;
// the rest is two halves, of which one is in use. The word that says which, and
// how far it is filled, is written with one store: before it there is the old
// state, after it the new one.
const (
	pageSize   = 4096
	magic      = "supervisor state"
	version    = 1
	atVersion  = 16
	atWord     = 24
	otherHalf  = 1 << 63
	smallest   = 256 << 10 // bytes of a half
	fileMode   = 0o600
	folderMode = 0o700
)

// file is the mapped file.
type file struct {
	path   string
	memory []byte
}

func (f *file) half(other bool) []byte {
	size := (len(f.memory) - pageSize) / 2
	if other {
		return f.memory[pageSize+size:][:size]
	}
	return f.memory[pageSize:][:size]
}

// openFolder makes the folder if it is missing, and refuses one that somebody
// else could have filled.
func openFolder(dir string) error {
	if err := os.Mkdir(dir, folderMode); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	var st unix.Stat_t
	if err := unix.Lstat(dir, &st); err != nil {
		return &os.PathError{Op: "lstat", Path: dir, Err: err}
	}
	if st.Mode&unix.S_IFMT != unix.S_IFDIR {
		return fmt.Errorf("%s is no directory", dir)
	}
	if err := private(dir, &st); err != nil {
		return fmt.Errorf("%w; remove it, or name another statedir", err)
	}
	return nil
}

// private checks that nobody but this user can have written what is there: it
// names processes that will be signalled.
func private(path string, st *unix.Stat_t) error {
	if int(st.Uid) != os.Geteuid() {
		return fmt.Errorf("%s belongs to user %d, not to user %d, who runs the daemon", path, st.Uid, os.Geteuid())
	}
	if st.Mode&0o077 != 0 {
		return fmt.Errorf("%s is open to others (mode %04o)", path, st.Mode&0o7777)
	}
	return nil
}

// lock takes the folder for this process, for as long as the file is open.
func lock(path string) (*os.File, error) {
	lock, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|unix.O_NOFOLLOW, fileMode)
	if err != nil {
		return nil, err
	}
	// Not flock(2): a child that is being made when this process is killed would
	// have that lock, too, for a moment.
	take := func() error {
		return unix.FcntlFlock(lock.Fd(), unix.F_SETLK, &unix.Flock_t{Type: unix.F_WRLCK})
	}
	err = take()
	if err != nil {
		awaitEnd(lock) // whoever was killed a moment ago may not be gone yet
		err = take()
	}
	if err != nil {
		if errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EACCES) {
			err = errors.New("it is in use by another daemon; each needs a statedir of its own, or a pidfile of another name")
		}
		return nil, errors.Join(err, lock.Close())
	}
	return lock, nil
}

// lockPatience is how long a daemon that has the folder may take to end.
const lockPatience = 2 * time.Second

// awaitEnd waits for the end of the process that has a lock, but not for long: it
// may be meant to live.
func awaitEnd(lock *os.File) {
	holder := unix.Flock_t{Type: unix.F_WRLCK}
	if err := unix.FcntlFlock(lock.Fd(), unix.F_GETLK, &holder); err != nil || holder.Pid <= 0 {
		return
	}
	fd, err := unix.PidfdOpen(int(holder.Pid), 0)
	if err != nil {
		return // it has just ended
	}
	defer unix.Close(fd)
	deadline := time.Now().Add(lockPatience)
	for {
		ready := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		_, err := unix.Poll(ready, int(max(0, time.Until(deadline).Milliseconds())))
		if !errors.Is(err, unix.EINTR) {
			return
		}
	}
}

// create makes a new file with halves of a size, all of which is there, so that
// no store can fail for want of room. It has another name until it is put in
// its place.
func create(path string, half int) (*file, error) {
	half = (half + pageSize - 1) &^ (pageSize - 1)
	size := int64(pageSize + 2*half)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC|unix.O_NOFOLLOW, fileMode)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if err := unix.Fallocate(int(f.Fd()), 0, 0, size); err != nil {
		return nil, errors.Join(os.NewSyscallError("fallocate", err), os.Remove(path))
	}
	mapped, err := mapFile(f, size)
	if err != nil {
		return nil, errors.Join(err, os.Remove(path))
	}
	copy(mapped.memory, magic)
	mapped.memory[atVersion] = version
	return mapped, nil
}

// open maps the file that is there. Its error is fs.ErrNotExist if there is none.
func open(path string) (*file, error) {
	f, err := os.OpenFile(path, os.O_RDWR|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var st unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &st); err != nil {
		return nil, os.NewSyscallError("fstat", err)
	}
	if err := private(path, &st); err != nil {
		return nil, err
	}
	if st.Mode&unix.S_IFMT != unix.S_IFREG || st.Nlink != 1 {
		return nil, fmt.Errorf("%s is no plain file", path)
	}
	if st.Size < pageSize || st.Size > 1<<40 {
		return nil, fmt.Errorf("%s is not whole", path)
	}
	// A hole could not be filled on a full disk, and a store would be the end.
	if err := unix.Fallocate(int(f.Fd()), 0, 0, st.Size); err != nil {
		return nil, os.NewSyscallError("fallocate", err)
	}
	return mapFile(f, st.Size)
}

func mapFile(f *os.File, size int64) (*file, error) {
	memory, err := unix.Mmap(int(f.Fd()), 0, int(size), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil, os.NewSyscallError("mmap", err)
	}
	return &file{path: f.Name(), memory: memory}, nil
}

// moveTo gives the file its place.
func (f *file) moveTo(path string) error {
	if err := os.Rename(f.path, path); err != nil {
		return err
	}
	f.path = path
	return nil
}

func (f *file) unmap() error { return unix.Munmap(f.memory) }
