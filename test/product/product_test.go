//go:build linux

// Package product holds the proof that the programs do their job: scripts that
// use them as the manual says, together with the programs that people run under
// them, and measurements of what a daemon costs that runs for long.
//
// The scripts are in the directory testdata, in the form of testscript; their
// own commands are in commands_test.go. They are run as the user who runs the
// tests and, if that is root, once more as an ordinary one. The package has
// tests only.
package product

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"supervisor/test/stage"
)

// programsVariable says where the programs are that are tested: in the
// directory "plain" as users get them, in "checked" with the race detector if
// the tests have it.
const programsVariable = "PRODUCT_PROGRAMS"

// nobody is the user and group that is ordinary everywhere.
const nobody = 65534

func TestMain(m *testing.M) {
	flag.Parse()
	stage.LogIn()
	code, err := buildAndRun(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(code)
}

// buildAndRun builds the programs and runs the tests.
func buildAndRun(m *testing.M) (exitCode int, err error) {
	// The scripts wait most of the time, so more of them can run at once than
	// there are processors.
	if err := flag.Set("test.parallel", "6"); err != nil {
		return 0, err
	}
	if os.Getenv(programsVariable) == "" {
		dir, err := os.MkdirTemp("", "product")
		if err != nil {
			return 0, err
		}
		defer os.RemoveAll(dir)
		if err := build(dir); err != nil {
			return 0, err
		}
		if err := os.Setenv(programsVariable, dir); err != nil {
			return 0, err
		}
	}
	return m.Run(), nil
}

// build builds our programs below a directory that everybody may enter.
func build(dir string) error {
	if err := os.Chmod(dir, 0o755); err != nil {
		return err
	}
	// The examples are played, too.
	if err := os.CopyFS(filepath.Join(dir, "examples"), os.DirFS("../../examples")); err != nil {
		return err
	}
	for variant, args := range map[string][]string{"plain": nil, "checked": {"-race"}} {
		if variant == "checked" && !raceDetector {
			args = nil
		}
		args = append([]string{"build", "-o", filepath.Join(dir, variant) + "/"}, append(args, "../../cmd/...")...)
		if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
			return fmt.Errorf("cannot build the programs: %w\n%s", err, out)
		}
	}
	return nil
}

// programs returns the directory of one variant of the programs.
func programs(variant string) string {
	return filepath.Join(os.Getenv(programsVariable), variant)
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                "testdata",
		Setup:              setUp,
		Cmds:               commands(),
		Condition:          condition,
		RequireUniqueNames: true,
	})
}

// TestScriptsAsOrdinaryUser runs the scripts again with fewer rights.
func TestScriptsAsOrdinaryUser(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("TestScripts ran as an ordinary user")
	}
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// What the ordinary user needs may be where he cannot go, so it is copied.
	dir, err := os.MkdirTemp("", "ordinary")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if out, err := exec.Command("cp", "-r", self, "testdata", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if out, err := exec.Command("chown", "-R", fmt.Sprint(nobody), dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.Command(filepath.Join(dir, filepath.Base(self)), "-test.run", "^TestScripts$", "-test.timeout", "18m")
	if testing.Verbose() {
		cmd.Args = append(cmd.Args, "-test.v")
	}
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TMPDIR="+dir, "HOME="+dir, "USER=nobody", "LOGNAME=nobody")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	} else if testing.Verbose() {
		t.Logf("%s", out)
	}
}
