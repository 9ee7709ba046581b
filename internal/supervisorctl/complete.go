package supervisorctl

import (
	"context"
	"slices"
	"strings"
	"syscall"

	"supervisor/internal/signals"
	"supervisor/internal/terminal"
	"supervisor/internal/wire"
)

// completer returns the words that could stand where word is being typed, after
// other words of the command's argument.
type completer func(s *session, before []string, word string) []string

// complete returns the word that line ends with and what it could become.
func (s *session) complete(line string) (word string, candidates []string) {
	line = strings.TrimLeft(line, " \t")
	complete := completer(commandNames)
	var before []string
	if blank := strings.LastIndexAny(line, " \t"); blank >= 0 {
		word = line[blank+1:]
		name, _ := splitCommand(line)
		c, _ := findCommand(name)
		complete = c.complete
		before = strings.Fields(line[:blank])
		before = before[min(1, len(before)):]
		if strings.HasPrefix(word, "-") && len(c.options) > 0 {
			complete = func(*session, []string, string) []string { return slices.Clone(c.options) }
		}
	} else {
		word = line
	}
	if complete == nil {
		return word, nil
	}
	candidates = slices.DeleteFunc(complete(s, before, word), func(candidate string) bool {
		// What the server says is shown, and no name needs what must not be.
		return !strings.HasPrefix(candidate, word) || terminal.Visible(candidate) != candidate
	})
	slices.Sort(candidates)
	return word, slices.Compact(candidates)
}

// extension returns what all candidates have in common beyond the word, and
// whether there is only one of them.
func extension(word string, candidates []string) (more string, unique bool) {
	if len(candidates) == 0 {
		return "", false
	}
	more = candidates[0][len(word):]
	for _, candidate := range candidates[1:] {
		for !strings.HasPrefix(candidate[len(word):], more) {
			more = more[:len(more)-1]
		}
	}
	return strings.ToValidUTF8(more, ""), len(candidates) == 1
}

func commandNames(*session, []string, string) []string {
	var names []string
	for _, c := range commands() {
		if c.usage != "" {
			names = append(names, c.name)
		}
	}
	return names
}

func groupNames(s *session, _ []string, _ string) []string {
	var names []string
	for _, p := range s.knownProcesses() {
		names = append(names, p.Group)
	}
	return names
}

// processNames names a process that is alone in a group of its name shortly,
// unless a colon shows that the long name is wanted.
func processNames(s *session, _ []string, word string) []string {
	var names []string
	for _, p := range s.knownProcesses() {
		if p.Name == p.Group && !strings.Contains(word, ":") {
			names = append(names, p.Name)
		} else {
			names = append(names, p.Group+":"+p.Name, p.Group+":*")
		}
	}
	return names
}

// orAll offers what names offers, and "all" in the place of the first of them.
func orAll(names completer) completer {
	return func(s *session, before []string, word string) []string {
		list := names(s, before, word)
		named := slices.ContainsFunc(before, func(w string) bool { return w == allWord || slices.Contains(list, w) })
		if len(list) == 0 || named {
			return list
		}
		return append(list, allWord)
	}
}

// addable offers groups, as Supervisor does, and those that can be added: that the
// configuration, as last read by the server, has beyond the active ones.
func addable(s *session, before []string, word string) []string {
	names := groupNames(s, before, word)
	ctx, stop := context.WithTimeout(context.Background(), hintPatience)
	defer stop()
	answer, err := s.call(ctx, wire.GetAllConfigInfo)
	if err != nil {
		return names
	}
	configs, err := wire.ParseConfigInfos(answer)
	if err != nil {
		return names
	}
	for _, p := range configs {
		if !p.InUse {
			names = append(names, p.Group)
		}
	}
	return names
}

// onDisk returns the groups that the configuration on disk adds.
func onDisk(s *session) []string {
	ctx, stop := context.WithTimeout(context.Background(), hintPatience)
	defer stop()
	d, err := s.drift(ctx)
	if err != nil {
		return nil
	}
	return d.Added
}

// groupsOnDisk offers what an update could be about.
func groupsOnDisk(s *session, before []string, word string) []string {
	return append(groupNames(s, before, word), onDisk(s)...)
}

// changeable offers what could differ.
func changeable(s *session, before []string, word string) []string {
	return append(processNames(s, before, word), onDisk(s)...)
}

// lastSignal is the highest number that a signal has on any system.
const lastSignal = 64

// signalNames offers a signal first, and processes after it.
func signalNames(s *session, before []string, word string) []string {
	if len(before) > 0 {
		return orAll(processNames)(s, before[1:], word)
	}
	var names []string
	for n := range lastSignal {
		if name, ok := strings.CutPrefix(signals.Name(syscall.Signal(n+1)), "SIG"); ok {
			names = append(names, name)
		}
	}
	return names
}

// oneLog offers a process, and then its channels.
func oneLog(s *session, before []string, word string) []string {
	for _, w := range before {
		if !strings.HasPrefix(w, "-") {
			return []string{"stdout", "stderr"}
		}
	}
	return processNames(s, before, word)
}

// namesAndStates offers processes and, after the name of one, its states.
func namesAndStates(s *session, before []string, word string) []string {
	names := processNames(s, before, word)
	for _, p := range s.knownProcesses() {
		name := displayName(p.Group, p.Name)
		if !strings.HasPrefix(word, name+":") {
			continue
		}
		for _, state := range []wire.ProcessState{wire.Running, wire.Stopped, wire.Exited, wire.Fatal, wire.Starting, wire.Backoff, wire.Stopping} {
			names = append(names, name+":"+state.String())
		}
	}
	return names
}

func shellNames(*session, []string, string) []string { return []string{"bash", "zsh", "fish"} }

// knownProcesses asks for the processes once for each line that is typed. A
// server that does not answer has none to offer.
func (s *session) knownProcesses() []wire.ProcessInfo {
	if s.names == nil {
		ctx, stop := context.WithTimeout(context.Background(), hintPatience)
		defer stop()
		s.names, _ = s.allProcesses(ctx)
	}
	return s.names
}
