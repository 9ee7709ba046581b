package config

import (
	"cmp"
	"slices"
)

// OptionDoc describes one option of a configuration file, for a manual.
type OptionDoc struct {
	Section string // as in a header: "program:x"
	Key     string
	Default string // as it would be written, or in words if Written is false
	Written bool
	Meaning string // one line, without a period
}

// Options lists every option of every section, from the tables by which files
// are read.
func Options() []OptionDoc {
	program := slices.Concat(
		docs(programFields...), docs(programEnvironment), docs(processFields...), docs(processName))
	return slices.Concat(
		section("include", docs(includeFields...)),
		section("supervisord", docs(daemonFields...)),
		section("unix_http_server", docs(unixFileField), docs(authFields...), docs(unixFields...)),
		section("inet_http_server", docs(inetPortField), docs(authFields...)),
		section("supervisorctl", docs(ctlFields...)),
		section("program:x", program),
		section("fcgi-program:x", docs(socketURLField), docs(socketFields...), program),
		section("eventlistener:x", docs(listenerFields...), docs(payloadLength), docs(listenerRedirect), docs(listenerPriority), program),
		section("group:x", docs(groupFields...)),
		section("rpcinterface:x", docs(rpcFactoryField)),
		section("ctlplugin:x", docs(ctlPluginField)),
	)
}

func docs[T any](fields ...field[T]) []OptionDoc {
	var list []OptionDoc
	for _, f := range fields {
		list = append(list, OptionDoc{
			Key:     f.key,
			Default: cmp.Or(f.absent, f.def),
			Written: f.absent == "",
			Meaning: f.meaning,
		})
	}
	return list
}

// section puts the options of a section together. Of an option that a section
// reads more than once, the first description counts.
func section(name string, parts ...[]OptionDoc) []OptionDoc {
	var list []OptionDoc
	for _, doc := range slices.Concat(parts...) {
		known := slices.ContainsFunc(list, func(d OptionDoc) bool { return d.Key == doc.Key })
		if !known {
			doc.Section = name
			list = append(list, doc)
		}
	}
	return list
}

// Accepts reports whether a value of an option would be accepted: the option of
// a section of that kind, as Options names it. What the value refers to must
// exist; the source says where.
func Accepts(src Source, section, key, value string) bool {
	l := newLoader(src)
	switch section {
	case "supervisord":
		return accepts(l, daemonFields, key, value)
	case "unix_http_server":
		return accepts(l, slices.Concat(unixFields, authFields), key, value)
	case "inet_http_server":
		return accepts(l, append([]field[serverSection]{inetPortField}, authFields...), key, value)
	case "fcgi-program:x":
		if !accepts(l, socketFields, key, value) {
			return false
		}
	case "eventlistener:x":
		if !accepts(l, append([]field[listenerSection]{payloadLength}, listenerFields...), key, value) {
			return false
		}
	case "group:x":
		return accepts(l, groupFields, key, value)
	}
	return accepts(l, slices.Concat(programFields, processFields, []field[program]{programEnvironment}), key, value)
}

// accepts reports whether a table has nothing against a value.
func accepts[T any](l *loader, fields []field[T], key, value string) bool {
	for _, f := range fields {
		if f.key == key && f.set(l, new(T), value) != nil {
			return false
		}
	}
	return true
}
