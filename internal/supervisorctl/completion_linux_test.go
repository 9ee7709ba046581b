package supervisorctl

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// sitAtShell starts a real shell at a terminal, in a directory with a file for
// it to find, and has it read the completion script.
func sitAtShell(t *testing.T, shell, prompt string, args ...string) *typist {
	t.Helper()
	path, err := exec.LookPath(shell)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"supervisorctl": "#!/bin/sh\n" + asProgram + "=1 exec " + self + " \"$@\"\n",
		"some.conf":     "[supervisorctl]\nserverurl=" + fakeURL + "\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	user, program := openTerminal(t)
	cmd := exec.Command(path, args...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + dir + ":/usr/bin:/bin", "HOME=" + dir, "TERM=dumb", "PS1=" + prompt, "LANG=C.UTF-8", "ZDOTDIR=" + dir}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = program, program, program
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()         // with whatever status
	})
	p := &typist{t: t, user: user, text: make(chan string, 1000), exit: make(chan int, 1)}
	go p.read()
	return p
}

func TestCompletionInBash(t *testing.T) {
	p := sitAtShell(t, "bash", "ready> ", "--norc", "--noprofile", "-i")
	p.sees("ready> ")
	p.types("bind 'set enable-bracketed-paste off'; source <(supervisorctl completion bash); echo lo''aded\r")
	p.sees("loaded")
	for _, step := range []struct{ keys, appears string }{ // bash shows what it adds
		{"supervisorctl vers\t", "ion "},
		{"\x15supervisorctl start ap\t", "i "},
		{"\x15supervisorctl start work\t", "er:"}, // as far as all agree
		{"worker_1\t", "0 "},
		{"web:web_01\t", "_01 "},
		{"\x15supervisorctl stop web:\t\t", `\*`},
		{"\x15supervisorctl -c some\t", ".conf "},
		{"signal USR1 odd:w\t", `\* `},
		{"\x15supervisorctl --js\t", "on "},
		{"\x15supervisorctl wait api:RU\t", "NNING "},
	} {
		p.types(step.keys)
		p.sees(step.appears)
	}
}

func TestCompletionInZsh(t *testing.T) {
	p := sitAtShell(t, "zsh", "ready> ", "-f", "-i")
	p.sees("ready> ")
	p.types("autoload -Uz compinit && compinit -u && source <(supervisorctl completion zsh); echo lo''aded\r")
	p.sees("loaded")
	for _, step := range []struct{ keys, appears string }{
		{"supervisorctl vers\t", "version "},
		{"\x15supervisorctl start ap\t", "api "},
		{"\x15supervisorctl start worker:worker_1\t", "worker_10 "},
		{"\x15supervisorctl -c some\t", "some.conf "},
		{"\x15supervisorctl wait api:RU\t", "api:RUNNING "},
	} {
		p.types(step.keys)
		p.sees(step.appears)
	}
}

// fish draws its line too cleverly for a plain terminal, but tells what it would
// offer.
func TestCompletionInFish(t *testing.T) {
	p := sitAtShell(t, "fish", "", "--no-config", "-c", `supervisorctl completion fish | source
		for line in "supervisorctl vers" "supervisorctl start ap" "supervisorctl stop web:" "supervisorctl -c some" "supervisorctl -s unix:///x wait api:RU"
			echo "$line:" (complete -C "$line" | string join " ; ")
		end; echo end`)
	p.sees("supervisorctl vers: version\tShow the version of supervisord")
	p.sees("supervisorctl start ap: api\tRUNNING up")
	p.sees("supervisorctl stop web:: web:*\tall of the group ; web:web_00\tRUNNING up ; web:web_01\tRUNNING up")
	p.sees("supervisorctl -c some: some.conf")
	p.sees("wait api:RU: api:RUNNING")
	p.sees("end")
}
