package config

import (
	"errors"
	"strings"

	"supervisor/internal/ini"
)

// serverSection is a server while it is being read.
type serverSection struct {
	Server
	file, port         *string
	username, password *string
}

// optional makes a setter that tells an absent option from an empty one.
func optional[T any](place func(t *T) **string) func(*loader, *T, string) error {
	return to(func(text string) (*string, error) { return &text, nil }, place)
}

var authFields = []field[serverSection]{
	{
		key: "username", absent: "anybody may connect",
		meaning: "the name that clients must give",
		set:     optional(func(s *serverSection) **string { return &s.username }),
	},
	{
		key: "password", absent: "anybody may connect",
		meaning: "the password that clients must give, or {SHA} and its SHA-1 in hexadecimal",
		set:     optional(func(s *serverSection) **string { return &s.password }),
	},
}

var unixFileField = field[serverSection]{
	key: "file", absent: "required",
	meaning: "the path of the socket on which the server listens",
	here:    true,
	set:     optional(func(s *serverSection) **string { return &s.file }),
}

var unixFields = []field[serverSection]{
	{
		key: "chown", absent: "the user of the daemon",
		meaning: "whom the socket is given to: user or user:group",
		set: func(l *loader, s *serverSection, text string) error {
			owner, err := l.owner(text)
			if err != nil {
				return errors.New("Invalid sockchown value " + text)
			}
			s.Owner = owner
			return nil
		},
	},
	{
		key: "chmod", def: "0700",
		meaning: "the permissions of the socket, in octal",
		set: func(_ *loader, s *serverSection, text string) error {
			mode, err := permissions(text)
			if err != nil {
				return errors.New("Invalid chmod value " + text)
			}
			s.Mode = mode
			return nil
		},
	},
}

var inetPortField = field[serverSection]{
	key: "port", absent: "required",
	meaning: "the TCP port, or host:port; without a host, or with *, all interfaces",
	set: func(_ *loader, s *serverSection, text string) error {
		host, port, err := address(text)
		s.Host, s.Port, s.port = host, port, &text
		return err
	},
}

// servers reads the server sections: all whose names begin like one, inet
// first, each kind in the order of the file.
func (l *loader) servers() ([]Server, error) {
	var all []Server
	for _, kind := range []struct {
		prefix string
		read   func(*ini.Section) (Server, error)
	}{
		{"inet_http_server", l.inetServer},
		{"unix_http_server", l.unixServer},
	} {
		for _, s := range l.file.Sections() {
			if !strings.HasPrefix(s.Name, kind.prefix) {
				continue
			}
			server, err := kind.read(s)
			if err != nil {
				return nil, err
			}
			all = append(all, server)
		}
	}
	return all, nil
}

func (l *loader) inetServer(s *ini.Section) (Server, error) {
	section := serverSection{Server: Server{Section: s.Name, Owner: KeepOwner}}
	if err := l.authentication(s, &section); err != nil {
		return Server{}, err
	}
	if err := inetPortField.read(l, s, l.env, &section); err != nil {
		return Server{}, err
	}
	if section.port == nil {
		return section.Server, l.missing(s, inetPortField.key, "section [%s] has no port value", s.Name)
	}
	return section.Server, nil
}

func (l *loader) unixServer(s *ini.Section) (Server, error) {
	section := serverSection{Server: Server{Section: s.Name, Owner: KeepOwner}}
	if err := unixFileField.read(l, s, l.env, &section); err != nil {
		return Server{}, err
	}
	if section.file == nil {
		if err := l.missing(s, unixFileField.key, "section [%s] has no file value", s.Name); err != nil {
			return Server{}, err
		}
	} else {
		section.Path = l.path(trim(*section.file))
	}
	if err := l.authentication(s, &section); err != nil {
		return Server{}, err
	}
	if err := readFields(l, s, l.env, unixFields, &section); err != nil {
		return Server{}, err
	}
	return section.Server, nil
}

// authentication reads the user name and the password: both or neither.
func (l *loader) authentication(s *ini.Section, section *serverSection) error {
	if err := readFields(l, s, l.env, authFields, section); err != nil {
		return err
	}
	if (section.username == nil) != (section.password == nil) {
		return l.fail(in(s, HalfCredentials, "Section [%s] contains incomplete authentication: "+
			"a username needs a password, and a password a username", s.Name))
	}
	if section.username != nil {
		section.Username, section.Password = *section.username, *section.password
	}
	return nil
}
