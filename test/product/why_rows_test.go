//go:build linux

package product

// mysqld is what lets a mysqld do with an empty directory.
const mysqld = "--no-defaults --skip-grant-tables --datadir=$DIR/data --socket=$DIR/data/mysqld.sock --pid-file=$DIR/data/mysqld.pid --port=$PORT --bind-address=127.0.0.1"

// limitMemory makes a control group of either version that has little memory,
// and leaves its name in the file group.
const limitMemory = `
group=/sys/fs/cgroup/memory/why-$PORT file=memory.limit_in_bytes
test -d /sys/fs/cgroup/memory || group=/sys/fs/cgroup/why-$PORT file=memory.max
mkdir $group || exit
echo $group >group
echo 192M >$group/$file || { rmdir $group; exit 1; }
for file in memory.swap.max memory.swappiness; do # swap would be memory, too
	test -e $group/$file && echo 0 >$group/$file
done
true
`

// brokenSetups are the set-ups of TestWhy.
var brokenSetups = []broken{
	// It cannot be executed.
	{
		title: "The program is in no directory of the PATH", state: "FATAL", cause: "no-such-program", says: "PATH=/opt/app/bin",
		config: "command=sleep 1000\nenvironment=PATH=\"/opt/app/bin\"\nstartretries=0",
	}, {
		title: "The path of the program is mistyped", state: "FATAL", cause: "no-such-program", says: "There is no program /usr/bin/slep",
		config: "command=/usr/bin/slep 1000\nstartretries=0",
	}, {
		title: "The command has a quote too many", state: "FATAL", cause: "bad-command", says: "cannot split the command",
		config: "command=sh -c 'exec sleep 1000\nstartretries=0",
		hand:   `sed -i "s/'exec sleep 1000/'exec sleep 1000'/" programs.conf`,
	}, {
		title: "The program may not be executed by anybody", state: "FATAL", cause: "not-executable", says: "nobody may execute",
		config: "command=$DIR/app.sh\nstartretries=0",
		files:  map[string]string{"app.sh": "#!/bin/sh\nexec sleep 1000\n"},
		before: "chmod 644 app.sh",
	}, {
		title: "A directory on the way to the program is closed to its user", root: true, state: "FATAL", cause: "not-permitted", says: "user nobody may not go through the directory .*/closed",
		config: "command=$DIR/closed/app.sh\nuser=nobody\nstartretries=0",
		files:  map[string]string{"closed/app.sh": "#!/bin/sh\nexec sleep 1000\n"},
		before: "chmod 700 closed",
	}, {
		title: "The script was written on Windows", state: "FATAL", cause: "crlf", says: "as on Windows",
		config: "command=$DIR/app.sh\nstartretries=0",
		files:  map[string]string{"app.sh": "#!/bin/sh\r\nexec sleep 1000\r\n"},
	}, {
		title: "The script was written on Windows and asks env for its interpreter", peer: "python3", state: "FATAL", cause: "crlf", says: "as on Windows",
		config: "command=$DIR/app.py\nstartretries=0",
		files:  map[string]string{"app.py": "#!/usr/bin/env python3\r\nimport time\r\ntime.sleep(1000)\r\n"},
	}, {
		title: "The interpreter of the script is somewhere else", peer: "python3", state: "FATAL", cause: "no-interpreter", says: "/opt/python/bin/python3",
		config: "command=$DIR/app.py\nstartretries=0",
		files:  map[string]string{"app.py": "#!/opt/python/bin/python3\nimport time\ntime.sleep(1000)\n"},
	}, {
		title: "The script does not say what it is for", state: "FATAL", cause: "no-interpreter-line", says: "a first line like #!/bin/sh",
		config: "command=$DIR/app\nstartretries=0",
		files:  map[string]string{"app": "exec sleep 1000\n"},
		before: "chmod 755 app",
	}, {
		title: "The directory to run in does not exist", state: "FATAL", cause: "bad-directory", says: "/data does not exist",
		config: "command=sleep 1000\ndirectory=$DIR/data\nstartretries=0",
	}, {
		title: "The directory to run in is closed to the user", root: true, state: "FATAL", cause: "bad-directory", says: "user nobody may not go through the directory",
		config: "command=sleep 1000\ndirectory=$DIR/data\nuser=nobody\nstartretries=0",
		before: "mkdir -m 700 data",
	},

	// It goes to the background.
	{
		title: "nginx goes to the background", peer: "nginx", state: "FATAL|EXITED", cause: "background", says: "daemon off;",
		config: "command=nginx -p $DIR -e stderr -c nginx.conf\nstartretries=0",
		files: map[string]string{"nginx.conf": "pid nginx.pid;\nworker_processes 1;\nevents {}\nhttp {\n" +
			"access_log off; client_body_temp_path temp; proxy_temp_path temp; fastcgi_temp_path temp; uwsgi_temp_path temp; scgi_temp_path temp;\n" +
			"server { listen 127.0.0.1:$PORT; return 200 ok; }\n}\n"},
	}, {
		title: "nginx goes to the background, and is in its own way when it is tried again", peer: "nginx", state: "FATAL|EXITED", cause: "background", says: "An earlier start left that behind",
		config: "command=nginx -p $DIR -e stderr -c nginx.conf\nstartretries=1\nstartsecs=20",
		files: map[string]string{"nginx.conf": "pid nginx.pid;\nworker_processes 1;\nevents {}\nhttp {\n" +
			"access_log off; client_body_temp_path temp; proxy_temp_path temp; fastcgi_temp_path temp; uwsgi_temp_path temp; scgi_temp_path temp;\n" +
			"server { listen 127.0.0.1:$PORT; return 200 ok; }\n}\n"},
	}, {
		title: "redis-server goes to the background", peer: "redis-server", state: "FATAL|EXITED", cause: "background", says: "--daemonize no",
		config: "command=redis-server --port $PORT --bind 127.0.0.1 --save \"\" --dir $DIR --daemonize yes\nstartretries=0",
	}, {
		title: "php-fpm goes to the background", peer: "php-fpm[0-9]*", state: "FATAL|EXITED", cause: "background", says: "--nodaemonize",
		config: "command=$PEER --fpm-config $DIR/fpm.conf\nstartretries=0",
		files:  map[string]string{"fpm.conf": "[global]\nerror_log=/dev/null\npid=$DIR/fpm.pid\n[www]\nlisten=127.0.0.1:$PORT\nuser=nobody\npm=static\npm.max_children=1\n"},
		root:   true,
	}, {
		title: "apache2 goes to the background", peer: "apache2", state: "FATAL|EXITED", cause: "background", says: "-D FOREGROUND",
		config: "command=apache2 -f $DIR/apache.conf -k start\nstartretries=0",
		files: map[string]string{"apache.conf": "ServerRoot $DIR\nServerName localhost\nListen 127.0.0.1:$PORT\nPidFile $DIR/apache.pid\nErrorLog $DIR/error.log\n" +
			"Mutex file:$DIR\nUser nobody\nGroup nogroup\nLoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so\n" +
			"LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so\n"},
		root: true,
	}, {
		title: "sshd goes to the background", peer: "sshd", root: true, state: "FATAL|EXITED", cause: "background", says: "-D -e",
		config: "command=/usr/sbin/sshd -f $DIR/sshd.conf\nstartretries=0",
		files:  map[string]string{"sshd.conf": "Port $PORT\nListenAddress 127.0.0.1\nHostKey $DIR/key\nPidFile $DIR/sshd.pid\n"},
		before: "mkdir -p /run/sshd; ssh-keygen -q -t ed25519 -N '' -f key",
	}, {
		// The cron of a test carries out nothing of the machine's, and does not
		// stumble over the machine's own.
		title: "cron goes to the background", peer: "cron", root: true, state: "FATAL|EXITED", cause: "background", says: "cron -f",
		config: "command=cron\nstartretries=0",
		needs:  "unshare --mount true",
		around: `exec unshare --mount sh -c 'for dir in /run /etc/cron.d /var/spool/cron; do mount -t tmpfs none $dir || exit; done; mount --bind /dev/null /etc/crontab && exec "$@"' sh "$@"`,
	}, {
		title: "A shell puts mysqld into the background", peer: "mysqld", root: true, state: "FATAL|EXITED", cause: "shell-background", says: "exec mysqld",
		config: "command=sh -c 'mysqld " + mysqld + " --user=root >$DIR/mysqld.log 2>&1 &'\nstartretries=0",
		before: "mkdir data",
	}, {
		title: "MariaDB's mysqld is told to go to the background as MySQL's is", peer: "mysqld", root: true, state: "FATAL|EXITED", cause: "usage", says: "does not know the option --daemonize",
		config: "command=mysqld " + mysqld + " --user=root --daemonize\nstartretries=0\nstartsecs=3\nautorestart=false",
		before: "mkdir data",
	}, {
		// The user mysql is there only where all of MariaDB is installed.
		title: "mysqld refuses to run as root", peer: "mysqld", root: true, state: "FATAL|EXITED", cause: "not-as-root", says: "user=mysql",
		config: "command=mysqld " + mysqld + "\nstartretries=0\nstartsecs=3\nautorestart=false",
		needs:  "unshare --mount true",
		before: "mkdir data; sed /^mysql:/d /etc/passwd >passwd; echo mysql:x:4711:4711::/nonexistent:/bin/false >>passwd; chown -R 4711 data",
		around: `exec unshare --mount sh -c 'mount --bind passwd /etc/passwd && exec "$@"' sh "$@"`,
	}, {
		title: "memcached goes to the background", peer: "memcached", state: "FATAL|EXITED", cause: "background", says: "memcached -l 127.0.0.1",
		config: "command=memcached -d -l 127.0.0.1 -p $PORT -u nobody\nstartretries=0",
	}, {
		title: "haproxy goes to the background", peer: "haproxy", state: "FATAL|EXITED", cause: "background", says: "-db",
		config: "command=haproxy -D -f $DIR/haproxy.conf\nstartretries=0",
		files:  map[string]string{"haproxy.conf": "global\n maxconn 10\ndefaults\n mode tcp\n timeout client 5s\n timeout server 5s\n timeout connect 5s\nlisten app\n bind 127.0.0.1:$PORT\n server one 127.0.0.1:$PORT2\n"},
	}, {
		title: "dnsmasq goes to the background", peer: "dnsmasq", root: true, state: "FATAL|EXITED", cause: "background", says: "--keep-in-foreground",
		config: "command=dnsmasq --conf-file=/dev/null --port=$PORT --listen-address=127.0.0.1 --bind-interfaces --pid-file=$DIR/dnsmasq.pid --user=nobody --no-resolv\nstartretries=0",
	}, {
		title: "gunicorn goes to the background", peer: "gunicorn", state: "FATAL|EXITED", cause: "background", says: "gunicorn --chdir",
		config: "command=gunicorn --daemon --chdir $DIR --bind 127.0.0.1:$PORT app:app\nstartretries=0",
		files:  map[string]string{"app.py": "def app(environ, start_response):\n    start_response('200 OK', [])\n    return [b'ok']\n"},
	}, {
		title: "rsyslogd goes to the background", peer: "rsyslogd", root: true, state: "FATAL|EXITED", cause: "background", says: "rsyslogd.* -n",
		config: "command=rsyslogd -f $DIR/rsyslog.conf -i $DIR/rsyslog.pid\nstartretries=0",
		files:  map[string]string{"rsyslog.conf": "module(load=\"imudp\")\ninput(type=\"imudp\" address=\"127.0.0.1\" port=\"$PORT\")\n*.* $DIR/all.log\n"},
	}, {
		title: "vsftpd goes to the background", peer: "vsftpd", root: true, state: "FATAL|EXITED", cause: "background", says: "-obackground=NO",
		config: "command=vsftpd $DIR/vsftpd.conf\nstartretries=0",
		files:  map[string]string{"vsftpd.conf": "listen=YES\nlisten_address=127.0.0.1\nlisten_port=$PORT\nbackground=YES\nsecure_chroot_dir=$DIR\n"},
	}, {
		title: "The command of a shell ends with &", state: "FATAL|EXITED", cause: "shell-background", says: "exec sleep 1000",
		config: "command=sh -c 'sleep 1000 &'\nstartretries=0",
	}, {
		title: "A script starts the program in the background", state: "FATAL|EXITED", cause: "background", says: "pidproxy",
		config: "command=$DIR/run.sh\nstartretries=0",
		files:  map[string]string{"run.sh": "#!/bin/sh\nsleep 1000 &\n"},
		hand:   "sed -i 's/^sleep 1000 &/exec sleep 1000/' run.sh",
	}, {
		title: "A program of one's own goes to the background unless it is told not to", state: "FATAL|EXITED", cause: "background", says: "pidproxy",
		config: "command=sh $DIR/server --port 80\nstartretries=0",
		files:  map[string]string{"server": "case $* in *--nodaemon*) exec sleep 1000;; esac\nsleep 1000 &\n"},
		hand:   "sed -i 's/--port 80/& --nodaemon/' programs.conf",
	},

	// It ends.
	{
		title: "A script ends at once", state: "FATAL", cause: "ends-at-once", says: "a script that ends at once", well: "EXITED",
		config: "command=$DIR/once.sh\nstartretries=0",
		files:  map[string]string{"once.sh": "#!/bin/sh\necho done\n"},
	}, {
		title: "A job is done before startsecs are over", state: "FATAL", cause: "done-before-startsecs", says: "with startsecs=20", well: "EXITED",
		config: "command=sleep 2\nstartsecs=20\nstartretries=0",
	}, {
		title: "The port is taken", peer: "python3", state: "FATAL|EXITED", cause: "port-in-use", says: `listen on port \d+, where pid \d+`,
		config: "command=/usr/bin/python3 $DIR/listen.py --port $PORT\nstartretries=0\nstartsecs=10",
		files:  map[string]string{"listen.py": "import socket, sys, time\nlistener = socket.create_server(('127.0.0.1', int(sys.argv[2])))\nopen('listening', 'w').close()\ntime.sleep(1000)\n"},
		before: "(exec /usr/bin/python3 listen.py --port $PORT >/dev/null 2>&1 &) ; timeout 60 sh -c 'until test -e listening; do sleep 0.1; done'",
	}, {
		title: "Two programs want the same port", peer: "python3", state: "FATAL|EXITED", cause: "port-in-use", says: `listen on port \d+, where other \(pid \d+\) listens already`,
		config: "command=/usr/bin/python3 $DIR/listen.py --port $PORT\nautostart=false\nautorestart=false\nstartretries=0\nstartsecs=10\n[program:other]\ncommand=/usr/bin/python3 $DIR/listen.py --port $PORT",
		files:  map[string]string{"listen.py": "import socket, sys, time\nlistener = socket.create_server(('127.0.0.1', int(sys.argv[2])))\nopen('listening', 'w').close()\ntime.sleep(1000)\n"},
		then:   "timeout 60 sh -c 'until test -e listening; do sleep 0.1; done'; supervisorctl start app",
	}, {
		title: "A module of Python is missing", peer: "python3", state: "FATAL", cause: "missing-module", says: "the module flask_of_long_ago",
		config: "command=/usr/bin/python3 $DIR/app.py\nstartretries=0\nstartsecs=10",
		files:  map[string]string{"app.py": "import flask_of_long_ago\n"},
		hand:   "printf 'import time\\ntime.sleep(1000)\\n' > app.py",
	}, {
		title: "A file that the program needs does not exist", state: "FATAL", cause: "missing-file", says: "needs .*/app.log, which does not exist",
		config: "command=tail -f $DIR/app.log\nstartretries=0",
		hand:   "touch app.log",
	}, {
		title: "The program is started in the wrong directory", state: "FATAL", cause: "missing-file", says: "not in the directory of supervisord",
		config: "command=sh run.sh\nstartretries=0",
		files:  map[string]string{"web/run.sh": "exec sleep 1000\n"},
		hand:   "echo directory=$DIR/web >> programs.conf",
	}, {
		title: "The user may not read a file", root: true, state: "FATAL", cause: "no-permission", says: "runs as user nobody, may not use",
		config: "command=tail -f $DIR/app.log\nuser=nobody\nstartretries=0",
		before: "touch app.log; chmod 600 app.log",
	}, {
		title: "memcached refuses to run as root", peer: "memcached", root: true, state: "FATAL", cause: "not-as-root", says: "user=nobody",
		config: "command=memcached -l 127.0.0.1 -p $PORT\nstartretries=0",
	}, {
		title: "A shell does not find a command", state: "FATAL", cause: "shell-command-not-found", says: "does not find the command start-the-shop",
		config: "command=sh -c 'start-the-shop --now'\nstartretries=0",
		hand:   "sed -i 's/start-the-shop --now/exec sleep 1000/' programs.conf",
	}, {
		title: "The program ends with a status that has a meaning", state: "FATAL", cause: "exit-status", says: "EX_CONFIG",
		config: "command=$DIR/app.sh\nstartretries=0",
		files:  map[string]string{"app.sh": "#!/bin/sh\nexit 78\n"},
		hand:   "printf '#!/bin/sh\\nexec sleep 1000\\n' > app.sh",
	}, {
		title: "The program crashes", state: "FATAL", cause: "crash", says: "memory that is not its own",
		config: "command=$DIR/app.sh\nstartretries=0",
		files:  map[string]string{"app.sh": "#!/bin/sh\nulimit -c 0\nkill -SEGV $$\n"},
		hand:   "printf '#!/bin/sh\\nexec sleep 1000\\n' > app.sh",
	}, {
		title: "The program takes more memory than its control group has", peer: "python3", root: true, state: "FATAL|EXITED", cause: "out-of-memory", says: "may use 192M",
		config: "command=/usr/bin/python3 -c \"import time; open('/proc/self/oom_score_adj', 'w').write('1000'); hoard = b'x' * (250 << 20); time.sleep(1000)\"\nstartretries=0\nstartsecs=3\nautorestart=false",
		files:  map[string]string{"limit.sh": limitMemory},
		needs:  "sh limit.sh",
		around: `echo $$ >$(cat group)/cgroup.procs; echo -1000 >/proc/$$/oom_score_adj; exec "$@"`,
		after:  "timeout 60 sh -c 'until rmdir $(cat group); do sleep 0.1; done'",
	}, {
		title: "The program dies after startsecs, again and again", state: "RUNNING|EXITED|STARTING", cause: "dies-again-and-again", says: "will never give up", well: "FATAL",
		config: "command=$DIR/app.sh\nautorestart=true\nstartretries=0\nstartsecs=1",
		files:  map[string]string{"app.sh": "#!/bin/sh\nsleep 2\nexit 1\n"},
		then:   "timeout 120 sh -c 'until supervisorctl why app | grep -q \"again and again\"; do sleep 0.2; done'",
	}, {
		title: "The program has ended and is not started again", state: "EXITED", cause: "ended", says: "because autorestart=false says so",
		config: "command=sleep 2\nautorestart=false",
	},

	// It does not stop as it should, or was not started.
	{
		title: "A shell swallows the signal", state: "STOPPED", cause: "shell-swallows-signals", says: "went to the shell only",
		config: "command=sh -c 'sleep 1000; echo done'",
		then:   `timeout 60 sh -c 'until grep -qs "^[0-9]* (sleep) . $(supervisorctl pid app) " /proc/[0-9]*/stat; do sleep 0.1; done'; supervisorctl stop app`,
	}, {
		title: "The program does not heed the signal", peer: "python3", state: "STOPPED", cause: "killed-after-stopwaitsecs", says: "did not end within stopwaitsecs=1",
		config: "command=/usr/bin/python3 -c \"import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(1000)\"\nstopwaitsecs=1",
		then: "supervisorctl status app | grep -q STARTING && until supervisorctl status app | grep -q RUNNING; do sleep 0.1; done; " +
			"timeout 60 sh -c 'until grep -q \"^SigIgn:.*[4-7c-f]...$\" /proc/$(supervisorctl pid app)/status; do sleep 0.1; done'; supervisorctl stop app",
	}, {
		title: "The program waits to be started", state: "STOPPED", cause: "never-started", says: "autostart=false",
		config: "command=sleep 1000\nautostart=false",
	}, {
		title: "The program was stopped", state: "STOPPED", cause: "stopped", says: "stopped by request",
		config: "command=sleep 1000",
		then:   "supervisorctl stop app",
	}, {
		title: "The program was stopped, and its configuration changed since", state: "STOPPED", cause: "stopped", says: "not applied: command",
		config: "command=sleep 1000",
		then:   "supervisorctl stop app; sed -i 's/1000/2000/' programs.conf",
	}, {
		title: "The program waits to be started, and its configuration changed since", state: "STOPPED", cause: "never-started", says: "not applied: command",
		config: "command=/nonexistent\nautostart=false",
		then:   "sed -i 's,/nonexistent,sleep 1000,' programs.conf",
	}, {
		title: "The program runs with its old configuration", state: "RUNNING", cause: "running", says: "not applied: command",
		config: "command=sleep 1000",
		then:   "until supervisorctl status app | grep -q RUNNING; do sleep 0.1; done; sed -i 's/1000/2000/' programs.conf",
	},
}
