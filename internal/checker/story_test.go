package checker

import (
	"slices"
	"strings"
	"testing"

	"supervisor/internal/check"
)

// Whoever does what is said, one thing after the other, ends with a file that
// has nothing to complain of, except that a password is not the same in two
// places: passwords are never printed.
func TestFollowedToTheEnd(t *testing.T) {
	s := newShop(t)
	s.write(t, `[supervisord]
loglevel=warning
nodaemon="yes"
logfile=AUTO
[unix_http_server]
file=/srv/shop/gone/s.sock
chmod=0777
[inet_http_server]
port=nine
[include]
files=more/*.conf none/*.conf
[program:my shop]
comand=/srv/shop/run > /srv/shop/gone/out.log 2>&1
numprocs=2
autostart=ja
startsecs=2s
stopwaitsecs=ten
environment=A=,B=x y
stdout_logfile=/srv/shop/out.log
stderr_logfile=/srv/shop/out.log
redirectstderr=true
[program:date]
command=/srv/shop/run +%H:%M
stopasgroup=true
killasgroup=no
exitcodes=0;2
[eventlistener:watch]
command=/srv/shop/run
events=nonsense
buffer_size=0
redirect_stderr=yes
[group:all]
programs=my_shop,daet
priority=high
broken
[ctlplugin:x]
supervisor.ctl_factory=a:b
[supervisorctl]
serverurl=http://127.0.0.1:9999
promt=shop
`)
	first := s.check(t)
	for range 100 {
		found := s.check(t)
		i := slices.IndexFunc(found, func(f check.Finding) bool {
			return f.Suggestion != nil || strings.HasPrefix(f.Hint, "run: ")
		})
		if i < 0 {
			for _, f := range found {
				if f.Code != "other-credentials" {
					t.Errorf("nothing can be done about %+v", f)
				}
			}
			if len(first) < 25 {
				t.Errorf("only %d things were wrong: %+v", len(first), first)
			}
			return
		}
		s.follow(t, found[i])
	}
	t.Errorf("there is no end to it: %+v", s.check(t))
}
