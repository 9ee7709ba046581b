package config

import (
	"errors"
	"log/slog"
	"math"
	"os"
	"reflect"
	"syscall"
	"testing"
	"time"

	"supervisor/internal/severity"
)

// parsed is a text and what a parser makes of it; err is the exact error.
type parsed struct {
	text string
	want any
	err  string
}

func testParser[T any](t *testing.T, parse func(string) (T, error), tests []parsed) {
	t.Helper()
	for _, tt := range tests {
		got, err := parse(tt.text)
		switch {
		case tt.err != "":
			if err == nil || err.Error() != tt.err {
				t.Errorf("%q: got %v, want error %s", tt.text, err, tt.err)
			}
		case err != nil:
			t.Errorf("%q: %v", tt.text, err)
		case !reflect.DeepEqual(any(got), tt.want):
			t.Errorf("%q: got %#v, want %#v", tt.text, got, tt.want)
		}
	}
}

func TestInteger_CFG_090(t *testing.T) {
	const text = "invalid literal for int() with base 10: "
	testParser(t, integer, []parsed{
		{" 5 ", 5, ""}, {"+3", 3, ""}, {"-7", -7, ""}, {"1_000", 1000, ""}, {"010", 10, ""}, {"0_0", 0, ""},
		{"99999999999999999999", math.MaxInt, ""}, {"-99999999999999999999", math.MinInt, ""},
		{"1.5", nil, text + "'1.5'"}, {"", nil, text + "''"}, {"x", nil, text + "'x'"}, {"1__0", nil, text + "'1__0'"}, {"_1", nil, text + "'_1'"},
		{"1_", nil, text + "'1_'"}, {"+-1", nil, text + "'+-1'"}, {"+ 1", nil, text + "'+ 1'"}, {"0x1", nil, text + "'0x1'"},
	})
}

func TestBoolean_CFG_091(t *testing.T) {
	testParser(t, boolean, []parsed{
		{"yes", true, ""}, {"TRUE", true, ""}, {"On", true, ""}, {"1", true, ""}, {"no", false, ""}, {"False", false, ""}, {"OFF", false, ""}, {"0", false, ""},
		{"t", nil, "not a valid boolean value: 't'"}, {"2", nil, "not a valid boolean value: '2'"}, {" yes", nil, "not a valid boolean value: ' yes'"},
	})
}

func TestAutorestart_CFG_092(t *testing.T) {
	testParser(t, autorestart, []parsed{
		{"Unexpected", IfUnexpected, ""}, {"TRUE", Always, ""}, {"off", Never, ""}, {"Sometimes", nil, "invalid 'autorestart' value 'sometimes'"},
	})
}

func TestByteSize_CFG_093(t *testing.T) {
	const text = "invalid literal for int() with base 10: "
	testParser(t, byteSize, []parsed{
		{"1KB", ByteSize(1024), ""}, {"10 MB", ByteSize(10 << 20), ""}, {"2gb", ByteSize(2 << 30), ""}, {"0", ByteSize(0), ""}, {"-1kb", ByteSize(-1024), ""},
		{"99999999999999999GB", ByteSize(math.MaxInt64>>30) << 30, ""},
		{"10M", nil, text + "'10m'"}, {"1.5MB", nil, text + "'1.5'"}, {"MB", nil, text + "''"}, {"1KBKB", nil, text + "'1kb'"},
	})
}

func TestOctal_CFG_094(t *testing.T) {
	testParser(t, permissions, []parsed{
		{"022", uint32(0o22), ""}, {"0o22", uint32(0o22), ""}, {"0O17", uint32(0o17), ""}, {" 7 ", uint32(7), ""}, {"0o_7", uint32(7), ""}, {"-1", uint32(0o7777), ""},
		{"9", nil, "9 can not be converted to an octal type"}, {"", nil, " can not be converted to an octal type"}, {"0o+7", nil, "0o+7 can not be converted to an octal type"},
		{"0x1", nil, "0x1 can not be converted to an octal type"}, {"_7", nil, "_7 can not be converted to an octal type"},
	})
}

func TestSignal_CFG_095(t *testing.T) {
	testParser(t, signal, []parsed{
		{"TERM", syscall.SIGTERM, ""}, {"sigterm", syscall.SIGTERM, ""}, {"15", syscall.SIGTERM, ""}, {" usr1 ", syscall.SIGUSR1, ""},
		{"FOO", nil, "value 'FOO' is not a valid signal name"}, {"99", nil, "value '99' is not a valid signal number"},
		{"0", nil, "value '0' is not a valid signal number"}, {" x ", nil, "value ' x ' is not a valid signal name"},
	})
}

func TestExitCodes_CFG_096(t *testing.T) {
	const text = "not a valid list of exit codes: "
	testParser(t, exitCodes, []parsed{
		{"0, 2", []int{0, 2}, ""}, {"", []int(nil), ""}, {"255,0", []int{255, 0}, ""}, {"256", nil, text + "'256'"}, {"-1", nil, text + "'-1'"}, {"0,x", nil, text + "'0,x'"}, {"0,", nil, text + "'0,'"},
	})
}

func TestLevel_CFG_097(t *testing.T) {
	testParser(t, level, []parsed{
		{"WARN", slog.LevelWarn, ""}, {"blather", severity.Blather, ""}, {"critical", severity.Critical, ""},
		{"warning", nil, "bad logging level name 'warning'"}, {"", nil, "bad logging level name ''"},
	})
}

