package xmlrpc

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// golden are documents as Supervisor writes them, and the values in them.
var golden = []struct {
	file  string
	value any
}{
	{"string.xml", "3.0"}, // RPC-001
	{"boolean.xml", true},
	{"struct.xml", Struct{{"statecode", 1}, {"statename", "RUNNING"}}}, // RPC-004
	{"array.xml", []any{"", 0, false}},                                 // RPC-051
	{"arrays.xml", []any{[]any{[]any{}, []any{}, []any{}}}},            // RPC-055
	{"multicall.xml", []any{"3.0", Struct{{"faultCode", 1}, {"faultString", "UNKNOWN_METHOD"}}}},
	{"fault.xml", &Fault{10, `BAD_NAME: a&b<c>"'é]]>`}}, // RPC-012
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestResponsesAreThoseOfTheReference(t *testing.T) {
	for _, g := range golden {
		t.Run(g.file, func(t *testing.T) {
			var got []byte
			if f, ok := g.value.(*Fault); ok {
				got = AppendFault(nil, f.Code, f.Text)
			} else {
				got = AppendResponse(nil, g.value)
			}
			if want := read(t, g.file); !bytes.Equal(got, want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestCallsAreThoseOfTheReference(t *testing.T) {
	got := AppendCall(nil, "supervisor.startProcess", 1, `a<&>"é`, true, 1.5, bytes.Repeat([]byte("hello"), 20),
		[]any{1, []any{}}, Struct{{"b", 1}, {"a", Struct{}}}, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	if want := read(t, "call.xml"); !bytes.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestText(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"RPC-011 UTF-8 stands for itself", "grün €\U0001F600", "grün €\U0001F600"},
		{"markup", "a<b>&c\"'", "a&lt;b&gt;&amp;c\"'"},
		{"white space", " \t\r\n", " \t\r\n"},
		{"control characters", "a\x00b\x1b[1m\x0c", "a\uFFFDb\uFFFD[1m\uFFFD"},
		{"not UTF-8", "a\xff\xc3", "a\uFFFD\uFFFD"},
		{"not characters", "\uFFFE\uFFFFx", "\uFFFD\uFFFDx"},
		{"allowed for all that", "\x7f\uFFFD", "\x7f\uFFFD"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := string(AppendString(nil, test.text))
			if want := "<value><string>" + test.want + "</string></value>\n"; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

// RPC-015: a moment after 2038 must not break clients with 32 bits.
func TestIntegersAreBroughtInto32Bits(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0", -1: "-1", math.MaxInt32: "2147483647", math.MaxInt32 + 1: "2147483647",
		math.MinInt32 - 1: "-2147483648", math.MaxInt64: "2147483647", math.MinInt64: "-2147483648",
	} {
		if got := string(AppendInt(nil, n)); got != "<value><int>"+want+"</int></value>\n" {
			t.Errorf("%d: got %q", n, got)
		}
	}
}

type shout string

func (s shout) AppendXMLRPC(dst []byte) []byte { return AppendString(dst, strings.ToUpper(string(s))) }

func TestOtherValues(t *testing.T) {
	for _, test := range []struct {
		value any
		want  string
	}{
		{nil, "<nil/>"},
		{int64(3), "<int>3</int>"},
		{false, "<boolean>0</boolean>"},
		{shout("x"), "<string>X</string>"},
		{[]string{"x"}, "<array><data>\n<value><string>x</string></value>\n</data></array>"},
		{[]byte{}, "<base64>\n</base64>"},
	} {
		if got, want := string(AppendValue(nil, test.value)), "<value>"+test.want+"</value>\n"; got != want {
			t.Errorf("%#v: got %q, want %q", test.value, got, want)
		}
	}
}

func TestValueWithoutEncoding(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a channel has been encoded")
		}
	}()
	AppendValue(nil, make(chan int))
}
