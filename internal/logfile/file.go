package logfile

import "os"

// Options are the limits of a log file.
type Options struct {
	MaxBytes int64       // size at which the file is rotated; 0 or less means never
	Backups  int         // how many rotated files are kept; 0 means the file is truncated instead
	Mode     os.FileMode // permissions of a file that is created, before the umask; 0 means 0666
}

// File is a log file that is being written.
type File struct{}

func Open(path string, opt Options) (*File, error) { panic("not built yet") }
func (f *File) Write(p []byte) (int, error)        { panic("not built yet") }
func (f *File) Reopen() error                      { panic("not built yet") }
func (f *File) Clear() error                       { panic("not built yet") }
func (f *File) Close() error                       { panic("not built yet") }
func (f *File) Path() string                       { panic("not built yet") }
func (f *File) Size() int64                        { panic("not built yet") }
