package spawn

import "slices"

// Progress is how far an Input has come: a plain value, which is kept where
// another process finds it should this one be killed.
type Progress struct {
	Sends   int   // how often something was sent
	Start   int64 // where in the stream the last of it begins
	Written int64 // bytes that are in the pipe, or have been read from it
	Next    int64 // and as many may be, which were about to be written; see settle
}

// NewKeptInput returns an Input that owns a pipe with a name and tells keep of
// every step before it is taken. keep must not block.
func NewKeptInput(pipe *Pipe, keep func(Progress)) *Input {
	return &Input{pipe: pipe, keep: keep}
}

// KeepBy has an Input that is frozen tell keep of its steps from now on.
func (in *Input) KeepBy(keep func(Progress)) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.keep = keep
}

// GoOnKept returns an Input that goes on where that of another process stood when
// it was killed. last is what was to be sent last, by a process that had decided
// to send for the sends-th time; what of it is not in the pipe is sent now.
func GoOnKept(pipe *Pipe, keep func(Progress), p Progress, sends int, last []byte) (*Input, error) {
	if err := p.settle(pipe); err != nil {
		return nil, err
	}
	in := &Input{pipe: pipe, keep: keep, progress: p}
	done := int64(len(last))
	switch {
	case p.Sends < sends: // it had been decided, and not begun
		done = 0
		in.progress.Sends, in.progress.Start = sends, p.Written
	case p.Written < p.Start+done:
		done = max(0, p.Written-p.Start)
	}
	if rest := slices.Clone(last[done:]); len(rest) > 0 {
		in.mu.Lock()
		defer in.mu.Unlock()
		in.queue = rest
		in.keepDraining()
	}
	return in, nil
}

// write writes what the pipe takes now.
func (in *Input) write(data []byte) (int, error) {
	if in.keep != nil {
		return in.writeKept(data)
	}
	return in.pipe.write(data)
}

// sent counts something that is to be sent. in.mu is held.
func (in *Input) sent() {
	in.progress.Sends++
	in.progress.Start = in.progress.Written + int64(len(in.queue))
}
