package diagnose

import (
	"bytes"
	"debug/elf"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"supervisor/internal/explain"
	"supervisor/internal/foreground"
	"supervisor/internal/spawn"
)

// command finds out about the file that a command line names.
func command(line string, env []string, who rights) explain.Command {
	args, err := spawn.Lex(line)
	if err != nil || len(args) == 0 {
		return explain.Command{}
	}
	c := explain.Command{Args: args}
	if stay, known := foreground.Keep(args, head); known {
		c.Stay = stay
	}
	file := args[0]
	if !strings.Contains(file, "/") {
		c.Search = spawn.SearchPath(env)
		found := find(file, strings.Split(c.Search, ":"))
		if found == "" {
			c.Nearby = nearby(file, c.Search)
			return c
		}
		file, c.Search = found, ""
	}
	c.Path = who.execute(file)
	switch c.Path.Problem {
	case explain.Missing:
		c.Nearby = nearby(filepath.Base(file), spawn.SearchPath(env)+":"+filepath.Dir(file))
		return c
	case explain.None:
	default:
		return c
	}
	c.NoExec = noExec(file)
	inspect(&c, file, env, who)
	return c
}

// head returns the beginning of an ordinary file, more than enough of a server's
// own configuration. Nothing else is read, because that may never end.
func head(file string) string {
	if info, err := os.Stat(file); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	f, err := os.Open(file)
	if err != nil {
		return ""
	}
	defer f.Close()
	const enough = 64 << 10 // bytes
	text, err := io.ReadAll(io.LimitReader(f, enough))
	if err != nil {
		return ""
	}
	return string(text)
}

// inspect reads the beginning of the file.
func inspect(c *explain.Command, file string, env []string, who rights) {
	f, err := os.Open(file)
	if err != nil {
		return
	}
	defer f.Close()
	head := make([]byte, 256) // as much as the kernel looks at (BINPRM_BUF_SIZE)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return
	}
	head = head[:n]
	switch {
	case n == 0:
		c.Kind = explain.Empty
	case bytes.HasPrefix(head, []byte("#!")):
		c.Kind = explain.Interpreted
		c.Script = script(head, env, who)
		if c.Script.Path.Problem != explain.None {
			c.Nearby = nearby(filepath.Base(c.Script.Interpreter), spawn.SearchPath(env))
		}
	case bytes.HasPrefix(head, []byte(elf.ELFMAG)):
		binary(c, f, who)
	case !bytes.ContainsRune(head, 0):
		c.Kind = explain.Text
	}
}

// script reads a first line like #!/usr/bin/env python3.
func script(head []byte, env []string, who rights) explain.Script {
	line, _, _ := bytes.Cut(head[2:], []byte("\n"))
	text, crlf := strings.CutSuffix(string(line), "\r")
	interpreter, words, _ := strings.Cut(strings.TrimSpace(text), " ")
	s := explain.Script{Interpreter: interpreter, Words: strings.TrimSpace(words), CRLF: crlf, Path: who.execute(interpreter)}
	if filepath.Base(interpreter) == "env" {
		words := strings.Fields(s.Words)
		if len(words) > 0 && !strings.HasPrefix(words[0], "-") {
			s.Env = words[0]
			s.EnvFound = find(s.Env, strings.Split(spawn.SearchPath(env), ":")) != ""
		}
	}
	return s
}

// binary looks for what machine a program was built, and who loads it.
func binary(c *explain.Command, f *os.File, who rights) {
	c.Kind = explain.Binary
	program, err := elf.NewFile(f)
	if err != nil {
		return
	}
	defer program.Close()
	if machine, known := ownMachine(); known && program.Machine != machine && !(machine == elf.EM_X86_64 && program.Machine == elf.EM_386) {
		c.Kind = explain.Foreign
		return
	}
	for _, part := range program.Progs {
		if part.Type != elf.PT_INTERP {
			continue
		}
		name, err := io.ReadAll(io.LimitReader(part.Open(), 4096))
		if err == nil {
			c.Loader = who.execute(string(bytes.TrimRight(name, "\x00")))
		}
	}
}

// ownMachine returns the kind of machine that this program was built for.
func ownMachine() (machine elf.Machine, known bool) {
	file, err := os.Executable()
	if err != nil {
		return 0, false
	}
	self, err := elf.Open(file)
	if err != nil {
		return 0, false
	}
	machine = self.Machine
	return machine, self.Close() == nil
}

// find returns the first file of a name in directories.
func find(name string, dirs []string) string {
	for _, dir := range dirs {
		file := filepath.Join(dir, name)
		if info, err := os.Stat(file); err == nil && !info.IsDir() {
			return file
		}
	}
	return ""
}

// usual are directories where programs are that no PATH may name.
var usual = []string{"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/games", "/snap/bin"}

// nearby returns the files that may be meant by a name that is not there: of
// that name in another directory, or of nearly that name.
func nearby(name, search string) (files []string) {
	dirs := append(strings.Split(search, ":"), usual...)
	if file := find(name, dirs); file != "" {
		return []string{file}
	}
	if file := find(name+"3", dirs); file != "" { // python, for many years
		return []string{file}
	}
	for _, dir := range dirs {
		entries, err := os.ReadDir(dir)
		if err != nil {
			continue
		}
		for _, entry := range entries {
			if len(name) > 3 && alike(name, entry.Name()) {
				return []string{filepath.Join(dir, entry.Name())}
			}
		}
	}
	return nil
}

// alike reports whether two names differ by one slip: a character too many, too
// few or another one, or two neighbours changed places.
func alike(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch {
	case len(b)-len(a) > 1:
		return false
	case len(a) < len(b):
		return a[i:] == b[i+1:]
	case i == len(a):
		return true
	case a[i+1:] == b[i+1:]:
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}
