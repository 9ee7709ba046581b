package spawn

import (
	"syscall"
	"testing"
)

// BenchmarkStart starts and reaps /bin/true with all its pipes.
func BenchmarkStart(b *testing.B) {
	s := spawner(b)
	for b.Loop() {
		c := start(b, s, Spec{Path: "/bin/true", Args: []string{"true"}})
		exited := make(chan struct{})
		c.OnExit(func(Exit) { close(exited) })
		<-exited
		c.Stdin.Close()
		c.Stdout.Close()
		c.Stderr.Close()
	}
}

// BenchmarkStartStaged is the same by way of a stage.
func BenchmarkStartStaged(b *testing.B) {
	s := spawner(b)
	for b.Loop() {
		c := start(b, s, Spec{Path: "/bin/true", Args: []string{"true"}, Dir: "/nonexistent/x"})
		exited := make(chan struct{})
		c.OnExit(func(Exit) { close(exited) })
		<-exited
		c.Stdin.Close()
		c.Stdout.Close()
		c.Stderr.Close()
	}
}

// BenchmarkFloor is the least that Go can do: no pipes, and a blocking wait.
func BenchmarkFloor(b *testing.B) {
	for b.Loop() {
		pid, err := syscall.ForkExec("/bin/true", []string{"true"}, &syscall.ProcAttr{Files: []uintptr{0, 1, 2}})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := syscall.Wait4(pid, nil, 0, nil); err != nil {
			b.Fatal(err)
		}
	}
}
