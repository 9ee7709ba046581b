//go:build linux

package ctldiff

// autostarted is how many processes of the configuration start by themselves.
const autostarted = 7

// configuration is what both daemons start with.
const configuration = common + `
[program:gone]
command=/bin/cat
startsecs=0
[program:changing]
command=/bin/cat
startsecs=0
`

const common = `
[unix_http_server]
file=DIR/s
[inet_http_server]
port=127.0.0.1:PORT
username=us
password=p:w
[supervisord]
logfile=DIR/log
pidfile=DIR/pid
childlogdir=DIR
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://DIR/s
prompt=ours
[program:stubborn]
command=/bin/sh -c 'trap "" TERM; read x <DIR/fifo'
startsecs=0
stopwaitsecs=600
autorestart=false
priority=1
[program:cat]
command=/bin/cat
startsecs=0
[program:off]
command=/bin/cat
startsecs=0
autostart=false
[program:nofile]
command=DIR/nothing
autostart=false
[program:noexec]
command=DIR/text
autostart=false
[program:quick]
command=/bin/false
autostart=false
startretries=0
startsecs=60
[program:many]
command=/bin/cat
process_name=number_%(process_num)d_with_a_rather_long_name
numprocs=2
startsecs=0
[program:ga]
command=/bin/cat
startsecs=0
[program:gb]
command=/bin/cat
startsecs=0
autostart=false
[group:g]
programs=gb,ga
priority=5
[program:talker]
command=/bin/cat
autostart=false
startsecs=0
stdout_logfile=DIR/talker.log
stderr_logfile=DIR/talker.err
[program:silent]
command=/bin/cat
autostart=false
startsecs=0
stdout_logfile=NONE
[eventlistener:listen]
command=/bin/cat
events=TICK_3600
autostart=false
`

// reconfigured has one group less, one more and one changed.
const reconfigured = common + `
[program:changing]
command=/bin/cat -u
startsecs=0
[program:newcomer]
command=/bin/cat
startsecs=0
`

const badConfiguration = common + "[program:bad]\ncommand=/bin/cat\nstartsecs=x\n"

// step is one line of the script.
type step struct {
	id     string
	line   string
	stdin  string // with an empty line: what is typed into the shell
	before func(*side) error
	better *outcome // what we do instead, if the reference does worse

	anyOrder bool // of the lines: processes that end at the same time do so in any order
}

func configure(text string) func(*side) error {
	return func(s *side) error { return s.configure(text) }
}

