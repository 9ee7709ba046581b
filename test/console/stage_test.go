// Package console tests the web console as people use it: in a headless
// Chromium, against a real daemon with real programs, some of which have names
// and write things that a careless page would stumble over.
package console

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	machine "supervisor/test/stage"
)

// patience is how long anything may take on a machine that has better to do.
const patience = 2 * time.Minute

// stage is where the tests play: the daemon's program and the browser.
type stage struct {
	supervisord string
	browser     context.Context // nil: there is none
}

var theStage = sync.OnceValue(build)

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "console-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := os.Setenv("CONSOLE_TEST_DIR", dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	status := m.Run()
	if s := theStage(); s.browser != nil {
		_ = chromedp.Cancel(s.browser) // it may have ended by itself
	}
	_ = os.RemoveAll(dir) // it is a temporary directory
	os.Exit(status)
}

// build compiles the daemon and starts the browser, once for all tests.
func build() stage {
	dir := os.Getenv("CONSOLE_TEST_DIR")
	s := stage{supervisord: filepath.Join(dir, "supervisord")}
	build := exec.Command("go", "build", "-o", s.supervisord, "../../cmd/supervisord")
	if output, err := build.CombinedOutput(); err != nil {
		panic(fmt.Sprintf("cannot build the daemon: %v\n%s", err, output))
	}
	path, err := exec.LookPath("chromium")
	if err != nil {
		return s
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.UserDataDir(filepath.Join(dir, "chromium")),
		chromedp.Headless, chromedp.NoSandbox, chromedp.NoFirstRun,
		chromedp.Flag("disable-gpu", true),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
		chromedp.Flag("force-color-profile", "srgb"),
		chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("lang", "en-US"),
		chromedp.WSURLReadTimeout(patience),
	)
	allocator, _ := chromedp.NewExecAllocator(context.Background(), options...)
	s.browser, _ = chromedp.NewContext(allocator)
	if err := chromedp.Do(s.browser); err != nil {
		panic(fmt.Sprintf("cannot start chromium: %v", err))
	}
	return s
}

// daemon is a running supervisord.
type daemon struct {
	t    *testing.T
	dir  string
	url  string // of its pages, with a slash
	pid  int
	port string
	lock string // lines of its server's section: a user and a password
	cmd  *exec.Cmd
	done chan error
}

// boot starts a daemon with these sections, and stops it when the test ends.
func boot(t *testing.T, sections string) *daemon {
	t.Helper()
	return bootLocked(t, "", sections)
}

// bootLocked is boot with a password.
func bootLocked(t *testing.T, lock, sections string) *daemon {
	t.Helper()
	d := &daemon{t: t, dir: t.TempDir(), port: machine.Port(t), lock: lock}
	d.url = fmt.Sprintf("http://127.0.0.1:%s/", d.port)
	d.configure(sections)
	d.launch()
	t.Cleanup(d.stop)
	return d
}

// configure writes the configuration file.
func (d *daemon) configure(sections string) {
	d.t.Helper()
	text := fmt.Sprintf(`[inet_http_server]
port=127.0.0.1:%s
%s
[supervisord]
logfile=%%(here)s/supervisord.log
pidfile=%%(here)s/supervisord.pid
childlogdir=%%(here)s
directory=%%(here)s
identifier=stage
minfds=256
minprocs=50
user=%s
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
`, d.port, d.lock, whoami()) + sections
	if err := os.WriteFile(filepath.Join(d.dir, "supervisord.conf"), []byte(text), 0o600); err != nil {
		d.t.Fatal(err)
	}
}

func whoami() string { return fmt.Sprint(os.Geteuid()) }

