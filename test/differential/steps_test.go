//go:build linux

package differential

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// verbs are the first words of steps. Each returns what is compared.
var verbs = map[string]func(*stage, step) (string, error){
	"start":         (*stage).doStart,
	"exit":          (*stage).doExit,
	"supervisord":   func(s *stage, st step) (string, error) { return s.runWords("supervisord", st) },
	"supervisorctl": func(s *stage, st step) (string, error) { return s.runWords("supervisorctl", st) },
	"ctl": func(s *stage, st step) (string, error) {
		return s.runWords("supervisorctl", st, "-c", "supervisord.conf")
	},
	"try":      (*stage).doTry,
	"reread":   (*stage).doReread,
	"rpc":      (*stage).doRPC,
	"http":     (*stage).doHTTP,
	"follow":   (*stage).doFollow,
	"followed": (*stage).doFollowed,
	"unfollow": (*stage).doUnfollow,
	"talk":     func(s *stage, st step) (string, error) { return s.doTalk(st, false) },
	"terminal": func(s *stage, st step) (string, error) { return s.doTalk(st, true) },
	"signal":   (*stage).doSignal,
	"kill":     (*stage).doKill,
	"await":    (*stage).doAwait,
	"log":      func(s *stage, st step) (string, error) { return said(s.log, st) },
	"hear":     func(s *stage, st step) (string, error) { return said(s.voice, st) },
	"events":   (*stage).doEvents,
	"file":     (*stage).doFile,
	"gone":     (*stage).doGone,
	"sh":       func(s *stage, st step) (string, error) { return s.run(s.shell(s.fill(st.args))) },
	"via":      func(s *stage, st step) (string, error) { s.tcp = st.args == "tcp"; return "", nil },
	"as": func(s *stage, st step) (string, error) {
		s.user, s.password, _ = strings.Cut(st.args, " ")
		return "", nil
	},
}

// doStart starts a daemon in the foreground: start [OPTIONS].
func (s *stage) doStart(st step) (string, error) {
	args, err := words(s.fill(st.args))
	if err != nil {
		return "", err
	}
	return "", s.start(args...)
}

// doExit waits for the end of the daemon and returns how it ended and what it
// wrote to stderr.
func (s *stage) doExit(step) (string, error) {
	select {
	case <-s.ended:
		return ended(s.daemon) + "\n" + s.stderr.String(), nil
	case <-time.After(patience):
		return "", errors.New("supervisord does not end")
	}
}

// run runs a program to its end and returns how it ended and what it said.
func (s *stage) run(cmd *exec.Cmd) (string, error) {
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		return "", err
	}
	killer := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	err := cmd.Wait()
	if !killer.Stop() {
		return stdout.String() + stderr.String(), fmt.Errorf("%s does not end", cmd.Path)
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return "", err
	}
	text := ended(cmd) + "\n" + stdout.String()
	if stderr.Len() > 0 {
		text += "stderr:\n" + stderr.String()
	}
	return text, nil
}

func (s *stage) runWords(program string, st step, before ...string) (string, error) {
	args, err := words(s.fill(st.args))
	if err != nil {
		return "", err
	}
	return s.run(s.command(program, append(before, args...)...))
}

func (s *stage) shell(line string) *exec.Cmd {
	cmd := exec.Command("/bin/sh", "-c", line)
	cmd.Dir, cmd.Env = s.dir, s.env
	return cmd
}

// doTry starts a daemon with the configuration below it, which must make the
// start fail. What is good fails at a section that is added at its end and that
// is read last, so that both outcomes are quick. "try raw" adds nothing. A line
// in double quotes is a Go string, for bytes that a text file cannot show.
func (s *stage) doTry(st step) (string, error) {
	text, err := trial(st)
	if err != nil {
		return "", err
	}
	if err := s.write("try.conf", text); err != nil {
		return "", err
	}
	return s.run(s.command("supervisord", "-n", "-c", "try.conf"))
}

// doReread is "try" without a start: a daemon that runs reads the configuration.
func (s *stage) doReread(st step) (string, error) {
	text, err := trial(st)
	if err != nil {
		return "", err
	}
	if err := s.write("supervisord.conf", text); err != nil {
		return "", err
	}
	return s.call("reloadConfig", "")
}

// trial returns the configuration below a step.
func trial(st step) (string, error) {
	var b strings.Builder
	if st.args != "raw" {
		b.WriteString("[supervisord]\n")
	}
	for _, line := range st.below {
		if !strings.HasPrefix(line, `"`) {
			b.WriteString(line + "\n")
			continue
		}
		text, err := strconv.Unquote(line)
		if err != nil {
			return "", fmt.Errorf("%s: %w", line, err)
		}
		b.WriteString(text)
	}
	if st.args != "raw" {
		b.WriteString("[unix_http_server]\n")
	}
	return b.String(), nil
}

// doRPC calls a method: rpc METHOD [ARGUMENTS IN JSON].
func (s *stage) doRPC(st step) (string, error) {
	method, args, _ := strings.Cut(s.fill(st.args), " ")
	text, err := s.call(method, args)
	return without(st, text), err
}

// doHTTP makes a request: http METHOD PATH; below it headers and, after an empty
// line, a body.
func (s *stage) doHTTP(st step) (string, error) {
	method, path, _ := strings.Cut(s.fill(st.args), " ")
	headers, body := st.below, ""
	if i := slices.Index(st.below, ""); i >= 0 {
		headers, body = st.below[:i], strings.Join(st.below[i+1:], "\n")
	}
	answer, err := s.request(method, path, slices.Clone(headers), s.fill(body))
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(answer.Body)
	if err := errors.Join(err, answer.Body.Close()); err != nil {
		return "", err
	}
	if strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html") && answer.StatusCode == 200 {
		return showHead(answer) + "\n" + strings.Join(gist.FindAllString(string(text), -1), "\n") + "\n", nil
	}
	return showHead(answer) + "\n" + string(text), nil
}