var script = []step{
	{id: "CTL-020 CTL-021 CTL-022", line: "status"},
	{id: "CTL-023", line: "status g:gb cat g:* many: all:x"},
	{id: "CTL-023", line: "status nope all"},
	{id: "CTL-024", line: "status nope nope:* g:nope : a:b:c :cat"},
	{id: "CTL-025", line: "status off nope"},
	{id: "CTL-026", line: "status many"},
	{id: "CTL-022", line: "status cat cat:cat"},
	{id: "CTL-030", line: "pid"},
	{id: "CTL-030", line: "pid all"},
	{id: "CTL-031", line: "pid cat nope off g:*"},
	{id: "CTL-047", line: "start"},
	{id: "CTL-041", line: "start cat cat:cat g:ga"},
	{id: "CTL-042 CTL-043 CTL-044 CTL-045 CTL-050", line: "start nofile noexec quick nope a:b:c : cat:cat:x"},
	{id: "CTL-044", line: "start quick"},
	{id: "CTL-046 CTL-050", line: "start nope:* cat"},
	{id: "CTL-048", line: "start g:*"},
	{id: "CTL-048", line: "start g:"},
	{id: "CTL-063", line: "stop"},
	{id: "CTL-060 CTL-061 CTL-062", line: "stop off cat off nope g:nope"},
	{id: "CTL-062", line: "stop nope:*"},
	{id: "CTL-064", line: "stop many:* many:*", anyOrder: true},
	{id: "CTL-040", line: "start cat many:number_0_with_a_rather_long_name"},
	{id: "CTL-072", line: "restart"},
	{id: "CTL-070 CTL-071", line: "restart cat off nope nope:* quick"},
	{id: "CTL-083", line: "signal HUP"},
	{id: "CTL-080 CTL-081 CTL-082", line: "signal WINCH cat nope nope:* nofile"},
	{id: "CTL-081", line: "signal FOO cat g:*"},
	{id: "CTL-084", line: "signal 28 g:*"},
	{id: "CTL-090", line: "clear"},
	{id: "CTL-090", line: "clear cat nope nope:x many:number_0_with_a_rather_long_name"},
	{id: "clear of a group", line: "clear nope:*", better: &outcome{"nope: ERROR (no such group)\n", "", 1}},
	{id: "CTL-100", line: "tail talker"},
	{id: "CTL-101", line: "tail -9 talker"},
	{id: "CTL-101", line: "tail -0 talker StdErr"},
	{id: "CTL-101", line: "tail --6 talker"},
	{id: "CTL-102", line: "tail"},
	{id: "CTL-102", line: "tail talker stdout x y"},
	{id: "CTL-102", line: "tail -f talker stdout x"},
	{id: "CTL-102", line: "tail talker foo"},
	{id: "CTL-102", line: "tail talker stderr it's"},
	{id: "CTL-102", line: "tail talker x stderr"},
	{id: "CTL-102", line: "tail -x talker"},
	{id: "CTL-102", line: "tail -5"},
	{id: "CTL-102", line: "tail - talker"},
	{id: "CTL-103", line: "tail silent"},
	{id: "CTL-103", line: "tail g:*"},
	{id: "CTL-106", line: "tail -f nope", better: &outcome{"==> Press Ctrl-C to exit <==\n", "unix://DIR/s/logtail/nope/stdout Cannot read, status code 404\n", 1}},
	{id: "CTL-110", line: "maintail -11"},
	{id: "CTL-110", line: "maintail x"},
	{id: "CTL-120", line: "fg"},
	{id: "CTL-120", line: "fg cat off"},
	{id: "CTL-120", line: "fg nope"},
	{id: "CTL-120", line: "fg nofile"},
	{id: "CTL-130 CTL-132", line: "avail"},
	{id: "CTL-131", line: "avail x"},
	{id: "CTL-152", line: "add"},
	{id: "CTL-152", line: "remove"},
	{id: "CTL-150", line: "add cat nope"},
	{id: "CTL-151", line: "remove cat nope nofile"},
	{id: "CTL-170", line: "update"},
	{id: "CTL-140", line: "reread"},
	{id: "CTL-143", line: "reread x"},
	{id: "CTL-164", line: "update all"},
	{id: "CTL-166", line: "update nope cat"},
	{id: "CTL-141", line: "reread", before: configure(reconfigured)},
	{id: "CTL-130", line: "avail"},
	{id: "CTL-165", line: "update gone nope"},
	{id: "CTL-160 CTL-161 CTL-162 CTL-163", line: "update", before: configure(configuration + "[program:late]\ncommand=/bin/cat\nstartsecs=0\n")},
	{id: "CTL-160 CTL-161 CTL-162 CTL-163", line: "update", before: configure(reconfigured)},
	{id: "CTL-142", line: "reread", before: configure(badConfiguration)},
	{id: "CTL-169", line: "update", better: &outcome{
		"ERROR: CANT_REREAD: invalid literal for int() with base 10: 'x' in section 'program:bad' (file: 'DIR/supervisord.conf')\n", "", 1}},
	{id: "CTL-168", line: "status", before: configure(reconfigured)},
	{id: "CTL-180", line: "version"},
	{id: "CTL-180", line: "version x"},
	{id: "CTL-181", line: "shutdown x"},
	{id: "CTL-184", line: "reload x"},
	{id: "CTL-186", line: "open foo"},
	{id: "CTL-186", line: "open"},
	{id: "CTL-186", line: "open unix://DIR/s"},
	{id: "CTL-186", line: "open unix://DIR/none"},
	{id: "CTL-187", line: "quit"},
	{id: "CTL-187", line: "exit now"},
	{id: "CTL-188", line: "help"},
	{id: "CTL-188", line: "help nope"},
	{id: "CTL-188", line: "help start"},
	{id: "CTL-188", line: "help restart"},
	{id: "CTL-188", line: "help signal"},
	{id: "CTL-188", line: "help help"},
	{id: "CTL-188", line: "help start stop"},
	{id: "CTL-194", line: "?status"},
	{id: "CTL-194", line: "!ls"},
	{id: "CTL-017", line: "nonsense with words"},
	{id: "CTL-018", line: ""},
	{id: "CTL-195", line: "version; pid"},
	{id: "CTL-002", line: "-x"},
	{id: "CTL-002", line: "--version"},
	{id: "CTL-002", line: "-i -i status"},
	{id: "CTL-002", line: "-s"},
	{id: "CTL-003", line: "-s foo version"},
	{id: "CTL-003", line: "--server=unix:// version"},
	{id: "CTL-004", line: "-s http://127.0.0.1:PORT -u us -p p:w version"},
	{id: "CTL-005", line: "-s http://127.0.0.1:PORT -u us -p p:w tail -3 talker"},
	{id: "CTL-014", line: "-s http://127.0.0.1:PORT -u us -p wrong version",
		better: &outcome{"Server requires authentication\n", "", 1}},
	{id: "CTL-008", line: "-s unix://DIR/none pid"},
	{id: "CTL-008", line: "-s unix://DIR/none status"},
	{id: "CTL-008", line: "-s unix://DIR/none avail"},
	{id: "CTL-007", line: "-s unix://DIR/text start"},
	{id: "CTL-007", line: "-s http://127.0.0.1:1 tail"},
	{id: "CTL-007", line: "-s http://127.0.0.1:1 reread"},
	{id: "CTL-010", line: "-s http://name.invalid status"},
	{id: "CTL-011", line: "-s ftp://x status"},
	{id: "CTL-011", line: "-s x:y shutdown"},
	{id: "CTL-183", line: "-s http://127.0.0.1:1 shutdown"},
	{id: "CTL-190 CTL-191", stdin: "version\n\n  pid cat\nnonsense\nstart\n!ls\n?version\nhelp\nopen foo\nversion"},
	{id: "CTL-185", stdin: "shutdown\nn\nreload\n\nversion\n"},
	{id: "CTL-187", stdin: "quit\nversion\n"},
	{id: "CTL-186", stdin: "open unix://DIR/none\npid\nopen unix://DIR/s\npid nope\n"},

	// The daemon does not end before the stubborn program does.
	{id: "CTL-181", line: "shutdown"},
	{id: "CTL-182", line: "shutdown"},
	{id: "CTL-182", line: "reload"},
	{id: "CTL-016", line: "status"},
	{id: "CTL-016", line: "start cat"},
	{id: "CTL-016", line: "tail -f talker"},
	{id: "CTL-016", line: "remove cat"},
	{id: "avail while shutting down", line: "avail"},
	{id: "reread while shutting down", line: "reread"},
	{id: "update while shutting down", line: "update"},
	{id: "add while shutting down", line: "add cat"},
	{id: "CTL-183", line: "shutdown", before: waitForEnd},
	{id: "CTL-008", line: "status"},
}
