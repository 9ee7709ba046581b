package supervisorctl

import (
	"fmt"
	"testing"
)

// Every text and status below was printed by supervisorctl 4.2.5.
func TestStart(t *testing.T) {
	runTranscripts(t, []transcript{
		{"CTL-040", "start x", answers{"startProcess x": true}, "x: started\n", 0},
		{"CTL-041", "start x", answers{"startProcess x": fault(60)}, "x: ERROR (already started)\n", 0},
		{"CTL-042", "start x", answers{"startProcess x": fault(20)}, "x: ERROR (no such file)\n", 1},
		{"CTL-043", "start x", answers{"startProcess x": fault(21)}, "x: ERROR (file is not executable)\n", 1},
		{"CTL-044", "start x", answers{"startProcess x": fault(50)}, "x: ERROR (spawn error)\n", 7},
		{"abnormal", "start x", answers{"startProcess x": fault(40)}, "x: ERROR (abnormal termination)\n", 7},
		{"CTL-045", "start x", answers{"startProcess x": fault(10)}, "x: ERROR (no such process)\n", 1},
		{"CTL-046", "start g:*", answers{"startProcessGroup g": fault(10)}, "g: ERROR (no such group)\n", 2},
		{"CTL-046 short", "start g:", answers{"startProcessGroup g": fault(10)}, "g: ERROR (no such group)\n", 2},
		{"CTL-047", "start", nil, "Error: start requires a process name\n" + usageOf("start"), 2},
		{"CTL-048", "start g:*", answers{"startProcessGroup g": []any{
			outcome("g:b", 80, "OK"), outcome("g:a", 50, "SPAWN_ERROR: a")}},
			"g:b: started\ng:a: ERROR (spawn error)\n", 7},
		{"CTL-048 nothing to do", "start g:*", answers{"startProcessGroup g": []any{}}, "", 0},
		{"CTL-049 all", "start all", answers{"startAllProcesses": []any{outcome("x", 80, "OK")}}, "x: started\n", 0},
		{"CTL-049 several", "start a b", answers{"startProcess a": true, "startProcess b": true}, "a: started\nb: started\n", 0},
		{"CTL-049 all among names", "start a all", answers{"startAllProcesses": []any{outcome("x", 80, "OK")}}, "x: started\n", 0},
		{"CTL-050 last error", "start a b c", answers{
			"startProcess a": fault(50), "startProcess b": fault(10), "startProcess c": true},
			"a: ERROR (spawn error)\nb: ERROR (no such process)\nc: started\n", 1},
		{"CTL-050 harmless", "start a b", answers{"startProcess a": fault(50), "startProcess b": fault(60)},
			"a: ERROR (spawn error)\nb: ERROR (already started)\n", 7},
		{"CTL-051", "start g:p x:x", answers{"startProcess g:p": true, "startProcess x:x": true}, "g:p: started\nx: started\n", 0},
		{"CTL-051 three parts", "start a:b:c", answers{"startProcess a:b:c": fault(10)}, "a:b:c: ERROR (no such process)\n", 1},
		{"CTL-195", "start a; b", answers{"startProcess a;": fault(10), "startProcess b": true},
			"a;: ERROR (no such process)\nb: started\n", 1},
		{"other fault", "start x y", answers{"startProcess x": fault(30)},
			"error: <class 'ValueError'>, Unknown result code 30 for x: file: supervisorctl line: 0\n", 1},
		{"group fails as a whole", "start g:*", answers{"startProcessGroup g": fault(6)},
			"error: <class 'xmlrpc.client.Fault'>, <Fault 6: 'TEXT'>: file: supervisorctl line: 0\n", 1},
	})
}

