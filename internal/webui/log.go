package webui

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path"
	"strconv"
	"syscall"
	"time"

	"supervisor/internal/logfile"
	"supervisor/internal/sticky"
)

// errNoLog says that there is no log of that name.
var errNoLog = errors.New("there is no such log")

// logPath returns the log that a request is about: processname and channel, or
// the daemon's own without a processname.
func (u *UI) logPath(r *http.Request) (string, error) {
	query := r.URL.Query()
	name := query.Get("processname")
	if name == "" {
		if u.mainLog == nil || u.mainLog.Path() == "" {
			return "", errNoLog
		}
		return u.mainLog.Path(), u.mainLog.Sync()
	}
	info, err := u.supervisor.Process(name)
	if err != nil {
		return "", err
	}
	log := ""
	switch channelOf(r) {
	case "stdout":
		log = info.Stdout
	case "stderr":
		log = info.Stderr
	}
	if log == "" {
		return "", errNoLog
	}
	return log, nil
}

// channelOf returns the channel that a request is about: "stdout", if it names
// none; empty, if there is no channel of that name.
func channelOf(r *http.Request) string {
	switch channel := r.URL.Query().Get("channel"); channel {
	case "", "stdout":
		return "stdout"
	case "stderr":
		return channel
	}
	return ""
}

// logFile answers with a log, or with the ranges of it that are asked for, so
// that a big log opens as fast as a small one. The entity tag stays the same
// while the file grows, and is another one when it has been rotated; whoever
// reads on sends it as If-Match.
func (u *UI) logFile(w http.ResponseWriter, r *http.Request) {
	name, err := u.logPath(r)
	if err != nil {
		u.error(w, http.StatusNotFound)
		return
	}
	file, info, err := openLog(name)
	if err != nil {
		u.error(w, http.StatusNotFound)
		return
	}
	defer file.Close()
	h := w.Header()
	h.Set("Content-Type", "text/plain;charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Etag", tagOf(info))
	if r.URL.Query().Get("download") != "" {
		h.Set("Content-Disposition", "attachment; filename*=UTF-8''"+quoteName(path.Base(name)))
	}
	http.ServeContent(w, r, "", time.Time{}, file)
}

// openLog opens a log for reading. What is no regular file is no log here: it
// has no ranges, and might never end.
func openLog(name string) (*os.File, os.FileInfo, error) {
	file, err := sticky.Open(name, os.O_RDONLY|syscall.O_NONBLOCK|syscall.O_NOCTTY, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot open log: %w", err)
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fs.ErrInvalid
	}
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("cannot open log: %w", err), file.Close())
	}
	return file, info, nil
}

// tagOf returns an entity tag that names the file, whatever is in it.
func tagOf(info os.FileInfo) string {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return ""
	}
	return `"` + strconv.FormatUint(uint64(stat.Ino), 36) + `"`
}

const (
	// followPause is the time between two pieces of a log that is followed.
	followPause = 200 * time.Millisecond
	// followPiece is the most that a piece holds, in bytes: with the pause, as
	// much as a browser shows without effort.
	followPiece = 64 << 10
)

// followLog sends what is written to a log from an offset on. If more is written
// than a browser can show, or this one takes, the oldest is left out, and it is
// told how much that was.
func (u *UI) followLog(w http.ResponseWriter, r *http.Request) {
	name, err := u.logPath(r)
	from, bad := strconv.ParseInt(r.URL.Query().Get("from"), 10, 64)
	switch {
	case err != nil:
		u.error(w, http.StatusNotFound)
		return
	case bad != nil:
		u.error(w, http.StatusBadRequest)
		return
	}
	ctx, cancel := context.WithCancel(r.Context())
	v := newValve(followPiece)
	ended := make(chan error, 1)
	go func() { ended <- logfile.FollowFrom(ctx, name, from, v) }()
	defer func() {
		cancel()
		<-ended
		ended <- nil
	}()
	out := newStream(w)
	err = out.send("hello", struct{}{})
	pause := time.NewTimer(0)
	defer pause.Stop()
	for err == nil {
		select {
		case <-v.filled:
		case err := <-ended: // the log has gone, or we have
			ended <- err
			return
		}
		select { // what comes meanwhile is part of the same piece
		case <-pause.C:
		case <-ctx.Done():
			return
		}
		if err = out.send("piece", v.take()); err == nil {
			pause.Reset(followPause)
		}
	}
}

// quoteName encodes a file's name for a header (RFC 8187).
func quoteName(name string) string { return quoteFixes.Replace(quote(name)) }
