package spawn

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"syscall"

	"supervisor/internal/privilege"
)

// A stage is this program executed as a child in order to become another one.
// It is told what to do by its arguments alone: its name is stageName, then
// come file, directory, umask and uid (empty: unchanged), and the argument
// vector of the program. Its environment and descriptors are the program's
// already, so nothing of the stage is left once the program runs.
const (
	stageName   = "(supervisor: exec stage)"
	stageFields = 5
)

// StageMain does the work of a stage if this process is one: it becomes the
// program, or says on stderr why it cannot and exits with 127 (process.md,
// section 4, step 7). It returns at once in any other process. A program that
// uses a Spawner calls it first thing in main.
func StageMain() {
	if len(os.Args) <= stageFields || os.Args[0] != stageName {
		return
	}
	runStage(os.Args, os.Stderr)
	os.Exit(127)
}

func stageArgs(spec Spec) []string {
	args := []string{stageName, spec.Path, spec.Dir, "", ""}
	if spec.Umask != nil {
		args[3] = strconv.FormatUint(uint64(*spec.Umask), 8)
	}
	if spec.UID != nil {
		args[4] = strconv.Itoa(*spec.UID)
	}
	return append(args, spec.Args...)
}

// runStage takes the last steps to the program, in the reference's order. It
// returns only if one of them fails, which it has reported to stderr then.
func runStage(args []string, stderr io.Writer) {
	path, dir, umask, uid, argv := args[1], args[2], args[3], args[4], args[stageFields:]
	err := becomeUser(uid)
	if err == nil {
		err = enter(dir)
	}
	if err == nil {
		err = setUmask(umask)
	}
	if err == nil {
		err = fmt.Errorf("couldn't exec %s: %s", argv[0], errnoName(syscall.Exec(path, argv, os.Environ())))
	}
	fmt.Fprintf(stderr, "supervisor: %v\nsupervisor: child process was not spawned\n", err)
}

func becomeUser(text string) error {
	if text == "" {
		return nil
	}
	uid, err := strconv.Atoi(text)
	if err == nil {
		err = privilege.Drop(uid)
	}
	if err != nil {
		return fmt.Errorf("couldn't setuid to %s: %w", text, err)
	}
	return nil
}

func enter(dir string) error {
	if dir == "" {
		return nil
	}
	if err := os.Chdir(dir); err != nil {
		return fmt.Errorf("couldn't chdir to %s: %s", dir, errnoName(err))
	}
	return nil
}

func setUmask(text string) error {
	if text == "" {
		return nil
	}
	mask, err := strconv.ParseUint(text, 8, 32)
	if err != nil {
		return fmt.Errorf("couldn't set umask to %s: %w", text, err)
	}
	syscall.Umask(int(mask))
	return nil
}
