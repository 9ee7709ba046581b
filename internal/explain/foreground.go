package explain

import (
	"slices"
	"strings"
)

// stay is what keeps a program in the foreground: words that must not be in its
// command, and words that must.
type stay struct {
	names []string // a trailing * stands for a version
	drop  []string // a trailing = says that the next word belongs to it
	add   []string
	// known programs stay in the foreground unless told otherwise: only a
	// dropped word can be the cause.
	only bool
}

// stays is what is known about programs, from their manuals.
var stays = []stay{
	{names: []string{"nginx", "openresty"}, add: []string{"-g", "daemon off;"}},
	{names: []string{"redis-server", "valkey-server", "redis-sentinel", "keydb-server"}, drop: []string{"--daemonize="}, add: []string{"--daemonize", "no"}},
	{names: []string{"php-fpm*"}, drop: []string{"-D", "--daemonize"}, add: []string{"--nodaemonize"}},
	{names: []string{"apache2", "httpd", "apachectl", "apache2ctl"}, drop: []string{"start", "-k="}, add: []string{"-D", "FOREGROUND"}},
	{names: []string{"sshd"}, add: []string{"-D", "-e"}},
	{names: []string{"cron", "atd"}, add: []string{"-f"}},
	{names: []string{"crond"}, add: []string{"-n"}},
	{names: []string{"mysqld", "mariadbd"}, drop: []string{"--daemonize", "-D"}, only: true},
	{names: []string{"gunicorn*", "uvicorn", "unicorn", "unicorn_rails"}, drop: []string{"--daemon", "-D", "--daemonize"}, only: true},
	{names: []string{"uwsgi*"}, drop: []string{"--daemonize=", "--daemonize2=", "-d="}, only: true},
	{names: []string{"haproxy"}, drop: []string{"-D"}, add: []string{"-db"}},
	{names: []string{"rsyslogd"}, add: []string{"-n"}},
	{names: []string{"syslog-ng"}, add: []string{"-F"}},
	{names: []string{"dnsmasq"}, add: []string{"--keep-in-foreground"}},
	{names: []string{"memcached"}, drop: []string{"-d", "--daemon"}, only: true},
	{names: []string{"vsftpd"}, add: []string{"-obackground=NO"}},
	{names: []string{"proftpd"}, add: []string{"--nodaemon"}},
	{names: []string{"squid"}, add: []string{"-N"}},
	{names: []string{"named"}, add: []string{"-f"}},
	{names: []string{"ntpd", "chronyd"}, add: []string{"-n"}},
	{names: []string{"exim", "exim4"}, drop: []string{"-bd"}, add: []string{"-bdf"}},
	{names: []string{"lighttpd"}, add: []string{"-D"}},
	{names: []string{"dovecot", "varnishd"}, add: []string{"-F"}},
	{names: []string{"smbd", "nmbd", "winbindd"}, drop: []string{"-D", "--daemon"}, add: []string{"--foreground", "--no-process-group"}},
	{names: []string{"snmpd", "snmptrapd", "rpcbind", "cupsd", "acpid"}, add: []string{"-f"}},
	{names: []string{"mongod", "mongos"}, drop: []string{"--fork"}, only: true},
	{names: []string{"tor"}, drop: []string{"--RunAsDaemon="}, add: []string{"--RunAsDaemon", "0"}},
	{names: []string{"openvpn"}, drop: []string{"--daemon"}, only: true},
	{names: []string{"mosquitto"}, drop: []string{"-d", "--daemon"}, only: true},
	{names: []string{"supervisord"}, add: []string{"--nodaemon"}},
	{names: []string{"twistd*"}, add: []string{"--nodaemon"}},
	{names: []string{"keepalived"}, add: []string{"--dont-fork"}},
	{names: []string{"zabbix_server", "zabbix_agentd", "zabbix_proxy"}, add: []string{"--foreground"}},
	{names: []string{"monit"}, add: []string{"-I"}},
	{names: []string{"rabbitmq-server"}, drop: []string{"-detached"}, only: true},
	{names: []string{"celery"}, drop: []string{"--detach", "-D"}, only: true},
	{names: []string{"dockerd", "postgres"}, only: true},
}

// Foreground returns the command that keeps a well-known program in the
// foreground. It is not known if the program is not, or if the command says so
// already.
func Foreground(args []string) (command []string, known bool) {
	if len(args) == 0 {
		return nil, false
	}
	name := baseName(args[0])
	for _, s := range stays {
		if slices.ContainsFunc(s.names, func(pattern string) bool { return matches(pattern, name) }) {
			return s.apply(args)
		}
	}
	switch {
	case name == "postfix" && slices.Contains(args, "start"):
		return replaceWord(args, "start", "start-fg"), true
	case name == "pg_ctl" && slices.Contains(args, "start"):
		return append([]string{strings.TrimSuffix(args[0], "pg_ctl") + "postgres"}, argumentsOf(args, "-D")...), true
	case name == "pg_ctlcluster" && slices.Contains(args, "start") && !slices.Contains(args, "--foreground"):
		return slices.Concat(args[:1], []string{"--foreground"}, args[1:]), true
	case name == "pm2":
		return replaceWord(slices.DeleteFunc(slices.Clone(args), func(w string) bool { return w == "start" }), args[0], "pm2-runtime"), true
	}
	return nil, false
}

func matches(pattern, name string) bool {
	if prefix, versions := strings.CutSuffix(pattern, "*"); versions {
		return strings.HasPrefix(name, prefix)
	}
	return pattern == name
}

func (s stay) apply(args []string) ([]string, bool) {
	command := args[:1:1]
	dropped := false
	for i := 1; i < len(args); i++ {
		word := args[i]
		switch {
		case slices.Contains(s.drop, word):
			dropped = true
		case slices.Contains(s.drop, word+"="):
			dropped = true
			i++
		case slices.ContainsFunc(s.drop, func(d string) bool {
			return strings.HasPrefix(d, "--") && strings.HasSuffix(d, "=") && strings.HasPrefix(word, d)
		}):
			dropped = true
		default:
			command = append(command, word)
		}
	}
	if s.only {
		return command, dropped
	}
	if contains(command, s.add) && !dropped {
		return nil, false
	}
	return append(command, s.add...), true
}

// contains reports whether words are in a command next to each other.
func contains(command, words []string) bool {
	for i := range command {
		if i+len(words) <= len(command) && slices.Equal(command[i:i+len(words)], words) {
			return true
		}
	}
	return false
}

func replaceWord(args []string, old, new string) []string {
	args = slices.Clone(args)
	for i, word := range args {
		if word == old {
			args[i] = new
		}
	}
	return args
}

// argumentsOf returns an option and its argument.
func argumentsOf(args []string, option string) []string {
	if i := slices.Index(args, option); i >= 0 && i+1 < len(args) {
		return args[i : i+2]
	}
	return nil
}