func (d *daemon) launch() {
	d.t.Helper()
	d.cmd = exec.Command(theStage().supervisord, "-n", "-s", "-c", filepath.Join(d.dir, "supervisord.conf"))
	var trouble bytes.Buffer
	d.cmd.Stdout, d.cmd.Stderr = &trouble, &trouble
	if err := d.cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	d.pid, d.done = d.cmd.Process.Pid, make(chan error, 1)
	go func() { d.done <- d.cmd.Wait() }()
	for end := time.Now().Add(patience); ; {
		r, err := http.Get(d.url + "ok.html")
		if err == nil {
			_ = r.Body.Close() // the status line was all there is to know
			return
		}
		select {
		case err := <-d.done:
			d.t.Fatalf("the daemon did not start: %v\n%s", err, trouble.String())
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(end) {
			d.t.Fatalf("the daemon does not answer: %v", err)
		}
	}
}

// stop ends the daemon and waits until it is gone.
func (d *daemon) stop() {
	_ = d.cmd.Process.Signal(syscall.SIGTERM) // if it has ended, that is well
	select {
	case <-d.done:
	case <-time.After(patience):
		_ = d.cmd.Process.Kill() // the failure is reported below
		d.t.Error("the daemon did not stop")
	}
}

// get does what a script would.
func (d *daemon) get(path string) *http.Response {
	d.t.Helper()
	r, err := http.Get(d.url + path)
	if err != nil {
		d.t.Fatal(err)
	}
	if err := r.Body.Close(); err != nil {
		d.t.Fatal(err)
	}
	return r
}

// tab is a page in the browser. Whatever a script complains about fails the test.
type tab struct {
	t   *testing.T
	ctx context.Context
}

// open opens a tab. Without a browser the test is skipped, unless CI=true.
func open(t *testing.T) *tab {
	t.Helper()
	s := theStage()
	if s.browser == nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("there is no chromium")
		}
		t.Skip("there is no chromium: the console is not tested in a browser")
	}
	ctx, cancel := chromedp.NewContext(s.browser)
	t.Cleanup(cancel)
	p := &tab{t, ctx}
	listening := chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			t.Errorf("the page threw %s", describe(e.ExceptionDetails))
		case *runtime.EventConsoleAPICalled:
			if e.Type == "error" {
				t.Errorf("the page complains: %s", e.Args[0].Value)
			}
		}
	})
	if listening != nil {
		t.Fatal(listening)
	}
	p.do("remember what is said", chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: remember})
		return err
	}))
	p.do("resize", chromedp.EmulateViewport(1320, 800)) // on a narrow screen some things are not shown
	return p
}

// remember keeps in toasted what a page has said and takes back after a few seconds,
// in which a busy machine may not come to ask for it.
const remember = `var toasted = "";
new MutationObserver(changes => {
	for (const c of changes) if (c.target.id === "toasts") for (const n of c.addedNodes) toasted += n.textContent + "\n";
}).observe(document, { childList: true, subtree: true });`

// do runs actions and fails the test if one does not succeed in time.
func (p *tab) do(what string, actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		p.t.Fatalf("%s: %v\n%s", what, err, p.look())
	}
}

// until waits until an expression of the page is true. It asks again and again,
// since the page may be replaced meanwhile.
func (p *tab) until(what, expression string) {
	p.t.Helper()
	for end := time.Now().Add(patience); ; {
		ctx, cancel := context.WithTimeout(p.ctx, patience)
		yes, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+expression+")"))
		cancel()
		if yes {
			return
		}
		if time.Now().After(end) {
			p.t.Fatalf("%s: never true: %s (%v)\n%s", what, expression, err, p.look())
		}
		<-time.After(50 * time.Millisecond)
	}
}

// value returns what an expression of the page is, or resolves to.
func value[T any](p *tab, expression string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%s: %v\n%s", expression, err, p.look())
	}
	return v
}

func (p *tab) visit(url string) {
	p.t.Helper()
	p.do("visit "+url, chromedp.Navigate(url))
}

func (p *tab) click(selector string) {
	p.t.Helper()
	p.do("click "+selector, chromedp.Click(chromedp.CSS(selector)))
}

func (p *tab) keys(keys string) {
	p.t.Helper()
	p.do("press "+keys, chromedp.KeyEvent(keys))
}

// look returns what can be read on the page, for a failure.
func (p *tab) look() string {
	ctx, cancel := context.WithTimeout(p.ctx, 5*time.Second)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string]("document.body.innerText"))
	if err != nil {
		return "(the page does not answer)"
	}
	return text[:min(len(text), 3000)]
}

// row is the expression of a program's row in the overview.
func row(name string) string {
	return fmt.Sprintf(`[...document.querySelectorAll("tr.row")].find(r => r.row.name === %q)`, name)
}

// state is the expression of its state.
func state(name string) string {
	return "(" + row(name) + `?.querySelector(".badge").textContent)`
}

// program returns the section of a program.
func program(name, command string, more ...string) string {
	return fmt.Sprintf("[program:%s]\ncommand=%s\n%s\n", name, command, strings.Join(more, "\n"))
}

// prefer sets what the reader of a page prefers, like dark colours.
func prefer(feature, choice string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: feature, Value: choice}},
		})
		return err
	})
}

func describe(e *runtime.ExceptionDetails) string {
	if e.Exception != nil {
		return e.Text + " " + e.Exception.Description
	}
	return e.Text
}
