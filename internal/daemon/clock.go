package daemon

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"supervisor/internal/clock"
)

// ReadClock reads both clocks.
func ReadClock() (clock.Reading, error) {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &t); err != nil {
		return clock.Reading{}, fmt.Errorf("cannot read the clock: %w", err)
	}
	return clock.Reading{Now: time.Now(), Monotonic: time.Duration(t.Nano())}, nil
}
