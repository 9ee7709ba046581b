package config

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

const imageFile = `
[supervisord]
environment=A="1",B="two"
loglevel=blather
identifier=me
user=0
[unix_http_server]
file=/tmp/x.sock
chmod=0770
username=u
password=p
[inet_http_server]
port=127.0.0.1:1234
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[program:p]
command=/bin/p "a b"
process_name=%(program_name)s_%(process_num)d
numprocs=2
exitcodes=0,2
umask=027
user=0
stopsignal=KILL
stdout_logfile=/tmp/x.log
stdout_capture_maxbytes=1KB
environment=C="3"
[program:none]
command=/bin/none
exitcodes=
[fcgi-program:f]
command=/bin/f
socket=unix:///tmp/%(program_name)s.sock
process_name=%(process_num)d
numprocs=3
[eventlistener:l]
command=/bin/l
events=TICK_5,PROCESS_STATE
buffer_size=7
payload_length=bytes
`

func loadImageFile(t *testing.T) *Config {
	t.Helper()
	file := filepath.Join(t.TempDir(), "supervisord.conf")
	if err := os.WriteFile(file, []byte(imageFile), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(Source{File: file, Cwd: "/", Env: []string{"HOME=/root"}, Hostname: "node"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// What one process writes another one reads as the same, to the last pointer.
func TestImage(t *testing.T) {
	c := loadImageFile(t)
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var again Config
	if err := json.Unmarshal(text, &again); err != nil {
		t.Fatal(err)
	}
	c.inputs = inputs{} // whoever goes on looks at the files anew
	if !reflect.DeepEqual(*c, again) {
		second, _ := json.Marshal(again)
		t.Errorf("was\n%s\nis\n%s", text, second)
	}
	if diff := Compare(c.Groups, again.Groups); len(diff.Added)+len(diff.Changed)+len(diff.Removed) > 0 {
		t.Errorf("the groups differ: %+v", diff)
	}
	for _, g := range again.Groups {
		if g.Name == "f" && (g.Processes[0].Socket == nil || g.Processes[0].Socket != g.Processes[2].Socket) {
			t.Error("the processes no longer share their socket")
		}
	}
}

// An option that the writer does not know has its default, not nothing; one that
// only the writer knows is passed over.
func TestImageOfAnotherVersion(t *testing.T) {
	text := `{"File": "/etc/x.conf", "Later": {"A": [1]},
		"Daemon": {"PIDFile": "/p", "Later": 1},
		"Groups": [{"Name": "g", "Later": true, "Processes": [{"Name": "p", "Command": "c", "Later": "x"}]},
			{"Name": "l", "Kind": 2, "Pool": {"Events": ["TICK_5"]}, "Processes": []}]}`
	var c Config
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		t.Fatal(err)
	}
	p := c.Groups[0].Processes[0]
	if p.Name != "p" || p.Command != "c" || !p.Autostart || p.Autorestart != IfUnexpected || p.StartRetries != 3 ||
		p.StopWait == 0 || !reflect.DeepEqual(p.ExitCodes, []int{0}) || !p.Stdout.Log.Auto || p.Stdout.Backups != 10 {
		t.Errorf("the process is %+v", p)
	}
	if d := c.Daemon; d.PIDFile != "/p" || d.MinFDs != 1024 || d.Identifier != "supervisor" || d.LogBackups != 10 {
		t.Errorf("the daemon is %+v", d)
	}
	if pool := c.Groups[1].Pool; pool == nil || pool.BufferSize != 10 || len(pool.Events) != 1 {
		t.Errorf("the pool is %+v", pool)
	}
	err := json.Unmarshal([]byte(strings.Replace(text, "TICK_5", "TICK_7", 1)), &c)
	if err == nil || !strings.Contains(err.Error(), "TICK_7") {
		t.Errorf("an unknown event type: %v", err)
	}
}

func FuzzImage(f *testing.F) {
	f.Add([]byte(`{"Daemon": {}, "Groups": [{"Kind": 2, "Processes": [{"Socket": {}}]}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var c Config
		if json.Unmarshal(text, &c) != nil {
			return
		}
		if _, err := json.Marshal(c); err != nil {
			t.Errorf("cannot write again what was read: %v", err)
		}
	})
}
