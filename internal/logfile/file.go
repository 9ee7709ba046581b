package logfile

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Options are the limits of a log file.
type Options struct {
	MaxBytes int64       // size at which the file is rotated; 0 or less means never
	Backups  int         // how many rotated files are kept; 0 means the file is truncated instead
	Shared   bool        // others may Splice to the same file
	Mode     os.FileMode // permissions of a file that is created, before the umask; 0 means 0666
}

// defaultMode is what Options.Mode means if it says nothing.
const defaultMode = 0o666

// File is a log file that is being written. It is safe for concurrent use.
type File struct {
	path     string
	opt      Options
	patience time.Duration // how long a write may wait for a reader

	hurried atomic.Bool             // Hurry has been called, and no write has heeded it yet
	waiting atomic.Pointer[os.File] // what a write may be waiting for
	began   atomic.Int64            // see Began

	mu      sync.Mutex
	target  target
	limit   int64 // size in bytes that calls for a rotation; 0 if none does
	stalled bool  // the last write waited in vain for a reader

	plain   *os.File // plainOf without O_APPEND, for Splice; nil: not needed yet
	plainOf *os.File
}

// A write waits this long for the reader of a pipe, fifo or terminal; and this
// long as long as that reader goes on not reading. The second is short so that
// a child is not held up, and not nothing so that a reader can come back. In a
// hurry the third is the longest.
const (
	readerPatience  = 10 * time.Second
	stalledPatience = 10 * time.Millisecond
	hurriedPatience = time.Second
)

// Open opens the log file at path for appending and creates it if it is missing.
//
// The path may also name a pipe, a fifo, a terminal, a device, or a standard
// stream of any kind, such as /dev/stdout; such a target is written as it is and
// never rotated (LOG-021). A fifo need not have a reader: what is written waits
// in it as far as there is room.
func Open(path string, opt Options) (*File, error) {
	if opt.Mode == 0 {
		opt.Mode = defaultMode
	}
	t, err := open(path, opt.Mode)
	if err != nil {
		return nil, fmt.Errorf("cannot open log: %w", err)
	}
	f := &File{path: path, opt: opt, patience: readerPatience}
	f.use(t)
	return f, nil
}

// Path returns the path that the file was opened by.
func (f *File) Path() string { return f.path }

// Size returns how many bytes the file holds. It is 0 for what is no regular file.
func (f *File) Size() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.target.size
}

// Began returns where in the file begins what has been written since it was opened:
// before that are the words of others, who were there earlier. It does not wait for
// a write that is under way.
func (f *File) Began() int64 { return f.began.Load() }

// Write appends p, and then rotates the file if it has reached its limit
// (logging.md, section 3). To a regular file that is one write(2) and nothing
// else, unless it is cut short.
//
// If n is less than len(p), the rest was not written and may be tried again; it
// goes to a new file if the limit was reached just there. An error together with
// n equal to len(p) says that the rotation failed: the file goes on to grow, and
// the next attempt comes when it has grown by its limit once more.
//
// A pipe, fifo, terminal or socket whose reader does not read is waited for, but
// not for ever: after 10 seconds the write gives up, and so does each further one
// after 10 milliseconds, until the reader reads again.
func (f *File) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.write(p)
}

// WriteLines is Write for several lines, with a rotation behind each that calls for
// one, as if they were written one by one. Of several errors it is the first.
func (f *File) WriteLines(p []byte) (written int, failure error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for written < len(p) {
		lines := f.upToRotation(p[written:])
		n, err := f.write(lines)
		written += n
		failure = cmp.Or(failure, err)
		if n < len(lines) {
			break
		}
	}
	return written, failure
}

// upToRotation returns the lines of p up to the first that calls for a rotation.
func (f *File) upToRotation(p []byte) []byte {
	last := max(f.limit-f.target.size, 1) - 1 // the byte that fills the file
	if f.limit <= 0 || last >= int64(len(p)) {
		return p
	}
	if end := bytes.IndexByte(p[last:], '\n'); end >= 0 {
		return p[:int(last)+end+1]
	}
	return p
}

