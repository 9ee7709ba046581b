package supervisorctl

import (
	"testing"

	"supervisor/xmlrpc"
)

// A configuration file that happens to lie in the current directory, and what it
// quotes, do not drive it either.
func TestFilesDoNotDriveTheTerminal(t *testing.T) {
	p := sit(t, always(twoProcesses), "prompt=a\x1b]0;owned\ab\u009b2J\x1b[1mc\n")
	p.sees("a^[]0;owned^Gb<U+009B>2J\x1b[1mc> ")
	p.types("quit\r")
	p.leaves(0)
	p = sit(t, always(hostile), "", "tail", "-f", "\x1bcx")
	p.sees("/logtail/^[cx/stdout Cannot read, status code 404\r\n")
	p.leaves(1)
}

// hostile is a server whose programs would like to have the user's terminal.
var hostile = answers{
	"getAllProcessInfo":                []any{info("cat\u009b2J", 200, "FATAL", 0, "no \x1b]0;owned\a")},
	"readProcessStdoutLog cat -1600 0": "a\x1b[2Jb\x1b[31mred\u009b1A\rc",
	"readLog -1600 0":                  "x\x1b]52;c;bHM=\ay",
	"/logtail/cat/stdout":              "f\x1bcg\x9bh",
	"getAllConfigInfo":                 &xmlrpc.Fault{Code: 6, Text: "no \x1bc"},
}

// Regression: tail, maintail and what is followed reached the terminal as it
// was, so a line in a log could retitle it, or, in some, type a command
// (DIF-036).
func TestLogsDoNotDriveTheTerminal(t *testing.T) {
	for _, tt := range []struct {
		sees   string
		action []string
		status int
	}{
		{"a^[[2Jb\x1b[31mred<U+009B>1A^Mc\r\n\x1b[0m", []string{"tail", "cat"}, 0},
		{"a\x1b[2Jb\x1b[31mred\u009b1A\rc\r\n", []string{"--raw", "tail", "cat"}, 0},
		{"x^[]52;c;bHM=^Gy\r\n", []string{"maintail"}, 0},
		{"f^[cg<9B>h", []string{"tail", "-f", "cat"}, 0},
		{"f\x1bcg\x9bh", []string{"--raw", "tail", "-f", "cat"}, 0},
		{"cat<U+009B>2J", []string{"status"}, 3},
		{"no ^[]0;owned^G\r\n", []string{"status"}, 3},
		{"ERROR (no such process)", []string{"status", "x"}, 4},
		{"^[[31mx: ERROR (no such process)", []string{"status", "\x1b[31mx"}, 4},
	} {
		p := sit(t, always(hostile), "", tt.action...)
		p.sees(tt.sees)
		p.leaves(tt.status)
	}
}
