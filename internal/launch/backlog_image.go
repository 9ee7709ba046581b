package launch

import "bytes"

// BacklogImage is what a seat keeps for a log that cannot be written: a plain value.
type BacklogImage struct {
	Left    []byte `json:",omitempty"`
	Lost    int    `json:",omitempty"` // bytes that were not kept
	Midline bool   `json:",omitempty"` // the last of them was not the end of a line
	Failing bool   `json:",omitempty"` // the activity log has said so
}

// freeze keeps the backlog from writing until thaw, and returns what it remembers.
func (b *backlog) freeze() BacklogImage {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.frozen = true
	return BacklogImage{bytes.Clone(b.left), b.lost, b.midline, b.failing}
}

func (b *backlog) thaw() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.frozen = false
	b.rearm()
}

// restore makes a frozen backlog of what another process remembered.
func (b *backlog) restore(image BacklogImage) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left, b.lost, b.midline = bytes.Clone(image.Left), image.Lost, image.Midline
	b.failing = image.Failing
	b.frozen = true
}
