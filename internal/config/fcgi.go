package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"supervisor/internal/ini"
	"supervisor/internal/pyrepr"
)

// socketSection is what an [fcgi-program:x] says beyond a [program:x].
type socketSection struct {
	user    *account
	backlog int
	owner   *Owner
	mode    *uint32
	url     string
}

// socketFields are read before the options of the program. Those that the
// program has as well are read because they have a meaning for the socket.
var socketFields = []field[socketSection]{
	{
		key: "user", absent: "that of the daemon",
		meaning: "the user to run it as, by name or number",
		set: ask(func(s *system, text string) (*account, error) {
			a, err := s.account(text)
			return &a, err
		}, func(s *socketSection) **account { return &s.user }),
	},
	{
		key: "socket_backlog", absent: "the system's maximum",
		meaning: "how many connections may wait to be accepted",
		set: func(_ *loader, s *socketSection, text string) (err error) {
			if s.backlog, err = integer(text); err != nil {
				return err
			}
			if s.backlog < 1 || s.backlog > 65535 {
				return fmt.Errorf("Invalid socket_backlog value %d", s.backlog)
			}
			return nil
		},
	},
	{
		key: "socket_owner", absent: "the user of the program and its group",
		meaning: "whom the unix socket is given to: user or user:group",
		set: func(l *loader, s *socketSection, text string) error {
			owner, err := l.owner(text)
			if err != nil {
				return errors.New("Invalid socket_owner value " + text)
			}
			s.owner = &owner
			return nil
		},
	},
	{
		key: "socket_mode", absent: "0700",
		meaning: "the permissions of the unix socket, in octal",
		set: func(_ *loader, s *socketSection, text string) error {
			mode, err := permissions(text)
			if err != nil {
				return errors.New("Invalid socket_mode value " + text)
			}
			s.mode = &mode
			return nil
		},
	},
}

var socketURLField = field[socketSection]{
	key: "socket", absent: "required",
	meaning: "where to accept connections for its processes: tcp://host:port or unix:///path",
	set:     to(plain, func(s *socketSection) *string { return &s.url }),
}

// fcgiGroup builds the group of an FastCGI program that is in no other.
func (l *loader) fcgiGroup(s *ini.Section, _ map[string]bool) (*Group, error) {
	groupName, err := l.sectionName(s, fcgiPrefix)
	if err != nil {
		return nil, err
	}
	var section groupSection
	if err := groupPriority("999", "").read(l, s, l.env.within(l.hereNames()), &section); err != nil {
		return nil, err
	}
	socket, err := l.socket(s, groupName)
	if err != nil {
		return nil, err
	}
	processes, err := l.readProcesses(s, fcgiPrefix, groupName)
	if err != nil {
		return nil, err
	}
	for _, p := range processes {
		p.Socket = socket
	}
	g := &Group{Name: groupName, Kind: FastCGI, Priority: section.priority, Processes: processes}
	l.uniqueProcesses(g)
	return g, nil
}

// groupedFCGI reads a FastCGI program that is part of a [group:x]. The
// reference makes no socket for it, so one that cannot be made must not keep a
// configuration from being loaded; the processes then run without.
func (l *loader) groupedFCGI(s *ini.Section, group string) ([]*Process, error) {
	processes, err := l.readProcesses(s, fcgiPrefix, group)
	if err != nil {
		return nil, err
	}
	programName, err := l.sectionName(s, fcgiPrefix)
	if err != nil {
		return nil, err
	}
	socket, err := tolerated(l, func() (*Socket, error) { return l.socket(s, programName) })
	if err != nil {
		l.warn(NoSocket, socketURLField.option(s), s, "[%s] runs without a socket: %v", s.Name, err)
		return processes, nil
	}
	for _, p := range processes {
		p.Socket = socket
	}
	return processes, nil
}

// socket reads the socket of a section, which all its processes share.
func (l *loader) socket(s *ini.Section, programName string) (*Socket, error) {
	if socket := l.sockets[s.Name]; socket != nil {
		return socket, nil
	}
	var section socketSection
	names := l.env.within(l.hereNames())
	if err := readFields(l, s, names, socketFields, &section); err != nil {
		return nil, err
	}
	names = names.within(map[string]value{"program_name": textValue(programName)})
	if err := socketURLField.read(l, s, names, &section); err != nil {
		return nil, err
	}
	if section.url == "" {
		return nil, l.missing(s, socketURLField.key, `[%s] section requires a "socket" line`, s.Name)
	}
	socket, err := l.listenAt(section)
	if err != nil {
		o, _ := s.Get(socketURLField.key)
		return nil, l.fail(at(o, s, fmt.Errorf("%w in [%s] socket", err, s.Name)))
	}
	l.sockets[s.Name] = socket
	return socket, nil
}

// listenAt makes a socket of what a section says about one.
func (l *loader) listenAt(s socketSection) (*Socket, error) {
	path, isUnix := strings.CutPrefix(s.url, "unix://")
	if !isUnix {
		return s.tcp()
	}
	if !strings.HasPrefix(path, "/") {
		return nil, fmt.Errorf("('Unix socket path %%s is not an absolute path', %s)", pyrepr.String(path))
	}
	path = filepath.Clean(path)
	socket := &Socket{URL: "unix://" + path, Path: path, Backlog: s.backlog, Mode: 0o700, Owner: KeepOwner}
	if s.mode != nil {
		socket.Mode = *s.mode
	}
	switch {
	case s.owner != nil:
		socket.Owner = *s.owner
	case s.user != nil && s.user.UID != l.uid:
		socket.Owner = Owner{s.user.UID, s.user.gid}
	}
	return socket, nil
}

func (s socketSection) tcp() (*Socket, error) {
	if s.owner != nil || s.mode != nil {
		return nil, errors.New("socket_owner and socket_mode params should only be used with a Unix domain socket")
	}
	host, digits, ok := splitTCP(s.url)
	if !ok {
		return nil, fmt.Errorf("('Bad socket format %%s', %s)", pyrepr.String(s.url))
	}
	port, err := portNumber(digits)
	if err != nil {
		return nil, err
	}
	host = strings.ToLower(host)
	return &Socket{
		URL: fmt.Sprintf("tcp://%s:%d", host, port), Host: host, Port: port, Backlog: s.backlog, Owner: KeepOwner,
	}, nil
}

// splitTCP takes tcp://host:port apart. A host has neither colons nor blanks,
// and a port is digits.
func splitTCP(url string) (host, port string, ok bool) {
	address, ok := strings.CutPrefix(url, "tcp://")
	if !ok {
		return "", "", false
	}
	host, port, ok = strings.Cut(address, ":")
	if !ok || host == "" || strings.ContainsAny(host, " \t\n\f\r") || port == "" || strings.Trim(port, "0123456789") != "" {
		return "", "", false
	}
	return host, port, true
}
