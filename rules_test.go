// Package rules keeps the rules of the house that the compiler does not know.
//
// Each rule is a row of one table: its reason, its check, and a piece of code
// that breaks it, which proves that the check bites. The packages, their kinds
// and what each may import are read from docs/architecture.md.
package rules

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "supervisor"

// rule is one rule of the house.
type rule struct {
	name   string
	reason string
	check  func(*house, *pkg) []breach
	breaks string // a file of the package "lifecycle" that breaks the rule
}

var rules = []rule{
	{"imports", "imports go one way, as docs/architecture.md shows; whoever adds an arrow has to draw it there",
		imports, "package lifecycle\nimport \"supervisor/internal/supervisord\"\n"},
	{"pure", "what depends on nothing but its input can be fuzzed, replayed and walked at random",
		pure, "package lifecycle\nimport \"time\"\nvar now = time.Now\n"},
	{"variables", "a package that remembers something between calls cannot be restarted in its process, nor tested side by side",
		variables, "package lifecycle\nvar count int\nfunc next() int { count++; return count }\n"},
	{"init", "what happens before main cannot be ordered, parametrised or skipped",
		noInit, "package lifecycle\nfunc init() {}\n"},
	{"sleep", "whoever sleeps does not know what he is waiting for; wait for the thing itself, or let testing/synctest own the clock",
		noSleep, "package lifecycle\nimport \"time\"\nfunc f() { time.Sleep(1) }\n"},
	{"http", "net/http is a quarter of supervisorctl as soon as one file imports it; who serves nothing can do without",
		noHTTP, "package lifecycle\nimport _ \"net/http\"\n"},
	{"exit", "only main may end the program: anybody else takes away the caller's chance to clean up",
		noExit, "package lifecycle\nimport \"os\"\nfunc f() { os.Exit(1) }\n"},
	{"length", "a file over 400 lines holds more than one thing",
		length, "package lifecycle\n" + strings.Repeat("\n", 400)},
	{"comment", "a package says what it owns and what it promises before it says how",
		packageComment, "package lifecycle\n"},
	{"name", "a package that is named after nothing in particular attracts everything",
		packageName, "// Package util is a drawer.\npackage util\n"},
	{"format", "nobody should have to think about layout",
		formatted, "package lifecycle\nvar  x = 1\n"},
}

// breach is one place where a rule is broken.
type breach struct {
	pos  token.Pos
	what string
}

// source is one Go file.
type source struct {
	path string
	test bool
	text []byte
	ast  *ast.File
}

// pkg is one directory of Go files.
type pkg struct {
	dir   string // relative to the module; "" for its root
	files []*source
}

// code returns the files that are built into programs.
func (p *pkg) code() []*source {
	return slices.DeleteFunc(slices.Clone(p.files), func(f *source) bool { return f.test })
}

// house is the whole module.
type house struct {
	fset     *token.FileSet
	packages []*pkg
	plan     map[string]room // by directory, from docs/architecture.md
}

func TestRules(t *testing.T) {
	h := &house{fset: token.NewFileSet(), plan: readPlan(t)}
	walk(t, func(name string, text []byte) {
		if path.Ext(name) == ".go" {
			h.add(t, name, text)
		}
	})
	for dir := range h.plan {
		if !slices.ContainsFunc(h.packages, func(p *pkg) bool { return p.dir == dir }) {
			t.Errorf("docs/architecture.md shows %s, which does not exist", dir)
		}
	}
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			for _, p := range h.packages {
				for _, b := range r.check(h, p) {
					t.Errorf("%v: %s\n\t%s", h.fset.Position(b.pos), b.what, r.reason)
				}
			}
		})
	}
}

// A rule that accepts what it forbids is worth nothing.
func TestRulesBite(t *testing.T) {
	plan := readPlan(t)
	for _, r := range rules {
		h := &house{fset: token.NewFileSet(), plan: plan}
		h.add(t, "internal/lifecycle/broken.go", []byte(r.breaks))
		if len(r.check(h, h.packages[0])) == 0 {
			t.Errorf("the rule %q lets this pass:\n%s", r.name, r.breaks)
		}
	}
}

