//go:build linux && (amd64 || arm64)

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// contender is a way to run a workload.
type contender struct {
	name string
	// command prepares a directory and returns what is to be executed.
	command func(dir string, w workload, child []string) (*exec.Cmd, error)
	ctl     string // its client; empty: it has none that we measure
	// can says which kinds of workload it takes.
	can   abilities
	files []string // what it consists of on disk; nil: unknown
}

// abilities say what a contender takes part in.
type abilities struct {
	calls  bool // XML-RPC
	output bool // carries output
	events bool
}

// ours is the supervisor of this project.
func ours(bin string) contender {
	daemon, ctl := filepath.Join(bin, "supervisord"), filepath.Join(bin, "supervisorctl")
	return contender{
		name: "ours", command: supervisord(daemon), ctl: ctl,
		can: abilities{calls: true, output: true, events: true}, files: []string{daemon, ctl},
	}
}

// reference is Supervisor, if it is installed.
func reference(daemon, ctl string) contender {
	return contender{
		name: "reference", command: supervisord(daemon), ctl: ctl,
		can: abilities{calls: true, output: true, events: true},
	}
}

// supervisord runs a workload with a daemon that reads Supervisor's file.
func supervisord(daemon string) func(string, workload, []string) (*exec.Cmd, error) {
	return func(dir string, w workload, child []string) (*exec.Cmd, error) {
		file := dir + "/supervisord.conf"
		if err := os.WriteFile(file, []byte(w.config(dir, child)), 0o644); err != nil {
			return nil, err
		}
		return exec.Command(daemon, "-n", "-s", "-c", file), nil
	}
}

// floorContender is the least that can be done, by copying or by splice(2).
func floorContender(self, name string, splice bool) contender {
	return contender{
		name: name,
		can:  abilities{calls: !splice, output: true},
		command: func(dir string, w workload, child []string) (*exec.Cmd, error) {
			args := []string{"floor", "-n", strconv.Itoa(w.children), "-socket", socketIn(dir), "-logs", logsIn(dir),
				"-splice=" + strconv.FormatBool(splice), "-once=" + strconv.FormatBool(w.once), "--"}
			return exec.Command(self, append(args, child...)...), nil
		},
	}
}

// s6 and runit supervise a directory for each process. They have no log of
// their own for it, and nothing like the API.
func directories(name, scanner string, flags ...string) contender {
	return contender{name: name, command: func(dir string, w workload, child []string) (*exec.Cmd, error) {
		if len(child) != 1 {
			return nil, fmt.Errorf("cannot run %q with %s", child, name)
		}
		for i := range w.children {
			service := filepath.Join(dir, "services", strconv.Itoa(i))
			if err := os.MkdirAll(service, 0o755); err != nil {
				return nil, err
			}
			if err := os.Symlink(child[0], filepath.Join(service, "run")); err != nil {
				return nil, err
			}
		}
		return exec.Command(scanner, append(flags, filepath.Join(dir, "services"))...), nil
	}}
}

// contenders are all that can take part here. The first is ours.
func contenders(bin, self string) []contender {
	all := []contender{ours(bin)}
	daemon, err := exec.LookPath("/usr/bin/supervisord")
	if err == nil {
		all = append(all, reference(daemon, filepath.Join(filepath.Dir(daemon), "supervisorctl")))
	}
	all = append(all, floorContender(self, "floor", false), floorContender(self, "splice", true))
	if scanner, err := exec.LookPath("s6-svscan"); err == nil {
		all = append(all, directories("s6", scanner, "-c", "1100"))
	}
	if scanner, err := exec.LookPath("runsvdir"); err == nil {
		all = append(all, directories("runit", scanner))
	}
	return all
}
