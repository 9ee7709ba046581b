package xhtml

import (
	"encoding/xml"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestAppend(t *testing.T) {
	for _, c := range []struct {
		name string
		node *Node
		want string
	}{
		{"nothing", nil, ""},
		{"text", Text("a", "<b>", "c"), "a&lt;b&gt;c"},
		{"empty element", El("div"), "<div></div>"},
		{"void element", El("br"), "<br />"},
		{"attributes", El("img", Attr("src", "x"), Attr("alt", "")), `<img src="x" alt="" />`},
		{"attribute behind content", El("p", Text("t"), Attr("id", "i")), `<p id="i">t</p>`},
		{"attribute in a group", El("p", If(true, Attr("id", "i"), Text("t"))), `<p id="i">t</p>`},
		{"attribute of no element", Group(Attr("id", "i"), Text("t")), "t"},
		{"attribute of the inner element", El("p", El("b", Attr("id", "i"))), `<p><b id="i"></b></p>`},
		{"condition", Group(If(false, Text("no")), If(true, Text("yes"))), "yes"},
		{"list", El("ul", Each([]string{"a", "&"}, func(s string) *Node { return El("li", Text(s)) })), "<ul><li>a</li><li>&amp;</li></ul>"},
		{"quotes", El("p", Attr("title", `"'><b>`)), `<p title="&#34;&#39;&gt;&lt;b&gt;"></p>`},
		{"control characters", Text("a\x00\x1b\t\n\rb\x7f"), "a\uFFFD\uFFFD\t\n\rb\x7f"},
		{"not UTF-8", Text("a\xff\xc3b\xe2\x82"), "a\uFFFD\uFFFDb\uFFFD\uFFFD"},
		{"not XML", Text("\uFFFE\uFFFF\uFFFD€😀"), "\uFFFD\uFFFD\uFFFD€😀"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := string(c.node.Append(nil)); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
			if got := string(c.node.Append([]byte("before"))); got != "before"+c.want {
				t.Errorf("behind something: %q", got)
			}
		})
	}
}

// Whatever a text contains, a parser of XML finds one element with it, as text
// and as an attribute, and nothing else.
func FuzzText(f *testing.F) {
	for _, s := range []string{"", "a", "<script>alert(1)</script>", `"><img src=x onerror="x">`, "]]>", "&amp;&#0;", "\x00\xff\r\n", "\uFFFE"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		page := string(El("p", Attr("title", s), Text(s)).Append(nil))
		if !utf8.ValidString(page) {
			t.Fatalf("%q is not UTF-8", page)
		}
		var read struct {
			XMLName xml.Name
			Title   string     `xml:"title,attr"`
			Text    string     `xml:",chardata"`
			Others  []struct{} `xml:",any"`
		}
		if err := xml.Unmarshal([]byte(page), &read); err != nil {
			t.Fatalf("%q: %v", page, err)
		}
		// A parser of XML must read every end of a line as "\n".
		want := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(cleaned(s))
		if read.XMLName.Local != "p" || read.Text != want || read.Title != want || len(read.Others) != 0 {
			t.Errorf("%q was read as %+v, want %q", page, read, want)
		}
	})
}

// cleaned is a text as a page shows it, by the grammar of XML: Char is #x9, #xA,
// #xD, [#x20-#xD7FF], [#xE000-#xFFFD], [#x10000-#x10FFFF].
func cleaned(s string) string {
	return strings.Map(func(r rune) rune {
		if r == 9 || r == 10 || r == 13 || r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 {
			return r
		}
		return 0xFFFD
	}, s)
}
