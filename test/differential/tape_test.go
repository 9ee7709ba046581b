//go:build linux

package differential

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// patience is how long a step waits for what it waits for. It is only ever
// used up by a failure.
const patience = 60 * time.Second

// tape holds the lines that somebody says, and lets others wait for one.
type tape struct {
	mu     sync.Mutex
	lines  []string
	played int           // how many lines were returned by until
	ended  bool          // nothing will be added
	grown  chan struct{} // closed by the next change
}

func newTape() *tape { return &tape{grown: make(chan struct{})} }

func (t *tape) change(f func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f()
	close(t.grown)
	t.grown = make(chan struct{})
}

// record adds the lines of r until its end. It is meant to run on its own.
func (t *tape) record(r io.Reader) {
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			t.change(func() { t.lines = append(t.lines, strings.TrimSuffix(line, "\n")) })
		}
		if err != nil {
			t.change(func() { t.ended = true })
			return
		}
	}
}

// until waits for a line that contains the text and returns it together with
// all lines since the last call. Without a text it waits for the end.
func (t *tape) until(text string) ([]string, error) {
	deadline := time.After(patience)
	for {
		t.mu.Lock()
		fresh := t.lines[t.played:]
		end := -1
		for i, line := range fresh {
			if text != "" && strings.Contains(line, text) {
				end = i + 1
				break
			}
		}
		if text == "" && t.ended {
			end = len(fresh)
		}
		if end >= 0 {
			t.played += end
			t.mu.Unlock()
			return fresh[:end], nil
		}
		ended, grown := t.ended, t.grown
		t.mu.Unlock()
		if ended {
			return fresh, fmt.Errorf("the end came before %q", text)
		}
		select {
		case <-grown:
		case <-deadline:
			return fresh, fmt.Errorf("waited in vain for %q", text)
		}
	}
}

// all returns all lines from the beginning.
func (t *tape) all() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]string(nil), t.lines...)
}

// poll asks until the answer is yes. It is for what does not announce itself:
// a file that grows, a state that is not logged.
func poll(what string, yes func() bool) error {
	deadline := time.After(patience)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for !yes() {
		select {
		case <-again.C:
		case <-deadline:
			return fmt.Errorf("waited in vain for %s", what)
		}
	}
	return nil
}
