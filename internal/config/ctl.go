package config

import (
	"strings"
)

const (
	defaultServerURL = "http://localhost:9001"
	defaultPrompt    = "supervisor"
)

var ctlFields = []field[Ctl]{
	{
		key: "serverurl", def: defaultServerURL,
		meaning: "where the daemon listens: http://host:port or unix:///path",
		here:    true,
		set:     to(plain, func(c *Ctl) *string { return &c.ServerURL }),
	},
	{
		key: "prompt", def: defaultPrompt,
		meaning: "what the interactive prompt shows",
		set:     to(plain, func(c *Ctl) *string { return &c.Prompt }),
	},
	{
		key: "username", absent: "none",
		meaning: "the name to give to the daemon",
		set:     to(plain, func(c *Ctl) *string { return &c.Username }),
	},
	{
		key: "password", absent: "none",
		meaning: "the password to give to the daemon",
		set:     to(plain, func(c *Ctl) *string { return &c.Password }),
	},
	{
		key: "history_file", absent: "no history is kept",
		meaning: "the file that keeps the interactive history",
		here:    true,
		set:     to(plain, func(c *Ctl) *string { return &c.HistoryFile }),
	},
}

var ctlPluginField = field[ctlPlugin]{
	key: "supervisor.ctl_factory", absent: "required",
	meaning: "a Python plugin of the reference implementation; not supported",
	set:     optional(func(p *ctlPlugin) **string { return &p.factory }),
}

type ctlPlugin struct{ factory *string }

// LoadCtl reads what the client needs from a configuration: [supervisorctl] of
// the main file, which must exist if a file is given. Included files play no
// part. The error is an *Error.
func LoadCtl(src CtlSource) (*Ctl, error) {
	if src.File == "" {
		return &Ctl{ServerURL: defaultServerURL, Prompt: defaultPrompt}, nil
	}
	l := newLoader(Source{File: src.File, Cwd: src.Cwd, Env: src.Env, UID: src.UID})
	content, err := readMain(src.File, src.Cwd)
	if err != nil {
		return nil, err
	}
	if l.file, err = parse(src.File, content); err != nil {
		return nil, err
	}
	return l.ctl()
}

// ctl reads [supervisorctl] of the file that has been read.
func (l *loader) ctl() (*Ctl, error) {
	c := &Ctl{ServerURL: defaultServerURL, Prompt: defaultPrompt}
	s := l.file.Section("supervisorctl")
	if s == nil {
		return nil, &Error{Code: MissingSection, Text: ".ini file does not include supervisorctl section", File: l.src.File}
	}
	if err := readFields(l, s, l.env, ctlFields, c); err != nil {
		return nil, err
	}
	if path, ok := strings.CutPrefix(c.ServerURL, "unix://"); ok {
		c.ServerURL = "unix://" + l.path(path)
	}
	if c.HistoryFile != "" {
		c.HistoryFile = l.path(c.HistoryFile)
	}
	if err := l.ctlPlugins(); err != nil {
		return nil, err
	}
	return c, nil
}

// ctlPlugins refuses the first [ctlplugin:x], if there is one.
func (l *loader) ctlPlugins() error {
	for _, s := range l.file.Sections() {
		if _, ok := suffix(s, "ctlplugin:"); !ok {
			continue
		}
		var plugin ctlPlugin
		if err := ctlPluginField.read(l, s, l.env, &plugin); err != nil {
			return err
		}
		if plugin.factory == nil {
			if err := l.missing(s, ctlPluginField.key, "section [%s] does not specify a %s", s.Name, ctlPluginField.key); err != nil {
				return err
			}
			continue
		}
		o, _ := s.Get(ctlPluginField.key)
		err := at(o, s, unresolved(*plugin.factory, s,
			"this supervisorctl cannot load Python code; remove the section to use it without the plugin"))
		if err := l.fail(err); err != nil {
			return err
		}
	}
	return nil
}
