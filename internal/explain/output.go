package explain

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"supervisor/internal/pattern"
)

// wordsOfTrouble: what the program wrote last says what is the matter. The last
// line that is understood counts. What a line names is compared with what is there:
// a line may be about something that the program got over, or that has passed.
func wordsOfTrouble(f *Facts) (Explanation, bool) {
	if f.Exit == nil || f.Exit.Code == 0 || !f.speaksOfItsEnd() {
		return Explanation{}, false
	}
	for i := len(f.Output.Lines) - 1; i >= 0; i-- {
		if harmless.MatchString(f.Output.Lines[i]) {
			continue
		}
		for _, w := range understood {
			if m := w.line.FindStringSubmatch(f.Output.Lines[i]); m != nil {
				e, ok := w.explain(f, m)
				if !ok {
					continue
				}
				if e.Cause == "" {
					e.Cause = w.cause
				}
				e.Evidence = append([]string{fmt.Sprintf("It %s %s, and had written:", f.Exit.how(), f.after()), "    " + shortened(f.Output.Lines[i])}, e.Evidence...)
				return e, true
			}
		}
	}
	return Explanation{}, false
}

// speaksOfItsEnd reports whether a program that ended like that may have said why:
// one that was killed or crashed has not, but abort(3) is called by who has.
func (f *Facts) speaksOfItsEnd() bool {
	return f.Exit.Asked == "" && (f.Exit.Signal == "" || f.Exit.Signal == "SIGABRT")
}

// harmless matches lines of which the program says itself that they are no errors,
// and those of web servers about what strangers wanted.
var harmless = pattern.Lazy(`\b(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING)\b|(?i:\[(?:trace|debug|info|notice|note|warn|warning)\]|\b(?:level|severity|lvl)"?[=:] ?"?(?:trace|debug|info|notice|warn))|\b(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) /`)

// NamedFiles returns the files that lines of a program complain of. Whether they
// are there decides what the lines are taken for.
func NamedFiles(lines []string) (names []string) {
	for _, line := range lines {
		for _, w := range understood {
			if !slices.Contains([]string{"missing-script", "missing-file", "no-permission"}, w.cause) || harmless.MatchString(line) {
				continue
			}
			if m := w.line.FindStringSubmatch(line); len(m) > 1 {
				names = append(names, strings.TrimSpace(m[1]))
			}
		}
	}
	return names
}

// WantedPort returns the port that a program could not listen on, by its last
// words or, where these do not name it, by its command. It returns 0 if there
// was no such trouble.
func WantedPort(lines, args []string) int {
	for i := len(lines) - 1; i >= 0; i-- {
		if !inUse.MatchString(lines[i]) {
			continue
		}
		for _, near := range []int{i, i - 1, i + 1} {
			if near >= 0 && near < len(lines) {
				if port := portIn(lines[near]); port != 0 {
					return port
				}
			}
		}
		for j, word := range args {
			if j > 0 && portOption.MatchString(args[j-1]) || strings.Contains(word, ":") || strings.HasPrefix(word, "--port=") {
				if n, err := strconv.Atoi(word); err == nil && n > 0 && n < 65536 {
					return n
				}
				if port := portIn(word); port != 0 {
					return port
				}
			}
		}
		for _, word := range args { // such as the only argument of python3 -m http.server
			if n, err := strconv.Atoi(word); err == nil && n >= 80 && n < 65536 {
				return n
			}
		}
		return 0
	}
	return 0
}

var (
	inUse      = pattern.Lazy(`(?i)address (is )?already in use|EADDRINUSE|port .*already (in use|allocated)|failed to bind|cannot bind socket|could not bind|only one usage of each socket`)
	portWords  = pattern.Lazy(`(?i)(?:[\]\d*a-z.]:|port[ :=#]+|', )(\d{2,5})\b`)
	clock      = pattern.Lazy(`\b\d{1,2}:\d{2}:\d{2}\b`) // that is no port
	portOption = pattern.Lazy(`^(-p|--port|-l|--listen|-b|--bind|--http-port)$`)
)

