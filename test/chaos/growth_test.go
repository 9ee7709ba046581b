//go:build linux

package chaos

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// How many descriptors the daemon has open when nothing happens: for each program
// of the soak, which are three pipes and two logs, and at most for itself.
const (
	ofProgram = 5
	ofDaemon  = 20
)

// flat waits until the daemon has no more than so many descriptors open, and
// returns how many it has. What is closed late is closed; a leak stays.
func (m *match) flat(most int) (open int) {
	m.t.Helper()
	var links map[int]string
	defer func() {
		if len(links) > most {
			m.t.Logf("the daemon has %d descriptors open: %v", len(links), kinds(links))
		}
	}()
	m.Await(fmt.Sprintf("at most %d descriptors", most), func() bool {
		links = descriptors(m.pid)
		return len(links) <= most
	})
	return len(links)
}

var digits = regexp.MustCompile(`[0-9]+`)

// kinds counts descriptors by what they lead to, whatever its number.
func kinds(links map[int]string) map[string]int {
	counts := make(map[string]int)
	for _, link := range links {
		counts[digits.ReplaceAllString(link, "N")]++
	}
	return counts
}

// memory returns how much of the daemon is in memory, in kB.
func (s *soak) memory() (kB int) {
	s.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.pid))
	if err != nil {
		s.t.Fatal(err)
	}
	_, rest, _ := bytes.Cut(text, []byte("VmRSS:"))
	if _, err := fmt.Sscan(string(rest), &kB); err != nil {
		s.t.Fatal(err)
	}
	return kB
}

// heap returns what the daemon needs, in MB: the least that any of the next
// collections of garbage leaves behind, which the questions bring about.
func (s *soak) heap() (megabytes int) {
	s.t.Helper()
	const enough = 5
	begin := len(s.collections.live())
	var live []int
	s.Await("collections of garbage", func() bool {
		if _, err := s.infos(); err != nil {
			s.t.Fatal(err)
		}
		live = s.collections.live()[begin:]
		return len(live) >= enough
	})
	megabytes = live[0]
	for _, n := range live {
		megabytes = min(megabytes, n)
	}
	return megabytes
}

// collections is what the daemon's runtime says of its collections of garbage.
type collections struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// watch has a daemon that is about to be started tell of its collections.
func (c *collections) watch(cmd *exec.Cmd) {
	cmd.Env = append(cmd.Env, "GODEBUG=gctrace=1")
	cmd.Stderr = c
}

func (c *collections) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text.Write(p)
}

func (c *collections) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text.String()
}

// collection is a line about one: at its begin, at its end, and what is needed.
var collection = regexp.MustCompile(`(?m)^gc [0-9]+ @.* [0-9]+->[0-9]+->([0-9]+) MB,.*$`)

// live returns what was left after each collection, in MB.
func (c *collections) live() (megabytes []int) {
	for _, found := range collection.FindAllStringSubmatch(c.String(), -1) {
		n, err := strconv.Atoi(found[1])
		if err != nil {
			panic(err) // these are digits
		}
		megabytes = append(megabytes, n)
	}
	return megabytes
}

// others returns what the daemon has written to its stderr beside that.
func (c *collections) others() string {
	return strings.TrimSpace(collection.ReplaceAllString(c.String(), ""))
}
