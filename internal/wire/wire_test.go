package wire

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"testing"

	"supervisor/xmlrpc"
)

func read(t testing.TB, file string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// parse reads an answer of the reference and what package wire makes of it.
func parse[T any](t testing.TB, text string, of func(any) (T, error)) T {
	t.Helper()
	value, err := xmlrpc.ParseResponse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := of(value)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// expect compares what is written with the answer of the reference.
func expect(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestProcessInfos(t *testing.T) {
	t.Run("RPC-013 RPC-015 RPC-017", func(t *testing.T) {
		want := read(t, "getAllProcessInfo.xml")
		infos := parse(t, want, ParseProcessInfos)
		if len(infos) != 4 {
			t.Fatalf("%d processes", len(infos))
		}
		cat := ProcessInfo{
			Name: "cat", Group: "cat",
			Start: 1795375491, Now: 1795375491,
			State:     Running,
			StdoutLog: "/var/log/cat-stdout.log", StderrLog: "/var/log/cat-stderr.log",
			PID: 4321, Description: "pid 4321, uptime 0:00:25",
		}
		if infos[1] != cat {
			t.Errorf("got %+v, want %+v", infos[1], cat)
		}
		expect(t, string(xmlrpc.AppendResponse(nil, infos)), want)
	})
}

// Every member comes back as it went.
func TestProcessInfoRoundTrip(t *testing.T) {
	info := ProcessInfo{"n", "g", 1, 2, 3, Backoff, "oops", 4, "o", "e", 5, "d"}
	text := string(xmlrpc.AppendResponse(nil, &info))
	if got := parse(t, text, ParseProcessInfo); got != info {
		t.Errorf("got %+v, want %+v", got, info)
	}
}

func TestResults(t *testing.T) {
	for file, want := range map[string]Results{
		"startProcessGroup.xml":  {{"m_0", "m", Success, "OK"}, {"m_1", "m", Success, "OK"}}, // RPC-031
		"signalAllProcesses.xml": {{"cat", "cat", BadSignal, "BAD_SIGNAL: FOO"}, {"m_0", "m", BadSignal, "BAD_SIGNAL: FOO"}, {"m_1", "m", BadSignal, "BAD_SIGNAL: FOO"}},
	} {
		t.Run(file, func(t *testing.T) {
			text := read(t, file)
			results := parse(t, text, ParseResults)
			if !reflect.DeepEqual(results, want) {
				t.Errorf("got %+v, want %+v", results, want)
			}
			expect(t, string(xmlrpc.AppendResponse(nil, results)), text)
		})
	}
}

// The reference that wrote the file has no autorestart yet.
var autorestart = regexp.MustCompile("<member>\n<name>autorestart</name>\n.*\n</member>\n")

func TestConfigInfos(t *testing.T) {
	t.Run("RPC-018", func(t *testing.T) {
		want := read(t, "getAllConfigInfo.xml")
		infos := parse(t, want, ParseConfigInfos)
		if len(infos) != 4 {
			t.Fatalf("%d configurations", len(infos))
		}
		cat := ConfigInfo{
			Name: "cat", Group: "cat", InUse: true, Autostart: true, GroupPrio: 999, ProcessPrio: 999,
			Command: "/bin/cat", Directory: None, UID: None, ExitCodes: []int{0},
			StartRetries: 3, StartSecs: 1, StopSignal: 15, StopWaitSecs: 10, ServerURL: None,
			Stdout: StreamInfo{LogFile: Auto, LogFileBackups: 10, LogFileMaxBytes: 50 << 20},
			Stderr: StreamInfo{LogFile: Auto, LogFileBackups: 10, LogFileMaxBytes: 50 << 20},
		}
		if !reflect.DeepEqual(infos[1], cat) {
			t.Errorf("got %+v, want %+v", infos[1], cat)
		}
		got := xmlrpc.AppendResponse(nil, infos)
		expect(t, string(autorestart.ReplaceAll(got, nil)), want)
	})
}

func TestConfigInfoRoundTrip(t *testing.T) {
	for _, again := range []any{true, false, Unexpected} { // RPC-019
		info := ConfigInfo{"n", "g", true, true, again, 1, 2, "c", "d", 3, []int{4, 5}, true, 6, 7, 8, 9, "u", true,
			StreamInfo{"o", 10, 11, 12, true, true}, StreamInfo{Auto, 13, 14, 15, true, true}}
		text := string(xmlrpc.AppendResponse(nil, ConfigInfos{info}))
		if got := parse(t, text, ParseConfigInfos); !reflect.DeepEqual(got[0], info) {
			t.Errorf("got %+v, want %+v", got[0], info)
		}
	}
}

// A newer or older server may know more members, or fewer, or other types.
func TestStrangeStructs(t *testing.T) {
	value := xmlrpc.Struct{{Name: "name", Value: "x"}, {Name: "pid", Value: "none"}, {Name: "new", Value: []any{}}}
	info, err := ParseProcessInfo(value)
	if want := (ProcessInfo{Name: "x"}); err != nil || info != want {
		t.Errorf("got %+v, %v", info, err)
	}
	for _, value := range []any{"x", []any{"x"}, nil} {
		if _, err := ParseProcessInfos(value); err == nil {
			t.Errorf("%v is taken for processes", value)
		}
		if _, err := ParseConfigInfos(value); err == nil {
			t.Errorf("%v is taken for configurations", value)
		}
		if _, err := ParseResults(value); err == nil {
			t.Errorf("%v is taken for results", value)
		}
	}
}

func TestFault(t *testing.T) {
	for _, test := range []struct {
		code  Code
		extra string
		want  xmlrpc.Fault
	}{
		{UnknownMethod, "", xmlrpc.Fault{Code: 1, Text: "UNKNOWN_METHOD"}},
		{BadName, "x", xmlrpc.Fault{Code: 10, Text: "BAD_NAME: x"}}, // RPC-012
		{CantReread, "bad", xmlrpc.Fault{Code: 92, Text: "CANT_REREAD: bad"}},
	} {
		if got := Fault(test.code, test.extra); *got != test.want {
			t.Errorf("got %v, want %v", got, test.want)
		}
	}
}

func TestNames(t *testing.T) {
	for code, name := range map[Code]string{
		1: "UNKNOWN_METHOD", 2: "INCORRECT_PARAMETERS", 3: "BAD_ARGUMENTS", 4: "SIGNATURE_UNSUPPORTED",
		6: "SHUTDOWN_STATE", 10: "BAD_NAME", 11: "BAD_SIGNAL", 20: "NO_FILE", 21: "NOT_EXECUTABLE", 30: "FAILED",
		40: "ABNORMAL_TERMINATION", 50: "SPAWN_ERROR", 60: "ALREADY_STARTED", 70: "NOT_RUNNING", 80: "SUCCESS",
		90: "ALREADY_ADDED", 91: "STILL_RUNNING", 92: "CANT_REREAD",
	} {
		if code.String() != name {
			t.Errorf("code %d is %s, want %s", code, code, name)
		}
	}
	for state, name := range map[ProcessState]string{
		0: "STOPPED", 10: "STARTING", 20: "RUNNING", 30: "BACKOFF", 40: "STOPPING", 100: "EXITED", 200: "FATAL", 1000: "UNKNOWN",
	} {
		if state.String() != name {
			t.Errorf("state %d is %s, want %s", state, state, name)
		}
	}
}

func thousand() ProcessInfos {
	infos := make(ProcessInfos, 1000)
	for i := range infos {
		infos[i] = ProcessInfo{
			Name: "worker_00123", Group: "workers", Start: 1795375491, Now: 1795375491, State: Running, PID: 12345,
			StdoutLog:   "/var/log/supervisor/worker_00123-stdout---supervisor-s652ipis.log",
			StderrLog:   "/var/log/supervisor/worker_00123-stderr---supervisor-s652ipis.log",
			Description: "pid 12345, uptime 2 days, 1:02:03",
		}
	}
	return infos
}

func BenchmarkAppendThousandProcesses(b *testing.B) {
	infos := thousand()
	b.ReportAllocs()
	var out []byte
	for b.Loop() {
		out = xmlrpc.AppendResponse(out[:0], infos)
	}
	b.SetBytes(int64(len(out)))
}

func BenchmarkParseThousandProcesses(b *testing.B) {
	text := string(xmlrpc.AppendResponse(nil, thousand()))
	b.ReportAllocs()
	for b.Loop() {
		parse(b, text, ParseProcessInfos)
	}
}