func portIn(line string) int {
	line = clock.ReplaceAllString(line, "")
	for _, m := range portWords.FindAllStringSubmatch(line, -1) {
		if n, err := strconv.Atoi(m[1]); err == nil && n > 0 && n < 65536 {
			return n
		}
	}
	return 0
}

// words are words that programs end with, and what they mean.
type words struct {
	cause   string
	line    pattern.Pattern
	explain func(f *Facts, m []string) (Explanation, bool)
}

// say makes the explanation of words that mean the same whoever says them. In
// the texts $1 is what was found, and $name, $section, $who and $user say of whom it is.
func say(answer string, steps ...Step) func(*Facts, []string) (Explanation, bool) {
	return func(f *Facts, m []string) (Explanation, bool) {
		found := ""
		if len(m) > 1 {
			found = m[1]
		}
		values := strings.NewReplacer("$1", found, "$name", f.Name, "$section", f.Section, "$who", f.who(), "$program", f.program(), "$command", f.Options.Command)
		e := Explanation{Answer: values.Replace(answer)}
		for _, s := range steps {
			s.Say, s.Value, s.Run = values.Replace(s.Say), values.Replace(s.Value), values.Replace(s.Run)
			if s.Key != "" {
				s.Section = f.Section
			}
			e.Steps = append(e.Steps, s)
		}
		return e, true
	}
}

