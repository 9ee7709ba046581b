// Package explain says in plain sentences why a process is in the state that
// it is in, and what to do about it.
//
// It is pure: it is given what was found out about the process, and returns the
// answer, what it is based on, and steps that can be taken literally: an option
// to set, or a command to run. It guesses only where it says so. Causes are
// tried from the most certain to the least; each is a function in the file that
// is named after its kind.
package explain

import "time"

// Facts is what was found out about a process.
type Facts struct {
	Now     time.Time
	Name    string // as clients show it
	Section string // "program:web": where its options are
	State   string // as clients show it
	PID     int    // 0: there is no child

	Options   Options
	Started   time.Time       // of the last child; zero: there was none
	NextTry   time.Time       // in BACKOFF
	Tries     int             // failed starts in a row; 0 after giving up
	Trouble   string          // why the last start or run went wrong, in Supervisor's words
	Restarts  int             // without being asked for
	Lives     []time.Duration // how long the last children lived that ended by themselves
	EndedWell bool            // one of the last children did, with exit status 0
	Exit      *Exit           // of the last child; nil: none has ended

	Command  Command
	Dir      Path                // of the directory= option; empty: there is none
	Output   Output              // the last that it wrote
	Files    map[string]Presence // those of NamedFiles that were looked for
	Left     []Process           // what its children left behind, and what still lives
	Children []Process           // of the present child
	Port     Port                // that it wanted and could not get
	Memory   Limit               // of supervisord and its children together, if memory ran out
	Changed  []string            // options that differ on disk
	Removed  bool                // it is not in the configuration on disk any more
}

// Options are those of a process that matter here.
type Options struct {
	Command      string
	Directory    string
	User         string // empty: the daemon's
	Autostart    bool
	Autorestart  string // "true", "false", "unexpected"
	StartSecs    time.Duration
	StartRetries int
	ExitCodes    []int
	StopSignal   string // "TERM"
	StopWait     time.Duration
	StopAsGroup  bool
	KillAsGroup  bool
}

// Exit is how a child ended.
type Exit struct {
	At     time.Time
	PID    int
	Lived  time.Duration
	Text   string // "exit status 1", "terminated by SIGKILL"
	Code   int    // -1 after a signal
	Signal string // "SIGKILL"; empty: it was none
	Core   bool

	Asked       string        // the signal that somebody had supervisord send just before; empty: none
	StopTook    time.Duration // from the request to stop it until its end; 0: nobody asked
	Killed      bool          // with SIGKILL, because it did not stop in time
	OutOfMemory bool          // the kernel killed something then
}

// Process is a process of the system.
type Process struct {
	PID        int
	Command    string
	Supervised string // the name of the process of ours that it is; empty: none
}

// Output is the last lines of a log.
type Output struct {
	Channel  string // "stderr" or "stdout"
	Lines    []string
	Unlogged bool // there are no lines, and it may have written some that went to no log
}

// Presence is whether there is a file.
type Presence int

// What is known of a file.
const (
	Unseen  Presence = iota
	Present          // there is something of this name
	Absent           // there is not, but its directory is there
	Nowhere          // not even its directory is
)

// Port is a TCP port and who listens on it.
type Port struct {
	Number    int // 0: there is none
	Listeners []Process
}

// Limit is how much memory a control group may use.
type Limit struct {
	File     string // that says so; empty: there is no limit
	Bytes    int64
	Writable bool // by supervisord
}

// Command is what is known about the file that is to be executed.
type Command struct {
	Args   []string // empty: the command cannot be parsed
	Search string   // the PATH that was searched; empty: the command names a file
	Path   Path     // of the file; empty: nothing was found to look at
	Stay   []string // the command that does not go to the background; nil: this one does not, as far as is known
	Nearby []string // programs of this name, or nearly, that are elsewhere
	Kind   Kind
	Script Script // Kind == Script
	Loader Path   // of a dynamic program: who loads it
	NoExec string // the mount point, if that forbids to execute anything
}

// Kind is what sort of file the program is.
type Kind int

// The kinds of files.
const (
	Unknown Kind = iota
	Binary       // for this machine
	Foreign      // for another machine
	Interpreted
	Text // neither: it has no #! line
	Empty
)

// Script is the first line of a script.
type Script struct {
	Interpreter string // as written, without the \r
	Words       string // what follows it
	CRLF        bool   // the line ends with \r\n
	Path        Path   // of the interpreter
	Env         string // what env is to find; empty: the interpreter is another
	EnvFound    bool
}

// Path is how far one gets on the way to a file or directory.
type Path struct {
	Path    string
	Broken  string // the first component that is in the way; empty: none is
	Problem Problem
	Owner   string // of that component
	Mode    string // of that component: "-rw-r--r--"
}

// Problem is what is the matter with a component of a path.
type Problem int

// The problems.
const (
	None Problem = iota
	Missing
	NotADirectory
	IsADirectory
	NotSearchable // a directory that the user may not go through
	NotExecutable // nobody may execute it
	NotPermitted  // the user may not execute it
)

// Explanation is the answer.
type Explanation struct {
	Cause    string   // a short name that programs can compare
	Answer   string   // one sentence
	Evidence []string // what the answer is based on
	Steps    []Step   // what to do, in this order
}

// Step is something to do. Either Key is to be set to Value in the section, or
// Run is to be typed, or neither: Say is all.
type Step struct {
	Say                 string
	Section, Key, Value string
	Run                 string
	Edits               Edits // by what is said, not by Key
}

// Edits is what somebody edits who does what a step says.
type Edits int

// What is edited decides how the steps end.
const (
	Nothing Edits = iota
	Configuration
	Perhaps // the configuration, or something else, as one likes
)

// cause looks for one cause.
type cause func(f *Facts) (Explanation, bool)

// Explain finds the cause.
func Explain(f Facts) Explanation {
	e := first(&f, causesOf(&f))
	f.addRest(&e)
	return e
}

func causesOf(f *Facts) []cause {
	failure := []cause{
		badCommand, noProgram, notExecutable, badSpawn, badDirectory, badUser, cannotExecute, envCannotFind,
		outOfMemory, background, shellBackground, wordsOfTrouble, needsOption,
		tooShortForStartsecs, endsAtOnce, exitMeaning, signalMeaning,
	}
	switch f.State {
	case "RUNNING":
		return []cause{leftBehindRunning, restartsOften, healthy}
	case "STARTING":
		if f.Exit != nil && f.Tries > 0 {
			return append(failure, starting)
		}
		return []cause{restartsOften, starting}
	case "BACKOFF", "FATAL":
		return append(failure, unclear)
	case "EXITED":
		return append([]cause{restartsOften, outOfMemory, background, shellBackground, wordsOfTrouble}, exited, exitMeaning, signalMeaning, unclear)
	case "STOPPED":
		return []cause{neverStarted, stoppedWhileFailing, killedAfterWait, leftBehindStopped, stopped}
	case "STOPPING":
		return []cause{stopping}
	}
	return []cause{unknownState}
}

func first(f *Facts, causes []cause) Explanation {
	for _, find := range causes {
		if e, ok := find(f); ok {
			return e
		}
	}
	return Explanation{Cause: "unknown", Answer: f.Name + " is " + f.State + "."}
}
