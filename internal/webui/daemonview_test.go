package webui

import (
	"fmt"
	"strings"
	"testing"

	"supervisor/internal/config"
	"supervisor/internal/supervisor"
	"supervisor/internal/wire"
)

// Of a farm of workers the page says in a few words what an update does to them.
func TestDriftOfAFarm(t *testing.T) {
	d := supervisor.Drifted{Group: "web"}
	for i := range 500 {
		name := fmt.Sprintf("web_%03d", i)
		d.Stops = append(d.Stops, "web:"+name)
		d.Options = append(d.Options, config.OptionChange{Process: name, Key: "command", Old: "a", New: "b"})
	}
	for i := 500; i < 1000; i++ {
		name := fmt.Sprintf("web_%03d", i)
		d.Starts = append(d.Starts, "web:"+name)
		d.Options = append(d.Options, config.OptionChange{Process: name, Key: "process_name", New: name})
	}
	d.Options = append(d.Options, config.OptionChange{Process: "old", Key: "process_name", Old: "old"})
	d.Options = append(d.Options, config.OptionChange{Key: "priority", Old: "1", New: "2"})
	page := string(daemonPage{Changed: []supervisor.Drifted{d}}.page())
	for _, want := range []string{
		", which stops web:web_000 .. web_499 (500)",
		", which starts web:web_500 .. web_999 (500)",
		"<li>web_500 .. web_999 (500): new</li>",
		"<li>old: will be gone</li>",
		"<li>web_000 .. web_499 (500) <code>command</code>: <del>a</del> <ins>b</ins></li>",
		"<li><code>priority</code>: <del>1</del> <ins>2</ins></li>",
	} {
		if strings.Count(page, want) != 1 {
			t.Errorf("%s is not in %s", want, page)
		}
	}
}

// What an earlier daemon has left over is named with the command that ends it, as text.
func TestLeftovers(t *testing.T) {
	page := string(daemonPage{Leftovers: []wire.Orphan{
		{Group: "job", Name: "job", PID: 7, Cleanup: "kill -- -7"},
		{Group: "web", Name: "<b>", PID: 8, Cleanup: "kill 8"},
	}}.page())
	for _, want := range []string{
		"<li><strong>job</strong>, pid 7; to end it: <code>kill -- -7</code></li>",
		"<li><strong>web:&lt;b&gt;</strong>, pid 8; to end it: <code>kill 8</code></li>",
	} {
		if strings.Count(page, want) != 1 {
			t.Errorf("%s is not in %s", want, page)
		}
	}
	if page := string(daemonPage{}.page()); !strings.Contains(page, `<div id="leftovers"></div>`) {
		t.Errorf("nothing is left over: %s", page)
	}
}
