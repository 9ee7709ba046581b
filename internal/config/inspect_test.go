package config

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// Everything is found at once, in the order in which a load would find it.
func TestInspectFindsEverything(t *testing.T) {
	s := newSite(t, map[string]string{"F": `[supervisord]
loglevel=loud
nodaemon=ja
broken
[program:a]
command=x %(nothing)s
numprocs=3
startsecs=5s
user=no-such-user
[program:b]
environment=A=,B=2
[eventlistener:c]
command=x
events=TICK,TOCK
buffer_size=0
[group:g]
programs=a,z
[unix_http_server]
chmod=x
[inet_http_server]
port=0
username=u
[rpcinterface:x]
supervisor.rpcinterface_factory=a:b
more=1
`})
	in := Inspect(s.src)
	var got []string
	for _, e := range in.Errors {
		got = append(got, string(e.Code)+" "+e.Section+" "+e.Key)
	}
	want := []string{
		"syntax  ",
		"bad-value supervisord loglevel",
		"bad-value supervisord nodaemon",
		"python-extension rpcinterface:x supervisor.rpcinterface_factory",
		"bad-value program:a startsecs",
		"unknown-user program:a user",
		"no-process-num program:a process_name",
		"bad-expansion program:a command",
		"unknown-program group:g programs",
		"bad-value program:b environment",
		"missing-key program:b command",
		"bad-value eventlistener:c buffer_size",
		"unknown-event eventlistener:c events",
		"half-credentials inet_http_server ",
		"bad-value inet_http_server port",
		"missing-key unix_http_server file",
		"bad-value unix_http_server chmod",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("found\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if in.Texts[s.src.File] == "" || len(in.Files) != 1 {
		t.Errorf("files %v", in.Files)
	}
}

// What can be loaded is loaded by an inspection as well.
func TestInspectIsLoad(t *testing.T) {
	s := newSite(t, map[string]string{"F": daemonOnly + "[include]\nfiles=i\n", "i": "[program:b]\ncommand=x\nnumprocs=2\nprocess_name=%(process_num)s"})
	in := Inspect(s.src)
	c := s.must()
	c.inputs, in.Config.inputs = inputs{}, inputs{} // they were read at another time
	if len(in.Errors) > 0 || len(in.Files) != 2 || !reflect.DeepEqual(c, in.Config) {
		t.Errorf("errors %v, files %v", in.Errors, in.Files)
	}
}

// agree checks that an inspection says what a load says.
func agree(t *testing.T, src Source) {
	t.Helper()
	_, err := Load(src)
	in := Inspect(src)
	if (err == nil) != (len(in.Errors) == 0) {
		t.Fatalf("Load says %v, Inspect %v", err, in.Errors)
	}
	var e *Error
	if errors.As(err, &e) {
		first := in.Errors[0]
		if !strings.HasPrefix(e.Text, first.Text) || e.Where() != first.Where() || e.Code != first.Code {
			t.Fatalf("Load says %s %q, Inspect first %s %q", e.Where(), e.Text, first.Where(), first.Text)
		}
	}
	_, err = LoadCtl(CtlSource{File: src.File, Cwd: src.Cwd, Env: src.Env, UID: src.UID})
	if err != nil && len(in.Errors)+len(in.CtlErrors) == 0 || err == nil && len(in.CtlErrors) > 0 {
		t.Fatalf("LoadCtl says %v, Inspect %v", err, in.CtlErrors)
	}
}

func FuzzInspect(f *testing.F) {
	dir := f.TempDir()
	for _, seed := range []string{
		"", "x\n[supervisord]\n", "[supervisord]\nloglevel=x\nbroken\n", "\xff", "[supervisord]\n;\xe9\nx",
		"[supervisord]\n[program:a]\ncommand=x\nnumprocs=2\n", "[group:a/b]\nprograms=c\n[program:a b]\ncommand=%\n",
		"[supervisord]\n[eventlistener:c]\nevents=x\nredirect_stderr=1\n[ctlplugin:x]\n[supervisorctl]\nprompt=%\n",
		"[supervisord]\n[unix_http_server]\nchmod=9\n[inet_http_server]\n[rpcinterface:x]\na=b\n[fcgi-program:y]\nsocket=x\n",
		"[supervisord]\n[include]\n", "[supervisord]\n[group:g]\nprograms=y\n[fcgi-program:y]\ncommand=x\nsocket=x\nsocket_mode=x\n", "[supervisord]\n[program:a]\nprocess_name=a/b\ncommand=x\nnumprocs=200000\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "files") {
			return // so that it does not read all the system
		}
		file := filepath.Join(dir, "F")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		agree(t, Source{File: file, Cwd: dir, Env: []string{"HOME=/root"}, UID: os.Getuid(), Hostname: "h"})
	})
}
