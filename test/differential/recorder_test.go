//go:build linux

package differential

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"

	machine "supervisor/test/stage"
)

// TestMain lets the test binary play the event listener of the scenarios: they
// find it under the name recorder.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) != "recorder" {
		machine.LogIn()
		os.Exit(m.Run())
	}
	if err := record(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "recorder:", err)
		os.Exit(1)
	}
}

// recorded is an event as a listener saw it.
type recorded struct{ By, Header, Payload string }

var length = regexp.MustCompile(`len:(\d+)`)

// String shows the event in one line. A length that is right is not shown: it
// changes with the digits of a pid.
func (r recorded) String() string {
	header := r.Header
	if m := length.FindStringSubmatch(header); m != nil && m[1] == strconv.Itoa(utf8.RuneCountInString(r.Payload)) {
		header = strings.Replace(header, m[0], "len:<right>", 1)
	}
	return fmt.Sprintf("%s: %s %q", r.By, header, r.Payload)
}

// record is a listener that reports each event to the stage and answers as its
// arguments say, one for each event, then with ok. What it has answered is
// counted in a file, so that it goes on where an earlier run of it ended.
//
//	ok      the event is processed
//	fail    it is rejected
//	other   it gets a result that nobody knows
//	glued   ok, and READY in the same write
//	split   ok, byte by byte
//	bad     a result line that is none
//	chatty  ok and READY, then something nobody asked for
//	die     no result: it exits with status 7
//	wait    ok, but only after SIGUSR1
//	mute    ok, but never ready again
func record(answers []string) error {
	stage, name := os.Getenv("STAGE"), os.Getenv("SUPERVISOR_PROCESS_NAME")
	count := filepath.Join(stage, name+".answered")
	report, err := os.OpenFile(filepath.Join(stage, "events"), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	released := make(chan os.Signal, 1)
	signal.Notify(released, syscall.SIGUSR1)
	in := bufio.NewReader(os.Stdin)
	say := func(text string) {
		if err == nil {
			_, err = io.WriteString(os.Stdout, text)
		}
	}
	for say("READY\n"); err == nil; {
		var event recorded
		if event, err = readEvent(in, name); err != nil {
			return err
		}
		line, _ := json.Marshal(event)
		if _, err := report.Write(append(line, '\n')); err != nil {
			return err
		}
		text, _ := os.ReadFile(count)
		if err := os.WriteFile(count, append(text, '.'), 0o600); err != nil {
			return err
		}
		answer := "ok"
		if len(text) < len(answers) {
			answer = answers[len(text)]
		}
		switch answer {
		case "ok":
			say("RESULT 2\nOK")
			say("READY\n")
		case "fail":
			say("RESULT 4\nFAIL")
			say("READY\n")
		case "other":
			say("RESULT 5\nMAYBE")
			say("READY\n")
		case "glued":
			say("RESULT 2\nOKREADY\n")
		case "split":
			for _, c := range "RESULT 2\nOKREADY\n" {
				say(string(c))
			}
		case "bad":
			say("RESULT x\n")
		case "chatty":
			say("RESULT 2\nOKREADY\nREADY\n")
		case "die":
			os.Exit(7)
		case "wait":
			<-released
			say("RESULT 2\nOKREADY\n")
		case "mute":
			say("RESULT 2\nOK")
		default:
			return fmt.Errorf("unknown answer %q", answer)
		}
	}
	return err
}

// readEvent reads one event. Its length counts characters, as in the reference.
func readEvent(in *bufio.Reader, by string) (recorded, error) {
	header, err := in.ReadString('\n')
	if err != nil {
		return recorded{}, err
	}
	m := length.FindStringSubmatch(header)
	if m == nil {
		return recorded{}, fmt.Errorf("no length in %q", header)
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return recorded{}, err
	}
	var payload strings.Builder
	for range n {
		r, _, err := in.ReadRune()
		if err != nil {
			return recorded{}, err
		}
		payload.WriteRune(r)
	}
	return recorded{by, strings.TrimSuffix(header, "\n"), payload.String()}, nil
}
