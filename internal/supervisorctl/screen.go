package supervisorctl

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/term"

	"supervisor/internal/top"
)

// screen is a terminal that shows pictures. While it is open, the terminal is in
// raw mode, and what was on it is kept aside.
type screen struct {
	fd            int
	out           io.Writer
	color         bool
	before        *term.State
	width, height int
	drawn         []string // what the lines show
}

// openScreen takes the terminal. close gives it back as it was.
func openScreen(fd int, out io.Writer, color bool) (*screen, error) {
	before, err := term.MakeRaw(fd)
	if err != nil {
		return nil, fmt.Errorf("cannot read single keys: %w", err)
	}
	s := &screen{fd: fd, out: out, color: color, before: before}
	s.resize()
	if _, err = io.WriteString(out, otherScreen); err != nil {
		return nil, errors.Join(fmt.Errorf("cannot draw: %w", err), term.Restore(fd, before))
	}
	return s, nil
}

// otherScreen has the terminal show the other screen, and no cursor.
const otherScreen = "\x1b[?1049h\x1b[?25l"

// reopen takes the terminal again after close, or after somebody else may have had
// it: a shell, while this program was stopped.
func (s *screen) reopen() {
	// What goes wrong here shows when something is drawn.
	_, _ = term.MakeRaw(s.fd)
	_, _ = io.WriteString(s.out, otherScreen)
	s.resize()
}

func (s *screen) close() {
	// If the terminal has gone there is nothing to give back.
	_, _ = io.WriteString(s.out, "\x1b[0m\x1b[?25h\x1b[?1049l")
	_ = term.Restore(s.fd, s.before)
}

// The size of a screen that does not tell it.
const (
	usualWidth  = 80
	usualHeight = 24
)

func (s *screen) resize() {
	width, height, err := term.GetSize(s.fd)
	if err != nil || width < 1 || height < 1 {
		width, height = usualWidth, usualHeight
	}
	s.width, s.height = width, height
	s.forget()
}

// forget has everything drawn anew.
func (s *screen) forget() { s.drawn = nil }

// draw shows a picture, in one piece and only what differs from the last one.
func (s *screen) draw(frame []top.Line) error {
	var b strings.Builder
	if s.drawn == nil {
		b.WriteString("\x1b[0m\x1b[2J")
		s.drawn = make([]string, len(frame))
	}
	for i, line := range frame {
		if text := s.render(line); text != s.drawn[i] {
			fmt.Fprintf(&b, "\x1b[%d;1H%s", i+1, text)
			s.drawn[i] = text
		}
	}
	if b.Len() == 0 {
		return nil
	}
	_, err := io.WriteString(s.out, b.String())
	return err
}

// render returns a line with its styles.
func (s *screen) render(line top.Line) string {
	var b strings.Builder
	for i := 0; i < len(line); {
		look, text := s.look(line[i].Style), ""
		for ; i < len(line) && s.look(line[i].Style) == look; i++ {
			text += line[i].Text
		}
		b.WriteString(look.paint(text))
	}
	return b.String()
}

// look returns how a style looks: without colours, only what has to stand out.
func (s *screen) look(of top.Style) style {
	switch of {
	case top.Bar, top.Mark:
		return inverse
	case top.Strong:
		return bold
	}
	if !s.color {
		return plain
	}
	return map[top.Style]style{top.Faint: dim, top.Good: green, top.Busy: yellow, top.Bad: red}[of]
}
