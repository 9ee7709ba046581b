//go:build linux

package differential

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// This file holds everything that the comparison forgives. Each rule names a
// value that cannot be the same twice, or a text that is nobody's business to
// match on. Nothing here sorts, drops or joins lines, but for one kind of line
// that shows addresses of Python objects.

// rule replaces what a pattern matches.
type rule struct {
	pattern *regexp.Regexp
	by      string
}

// moments are points in time and spans of it.
var moments = []rule{
	{regexp.MustCompile(`(?m)^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} `), "<time> "},
	{regexp.MustCompile(`uptime (\d+ days?, )?\d+:\d\d:\d\d`), "uptime <span>"},
	{regexp.MustCompile(`"(start|stop|now)": [1-9]\d{9}\b`), `"$1": <time>`},
	{regexp.MustCompile(`<name>(start|stop|now)</name>\n<value><int>[1-9]\d{9}<`), "<name>$1</name>\n<value><int><time><"},
	{regexp.MustCompile(`\b[A-Z][a-z]{2} \d\d \d\d:\d\d [AP]M\b`), "<date>"},
	{regexp.MustCompile(`[A-Z][a-z]{2}(%20| )[A-Z][a-z]{2}(%20| ){1,2}\d{1,2}(%20| )\d\d(:|%3A)\d\d(:|%3A)\d\d(%20| )\d{4}\b`), "<ctime>"},
	{regexp.MustCompile(`Last-Modified: .*`), "Last-Modified: <date>"},
	{regexp.MustCompile(`when:\d{9}[05]\b`), "when:<slice>"},
}

// texts are prose whose beginning is fixed, and what only Python would say. The
// specification marks the former with an ellipsis.
var texts = []rule{
	{regexp.MustCompile(`(Supervisor is running as root\.).*`), "$1..."},
	{regexp.MustCompile(`(?m)^.*(Supervisord is running as root and it is searching for its configuration file in default locations).*(\n  .*)?`), "$1..."},
	{regexp.MustCompile(`(For \[[^\]]*\], redirect_stderr=true but stderr_logfile has also been set to a filename).*`), "$1..."},
	{regexp.MustCompile(`(For \[[^\]]*\], std(out|err)_logfile=syslog but this is deprecated).*`), "$1..."},
	{regexp.MustCompile(`(For \[[^\]]*\], AUTO logging used for std(out|err)_logfile without rollover).*`), "$1..."},
	{regexp.MustCompile(`(Sorry, supervisord responded but did not recognize).*(\n.+)?`), "$1..."},
	{regexp.MustCompile(`(Another program is already listening on a port that one of our HTTP servers is configured to use\.).*`), "$1..."},
	{regexp.MustCompile("(contains incomplete authentication: ).*"), "$1..."},
	{regexp.MustCompile(`(sets redirect_stderr=true but this is not allowed).*`), "$1..."},
	{regexp.MustCompile(`(has entered the UNKNOWN state and will no longer receive events).*`), "$1..."},
	{regexp.MustCompile(`(it probably just exited on its own: ).*`), "$1..."},
	{regexp.MustCompile(`(The minimum number of file descriptors required to run this process is \d+).*`), "$1..."},
	{regexp.MustCompile(`(The minimum number of available processes required to run this program is \d+).*`), "$1..."},
	{regexp.MustCompile(`(Not permitted to chown \S+ to uid/gid \(\d+, \d+\)).*(\n.+)*`), "$1..."},
	{regexp.MustCompile(`(process_num\) must be present within process_name when numprocs > 1).*`), "$1..."},
	{regexp.MustCompile(`(Cannot set stopasgroup=true and killasgroup=false).*`), "$1..."},
	// Below the two lines of an error at the start we say where it is, and how to
	// repair it (DIF-008).
	{regexp.MustCompile(`(For help, use \S+ -h\n)(?:.+\n)+`), "$1"},
	// The explanations in the help of a command: the form, a tab, prose; and prose
	// alone, which we put in other words.
	{regexp.MustCompile(`(?m)^((?:\w+> )?(?:add|avail|clear|exit|fg|help|maintail|open|pid|quit|reload|remove|reread|restart|shutdown|signal|start|status|stop|tail|update|version)\b[^\t\n]*)\t.*(\n\t\t.*)*`), "$1\t..."},
	{regexp.MustCompile(`(?m)^(restart all\t\.\.\.)\n.*$`), "$1"},
	{regexp.MustCompile(`(?m)^(maintail\t\.\.\.\n)\n`), "$1"},
	// Methods of our own (DIF-051).
	{regexp.MustCompile(`"supervisor\.(getConfigDrift|getConfigSource|getExplanation|getOrphans|getProcessStats|upgrade|waitForChange)",\s*`), ""},
	// What else there is on the machine.
	{regexp.MustCompile(`\n +Another supervisord may be there: .*`), ""},
	// Where in Python's code an interrupt struck.
	{regexp.MustCompile(`\S+ Cannot connect, error: <class 'KeyboardInterrupt'> \(\)\n`), "\n"},
	// Where in the client's own source an error was caught.
	{regexp.MustCompile(`: file: \S+ line: \d+`), ": file: <file> line: <line>"},
	// A descriptor and the address of an object, at level DEBG.
	{regexp.MustCompile(`(?m)^<time> DEBG fd \d+ closed, stopped monitoring .*\n`), ""},
}

