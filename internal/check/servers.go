package check

import (
	"net/netip"
	"path"
	"strconv"
	"strings"

	"supervisor/internal/config"
	"supervisor/internal/ini"
	"supervisor/internal/pattern"
)

// longestSocket is how long the path of a socket may be, in bytes.
const longestSocket = 107

// servers finds doors that are open, or that cannot be opened.
func (c *checker) servers() {
	for _, server := range c.Config.Servers {
		s := c.File.Section(server.Section)
		if s == nil {
			continue
		}
		c.sampleCredentials(s)
		if server.Unix() {
			c.unixServer(s, server)
		} else if server.Port > 0 {
			c.inetServer(s, server)
		}
	}
	if len(c.Config.Servers) == 0 {
		return
	}
	first := c.File.Section(c.Config.Servers[0].Section)
	published := false
	for _, s := range c.File.Sections() {
		published = published || s.Name == "rpcinterface:supervisor"
	}
	if !published && first != nil {
		f := c.of(noRPCInterface, first, "there is no [rpcinterface:supervisor]: supervisorctl will get no answers")
		f.Hint = "add the section"
		text := "[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n" + c.line(first.File, first.Line)
		f.Suggestion = &text
	}
}

// weak are the passwords of the sample file and of everybody's first try.
var weak = pattern.Lazy(`(?i)^(123|1234|12345|123456|password|pass|admin|secret|changeme|test|user|root|supervisor|dummy)$`)

func (c *checker) sampleCredentials(s *ini.Section) {
	o, ok := s.Get("password")
	if !ok || !weak.MatchString(o.Value) || c.refused(s, o) {
		return
	}
	f := c.on(samplePassword, s, o, "everybody guesses this password")
	f.Hint = "make up another one, here and in [supervisorctl]: openssl rand -hex 16"
}

func (c *checker) inetServer(s *ini.Section, server config.Server) {
	o, ok := s.Get("port")
	if !ok || server.Username != "" || c.refused(s, o) {
		return
	}
	addr, err := netip.ParseAddr(server.Host)
	local := server.Host == "localhost" || err == nil && addr.IsLoopback()
	f := c.on(openPort, s, o, "there is no password: everybody who reaches this port can run commands as the daemon's user")
	f.Hint = "ask for a password, with one of your own; or use a unix socket"
	if local {
		f.Message = "there is no password: every user of this machine can run commands as the daemon's user"
	}
	c.below(f, "username=supervisor\npassword=change-me")
}

func (c *checker) unixServer(s *ini.Section, server config.Server) {
	o, ok := s.Get("file")
	if !ok || c.refused(s, o) {
		return
	}
	dir := path.Dir(server.Path)
	if info, err := c.world.Stat(dir); err != nil || !info.Mode.IsDir() {
		f := c.on(socketDirectory, s, o, "there is no directory %s", dir)
		f.Hint = "run: mkdir -p " + dir
	}
	if len(server.Path) > longestSocket {
		f := c.on(socketPath, s, o, "the path of a socket may have %d bytes, this one has %d", longestSocket, len(server.Path))
		f.Hint, f.Suggestion = "choose a shorter one", c.instead(o, "/tmp/supervisor.sock")
	}
	mode, given := s.Get("chmod")
	if given && server.Username == "" && server.Mode&writable != 0 && !c.refused(s, mode) {
		f := c.on(openSocket, s, mode, "every user of this machine can run commands as the daemon's user")
		f.Hint, f.Suggestion = "let only its owner in, or the group that chown= names: 0770", c.instead(mode, "0700")
	}
}

// clients finds a [supervisorctl] that does not fit the servers.
func (c *checker) clients() {
	s := c.File.Section("supervisorctl")
	if len(c.Config.Servers) == 0 {
		return
	}
	if s == nil || s.File != c.src.File {
		if d := c.File.Section("supervisord"); d != nil {
			f := c.of(noSupervisorctl, d, "there is no [supervisorctl], which supervisorctl wants to see in this file")
			f.Hint = "add the section"
			text := "[supervisorctl]\nserverurl=" + url(c.Config.Servers[0]) + "\n" + c.line(d.File, d.Line)
			if d.File == c.src.File {
				f.Suggestion = &text
			}
		}
		return
	}
	if c.Ctl == nil || len(c.CtlErrors) > 0 || len(c.Errors) > 0 {
		return
	}
	for _, server := range c.Config.Servers {
		if url(server) != strings.TrimSuffix(strings.Replace(c.Ctl.ServerURL, "://localhost:", "://127.0.0.1:", 1), "/") {
			continue
		}
		if server.Username != c.Ctl.Username || server.Username != "" && server.Password != c.Ctl.Password && !strings.HasPrefix(server.Password, "{SHA}") {
			f := c.of(otherCredentials, s, "the username or password is not that of [%s]", server.Section)
			// The password is not printed: findings get into the logs of others.
			f.Hint = "say username= and password= as in [" + server.Section + "]"
		}
		return
	}
	first := c.Config.Servers[0]
	text := "serverurl=" + url(first)
	if o, ok := s.Get("serverurl"); ok {
		if strings.HasPrefix(o.Value, "http") && len(c.Config.Servers) > 0 && !strings.Contains(o.Value, "127.0.0.1") && !strings.Contains(o.Value, "localhost") {
			return // it may be the name of this machine, or meant to be another
		}
		f := c.on(otherServer, s, o, "no server of this file is at %s", c.Ctl.ServerURL)
		f.Hint, f.Suggestion = "the first one is at "+url(first), c.instead(o, url(first))
		return
	}
	f := c.of(otherServer, s, "without serverurl supervisorctl asks %s, where no server of this file is", c.Ctl.ServerURL)
	f.Hint = "say where the server is"
	c.below(f, text)
}

// url returns how a client reaches a server.
func url(server config.Server) string {
	if server.Unix() {
		return "unix://" + server.Path
	}
	host := server.Host
	if host == "" || host == "localhost" || host == "0.0.0.0" {
		host = "127.0.0.1"
	}
	return "http://" + host + ":" + strconv.Itoa(server.Port)
}
