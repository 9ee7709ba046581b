package config

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"supervisor/internal/pyrepr"
)

// This file is the language of % expansion: Python's % operator with a mapping
// on its right-hand side (config.md, section 4.1). It is pure.

// value is what a name stands for: a text or a whole number.
type value struct {
	text     string
	number   int
	isNumber bool
}

func textValue(s string) value { return value{text: s} }
func intValue(n int) value     { return value{number: n, isNumber: true} }

func (v value) String() string {
	if v.isNumber {
		return strconv.Itoa(v.number)
	}
	return v.text
}

// kind is Python's name of the type.
func (v value) kind() string {
	if v.isNumber {
		return "int"
	}
	return "str"
}

// unknownName is the error for a name that stands for nothing here.
type unknownName string

func (e unknownName) Error() string { return "unknown name " + pyrepr.String(string(e)) }

// maxField bounds width and precision, so that no format can fill the memory.
const maxField = 1 << 20

var (
	errIncomplete = errors.New("incomplete format")
	errNoArgument = errors.New("not enough arguments for format string")
)

// percent expands a format. The error is an unknownName, or says in Python's
// words what is wrong with the format. A directive without a name is an error:
// it would stand for all the names at once.
func percent(format string, lookup func(name string) (value, bool)) (string, error) {
	if !strings.Contains(format, "%") {
		return format, nil
	}
	p := formatter{in: characters(format), lookup: lookup}
	for p.at < len(p.in) {
		r := p.in[p.at]
		p.at++
		if r != '%' {
			writeCharacter(&p.out, r)
			continue
		}
		if err := p.directive(); err != nil {
			return "", err
		}
	}
	return p.out.String(), nil
}

// formatter is a format that is being expanded. Positions count characters.
type formatter struct {
	in     []rune
	at     int
	out    strings.Builder
	lookup func(string) (value, bool)
	named  bool // a name has been seen, and its value used up
}

// directive is one directive: %(name)#0- +width.precision and a conversion.
type directive struct {
	value                        value
	named                        bool
	alt, zero, left, blank, plus bool
	width, precision             int // -1: none
	conversion                   rune
}

// directive expands the directive whose % has just been read.
func (p *formatter) directive() error {
	d := directive{width: -1, precision: -1}
	if p.at == len(p.in) {
		return errIncomplete
	}
	switch p.in[p.at] {
	case '%':
		p.at++
		p.out.WriteByte('%')
		return nil
	case '(':
		if err := p.name(&d); err != nil {
			return err
		}
	}
	r, ok := p.flags(&d)
	if !ok {
		return errIncomplete
	}
	var err error
	if d.width, r, err = p.size(&d, r, "width too big"); err != nil {
		return err
	}
	if r == '.' {
		if r, ok = p.next(); !ok {
			return errIncomplete
		}
		if d.precision, r, err = p.size(&d, r, "precision too big"); err != nil {
			return err
		}
		d.precision = max(d.precision, 0)
	}
	if r == 'h' || r == 'l' || r == 'L' { // sizes of C, without meaning
		if r, ok = p.next(); !ok {
			return errIncomplete
		}
	}
	d.conversion = r
	return p.convert(d)
}

func (p *formatter) next() (rune, bool) {
	if p.at == len(p.in) {
		return 0, false
	}
	p.at++
	return p.in[p.at-1], true
}

// name reads "(name)", in which parentheses may nest.
func (p *formatter) name(d *directive) error {
	start, depth := p.at+1, 0
	for {
		r, ok := p.next()
		switch {
		case !ok:
			return errors.New("incomplete format key")
		case r == '(':
			depth++
		case r == ')':
			depth--
		}
		if depth == 0 {
			break
		}
	}
	name := textOf(p.in[start : p.at-1]...)
	v, ok := p.lookup(name)
	if !ok {
		return unknownName(name)
	}
	d.value, d.named = v, true
	p.named = true
	return nil
}

// flags reads the flags and returns the character behind them.
func (p *formatter) flags(d *directive) (rune, bool) {
	for {
		r, ok := p.next()
		switch r {
		case '#':
			d.alt = true
		case '0':
			d.zero = true
		case '-':
			d.left = true
		case ' ':
			d.blank = true
		case '+':
			d.plus = true
		default:
			return r, ok
		}
	}
}

// size reads a width or precision that begins with r, if it does, and returns
// the character behind it. A * takes the value, so that none is left to convert.
func (p *formatter) size(d *directive, r rune, tooBig string) (int, rune, error) {
	if r == '*' {
		switch {
		case !d.named && p.named:
			return 0, 0, errNoArgument
		case !d.value.isNumber:
			return 0, 0, errors.New("* wants int")
		}
		d.named = false
		r, ok := p.next()
		if !ok {
			return 0, 0, errIncomplete
		}
		return -1, r, nil
	}
	n := -1
	for '0' <= r && r <= '9' {
		n = max(n, 0)*10 + int(r-'0')
		if n > maxField {
			return 0, 0, errors.New(tooBig)
		}
		var ok bool
		if r, ok = p.next(); !ok {
			return 0, 0, errIncomplete
		}
	}
	return n, r, nil
}

