package supervisorctl

import (
	"context"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"syscall"

	"supervisor/internal/config"
	"supervisor/internal/wire"
)

// asDaemon is how a daemon of this host reads its configuration: with its
// environment and as its user, if these can be known.
func asDaemon(own config.Source, of wire.ConfigSource) config.Source {
	own.File, own.Cwd = of.File, of.Directory
	proc := "/proc/" + strconv.Itoa(of.PID)
	env, err := os.ReadFile(proc + "/environ")
	if err != nil { // not ours, or there is no /proc
		return own
	}
	own.Env = strings.Split(strings.TrimSuffix(string(env), "\x00"), "\x00")
	if info, err := os.Stat(proc); err == nil {
		if st, ok := info.Sys().(*syscall.Stat_t); ok {
			own.UID = int(st.Uid)
		}
	}
	return own
}

// running asks the supervisord for what it reads, if it is on this machine by
// its address. It may take no longer than a hint: who checks needs nobody.
func (s *session) running() (wire.ConfigSource, bool) {
	if !isLocal(s.settings.ServerURL) {
		return wire.ConfigSource{}, false
	}
	ctx, cancel := context.WithTimeout(context.Background(), hintPatience)
	defer cancel()
	answer, err := s.call(ctx, wire.GetConfigSource)
	if err != nil {
		return wire.ConfigSource{}, false
	}
	of := wire.ParseConfigSource(answer)
	return of, of.File != ""
}

// isLocal reports whether an address is one of this machine.
func isLocal(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "unix" || u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}
