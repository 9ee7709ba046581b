//go:build linux

package product

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"supervisor/test/stage"
)

var rewrite = flag.Bool("update", false, "rewrite docs/why.md")

// broken is one set-up that is broken on purpose. It is brought into its state;
// supervisorctl why must name the cause; its steps are taken literally; and
// then it is well.
type broken struct {
	title  string            // what was done wrong
	peer   string            // the program of somebody else that it takes; a pattern
	root   bool              // it takes root
	needs  string            // a shell script that fails where this cannot be tried
	config string            // of the program, a line each; its name is app
	files  map[string]string // files beside the configuration; those that begin with #! may be executed
	before string            // a shell script that is run before the daemon
	around string            // a shell script that becomes the daemon, which is "$@"
	after  string            // a shell script that is run when all has ended
	state  string            // that it comes into
	then   string            // a shell script that brings it there
	cause  string
	says   string // a pattern that the explanation matches
	hand   string // a shell script for the steps that are for people: nothing literal can be said
	well   string // the state that it comes into by the steps; empty: RUNNING
}

// explained is what supervisorctl why --json says.
type explained struct {
	Result []struct {
		Cause, Answer string
		Evidence      []string
		Steps         []struct{ Say, Section, Key, Value, Run string }
	}
}

func TestWhy(t *testing.T) {
	document := newTable(t)
	t.Run("rows", func(t *testing.T) {
		for _, b := range brokenSetups {
			t.Run(b.title, func(t *testing.T) {
				t.Parallel()
				b.run(t, document)
			})
		}
	})
	document.check(t)
}

// ward is where one broken set-up lives.
type ward struct {
	t     *testing.T
	dir   string
	ports []string
	peer  string // the file name of the peer
}

func (b broken) run(t *testing.T, document *table) {
	if b.root && os.Getuid() != 0 {
		t.Skip("takes root")
	}
	if b.peer != "" {
		installed, err := peer(b.peer)
		if err != nil {
			t.Fatal(err)
		}
		if !installed {
			t.Skip(b.peer + " is not installed")
		}
	}
	w := admit(t, b)
	if out, err := w.command("sh", "-c", w.fill(b.needs)).CombinedOutput(); err != nil {
		t.Skipf("this machine cannot: %v: %s", err, out)
	}
	w.sh(b.before)
	w.daemon(b.around)
	if b.then != "" {
		w.await("RUNNING|STARTING|FATAL|EXITED|STOPPED")
		w.sh(b.then)
	}
	w.await(b.state)
	text := w.sh("supervisorctl why app")
	var e explained
	if err := json.Unmarshal([]byte(w.sh("supervisorctl --json why app")), &e); err != nil || len(e.Result) != 1 {
		t.Fatalf("cannot read the explanation: %v\n%s", err, text)
	}
	r := e.Result[0]
	if r.Cause != b.cause || !regexp.MustCompile(b.says).MatchString(text) {
		t.Fatalf("the cause is %s, want %s and %q; it says\n%s", r.Cause, b.cause, b.says, text)
	}
	document.add(w, b, text)
	w.sh(b.hand) // nothing that the steps below have to do
	w.follow(text)
	want := b.well
	if want == "" {
		want = "RUNNING"
	}
	w.await(want)
}

// admit makes the directory of a set-up.
func admit(t *testing.T, b broken) *ward {
	dir, err := os.MkdirTemp("", "why*-") // a name with which no other begins
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	w := &ward{t, dir, []string{stage.Port(t), stage.Port(t)}, peerName(b.peer)}
	t.Cleanup(func() {
		w.clear()
		w.sh(b.after)
		stage.Remove(t, dir)
	})
	w.write("supervisord.conf", defaultConfig)
	w.write("programs.conf", "[program:app]\n"+w.fill(b.config)+"\n")
	for name, text := range b.files {
		w.write(name, w.fill(text))
	}
	return w
}

func (w *ward) fill(text string) string {
	return strings.NewReplacer("$DIR", w.dir, "$PORT2", w.ports[1], "$PORT", w.ports[0], "$PEER", w.peer).Replace(text)
}

func (w *ward) write(name, text string) {
	w.t.Helper()
	mode := os.FileMode(0o644)
	if strings.HasPrefix(text, "#!") {
		mode = 0o755
	}
	path := filepath.Join(w.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		w.t.Fatal(err)
	}
}

