package logfile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// truncatedNotice is what a follower reads where the file was cut short (rpc.md, 2.3).
const truncatedNotice = "==> File truncated <==\n"

// Follow writes the last bytes of the log at path to w, as many as last says,
// and then everything that is appended to it, until ctx ends or w fails; it
// returns the reason. If the log is missing at the start, that is
// fs.ErrNotExist.
//
// A file that has been replaced, by rotation or because it was cleared, is read
// to its end before the new one is begun, and the new one is begun once there is
// something in it, since until then the writer may still hold the old one. If
// several rotations have happened since the last look, the rotated files are
// read in between. Thus every byte is read once and in order as long as the
// follower lags behind by fewer rotations than the log has backups; a follower
// that lags further goes on with the current file. A file that has shrunk is
// announced by the line "==> File truncated <==" and read from its start.
//
// Follow waits for the kernel's word that something has changed. What is no
// regular file, like a pipe, has nothing to follow: Follow waits for ctx.
func Follow(ctx context.Context, path string, last int64, w io.Writer) error {
	return follow(ctx, path, last, w, newWatcher)
}

// Restarter is a writer that wants to know when what follows is in another file, or
// in the same one from its start: the next byte is the first of it.
type Restarter interface{ Restart() }

// FollowFrom is Follow from an offset in bytes on, for whoever has read what is
// before it. A file that is shorter counts as one that has shrunk.
func FollowFrom(ctx context.Context, path string, offset int64, w io.Writer) error {
	return followFrom(ctx, path, func(int64) int64 { return max(0, offset) }, w, newWatcher)
}

func follow(ctx context.Context, path string, last int64, w io.Writer, newWatcher func(context.Context, string) (watcher, error)) error {
	return followFrom(ctx, path, func(size int64) int64 { return max(0, size-max(0, last)) }, w, newWatcher)
}

// followFrom begins where start says, given the size of the file.
func followFrom(ctx context.Context, path string, start func(size int64) int64, w io.Writer, newWatcher func(context.Context, string) (watcher, error)) error {
	file, size, err := openForReading(path)
	if err != nil {
		return fmt.Errorf("cannot follow log: %w", err)
	}
	f := &follower{path: path, w: w, current: file, pos: start(size), buf: make([]byte, 32<<10)}
	defer func() { f.current.Close() }()
	if info, err := file.Stat(); err == nil && !info.Mode().IsRegular() {
		<-ctx.Done()
		return ctx.Err()
	}
	watch, err := newWatcher(ctx, path)
	if err != nil {
		return fmt.Errorf("cannot follow log: %w", err)
	}
	defer watch.close()
	for {
		// What happens after this will wake us, so what follows may miss it.
		if err := watch.renew(); err != nil {
			return fmt.Errorf("cannot follow log: %w", err)
		}
		if err := f.catchUp(ctx); err != nil {
			return err
		}
		if err := watch.wait(); err != nil {
			return err
		}
	}
}

// watcher says when it is worth looking at a log again. It ends with the
// context that it was made with.
type watcher interface {
	// renew turns to the file that the path names now, if there is one.
	renew() error
	// wait returns when the log may have changed since the last renew. Its
	// error is that of the context, if that has ended.
	wait() error
	close()
}

// follower reads a log from file to file.
type follower struct {
	path    string
	w       io.Writer
	current *os.File
	pos     int64 // in current, in bytes: everything before it has been written to w
	buf     []byte
}

// catchUp writes everything there is, in however many files.
func (f *follower) catchUp(ctx context.Context) error {
	for {
		// The end of the current file is only final when a successor exists,
		// so that must be known before the rest is read.
		next, err := f.successor()
		if err != nil {
			return fmt.Errorf("cannot follow log: %w", err)
		}
		if err := f.drain(ctx); err != nil {
			if next != nil {
				next.Close()
			}
			return err
		}
		if next == nil {
			return nil
		}
		f.current.Close()
		f.current = next
		f.restart()
	}
}

// restart goes to the start of the current file.
func (f *follower) restart() {
	f.pos = 0
	if r, ok := f.w.(Restarter); ok {
		r.Restart()
	}
}

// drain writes what is left of the current file.
func (f *follower) drain(ctx context.Context) error {
	info, err := f.current.Stat()
	if err != nil {
		return fmt.Errorf("cannot follow log: %w", err)
	}
	if info.Size() < f.pos {
		if _, err := io.WriteString(f.w, truncatedNotice); err != nil {
			return err
		}
		f.restart()
	}
	for ctx.Err() == nil {
		n, err := f.current.ReadAt(f.buf, f.pos)
		if n > 0 {
			if _, err := f.w.Write(f.buf[:n]); err != nil {
				return err
			}
			f.pos += int64(n)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("cannot follow log: %w", err)
		}
	}
	return ctx.Err()
}

// nowhere is the place of a file that is no longer in the row of backups.
const nowhere = -1

// successor opens the file that the log went on in after the current one, or
// returns nil if there is none yet.
//
// The current file is known by its identity. If it is the i-th backup now, then
// its successor is the nearest file before it in the row. A rotation renames
// from the back to the front; therefore, a look from front to back never misses
// the current file, and if that is still in its place after its successor was
// opened, and nothing is between them, then no rename has come in between.
func (f *follower) successor() (*os.File, error) {
	current, err := f.current.Stat()
	if err != nil {
		return nil, err
	}
	for {
		place := f.place(current)
		if place == 0 {
			return nil, nil
		}
		next, at, err := f.before(place)
		if err != nil || next == nil {
			return nil, err
		}
		if place == nowhere || f.adjoin(at, place, current) {
			return next, nil
		}
		next.Close()
	}
}

// place returns which backup a file is; 0 is the log itself. Few that are missing
// do not end the row: while a rotation is under way, there is a hole.
func (f *follower) place(file os.FileInfo) int {
	const rowEnd = 3
	for i, missing := 0, 0; missing < rowEnd; i++ {
		info, err := os.Stat(backupName(f.path, i))
		switch {
		case err != nil:
			missing++
		case os.SameFile(info, file):
			return i
		default:
			missing = 0
		}
	}
	return nowhere
}

// before opens the nearest file before a place in the row and returns where it
// is. The log itself is not there until something is in it.
func (f *follower) before(place int) (file *os.File, at int, err error) {
	for i := place - 1; i > 0; i-- {
		file, _, err := openForReading(backupName(f.path, i))
		if !errors.Is(err, fs.ErrNotExist) {
			return file, i, err
		}
	}
	file, size, err := openForReading(f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, 0, nil
	case err != nil:
		return nil, 0, err
	case size == 0:
		return nil, 0, file.Close()
	}
	return file, 0, nil
}

// adjoin reports whether a file is in a place and nothing between it and another place.
func (f *follower) adjoin(front, place int, file os.FileInfo) bool {
	for i := front + 1; i < place; i++ {
		if _, err := os.Stat(backupName(f.path, i)); !errors.Is(err, fs.ErrNotExist) {
			return false
		}
	}
	info, err := os.Stat(backupName(f.path, place))
	return err == nil && os.SameFile(info, file)
}
