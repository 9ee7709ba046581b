package logfile

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"supervisor/internal/pyrepr"
)

// autoCharacters are the characters of the random part of an AUTO log's name.
const autoCharacters = "abcdefghijklmnopqrstuvwxyz0123456789_"

// CreateAuto creates an empty log for a stream, "stdout" or "stderr", of a
// process and returns its path, which nothing else has ever had. Only its owner
// may read it. The name is told from that of another daemon by the identifier
// (logging.md, section 2, AUTO).
func CreateAuto(dir, process, stream, identifier string) (string, error) {
	for {
		name := fmt.Sprintf("%s-%s---%s-%s.log", process, stream, identifier, randomPart())
		path := filepath.Join(dir, name)
		file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err == nil {
			err = file.Close()
		}
		if err != nil {
			return "", fmt.Errorf("cannot create log: %w", err)
		}
		return path, nil
	}
}

// randomPart returns 8 random characters.
func randomPart() string {
	name := make([]byte, 8)
	for i := range name {
		name[i] = autoCharacters[randomBelow(len(autoCharacters))]
	}
	return string(name)
}

// randomBelow returns a random number below n, which is at most 256, each with
// equal chance.
func randomBelow(n int) int {
	var b [1]byte
	for {
		rand.Read(b[:]) // never fails (crypto/rand.Read)
		if i := int(b[0]); i < 256/n*n {
			return i % n
		}
	}
}

// CleanupError says what CleanAuto could not do.
type CleanupError struct {
	Message string // the warning, as the reference words it
	Err     error  // the reason
}

func (e *CleanupError) Error() string { return e.Message }

func (e *CleanupError) Unwrap() error { return e.Err }

// CleanAuto removes from dir the logs that CreateAuto made in an earlier life of
// the daemon with this identifier, rotated ones included (logging.md, section
// 2). It goes on after a failure; each is a *CleanupError.
func CleanAuto(dir, identifier string) []error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return []error{&CleanupError{"Could not clear childlog dir", err}}
	}
	stale := regexp.MustCompile(`^.+---` + regexp.QuoteMeta(identifier) + `-[a-z0-9_]{8}\.log(\.\d+)?$`)
	var failed []error
	for _, entry := range entries {
		if !stale.MatchString(entry.Name()) || entry.IsDir() {
			continue
		}
		path := filepath.Join(dir, entry.Name())
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			failed = append(failed, &CleanupError{"Failed to clean up " + pyrepr.String(path), err})
		}
	}
	return failed
}
