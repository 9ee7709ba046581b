package logfile

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
)

// FollowFrom begins at the byte that it is told, wherever the end is by then.
func TestFollowFrom(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(path, []byte("0123456789"), 0o600); err != nil {
		t.Fatal(err)
	}
	for offset, want := range map[int64]string{0: "0123456789", 4: "456789", -3: "0123456789", 11: truncatedNotice + "0123456789"} {
		ctx, cancel := context.WithCancel(t.Context())
		var got bytes.Buffer
		err := FollowFrom(ctx, path, offset, writerFunc(func(p []byte) (int, error) {
			got.Write(p)
			if got.Len() >= len(want) {
				cancel()
			}
			return len(p), nil
		}))
		if err == nil || got.String() != want {
			t.Errorf("from %d on there is %q, %v; want %q", offset, got.String(), err, want)
		}
		cancel()
	}
}

type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
