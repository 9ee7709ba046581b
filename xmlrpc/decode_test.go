package xmlrpc

import (
	"bytes"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestParseResponse(t *testing.T) {
	for _, g := range golden {
		t.Run(g.file, func(t *testing.T) {
			value, err := ParseResponse(read(t, g.file))
			if err != nil {
				value = err
			}
			if !reflect.DeepEqual(value, g.value) {
				t.Errorf("got %#v, want %#v", value, g.value)
			}
		})
	}
}

func TestParseCall(t *testing.T) {
	call, err := ParseCall(read(t, "call.xml"))
	if err != nil {
		t.Fatal(err)
	}
	want := Call{"supervisor.startProcess", []any{1, `a<&>"é`, true, 1.5, strings.Repeat("hello", 20),
		[]any{1, []any{}}, Struct{{"b", 1}, {"a", Struct{}}}, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}}
	if !reflect.DeepEqual(call, want) {
		t.Errorf("got %#v, want %#v", call, want)
	}
}

// What stands in a <param>, and what Supervisor makes of it.
func TestParam(t *testing.T) {
	refused := errors.New("refused")
	for _, test := range []struct {
		param string
		want  any
	}{
		// RPC-010
		{"<value><string>a</string></value>", "a"},
		{"<value>bare</value>", "bare"},
		{"<value> bare </value>", " bare "},
		{"<value> <string>a</string> </value>", "a"},
		{"<value><string> a </string></value>", " a "},
		{"<value><string/></value>", ""},
		{"<value></value>", ""},
		{"<value/>", ""},
		{"<value><i4>4</i4></value>", 4},
		{"<value><int> 3\n</int></value>", 3},
		{"<value><int>-7</int></value>", -7},
		{"<value><int>+7</int></value>", 7},
		{"<value><int>99999999999999999999</int></value>", math.MaxInt},
		{"<value><boolean>1</boolean></value>", true},
		{"<value><boolean>0</boolean></value>", false},
		{"<value><boolean>true</boolean></value>", false},
		{"<value><boolean> 1</boolean></value>", false},
		{"<value><double>1.5</double></value>", 1.5},
		{"<value><dateTime.iso8601>20260102T03:04:05</dateTime.iso8601></value>", time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)},
		{"<value><base64>aGVsbG8=</base64></value>", "hello"},
		{"<value><base64>\naGVs\r\nbG8\n</base64></value>", "hello"},
		{"<value><base64>!!!</base64></value>", ""},
		{"<value><nil/></value>", nil},
		{"<value><i8>7</i8></value>", "7"},
		{`<value><ex:i2 xmlns:ex="u">7</ex:i2></value>`, "7"},
		{"<value><array><data/></array></value>", []any{}},
		{"<value><array><data><value><int>1</int></value><value>x</value></data></array></value>", []any{1, "x"}},
		{"<value><array><data><int>5</int></data></array></value>", []any{5}},
		{"<value><struct></struct></value>", Struct{}},
		{"<value><struct><member><name>a</name><value><int>1</int></value></member></struct></value>", Struct{{"a", 1}}},
		{"<value><struct><member><value>1</value><name>a</name></member></struct></value>", Struct{{"a", "1"}}},
		{"<value><string>first</string><int>3</int></value>", "first"},
		{"<value>some text<int>3</int></value>", 3},
		{"<value><string>a<b>c</b>d</string></value>", "a"},
		{"<int>5</int>", 5},

		// The text itself.
		{"<value>ca<!-- - -->t</value>", "cat"},
		{"<value>a<?pi x?>b</value>", "ab"},
		{"<value><![CDATA[a<b]&amp;]]>c</value>", "a<b]&amp;c"},
		{"<value>&#65;&#x42;&lt;&gt;&amp;&quot;&apos;</value>", `AB<>&"'`},
		{"<value>&#x20AC;&#128512;</value>", "€\U0001F600"},
		{"<value>a\r\nb\rc\n</value>", "a\nb\nc\n"},
		{"<value>a&#13;b</value>", "a\rb"},
		{"<value>grün</value>", "grün"}, // RPC-011
		{`<value a="1" b='"'>x</value >`, "x"},
		{"<value>]]&gt; ] ]]</value>", "]]> ] ]]"},

		{"<value><int>x</int></value>", refused},
		{"<value><int></int></value>", refused},
		{"<value><int>0x1</int></value>", refused},
		{"<value><int>1.5</int></value>", refused},
		{"<value><double>x</double></value>", refused},
		{"<value><dateTime.iso8601>today</dateTime.iso8601></value>", refused},
		{"<value><base64>//8=</base64></value>", refused},
		{"<value><base64>a</base64></value>", refused},
		{"<value><array></array></value>", refused},
		{"<value><struct><member><name>a</name></member></struct></value>", refused},
		{"<value><struct><member><value>1</value></member></struct></value>", refused},
		{"", refused},
		{"<value>&nbsp;</value>", refused},
		{"<value>&#0;</value>", refused},
		{"<value>&#xD800;</value>", refused},
		{"<value>&#99999999999;</value>", refused},
		{"<value>&#-1;</value>", refused},
		{"<value>&;</value>", refused},
		{"<value>&amp</value>", refused},
		{"<value>a & b</value>", refused},
		{"<value>\x01</value>", refused},
		{"<value>\uFFFE</value>", refused},
		{"<value>a]]>b</value>", refused},
		{"<value a=1>x</value>", refused},
		{"<value a>x</value>", refused},
		{`<value a="<">x</value>`, refused},
		{`<value a="1"b="2">x</value>`, refused},
		{"<value>x</valu>", refused},
		{"<value>x", refused},
		{"<value><string>x</value></string>", refused},
		{"< value>x</ value>", refused},
		{"<value>a <!-- x -- y --> b</value>", refused},
		{"<value><![CDATA[x</value>", refused},
	} {
		t.Run(test.param, func(t *testing.T) {
			call, err := ParseCall([]byte("<?xml version='1.0'?><methodCall><methodName>m</methodName><params><param>" +
				test.param + "</param></params></methodCall>"))
			if test.want == refused {
				var syntax *SyntaxError
				if !errors.As(err, &syntax) {
					t.Errorf("got %#v, %v, want a syntax error", call, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if len(call.Params) != 1 || !reflect.DeepEqual(call.Params[0], test.want) {
				t.Errorf("got %#v, want %#v", call.Params, test.want)
			}
		})
	}
}

func TestDocument(t *testing.T) {
	const ok = "<methodCall><methodName>a.b</methodName><params><param><value>x</value></param></params></methodCall>"
	for _, test := range []struct {
		name, text string
		want       string // the method and its parameters, or what the error says
	}{
		{"plain", ok, "a.b [x]"},
		{"byte order mark", "\uFEFF" + ok, "a.b [x]"},
		{"white space around", " \n" + ok + "\n <!-- the end -->\n", "a.b [x]"},
		{"parameters first", "<methodCall><params><param><value>x</value></param></params><methodName>a.b</methodName></methodCall>", "a.b [x]"},
		{"RPC-009 no params", "<methodCall><methodName>a.b</methodName></methodCall>", "a.b []"},
		{"empty params", "<methodCall><methodName>a.b</methodName><params/></methodCall>", "a.b []"},
		{"values without param", "<methodCall><methodName>a.b</methodName><params><value>x</value></params></methodCall>", "a.b [x]"},
		{"something more", "<methodCall><methodName>a.b</methodName><more><x/></more></methodCall>", "a.b []"},
		{"white space in the name", "<methodCall><methodName> a.b </methodName></methodCall>", " a.b  []"},
		{"latin-1", "<?xml version='1.0' encoding='ISO-8859-1'?><methodCall><methodName>gr\xfcn</methodName></methodCall>", "grün []"},
		{"latin-1 that is UTF-8", "<?xml version='1.0' encoding='iso-8859-1'?><methodCall><methodName>grün</methodName></methodCall>", "grün []"},
		{"ascii", "<?xml version='1.0' encoding='us-ascii'?>" + ok, "a.b [x]"},
		{"doctype", "<!DOCTYPE methodCall SYSTEM 'x.dtd'>" + ok, "a.b [x]"},

		{"RPC-008 no method name", "<methodCall><params/></methodCall>", "no method name"},
		{"RPC-008 empty method name", "<methodCall><methodName/></methodCall>", "no method name"},
		{"RPC-008 nothing in it", "<methodCall/>", "no method name"},
		{"RPC-008 garbage", "<nope", "invalid"},
		{"RPC-008 empty", "", "invalid"},
		{"RPC-008 not XML", "method=a.b", "invalid"},
		{"RPC-008 truncated", ok[:len(ok)-5], "invalid"},
		{"RPC-008 trailing junk", ok + "junk", "invalid"},
		{"two roots", ok + ok, "invalid"},
		{"text outside", "<![CDATA[x]]>" + ok, "invalid"},
		{"end tag first", "</methodCall>", "invalid"},
		{"another root", strings.ReplaceAll(ok, "methodCall", "methodResponse"), "invalid"},
		{"not UTF-8", "<methodCall><methodName>gr\xfcn</methodName></methodCall>", "invalid"},
		{"not ascii", "<?xml version='1.0' encoding='us-ascii'?><methodCall><methodName>gr\xfcn</methodName></methodCall>", "invalid"},
		{"UTF-16", "\xff\xfe<\x00m\x00", "invalid"},
		{"an entity of its own", "<!DOCTYPE x [<!ENTITY a 'b'>]>" + ok, "invalid"},
		{"late doctype", "<methodCall><!DOCTYPE x><methodName>a.b</methodName></methodCall>", "invalid"},
		{"too deep", strings.Repeat("<a>", 100_000) + strings.Repeat("</a>", 100_000), "invalid"},
		{"too deep a value", "<methodCall><methodName>m</methodName><params>" + strings.Repeat("<value><array><data>", 1000), "invalid"},
		{"too many elements", "<methodCall><methodName>m</methodName><params>" + strings.Repeat("<a/>", maxCallElements) + "</params></methodCall>", "invalid"},
	} {
		t.Run(test.name, func(t *testing.T) {
			call, err := ParseCall([]byte(test.text))
			got := call.Method + " " + render(call.Params)
			var syntax *SyntaxError
			switch {
			case errors.Is(err, ErrNoMethodName):
				got = "no method name"
			case errors.As(err, &syntax):
				got = "invalid"
			case err != nil:
				t.Fatalf("an error of another kind: %v", err)
			}
			if got != test.want {
				t.Errorf("got %q (%v), want %q", got, err, test.want)
			}
		})
	}
}

func render(params []any) string {
	var b strings.Builder
	for _, p := range params {
		b.WriteString(p.(string))
	}
	return "[" + b.String() + "]"
}

// A response may have in it what a log file has in it.
func TestResponsesAreReadTolerantly(t *testing.T) {
	const before, after = "<methodResponse><params><param><value>", "</value></param></params></methodResponse>"
	for _, test := range []struct {
		value string
		want  any
	}{
		{"<string>\x1b[1mbold\x00</string>", "\x1b[1mbold\x00"},
		{"<string>a\xffb</string>", "a\uFFFDb"},
		{"<base64>/wA=</base64>", []byte{0xff, 0}},
		{"<string>a\r\nb</string>", "a\nb"},
	} {
		got, err := ParseResponse([]byte(before + test.value + after))
		if err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%q: got %#v, %v, want %#v", test.value, got, err, test.want)
		}
	}
}

func TestResponsesThatAreNone(t *testing.T) {
	for _, text := range []string{
		"",
		"<html></html>",
		"<methodResponse/>",
		"<methodResponse><params/></methodResponse>",
		"<methodResponse><params><param/></params></methodResponse>",
		"<methodResponse><fault/></methodResponse>",
		"<methodResponse><fault><value>x</value></fault></methodResponse>",
		"<methodResponse><fault><value><struct/></value></fault></methodResponse>",
	} {
		value, err := ParseResponse([]byte(text))
		var syntax *SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("%q: got %#v, %v", text, value, err)
		}
	}
}

func TestLastMemberCounts(t *testing.T) {
	s := Struct{{"a", 1}, {"b", 2}, {"a", 3}}
	if v, ok := s.Get("a"); v != 3 || !ok {
		t.Errorf("a is %v, %v", v, ok)
	}
	if _, ok := s.Get("c"); ok {
		t.Error("c is there")
	}
}

func FuzzParseCall(f *testing.F) {
	f.Add([]byte("<methodCall><methodName>a.b</methodName><params><param><value><struct><member><name>a</name><value><base64>aa==</base64></value></member></struct></value></param></params></methodCall>"))
	f.Add([]byte("<?xml version='1.0' encoding='iso-8859-1'?><!DOCTYPE a><methodCall a='b'><methodName>\xe9&#65;<![CDATA[]]></methodName><params/></methodCall>"))
	f.Fuzz(func(t *testing.T, body []byte) {
		call, err := ParseCall(body)
		if err != nil {
			return
		}
		if call.Method == "" || !utf8.ValidString(call.Method) {
			t.Errorf("method %q", call.Method)
		}
		again, err := ParseCall(AppendCall(nil, call.Method, call.Params...))
		if err != nil {
			t.Fatalf("what was read cannot be written and read: %v", err)
		}
		// Numbers and text that XML has no room for change on the way, but only once.
		if first, second := AppendCall(nil, again.Method, again.Params...), AppendCall(nil, call.Method, call.Params...); !bytes.Equal(normal(first), normal(second)) {
			t.Errorf("got\n%s\nwant\n%s", first, second)
		}
	})
}

// normal hides that a carriage return is a newline after it has been read.
func normal(text []byte) []byte {
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	return bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
}

func FuzzParseResponse(f *testing.F) {
	for _, text := range []string{
		"<methodResponse><params><param><value><array><data><value><int>1</int></value></data></array></value></param></params></methodResponse>",
		"<methodResponse><fault><value><struct><member><name>faultCode</name><value><int>1</int></value></member><member><name>faultString</name><value>x</value></member></struct></value></fault></methodResponse>",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		value, err := ParseResponse(body)
		if err != nil {
			return
		}
		if _, err := ParseResponse(AppendResponse(nil, value)); err != nil {
			t.Fatalf("what was read cannot be written and read: %v", err)
		}
	})
}

func BenchmarkGetState(b *testing.B) {
	request := []byte("<?xml version='1.0'?>\n<methodCall>\n<methodName>supervisor.getState</methodName>\n<params>\n</params>\n</methodCall>\n")
	b.ReportAllocs()
	var out []byte
	for b.Loop() {
		if _, err := ParseCall(request); err != nil {
			b.Fatal(err)
		}
		out = AppendResponse(out[:0], Struct{{"statecode", 1}, {"statename", "RUNNING"}})
	}
}