// names are made up at run time.
var names = []rule{
	{regexp.MustCompile(`(-(?:stdout|stderr)---\w+-)[a-z0-9_]{8}(\.log)`), "$1<random>$2"},
	// We report the version of 4.3.0, and the Debian package is 4.2.5.
	{regexp.MustCompile(`\b4\.(2\.5|3\.0)\b`), "<version>"},
}

var (
	spawned = regexp.MustCompile(`INFO spawned: '(.*)' with pid (\d+)$`)
	began   = regexp.MustCompile(`INFO supervisord started with pid (\d+)$`)
	// pid is a number in a place where pids are shown.
	pid = regexp.MustCompile(`(?m)(\bpid[ :]|"pid": |\(|^|^\w+> )(\d+)\b`)
	// escapes move the cursor of a terminal or switch its modes.
	escapes = regexp.MustCompile(`\x1b\[[?0-9;]*[A-Za-z]`)
)

// normaliser knows what was made up on one stage.
type normaliser struct {
	places *strings.Replacer
	pids   map[string]string
}

// newNormaliser learns from the logs of the stage which process had which pid,
// so that a wrong one is seen.
func (s *stage) newNormaliser() normaliser {
	n := normaliser{
		places: strings.NewReplacer(s.dir, "<dir>", ":"+s.ports[0], ":<port>", ":"+s.ports[1], ":<port2>"),
		pids:   make(map[string]string),
	}
	lines := append(append([]string(nil), s.previous...), s.log.all()...)
	logs, _ := filepath.Glob(filepath.Join(s.dir, "*.log")) // the pattern is well-formed
	for _, path := range logs {
		text, err := os.ReadFile(path)
		if err == nil {
			lines = append(lines, strings.Split(string(text), "\n")...)
		}
	}
	if s.daemon != nil {
		n.pids[strconv.Itoa(s.daemon.Process.Pid)] = "<supervisord>"
	}
	runs := make(map[string]int)
	for _, line := range lines {
		if m := began.FindStringSubmatch(line); m != nil {
			n.pids[m[1]] = "<supervisord>"
		}
		if m := spawned.FindStringSubmatch(line); m != nil && n.pids[m[2]] == "" {
			runs[m[1]]++
			n.pids[m[2]] = fmt.Sprintf("<%s, run %d>", m[1], runs[m[1]])
		}
	}
	return n
}

func (n normaliser) normalise(text string) string {
	text = n.places.Replace(text)
	text = escapes.ReplaceAllString(text, "")
	for _, rules := range [][]rule{moments, texts, names} {
		for _, r := range rules {
			text = r.pattern.ReplaceAllString(text, r.by)
		}
	}
	return pid.ReplaceAllStringFunc(text, func(found string) string {
		m := pid.FindStringSubmatch(found)
		if whose, known := n.pids[m[2]]; known {
			return m[1] + whose
		}
		return found
	})
}
