//go:build linux

package product

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"supervisor/internal/identity"
	"supervisor/test/stage"
)

// patience is how long await waits for something that should happen soon: a
// busy machine is no reason to fail.
const patience = stage.Patience

// defaultConfig is the supervisord.conf of a script that brings none. Its
// programs are in programs.conf.
const defaultConfig = `[unix_http_server]
file=%(here)s/supervisor.sock

[supervisord]
logfile=%(here)s/supervisord.log
pidfile=%(here)s/supervisord.pid
childlogdir=%(here)s

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl=unix://supervisor.sock

[include]
files=programs.conf
`

// setUp prepares the directory and the environment of one script:
//
//	$PORT, $PORT2  are TCP ports of this host that are the script's
//	$PROGRAMS      is the directory of our programs, which are in $PATH too
//	$EXAMPLES      is a copy of the directory examples, which is in $PATH too
//
// Whatever the script started is gone when it has ended, and a data race that
// one of our programs saw fails it.
func setUp(env *testscript.Env) error {
	for _, name := range []string{"PORT", "PORT2"} {
		port, release, err := stage.ReservePort()
		if err != nil {
			return err
		}
		env.Setenv(name, port)
		env.Defer(func() { _ = release() }) // nobody listens at it any more
	}
	races := filepath.Join(env.WorkDir, "race")
	env.Setenv("PROGRAMS", programs("checked"))
	env.Setenv("EXAMPLES", programs("examples"))
	env.Setenv("PATH", programs("checked")+":"+programs("examples")+":"+env.Getenv("PATH")+":/usr/sbin:/sbin")
	env.Setenv("GORACE", "atexit_sleep_ms=0 log_path="+races)
	env.Setenv("HOME", env.WorkDir)
	env.Setenv("LC_ALL", "C.UTF-8")
	env.Defer(func() {
		if err := endAll(env.WorkDir); err != nil {
			env.T().Fatal(err)
		}
		seen, _ := filepath.Glob(races + ".*")
		for _, name := range seen {
			text, _ := os.ReadFile(name)
			env.T().Fatal(fmt.Sprintf("%s\n%s", name, text))
		}
	})
	// A daemon that is somebody else works here too.
	if err := os.Chmod(filepath.Dir(env.WorkDir), 0o711); err != nil {
		return err
	}
	config := filepath.Join(env.WorkDir, "supervisord.conf")
	if _, err := os.Stat(config); err == nil {
		return nil
	}
	return os.WriteFile(config, []byte(defaultConfig), 0o644)
}

// endAll ends every process whose environment says that it belongs to the
// script in dir.
func endAll(dir string) error { return stage.EndAll("WORK=" + dir) }

// commands are what scripts can do besides what testscript knows:
//
//	[!] await [-count=N] PATTERN PROGRAM ARG...
//	    runs a program until its stdout matches (does not match) N times
//	exits STATUS PROGRAM ARG...
//	    runs a program that must exit with the status
//	let NAME PROGRAM ARG...
//	    runs a program that must succeed; $NAME is what it writes
//	ended PID...
//	    waits until processes have ended, be they collected or not
//	config NAME...
//	    replaces $PORT and the other variables in files
func commands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"await":  await,
		"exits":  exits,
		"let":    let,
		"ended":  ended,
		"config": fill,
	}
}

func await(ts *testscript.TestScript, neg bool, args []string) {
	count := 1
	if len(args) > 0 && strings.HasPrefix(args[0], "-count=") {
		n, err := strconv.Atoi(strings.TrimPrefix(args[0], "-count="))
		ts.Check(err)
		count, args = n, args[1:]
	}
	if len(args) < 2 {
		ts.Fatalf("usage: await [-count=N] PATTERN PROGRAM [ARG...]")
	}
	pattern, err := regexp.Compile("(?m)" + args[0])
	ts.Check(err)
	deadline := time.After(patience)
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		// Only what it says counts: a server may not be there yet.
		out := quietly(ts, args[1], args[2:])
		if (len(pattern.FindAllString(out, count)) >= count) != neg {
			return
		}
		select {
		case <-again.C:
		case <-deadline:
			ts.Fatalf("in vain: the last output was\n%s", out)
		}
	}
}

// quietly runs a program and returns what it writes to stdout, without a word
// in the protocol of the script.
func quietly(ts *testscript.TestScript, name string, args []string) string {
	out, err := prepare(ts, name, args).Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		ts.Fatalf("%v", err)
	}
	return string(out)
}

// prepare makes a command of a program that is found as exec finds it.
func prepare(ts *testscript.TestScript, name string, args []string) *exec.Cmd {
	cmd := exec.Command("/usr/bin/env", append([]string{name}, args...)...)
	cmd.Dir = ts.MkAbs(".")
	for _, key := range []string{"PATH", "WORK", "HOME", "LC_ALL", "GORACE", "TMPDIR"} {
		cmd.Env = append(cmd.Env, key+"="+ts.Getenv(key))
	}
	return cmd
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS PROGRAM [ARG...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	status := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		status = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if status != want {
		ts.Fatalf("exit status %d, not %d", status, want)
	}
}

func let(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: let NAME PROGRAM [ARG...]")
	}
	ts.Check(ts.Exec(args[1], args[2:]...))
	ts.Setenv(args[0], strings.TrimSuffix(ts.ReadFile("stdout"), "\n"))
}

func ended(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: ended PID...")
	}
	for _, arg := range args {
		pid, err := strconv.Atoi(arg)
		ts.Check(err)
		for deadline := time.Now().Add(patience); ; <-time.After(50 * time.Millisecond) {
			if p, err := identity.Look(pid); err != nil || p.Ended() {
				break
			}
			if time.Now().After(deadline) {
				ts.Fatalf("process %d does not end", pid)
			}
		}
	}
}

func fill(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: config NAME...")
	}
	values := strings.NewReplacer("$PORT2", ts.Getenv("PORT2"), "$PORT", ts.Getenv("PORT"),
		"$WORK", ts.Getenv("WORK"), "$PROGRAMS", ts.Getenv("PROGRAMS"))
	for _, name := range args {
		text := ts.ReadFile(name)
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(values.Replace(text)), 0o644))
	}
}

// condition knows the conditions of our scripts:
//
//	[root]       they are run by root
//	[named]      who runs them has a name
//	[peer:NAME]  the program NAME is installed; if it is not, tests in CI fail
//	[namespaces] root may make name spaces and mount file systems
func condition(cond string) (bool, error) {
	kind, name, _ := strings.Cut(cond, ":")
	switch kind {
	case "root":
		return os.Getuid() == 0, nil
	case "named":
		return exec.Command("id", "-un").Run() == nil, nil
	case "peer":
		return peer(name)
	case "namespaces":
		return exec.Command("unshare", "-pfm", "--mount-proc", "sh", "-c", "mount -t tmpfs none /tmp && mount -o remount,bind,ro /").Run() == nil, nil
	}
	return false, fmt.Errorf("unknown condition %q", cond)
}

// peer reports whether a program of somebody else is installed.
func peer(name string) (bool, error) {
	if peerName(name) != "" {
		return true, nil
	}
	if os.Getenv("CI") == "true" {
		return false, fmt.Errorf("%s is not installed, and nothing may be skipped in CI", name)
	}
	return false, nil
}

// peerName returns the name of the file that a pattern finds; empty: there is none.
func peerName(name string) string {
	for _, dir := range []string{"/usr/bin", "/usr/sbin"} {
		if files, err := filepath.Glob(filepath.Join(dir, name)); name != "" && err == nil && len(files) > 0 {
			return filepath.Base(files[0])
		}
	}
	return ""
}
