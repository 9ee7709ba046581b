package config

import (
	"fmt"

	"supervisor/internal/ini"
)

// What Supervisor calls its own extension points. Those of others are Python
// code, which a program that is not written in Python cannot load.
const (
	mainFactory    = "supervisor.rpcinterface:make_main_rpcinterface"
	defaultHandler = "supervisor.dispatchers:default_handler"
)

var rpcFactoryField = field[rpcSection]{
	key: "supervisor.rpcinterface_factory", absent: "required",
	meaning: "the implementation of the interface: " + mainFactory,
	set:     optional(func(s *rpcSection) **string { return &s.factory }),
}

type rpcSection struct{ factory *string }

const rpcPrefix = "rpcinterface:"

// rpcInterfaces reads the [rpcinterface:x] sections.
func (l *loader) rpcInterfaces() ([]RPCInterface, error) {
	var all []RPCInterface
	for _, s := range l.file.Sections() {
		namespace, ok := suffix(s, rpcPrefix)
		if !ok {
			continue
		}
		var section rpcSection
		if err := rpcFactoryField.read(l, s, l.env, &section); err != nil {
			return nil, err
		}
		if section.factory == nil {
			if err := l.missing(s, rpcFactoryField.key, "section [%s] does not specify a %s", s.Name, rpcFactoryField.key); err != nil {
				return nil, err
			}
			continue
		}
		if *section.factory != mainFactory {
			o, _ := s.Get(rpcFactoryField.key)
			err := l.fail(at(o, s, unresolved(*section.factory, s,
				"this supervisord cannot load Python code; the one factory it knows is "+mainFactory)))
			if err != nil {
				return nil, err
			}
			continue
		}
		for _, o := range s.Options {
			if _, err := expandText(l.format(o), s.Name+"."+o.Key, l.env); err != nil {
				if err := l.fail(at(o, s, err)); err != nil {
					return nil, err
				}
			}
		}
		all = append(all, RPCInterface{Namespace: namespace})
	}
	return all, nil
}

// checkArguments refuses further options of the interfaces: they would be
// arguments of the factory, and the main one takes none.
func (l *loader) checkArguments() error {
	for _, s := range l.file.Sections() {
		namespace, ok := suffix(s, rpcPrefix)
		if !ok || l.blamed(s, rpcFactoryField.key) {
			continue
		}
		for _, o := range s.Options {
			if o.Key != rpcFactoryField.key {
				err := l.fail(at(o, s, wrong(PythonExtension, fmt.Sprintf("%s takes no options; remove %s", mainFactory, o.Key),
					"Could not make %s rpc interface", namespace)))
				if err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// unresolved is the error for Python code that cannot be loaded.
func unresolved(spec string, s *ini.Section, hint string) error {
	return wrong(PythonExtension, hint, "%s cannot be resolved within [%s]", spec, s.Name)
}
