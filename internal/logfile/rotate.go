package logfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// rotate moves the file out of the way, which has reached its limit.
func (f *File) rotate() error {
	// Somebody else may have truncated the file, which size does not know.
	if info, err := f.target.file.Stat(); err == nil && info.Size() < f.limit {
		f.target.size = info.Size()
		return nil
	}
	if err := f.rollOver(); err != nil {
		// Trying again at every write would cost time, and shift the
		// backups each time until none is left.
		f.limit = f.target.size + f.opt.MaxBytes
		return fmt.Errorf("cannot rotate log: %w", err)
	}
	return nil
}

// rollOver shifts the backups, of which the last falls off, makes the file the
// first of them and begins a new one (logging.md, section 3). The old file
// stays open until the new one is, so that there is always one to write to.
func (f *File) rollOver() error {
	if f.opt.Backups <= 0 {
		return f.truncate()
	}
	last, err := f.lastToShift()
	if err != nil {
		return err
	}
	for i := last; i >= 0; i-- {
		if err := renameExisting(backupName(f.path, i), backupName(f.path, i+1)); err != nil {
			return err
		}
	}
	if err := f.reopen(); err != nil {
		return errors.Join(err, renameExisting(backupName(f.path, 1), f.path))
	}
	return nil
}

// fewBackups is a number of backups that are tried one by one.
const fewBackups = 100

// lastToShift returns the number of the last backup that may have to be shifted.
// If many are kept, which may mean any number to the user, the directory tells
// how many there are.
func (f *File) lastToShift() (int, error) {
	last := f.opt.Backups - 1
	if last <= fewBackups {
		return last, nil
	}
	dir, err := os.Open(filepath.Dir(f.path))
	if err != nil {
		return 0, err
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return 0, err
	}
	highest := 0
	for _, name := range names {
		suffix, found := strings.CutPrefix(name, filepath.Base(f.path)+".")
		if i, err := strconv.Atoi(suffix); found && err == nil && i <= last {
			highest = max(highest, i)
		}
	}
	return highest, nil
}

// renameExisting renames a file; that it is missing is no error.
func renameExisting(from, to string) error {
	if err := os.Rename(from, to); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
