//go:build linux

package clients

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"supervisor/internal/wire"
	"supervisor/test/stage"
)

// TestListeners is for event listeners: one written with Supervisor's module
// childutils, which also calls back, one in shell and one in Go. They write down
// what they get.
func TestListeners(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	scripts, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		language, command string
		want              string // the listener writes it if it works at all
	}{
		{"python", python + " " + scripts + "/listener.py", "called back: cat RUNNING"},
		{"shell", "/bin/sh " + scripts + "/listener.sh", "hello <&> ünï"},
		{"go", self + " listen events", "hello <&> ünï"},
	} {
		t.Run(tt.language, func(t *testing.T) {
			if tt.language == "python" {
				requirePython(t)
			}
			extra := "[eventlistener:ears]\ncommand=" + tt.command + "\ndirectory=$DIR\nstartsecs=0\nbuffer_size=100\n" +
				"events=PROCESS_STATE_EXITED,PROCESS_STATE_STOPPED,PROCESS_COMMUNICATION,REMOTE_COMMUNICATION,PROCESS_GROUP_REMOVED\n"
			compare(t, extra, tt.want, func(t *testing.T, s *stage.Stage) string {
				s.AwaitState("ears", wire.Running)
				s.Call("supervisor.startProcess", "speaker")
				s.Await("the words of speaker", func() bool { return strings.Contains(s.Read("events"), "hello") })
				s.Call("supervisor.sendProcessStdin", "speaker", "go\n")
				s.AwaitState("speaker", wire.Exited)
				s.Call("supervisor.sendRemoteCommEvent", "a type", "line one\nline two ünï")
				s.Await("the answer to what it asked", func() bool { return strings.Contains(s.Read("events"), tt.want) })
				s.Call("supervisor.stopProcess", "cat")
				s.Call("supervisor.startProcess", "cat")
				s.Call("supervisor.removeProcessGroup", "pair")
				s.Call("supervisor.sendRemoteCommEvent", "again", "rejected once")
				s.Call("supervisor.sendRemoteCommEvent", "the", "end")
				s.Await("the last event", func() bool { return strings.Contains(s.Read("events"), "type:the\nend") })
				return s.Read("events")
			})
		})
	}
}

// listen is an event listener, as somebody writes it who has read the manual. It
// rejects the first event that asks for it.
func listen(file string) {
	in := bufio.NewReader(os.Stdin)
	rejected := false
	for {
		fmt.Print("READY\n")
		header, err := in.ReadString('\n')
		if err != nil {
			return
		}
		_, length, _ := strings.Cut(strings.TrimSpace(header), " len:")
		n, err := strconv.Atoi(length)
		if err != nil {
			return
		}
		// The length counts characters, which is how the reference writes it.
		var payload strings.Builder
		for range n {
			r, _, err := in.ReadRune()
			if err != nil {
				return
			}
			payload.WriteRune(r)
		}
		f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
		if err != nil {
			return
		}
		fmt.Fprintf(f, "%s%s\n", header, payload.String())
		if err := f.Close(); err != nil {
			return
		}
		result := "OK"
		if !rejected && strings.Contains(payload.String(), "rejected once") {
			rejected, result = true, "FAIL"
		}
		fmt.Printf("RESULT %d\n%s", len(result), result)
	}
}

// session runs an interactive client through a pipe.
func session(t *testing.T, cmd *exec.Cmd, input string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "input")
	if err := os.WriteFile(file, []byte(input), 0o600); err != nil {
		t.Fatal(err)
	}
	in, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	cmd.Stdin = io.Reader(in)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, out)
	}
	return string(out)
}
