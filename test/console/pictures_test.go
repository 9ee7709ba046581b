package console

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// shop is a configuration such as people have. Its scripts are in $SCRIPTS.
var shop = program("api", "/bin/sh api.sh", "directory=$SCRIPTS", "stopasgroup=true", "environment=PORT=\"8080\",API_TOKEN=\"hush\"", "redirect_stderr=true") +
	program("worker", `/bin/sh -c "while :; do sleep 0.05; done"`, "process_name=%(program_name)s_%(process_num)02d", "numprocs=4", "stopasgroup=true") +
	program("mailer", "/bin/sh mailer.sh --queue outbox", "directory=$SCRIPTS", "startretries=1", "startsecs=0", "autorestart=false", "exitcodes=0") +
	program("importer", "/usr/local/bin/importer --once", "startretries=0") +
	program("report", "/bin/cat", "autostart=false") +
	program("cache", "/bin/cat") +
	program("compress", "/bin/sh compress.sh --level 9", "directory=$SCRIPTS", "stopasgroup=true") +
	program("site", "/bin/cat", "priority=5") +
	"[group:shop]\nprograms=api,compress,site\n"

// scripts are what the programs of the shop do.
var scripts = map[string]string{
	"api.sh": `i=0
while :; do
	i=$((i+1))
	printf '\033[32mINFO\033[0m  GET /orders/%d \033[1m200\033[0m in %d ms\n' $i $((i % 37))
	[ $((i % 7)) = 0 ] && printf '\033[33mWARN\033[0m  slow query: SELECT * FROM orders WHERE id = %d\n' $i
	[ $((i % 19)) = 0 ] && printf '\033[31mERROR\033[0m payment service answered \033[1;31m503\033[0m, trying again\n'
	sleep 0.2
done
`,
	"mailer.sh": `echo connecting to smtp.internal:25
echo 'error: connection refused (is the server up?)' >&2
exit 3
`,
	// It works for a while, rests for a while, and its memory grows with that.
	"compress.sh": `n=0
while :; do
	n=$((n+1))
	echo "compressing orders-$n.csv"
	s=x; k=0
	while [ $k -lt $((18 + n % 5)) ]; do s=$s$s; k=$((k+1)); done
	w=0
	while [ $w -lt $((8 + n * 7 % 13)) ]; do
		w=$((w+1)); i=0
		while [ $i -lt $((n * 11 % 23 * 6000 + 15000)) ]; do i=$((i+1)); done
		sleep 0.3
	done
	s=
	sleep 5
done
`,
}

// bootShop starts the shop. It returns the daemon and its sections.
func bootShop(t *testing.T) (d *daemon, sections string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range scripts {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	sections = strings.ReplaceAll(shop, "$SCRIPTS", dir)
	return boot(t, sections), sections
}

// The pictures that the documents show: four pages, in light and dark, on a desktop
// and a phone. CONSOLE_PICTURES=webp (or png, to look at) writes them to docs/images;
// otherwise it is enough that they can be made, and that the documents show them.
func TestPictures(t *testing.T) {
	d, sections := bootShop(t)
	changed := strings.Replace(sections, "priority=5", "priority=7", 1) + program("metrics", "/bin/cat")
	p := open(t)
	format := os.Getenv("CONSOLE_PICTURES")
	document, err := os.ReadFile(filepath.Join("..", "..", "docs", "console.md"))
	if err != nil {
		t.Fatal(err)
	}
	// The page of a program has two stories to tell: why one is down, and what one uses.
	stories := map[string]string{"light": "mailer", "dark": "shop:compress"}
	for _, size := range []struct {
		name          string
		width, height int64
	}{{"desktop", 1320, 760}, {"phone", 390, 780}} {
		for _, theme := range []string{"light", "dark"} {
			p.do("resize", chromedp.EmulateViewport(size.width, size.height), prefer("prefers-color-scheme", theme))
			for _, c := range []struct{ name, url, ready string }{
				{"overview", "", `document.querySelectorAll("tr.row [data-state=running]").length === 8 && document.querySelector(".spark .line[d]")`},
				{"program", "program.html?processname=" + stories[theme], `document.querySelector("#connection.live") && document.querySelector(".chart strong").textContent`},
				{"log", "log.html?processname=shop:api", `document.querySelectorAll(".line").length > 20`},
				{"daemon", "daemon.html", `document.querySelectorAll(".line").length > 5 && document.querySelector("#connection.live")`},
			} {
				d.configure(map[bool]string{true: changed, false: sections}[c.name == "daemon"])
				p.visit(d.url + c.url)
				p.until(c.name+" is ready", c.ready)
				if c.name == "overview" {
					p.until("loads", `document.querySelector(".cpu span").textContent !== ""`)
					p.until("nothing differs", `![...document.querySelectorAll(".notice")].some(e => e.checkVisibility())`)
				}
				if c.name == "overview" && format != "" { // a curve takes its time
					for n := 8; n <= 56; n += 8 { // each eight take half a minute
						p.until("curves", fmt.Sprintf(`(`+row("shop:compress")+`.row.spark.points.length >= %d)`, n))
					}
				}
				if c.name == "daemon" {
					d.get("index.html?action=restart&processname=cache")
					p.until("events", `document.querySelectorAll(".event").length > 2`)
				}
				picture, err := capture(p.ctx, cmp.Or(format, "webp"))
				if err != nil || len(picture) < 2000 {
					t.Errorf("the picture of %s has %d bytes: %v", c.name, len(picture), err)
				}
				name := fmt.Sprintf("console-%s-%s-%s.", c.name, size.name, theme)
				if !strings.Contains(string(document), name+"webp") {
					t.Errorf("docs/console.md does not show %swebp", name)
				}
				if format != "" {
					name += format
					if err := os.WriteFile(filepath.Join("..", "..", "docs", "images", name), picture, 0o644); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	}
}

// capture takes a picture of what can be seen.
func capture(ctx context.Context, format string) ([]byte, error) {
	return chromedp.Run(ctx, func(ctx context.Context, target *chromedp.Target) ([]byte, error) {
		params := page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormat(format)}
		if format == "webp" {
			quality := int64(82)
			params.Quality = &quality
		}
		r, err := cdp.Call(ctx, target, page.CaptureScreenshot, params)
		if err != nil {
			return nil, err
		}
		return r.Data, nil
	})
}
