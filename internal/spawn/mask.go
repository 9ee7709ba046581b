package spawn

// SignalMask is the set of signals that a thread has blocked: bit n-1 stands for
// signal n, as in proc_pid_status(5).
type SignalMask uint64

// Has reports whether a signal is in the set.
func (m SignalMask) Has(signal int) bool { return m>>(signal-1)&1 == 1 }
