package corpus

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// variants are texts that are put, one after the other, in the place of the
// word VALUE of a file.
type variants struct {
	name, file string
	values     []string
}

const (
	daemonHeader  = "[supervisord]\n"
	programHeader = daemonHeader + "[program:a]\ncommand=x\n"
)

func with(key string) string { return programHeader + key + "=VALUE\n" }

// cases walk through every kind of value and every rule of the dialect.
var cases = []variants{
	{"integer", with("startsecs"), []string{
		"-1", "99", " 5 ", "1__0", "_1", "1_", "+3", "+ 3", "0x10", "010", "-0", "", "1.5", "x", "--1", "+-1", "1 1", "-_1", "\u20035", "0_0"}},
	{"byte size", with("stdout_logfile_maxbytes"), []string{
		"-1kb", "1 kb ", "kb", "mb", " 1KB", "1KBKB", "1_0kb", "1b", "10 MB", "2gb", "0", "10M", "1.5MB", "", "3Gb"}},
	{"octal", with("umask"), []string{
		"0o22", "022", "-1", "1_1", "9", "", "0x1", " 7 ", "0O17", "0o_7", "_7", "0o", "o7", "+0o7", "- 7", "0 7", "0o+7", "7777"}},
	{"signal", with("stopsignal"), []string{
		"sigterm", " 15 ", "RTMIN", "rtmax", "SIGRTMIN+1", "SIGCLD", "POLL", "IOT", "STKFLT", "PWR", "+15", "-1", "64", "65", "33", "32", "40", "99", "FOO", "", "usr1", "HUP"}},
	{"exit codes", with("exitcodes"), []string{
		"", ",", "0,", "0,,1", " 0 , 2 ", "256", "-1", "0,x", "+1", "1_0", "255,0", "1, ,2", "0x1"}},
	{"boolean", with("autostart"), []string{"T", "yes ", "YES", "1", "0", "", "off", "On", "2", "nope", "FALSE"}},
	{"autorestart", with("autorestart"), []string{"Unexpected", " unexpected ", "TRUE", "2", "", "Sometimes", "off"}},
	{"user", with("user"), []string{"nosuch", "0", "99999", "root", "-1", "", "+0", "00", "%(ENV_BLANK)sroot"}},
	{"server url", with("serverurl"), []string{"auto", " AUTO ", "http://x", "Auto", "unix:///x"}},
	{"log file", with("stdout_logfile"), []string{
		"none", "NONE", "off", "OFF", "auto", "syslog", "SYSLOG", "", "/nodir/x", "rel", "nodir/rel", "~/x", "~nosuch/x", "~root/x", "~", "~/nodir/x",
		"/tmp/", "%%%%a", "/tmp", ".", "..", "a\n b", "%(process_num)02d.log", "%(here)s/x", "%(ENV_BLANK)sNONE", "%", "%(x)s", "//tmp//x", "../x"}},
	{"process name", with("process_name"), []string{
		"a", "a b", "a:b", "a/b", "", "%(process_num)s", "a\n b", "a\tb", "%(ENV_HOME)s", "%(group_name)s-%(numprocs)d", "a/b:c d", "%(x)s", "%"}},
	{"number of processes", programHeader + "process_name=VALUE\nnumprocs=2\nnumprocs_start=5\n", []string{
		"a", "%(process_num)d", "%%(process_num)d", "%(process_num)", "p%(process_num)s", "%(program_name)s_%(process_num)02d"}},
	{"numprocs", programHeader + "process_name=p%(process_num)d\nnumprocs=VALUE\n", []string{"0", "-3", "1", "12", "x", "%(ENV_ONE)s"}},
	{"directory", with("directory"), []string{"", "~/x", "rel", "/nodir", "%(here)s", "%(process_num)d"}},
	{"command", with("command"), []string{
		"", "a\n  b\n   c", "%(ENV_HOME)s\n b", "/bin/cat a;b c ;d #e", "bash -c 'a ; b'", ";x", " ;x", "a\t;b", "a#b #c",
		"%(program_name)s %(process_num)02d %(numprocs)d %(group_name)s %(host_node_name)s %(here)s %(ENV_HOME)s %%",
		"%(process_num)03d %(program_name)-5s| %(process_num)x", "%(foo)s", "100%", "%q", "%(program_name)d", "date +%Y", "date +%d", "%h:%p", "%%h:%%p",
		"%(ENV_PERCENT)s", "%(here)10s", "%(here", "%(here)", "%(process_num)*d", "%(numprocs).3f", "%(process_num)c", "%(program_name)r", "%(program_name)a", "%(program_name)5.1s|",
		"%()s", "%(())s", "x:y=z", "é ü", "\"q\""}},
	{"environment", with("environment"), []string{
		"", "A=1,B=\"x,y\",C='z w'", "A=1,", "A=", "A=1 B=2", "A=foo@bar", `A="foo@bar"`, "A=a/b.c+d-e(f):g_h", "A=1;B=2", "A=1xB=2", `A="a"b`,
		`A=a"b c"d`, `A=a"b`, `A="x`, "A=b#c,D=e", `A="b#c"`, `A="'x'"`, `A='"x"'`, `A="x"y"z"`, `A=\x`, `A="a\nb"`, "A-B=1",
		`"A B"=1`, `A="",B=''`, "A=,B=1", "A==1", "=A", "A", "A,B", "#x", "A=1 #x\n #y", "A=é", `A="é"`, "A=1,,B=2", "A=1,B", "A=1,B=", "A=1,B=,",
		`A=""x""`, "A=''x", "A=\"x\n y\"", "A=1\n B=2", "A=1\n ,B=2", "A=$HOME", `A="%%"`, `A="%%%%"`, "%(ENV_ONE)s=1", `A="a"'b'`, "A='a'\"b\"",
		`A="a" "b"`, "A=a'b c'd", `A=\`, `A="\"`, `A="\\"`, `A="x" , B="y"`, "A = 1", `A="x","B"="y"`, "A:1", `A="it's"`, "A=it's", `A="'"`,
		"A='\"'", "A=x~y", "A=*", "A='", `A='a\'`, `A="a\ b",B=1`, `A="\$x"`, `X="%(process_num)d"`, "A=1,A=2", "A=1,B=%(ENV_A)s",
		"A=b#c\n d,E=f", "PATH=\"/x:%(ENV_PATH)s\"", "A=%(x)s", "A=100%"}},
	{"own variables", programHeader + "environment=FOO=bar,ONE=two\ndirectory=VALUE\n", []string{"%(ENV_FOO)s", "%(ENV_ONE)s", "%(ENV_BAR)s"}},
	{"own variables of a listener", daemonHeader + "environment=ONE=x,TWO=y\n[eventlistener:a]\nevents=TICK\nenvironment=ONE=z\ncommand=VALUE\n", []string{
		"%(ENV_ONE)s %(ENV_TWO)s", "%(ENV_FOO)s"}},
	{"options read once", programHeader + "VALUE", []string{
		"priority=%(process_num)d", "autostart=%(foo)s", "priority=%(ENV_ONE)s", "umask=%(group_name)s", "priority=x", "numprocs=%(process_num)d",
		"stopasgroup=true", "stopasgroup=true\nkillasgroup=false", "killasgroup=true", "stopasgroup=true\nkillasgroup=true", "stopasgroup=x\nkillasgroup=y",
		"redirect_stderr=true", "redirect_stderr=true\nstderr_logfile=/tmp/x", "redirect_stderr=true\nstderr_logfile=syslog", "redirect_stderr=true\nstderr_logfile=/nodir/x",
		"redirect_stderr=true\nstderr_logfile_maxbytes=0\nstdout_logfile_maxbytes=0", "stdout_logfile_maxbytes=0\nstderr_logfile_maxbytes=-1",
		"stdout_logfile=syslog\nstdout_syslog=false\nstdout_logfile_maxbytes=0", "stdout_syslog=true\nstdout_logfile=/tmp/x", "stderr_logfile=syslog\nstderr_syslog=x",
		"stdout_capture_maxbytes=1MB\nstderr_events_enabled=yes", "unknown=%(x)s %", "process_name=a b\nnumprocs=2\nstopasgroup=1\nkillasgroup=0\nuser=nosuch",
		"numprocs=2\nstopasgroup=1\nkillasgroup=0", "command=%(c)s\nprocess_name=%(d)s", "environment=A=\ndirectory=%(x)s"}},
	{"order of errors", daemonHeader + "VALUE", []string{
		"user=nosuch\n[program:a]\nstartsecs=x", "user=nosuch\n[unix_http_server]\n", "user=nosuch\n[group:x]\nprograms=q\n", "user=nosuch\n[rpcinterface:x]\n",
		"[rpcinterface:x]\n[program:a]\n", "[unix_http_server]\n[program:a]\n", "[unix_http_server]\n[inet_http_server]\n",
		"[eventlistener:x]\n[group:g]\nprograms=q\n[fcgi-program:z]\n[program:f]\n", "[eventlistener:x]\n[fcgi-program:z]\n[program:f]\n", "[eventlistener:x]\n[fcgi-program:z]\n",
		"minfds=x\nminprocs=y\nuser=nosuch\numask=9", "loglevel=x\nlogfile=/nodir/x", "strip_ansi=x\nenvironment=%"}},
	{"groups", daemonHeader + "VALUE", []string{
		"[program:b]\ncommand=x\n[program:a]\ncommand=x\n[program:c]\ncommand=y\npriority=1\n",
		"[program:b]\ncommand=x\n[program:a]\ncommand=x\npriority=5\n[group:g]\nprograms=b,a",
		"[program:b]\ncommand=x\n[program:a]\ncommand=x\npriority=5\n[group:g]\nprograms=b,a,b",
		"[program:a]\ncommand=x\n[group:g]\nprograms=\n", "[program:a]\ncommand=x\n[group:g]", "[group:g]\nprograms=zz", "[program:a]\ncommand=x\n[group:g]\nprograms=,a",
		"[group:g]\nprograms=a\n[fcgi-program:a]\ncommand=x\n[program:a]\ncommand=y", "[group:g]\nprograms=a\n[fcgi-program:a]\ncommand=x\nsocket=tcp://x:1\n",
		"[group:g]\nprograms=a\n[fcgi-program:a]\ncommand=x\n", "[group:g]\nprograms=a\n[eventlistener:a]\ncommand=x\nevents=TICK\n",
		"[group:]\nprograms=a\n[program:a]\ncommand=x\n", "[program:]\ncommand=x\n",
		"[program:a]\ncommand=x\n[group:a]\n[eventlistener:a]\ncommand=z\nevents=EVENT\npriority=999\n",
		"[program:a]\ncommand=x\npriority=1\n[group:a]\nprograms=b\n[program:b]\ncommand=y\n",
		"[program:a]\ncommand=x\nprocess_name=z\n[program:b]\ncommand=y\nprocess_name=z\n[group:g]\nprograms=a,b\n",
		"[group:h]\nprograms=a\npriority=3\n[program:a]\ncommand=%(group_name)s\n[program:b]\ncommand=y\n[group:g]\nprograms=a,b\n",
		"[program: a]\ncommand=%(program_name)s\n", "[program:a ]\ncommand=x\n", "[program]\ncommand=x\n", "[programs:x]\ncommand=x\n", "[program:c]]\ncommand=x\n", "[ program:a ]\ncommand=x",
		"[program:a:b]\ncommand=x\n", "[program:a/b]\ncommand=x\n", "[group:a/b]\n", "[eventlistener:a/b]\ncommand=x\nevents=EVENT\n", "[fcgi-program:a/b]\ncommand=x\nsocket=tcp://a:1\n",
		"[program: a:b ]\ncommand=x\n", "[group: a ]\n", "[eventlistener: a ]\ncommand=%(group_name)s.\nevents=TICK\n",
		"[program:a]\ncommand=x\npriority=x\n", "[group:g]\nprograms=a\n[program:a]\ncommand=x\npriority=x\n", "[group:g]\nprograms=%(x)s\npriority=x", "[group:g]\npriority=x",
		"[program:a]\n", "[program:a]\npriority=5\n[program:a]\ncommand=x", "[Program:a]\ncommand=x",
		"[program:a]\ncommand=x\nnumprocs=12\nprocess_name=p%(process_num)d", "[program:a] junk\ncommand=x"}},
	{"daemon", daemonHeader + "VALUE", []string{
		"", "logfile=syslog", "logfile=SYSLOG", "logfile=rel", "logfile=~/x", "logfile=/nodir/x", "logfile=none", "logfile=", "logfile=/tmp/", "logfile=a/../b", "logfile=%%x", "logfile=%%%%x",
		"pidfile=rel", "pidfile=/nodir/x", "pidfile=", "pidfile=.", "pidfile=syslog", "childlogdir=rel", "childlogdir=/tmp/", "childlogdir=~", "childlogdir=/nodir", "childlogdir=", "childlogdir=./",
		"directory=rel", "directory=/tmp", "directory=~", "directory=/nodir", "directory=", "loglevel=warning", "loglevel=WARN", "loglevel=Blather", "loglevel=", "loglevel=trace", "loglevel=10",
		"loglevel=critical", "loglevel=error", "loglevel=debug", "identifier=", "identifier=a b", "identifier=%(host_node_name)s", "identifier=%(here)s", "identifier=%%",
		"user=nosuch", "user=99999", "user=0", "user=root", "user=", "umask=9", "umask=", "umask=0o22", "umask=-1", "umask=1777", "minfds=-1", "minfds=x", "logfile_maxbytes=10M", "logfile_maxbytes=0",
		"logfile_backups=0", "nodaemon=yes\nsilent=on\nnocleanup=1\nstrip_ansi=true", "minprocs=5", "NODAEMON=true", "nodaemon=maybe",
		`environment=A="50%%%%"`, "environment=A=%(here)s", "environment=A=%(x)s", "environment=A=", "environment=A=1,A=2", "environment=%", "environment=A=%(program_name)s"}},
	{"inet server", daemonHeader + "[inet_http_server]\nport=VALUE\n", []string{
		"9001", "*:9001", ":9001", "LocalHost:9001", "x", "0", "65536", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:x", "h:65536", "[::1]:9001", "a:b:9001", " 9001", ":", "", "h: 80", "h:+80", "h:8_0",
		"-1", "h:-1", "+80", "h :80", "%(here)s", "9001\n 9002", "h:1\n x", "%(ENV_ONE)s"}},
	{"authentication", daemonHeader + "[inet_http_server]\nport=1\nVALUE\n", []string{
		"username=a", "password=b", "username=\npassword=", "username=a\npassword=", "username=a\npassword=b:c", "username= a\npassword= {SHA}X", "username=a\nport=x", "username=%(here)s\npassword=x"}},
	{"unix server", daemonHeader + "[unix_http_server]\nVALUE\n", []string{
		"", "file=rel", "file=~/x", "file=/tmp/../x", "file=/nodir/x\nchmod=9", "file=a\nchmod=-1", "file=a\nchmod=0o777\nchown=root", "file=a\nchown=root:root", "file=a\nchown=nosuch",
		"file=a\nchown=root:nosuch", "file=a\nchown=0:0", "file=a\nchown=root:root:x", "file=a\nchown=:root", "file=a\nchown=", "file=a\nchown=root:", "file=a\nchown=12345:99", "file=a\nchmod=",
		"file=a\nchown= root : root", "file=%(here)s/s\nusername=%(here)s", "file=a\nusername=x\nchown=nosuch\nchmod=9", "file=a\nchown=nosuch\nchmod=9"}},
	{"servers", daemonHeader + "VALUE", []string{
		"[unix_http_server:z]\nfile=a\n[inet_http_server]\nport=1\n[unix_http_server]\nfile=b\n[inet_http_serverxx]\nport=2", "[inet_http_server:two]\n", "[unix_http_serverx]"}},
	{"RPC interfaces", daemonHeader + "VALUE", []string{
		"[rpcinterface:x]\n", "[rpcinterface:x]\nsupervisor.rpcinterface_factory=foo:bar\n", "[rpcinterface:x]\nsupervisor.rpcinterface_factory=%(here)s\n", "[rpcinterface]\n", "[rpcinterface:]\n", "[rpcinterfaces]\n",
		"[rpcinterface:x]\nsupervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface", "[rpcinterface:x]\nsupervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface\nfoo=%(q)s",
		"[rpcinterface:x]\nsupervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface\nfoo=bar"}},
	{"FastCGI socket", daemonHeader + "[fcgi-program:a]\ncommand=x\nsocket=VALUE\n", []string{
		"tcp://h:1", "TCP://h:1", "tcp://h:", "tcp://:80", "tcp://h:0", "tcp://h:65536", "tcp://a:b:1", "tcp://[::1]:1", "unix:///a", "unix://a", "unix://", "unix:/a", "foo", "", "tcp://h:1x",
		"unix:///%(program_name)s/%(here)s", "%(group_name)s", "unix:///a/../b", "unix://~/x", "unix:///a b", "xtcp://h:1", "tcp://a/b:1", "tcp://h:1 x", "unix:///a\n b", "tcp://*:1", "tcp://H:1", "tcp://h :1"}},
	{"FastCGI options", daemonHeader + "[fcgi-program:a]\ncommand=x\nsocket=unix:///tmp/q\nVALUE\n", []string{
		"user=root", "user=nobody", "socket_owner=root:root", "socket_mode=0660", "socket_backlog=5", "socket_owner=root", "socket_backlog=x", "socket_backlog=0", "socket_backlog=65536", "socket_backlog=65535",
		"socket_owner=", "socket_owner=nosuch", "socket_mode=", "socket_mode=9", "user=nosuch", "user=99999", "socket=tcp://h:1\nsocket_mode=0700", "socket=foo\nsocket_owner=root", "socket=tcp://h:0\nsocket_mode=0700",
		"socket=tcp://h:1\nuser=root", "socket_mode=9\nsocket_owner=nosuch\nsocket_backlog=0\nstartsecs=x", "priority=x", "startsecs=x", "numprocs=2\nprocess_name=%(process_num)d", "priority=%(program_name)s", "numprocs=0"}},
	{"events", daemonHeader + "[eventlistener:a]\ncommand=x\nevents=VALUE\n", []string{
		"tick", "TICK,", "TICK,,EVENT", "", "Foo", "PROCESS_STATE_EXITED,TICK_5", "TICK TICK_5", "TICK,TICK", " tick , event ", "TICK\n ,EVENT", "TICK\n EVENT", "tick_60,foo", "PROCESS_STATE_CHANGE", "PROCESS_GROUP",
		"SUPERVISOR_STATE_CHANGE_RUNNING,PROCESS_COMMUNICATION_STDERR,PROCESS_LOG,REMOTE_COMMUNICATION", "%(x)s", "PROCESS_STATE_UNKNOWN"}},
	{"listener", daemonHeader + "[eventlistener:a]\ncommand=x\nevents=TICK\nVALUE\n", []string{
		"", "buffer_size=x", "buffer_size=-1", "buffer_size=0", "buffer_size=1", "result_handler=supervisor.dispatchers:default_handler", "result_handler=foo:bar", "redirect_stderr=true", "redirect_stderr=x",
		"stdout_capture_maxbytes=5\nstdout_events_enabled=true\nstdout_syslog=true\nstderr_capture_maxbytes=6\nstderr_events_enabled=true", "priority=5", "priority=x", "stdout_logfile=syslog\nstderr_logfile_maxbytes=0",
		"numprocs=3\nprocess_name=%(program_name)s_%(process_num)d", "buffer_size=0\nresult_handler=f:g\nevents=x\nredirect_stderr=1\nstartsecs=x", "result_handler=f:g\nevents=x", "events=\nredirect_stderr=x", "events=x\nredirect_stderr=x", "startsecs=x"}},
	{"dialect", "VALUE", []string{
		"", " \n", "x", "[", "[]", "[]\n", "[supervisord", "[supervisord]x\ny", "[supervisord]\n=x\n  y=z\nb", "[supervisord]\n:x\n", "[supervisord]\n[program:a\n", "[supervisord]\n[]\n",
		"[supervisord]\n[] = 3\n", "[supervisord]\n\ta\n", "[supervisord]\na\n b\n", "[supervisord]\na=1\nb\n c\n", "[supervisord]\rfoo\r\nbar\x0bx\n", "[supervisord]\n\x0c\x1d\nfoo\u0085bar",
		"[supervisord]\nx\u0085y=3\n\u2028", "[supervisord]\n" + strings.Repeat("\n", 1000) + "it's\nboth\"'\n", " [supervisord]\n  nodaemon=x", "[supervisord] ; c\nnodaemon = x ; y\n", "[supervisord]\nnodaemon\n=x\n",
		"[supervisord]\nnodaemon  \n  =x\n", "[supervisord]\nnodaemon:x=y", "[supervisord]\nnodaemon=x:y", "[supervisord]\nNoDaemon = x", "[DEFAULT]\nnodaemon=x\n[supervisord]\n", "[DEFAULT]\nnodaemon=x\n",
		"[DEFAULT]\ncommand=x\n[supervisord]\n[program:a]\n", "[supervisord]\nnodaemon=a\n\n\n b\n\n\n", "[supervisord]\nnodaemon=a\n # x\n b\n;c\n  ;d\n c", "[supervisord]\nnodaemon=a\n #x\n\n #y\n b",
		"[supervisord]\nnodaemon=\n a\n", "[supervisord]\nnodaemon=;x\n", "[supervisord]\nnodaemon=a;b c ;d #e\n", "[supervisord]\nnodaemon=a\u00a0;b\n", "[supervisord]\nnodaemon=a;;b ;c\n",
		"[supervisord]\nnodaemon=a#;b ;c#d #e", "[supervisord]\nnodaemon=a\n[DEFAULT]\n nodaemon=b\nsilent=q\n", "[Supervisord]\n", "[supervisord]\n[program:a]\ncommand=x\n  startsecs=5\n",
		"[supervisord]\nnodaemon=a\n  [program:x]\n", "[supervisord]\r\nnodaemon=true\r\n[program:a]\r\ncommand=x\r\n  y\r\n", "nodaemon=true\n[supervisord]\n", "; c\n# d\n\nx=1\n",
		"[supervisord]\nx\ny\nz=1\nw\n", "[supervisord]\n;\xe9 x", "[supervisord]\n;\xe9\xa0x", "[supervisord]\n;\xff\n", "[supervisord]\n;\x80\n", "[supervisord]\n;\xc0\x80\n", "[supervisord]\n;\xed\xa0\x80\n",
		"[supervisord]\n;\xf4\x90\x80\x80\n", "[supervisord]\n;\xf0\x9f\x98x\n", "[supervisord]\n;\xf0\x9fx\n", "[supervisord]\n;\xf8\x88\x80\n"}},
	{"include", daemonHeader + "[include]\nfiles=VALUE\n", []string{
		"inc/a.conf", "inc/[a-b].conf", "inc/b.conf", "inc/c.conf", "inc/*.nope nope2", "inc/dir.conf", "inc/a.conf inc/a.conf", "inc/utf.conf", "inc/nosect.conf", "inc/inc.conf", "inc/sd.conf", "",
		"%(here)s/inc/a.conf", "%(ENV_HOME)s/%(host_node_name)s/*.conf", "%(foo)s", "~/x", "inc/{a,b}.conf", "inc/../inc/a.conf", "inc//a.conf", "inc", "inc/.*", "inc/.h*", "inc/a.conf\n inc/inc.conf", "inc/a.conf ; comment",
		"%%", "inc/a*", "inc/[!bcnsu]*.conf", "inc/?.conf", "*/a.conf", "[i]nc/sub/", "./inc/a.conf", "inc/a.conf/", "inc//a*", "inc/[", "inc/[]a].conf", "inc/**/s.conf", "inc/**", "inc/*/*", "inc/def.conf", "inc/group.conf", "inc/grouped.conf inc/a.conf"}},
	{"places of include", "VALUE", []string{
		"[supervisord]\n[include]\n", "[include]\nfiles=inc/sd.conf\n", "[include]\nfiles=inc/a.conf\n", "[include]\nfiles=nix\n", "[DEFAULT]\nfiles=inc/a.conf\n[supervisord]\n[include]\n",
		"[supervisord]\n[include]\nfiles=\n[program:q]\ncommand=x %(here)20s|\n", "[supervisord]\n[include]\nfiles=\n[inet_http_server]\nport=%(here)s\n", "[supervisord]\n[include]\nfiles=\n[program:q]\ncommand=x %%%(here)s\n",
		"[supervisord]\n[program:q]\ncommand=x %%(here)s\n", "[supervisord]\n[include]\nfiles=inc/def.conf\n[program:a]\ncommand=x\n", "[supervisord]\n[include]\nfiles=inc/k.conf\n[program:kk]\ncommand=x\nstartsecs=y",
		"[supervisord]\n[program:kk]\ncommand=x %(here)s\nstartsecs=9\n[include]\nfiles=inc/k.conf\n", "[supervisord]\n[include]\nfiles=\n[program:a]\ncommand=%(here)s %(foo)s", "[supervisord]\n[program:a]\ncommand=x\n[include]\nfiles=inc/group.conf"}},
}