var understood = []words{
	{"port-in-use", inUse, portInUse},
	{"no-port-permission", pattern.Lazy(`(?i)bind.*(permission denied|EACCES|\(13)|(permission denied|EACCES).*(bind|:\d{2,5}\b|make_sock|port \d+)`), noPortPermission},
	{"missing-library", pattern.Lazy(`error while loading shared libraries: ([^:]+):`),
		say("$name needs the library $1, which is not on this system.", Step{Say: "Install the package that brings $1, or set LD_LIBRARY_PATH in environment= of [$section]", Edits: Perhaps})},
	{"missing-module", pattern.Lazy(`ModuleNotFoundError: No module named '([^']+)'`),
		say("The Python of $name does not find the module $1.",
			Step{Say: "Use the Python that has it (that of the virtual environment: command=/path/of/venv/bin/python ...), or install the module for this one", Edits: Perhaps})},
	{"missing-module", pattern.Lazy(`Error: Cannot find module '([^']+)'`),
		say("Node does not find the module $1 of $name.", Step{Say: "Set directory= of [$section] to that of the application, and run npm install there", Edits: Perhaps})},
	{"no-permission", pattern.Lazy(`(?i)(?:Permission denied|EACCES)[^'"/]*['"](/[^'"]+)['"]`), noPermission},
	{"no-permission", pattern.Lazy(`(?i)['"]?(/[^'": ,]+)['"]?[^/]*(?:Permission denied|EACCES|\(13: )`), noPermission},
	{"missing-script", pattern.Lazy(`[Cc]an(?:'t|not) open (?:file |perl script )?['"]([^'"]+)['"].*No such file`), missingFile},
	{"missing-script", pattern.Lazy(`[Cc]an(?:'t|not) open (?:file |perl script )?([^'": ]+): No such file`), missingFile},
	{"missing-script", pattern.Lazy(`(?:Could not open input file:|No such file or directory -- |Unable to access jarfile) ?['"]?([^'":]+)`), missingFile},
	{"shell-command-not-found", pattern.Lazy(`^(?:[^ :]*: (?:line )?\d+|(?:\S*/)?-?(?:ba|da|a|k|z)?sh): (?:exec: )?([^ :]+): (?:command )?not found$`),
		say("The shell that runs $name does not find the command $1.",
			Step{Say: "Write the full path of $1, or set PATH in environment= of [$section]: programs get the PATH of supervisord, not that of your shell", Edits: Perhaps})},
	{"shell-command-not-found", pattern.Lazy(`^(?:\S*/)?(?:env|nohup|timeout|nice|ionice|setsid|stdbuf|taskset|chrt): [^'‘]*['‘]([^'’/]+)['’]: No such file or directory`),
		say("What runs $name does not find the command $1.",
			Step{Say: "Write the full path of $1, or set PATH in environment= of [$section]: programs get the PATH of supervisord, not that of your shell", Edits: Perhaps})},
	{"no-space", pattern.Lazy(`(?i)no space left on device|ENOSPC`),
		say("$name says that a disk that it writes to is full.", Step{Say: "Find out which, and make room", Run: "df -h"})},
	{"too-many-files", pattern.Lazy(`(?i)too many open files|EMFILE`),
		func(f *Facts, _ []string) (Explanation, bool) {
			return Explanation{Answer: f.Name + " says that it may not open as many files as it needs.",
				Steps: []Step{{Say: "Allow more files", Section: "supervisord", Key: "minfds", Value: "65536"},
					{Say: "That takes effect when supervisord starts anew", Run: "supervisorctl reload"}}}, true
		}},
	{"no-memory", pattern.Lazy(`(?i)cannot allocate memory|\bout of memory\b|OutOfMemoryError|MemoryError|ENOMEM`),
		say("$name says that it wanted more memory than it could get.", Step{Say: "Give the machine or its control group more memory, or configure $program to use less"})},
	{"not-as-root", pattern.Lazy(`"root" execution of the PostgreSQL server is not permitted`),
		say("PostgreSQL refuses to run as root.", Step{Say: "Run it as its own user", Key: "user", Value: "postgres"})},
	{"not-as-root", pattern.Lazy(`can't run as root without the -u switch`),
		say("memcached does not run as root unless it is told so.", Step{Say: "Let supervisord start it as somebody else", Key: "user", Value: "nobody"})},
	{"not-as-root", pattern.Lazy(`(?i)Please (consult|read) .*how to run (mysqld|mariadbd) as root`),
		say("$program refuses to run as root.", Step{Say: "Run it as its own user", Key: "user", Value: "mysql"})},
	{"missing-directory", pattern.Lazy(`Missing privilege separation directory: (\S+)`),
		say("sshd needs the directory $1, which the boot scripts would have made.", Step{Say: "Make it", Run: "mkdir -p $1"})},
	{"full-path", pattern.Lazy(`sshd re-exec requires execution with an absolute path`), fullPath},
	{"no-host-keys", pattern.Lazy(`sshd: no hostkeys available`),
		say("sshd has no host keys.", Step{Say: "Make some", Run: "ssh-keygen -A"})},
	{"environment", pattern.Lazy(`Config variable \$\{(\w+)\} is not defined`),
		say("The configuration of Apache uses variables such as $1, which apache2ctl sets and which a direct start of apache2 does not.",
			Step{Say: "Start it by apache2ctl", Key: "command", Value: "apache2ctl -D FOREGROUND"},
			Step{Say: "apache2ctl stays its parent, so send signals to both", Key: "stopasgroup", Value: "true"})},
	{"depends", pattern.Lazy(`(?i)connection refused|ECONNREFUSED|could not connect to server`),
		say("$name says that a connection was refused: something that it needs may not be there (yet).",
			Step{Say: "Start what it needs before it. If both start together, give it time: more retries, of which each waits a second longer", Key: "startretries", Value: "10"})},
	{"missing-file", pattern.Lazy(`(?i)(?:No such file or directory|ENOENT)[^'"/]*['"]([^'"]+)['"]`), missingFile},
	{"missing-file", pattern.Lazy(`(?i)['"]?(/[^'": ,]+)['"]?.{0,20}(?:No such file or directory|does not exist|\(2: )`), missingFile},
	{"no-permission", pattern.Lazy(`(?i)permission denied|EACCES`),
		say("$name, which runs as $who, says that it may not do what it tried to.",
			Step{Say: "Give $who the right to it; or set user= of [$section] to somebody who has it", Edits: Perhaps})},
	{"usage", pattern.Lazy(`(?i)(?:unrecognized|unknown|invalid|illegal) (?:option|argument)s?:?(?: --)? ['"‘]?([^'"’ ]+)`), unknownOption},
}

func unknownOption(f *Facts, m []string) (Explanation, bool) {
	e := Explanation{
		Answer: fmt.Sprintf("%s does not know the option %s.", f.program(), m[1]),
		Steps:  []Step{{Say: "Correct command= of [" + f.Section + "]; its manual, or " + f.program() + " --help, lists the options", Edits: Configuration}},
	}
	if stay := f.Command.Stay; slices.Contains(f.Command.Args, m[1]) && stay != nil && !slices.Contains(stay, m[1]) {
		e.Evidence = []string{"It would send " + f.program() + " to the background, where supervisord cannot watch it."}
		e.Steps = []Step{f.set("Leave it out", "command", f.keepText(stay))}
	}
	return e, true
}

