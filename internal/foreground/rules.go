package foreground

import (
	"slices"
	"strings"

	"supervisor/internal/pattern"
)

const apacheStays = "-DFOREGROUND|-D FOREGROUND|-X|-DNO_DETACH|-D NO_DETACH"

// rules is what is known: from the manual page of each program.
var rules = []rule{
	{names: "nginx openresty", stays: "~daemon off", instead: `-g "daemon off;"`,
		file: after("-c", "/etc/nginx/nginx.conf"), directive: pattern.Lazy(`(?m)^\s*daemon\s+(on|off)\s*;`), keeps: "off"},
	{names: "redis-server valkey-server redis-sentinel keydb-server", stays: "--daemonize no", leaves: "--daemonize yes", instead: "--daemonize no", last: true,
		file: firstArgument, directive: pattern.Lazy(`(?mi)^\s*daemonize\s+(yes|no)`), keeps: "no"},

	// Those that go to the background by themselves.
	{names: "php-fpm*", stays: "-F|--nodaemonize|-t|-i|-v", leaves: "-D|--daemonize", byItself: true, instead: "--nodaemonize"},
	{names: "apache2 httpd", stays: apacheStays, instead: "-D FOREGROUND"},
	{names: "sshd", stays: "-D|-d|-i|-t|-T", instead: "-D -e"},
	{names: "cron", stays: "-f", instead: "-f"},
	{names: "crond", stays: "-f|-n|-d", instead: "-f"},
	{names: "atd opendkim opendmarc collectd dhcpd snmpd snmptrapd rpcbind cntlm cupsd acpid", stays: "-f|-d|-X", instead: "-f"},
	{names: "fail2ban-server", stays: "-f|--foreground", instead: "-f"},
	{names: "zabbix_server zabbix_agentd zabbix_proxy transmission-daemon", stays: "-f|--foreground", instead: "-f"},
	{names: "rsyslogd syslogd klogd ntpd bluetoothd", stays: "-n|-d", instead: "-n"},
	{names: "chronyd", stays: "-n|-d|-q|-Q", instead: "-n"},
	{names: "syslog-ng", stays: "-F|--foreground", instead: "-F"},
	{names: "dnsmasq", stays: "-k|--keep-in-foreground|-d|--no-daemon", instead: "--keep-in-foreground"},
	{names: "named", stays: "-f|-g", instead: "-f"},
	{names: "keepalived", stays: "-n|--dont-fork", instead: "-n"},
	{names: "monit", stays: "-I", instead: "-I"},
	{names: "squid", stays: "-N|--foreground|-z|-k", instead: "-N"},
	{names: "proftpd twistd*", stays: "-n|--nodaemon", instead: "-n"},
	{names: "supervisord", stays: "-n|--nodaemon", instead: "-n"},
	{names: "dovecot clamd", stays: "-F|--foreground", instead: "-F"},
	{names: "smbd nmbd winbindd", stays: "-F|--foreground|-i|--interactive", leaves: "-D|--daemon", byItself: true, instead: "--foreground --no-process-group"},
	{names: "vsftpd", stays: "-obackground=NO", instead: "-obackground=NO", last: true,
		file: firstArgument, directive: pattern.Lazy(`(?mi)^background=(yes|no)`), keeps: "NO"},
	{names: "lighttpd", stays: "-D|-i|-t|-p", instead: "-D"},
	{names: "varnishd", stays: "-F|-d|-C", instead: "-F"},
	{names: "slapd", stays: "-d", instead: "-d 0"},
	{names: "saslauthd tinyproxy", stays: "-d", instead: "-d"},
	{names: "minidlnad", stays: "-S|-d", instead: "-S"},
	{names: "xinetd", stays: "-dontfork", instead: "-dontfork"},
	{names: "asterisk", stays: "-f|-c|-r|-x", instead: "-f"},
	{names: "privoxy mpd", stays: "--no-daemon", instead: "--no-daemon"},
	{names: "searchd", stays: "--nodetach|--console", instead: "--nodetach"},
	{names: "spawn-fcgi", stays: "-n", instead: "-n"},
	{names: "freeradius radiusd", stays: "-f|-X", instead: "-f"},
	{names: "bird bird6", stays: "-f|-d", instead: "-f"},
	{names: "smtpd", stays: "-F|-d", instead: "-F"},
	{names: "vncserver tigervncserver", stays: "-fg", instead: "-fg"},

	// Those that stay if they are not told to leave.
	{names: "gunicorn*", leaves: "-D|--daemon"},
	{names: "uwsgi*", leaves: "--daemonize *|--daemonize2 *|-d *|--daemonize|--daemonize2"},
	{names: "mysqld mariadbd", leaves: "--daemonize|-D"},
	{names: "mongod mongos", leaves: "--fork"},
	{names: "memcached mosquitto spamd pgbouncer nutcracker postgrey beanstalkd thin sidekiq fluentd td-agent elasticsearch puma", leaves: "-d|--daemonize|--daemon"},
	{names: "celery unicorn unicorn_rails avahi-daemon pulseaudio", leaves: "-D|--daemonize|--daemon|--detach|--start"},
	{names: "haproxy", stays: "-db|-d", leaves: "-D", instead: "-db",
		file: after("-f", "/etc/haproxy/haproxy.cfg"), directive: pattern.Lazy(`(?m)^\s*(daemon)\s*$`)},
	{names: "openvpn", leaves: "--daemon"},
	{names: "fetchmail", stays: "-N|--nodetach", leaves: "-d|--daemon", instead: "--nodetach -d"},
	{names: "apachectl apache2ctl", stays: apacheStays, leaves: "-k start|start|graceful|restart", instead: "-D FOREGROUND"},
	{names: "kafka-server-start kafka-server-start.sh zookeeper-server-start.sh", leaves: "-daemon"},
	{names: "rabbitmq-server", leaves: "-detached"},
	{names: "dbus-daemon", stays: "--nofork", leaves: "--fork|--system", instead: "--system --nofork"},
	{names: "tor", leaves: "--RunAsDaemon 1", instead: "--RunAsDaemon 0"},
	{names: "exim exim4", leaves: "-bd", instead: "-bdf"},
	{names: "postfix", leaves: "start", instead: "start-fg"},
	{names: "freeswitch", leaves: "-nc", instead: "-nf"},
	{names: "pure-ftpd hostapd wpa_supplicant", leaves: "-B"},
	{names: "ssh autossh", leaves: "-f"},
	{names: "x11vnc", leaves: "-bg"},
	{names: "icecast icecast2", leaves: "-b"},
	{names: "docker podman docker-compose", leaves: "-d|--detach"},
	{names: "caddy nexus", leaves: "start", instead: "run"},
	{names: "catalina.sh", leaves: "start", instead: "run"},
	{names: "zkServer.sh", leaves: "start", instead: "start-foreground"},
	{names: "activemq neo4j sonar.sh", leaves: "start", instead: "console"},
	{names: "pg_ctl", leaves: "start", whole: postgres},
	{names: "pg_ctlcluster", stays: "--foreground", leaves: "start", instead: "start --foreground"},
	{names: "riak", leaves: "start", instead: "foreground"},
	{names: "pm2", stays: "--no-daemon", leaves: "start", instead: "start --no-daemon"},
	{names: "forever", leaves: "start"},
}

// postgres is the server that pg_ctl starts, with the data that it was told.
func postgres(argv []string) []string {
	command := []string{strings.TrimSuffix(argv[0], "pg_ctl") + "postgres"}
	if i := slices.Index(argv, "-D"); i >= 0 && i+1 < len(argv) {
		command = append(command, argv[i:i+2]...)
	}
	return command
}
