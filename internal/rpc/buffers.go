package rpc

import "sync"

// buffers keeps the memory of answers for the next ones: a big answer costs
// several times as much if it has to find its memory anew.
type buffers struct{ pool sync.Pool }

// keptBuffer is the size, in bytes, above which a buffer is not kept: enough
// for what there is to say about some thousand processes.
const keptBuffer = 8 << 20

// take returns a buffer whose content means nothing.
func (b *buffers) take() *[]byte {
	if buffer, ok := b.pool.Get().(*[]byte); ok {
		return buffer
	}
	return new([]byte)
}

// keep takes a buffer back that nobody uses any more.
func (b *buffers) keep(buffer *[]byte) {
	if cap(*buffer) <= keptBuffer {
		b.pool.Put(buffer)
	}
}
