package httpd

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"os"
	"strconv"
)

// tailStart is how much of a log, in bytes, is sent before what is new.
const tailStart = 1024

// Follow writes the last bytes of a file and then whatever is appended to it,
// until ctx ends or w fails.
type Follow func(ctx context.Context, path string, last int64, w io.Writer) error

// FollowFrom is Follow from an offset in bytes on.
type FollowFrom func(ctx context.Context, path string, offset int64, w io.Writer) error

// Tail answers with the log file that open names, as it grows, for as long as
// the client listens and the server runs (rpc.md, section 2.3). A client that
// knows where it has been asks with ?from= for what is behind that offset.
// Without a file it answers 404.
func Tail(open func(r *http.Request) (path string, ok bool), follow Follow, followFrom FollowFrom) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path, ok := open(r)
		if !ok {
			Error(w, http.StatusNotFound)
			return
		}
		file, err := os.Stat(path)
		if err != nil || file.IsDir() {
			Error(w, http.StatusNotFound)
			return
		}
		from := r.URL.Query().Get("from")
		offset, err := strconv.ParseInt(cmp.Or(from, "0"), 10, 64)
		if err != nil || offset < 0 {
			Error(w, http.StatusBadRequest)
			return
		}
		h := w.Header()
		h.Set("Last-Modified", file.ModTime().UTC().Format(http.TimeFormat))
		h.Set("Content-Type", "text/plain;charset=utf-8")
		h.Set("X-Accel-Buffering", "no") // a proxy that collects would show the log late
		stream := &stream{w, http.NewResponseController(w)}
		if stream.control.Flush() != nil {
			return // the client has gone
		}
		// The end of the client, of the server or of the file: there is nobody
		// who could be told which.
		if from != "" {
			_ = followFrom(r.Context(), path, offset, stream)
			return
		}
		_ = follow(r.Context(), path, tailStart, stream)
	})
}

// stream sends everything at once. To HTTP/1.1 that is one chunk each; to
// HTTP/1.0, the bytes as they are.
type stream struct {
	w       io.Writer
	control *http.ResponseController
}

// Write implements io.Writer.
func (s *stream) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	if err == nil {
		err = s.control.Flush()
	}
	return n, err
}
