package config

import (
	"encoding/json"
	"slices"

	"supervisor/internal/ini"
)

// A configuration that runs is handed over to another version of this program as
// JSON. What is not in the text, because the one that wrote it knew less, has its
// default afterwards; what it knew and we do not is passed over.

// UnmarshalJSON implements json.Unmarshaler.
func (c *Config) UnmarshalJSON(text []byte) error {
	type plain Config
	shadow := struct {
		*plain
		Daemon json.RawMessage
	}{plain: (*plain)(c)}
	if err := json.Unmarshal(text, &shadow); err != nil {
		return err
	}
	l := newLoader(Source{Cwd: "/"})
	var d daemonSection
	if err := readFields(l, &ini.Section{Name: "supervisord"}, nil, daemonFields, &d); err != nil {
		return err
	}
	c.Daemon = d.Daemon
	return unmarshal(shadow.Daemon, &c.Daemon)
}

// UnmarshalJSON implements json.Unmarshaler. Processes of the group that had a
// socket in common have one again.
func (g *Group) UnmarshalJSON(text []byte) error {
	type plain Group
	shadow := struct {
		*plain
		Processes []json.RawMessage
		Pool      json.RawMessage
	}{plain: (*plain)(g)}
	if err := json.Unmarshal(text, &shadow); err != nil {
		return err
	}
	common, err := defaultProcess()
	if err != nil {
		return err
	}
	sockets := make(map[string]*Socket) // by section, of which each has one
	g.Processes = make([]*Process, len(shadow.Processes))
	for i, text := range shadow.Processes {
		p := common
		p.ExitCodes = slices.Clone(common.ExitCodes) // or all would be decoded into the same array
		if err := unmarshal(text, &p); err != nil {
			return err
		}
		if p.Socket != nil {
			if shared := sockets[p.Section]; shared != nil {
				p.Socket = shared
			}
			sockets[p.Section] = p.Socket
		}
		g.Processes[i] = &p
	}
	if g.Kind != Listeners {
		return nil
	}
	pool, err := defaultPool()
	if err != nil {
		return err
	}
	g.Pool = &pool
	return unmarshal(shadow.Pool, g.Pool)
}

// unmarshal fills a value that has its defaults already; no text leaves them all.
func unmarshal(text json.RawMessage, value any) error {
	if len(text) == 0 {
		return nil
	}
	return json.Unmarshal(text, value)
}

// defaultProcess is a process of which only the default of every option is known.
func defaultProcess() (Process, error) {
	l, s := newLoader(Source{Cwd: "/"}), &ini.Section{Name: programPrefix}
	var p program
	if err := readFields(l, s, nil, programFields, &p); err != nil {
		return Process{}, err
	}
	if err := readFields(l, s, nil, processFields, &p); err != nil {
		return Process{}, err
	}
	return p.Process, nil
}

// defaultPool is the same of the pool of a listener.
func defaultPool() (Pool, error) {
	l, s := newLoader(Source{Cwd: "/"}), &ini.Section{Name: listenerPrefix}
	var section listenerSection
	if err := readFields(l, s, nil, listenerFields, &section); err != nil {
		return Pool{}, err
	}
	if err := payloadLength.read(l, s, nil, &section); err != nil {
		return Pool{}, err
	}
	return section.Pool, nil
}
