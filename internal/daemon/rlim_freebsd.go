package daemon

// rlim is the type of a limit's value; here it is signed.
type rlim = int64
