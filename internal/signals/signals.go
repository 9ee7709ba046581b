// Package signals knows signals by name and by number.
//
// It is pure. What it accepts and how it writes a signal are Supervisor's
// (config.md, section 6, and process.md, section 2); the numbers are those of
// the system that the program was built for.
package signals

import (
	"errors"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Why a text is not a signal.
var (
	ErrName   = errors.New("not a valid signal name")
	ErrNumber = errors.New("not a valid signal number")
)

// Name returns the name of a signal with its SIG prefix, or "signal N" if the
// system has no name for it.
func Name(sig syscall.Signal) string {
	for _, x := range extra {
		if x.shown && x.sig == sig {
			return x.name
		}
	}
	if name := unix.SignalName(sig); name != "" {
		return name
	}
	return "signal " + strconv.Itoa(int(sig))
}

// Parse returns the signal that text names: its number, or its name with or
// without SIG, in any letter case and with blanks around it. Real-time signals
// other than RTMIN and RTMAX have no name and are refused, as is 0, which is
// no signal. The error is ErrNumber if text is a number, else ErrName.
func Parse(text string) (syscall.Signal, error) {
	text = strings.TrimSpace(text)
	if n, err := strconv.Atoi(text); err == nil {
		if sig := syscall.Signal(n); n > 0 && named(sig) {
			return sig, nil
		}
		return 0, ErrNumber
	} else if errors.Is(err, strconv.ErrRange) {
		return 0, ErrNumber
	}
	name := strings.ToUpper(text)
	if !strings.HasPrefix(name, "SIG") {
		name = "SIG" + name
	}
	for _, x := range extra {
		if x.name == name {
			return x.sig, nil
		}
	}
	if sig := unix.SignalNum(name); sig != 0 {
		return sig, nil
	}
	return 0, ErrName
}

func named(sig syscall.Signal) bool { return !strings.HasPrefix(Name(sig), "signal ") }