// gist is what matters of a page: its title, its links, and messages.
var gist = regexp.MustCompile(`<title>[^<]*</title>|(?:index|tail)\.html\?[^"]*|logtail/[^"]*|No programs to manage|ERROR: [^<]*|<div[^>]*id="statusmessage"[^>]*>[^<]*`)

// doFollow opens a stream: follow PATH.
func (s *stage) doFollow(st step) (string, error) {
	answer, err := s.request("GET", st.args, []string{"Connection: keep-alive"}, "")
	if err != nil {
		return "", err
	}
	s.follower, s.unfollow = newTape(), answer.Body.Close
	go s.follower.record(answer.Body)
	return showHead(answer), nil
}

// doFollowed waits until the stream shows a line with a text.
func (s *stage) doFollowed(st step) (string, error) { return said(s.follower, st) }

// doUnfollow closes the stream.
func (s *stage) doUnfollow(step) (string, error) { return "", s.unfollow() }

// doTalk holds a conversation with supervisorctl: talk [ARGUMENTS].
func (s *stage) doTalk(st step, terminal bool) (string, error) {
	args, err := words(s.fill(st.args))
	if err != nil {
		return "", err
	}
	moves := make([]string, len(st.below))
	for i, move := range st.below {
		moves[i] = s.fill(move)
	}
	return s.talk(s.command("supervisorctl", append([]string{"-c", "supervisord.conf"}, args...)...), terminal, moves)
}

func signalNamed(name string) (syscall.Signal, error) {
	if number := unix.SignalNum("SIG" + name); number != 0 {
		return number, nil
	}
	return 0, fmt.Errorf("unknown signal %q", name)
}

// doSignal signals the daemon.
func (s *stage) doSignal(st step) (string, error) {
	number, err := signalNamed(st.args)
	if err != nil {
		return "", err
	}
	return "", s.daemon.Process.Signal(number)
}

// doKill signals the last child of a name: kill NAME SIGNAL.
func (s *stage) doKill(st step) (string, error) {
	name, signal, _ := strings.Cut(st.args, " ")
	number, err := signalNamed(signal)
	if err != nil {
		return "", err
	}
	pid := 0
	for _, line := range s.log.all() {
		if m := spawned.FindStringSubmatch(line); m != nil && m[1] == name {
			pid, _ = strconv.Atoi(m[2])
		}
	}
	if pid == 0 {
		return "", fmt.Errorf("%s was never spawned", name)
	}
	return "", syscall.Kill(pid, number)
}

// doAwait waits until a process has a state: await NAME STATE. With
// "supervisord" as the name it waits until the server answers.
func (s *stage) doAwait(st step) (string, error) {
	name, state, _ := strings.Cut(st.args, " ")
	method, args, sign := "getProcessInfo", fmt.Sprintf("[%q]", name), fmt.Sprintf(`"statename": %q`, state)
	if name == "supervisord" {
		method, args, sign = "getState", "", `"statename": "RUNNING"`
	}
	last := ""
	err := poll(st.args, func() bool {
		text, err := s.call(method, args)
		last = fmt.Sprint(text, err)
		return err == nil && strings.Contains(text, sign)
	})
	if err != nil {
		return last, err
	}
	return "", nil
}

// said returns the lines of a tape up to one with the text of the step.
func said(t *tape, st step) (string, error) {
	lines, err := t.until(st.args)
	return without(st, strings.Join(append(slices.Clone(lines), ""), "\n")), err
}

// without leaves out the lines with a text that the step says "without" about:
// it is luck whether the reference has them, or they are compared elsewhere.
func without(st step, text string) string {
	for _, below := range st.below {
		unwanted, ok := strings.CutPrefix(below, "without ")
		if !ok {
			continue
		}
		var kept strings.Builder
		for line := range strings.Lines(text) {
			if !strings.Contains(line, unwanted) {
				kept.WriteString(line)
			}
		}
		text = kept.String()
	}
	return text
}

// doEvents waits until a recorder saw an event with a text, or until recorders
// saw as many as "times N" says.
func (s *stage) doEvents(st step) (string, error) {
	times := 1
	for _, below := range st.below {
		if n, ok := strings.CutPrefix(below, "times "); ok {
			var err error
			if times, err = strconv.Atoi(n); err != nil {
				return "", fmt.Errorf("%s: %w", below, err)
			}
		}
	}
	var b strings.Builder
	for range times {
		lines, err := s.events.until(st.args)
		for _, line := range lines {
			var event recorded
			if err := json.Unmarshal([]byte(line), &event); err != nil {
				return line, err
			}
			b.WriteString(event.String() + "\n")
		}
		if err != nil {
			return b.String(), err
		}
	}
	return without(st, b.String()), nil
}

// doFile shows a file, once it contains a text: file PATH [TEXT].
func (s *stage) doFile(st step) (string, error) {
	path, wanted, _ := strings.Cut(st.args, " ")
	var text []byte
	err := poll(st.args, func() bool {
		var err error
		text, err = os.ReadFile(filepath.Join(s.dir, path))
		return err == nil && bytes.Contains(text, []byte(wanted))
	})
	return string(text), err
}

// doGone waits until a file does not exist.
func (s *stage) doGone(st step) (string, error) {
	return "", poll("the end of "+st.args, func() bool {
		_, err := os.Lstat(filepath.Join(s.dir, st.args))
		return errors.Is(err, os.ErrNotExist)
	})
}
