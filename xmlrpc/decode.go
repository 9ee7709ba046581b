package xmlrpc

import (
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// decoder turns tags and text into values.
//
// It takes what Supervisor takes: an element means the same wherever it stands,
// so the tag <value> around a typed element may be missing; of several elements
// in a <value> the first one counts; text around elements does not count; and
// an element of an unknown name is its text.
type decoder struct {
	scanner
	binary bool // base64 is data, and not the disguise of some text
}

// element decodes the element that has just begun, up to its end tag.
func (d *decoder) element() (any, error) {
	switch string(d.name) {
	case "value":
		return d.value()
	case "param", "array": // the first element of an array is its data
		return d.only()
	case "data":
		return d.items()
	case "struct":
		return d.structure()
	}
	name := d.name // which the next tag replaces
	s, err := d.text()
	if err != nil {
		return nil, err
	}
	return d.scalar(name, s)
}

// scalar is the value of an element that holds only text.
func (d *decoder) scalar(name []byte, s string) (any, error) {
	switch string(name) {
	case "int", "i4":
		n, err := strconv.Atoi(strings.TrimSpace(s))
		if err != nil && !errors.Is(err, strconv.ErrRange) { // then n is the nearest there is
			return nil, d.fail("not an integer")
		}
		return n, nil
	case "boolean":
		return s == "1", nil
	case "double":
		f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
		if err != nil && !errors.Is(err, strconv.ErrRange) {
			return nil, d.fail("not a number")
		}
		return f, nil
	case "dateTime.iso8601":
		t, err := time.Parse(dateTime, strings.TrimSpace(s))
		if err != nil {
			return nil, d.fail("not a date and time")
		}
		return t, nil
	case "base64":
		return d.base64(s)
	case "nil":
		return nil, nil
	}
	return s, nil
}

// base64 ignores what is not of the alphabet, as RFC 2045 demands.
func (d *decoder) base64(s string) (any, error) {
	s = strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '+', r == '/':
			return r
		}
		return -1
	}, s)
	data, err := base64.RawStdEncoding.DecodeString(s)
	if err != nil {
		return nil, d.fail("not base64")
	}
	if d.binary {
		return data, nil
	}
	if !utf8.Valid(data) {
		return nil, d.fail("base64 of something that is not text")
	}
	return string(data), nil
}

// value is the first element in a <value>, or its text if there is none.
func (d *decoder) value() (any, error) {
	v, s, found, err := d.content()
	if !found {
		return s, err
	}
	return v, err
}

// only is the first element in a container that must have one.
func (d *decoder) only() (any, error) {
	v, _, found, err := d.content()
	if err == nil && !found {
		return nil, d.fail("an element without a value")
	}
	return v, err
}

// text is the text in an element before any element in it.
func (d *decoder) text() (string, error) {
	_, s, _, err := d.content()
	return s, err
}

// content reads to the end of the element: the text before its first element,
// and the value of that element.
func (d *decoder) content() (first any, leading string, found bool, err error) {
	var chunk, more []byte // the text; joined in more only if it comes in pieces
	for {
		kind, err := d.next()
		if err != nil {
			return nil, "", false, err
		}
		switch kind {
		case text:
			switch {
			case found:
			case chunk == nil:
				chunk = d.chunk
			default:
				if more == nil {
					more = append(more, chunk...)
				}
				more = append(more, d.chunk...)
			}
		case startTag:
			v, err := d.element()
			if err != nil {
				return nil, "", false, err
			}
			if !found {
				first, found = v, true
			}
		case endTag:
			if more != nil {
				chunk = more
			}
			return first, string(chunk), found, nil
		}
	}
}

// each calls visit for every element in the element that has just begun.
func (d *decoder) each(visit func() error) error {
	for {
		kind, err := d.next()
		if err != nil {
			return err
		}
		switch kind {
		case startTag:
			if err := visit(); err != nil {
				return err
			}
		case endTag:
			return nil
		}
	}
}

func (d *decoder) items() ([]any, error) {
	items := []any{}
	err := d.each(func() error {
		v, err := d.element()
		items = append(items, v)
		return err
	})
	return items, err
}

func (d *decoder) structure() (Struct, error) {
	members := Struct{}
	err := d.each(func() error {
		m, err := d.member()
		members = append(members, m)
		return err
	})
	return members, err
}

func (d *decoder) member() (m Member, err error) {
	var named, valued bool
	err = d.each(func() (err error) {
		if string(d.name) == "name" {
			m.Name, err = d.text()
			named = true
			return err
		}
		m.Value, err = d.element()
		valued = true
		return err
	})
	if err == nil && (!named || !valued) {
		err = d.fail("a member without a name or a value")
	}
	return m, err
}
