//go:build linux

package product

import (
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// whyPage is the document that shows the table of broken set-ups.
const whyPage = "../../docs/why.md"

// table gathers what is said about the broken set-ups for the document.
type table struct {
	mu      sync.Mutex
	entries map[string]string // by title
	page    string
}

func newTable(t *testing.T) *table {
	text, err := os.ReadFile(whyPage)
	if err != nil {
		t.Fatal(err)
	}
	return &table{entries: map[string]string{}, page: string(text)}
}

// volatile is what differs from one run to the next.
var volatile = []struct {
	pattern *regexp.Regexp
	with    string
}{
	{regexp.MustCompile(`\bpids? \d+`), "pid 4711"},
	{regexp.MustCompile(`(pid 4711) \([^\n]*?\)( running|, which| lives)`), "$1 (...)$2"},
	{regexp.MustCompile(`\bkill [\d ]+`), "kill 4711"},
	{regexp.MustCompile(`(less than )?\d+(\.\d+)? seconds?( \(startsecs| to |[.,;:]|$)`), "0.1 seconds$3"},
	{regexp.MustCompile(`after (less than )?\d+(\.\d+)? seconds?`), "after 0.1 seconds"},
	{regexp.MustCompile(`, (less than )?\d+(\.\d+)? seconds? after`), ", 0.1 seconds after"},
	{regexp.MustCompile(`for (less than )?\d+(\.\d+)? seconds?`), "for 0.1 seconds"},
	{regexp.MustCompile(`anew \d+ times (.*) its last \d+ lives`), "anew 3 times $1 its last 3 lives"},
	{regexp.MustCompile(`         startsecs=[1-9]\d*`), "         startsecs=6"},
	{regexp.MustCompile(`/sys/fs/cgroup/\S+`), "/sys/fs/cgroup/app/memory.max"},
	{regexp.MustCompile(`php-fpm\d+\.\d+`), "php-fpm8.2"},
	{regexp.MustCompile(`due in [^.]*(\.\d+)? seconds?`), "due in 1 seconds"},
}

// add makes the entry of a set-up: what it is, how it is configured, and what
// is said, but without the last lines of logs, which differ from one version of
// a program to the next.
func (d *table) add(w *ward, b broken, text string) {
	var said strings.Builder
	steps := false
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		steps = steps || line == "What to do:"
		if i == 0 || steps {
			said.WriteString(line + "\n")
		}
	}
	places := strings.NewReplacer(w.dir, "/srv/app", w.ports[0], "8080", w.ports[1], "8081")
	shown := func(text string) string {
		text = places.Replace(text)
		for _, v := range volatile {
			text = v.pattern.ReplaceAllString(text, v.with)
		}
		return text
	}
	entry := shown(said.String())
	config := strings.TrimSpace(shown(w.fill(b.config)))
	d.mu.Lock()
	defer d.mu.Unlock()
	d.entries[b.title] = "### " + b.title + "\n\n```ini\n[program:app]\n" + config + "\n```\n\n```\n" + entry + "```\n\n"
}

// check compares the entries with the page, or makes the page anew.
func (d *table) check(t *testing.T) {
	head, _, found := strings.Cut(d.page, "### ")
	if !found {
		head = d.page
	}
	page := head
	for _, b := range brokenSetups {
		entry, known := d.entries[b.title]
		if !known { // it was not run: what stands there stays
			if _, rest, found := strings.Cut(d.page, "### "+b.title+"\n"); found {
				old, _, _ := strings.Cut(rest, "\n### ")
				entry = "### " + b.title + "\n" + strings.TrimRight(old, "\n") + "\n\n"
			}
		}
		page += entry
	}
	page = strings.TrimRight(page, "\n") + "\n"
	if page == d.page {
		return
	}
	if *rewrite {
		if err := os.WriteFile(whyPage, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	for _, b := range brokenSetups {
		title := b.title
		entry, known := d.entries[title]
		if !known {
			continue
		}
		if !strings.Contains(d.page, strings.TrimRight(entry, "\n")) {
			t.Errorf("%s does not show what is said of %q, which is (-update rewrites it)\n%s", whyPage, title, entry)
		}
	}
}
