package config

import (
	"testing"

	"supervisor/internal/event"
)

// minimal is the text of a minimal [program:name].
func minimal(name string) string { return "[program:" + name + "]\ncommand=x\n" }

func TestGroups(t *testing.T) {
	two := daemonOnly + minimal("b") + minimal("a")
	testGood(t, []good{
		{"CFG-192 members lose their own groups", two + minimal("c") + "[group:g]\nprograms=b,a", names, "c: c; g: b a"},
		{"CFG-193 no programs", two + "[group:g]\n", names, "a: a; b: b; g:"},
		{"CFG-193 empty programs", two + "[group:g]\nprograms=\n", names, "a: a; b: b; g:"},
		{"CFG-194 in two groups", two + "[group:g]\nprograms=a\n[group:h]\nprograms=a,b", names, "g: a; h: a b"},
		{"CFG-194 independent", two + "[group:g]\nprograms=a\n[group:h]\nprograms=a", func(c *Config) any { return c.Groups[1].Processes[0] == c.Groups[2].Processes[0] }, false},
		{"CFG-196 same name, same priority", daemonOnly + minimal("a") + minimal("b") + "[group:a]\nprograms=b\n", names, "a: b"},
		{"CFG-196 warning", daemonOnly + minimal("a") + "[group:a]\n", warnings, "More than one group is called a; the one of priority 999 with 1 processes is not used"},
		{"same name, lower priority", daemonOnly + minimal("a") + "priority=1\n" + minimal("b") + "[group:a]\nprograms=b\n", names, "a: a"},
		{"CFG-197 by priority, then by name", two + minimal("c") + "priority=-1\n", names, "c: c; a: a; b: b"},
		{"CFG-197 names are text", daemonOnly + minimal("a") + "numprocs=11\nprocess_name=p%(process_num)d", names, "a: p0 p1 p10 p2 p3 p4 p5 p6 p7 p8 p9"},
		{"CFG-198 members keep their order", daemonOnly + minimal("a") + minimal("b") + "priority=1\n[group:g]\nprograms=a,b", names, "g: a b"},
		{"process name twice", daemonOnly + minimal("a") + "process_name=z\ncommand=first" + "\n" + minimal("b") + "process_name=z\ncommand=last\n[group:g]\nprograms=a,b", first(command), "last"},
		{"process name twice, warning", daemonOnly + minimal("a") + "process_name=z\n" + minimal("b") + "process_name=z\n[group:g]\nprograms=a,b", warnings, "More than one process of group g is called z; that of [program:b] is used"},
		{"priority", two + "[group:g]\npriority=5\nprograms=a", func(c *Config) any { return []int{c.Groups[0].Priority, c.Groups[0].Processes[0].Priority} }, []int{5, 999}},
		{"without a name", daemonOnly + minimal(""), names, ": "},
		{"without a colon", daemonOnly + "[program]\ncommand=x\n[group]\n", names, ""},
	})
	testBad(t, []bad{
		{"CFG-190 unknown program", daemonOnly + "[group:g]\nprograms=a", "[group:g] names unknown program or fcgi-program a"},
		{"CFG-190 after a known one", two + "[group:g]\nprograms=a,zz", "[group:g] names unknown program or fcgi-program zz"},
		{"CFG-190 trailing comma", two + "[group:g]\nprograms=a,", "[group:g] names unknown program or fcgi-program "},
		{"CFG-191 ambiguous", two + "[fcgi-program:a]\n[group:g]\nprograms=a", "[group:g] name a is ambiguous (exists as program and fcgi-program)"},
		{"CFG-195 event listener", daemonOnly + "[eventlistener:a]\ncommand=x\nevents=TICK\n[group:g]\nprograms=a", "[group:g] names unknown program or fcgi-program a"},
		{"priority", daemonOnly + "[group:g]\npriority=x", "invalid literal for int() with base 10: 'x'"},
	})
}

func TestListeners(t *testing.T) {
	const listener = daemonOnly + "[eventlistener:a]\ncommand=x\n"
	const inListener = " in section 'eventlistener:a' (file: 'DIR/F')"
	pool := func(c *Config) any { return *c.Groups[0].Pool }
	testGood(t, []good{
		{"defaults", listener + "events=TICK", pool, Pool{Events: []event.Type{event.Tick}, BufferSize: 10, ResultHandler: "supervisor.dispatchers:default_handler"}},
		{"kind", listener + "events=TICK", func(c *Config) any { return c.Groups[0].Kind }, Listeners},
		{"CFG-181 letter case, each once", listener + "events=tick_5, Process_State ,TICK_5", func(c *Config) any { return c.Groups[0].Pool.Events }, []event.Type{event.ProcessState, event.Tick5}},
		{"CFG-184 priorities", listener + "events=TICK", func(c *Config) any { return []int{c.Groups[0].Priority, c.Groups[0].Processes[0].Priority} }, []int{-1, 999}},
		{"CFG-184 priority given", listener + "events=TICK\npriority=5", func(c *Config) any { return []int{c.Groups[0].Priority, c.Groups[0].Processes[0].Priority} }, []int{5, 5}},
		{"CFG-186 capture", listener + "events=TICK\nstdout_capture_maxbytes=1KB", loads, nil},
		{"payload length", listener + "events=TICK\npayload_length=Bytes", func(c *Config) any { return c.Groups[0].Pool.LengthUnit }, event.Bytes},
	})
	testBad(t, []bad{
		{"CFG-180 no events", listener, `[eventlistener:a] section requires an "events" line`},
		{"CFG-180 empty events", listener + "events=", `[eventlistener:a] section requires an "events" line`},
		{"CFG-181 unknown event", listener + "events=TICK,foo", "Unknown event type FOO in [eventlistener:a] events"},
		{"CFG-181 trailing comma", listener + "events=TICK,", "Unknown event type  in [eventlistener:a] events"},
		{"CFG-182 buffer size", listener + "events=TICK\nbuffer_size=0", "[eventlistener:a] section sets invalid buffer_size (0)"},
		{"CFG-183 redirection", listener + "events=TICK\nredirect_stderr=true", "[eventlistener:a] section sets redirect_stderr=true but this is not allowed: a listener speaks to the daemon on its standard output"},
		{"CFG-185 result handler", listener + "events=TICK\nresult_handler=foo:bar", "foo:bar cannot be resolved within [eventlistener:a]"},
		{"payload length", listener + "events=TICK\npayload_length=words", "payload_length is characters or bytes, not words" + inListener},
		{"name", daemonOnly + "[eventlistener:a/b]\ncommand=x\nevents=TICK", "Invalid name: 'a/b' because of character: '/' in section 'eventlistener:a/b' (file: 'DIR/F')"},
		{"option of a program", listener + "events=TICK\nstartsecs=x", "invalid literal for int() with base 10: 'x'" + inListener},
	})
}