func TestStop(t *testing.T) {
	runTranscripts(t, []transcript{
		{"CTL-060", "stop x", answers{"stopProcess x": true}, "x: stopped\n", 0},
		{"CTL-061", "stop x", answers{"stopProcess x": fault(70)}, "x: ERROR (not running)\n", 0},
		{"CTL-062", "stop x", answers{"stopProcess x": fault(10)}, "x: ERROR (no such process)\n", 1},
		{"CTL-062 group", "stop g:*", answers{"stopProcessGroup g": fault(10)}, "g: ERROR (no such group)\n", 1},
		{"CTL-063", "stop", nil, "Error: stop requires a process name\n" + usageOf("stop"), 1},
		{"CTL-064 all", "stop x all", answers{"stopAllProcesses": []any{outcome("g:a", 80, "OK"), outcome("b", 80, "OK")}},
			"g:a: stopped\nb: stopped\n", 0},
		{"CTL-064 group", "stop g:*", answers{"stopProcessGroup g": []any{
			outcome("g:a", 80, "OK"), outcome("g:b", 30, "FAILED: why"), outcome("g:c", 70, "NOT_RUNNING: c")}},
			"g:a: stopped\nFAILED: why\ng:c: ERROR (not running)\n", 1},
		{"failed", "stop x", answers{"stopProcess x": fault(30)}, "TEXT\n", 1},
	})
}

func TestRestart(t *testing.T) {
	runTranscripts(t, []transcript{
		{"CTL-070", "restart x", answers{"stopProcess x": true, "startProcess x": true}, "x: stopped\nx: started\n", 0},
		{"CTL-071", "restart x", answers{"stopProcess x": fault(70), "startProcess x": true},
			"x: ERROR (not running)\nx: started\n", 0},
		{"CTL-072", "restart", nil, "Error: restart requires a process name\n" + usageOf("restart"), 1},
		{"CTL-072 all", "restart all", answers{
			"stopAllProcesses":  []any{outcome("a", 80, "OK"), outcome("b", 80, "OK")},
			"startAllProcesses": []any{outcome("b", 80, "OK"), outcome("a", 80, "OK")}},
			"a: stopped\nb: stopped\nb: started\na: started\n", 0},
		{"several", "restart a g:*", answers{
			"stopProcess a": true, "stopProcessGroup g": fault(10),
			"startProcess a": true, "startProcessGroup g": fault(10)},
			"a: stopped\ng: ERROR (no such group)\na: started\ng: ERROR (no such group)\n", 2},
		{"unknown", "restart x", answers{"stopProcess x": fault(10), "startProcess x": fault(10)},
			"x: ERROR (no such process)\nx: ERROR (no such process)\n", 1},
		{"not started if stopping broke", "restart x", answers{"stopProcess x": fault(1)},
			"error: <class 'ValueError'>, Unknown result code 1 for x: file: supervisorctl line: 0\n", 1},
	})
}

func TestSignal(t *testing.T) {
	misused := "Error: signal requires a signal name and a process name\n" + usageOf("signal")
	runTranscripts(t, []transcript{
		{"CTL-080", "signal HUP x", answers{"signalProcess x HUP": true}, "x: signalled\n", 0},
		{"CTL-081", "signal FOO x", answers{"signalProcess x FOO": fault(11)}, "x: ERROR (bad signal name)\n", 1},
		{"CTL-082", "signal 1 x", answers{"signalProcess x 1": fault(70)}, "x: ERROR (not running)\n", 7},
		{"CTL-083", "signal", nil, misused, 1},
		{"CTL-083 no name", "signal HUP", nil, misused, 1},
		{"CTL-084 all", "signal HUP x all", answers{"signalAllProcesses HUP": []any{outcome("g:a", 80, "OK")}}, "g:a: signalled\n", 0},
		{"CTL-084 group", "signal HUP g:* x", answers{
			"signalProcessGroup g HUP": []any{outcome("g:a", 11, "BAD_SIGNAL: FOO")}, "signalProcess x HUP": true},
			"g:a: ERROR (bad signal name)\nx: signalled\n", 1},
		{"CTL-084 unknown group", "signal HUP g:*", answers{"signalProcessGroup g HUP": fault(10)}, "g: ERROR (no such group)\n", 1},
		{"unknown", "signal HUP x", answers{"signalProcess x HUP": fault(10)}, "x: ERROR (no such process)\n", 1},
		{"failed", "signal HUP x", answers{"signalProcess x HUP": fault(30)}, "TEXT\n", 1},
		{"all is no signal", "signal all x", answers{"signalProcess x all": fault(11)}, "x: ERROR (bad signal name)\n", 1},
	})
}

