//go:build linux

package adoption

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"supervisor/test/stage"
)

// What is captured when the daemon becomes another program, and is killed then, is one
// event still, however much the program had written before.
func TestCaptureOverUpgradeAndKill(t *testing.T) {
	t.Parallel()
	s := stage.New(t, head+`
[program:talker]
command=/bin/sh -c 'head -c 5000000 /dev/zero | tr "\\\\0" x; echo; printf "<!--XSUPERVISOR:BEGIN-->one "; read x <$DIR/talker.cue; printf "two<!--XSUPERVISOR:END-->"; exec sleep 1000'
startsecs=0
stdout_capture_maxbytes=1MB
stdout_logfile=$DIR/talker.log
`+ending{"eventlistener", "ears", "listener", "events=PROCESS_COMMUNICATION\n"}.config())
	makeCue(t, s, "talker")
	p := stage.Programs(os.Getenv(programsVariable))
	d := s.Start(p, nil)
	s.Await("the capture has begun", func() bool {
		spools, err := filepath.Glob(s.Path("supervisord.state/*.out.spool"))
		if err != nil {
			t.Fatal(err)
		}
		for _, spool := range spools {
			if info, err := os.Stat(spool); err == nil && info.Size() == 5_000_001+int64(len("<!--XSUPERVISOR:BEGIN-->one ")) {
				return true
			}
		}
		return false
	})
	if out := ctl(t, s, "upgrade"); !strings.HasPrefix(out, "Upgraded") {
		t.Fatal(out)
	}
	kill9(t, d)
	d = s.Start(p, nil)
	s.Await("they are back", func() bool { return len(children(s)) == 2 })
	giveCue(t, s, "talker")
	s.Await("the event", func() bool { return s.Read("ears.account") != "" })
	if heard := s.Read("ears.account"); heard != "one two\n" {
		t.Errorf("the event was %q", heard)
	}
	s.Await("what is not captured", func() bool { return len(s.Read("talker.log")) >= 5_000_001 })
	if n := len(s.Read("talker.log")); n != 5_000_001 {
		t.Errorf("%d bytes are in the log", n)
	}
	end(t, d)
}
