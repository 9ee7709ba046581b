package privilege

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const nobody = 65534

// The test binary is also the process that gives its privileges up.
func TestMain(m *testing.M) {
	if os.Args[0] != "drop" {
		os.Exit(m.Run())
	}
	for _, arg := range os.Args[1:] {
		uid, err := strconv.Atoi(arg)
		if err == nil {
			err = Drop(uid)
		}
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	}
	for _, ids := range threadIDs() {
		fmt.Println(ids)
	}
}

// threadIDs returns what the kernel says about the ids of each thread, each
// different answer once.
func threadIDs() []string {
	// A few threads beyond those that there are anyway.
	hold := make(chan struct{})
	defer close(hold)
	for range 4 {
		locked := make(chan struct{})
		go func() {
			runtime.LockOSThread()
			close(locked)
			<-hold
		}()
		<-locked
	}
	files, _ := filepath.Glob("/proc/self/task/*/status")
	var all []string
	for _, file := range files {
		status, err := os.ReadFile(file)
		if err != nil {
			return []string{err.Error()}
		}
		var ids []string
		for _, line := range strings.Split(string(status), "\n") {
			for _, key := range []string{"Uid:", "Gid:", "Groups:"} {
				if strings.HasPrefix(line, key) {
					ids = append(ids, strings.Join(strings.Fields(line), " "))
				}
			}
		}
		all = append(all, strings.Join(ids, ", "))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func drop(t *testing.T, uids ...int) (output string, exitCode int) {
	t.Helper()
	args := []string{"drop"}
	for _, uid := range uids {
		args = append(args, strconv.Itoa(uid))
	}
	cmd := &exec.Cmd{Path: "/proc/self/exe", Args: args}
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// CLI-022, PRO-053: all ids of all threads are the account's.
func TestDrop(t *testing.T) {
	needRoot(t)
	to, err := Lookup(nobody)
	if err != nil {
		t.Fatal(err)
	}
	groups := slices.Clone(to.Groups)
	slices.Sort(groups) // as the kernel keeps them
	want := fmt.Sprintf("Uid: %[1]d %[1]d %[1]d %[1]d, Gid: %[2]d %[2]d %[2]d %[2]d, Groups: %s\n",
		to.Uid, to.Gid, strings.Trim(fmt.Sprint(groups), "[]"))
	if out, code := drop(t, nobody); out != want || code != 0 {
		t.Errorf("dropped to %q, exit code %d; want %q", out, code, want)
	}
}

// CLI-023, PRO-039: there is no way back.
func TestOnlyRootDrops(t *testing.T) {
	needRoot(t)
	if out, code := drop(t, nobody, 0); out != "Can't drop privilege as nonroot user\n" || code != 1 {
		t.Errorf("regained: %q, exit code %d", out, code)
	}
}

// CLI-021, PRO-040: to stay who one is takes no privilege.
func TestDropToSame(t *testing.T) {
	if err := Drop(os.Getuid()); err != nil {
		t.Error(err)
	}
	if os.Getuid() == 0 {
		if out, code := drop(t, nobody, nobody); code != 0 {
			t.Errorf("dropping twice: %q, exit code %d", out, code)
		}
	}
}

func TestUnknownUser(t *testing.T) {
	needRoot(t)
	if _, err := Lookup(4_000_000); err == nil || err.Error() != "Can't find uid 4000000" {
		t.Errorf("Lookup of nobody known: %v", err)
	}
}

// CLI-022: the primary group is first, and every group that lists the account
// is there once.
func TestLookup(t *testing.T) {
	if os.Getuid() != 0 {
		if _, err := Lookup(0); !errors.Is(err, ErrNotRoot) {
			t.Errorf("Lookup as nonroot user: %v", err)
		}
		return
	}
	for _, name := range []string{"root", "nobody", "daemon"} {
		account, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, _ := strconv.Atoi(account.Uid)
		got, err := Lookup(uid)
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(got.Uid) != account.Uid || fmt.Sprint(got.Gid) != account.Gid || got.Groups[0] != got.Gid {
			t.Errorf("Lookup(%d) = %+v, want gid %s first", uid, got, account.Gid)
		}
		listed, err := account.GroupIds()
		if err != nil {
			t.Fatal(err)
		}
		for _, gid := range listed {
			n := 0
			for _, have := range got.Groups {
				if fmt.Sprint(have) == gid {
					n++
				}
			}
			if n != 1 {
				t.Errorf("%s: group %s is there %d times in %v", name, gid, n, got.Groups)
			}
		}
	}
}

func needRoot(t *testing.T) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("needs root")
	}
}