// included are the files that the cases include.
var included = map[string]string{
	"a.conf": "[program:a]\ncommand=%(here)s/x\n", ".hid.conf": "[program:hid]\ncommand=x\n", "b.conf": "[program:b]\ncommand=x\nstartsecs=x\n",
	"c.conf": "[program:c]\ncommand\n", "sub/s.conf": "[program:s]\ncommand=x %(here)s\n", "nosect.conf": "x=y\n", "utf.conf": "[program:u]\ncommand=\xe9 x\n",
	"dir.conf/x": "", "inc.conf": "[include]\nfiles=zzz\n[program:i]\ncommand=x\n", "sd.conf": "[supervisord]\nidentifier=inc\n",
	"def.conf": "[DEFAULT]\nstartsecs=7\ndirectory=r%(here)s\n", "k.conf": "[program:kk]\nstartsecs=1\ndirectory=%(here)s\n",
	"group.conf": "[group:g]\nprograms=a\n", "grouped.conf": "[group:h]\nprograms=a\n",
}

// Every case comes out as with the reference.
func TestCases(t *testing.T) {
	r := startReference(t)
	root := t.TempDir()
	for name, text := range included {
		writeFile(t, filepath.Join(root, "inc", name), text)
	}
	file := filepath.Join(root, "supervisord.conf")
	env := environment()
	env["ONE"], env["BLANK"], env["PERCENT"] = "1", " ", "50% %(here)s %%"
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for _, value := range c.values {
				text := strings.ReplaceAll(c.file, "VALUE", value)
				writeFile(t, file, text)
				failed := t.Failed()
				r.same(t, request{File: file, Cwd: root, Env: env})
				r.same(t, request{File: "./supervisord.conf", Cwd: root, Env: env})
				if t.Failed() && !failed {
					t.Logf("first in\n%s", text)
				}
			}
		})
	}
}

