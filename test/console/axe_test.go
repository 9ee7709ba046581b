package console

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// axeVersion is the version of axe-core that the pages are checked with.
const axeVersion = "4.14.1"

// axe returns the script that checks accessibility. It is fetched from the npm
// registry once and kept in the user's cache; where that cannot be done the test
// is skipped, unless CI=true.
func axe(t *testing.T) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	dir := filepath.Join(cache, "supervisor-test")
	name := filepath.Join(dir, "axe-core-"+axeVersion+".tgz")
	if _, err := os.Stat(name); err != nil {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		fetch := exec.Command("npm", "pack", "--silent", "axe-core@"+axeVersion)
		fetch.Dir = dir
		if output, err := fetch.CombinedOutput(); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("cannot fetch axe-core: %v\n%s", err, output)
			}
			t.Skipf("axe-core cannot be fetched, so accessibility is not checked: %v", err)
		}
	}
	script, err := fromTarball(name, "package/axe.min.js")
	if err != nil {
		t.Fatal(err)
	}
	return script
}

// fromTarball returns one file of a compressed archive.
func fromTarball(name, member string) (string, error) {
	file, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		return "", err
	}
	for archive := tar.NewReader(unpacked); ; {
		h, err := archive.Next()
		if err != nil {
			return "", errors.Join(errors.New("no "+member+" in "+name), err)
		}
		if h.Name == member {
			text, err := io.ReadAll(archive)
			return string(text), err
		}
	}
}

// No page has a serious or critical finding, in light or dark, on a desktop or a
// phone.
func TestAccessibility(t *testing.T) {
	script := axe(t)
	d, _ := bootShop(t)
	p := open(t)
	for _, c := range []struct {
		theme string
		width int64
	}{{"light", 1320}, {"dark", 1320}, {"light", 390}, {"dark", 390}} {
		p.do("resize", chromedp.EmulateViewport(c.width, 800), prefer("prefers-color-scheme", c.theme))
		for _, page := range []struct{ url, ready string }{
			{"", state("importer") + ` === "fatal"`},
			{"program.html?processname=importer", `document.querySelector("#connection.live")`},
			{"program.html?processname=shop:api", `document.querySelectorAll(".line").length > 3`},
			{"log.html?processname=shop:api", `document.querySelectorAll(".line").length > 3`},
			{"daemon.html", `document.querySelectorAll(".line").length > 3`},
			{"tail.html?processname=shop:api", `document.querySelector("pre")`},
		} {
			p.visit(d.url + page.url)
			p.until("the page is ready", page.ready)
			value[bool](p, "(() => {"+script+"\n;return true})()")
			findings := value[[]string](p, `axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations
				.filter(v => v.impact === "serious" || v.impact === "critical")
				.flatMap(v => v.nodes.slice(0, 3).map(n => v.id + ": " + n.html.slice(0, 200) + " " + n.failureSummary)))`)
			if len(findings) > 0 {
				t.Errorf("%s, %s, %d pixels wide:\n%s", page.url, c.theme, c.width, strings.Join(findings, "\n"))
			}
		}
	}
}
