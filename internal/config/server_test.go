package config

import "testing"

func servers(c *Config) any { return c.Servers }

func TestServers(t *testing.T) {
	inet := func(section, host string, port int) Server {
		return Server{Section: section, Host: host, Port: port, Owner: KeepOwner}
	}
	s := newSite(t, map[string]string{"F": daemonOnly + "[unix_http_server]\nfile= s \n"})
	if got := s.must().Servers[0]; got != (Server{Section: "unix_http_server", Path: s.dir + "/s", Mode: 0o700, Owner: KeepOwner}) || !got.Unix() {
		t.Errorf("CFG-134: got %+v", got)
	}
	testGood(t, []good{
		{"CFG-134 mode and owner", daemonOnly + "[unix_http_server]\nfile=/s\nchmod=0777\nchown=0:0\n", servers, []Server{{Section: "unix_http_server", Path: "/s", Mode: 0o777, Owner: Owner{0, 0}}}},
		{"CFG-136 port alone", daemonOnly + "[inet_http_server]\nport=9001\n", servers, []Server{inet("inet_http_server", "", 9001)}},
		{"CFG-136 host", daemonOnly + "[inet_http_server]\nport=127.0.0.1:9001\n", servers, []Server{inet("inet_http_server", "127.0.0.1", 9001)}},
		{"CFG-136 star", daemonOnly + "[inet_http_server]\nport=*:9001\n", servers, []Server{inet("inet_http_server", "", 9001)}},
		{"CFG-140 empty authentication", daemonOnly + "[inet_http_server]\nport=1\nusername=\npassword=\n", servers, []Server{inet("inet_http_server", "", 1)}},
		{"CFG-141 more than one, inet first", daemonOnly + "[unix_http_server:z]\nfile=/z\n[inet_http_server:two]\nport=2\n[inet_http_server]\nport=1\n", servers,
			[]Server{inet("inet_http_server:two", "", 2), inet("inet_http_server", "", 1), {Section: "unix_http_server:z", Path: "/z", Mode: 0o700, Owner: KeepOwner}}},
		{"authentication", daemonOnly + "[inet_http_server]\nport=1\nusername=u\npassword={SHA}x:y\n", func(c *Config) any { return c.Servers[0].Username + c.Servers[0].Password }, "u{SHA}x:y"},
	})
	const incomplete = "contains incomplete authentication: a username needs a password, and a password a username"
	testBad(t, []bad{
		{"CFG-132 no file", daemonOnly + "[unix_http_server]\n", "section [unix_http_server] has no file value"},
		{"CFG-133 chmod", daemonOnly + "[unix_http_server]\nfile=s\nchmod=9\n", "Invalid chmod value 9"},
		{"CFG-133 chown", daemonOnly + "[unix_http_server]\nfile=s\nchown=no-such-user\n", "Invalid sockchown value no-such-user"},
		{"CFG-135 no port", daemonOnly + "[inet_http_server]\n", "section [inet_http_server] has no port value"},
		{"CFG-137 port", daemonOnly + "[inet_http_server]\nport=x\n", "not a valid port number: 'x' "},
		{"CFG-138 no port behind a host", daemonOnly + "[inet_http_server]\nport=127.0.0.1:\n", "no port number specified in ''"},
		{"CFG-139 no password", daemonOnly + "[inet_http_server]\nport=1\nusername=u\n", "Section [inet_http_server] " + incomplete},
		{"CFG-139 no username", daemonOnly + "[unix_http_server]\nfile=s\npassword=u\n", "Section [unix_http_server] " + incomplete},
		{"CFG-141 another without a port", daemonOnly + "[inet_http_server:two]\n", "section [inet_http_server:two] has no port value"},
	})
}

func TestRPCInterfaces(t *testing.T) {
	rpc := func(c *Config) any { return c.RPC }
	testGood(t, []good{
		{"none", daemonOnly, rpc, []RPCInterface(nil)},
		{"main", daemonOnly + "[rpcinterface:supervisor]\n" + mainRPC, rpc, []RPCInterface{{"supervisor"}}},
		{"CFG-201 another name", daemonOnly + "[rpcinterface:x]\n" + mainRPC + "[rpcinterface:y]\n" + mainRPC, rpc, []RPCInterface{{"x"}, {"y"}}},
		{"no server, no matter", daemonOnly + "[rpcinterface:x]\nfoo=bar\n" + mainRPC, rpc, []RPCInterface{{"x"}}},
	})
	testBad(t, []bad{
		{"CFG-199 no factory", daemonOnly + "[rpcinterface:x]\n", "section [rpcinterface:x] does not specify a supervisor.rpcinterface_factory"},
		{"CFG-200 unknown factory", daemonOnly + "[rpcinterface:x]\nsupervisor.rpcinterface_factory=foo:bar\n", "foo:bar cannot be resolved within [rpcinterface:x]"},
		{"CFG-202 extra key", daemonOnly + "[inet_http_server]\nport=1\n[rpcinterface:supervisor]\nfoo=bar\n" + mainRPC, "Could not make supervisor rpc interface"},
		{"extra key is expanded", daemonOnly + "[rpcinterface:x]\nfoo=%(y)s\n" + mainRPC, "Format string '%(y)s' for 'rpcinterface:x.foo' contains names ('y') which cannot be expanded. Available names: " + envNames},
	})
}