// Every case of the client comes out as with the reference.
func TestClientCases(t *testing.T) {
	r := startReference(t)
	root := t.TempDir()
	file := filepath.Join(root, "supervisord.conf")
	for i, text := range []string{
		"[supervisorctl]\n", "", "[supervisorctl]\nserverurl=unix://rel.sock", "[supervisorctl]\nserverurl=unix:///x/../y", "[supervisorctl]\nserverurl=http://h:1/x", "[supervisorctl]\nserverurl=foo",
		"[supervisorctl]\nserverurl=", "[supervisorctl]\nserverurl=%(here)s", "[supervisorctl]\nserverurl=unix://~/x", "[supervisorctl]\nserverurl=unix://%(here)s/x", "[supervisorctl]\nprompt=%(here)s",
		"[supervisorctl]\nprompt=%(ENV_HOME)s", "[supervisorctl]\nprompt=%(host_node_name)s", "[supervisorctl]\nprompt=", "[supervisorctl]\nhistory_file=~/h", "[supervisorctl]\nhistory_file=rel",
		"[supervisorctl]\nhistory_file=", "[supervisorctl]\nusername=u\npassword=p%%x", "[supervisorctl]\npassword=p", "[supervisorctl]\n[ctlplugin:a]\n", "[supervisorctl]\n[ctlplugin:a]\nsupervisor.ctl_factory=foo:bar\n",
		"[supervisorctl]\n[ctlplugin:a]\nsupervisor.ctl_factory=%(here)s\n", "x\n", "[supervisorctl]\nbroken\n", "[supervisorctl]\n[include]\nfiles=%(foo)s\n", "[supervisorctl]\nserverurl=UNIX:///x",
		"[supervisorctl]\nserverurl=%(q)s\nusername=%(w)s\npassword=%(e)s\nprompt=%(r)s\nhistory_file=%(t)s\n", "[supervisorctl]\nusername=%(w)s\npassword=%(e)s\nprompt=%(r)s\nhistory_file=%(t)s\n",
		"[supervisorctl]\nusername=%(w)s\npassword=%(e)s\nhistory_file=%(t)s\n", "[supervisorctl]\npassword=%(e)s\nhistory_file=%(t)s\n", "[supervisorctl]\nhistory_file=%(t)s\n[ctlplugin:a]", "[ctlplugin:a]\n",
		"[supervisorctl]\nserverurl=unix://", "[supervisorctl]\nserverurl=unix:x", "[supervisorctl]\nserverurl= http://x ",
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			writeFile(t, file, text)
			r.same(t, request{File: file, Cwd: root, Env: environment(), Ctl: true})
			if t.Failed() {
				t.Logf("in\n%s", text)
			}
		})
	}
}

// A file that is not there, or no file.
func TestNoFile(t *testing.T) {
	r := startReference(t)
	root := t.TempDir()
	for _, file := range []string{"nowhere.conf", root, "/dev/null/x"} {
		for _, ctl := range []bool{false, true} {
			r.same(t, request{File: file, Cwd: root, Env: environment(), Ctl: ctl})
		}
	}
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
