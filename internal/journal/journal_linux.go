package journal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"unsafe"
)

// Journal is the store. It is safe for concurrent use.
type Journal struct {
	dir  string
	path string
	lock *os.File
	void func(error) // told once when nothing can be stored any more

	mu      sync.Mutex // a leaf: only memory is touched with it held, but to grow
	file    *file
	other   bool // the second half is in use
	tail    int  // how far it is filled
	live    map[string]span
	liveLen int // what the live records take
	closed  bool
}

// The names in the folder.
const (
	fileName = "journal"
	lockName = "lock"
)

// Open takes the folder for this process, makes it if it is missing, and opens
// the journal in it. What a journal that was left behind holds is found by
// Each; it is still there when this process is killed next. ignored says why a
// journal that was found counts for nothing. void is called, once, by whoever
// stores, when the journal has become useless; it must not block.
func Open(dir string, void func(error)) (j *Journal, ignored, err error) {
	if err := openFolder(dir); err != nil {
		return nil, nil, err
	}
	held, err := lock(filepath.Join(dir, lockName))
	if err != nil {
		return nil, nil, fmt.Errorf("cannot lock %s: %w", dir, err)
	}
	j = &Journal{dir: dir, path: filepath.Join(dir, fileName), lock: held, void: void}
	if ignored = j.recover(); ignored == nil {
		return j, nil, nil
	}
	if errors.Is(ignored, fs.ErrNotExist) {
		ignored = nil
	}
	f, err := create(j.path+".new", smallest)
	if err == nil {
		err = f.moveTo(j.path)
	}
	if err != nil {
		return nil, ignored, errors.Join(fmt.Errorf("cannot make a journal: %w", err), held.Close())
	}
	j.file, j.other, j.tail, j.live, j.liveLen = f, false, 0, make(map[string]span), 0
	return j, ignored, nil
}

// Left reports whether a folder holds a journal: whatever else is in it then is of
// no use to anybody.
func Left(dir string) bool {
	f, err := open(filepath.Join(dir, fileName))
	if err != nil {
		return false
	}
	found := bytes.HasPrefix(f.memory, []byte(magic))
	return f.unmap() == nil && found
}

// recover maps the file that is there and reads it.
func (j *Journal) recover() error {
	f, err := open(j.path)
	if err != nil {
		return err
	}
	j.file = f
	err = j.read()
	if err != nil {
		err = errors.Join(err, f.unmap())
	}
	return err
}

func (j *Journal) read() error {
	page := j.file.memory[:pageSize]
	if !bytes.HasPrefix(page, []byte(magic)) {
		return errors.New("it is no journal")
	}
	if got := binary.LittleEndian.Uint32(page[atVersion:]); got != version {
		return fmt.Errorf("it has version %d, and this program knows version %d", got, version)
	}
	word := atomic.LoadUint64(j.word())
	half := j.file.half(word&otherHalf != 0)
	tail := word &^ otherHalf
	if tail > uint64(len(half)) {
		return errBroken
	}
	live, err := replay(half[:tail])
	if err != nil {
		return err
	}
	j.other, j.tail, j.live = word&otherHalf != 0, int(tail), live
	for _, s := range live {
		j.liveLen += s.size
	}
	return nil
}

// Dir returns the folder, which is this process' alone.
func (j *Journal) Dir() string { return j.dir }

// word is what decides which part of the file counts.
func (j *Journal) word() *uint64 { return (*uint64)(unsafe.Pointer(&j.file.memory[atWord])) }

// Each visits all entries. The values are copies.
func (j *Journal) Each(visit func(key string, value []byte)) {
	j.mu.Lock()
	all := make(map[string][]byte, len(j.live))
	half := j.file.half(j.other)
	for key, s := range j.live {
		all[key] = bytes.Clone(half[s.at : s.at+s.length])
	}
	j.mu.Unlock()
	for key, value := range all {
		visit(key, value)
	}
}

// Store makes changes, all at once, in their order. On a journal that is closed
// or void it does nothing.
func (j *Journal) Store(changes ...Change) {
	j.mu.Lock()
	err := guarded(func() error { return j.store(changes) })
	if err != nil {
		j.invalidate()
	}
	j.mu.Unlock()
	if err != nil {
		j.void(err)
	}
}

