package supervisorctl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"supervisor/internal/wire"
)

// origin is where the address of the server is from.
type origin struct {
	file    string // the configuration file; empty: none was found
	named   bool   // the file is from the command line
	given   bool   // the address is from the command line
	changed bool   // the address is from the command open
}

// hintPatience is how long the server may take to help with a hint.
const hintPatience = 2 * time.Second

// advice returns what somebody can do about an error, a sentence each.
func (s *session) advice(err error) []string {
	socket, isUnix := strings.CutPrefix(s.settings.ServerURL, "unix://")
	var lookup *net.DNSError
	switch {
	case isMissing(err) && isUnix:
		return s.missingHints(socket)
	case isRefused(err) && isUnix:
		return []string{
			"There is a socket, but nobody listens: the supervisord that made it has ended.",
			s.startHint(),
		}
	case isRefused(err):
		return []string{
			"Nobody listens there. " + s.originHint(),
			"A supervisord listens on TCP only with [inet_http_server]; with [unix_http_server], serverurl in [supervisorctl] is unix:///path/of/the/socket.",
			s.startHint(),
		}
	case errors.Is(err, syscall.EACCES) && isUnix:
		return deniedHints(socket)
	case isUnauthorized(err):
		return []string{
			"username and password in [supervisorctl], or -u and -p, must be those in [unix_http_server] or [inet_http_server] of the supervisord.",
			s.originHint(),
		}
	case errors.As(err, &lookup):
		return []string{s.originHint()}
	}
	return nil
}

// missingHints helps to find a socket that is not there.
func (s *session) missingHints(socket string) []string {
	hints := []string{
		"There is no such socket: supervisord does not run, or it runs with another configuration file.",
		s.originHint(),
		s.startHint(),
	}
	if _, err := os.Stat(filepath.Dir(socket)); err != nil {
		hints = append(hints, "The directory "+filepath.Dir(socket)+" is not there either.")
	}
	for _, other := range []string{"/run/supervisor.sock", "/var/run/supervisor.sock", "/tmp/supervisor.sock"} {
		if info, err := os.Stat(other); err == nil && info.Mode()&os.ModeSocket != 0 && other != socket {
			hints = append(hints, "Another supervisord may be there: supervisorctl -s unix://"+other)
			break
		}
	}
	return hints
}

// originHint tells where the address is from.
func (s *session) originHint() string {
	switch {
	case s.origin.given:
		return "The address is from the command line (-s)."
	case s.origin.changed:
		return "The address is from the command open."
	case s.origin.file == "":
		return "No configuration file was found, so this is the address that is used without one; -c names a file, -s an address."
	}
	return "The address is from serverurl in " + s.origin.file + "; -c names another file, -s another address."
}

func (s *session) startHint() string {
	if s.origin.file == "" {
		return "To start it: supervisord -c FILE"
	}
	return "To start it: supervisord -c " + s.origin.file
}

// deniedHints tells who may use a socket.
func deniedHints(socket string) []string {
	me := "you are " + userName(os.Geteuid())
	info, err := os.Stat(socket)
	if errors.Is(err, syscall.EACCES) {
		dir := filepath.Dir(socket)
		for denied(dir) {
			dir = filepath.Dir(dir)
		}
		return []string{"The directory " + dir + " is closed to you; " + me + ". Use sudo, or have its mode changed."}
	}
	if err != nil {
		return nil
	}
	owner := "somebody else"
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		owner = userName(int(stat.Uid)) + ":" + groupName(int(stat.Gid))
	}
	return []string{
		fmt.Sprintf("The socket belongs to %s with mode %04o, and %s. To talk to it one has to be allowed to write to it.", owner, info.Mode().Perm(), me),
		"Use sudo; or set chmod=0770 and chown=USER:GROUP in [unix_http_server], with a group of yours, and restart supervisord.",
	}
}

// denied reports whether a directory cannot even be looked at, because one above
// it is closed.
func denied(dir string) bool {
	_, err := os.Stat(dir)
	return errors.Is(err, syscall.EACCES)
}

func userName(uid int) string {
	if u, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		return u.Username
	}
	return "user " + strconv.Itoa(uid)
}

func groupName(gid int) string {
	if g, err := user.LookupGroupId(strconv.Itoa(gid)); err == nil {
		return g.Name
	}
	return "group " + strconv.Itoa(gid)
}

// nameHints helps with a name that the server does not know.
func (s *session) nameHints(given string) []string {
	ctx, stop := context.WithTimeout(context.Background(), hintPatience)
	defer stop()
	all, err := s.allProcesses(ctx)
	if err != nil {
		return nil
	}
	name := strings.TrimSuffix(given, ":*")
	if isPattern(given) {
		return []string{"No process matches. A pattern without a colon is compared with the names of processes, one with a colon with group:process."}
	}
	var names []string
	for _, p := range all {
		full := displayName(p.Group, p.Name)
		switch {
		case p.Group == name && given == name:
			return []string{name + " is a group: " + name + ":* means all of its processes."}
		case p.Name == name:
			return []string{name + " is in the group " + p.Group + ": its name is " + full + "."}
		case given != name:
			full = p.Group + ":*"
		}
		names = append(names, full)
	}
	guesses := suggest(given, names)
	if len(guesses) == 0 && !strings.Contains(given, ":") {
		guesses = suggestBare(given, all)
	}
	if hint := didYouMean(guesses); hint != "" {
		return []string{hint}
	}
	if s.json { // programs have no use for it
		return nil
	}
	return []string{s.typed("supervisorctl status") + " lists the names that there are."}
}

// suggestBare is suggest for who has left the group out as well: it returns whole
// names.
func suggestBare(given string, all []wire.ProcessInfo) (names []string) {
	var bare []string
	for _, p := range all {
		bare = append(bare, p.Name)
	}
	guesses := suggest(given, bare)
	for _, p := range all {
		if slices.Contains(guesses, p.Name) && len(names) < mostGuesses {
			names = append(names, displayName(p.Group, p.Name))
		}
	}
	return names
}

// advises reports whether hints have anywhere to go: to a person at a terminal,
// or to a program.
func (s *session) advises() bool { return s.document != nil || s.advising }

// advise tells a person what can be done.
func (s *session) advise(hints []string) {
	if s.document != nil {
		return // they are part of it
	}
	for _, hint := range hints {
		// Who cannot be advised has at least been told.
		_, _ = io.WriteString(s.errOut, "  "+s.clean(hint)+"\n")
	}
}

// withNameHints adds hints to a problem with a name.
func (s *session) withNameHints(p problem) problem {
	if p.Code == wire.BadName && p.Name != "" && s.advises() {
		p.Hints = s.nameHints(p.Name)
	}
	return p
}