func TestClear(t *testing.T) {
	runTranscripts(t, []transcript{
		{"CTL-090", "clear x g:p", answers{"clearProcessLogs x": true, "clearProcessLogs g:p": true}, "x: cleared\ng:p: cleared\n", 0},
		{"CTL-090 all", "clear x all", answers{"clearAllProcessLogs": []any{outcome("a", 80, "OK"), outcome("b", 30, "FAILED: b")}},
			"a: cleared\nb: ERROR (failed)\n", 1},
		{"CTL-090 unknown", "clear x", answers{"clearProcessLogs x": fault(10)}, "x: ERROR (no such process)\n", 1},
		{"CTL-090 none", "clear", nil, "Error: clear requires a process name\n" + usageOf("clear"), 1},
		{"failed", "clear x", answers{"clearProcessLogs x": fault(30)}, "x: ERROR (failed)\n", 1},
		// Supervisor prints "g:None: ERROR (no such process)" for both.
		{"group", "clear g:*", answers{
			"getAllProcessInfo":    []any{info("g:a", 20, "RUNNING", 1, ""), info("x", 20, "RUNNING", 2, ""), info("g:g", 0, "STOPPED", 0, "")},
			"clearProcessLogs g:a": true, "clearProcessLogs g:g": fault(30)},
			"g:a: cleared\ng: ERROR (failed)\n", 1},
		{"unknown group", "clear g:*", answers{"getAllProcessInfo": []any{}}, "g: ERROR (no such group)\n", 1},
	})
}

// Whatever fault an action meets, it says something and goes on or ends as
// Supervisor does: by the table of the action, or as an unknown result.
func TestEveryFaultOfEveryAction(t *testing.T) {
	for _, test := range []struct {
		line, method string
		known        map[int]string // what is said, by code
	}{
		{"start x", "startProcess x", map[int]string{10: "1 x: ERROR (no such process)", 20: "1 x: ERROR (no such file)",
			21: "1 x: ERROR (file is not executable)", 40: "7 x: ERROR (abnormal termination)",
			50: "7 x: ERROR (spawn error)", 60: "0 x: ERROR (already started)", 80: "0 x: started"}},
		{"stop x", "stopProcess x", map[int]string{10: "1 x: ERROR (no such process)", 11: "1 x: ERROR (bad signal name)",
			30: "1 TEXT", 70: "0 x: ERROR (not running)", 80: "0 x: stopped"}},
		{"signal HUP x", "signalProcess x HUP", map[int]string{10: "1 x: ERROR (no such process)", 11: "1 x: ERROR (bad signal name)",
			30: "1 TEXT", 70: "7 x: ERROR (not running)", 80: "0 x: signalled"}},
		{"clear x", "clearProcessLogs x", map[int]string{10: "1 x: ERROR (no such process)", 30: "1 x: ERROR (failed)", 80: "0 x: cleared"}},
	} {
		for _, code := range []int{1, 2, 3, 4, 6, 10, 11, 20, 21, 30, 40, 50, 60, 70, 80, 90, 91, 92, 99} {
			want, ok := test.known[code]
			if !ok {
				want = fmt.Sprintf("1 error: <class 'ValueError'>, Unknown result code %d for x: file: supervisorctl line: 0", code)
			}
			var status int
			var text string
			if _, err := fmt.Sscanf(want, "%d", &status); err != nil {
				t.Fatal(err)
			}
			text = want[2:] + "\n"
			runTranscripts(t, []transcript{{fmt.Sprintf("fault %d", code), test.line, answers{test.method: fault(code)}, text, status}})
		}
	}
}
