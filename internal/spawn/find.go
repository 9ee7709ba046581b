package spawn

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"supervisor/internal/pyrepr"
)

// CommandError says why a command cannot be run at all, in the words of
// Supervisor (process.md, section 4, steps 3 and 4).
type CommandError struct {
	NoFile bool // there is no such program; otherwise there is, but it cannot be run
	Text   string
}

// Error returns the text that the log and the clients see.
func (e *CommandError) Error() string { return e.Text }

// defaultPath is searched when the environment has no PATH.
const defaultPath = "/bin:/usr/bin:/usr/local/bin"

// Resolve splits a command line into words and finds the file of its program.
// A name with a slash is that file; any other is looked for in the PATH of env,
// the environment that the program will have. It reads the file system, so it
// may block. The error is a *CommandError.
func Resolve(command string, env []string) (file string, argv []string, err error) {
	argv, err = Lex(command)
	if err != nil {
		return "", nil, &CommandError{Text: "can't parse command " + pyrepr.String(command) + ": " + err.Error()}
	}
	if len(argv) == 0 {
		return "", nil, &CommandError{Text: "command is empty"}
	}
	file, err = find(argv[0], SearchPath(env))
	if err != nil {
		return "", nil, err
	}
	return file, argv, nil
}

func find(program, path string) (file string, err error) {
	if strings.Contains(program, "/") {
		return program, runnable(program)
	}
	for _, dir := range strings.Split(path, ":") {
		file := filepath.Join(dir, program)
		// Whatever has the name counts: a file that cannot be run hides one
		// further down the path, as it does in the reference.
		if _, err := os.Stat(file); err == nil {
			return file, runnable(file)
		}
	}
	return "", cannotFind(program)
}

func runnable(file string) error {
	info, err := os.Stat(file)
	shown := pyrepr.String(file)
	switch {
	case err != nil:
		return cannotFind(file)
	case info.IsDir():
		return &CommandError{Text: "command at " + shown + " is a directory"}
	case info.Mode()&fs.ModePerm&0o111 == 0:
		return &CommandError{Text: "command at " + shown + " is not executable"}
	case unix.Access(file, unix.X_OK) != nil:
		return &CommandError{Text: "no permission to run command " + shown}
	}
	return nil
}

func cannotFind(program string) error {
	return &CommandError{NoFile: true, Text: "can't find command " + pyrepr.String(program)}
}

// SearchPath returns the last PATH of env, which is the one that counts.
func SearchPath(env []string) string {
	path := defaultPath
	for _, variable := range env {
		if value, ok := strings.CutPrefix(variable, "PATH="); ok && value != "" {
			path = value
		}
	}
	return path
}
