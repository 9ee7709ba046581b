package logfile

import (
	"fmt"
	"os"
	"time"
)

// Image is an open log as it is handed over to another process that has the same
// descriptor: a plain value.
type Image struct {
	FD      int
	Path    string
	Size    int64 `json:",omitempty"` // in bytes, as far as it has been counted
	Began   int64 `json:",omitempty"` // see File.Began
	Limit   int64 `json:",omitempty"` // the size that calls for a rotation
	Blocks  bool  `json:",omitempty"` // a write may have to wait, and cannot be told how long
	Stalled bool  `json:",omitempty"` // the last write waited in vain for a reader
}

// Image returns what another process needs to go on with the file. Until it does,
// nothing may be written here.
func (f *File) Image() (Image, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	fd, err := number(f.target.file)
	if err != nil {
		return Image{}, fmt.Errorf("cannot hand over the log %s: %w", f.path, err)
	}
	return Image{
		FD:      fd,
		Path:    f.path,
		Size:    f.target.size,
		Began:   f.began.Load(),
		Limit:   f.limit,
		Blocks:  f.target.blocks,
		Stalled: f.stalled,
	}, nil
}

// Resume goes on with a log that another process has handed over. The File owns
// the descriptor.
func Resume(image Image, opt Options) (*File, error) {
	if opt.Mode == 0 {
		opt.Mode = defaultMode
	}
	file := os.NewFile(uintptr(image.FD), image.Path)
	if image.FD < 3 || file == nil {
		return nil, fmt.Errorf("cannot go on with the log %s: it has no descriptor", image.Path)
	}
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("cannot go on with the log: %w", err)
	}
	t := target{file: file, regular: info.Mode().IsRegular(), blocks: image.Blocks}
	if t.regular {
		t.size = image.Size
		_, stream := descriptor(image.Path)
		t.owned = !stream
	} else {
		t.waits = !image.Blocks && file.SetWriteDeadline(time.Time{}) == nil
	}
	f := &File{path: image.Path, opt: opt, patience: readerPatience}
	f.use(t)
	f.began.Store(image.Began)
	f.stalled = image.Stalled
	if f.limit > 0 { // the last rotation may have failed, and the next be due later
		f.limit = max(f.limit, image.Limit)
	}
	return f, nil
}

// number returns the descriptor of a file, and leaves the file as it is.
func number(file *os.File) (fd int, err error) {
	raw, err := file.SyscallConn()
	if err != nil {
		return -1, err
	}
	err = raw.Control(func(n uintptr) { fd = int(n) })
	return fd, err
}
