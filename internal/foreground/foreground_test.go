package foreground

import (
	"path"
	"strings"
	"testing"
)

func TestAdvise(t *testing.T) {
	read := func(file string) string {
		return map[string]string{
			"/etc/nginx/nginx.conf":  "user www;\n",
			"/my/nginx.conf":         "user www;\n  daemon off;\n",
			"/etc/redis/redis.conf":  "port 1\ndaemonize yes\n",
			"/my/redis.conf":         "daemonize no\n",
			"/etc/redis/silent.conf": "port 1\n",
		}[file]
	}
	for _, tt := range []struct {
		command    string
		background bool
		because    string
	}{
		{"/usr/sbin/nginx", true, ""},
		{"nginx -g daemon_off;", false, ""},
		{"nginx -c /my/nginx.conf", false, ""},
		{"redis-server", false, ""},
		{"redis-server --daemonize yes", true, "--daemonize yes"},
		{"redis-server /etc/redis/redis.conf", true, ""},
		{"redis-server /my/redis.conf", false, ""},
		{"redis-server /etc/redis/silent.conf", false, ""},
		{"php-fpm8.2", true, ""},
		{"php-fpm8.2 -RF", false, ""},
		{"apachectl start", true, "start"},
		{"apachectl", false, ""},
		{"apache2 -D FOREGROUND", false, ""},
		{"sshd -De", false, ""},
		{"gunicorn -w 4 app --daemon", true, "--daemon"},
		{"gunicorn -b 0.0.0.0:80 app", false, ""},
		{"uwsgi --daemonize=/var/log/x", true, "--daemonize=/var/log/x"},
		{"postfix start", true, "start"},
		{"postfix start-fg", false, ""},
		{"mine --daemon", false, ""},
	} {
		argv := strings.Fields(tt.command)
		for i := range argv {
			argv[i] = strings.ReplaceAll(argv[i], "_", " ")
		}
		a, ok := Advise(argv, read)
		if ok != tt.background || a.Because != tt.because {
			t.Errorf("%s: %v %+v", tt.command, ok, a)
		}
	}
	if _, ok := Advise(nil, read); ok {
		t.Error("nothing goes to the background")
	}
}

// What the advice says is what keeps the program in the foreground.
func TestAdviceHelps(t *testing.T) {
	for _, r := range rules {
		for pattern := range strings.FieldsSeq(r.names) {
			if _, err := path.Match(pattern, ""); err != nil {
				t.Errorf("%s: %v", pattern, err)
			}
		}
		command := "p " + strings.Split(r.leaves, "|")[0]
		a, ok := r.advise("p", strings.Fields(command), func(string) string { return "" })
		if !ok {
			t.Errorf("%s: %s stays in the foreground", r.names, command)
		}
		fixed := a.apply(strings.Fields(command))
		if _, ok := r.advise("p", fixed, func(string) string { return "" }); ok {
			t.Errorf("%s: %q still goes to the background", r.names, fixed)
		}
	}
}

// Each well-known program is kept in the foreground, and one that is kept
// already is left alone.
func TestKeep(t *testing.T) {
	for _, tt := range []struct{ command, want string }{
		{"nginx", "nginx -g daemon_off;"},
		{"/usr/sbin/nginx -c /etc/n.conf", "/usr/sbin/nginx -g daemon_off; -c /etc/n.conf"},
		{"redis-server /etc/redis.conf --daemonize yes", "redis-server /etc/redis.conf --daemonize no"},
		{"redis-server /my/daemon.conf", "redis-server /my/daemon.conf --daemonize no"},
		{"php-fpm8.2 -D", "php-fpm8.2 --nodaemonize"},
		{"php-fpm8.2", "php-fpm8.2 --nodaemonize"},
		{"apache2ctl start", "apache2ctl -D FOREGROUND"},
		{"apache2ctl -k start", "apache2ctl -D FOREGROUND"},
		{"cron", "cron -f"},
		{"crond", "crond -f"},
		{"mysqld --daemonize --user=mysql", "mysqld --user=mysql"},
		{"mysqld --user=mysql", ""},
		{"mariadbd", ""},
		{"postgres -D /data", ""},
		{"pg_ctl -D /data start", "postgres -D /data"},
		{"pg_ctl -D /data stop", ""},
		{"pg_ctlcluster 15 main start", "pg_ctlcluster 15 main start --foreground"},
		{"gunicorn -D app:app", "gunicorn app:app"},
		{"gunicorn -D --daemon app:app", "gunicorn app:app"},
		{"gunicorn app:app", ""},
		{"uwsgi --ini a.ini --daemonize /var/log/a.log", "uwsgi --ini a.ini"},
		{"uwsgi --daemonize=/var/log/a.log --ini a.ini", "uwsgi --ini a.ini"},
		{"haproxy -D -f h.cfg", "haproxy -db -f h.cfg"},
		{"haproxy -f /my/daemon.conf", "haproxy -db -f /my/daemon.conf"},
		{"vsftpd /my/vsftpd.conf", "vsftpd /my/vsftpd.conf -obackground=NO"},
		{"exim4 -bd -q30m", "exim4 -bdf -q30m"},
		{"postfix start", "postfix start-fg"},
		{"twistd3 web", "twistd3 -n web"},
		{"squid", "squid -N"},
		{"named -u bind", "named -f -u bind"},
		{"mongod --fork --dbpath /d", "mongod --dbpath /d"},
		{"sshd -D -e", ""},
		{"dockerd", ""},
		{"my-own-server", ""},
		{"", ""},
	} {
		read := func(file string) string {
			return map[string]string{"/my/daemon.conf": "daemonize yes\n daemon\n"}[file]
		}
		command, known := Keep(strings.Fields(tt.command), read)
		got := strings.ReplaceAll(strings.Join(command, " "), "daemon off", "daemon_off")
		if known != (tt.want != "") || known && got != tt.want {
			t.Errorf("%q: %q, %v; want %q", tt.command, got, known, tt.want)
		}
	}
}

func FuzzAdvise(f *testing.F) {
	f.Add("nginx -c x")
	f.Add("redis-server \x00 -")
	f.Fuzz(func(t *testing.T, command string) {
		a, ok := Advise(strings.Split(command, " "), func(string) string { return command })
		if ok && a.Program == "" {
			t.Errorf("%q: %+v", command, a)
		}
		if kept, known := Keep(strings.Split(command, " "), func(string) string { return command }); known && len(kept) == 0 {
			t.Errorf("%q: nothing is kept", command)
		}
	})
}