// convert writes the value as the directive says.
func (p *formatter) convert(d directive) error {
	kind := d.value.kind()
	if !d.named {
		if p.named || strings.ContainsRune("sra", d.conversion) {
			return errNoArgument
		}
		kind = "dict"
	}
	isNumber := d.named && d.value.isNumber
	switch d.conversion {
	case 's':
		p.out.WriteString(d.pad(d.value.String()))
	case 'r', 'a':
		p.out.WriteString(d.pad(d.repr()))
	case 'c':
		return p.character(d, kind)
	case 'd', 'i', 'u':
		if !isNumber {
			return fmt.Errorf("%%%c format: a real number is required, not %s", d.conversion, kind)
		}
		p.out.WriteString(d.integer(10, ""))
	case 'o', 'x', 'X':
		if !isNumber {
			return fmt.Errorf("%%%c format: an integer is required, not %s", d.conversion, kind)
		}
		p.out.WriteString(d.integer(map[rune]int{'o': 8, 'x': 16, 'X': 16}[d.conversion], "0"+string(d.conversion)))
	case 'e', 'E', 'f', 'F', 'g', 'G':
		if !isNumber {
			return fmt.Errorf("must be real number, not %s", kind)
		}
		p.out.WriteString(d.float())
	default:
		shown := '?'
		if 31 <= d.conversion && d.conversion < 128 {
			shown = d.conversion
		}
		return fmt.Errorf("unsupported format character '%c' (0x%x) at index %d", shown, d.conversion, p.at-1)
	}
	return nil
}

// pad cuts a text to the precision and fills it up to the width.
func (d directive) pad(s string) string {
	r := characters(s)
	if d.precision >= 0 && len(r) > d.precision {
		r = r[:d.precision]
	}
	fill := strings.Repeat(" ", max(d.width-len(r), 0))
	if d.left {
		return textOf(r...) + fill
	}
	return fill + textOf(r...)
}

// repr is the value as %r and %a show it.
func (d directive) repr() string {
	if d.value.isNumber {
		return d.value.String()
	}
	s := pyrepr.String(d.value.text)
	if d.conversion == 'r' {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r < 0x80:
			b.WriteRune(r)
		case r <= 0xff:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	return b.String()
}

// integer writes a whole number in a base; the prefix is for the # flag.
func (d directive) integer(base int, prefix string) string {
	magnitude := uint64(d.value.number)
	if d.value.number < 0 {
		magnitude = -magnitude
	}
	digits := strconv.FormatUint(magnitude, base)
	if d.conversion == 'X' {
		digits = strings.ToUpper(digits)
	}
	digits = strings.Repeat("0", max(d.precision-len(digits), 0)) + digits
	if !d.alt {
		prefix = ""
	}
	head := d.sign() + prefix
	if fill := max(d.width-len(head)-len(digits), 0); d.zero && !d.left {
		digits = strings.Repeat("0", fill) + digits
	}
	d.precision = -1
	return d.pad(head + digits)
}

func (d directive) sign() string {
	switch {
	case d.value.number < 0:
		return "-"
	case d.plus:
		return "+"
	case d.blank:
		return " "
	}
	return ""
}

// float writes the number as C does, which is how Go does.
func (d directive) float() string {
	verb := "%"
	for _, flag := range []struct {
		on   bool
		text string
	}{{d.alt, "#"}, {d.zero, "0"}, {d.left, "-"}, {d.blank, " "}, {d.plus, "+"}} {
		if flag.on {
			verb += flag.text
		}
	}
	if d.precision < 0 {
		d.precision = 6
	}
	if d.precision == 0 && strings.ContainsRune("gG", d.conversion) {
		d.precision = 1
	}
	return fmt.Sprintf(verb+"*.*"+string(d.conversion), max(d.width, 0), d.precision, float64(d.value.number))
}

// character writes a number as the character of that code, or a text of one
// character as it is.
func (p *formatter) character(d directive, kind string) error {
	s := d.value.text
	switch {
	case kind == "int" && (d.value.number < 0 || d.value.number > 0x10ffff):
		return errors.New("%c arg not in range(0x110000)")
	case kind == "int":
		s = string(rune(d.value.number))
	case kind == "dict" || len(characters(s)) != 1:
		return errors.New("%c requires int or char")
	}
	d.precision = -1
	p.out.WriteString(d.pad(s))
	return nil
}