// command makes a command that runs in the directory of the set-up.
func (w *ward) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command("/usr/bin/env", append([]string{name}, args...)...)
	cmd.Dir = w.dir
	cmd.Env = []string{
		"PATH=" + programs("checked") + ":/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin",
		"WORK=" + w.dir, "HOME=" + w.dir, "LC_ALL=C.UTF-8", "GORACE=atexit_sleep_ms=0",
	}
	return cmd
}

// sh runs a shell script and returns what it writes to stdout. That it ends
// well is not asked for: status does not where something is down.
func (w *ward) sh(script string) string {
	w.t.Helper()
	if script == "" {
		return ""
	}
	var stderr bytes.Buffer
	cmd := w.command("sh", "-c", w.fill(script))
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		w.t.Fatalf("%s: %v", script, err)
	}
	if stderr.Len() > 0 {
		w.t.Logf("%s: %s", script, stderr.String())
	}
	return string(out)
}

// daemon starts supervisord, by way of a script if there is one, and waits until
// it answers. Its PATH is that of a boot script.
func (w *ward) daemon(around string) {
	w.t.Helper()
	if around == "" {
		around = `exec "$@"`
	}
	cmd := w.command("sh", "-c", w.fill(around), "sh", "supervisord", "-n")
	log, err := os.Create(filepath.Join(w.dir, "daemon.out"))
	if err != nil {
		w.t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		_ = cmd.Process.Kill() // clear may have been first
		_ = cmd.Wait()
		_ = log.Close()
	})
	w.await(`\w+`)
}

// await waits for a state of the program.
func (w *ward) await(state string) {
	w.t.Helper()
	pattern := regexp.MustCompile(`(?m)^app +(` + state + `)\b`)
	deadline := time.After(2 * patience)
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		out := w.sh("supervisorctl status app")
		if pattern.MatchString(out) {
			return
		}
		select {
		case <-again.C:
		case <-deadline:
			daemon, _ := os.ReadFile(filepath.Join(w.dir, "daemon.out"))
			w.t.Fatalf("it does not become %s: %s\n%s\n%s", state, out, w.sh("supervisorctl why app"), daemon)
		}
	}
}

// A step that can be taken literally.
var (
	section = regexp.MustCompile(`; in \[(.*)\] write:$`)
	setting = regexp.MustCompile(`^ {9}(\w+)=(.*)$`)
	typed   = regexp.MustCompile(`^ {9}\$ (.*)$`)
)

// follow does what an explanation says, as somebody would who understands
// nothing of it.
func (w *ward) follow(text string) {
	w.t.Helper()
	_, steps, _ := strings.Cut(text, "What to do:\n")
	in := ""
	for line := range strings.Lines(steps) {
		line = strings.TrimSuffix(line, "\n")
		if m := section.FindStringSubmatch(line); m != nil {
			in = m[1]
		} else if m := setting.FindStringSubmatch(line); m != nil {
			w.set(in, m[1], m[2])
		} else if m := typed.FindStringSubmatch(line); m != nil {
			w.sh(m[1])
			if pids, ended := strings.CutPrefix(m[1], "kill "); ended { // whoever types is slower than what ends
				w.sh("for pid in " + pids + "; do timeout 60 tail --pid=$pid -f /dev/null; done")
			}
		}
	}
}

// set writes an option into a section of the file that has it.
func (w *ward) set(section, key, value string) {
	w.t.Helper()
	if section != "program:app" {
		w.t.Fatalf("there is no section %s", section)
	}
	path := filepath.Join(w.dir, "programs.conf")
	old, err := os.ReadFile(path)
	if err != nil {
		w.t.Fatal(err)
	}
	var text strings.Builder
	for line := range strings.Lines(string(old)) {
		if !strings.HasPrefix(line, key+"=") {
			text.WriteString(line)
		}
	}
	fmt.Fprintf(&text, "%s=%s\n", key, value)
	if err := os.WriteFile(path, []byte(text.String()), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

// clear ends what the set-up has started, the daemon among it. Servers that
// write over their environment are known by their command lines or directories.
func (w *ward) clear() {
	if err := endAll(w.dir); err != nil {
		w.t.Error(err)
	}
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		w.t.Error(err)
	}
	for _, path := range lines {
		text, err := os.ReadFile(path)
		var pid int
		if _, scanErr := fmt.Sscanf(path, "/proc/%d/", &pid); scanErr != nil || err != nil || pid == os.Getpid() {
			continue
		}
		cwd, err := os.Readlink(filepath.Join(filepath.Dir(path), "cwd"))
		if bytes.Contains(text, []byte(w.dir)) || err == nil && strings.HasPrefix(cwd, w.dir) {
			_ = syscall.Kill(pid, syscall.SIGKILL) // it may have ended by now
		}
	}
}
