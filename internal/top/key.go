package top

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Key is a key: a character, or one of those below.
type Key rune

// The keys that are no characters. They are beyond all of Unicode.
const (
	Up Key = unicode.MaxRune + 1 + iota
	Down
	PageUp
	PageDown
	Home
	End
	F1
	Other         // a key that means nothing here
	Enter     Key = '\r'
	Escape    Key = 0x1b
	Backspace Key = 0x7f
	Interrupt Key = 0x03
	Redraw    Key = 0x0c
	Pause     Key = 0x1a
)

// sequences are what terminals send for keys, after the escape.
var sequences = map[string]Key{
	"[A": Up, "[B": Down, "OA": Up, "OB": Down,
	"[5~": PageUp, "[6~": PageDown,
	"[H": Home, "[F": End, "OH": Home, "OF": End, "[1~": Home, "[4~": End, "[7~": Home, "[8~": End,
	"OP": F1, "[11~": F1, "[[A": F1,
}

// Keys returns the keys that a terminal means by what it sends. An escape with
// which a piece ends is the key of that name.
func Keys(sent []byte) (keys []Key) {
	for len(sent) > 0 {
		if sent[0] == byte(Escape) && len(sent) > 1 && (sent[1] == '[' || sent[1] == 'O') {
			n := sequence(sent[1:])
			key, known := sequences[string(sent[1:1+n])]
			if !known {
				key = Other
			}
			keys, sent = append(keys, key), sent[1+n:]
			continue
		}
		r, n := utf8.DecodeRune(sent)
		sent = sent[n:]
		switch r {
		case '\n':
			r = rune(Enter)
		case '\b':
			r = rune(Backspace)
		}
		keys = append(keys, Key(r))
	}
	return keys
}

// sequence returns the length of an escape sequence without its escape.
func sequence(sent []byte) int {
	for i := 1; i < len(sent); i++ {
		if c := sent[i]; c >= 0x40 && c <= 0x7e && !(c == '[' && i == 1) {
			return i + 1
		}
	}
	return len(sent)
}

// Verb is what is to be done.
type Verb int

// The verbs.
const (
	Nothing Verb = iota
	Quit
	Start
	Stop
	Restart
	Signal
	ShowLog // of the process, from now on
	HideLog
	Repaint // the whole screen, which something else has written on
	Suspend // the program, until the user goes on with it
)

// Action is what the user wants done.
type Action struct {
	Verb   Verb
	Name   string // of the process
	Signal string
}

// Pressed returns the view after a key, and what is to be done.
func (v View) Pressed(k Key) (View, Action) {
	v.message = ""
	if k == Interrupt {
		return v, Action{Verb: Quit}
	}
	if k == Redraw {
		return v, Action{Verb: Repaint}
	}
	if k == Pause {
		return v, Action{Verb: Suspend}
	}
	switch v.mode {
	case filtering, signaling:
		return v.typing(k)
	case asking:
		v.mode = listing
		if k == 'y' || k == 'Y' {
			return v, v.wanted
		}
		return v.Told("nothing done"), Action{}
	case helping:
		v.mode = listing
		return v, Action{}
	}
	return v.command(k)
}

// command is a key that is pressed while the list is shown.
func (v View) command(k Key) (View, Action) {
	switch k {
	case 'q':
		return v, Action{Verb: Quit}
	case Escape:
		switch {
		case v.log != "":
			return v.withoutLog()
		case v.filter != "":
			v.filter = ""
			return v.settled(), Action{}
		}
	case Up, 'K':
		return v.moved(-1), Action{}
	case Down, 'J', 'j':
		return v.moved(1), Action{}
	case PageUp:
		return v.moved(-v.rows()), Action{}
	case PageDown, ' ':
		return v.moved(v.rows()), Action{}
	case Home, 'g':
		return v.moved(-len(v.processes)), Action{}
	case End, 'G':
		return v.moved(len(v.processes)), Action{}
	case 'h', '?', F1:
		v.mode = helping
	case '/':
		v.mode, v.typed = filtering, v.filter
	case '<':
		v.column = (v.column + columnCount - 1) % columnCount
		return v.settled(), Action{}
	case '>':
		v.column = (v.column + 1) % columnCount
		return v.settled(), Action{}
	case 'i':
		v.reversed = !v.reversed
		return v.settled(), Action{}
	case 'N', 'P', 'M', 'T':
		v.column = map[Key]column{'N': byName, 'P': byCPU, 'M': byMemory, 'T': byUptime}[k]
		v.reversed = false
		return v.settled(), Action{}
	default:
		return v.act(k)
	}
	return v, Action{}
}

// act is a key that is for the selected process.
func (v View) act(k Key) (View, Action) {
	if v.index() < 0 {
		return v, Action{}
	}
	switch k {
	case 's':
		return v.Told("starting " + v.selected), Action{Verb: Start, Name: v.selected}
	case 'x', 'r':
		v.wanted = Action{Verb: map[Key]Verb{'x': Stop, 'r': Restart}[k], Name: v.selected}
		v.mode = asking
	case 'k':
		v.mode, v.typed = signaling, ""
	case 'l', Enter:
		if v.log == v.selected {
			return v.withoutLog()
		}
		v.log, v.lines = v.selected, nil
		return v.scrolled(), Action{Verb: ShowLog, Name: v.selected}
	}
	return v, Action{}
}

func (v View) withoutLog() (View, Action) {
	v.log, v.lines = "", nil
	return v.scrolled(), Action{Verb: HideLog}
}

// typing is a key that is pressed while something is typed.
func (v View) typing(k Key) (View, Action) {
	switch {
	case k == Escape:
		v.mode = listing
		return v, Action{}
	case k == Backspace:
		_, n := utf8.DecodeLastRuneInString(v.typed)
		v.typed = v.typed[:len(v.typed)-n]
	case k == Enter && v.mode == signaling:
		v.mode = listing
		name := strings.ToUpper(strings.TrimSpace(v.typed))
		if name == "" || v.index() < 0 {
			return v.Told("nothing done"), Action{}
		}
		return v, Action{Verb: Signal, Name: v.selected, Signal: name}
	case k == Enter:
		v.mode = listing
	case k >= ' ' && k <= unicode.MaxRune && unicode.IsPrint(rune(k)):
		v.typed += string(rune(k))
	}
	if v.mode == filtering || k == Enter {
		v.filter = v.typed
	}
	return v.settled(), Action{}
}
