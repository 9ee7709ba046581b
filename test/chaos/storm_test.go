//go:build linux

package chaos

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
)

// Everything dies at once: each death is noticed, each program comes back, and
// what it wrote before is in its log.
func TestStormOfDeaths(t *testing.T) {
	t.Parallel()
	const writers = 4
	crowd := pick(100, 5000)
	m := play(t, ground{
		more: pick("", "minfds=20000"), // else a few hundred do
		programs: fmt.Sprintf(`[program:writer]
command=$WRITER 5ms
process_name=writer%%(process_num)d
numprocs=%d
stdout_logfile=$DIR/%%(program_name)s%%(process_num)d.log
stdout_logfile_maxbytes=20KB
stdout_logfile_backups=1000
startsecs=0
autorestart=true
[program:crowd]
command=/bin/sleep 100000
process_name=%%(process_num)d
numprocs=%d
stdout_logfile=NONE
stderr_logfile=NONE
startsecs=0
autorestart=true
`, writers, crowd)})
	m.awaitCrowd(crowd+writers, nil)
	m.open = len(descriptors(m.pid))
	for range pick(3, 4) {
		m.tries++
		m.awaitLines("writer0", 10)
		before := m.children()
		for pid := range before {
			if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
				t.Error(err)
			}
		}
		m.awaitCrowd(crowd+writers, before)
	}
	m.finish()
	if got, want := strings.Count(m.Read("supervisord.log"), "exited: "), m.tries*(crowd+writers); got != want {
		t.Errorf("the log tells of %d deaths, want %d", got, want)
	}
	for i := range writers {
		name := fmt.Sprintf("writer%d", i)
		sum := m.count(name, m.wholeLog(m.Path(name+".log")))
		t.Logf("%s: %+v", name, sum)
	}
}

// awaitCrowd waits until there are so many children, and none of the old ones. It
// may take long, but there must always be more of them.
func (m *match) awaitCrowd(size int, old map[int]proc) {
	m.t.Helper()
	last, fresh := -1, 0
	for fresh != size {
		m.Await(fmt.Sprintf("%d children, more than %d", size, last), func() bool {
			fresh = 0
			for pid, p := range m.children() {
				if dead, known := old[pid]; !known || dead.born != p.born { // thousands of pids are soon used again
					fresh++
				}
			}
			return fresh > last
		})
		last = fresh
	}
}
