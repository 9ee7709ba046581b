package check

import (
	"path"
	"strings"

	"supervisor/internal/config"
	"supervisor/internal/ini"
	"supervisor/internal/shell"
	"supervisor/internal/spawn"
)

// programs looks for the files of programs: as their users, with their PATH.
func (c *checker) programs() {
	c.eachProgram(func(s *ini.Section, p *config.Process) {
		c.switchesUser(s, p)
		c.workingDirectory(s, p)
		o, ok := s.Get("command")
		if !ok || c.found(s, o, misread...) {
			return
		}
		argv, err := spawn.Lex(p.Command)
		if err != nil || len(argv) == 0 {
			return
		}
		c.program(&command{c, s, p, o, argv})
	})
}

// misread are findings that leave it open which program is meant.
var misread = []config.Code{
	config.BadExpansion, quotedValue, commentCuts, emptyCommand, badCommand, assignment, shellBuiltin, initScript,
}

// switchesUser finds users that an ordinary daemon cannot become.
func (c *checker) switchesUser(s *ini.Section, p *config.Process) {
	uid := c.daemonUID()
	o, ok := s.Get("user")
	if !ok || p.User == nil || uid == 0 || p.User.UID == uid {
		return
	}
	f := c.on(cannotSwitchUser, s, o, "only root can run a program as %s", p.User.Name)
	f.Hint = "start the daemon as root, or leave the option out"
	c.without(f, o)
}

// workingDirectory looks for the directory of a process.
func (c *checker) workingDirectory(s *ini.Section, p *config.Process) {
	o, ok := s.Get("directory")
	if !ok || p.Directory == "" || c.refused(s, o) {
		return
	}
	dir := c.within(c.cwd(), p.Directory)
	info, err := c.world.Stat(dir)
	switch {
	case err != nil:
		f := c.on(workingDirectory, s, o, "there is no directory %s", dir)
		f.Hint = "run: mkdir -p " + dir
	case !info.Mode.IsDir():
		f := c.on(workingDirectory, s, o, "%s is not a directory", dir)
		f.Hint, f.Suggestion = "name a directory", c.instead(o, path.Dir(p.Directory))
	default:
		bar := c.barred(c.uid(p), dir+"/x")
		if bar != "" {
			f := c.on(workingDirectory, s, o, "%s may not enter %s", c.userName(p), bar)
			f.Hint = "run: chmod a+x " + bar
		}
	}
}

// program looks for the file of a command.
func (c *checker) program(cmd *command) {
	env := c.environmentOf(cmd.p)
	name := strings.TrimSuffix(cmd.argv[0], ";") // which is said elsewhere
	file, ok := name, true
	if strings.Contains(name, "/") {
		if !path.IsAbs(name) {
			c.relative(cmd, name)
			return
		}
	} else {
		file, ok = c.find(name, env["PATH"])
	}
	info, err := c.world.Stat(file)
	switch {
	case !ok || err != nil:
		c.missing(cmd, name, env["PATH"])
	case info.Mode.IsDir():
		f := cmd.say(notExecutable, "%s is a directory", file)
		f.Hint = "name the program in it"
	case c.barred(c.uid(cmd.p), file) != "":
		bar := c.barred(c.uid(cmd.p), file)
		f := cmd.say(notExecutable, "%s may not enter %s, where %s is", c.userName(cmd.p), bar, file)
		f.Hint = "run: chmod a+x " + bar
	case !c.may(c.uid(cmd.p), info, toEnter):
		f := cmd.say(notExecutable, "%s may not execute %s", c.userName(cmd.p), file)
		f.Hint = "run: chmod a+rx " + file
	default:
		c.interpreter(cmd, file, env["PATH"])
	}
}

// relative finds a program whose path begins at no fixed place.
func (c *checker) relative(cmd *command, name string) {
	file := c.within(c.cwd(), name)
	f := cmd.say(relativeProgram, "%s is looked for in the directory of the daemon, now %s", name, c.cwd())
	if cmd.p.Directory != "" {
		f.Message += ", and then run from directory=" + cmd.p.Directory
		file = c.within(c.within(c.cwd(), cmd.p.Directory), name)
	}
	f.Hint = "write the path in full"
	f.Suggestion = c.instead(cmd.o, strings.Replace(cmd.o.Value, name, file, 1))
}

// usualPlaces are where programs are that a PATH may lack.
const usualPlaces = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

func (c *checker) missing(cmd *command, name, searched string) {
	f := cmd.say(missingProgram, "there is no program %s", name)
	f.Hint = "install it, or correct its path"
	if strings.Contains(name, " ") {
		f.Hint = "leave out the quotes around the command"
	}
	file, ok := c.find(path.Base(name), usualPlaces)
	if !ok {
		return
	}
	if !strings.Contains(name, "/") {
		f.Message += " in the PATH, which is " + searched
	}
	f.Hint = "there is " + file
	f.Suggestion = c.instead(cmd.o, strings.Replace(cmd.o.Value, name, file, 1))
}

// interpreter looks at the first line of a script.
func (c *checker) interpreter(cmd *command, file, searched string) {
	head := c.world.Head(file)
	line, _, _ := strings.Cut(head, "\n")
	if !strings.HasPrefix(line, "#!") {
		if isText(head) {
			f := cmd.say(badInterpreter, "%s is a script without a #! line, which the system cannot run", file)
			f.Hint = "let a shell run it"
			f.Suggestion = c.instead(cmd.o, strings.Replace(cmd.o.Value, cmd.argv[0], "/bin/sh "+file, 1))
		}
		return
	}
	if strings.HasSuffix(line, "\r") {
		f := cmd.say(badInterpreter, "%s has line ends of Windows: its interpreter's name ends with a carriage return", file)
		f.Hint = `run: sed -i 's/\r$//' ` + file
		return
	}
	words := strings.Fields(line[2:])
	if len(words) == 0 {
		return
	}
	if _, err := c.world.Stat(words[0]); err != nil {
		f := cmd.say(badInterpreter, "%s wants the interpreter %s, which does not exist", file, words[0])
		f.Hint = "install it, or correct the first line of the script"
		if found, ok := c.find(path.Base(words[0]), usualPlaces); ok {
			f.Hint = "there is " + found
			f.Suggestion = c.instead(cmd.o, strings.Replace(cmd.o.Value, cmd.argv[0], found+" "+file, 1))
		}
		return
	}
	if path.Base(words[0]) == "env" && len(words) == 2 && !shell.Assigns(words[1]) {
		if _, ok := c.find(words[1], searched); !ok {
			f := cmd.say(badInterpreter, "%s wants %s, which is not in its PATH", file, words[1])
			f.Hint = "install it, or add its directory to PATH in environment="
		}
	}
}

// isText reports whether the beginning of a file is that of a text.
func isText(head string) bool {
	for _, r := range head {
		if r < ' ' && !strings.ContainsRune("\t\r\n", r) || r == '\ufffd' {
			return false
		}
	}
	return head != ""
}
