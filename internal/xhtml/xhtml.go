// Package xhtml writes XHTML as a tree of elements, attributes and texts.
//
// It promises:
//   - Whatever a text or the value of an attribute contains, the page stays what
//     it is: there is no way to write markup but as an element.
//   - A page is well-formed XML 1.0 and, read by a browser as HTML, the same
//     tree. What XML cannot contain, escaped or not, is shown as U+FFFD.
//   - A page that is not asked for costs nothing: no templates are read, and
//     nothing is looked up by name.
//
// What it does not know is which values are safe as an address or a script. An
// href of ours begins with a path of ours; scripts are files.
package xhtml

import "slices"

// Node is an element, an attribute, a text, or a group of them. A nil *Node is
// nothing at all. Nodes are made by the functions of this package, which are not
// to be inlined: pages are hundreds of calls of them, and each would be several
// times as much code.
type Node struct {
	kind    kind
	name    string  // of an element or attribute
	text    string  // of a text or attribute
	content []*Node // of an element or group
}

type kind uint8

const (
	group kind = iota
	element
	attribute
	text
)

// El is an element. Attributes may stand anywhere in its content.
//
//go:noinline
func El(name string, content ...*Node) *Node {
	return &Node{kind: element, name: name, content: content}
}

// Attr is an attribute of the element that it stands in.
//
//go:noinline
func Attr(name, value string) *Node {
	return &Node{kind: attribute, name: name, text: value}
}

// Text is a text of the parts, one behind the other.
//
//go:noinline
func Text(parts ...string) *Node {
	if len(parts) == 1 {
		return &Node{kind: text, text: parts[0]}
	}
	n := &Node{content: make([]*Node, len(parts))}
	for i, part := range parts {
		n.content[i] = &Node{kind: text, text: part}
	}
	return n
}

// Group is the nodes, one behind the other.
//
//go:noinline
func Group(nodes ...*Node) *Node { return &Node{content: nodes} }

// If is the nodes if a condition holds, and nothing otherwise.
//
//go:noinline
func If(condition bool, nodes ...*Node) *Node {
	if !condition {
		return nil
	}
	return Group(nodes...)
}

// Each is what make returns for each element of a list.
func Each[T any](list []T, make func(T) *Node) *Node {
	n := new(Node)
	for _, item := range list {
		n.content = append(n.content, make(item))
	}
	return n
}

// void are the elements that HTML has no end tags for. All others have one even
// if they are empty, since a browser would not see their end otherwise.
var void = []string{"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}

// Append writes a node behind what is there.
func (n *Node) Append(page []byte) []byte {
	if n == nil {
		return page
	}
	switch n.kind {
	case text:
		return appendEscaped(page, n.text)
	case group:
		return n.appendContent(page)
	case attribute:
		return page // it has been written within its tag
	}
	page = append(page, '<')
	page = append(page, n.name...)
	page = n.appendAttributes(page)
	if slices.Contains(void, n.name) {
		return append(page, " />"...)
	}
	page = append(page, '>')
	page = n.appendContent(page)
	page = append(page, "</"...)
	page = append(page, n.name...)
	return append(page, '>')
}

func (n *Node) appendContent(page []byte) []byte {
	for _, c := range n.content {
		page = c.Append(page)
	}
	return page
}

func (n *Node) appendAttributes(page []byte) []byte {
	for _, c := range n.content {
		if c == nil {
			continue
		}
		switch c.kind {
		case group:
			page = c.appendAttributes(page)
		case attribute:
			page = append(page, ' ')
			page = append(page, c.name...)
			page = append(page, `="`...)
			page = appendEscaped(page, c.text)
			page = append(page, '"')
		}
	}
	return page
}
