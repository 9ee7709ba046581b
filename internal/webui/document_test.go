package webui

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

// node is an element of a page, as a client's parser sees it.
type node struct {
	name     string
	attr     map[string]string
	text     string // of the element and all in it
	children []*node

	reading []byte // the text so far
}

// parse reads a page, which must be well-formed XML as its document type says.
func parse(t testing.TB, page string) *node {
	t.Helper()
	if !strings.HasPrefix(page, `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"`) {
		t.Fatalf("the page begins with %.80q", page)
	}
	decoder := xml.NewDecoder(strings.NewReader(page))
	open := []*node{{}}
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			return open[0]
		}
		if err != nil {
			t.Fatalf("the page is not well-formed: %v\n%s", err, page)
		}
		switch token := token.(type) {
		case xml.StartElement:
			n := &node{name: token.Name.Local, attr: make(map[string]string)}
			for _, a := range token.Attr {
				n.attr[a.Name.Local] = a.Value
			}
			parent := open[len(open)-1]
			parent.children = append(parent.children, n)
			open = append(open, n)
		case xml.EndElement:
			last := open[len(open)-1]
			last.text = string(last.reading)
			open = open[:len(open)-1]
		case xml.CharData:
			for _, n := range open {
				n.reading = append(n.reading, token...)
			}
		}
	}
}

// all returns the elements of that name, and class if it is not empty, in order.
func (n *node) all(name, class string) (found []*node) {
	for _, c := range n.children {
		if c.name == name && (class == "" || slices.Contains(strings.Fields(c.attr["class"]), class)) {
			found = append(found, c)
		}
		found = append(found, c.all(name, class)...)
	}
	return found
}

// one returns the only element of that name and class.
func (n *node) one(t testing.TB, name, class string) *node {
	t.Helper()
	found := n.all(name, class)
	if len(found) != 1 {
		t.Fatalf("the page has %d elements <%s class=%q>, want 1", len(found), name, class)
	}
	return found[0]
}

// link renders a link as "text -> target", with what else clients can see.
func (n *node) link() string {
	s := n.text + " -> " + n.attr["href"]
	for _, key := range []string{"name", "target", "class"} {
		if value := n.attr[key]; value != "" {
			s += fmt.Sprintf(" %s=%s", key, value)
		}
	}
	return s
}

// printable is a text as a page shows it: what is no Char of XML 1.0 (section
// 2.2 of it) is replaced.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 {
			return r
		}
		return '\uFFFD'
	}, s)
}