// guarded touches the mapped memory. Where the file is not behind it any more, because
// somebody has cut it, or a disk has no room for it after all, that is a fault, which
// would end the process.
func guarded(touch func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		switch problem := recover().(type) {
		case nil:
		case interface{ Addr() uintptr }:
			err = errors.New("the journal has become shorter, or its disk has no room for it")
		default:
			panic(problem)
		}
	}()
	return touch()
}

// Void makes the journal useless: what it says is not the truth any more, for a reason.
func (j *Journal) Void(reason error) {
	j.mu.Lock()
	already := j.closed
	j.invalidate()
	j.mu.Unlock()
	if !already {
		j.void(reason)
	}
}

// IsVoid reports whether nothing is stored any more.
func (j *Journal) IsVoid() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.closed
}

func (j *Journal) store(changes []Change) error {
	if j.closed {
		return nil
	}
	size := 0
	for _, c := range changes {
		size += recordSize(c)
	}
	if j.tail+size > len(j.file.half(j.other)) {
		if err := j.makeRoom(size); err != nil {
			return err
		}
	}
	half := j.file.half(j.other)
	for _, c := range changes {
		j.put(half, c)
	}
	j.publish()
	return nil
}

// put writes a record that does not count yet.
func (j *Journal) put(half []byte, c Change) {
	size := recordSize(c)
	putRecord(half[j.tail:], c)
	j.liveLen -= j.live[c.Key].size
	if c.Value == nil {
		delete(j.live, c.Key)
	} else {
		j.live[c.Key] = span{j.tail + recordHead + len(c.Key), len(c.Value), size}
		j.liveLen += size
	}
	j.tail += size
}

// publish makes all that was put count.
func (j *Journal) publish() {
	word := uint64(j.tail)
	if j.other {
		word |= otherHalf
	}
	atomic.StoreUint64(j.word(), word)
}

// makeRoom leaves behind what does not count any more. If that is not enough
// for size more bytes, and some to spare, the file grows.
func (j *Journal) makeRoom(size int) error {
	half := len(j.file.half(j.other))
	if need := j.liveLen + size; need > half/2 {
		f, err := create(j.path+".new", max(2*half, 4*need))
		if err == nil {
			err = j.moveTo(f)
		}
		if err != nil {
			return fmt.Errorf("the journal cannot grow: %w", err)
		}
		return nil
	}
	j.copyTo(j.file, !j.other)
	return nil
}

// copyTo writes all that is live to a half of a file and makes it count.
func (j *Journal) copyTo(f *file, other bool) {
	from, to := j.file.half(j.other), f.half(other)
	live := j.live
	j.file, j.other, j.tail, j.liveLen, j.live = f, other, 0, 0, make(map[string]span, len(live))
	for key, s := range live {
		j.put(to, Change{key, from[s.at : s.at+s.length]})
	}
	j.publish()
}

// moveTo goes on in a new file. It counts as soon as it has its name.
func (j *Journal) moveTo(f *file) error {
	old := j.file
	j.copyTo(f, false)
	return errors.Join(f.moveTo(j.path), old.unmap())
}

// invalidate leaves nothing that the next daemon could take for the truth.
func (j *Journal) invalidate() {
	if j.closed {
		return
	}
	j.closed = true
	_ = guarded(func() error { // what is not there says nothing either
		atomic.StoreUint64(j.word(), 0)
		return nil
	})
}

// Close lets go of the journal and keeps the file: somebody else goes on with it.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.closed = true
	return errors.Join(j.file.unmap(), j.lock.Close())
}

// Clear forgets all entries and deletes what else is in the folder.
func (j *Journal) Clear() error {
	j.mu.Lock()
	j.live, j.liveLen, j.tail = make(map[string]span), 0, 0
	j.publish()
	j.mu.Unlock()
	return j.deleteFiles(fileName, lockName)
}

// Remove closes the journal and deletes the folder: there is nothing to take back.
func (j *Journal) Remove() error {
	if err := j.deleteFiles(); err != nil {
		return errors.Join(err, j.Close())
	}
	err := os.Remove(j.dir)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return errors.Join(err, j.Close())
}

func (j *Journal) deleteFiles(but ...string) error {
	entries, err := os.ReadDir(j.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if !slices.Contains(but, e.Name()) {
			err = errors.Join(err, os.Remove(filepath.Join(j.dir, e.Name())))
		}
	}
	return err
}