func TestSeconds(t *testing.T) {
	testParser(t, seconds, []parsed{
		{"10", 10 * time.Second, ""}, {"-1", -time.Second, ""}, {"99999999999999999999", forever, ""}, {"-99999999999999999999", -forever, ""},
		{"x", nil, "invalid literal for int() with base 10: 'x'"},
	})
}

func TestName_CFG_104(t *testing.T) {
	testParser(t, name, []parsed{
		{" a ", "a", ""}, {"a\tb", "a\tb", ""}, {"", "", ""},
		{"a b", nil, "Invalid name: 'a b' because of character: ' '"}, {"a:b", nil, "Invalid name: 'a:b' because of character: ':'"},
		{"a/b:c", nil, "Invalid name: 'a/b:c' because of character: ':'"}, {" a/b", nil, "Invalid name: ' a/b' because of character: '/'"},
	})
	testBad(t, []bad{
		{"CFG-104 program", daemonOnly + "[program:a b]\ncommand=x", "Invalid name: 'a b' because of character: ' '"},
		{"CFG-104 group", daemonOnly + "[group:a/b]\n", "Invalid name: 'a/b' because of character: '/'"},
		{"CFG-104 process name", programOnly + "process_name=a:b", "Invalid name: 'a:b' because of character: ':'" + inProgramA},
		{"CFG-104 process name before it is expanded", programOnly + "process_name=%(x)s/", "Invalid name: '%(x)s/' because of character: '/'" + inProgramA},
	})
}

func TestWords(t *testing.T) {
	for text, want := range map[string][]string{"": nil, "a": {"a"}, " a , b\n": {"a", "b"}, "a,": {"a", ""}} {
		if got := words(text); !reflect.DeepEqual(got, want) {
			t.Errorf("words(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestAddress_CFG_136_CFG_137_CFG_138(t *testing.T) {
	for _, tt := range []struct {
		text, host string
		port       int
		err        string
	}{
		{"9001", "", 9001, ""}, {"*:9001", "", 9001, ""}, {":9001", "", 9001, ""}, {"LocalHost:9001", "localhost", 9001, ""}, {"127.0.0.1: 80", "127.0.0.1", 80, ""}, {"[::1]:1", "[::1]", 1, ""},
		{"x", "", 0, "not a valid port number: 'x' "}, {"0", "", 0, "not a valid port number: '0' "}, {"65536", "", 0, "not a valid port number: '65536' "},
		{"127.0.0.1:", "", 0, "no port number specified in ''"}, {"127.0.0.1:0", "", 0, "0 is below lower bound (1)"}, {"h:65536", "", 0, "65536 is above upper bound (65535)"},
		{"h:x", "", 0, "invalid literal for int() with base 10: 'x'"},
	} {
		host, port, err := address(tt.text)
		message := ""
		if err != nil {
			message = err.Error()
		}
		if host != tt.host || port != tt.port || message != tt.err {
			t.Errorf("%q: got %q, %d, %q", tt.text, host, port, message)
		}
	}
}

// What values ask the system.
func TestSystem(t *testing.T) {
	here := newSite(t, map[string]string{"d/x": ""})
	s := newSystem(here.dir, []string{"HOME=" + here.dir + "/"}, os.Getuid())
	testParser(t, s.existingDirPath, []parsed{
		{"x", "x", ""}, {"d/x", "d/x", ""}, {"~/d/x", here.dir + "/d/x", ""}, {"", "", ""}, {"/x", "/x", ""},
		{"no/x", nil, "The directory named as part of the path no/x does not exist"},
		{"d/x/y", nil, "The directory named as part of the path d/x/y does not exist"},
		{"no/../x", nil, "The directory named as part of the path no/../x does not exist"},
		{"~nobody-there/x", nil, "The directory named as part of the path ~nobody-there/x does not exist"},
	})
	testParser(t, s.existingDir, []parsed{
		{"d", "d", ""}, {"~", here.dir, ""}, {"d/x", nil, "d/x is not an existing directory"}, {"", nil, " is not an existing directory"},
	})
	var empty *Error
	if _, err := s.existingDir(""); !errors.As(err, &empty) || empty.Hint != "name a directory, or leave the option out" {
		t.Errorf("an empty directory: %v", err)
	}
	testParser(t, s.user, []parsed{
		{"root", &User{"root", 0}, ""}, {"0", &User{"0", 0}, ""},
		{"no-such-user", nil, "Invalid user name no-such-user"}, {"", nil, "Invalid user name "}, {"99999999", nil, "Invalid user id 99999999"}, {"-1", nil, "Invalid user id -1"},
	})
	testParser(t, s.owner, []parsed{{"root", Owner{0, -1}, ""}, {"0:0", Owner{0, 0}, ""}})
	for _, text := range []string{"", ":", "root:", ":root", "root:no-such-group", "root:root:x", " root"} {
		if o, err := s.owner(text); err == nil {
			t.Errorf("owner(%q) = %v", text, o)
		}
	}
	if got := newSystem("/", nil, 0).home("~/x"); got != "/root/x" && got != "/var/root/x" {
		t.Errorf("without HOME, ~/x is %s", got)
	}
	if got := newSystem("/", []string{"HOME=/"}, 0).home("~"); got != "/" {
		t.Errorf("with HOME=/, ~ is %s", got)
	}
	for _, env := range [][]string{{"TMPDIR=" + here.dir}, {"TMPDIR=/nowhere", "TEMP=" + here.dir}, {"TMP=d/.."}} {
		if got, err := newSystem(here.dir, env, 0).tempDir(); got != here.dir || err != nil {
			t.Errorf("%v: temporary directory %s, %v", env, got, err)
		}
	}
}
