package procs

import (
	"bufio"
	"errors"
	"maps"
	"os/exec"
	"slices"
	"strconv"
	"testing"
)

// What the kernel says of the children of a process is what a walk through all
// processes finds.
func TestChildren(t *testing.T) {
	// What is in the background of a shell has /dev/null as its descriptor 0, whatever <&0 says.
	cmd := exec.Command("sh", "-c", `exec 3<&0; cat <&3 & echo $!; cat <&3 & echo $!; exec >&-; wait`)
	stdin, err := cmd.StdinPipe() // they live until it is closed
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(stdin.Close(), cmd.Wait()); err != nil {
			t.Error(err)
		}
	})
	var want []int
	for lines := bufio.NewScanner(stdout); len(want) < 2 && lines.Scan(); {
		pid, err := strconv.Atoi(lines.Text())
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, pid)
	}
	slices.Sort(want)
	var got []int
	for _, p := range Children(cmd.Process.Pid) {
		got = append(got, p.PID)
	}
	if !slices.Equal(got, want) {
		t.Errorf("children %v, want %v", got, want)
	}
	told, ok := childrenOf(cmd.Process.Pid)
	if !ok {
		t.Skip("this kernel does not tell the children of a process")
	}
	if got := slices.Sorted(maps.Keys(told)); !slices.Equal(got, want) {
		t.Errorf("the kernel says %v, want %v", got, want)
	}
	if _, ok := childrenOf(-1); ok {
		t.Error("a process that there is not has children")
	}
}
