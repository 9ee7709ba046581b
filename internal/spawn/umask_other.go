//go:build !linux

package spawn

// withUmask fails with errNeedsStage: the umask belongs to the whole process
// here, so only a stage can set one without anybody else seeing it.
func withUmask(uint32, func() error) error { return errNeedsStage }
