// Package upgrade turns this process into another program that goes on with what
// this one has open: same pid, same children, same descriptors.
//
// It owns the way there: the memory in which the image of what runs is handed
// over, the variable that names it, the descriptors that stay open, and the
// signals that must not be lost in the moment between. It knows nothing of what is
// in the image.
//
// It promises that a program which cannot be executed leaves this process as it
// was, but for what it has been told; and that the memory, the variable and the
// descriptors are seen by the next program and by nobody else.
package upgrade

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"syscall"
)

// variable names the Note to the next program. It is taken out of the environment
// before anybody else sees it.
const variable = "SUPERVISORD_UPGRADE"

// Note is what the next program has to know before it can read the image.
type Note struct {
	Image    int              // the descriptor of the memory that holds the image
	Previous int              // that of the program before, which can be executed again
	Comm     string           // what the process is called in lists of processes
	Signals  []syscall.Signal // those that came and have not been acted on
	Back     string           // why the program before has been executed again; empty: it has not
	Guardian int              `json:",omitempty"` // the pid of the child that guards this moment; 0: there is none
	Guarded  *Guarded         `json:",omitempty"` // this process is the guardian; nil: it goes on
}

// Guarded is what the guardian has to know of the process that it guards.
type Guarded struct {
	PID   int
	Born  uint64 // tells it from any other that has had its pid
	Ready int    // the descriptor to which the guardian says that it is ready
}

// Received returns the note of the program before; nil: this process is an
// ordinary start.
func Received() (*Note, error) {
	text, found := os.LookupEnv(variable)
	if !found {
		return nil, nil
	}
	if err := os.Unsetenv(variable); err != nil {
		return nil, err
	}
	n := new(Note)
	if err := json.Unmarshal([]byte(text), n); err != nil {
		return nil, fmt.Errorf("cannot understand %s: %w", variable, err)
	}
	return n, nil
}

// Read returns the image in a piece of memory that Memory has made.
func Read(memory *os.File) ([]byte, error) {
	info, err := memory.Stat()
	if err != nil {
		return nil, fmt.Errorf("cannot read the image: %w", err)
	}
	text, err := io.ReadAll(io.NewSectionReader(memory, 0, info.Size()))
	if err != nil {
		return nil, fmt.Errorf("cannot read the image: %w", err)
	}
	return text, nil
}

// Execution is what Execute needs.
type Execution struct {
	Program int // the descriptor of the file to execute
	Args    []string
	Env     []string
	Note    Note
	Keep    []int // the descriptors that stay open
	// Caught returns the signals that have been caught and not acted on. None is
	// caught after the first call.
	Caught func() []syscall.Signal
}