func (f *File) write(p []byte) (int, error) {
	if f.target.waits || f.target.blocks {
		return f.writeToReader(p)
	}
	n, err := f.append(p)
	if f.target.regular {
		f.target.size += int64(n)
	}
	if f.limit > 0 && f.target.size >= f.limit {
		// After a failure, too: on a full disk the oldest backup makes room.
		err = errors.Join(err, f.rotate())
	}
	return n, err
}

// append writes to the end of the file, and not while somebody else who looks for
// the end is about to write there.
func (f *File) append(p []byte) (int, error) {
	if !f.opt.Shared || !f.target.regular {
		return f.target.file.Write(p)
	}
	unlock, err := lockFile(f.target.file)
	if err != nil {
		return 0, err
	}
	defer unlock()
	return f.target.file.Write(p)
}

// Hurry has a reader waited for no longer than another second, now and from now
// on: whoever writes has come to his last words. It does not wait for a write that
// is under way.
func (f *File) Hurry() {
	f.hurried.Store(true)
	if file := f.waiting.Load(); file != nil {
		// One that has been closed meanwhile is not waited for any more.
		_ = file.SetWriteDeadline(time.Now().Add(hurriedPatience))
	}
}

// writeToReader writes to a target that may have to be waited for.
func (f *File) writeToReader(p []byte) (int, error) {
	n, err := f.writeInTime(p)
	f.stalled = errors.Is(err, os.ErrDeadlineExceeded)
	if f.stalled && f.hurried.Swap(false) { // this was the last second
		f.patience = min(f.patience, hurriedPatience)
	}
	return n, err
}

func (f *File) writeInTime(p []byte) (int, error) {
	if !f.target.waits {
		return f.target.writeBy(f.deadline(), p)
	}
	file := f.target.file
	f.waiting.Store(file)
	defer f.waiting.Store(nil)
	if err := file.SetWriteDeadline(f.deadline()); err != nil {
		return 0, err
	}
	if f.hurried.Load() { // just now: which deadline was set last is not known
		if err := file.SetWriteDeadline(time.Now().Add(hurriedPatience)); err != nil {
			return 0, err
		}
	}
	return file.Write(p)
}

// deadline is until when a write that begins now may wait.
func (f *File) deadline() time.Time {
	if f.hurried.Swap(false) {
		f.patience, f.stalled = min(f.patience, hurriedPatience), false
	}
	if f.stalled {
		return time.Now().Add(stalledPatience)
	}
	return time.Now().Add(f.patience)
}

// Reopen opens the path anew, for whoever has renamed the file (SIGUSR2). If
// that fails, the file that was open stays in use.
func (f *File) Reopen() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.reopen(); err != nil {
		return fmt.Errorf("cannot reopen log: %w", err)
	}
	return nil
}

// Clear deletes the file and goes on in a new one (logging.md, section 6). That
// the file is already gone is no error, and rotated files stay. A standard
// stream that leads to a file is truncated; what cannot be emptied, like a pipe,
// is left alone.
func (f *File) Clear() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	err := f.clear()
	if err != nil {
		return fmt.Errorf("cannot clear log: %w", err)
	}
	return nil
}

func (f *File) clear() error {
	switch {
	case !f.target.regular:
		return nil
	case !f.target.owned:
		return f.truncate()
	}
	if err := os.Remove(f.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return f.reopen()
}

// Close closes the file. Further writes fail with os.ErrClosed.
func (f *File) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	err := f.target.file.Close()
	if f.plain != nil {
		err = errors.Join(err, f.plain.Close())
		f.plain = nil
	}
	return err
}

// reopen replaces the open file by what the path leads to now.
func (f *File) reopen() error {
	t, err := open(f.path, f.opt.Mode)
	if err != nil {
		return err
	}
	old := f.target.file
	f.use(t)
	if err := old.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return err
	}
	return nil
}

func (f *File) truncate() error {
	err := f.target.file.Truncate(0)
	if err == nil {
		f.target.size = 0
		f.began.Store(0)
	}
	return err
}

// use makes t the target of further writes.
func (f *File) use(t target) {
	f.target = t
	f.stalled = false
	f.began.Store(t.size)
	f.limit = 0
	if t.owned {
		f.limit = max(0, f.opt.MaxBytes)
	}
}
