package spawn

import (
	"bytes"
	"syscall"
)

// InputImage is an Input as it is handed over to another process that has the
// same descriptor: a plain value.
type InputImage struct {
	FD    int    // of the pipe
	Queue []byte `json:",omitempty"` // what the child has not taken yet
	Deaf  bool   `json:",omitempty"` // the child has closed its end

	Progress Progress `json:",omitzero"`
}

// Freeze keeps the Input from writing until Thaw, and returns what another
// process needs to go on with it. Nothing is sent meanwhile.
func (in *Input) Freeze() InputImage {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.frozen = true
	return InputImage{FD: in.pipe.fd, Queue: bytes.Clone(in.queue), Deaf: in.err != nil, Progress: in.progress}
}

// Thaw lets the Input go on writing.
func (in *Input) Thaw() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.frozen = false
	in.keepDraining()
}

// ResumeInput returns a frozen Input that goes on where another process stood.
func ResumeInput(image InputImage) *Input {
	in := &Input{pipe: InheritedPipe(image.FD), queue: bytes.Clone(image.Queue), progress: image.Progress, frozen: true}
	if image.Deaf {
		in.err = syscall.EPIPE
	}
	return in
}