// walk calls visit with every file of the project: not what git, builds and
// the demo keep in the checkout.
func walk(t *testing.T, visit func(name string, text []byte)) {
	t.Helper()
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && name != "." {
			return nil // a test of another package has just removed it
		}
		if err != nil {
			return err
		}
		if name == ".git" && !d.IsDir() { // of a work tree of git: it says where the rest is
			return nil
		}
		if d.IsDir() && slices.Contains([]string{".git", ".demo", "bin"}, name) {
			return fs.SkipDir
		}
		if !d.Type().IsRegular() || name == ".git" { // in a second worktree of git it is a file
			return nil
		}
		text, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			visit(name, text)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (h *house) add(t *testing.T, name string, text []byte) {
	t.Helper()
	f, err := parser.ParseFile(h.fset, name, text, parser.ParseComments)
	if err != nil {
		t.Error(err)
		return
	}
	dir := path.Dir(name)
	i := slices.IndexFunc(h.packages, func(p *pkg) bool { return p.dir == dir })
	if i < 0 {
		i = len(h.packages)
		h.packages = append(h.packages, &pkg{dir: dir})
	}
	h.packages[i].files = append(h.packages[i].files,
		&source{name, strings.HasSuffix(name, "_test.go"), text, f})
}

// room is one row of the table of packages.
type room struct {
	kind    string
	imports []string
}

var quoted = regexp.MustCompile("`([^`]+)`")

// readPlan reads the table of packages in docs/architecture.md.
func readPlan(t *testing.T) map[string]room {
	t.Helper()
	text, err := os.ReadFile("docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	plan := make(map[string]room)
	_, table, _ := strings.Cut(string(text), "| Package | Kind |")
	for line := range strings.Lines(table) {
		cells := strings.Split(line, "|")
		if len(cells) != 6 {
			continue
		}
		name := quoted.FindStringSubmatch(cells[1])
		if name == nil {
			continue
		}
		r := room{kind: strings.TrimSpace(cells[2])}
		for _, m := range quoted.FindAllStringSubmatch(cells[4], -1) {
			r.imports = append(r.imports, m[1])
		}
		if _, twice := plan[name[1]]; twice {
			t.Errorf("docs/architecture.md shows %s twice", name[1])
		}
		plan[name[1]] = r
	}
	if len(plan) < 20 {
		t.Fatalf("docs/architecture.md shows only %d packages", len(plan))
	}
	return plan
}

// imports checks what code imports, and that only tests import what is for tests.
func imports(h *house, p *pkg) (found []breach) {
	if strings.HasPrefix(p.dir, "test/tools/") {
		return nil // a module of its own; see docs/adr/0003-dependencies.md
	}
	room, planned := h.plan[p.dir]
	for _, f := range p.code() {
		if !planned && !strings.HasPrefix(p.dir, "examples/") && !strings.HasPrefix(p.dir, "test/") {
			found = append(found, breach{f.ast.Package, p.dir + " is missing in the table of docs/architecture.md"})
			continue
		}
		for _, spec := range f.ast.Imports {
			name, _ := strconv.Unquote(spec.Path.Value)
			name, ours := strings.CutPrefix(name, module+"/")
			if first, _, _ := strings.Cut(name, "/"); !ours && !strings.Contains(first, ".") {
				continue // the standard library
			}
			if !room.mayImport(name, h.plan[name].kind) {
				found = append(found, breach{spec.Pos(), fmt.Sprintf("%s may not import %s", p.dir, name)})
			}
		}
	}
	return found
}

// mayImport reports whether a package of this room may import the named one,
// which is of the given kind.
func (r room) mayImport(name, kind string) bool {
	switch {
	case slices.Contains(r.imports, name):
		return true
	case r.kind == "root":
		return kind != "" && kind != "main" && name != "internal/supervisorctl"
	}
	return kind == "leaf" && r.kind != "leaf" && r.kind != "main"
}

// The clock, and packages that reach out of a pure one.
var (
	clock   = []string{"Now", "Since", "Until", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker", "Sleep"}
	outside = []string{"os", "os/exec", "os/signal", "os/user", "net", "net/http", "sync", "sync/atomic", "context", "math/rand", "math/rand/v2"}
)

func pure(h *house, p *pkg) (found []breach) {
	if kind := h.plan[p.dir].kind; kind != "pure" && kind != "leaf" {
		return nil
	}
	for _, f := range p.code() {
		for _, spec := range f.ast.Imports {
			name, _ := strconv.Unquote(spec.Path.Value)
			if name == "sync" && onlyOnce(f.ast) {
				continue
			}
			if slices.Contains(outside, name) {
				found = append(found, breach{spec.Pos(), "a pure package imports " + name})
			}
		}
		for name, pos := range uses(f.ast, "time") {
			if slices.Contains(clock, name) {
				found = append(found, breach{pos, "a pure package uses time." + name})
			}
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			if s, ok := n.(*ast.GoStmt); ok {
				found = append(found, breach{s.Pos(), "a pure package starts a goroutine"})
			}
			return true
		})
	}
	return found
}

// onlyOnce reports whether all that a file wants of sync is a value that is
// computed when it is needed first: a constant that is not paid for before.
func onlyOnce(f *ast.File) bool {
	for name := range uses(f, "sync") {
		if name != "OnceValue" {
			return false
		}
	}
	return true
}

func noInit(_ *house, p *pkg) (found []breach) {
	for _, f := range p.files {
		for _, d := range f.ast.Decls {
			if d, ok := d.(*ast.FuncDecl); ok && d.Recv == nil && d.Name.Name == "init" {
				found = append(found, breach{d.Pos(), "init function"})
			}
		}
	}
	return found
}

func noSleep(_ *house, p *pkg) (found []breach) {
	for _, f := range p.files {
		if f.test && importName(f.ast, "testing/synctest") != "" {
			continue
		}
		for name, pos := range uses(f.ast, "time") {
			if name == "Sleep" {
				found = append(found, breach{pos, "time.Sleep"})
			}
		}
	}
	return found
}

func noHTTP(_ *house, p *pkg) (found []breach) {
	if slices.Contains([]string{"internal/httpd", "internal/rpc", "internal/supervisord", "internal/webui", "bench"}, p.dir) ||
		strings.HasPrefix(p.dir, "examples/") || strings.HasPrefix(p.dir, "test/") {
		return nil
	}
	for _, f := range p.code() {
		if importName(f.ast, "net/http") != "" {
			found = append(found, breach{f.ast.Package, "net/http"})
		}
	}
	return found
}

// noExit lets a function called SomethingMain pass: it is the main of a process
// that is this program only by name, like the stage of internal/spawn.
func noExit(_ *house, p *pkg) (found []breach) {
	for _, f := range p.code() {
		if f.ast.Name.Name == "main" {
			continue
		}
		for _, pkg := range []string{"os", "syscall", "log", "golang.org/x/sys/unix"} {
			for name, pos := range uses(f.ast, pkg) {
				if (name == "Exit" || pkg == "log" && strings.HasPrefix(name, "Fatal")) && !strings.HasSuffix(enclosing(f.ast, pos), "Main") {
					found = append(found, breach{pos, path.Base(pkg) + "." + name + " outside of main"})
				}
			}
		}
	}
	return found
}

// enclosing returns the name of the function that a position is in.
func enclosing(f *ast.File, pos token.Pos) string {
	for _, d := range f.Decls {
		if d, ok := d.(*ast.FuncDecl); ok && d.Pos() <= pos && pos < d.End() {
			return d.Name.Name
		}
	}
	return ""
}

func length(_ *house, p *pkg) (found []breach) {
	for _, f := range p.code() {
		if n := bytes.Count(f.text, []byte("\n")); n > 400 {
			found = append(found, breach{f.ast.Package, fmt.Sprintf("%d lines", n)})
		}
	}
	return found
}

func packageComment(_ *house, p *pkg) []breach {
	code := p.code()
	for _, f := range code {
		begins := []string{"Package " + f.ast.Name.Name + " "}
		if f.ast.Name.Name == "main" {
			name := path.Base(p.dir)
			begins = []string{"Command " + name + " ", strings.ToUpper(name[:1]) + name[1:] + " "}
		}
		if slices.ContainsFunc(begins, func(begin string) bool { return strings.HasPrefix(f.ast.Doc.Text(), begin) }) {
			return nil
		}
	}
	if len(code) == 0 {
		return nil
	}
	return []breach{{code[0].ast.Package, "no package comment that begins with Package (of a program: Command) and the name"}}
}

func packageName(_ *house, p *pkg) (found []breach) {
	for _, f := range p.files {
		if slices.Contains([]string{"util", "utils", "common", "helper", "helpers", "types", "misc", "base", "shared"}, f.ast.Name.Name) {
			found = append(found, breach{f.ast.Package, "a package named " + f.ast.Name.Name})
		}
	}
	return found
}

func formatted(_ *house, p *pkg) (found []breach) {
	for _, f := range p.files {
		if want, err := format.Source(f.text); err != nil || !bytes.Equal(want, f.text) {
			found = append(found, breach{f.ast.Package, "not formatted by gofmt"})
		}
	}
	return found
}

// importName returns the name under which a file knows a package; empty if it
// does not import it.
func importName(f *ast.File, pkg string) string {
	for _, spec := range f.Imports {
		if name, _ := strconv.Unquote(spec.Path.Value); name == pkg {
			if spec.Name != nil {
				return spec.Name.Name
			}
			return path.Base(strings.TrimSuffix(pkg, "/v2"))
		}
	}
	return ""
}

// uses yields what a file uses of a package, and where.
func uses(f *ast.File, pkg string) func(yield func(string, token.Pos) bool) {
	local := importName(f, pkg)
	return func(yield func(string, token.Pos) bool) {
		goOn := true
		ast.Inspect(f, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if ok && goOn && local != "" {
				if x, ok := sel.X.(*ast.Ident); ok && x.Obj == nil && x.Name == local {
					goOn = yield(sel.Sel.Name, sel.Pos())
				}
			}
			return goOn
		})
	}
}
