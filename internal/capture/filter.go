package capture

import (
	"bytes"
	"errors"
)

// Sink takes what a Filter finds, in the order of the stream.
type Sink interface {
	// Log takes ordinary output. The slice is valid only during the call.
	Log(data []byte)
	// Comm takes the content of one finished capture. The slice is the sink's to keep.
	Comm(data []byte)
}

// The tokens that enclose a message to the supervisor (logging.md, section 5).
// Neither begins anew inside itself: '<' is only their first byte. Hence bytes
// that were a token's beginning and turn out not to be one hold no other
// beginning, and the only candidate at the end of a chunk is its last '<'.
var (
	beginToken = []byte("<!--XSUPERVISOR:BEGIN-->")
	endToken   = []byte("<!--XSUPERVISOR:END-->")
)

// Filter separates messages between tokens from the ordinary output of one
// stream. It is not safe for concurrent use.
type Filter struct {
	max       int64  // of buffer, in bytes; 0 if tokens mean nothing
	capturing bool   // between the tokens; then endToken is sought, else beginToken
	held      int    // how many bytes of the sought token ended the last chunk
	buffer    []byte // of the capture; its last max bytes count
}

// NewFilter returns the filter of a stream whose captures hold at most max
// bytes. With a max of 0 or less tokens are ordinary data.
func NewFilter(max int64) *Filter {
	return &Filter{max: max}
}

// State is all that a filter remembers between two chunks: a plain value.
type State struct {
	Capturing bool   `json:",omitempty"` // between the tokens
	Held      int    `json:",omitempty"` // how many bytes of the token that is sought have come
	Buffer    []byte `json:",omitempty"` // what has been captured so far
}

// Quiet reports whether the filter remembers nothing: no capture has begun, and
// no token may have.
func (f *Filter) Quiet() bool { return !f.capturing && f.held == 0 }

// State returns what the filter remembers. Later chunks do not change it.
func (f *Filter) State() State {
	return State{Capturing: f.capturing, Held: f.held, Buffer: bytes.Clone(f.trim())}
}

// Restore makes the filter remember s instead of what it did. It is an error,
// and changes nothing, if no filter can have been left so.
func (f *Filter) Restore(s State) error {
	token := beginToken
	if s.Capturing {
		token = endToken
	}
	if s.Held < 0 || s.Held >= len(token) || !s.Capturing && len(s.Buffer) > 0 {
		return errors.New("cannot restore a filter: the state is impossible")
	}
	f.capturing, f.held, f.buffer = s.Capturing, s.Held, bytes.Clone(s.Buffer)
	return nil
}

// Write filters the next chunk of the stream.
func (f *Filter) Write(chunk []byte, to Sink) {
	if f.max <= 0 {
		f.data(chunk, to)
		return
	}
	if f.held > 0 {
		chunk = f.resume(chunk, to)
	}
	for {
		before, after, found := bytes.Cut(chunk, f.token())
		if !found {
			break
		}
		f.data(before, to)
		f.toggle(to)
		chunk = after
	}
	if f.held == 0 {
		f.held = tokenStart(chunk, f.token())
		f.data(chunk[:len(chunk)-f.held], to)
	}
}

// Flush ends the stream. Bytes that were held back because a token might have
// begun with them are ordinary data. The content of a capture that was not
// finished is ordinary data, too: it makes no event, and it may be all that a
// crashing program had to say.
func (f *Filter) Flush(to Sink) {
	f.release(to)
	f.capturing = false
	f.data(f.trim(), to)
	f.buffer = nil
}

// resume continues the token that the last chunk may have begun, and returns
// what is left of the chunk to look at.
func (f *Filter) resume(chunk []byte, to Sink) []byte {
	rest := f.token()[f.held:]
	switch {
	case bytes.HasPrefix(chunk, rest):
		f.held = 0
		f.toggle(to)
		return chunk[len(rest):]
	case bytes.HasPrefix(rest, chunk):
		f.held += len(chunk)
		return nil
	}
	f.release(to)
	return chunk
}

// release treats the bytes held back as data.
func (f *Filter) release(to Sink) {
	held := f.token()[:f.held]
	f.held = 0
	f.data(held, to)
}

// toggle acts on the token sought.
func (f *Filter) toggle(to Sink) {
	if f.capturing {
		to.Comm(f.trim())
		f.buffer = nil
	}
	f.capturing = !f.capturing
}

// data takes bytes that are no token.
func (f *Filter) data(p []byte, to Sink) {
	switch {
	case f.capturing:
		f.keep(p)
	case len(p) > 0:
		to.Log(p)
	}
}

// keep appends to the buffer of the capture. The buffer may grow to twice the
// limit before its front is dropped, so that a byte is moved at most once more
// however small the pieces are.
func (f *Filter) keep(p []byte) {
	f.buffer = append(f.buffer, p...)
	if int64(len(f.buffer))/2 >= f.max {
		f.buffer = append(f.buffer[:0], f.trim()...)
	}
}

// trim returns the part of the buffer that the limit allows, its last bytes.
func (f *Filter) trim() []byte {
	return f.buffer[max(0, int64(len(f.buffer))-f.max):]
}

// token returns the token that would end the present mode.
func (f *Filter) token() []byte {
	if f.capturing {
		return endToken
	}
	return beginToken
}

// tokenStart returns how many bytes at the end of chunk are the beginning of token.
func tokenStart(chunk, token []byte) int {
	i := bytes.LastIndexByte(chunk[max(0, len(chunk)-len(token)+1):], token[0])
	if i < 0 {
		return 0
	}
	i += max(0, len(chunk)-len(token)+1)
	if !bytes.HasPrefix(token, chunk[i:]) {
		return 0
	}
	return len(chunk) - i
}
