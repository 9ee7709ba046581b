package config

import (
	"slices"
	"strings"

	"supervisor/internal/event"
	"supervisor/internal/ini"
)

// listenerSection is what an [eventlistener:x] says beyond a [program:x].
type listenerSection struct {
	Pool
	name           string // of the section, for errors
	redirectStderr bool
}

// listenerFields are read before the options of the program.
var listenerFields = []field[listenerSection]{
	{
		key: "buffer_size", def: "10",
		meaning: "how many events are kept while all its processes are busy",
		set: func(_ *loader, s *listenerSection, text string) (err error) {
			if s.BufferSize, err = integer(text); err != nil {
				return err
			}
			if s.BufferSize < 1 {
				return wrong(BadValue, "at least 1", "[%s] section sets invalid buffer_size (%d)", s.name, s.BufferSize)
			}
			return nil
		},
	},
	{
		key: "result_handler", def: defaultHandler,
		meaning: "what judges its results: " + defaultHandler,
		set: func(_ *loader, s *listenerSection, text string) error {
			if text != defaultHandler {
				return wrong(PythonExtension, "this supervisord cannot load Python code; the one handler it knows is "+defaultHandler,
					"%s cannot be resolved within [%s]", text, s.name)
			}
			s.ResultHandler = text
			return nil
		},
	},
	{
		key: "events", absent: "required",
		meaning: "the types of events that it gets, between commas",
		set: func(_ *loader, s *listenerSection, text string) error {
			for _, name := range words(strings.ToUpper(text)) {
				t, ok := event.ParseType(name)
				if !ok {
					return wrong(UnknownEvent, "", "Unknown event type %s in [%s] events", name, s.name)
				}
				s.Events = append(s.Events, t)
			}
			slices.Sort(s.Events)
			s.Events = slices.Compact(s.Events)
			return nil
		},
	},
}

// listenerRedirect is read last of those that are checked before the program.
var listenerRedirect = field[listenerSection]{
	key: "redirect_stderr", def: "false",
	meaning: "must be false, since standard output speaks to the daemon",
	set:     to(boolean, func(s *listenerSection) *bool { return &s.redirectStderr }),
}

// payloadLength is an option of ours. It is read last, and its errors look
// like those of the program's options.
var payloadLength = field[listenerSection]{
	key: "payload_length", def: "characters",
	meaning: "what the len of an event counts: characters, as ever, or bytes",
	set: func(_ *loader, s *listenerSection, text string) error {
		switch strings.ToLower(text) {
		case "characters":
			s.LengthUnit = event.Characters
		case "bytes":
			s.LengthUnit = event.Bytes
		default:
			return wrong(BadValue, "characters or bytes", "payload_length is characters or bytes, not %s", text)
		}
		return nil
	},
}

// listenerPriority is the priority of a pool: before all programs, so that it
// misses nothing. The default for its processes is that of other processes.
var listenerPriority = groupPriority("-1", "-1 for the pool, 999 for its processes")

// listenerGroup builds a pool of event listeners.
func (l *loader) listenerGroup(s *ini.Section, _ map[string]bool) (*Group, error) {
	groupName, _ := suffix(s, listenerPrefix) // not trimmed, unlike that of a program
	names := l.env.within(l.hereNames())
	var common groupSection
	if err := listenerPriority.read(l, s, names, &common); err != nil {
		return nil, err
	}
	section := listenerSection{name: s.Name}
	if err := readFields(l, s, names, listenerFields, &section); err != nil {
		return nil, err
	}
	if len(section.Events) == 0 {
		if err := l.missing(s, "events", `[%s] section requires an "events" line`, s.Name); err != nil {
			return nil, err
		}
	}
	if err := listenerRedirect.read(l, s, names, &section); err != nil {
		return nil, err
	}
	if section.redirectStderr {
		err := l.fail(at(listenerRedirect.option(s), s, wrong(RedirectedEvent, "",
			"[%s] section sets redirect_stderr=true but this is not allowed: "+
				"a listener speaks to the daemon on its standard output", s.Name)))
		if err != nil {
			return nil, err
		}
	}
	processes, err := l.readProcesses(s, listenerPrefix, groupName)
	if err != nil {
		return nil, err
	}
	if err := payloadLength.read(l, s, names, &section); err != nil {
		return nil, withSuffix(err, s)
	}
	g := &Group{Name: groupName, Kind: Listeners, Priority: common.priority, Processes: processes, Pool: &section.Pool}
	l.uniqueProcesses(g)
	return g, nil
}
