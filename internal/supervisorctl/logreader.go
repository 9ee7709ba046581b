package supervisorctl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"

	"supervisor/internal/terminal"
	"supervisor/internal/top"
	"supervisor/xmlrpc/client"
)

const (
	// historyBytes is the most of a log that is looked through for its last lines.
	historyBytes = 256 << 10
	// foreignHistory is how much of a log Supervisor sends first.
	foreignHistory = 1024
	// longestLine is how much of a line is kept until its end has come, in bytes.
	longestLine = 64 << 10
	// truncated is what a server sends in place of what was in a log that was
	// emptied.
	truncated = "==> File truncated <=="
)

// logReader reads one log. It remembers where it is, so that it can go on when
// the server has been away.
type logReader struct {
	view   *logView
	key    logKey
	style  style
	poke   chan struct{} // something has changed: look again
	cancel context.CancelFunc

	known   bool  // pos is
	pos     int64 // in the file, in bytes: all lines before it have been shown
	history int64 // bytes of the stream that were there when it began
	skip    int64 // bytes of the stream that have been shown already
	past    [][]byte
	rest    []byte // of a line whose end has not come yet
	cut     bool   // the first line is the end of one
	once    bool   // what is there is enough
}

// read shows the last lines.
func (r *logReader) read(ctx context.Context) error {
	r.once = true
	err := r.stream(ctx)
	var missing *client.StatusError
	if errors.Is(err, errEnough) || errors.As(err, &missing) {
		return nil
	}
	return err
}

// serviceUnavailable is the answer of a server that has no room (RFC 9110, section 15.6.4).
const serviceUnavailable = 503

// follow shows the last lines, and the next ones, until ctx ends. What hinders it
// may pass: a log that is not there yet, a server that is being restarted.
func (r *logReader) follow(ctx context.Context) {
	for ctx.Err() == nil {
		// Why it ended does not matter otherwise; watch tells of a server that is not there.
		var status *client.StatusError
		if errors.As(r.stream(ctx), &status) && status.Code == serviceUnavailable {
			r.view.crowded()
		}
		pause(ctx, logsPause, r.poke)
	}
}

// stream shows what comes from a new connection.
func (r *logReader) stream(ctx context.Context) error {
	s := r.view.s
	size, err := r.size(ctx)
	if err != nil {
		return err
	}
	if size < r.pos { // it has been emptied or replaced meanwhile
		r.pos = 0
	}
	path := (&url.URL{Path: "/logtail/" + r.key.name + "/" + r.key.channel}).EscapedPath()
	begin := max(0, size-historyBytes) // where the stream does
	switch {
	case r.view.changes.polls: // Supervisor begins where it likes
		begin = max(0, size-foreignHistory)
	case r.known:
		begin = r.pos
		fallthrough
	default:
		path += "?from=" + strconv.FormatInt(begin, 10)
	}
	r.past, r.rest, r.history, r.skip = nil, nil, 0, 0
	if r.known {
		r.skip = max(0, r.pos-begin)
		r.pos = max(r.pos, begin)
	} else {
		r.history, r.cut, r.pos = size-begin, begin > 0, begin
	}
	r.known = true
	if r.history == 0 && r.once {
		return errEnough
	}
	server, err := s.dial(s.settings)
	if err != nil {
		return err
	}
	return server.Stream(ctx, path, r)
}

// size asks how long the log is.
func (r *logReader) size(ctx context.Context) (int64, error) {
	answer, err := r.view.s.call(ctx, tailMethods[r.key.channel], r.key.name, 0, 0)
	if err != nil {
		return 0, err
	}
	if parts, ok := answer.([]any); ok && len(parts) == 3 {
		if size, ok := parts[1].(int); ok {
			return int64(size), nil
		}
	}
	return 0, fmt.Errorf("cannot read the size of a log: %v", answer)
}

// Write takes the next piece of the stream.
func (r *logReader) Write(piece []byte) (int, error) {
	n := len(piece)
	seen := min(int64(n), r.skip)
	piece, r.skip = piece[seen:], r.skip-seen
	if r.history > 0 {
		old := piece[:min(int64(len(piece)), r.history)]
		piece = piece[len(old):]
		r.history -= int64(len(old))
		r.lines(old, func(line []byte) { r.past = append(r.past, bytes.Clone(line)) })
		if extra := len(r.past) - r.view.wish.lines; extra > 0 {
			r.past = r.past[extra:]
		}
		if r.history > 0 {
			return n, nil
		}
		if err := r.showPast(); err != nil {
			return 0, err
		}
	}
	var err error
	r.lines(piece, func(line []byte) { err = errors.Join(err, r.show(line)) })
	return n, err
}

// showPast shows the last lines of what was there.
func (r *logReader) showPast() error {
	for _, line := range r.past {
		if err := r.show(line); err != nil {
			return err
		}
	}
	r.past = nil
	if !r.once {
		return nil
	}
	if len(r.rest) > 0 && r.view.wish.lines > 0 {
		return errors.Join(r.show(r.rest), errEnough)
	}
	return errEnough
}

// lines cuts a piece into lines, and keeps what is left.
func (r *logReader) lines(piece []byte, take func(line []byte)) {
	r.rest = append(r.rest, piece...)
	for {
		end := bytes.IndexByte(r.rest, '\n')
		switch {
		case end < 0 && len(r.rest) < longestLine:
			return
		case end < 0:
			end = len(r.rest) - 1
		}
		line := r.rest[:end+1]
		r.rest = r.rest[end+1:]
		r.pos += int64(len(line))
		switch {
		case r.cut:
			r.cut = false
		case string(bytes.TrimSuffix(line, []byte("\n"))) == truncated:
			r.pos = 0
			take(line)
		default:
			take(line)
		}
	}
}

// logLine is what programs are told about a line.
type logLine struct {
	Process string `json:"process"`
	Stream  string `json:"stream"`
	Text    string `json:"text"`
}

// show prints a line with the name of its program.
func (r *logReader) show(line []byte) error {
	v := r.view
	line = bytes.TrimSuffix(line, []byte("\n"))
	if v.s.document != nil {
		v.s.add(logLine{r.key.name, r.key.channel, string(line)})
		return nil
	}
	if v.s.filtered {
		var f terminal.Filter
		line = f.Finish(f.Append(nil, bytes.TrimSuffix(line, []byte("\r"))))
	}
	name, bar := v.s.clean(r.key.name), "|"
	name += strings.Repeat(" ", max(0, v.nameWidth()-top.Width(name)))
	if r.key.channel == "stderr" {
		bar = "!"
	}
	if v.s.color {
		name, bar = r.style.paint(name), barStyle(bar).paint(bar)
	}
	_, err := io.WriteString(v.s.out, name+" "+bar+" "+string(line)+"\n")
	return err
}

func barStyle(bar string) style {
	if bar == "!" {
		return red
	}
	return dim
}

func (v *logView) nameWidth() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.width
}
