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
		fixed := strings.Replace(command, a.Because, a.Instead, 1)
		if a.Because == "" {
			fixed += a.Instead
		}
		if _, ok := r.advise("p", splitQuoted(fixed), func(string) string { return "" }); ok {
			t.Errorf("%s: %q still goes to the background", r.names, fixed)
		}
	}
}

// splitQuoted splits a command in which one quotation may stand at the end.
func splitQuoted(command string) []string {
	before, quoted, ok := strings.Cut(command, `"`)
	words := strings.Fields(before)
	if ok {
		words = append(words, strings.Trim(quoted, `"`))
	}
	return words
}

func FuzzAdvise(f *testing.F) {
	f.Add("nginx -c x")
	f.Add("redis-server \x00 -")
	f.Fuzz(func(t *testing.T, command string) {
		a, ok := Advise(strings.Split(command, " "), func(string) string { return command })
		if ok && a.Program == "" {
			t.Errorf("%q: %+v", command, a)
		}
	})
}