func portInUse(f *Facts, _ []string) (Explanation, bool) {
	e := Explanation{Answer: fmt.Sprintf("%s says that an address is in use already, on which it wants to listen.", f.Name)}
	if f.Port.Number == 0 {
		return e, true
	}
	if len(f.Port.Listeners) == 0 {
		e.Answer = fmt.Sprintf("%s says that port %d, on which it wants to listen, was taken; nobody that supervisord can see listens there now.", f.Name, f.Port.Number)
		return e, true
	}
	for _, p := range f.Port.Listeners {
		if p.Supervised != "" {
			e.Answer = fmt.Sprintf("%s wants to listen on port %d, where %s (pid %d) listens already.", f.Name, f.Port.Number, p.Supervised, p.PID)
			e.Steps = append(e.Steps, Step{Say: "Give one of them another port, or stop " + p.Supervised, Run: "supervisorctl stop " + p.Supervised, Edits: Perhaps})
			continue
		}
		e.Answer = fmt.Sprintf("%s wants to listen on port %d, where pid %d (%s) listens already, which supervisord has not started.", f.Name, f.Port.Number, p.PID, p.Command)
		e.Steps = append(e.Steps, Step{Say: "End it, or give one of them another port", Run: "kill " + strconv.Itoa(p.PID), Edits: Perhaps})
	}
	return e, true
}

func noPortPermission(f *Facts, m []string) (Explanation, bool) {
	port := portIn(m[0])
	if port == 0 || port >= 1024 {
		return Explanation{}, false
	}
	return Explanation{
		Answer: fmt.Sprintf("%s may not listen on port %d: ports below 1024 are for root.", f.Name, port),
		Steps: []Step{{Say: "Let it listen on a higher port; or let it start as root and change its user itself; or allow it to its file",
			Run: "setcap cap_net_bind_service=+ep " + quote(f.Command.Path.Path)}},
	}, true
}

func missingFile(f *Facts, m []string) (Explanation, bool) {
	file := strings.TrimSpace(m[1])
	if f.Files[file] == Present { // by now, or it was another trouble
		return Explanation{}, false
	}
	e := Explanation{Cause: "missing-file", Answer: fmt.Sprintf("%s needs %s, which does not exist.", f.Name, file)}
	if !strings.HasPrefix(file, "/") {
		where := f.Options.Directory
		if where == "" {
			e.Answer = fmt.Sprintf("%s needs the file %s, which is not in the directory of supervisord, where it was started.", f.Name, file)
			e.Steps = []Step{{Say: "Set directory= of [" + f.Section + "] to where " + file + " is", Edits: Configuration}}
			return e, true
		}
		e.Answer = fmt.Sprintf("%s needs the file %s, which is not in its directory %s.", f.Name, file, where)
		e.Steps = []Step{{Say: "Correct directory= of [" + f.Section + "], or put " + file + " there", Edits: Perhaps}}
		return e, true
	}
	e.Steps = []Step{{Say: "Make " + file + ", or correct what names it", Edits: Perhaps}}
	return e, true
}

func noPermission(f *Facts, m []string) (Explanation, bool) {
	file := m[1]
	if f.Files[file] == Nowhere { // it is no file
		return Explanation{}, false
	}
	e := Explanation{Answer: fmt.Sprintf("%s, which runs as %s, may not use %s.", f.Name, f.who(), file)}
	if f.Options.User != "" {
		e.Steps = []Step{{Say: "Give it to the user", Run: "chown " + quote(f.Options.User) + " " + quote(file)}}
	} else {
		e.Steps = []Step{{Say: "Give " + f.who() + " the right to it"}}
	}
	return e, true
}

func fullPath(f *Facts, _ []string) (Explanation, bool) {
	return Explanation{
		Answer: f.program() + " must be started by its full path.",
		Steps:  []Step{f.set("Write it", "command", withFile(f, f.Command.Path.Path))},
	}, true
}
