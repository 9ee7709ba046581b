package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// behaviour is one line of the list.
type behaviour struct {
	id    string // like CFG-011
	label string
	// quirk says that the line describes a bug of Supervisor that is not
	// copied, so docs/compatibility.md has to name it.
	quirk bool
}

// readList reads ids.txt: on each line an id, an exclamation mark if the
// behaviour is not copied, and a few words.
func readList(text string) ([]behaviour, error) {
	var list []behaviour
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		id, label, _ := strings.Cut(line, " ")
		b := behaviour{id: id}
		b.label, b.quirk = strings.CutPrefix(label, "! ")
		if !wholeID.MatchString(id) || b.label == "" {
			return nil, fmt.Errorf("cannot read %q as an id and a label", line)
		}
		list = append(list, b)
	}
	return list, nil
}

var (
	wholeID = regexp.MustCompile(`^[A-Z]{3}-\d{3}$`)

	// An id, or a range of them, as text and as part of a Go name has it:
	// RPC-021, RPC_021, "RPC-021 to RPC-027", RPC_021_to_RPC_027.
	mention = regexp.MustCompile(`([A-Z]{3})[-_](\d{3})(?:(?: to |_to_)([A-Z]{3})[-_](\d{3}))?`)
)

// mentioned returns the ids that a text names.
func mentioned(text string) []string {
	var ids []string
	for _, m := range mention.FindAllStringSubmatch(text, -1) {
		first, _ := strconv.Atoi(m[2])
		last := first
		if m[3] == m[1] {
			last, _ = strconv.Atoi(m[4])
		}
		for n := first; n <= last; n++ {
			ids = append(ids, fmt.Sprintf("%s-%03d", m[1], n))
		}
	}
	return ids
}

// carriers finds the tests of a source tree that carry ids, and returns the
// names of their files by id.
func carriers(tree fs.FS) (map[string][]string, error) {
	found := make(map[string][]string)
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if base := path.Base(name); name == "test/checklist" || name != "." && base[0] == '.' || name == "bin" {
				return fs.SkipDir
			}
			return nil
		}
		script := path.Ext(name) == ".txt" || path.Ext(name) == ".txtar"
		if !script && !strings.HasSuffix(name, "_test.go") {
			return nil
		}
		data, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		text := string(data)
		if !script {
			if text, err = declarations(name, text); err != nil {
				return err
			}
		}
		for _, id := range mentioned(text) {
			if !slices.Contains(found[id], name) {
				found[id] = append(found[id], name)
			}
		}
		return nil
	})
	return found, err
}

// declarations returns what a Go file declares, with its comments, and not what
// stands above the first declaration: an id in the comment of a package is no test.
func declarations(name, text string) (string, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, name, text, parser.ParseComments)
	if err != nil {
		return "", err
	}
	for _, d := range f.Decls {
		start := d.Pos()
		switch d := d.(type) {
		case *ast.GenDecl:
			if d.Tok == token.IMPORT {
				continue
			}
			if d.Doc != nil {
				start = d.Doc.Pos()
			}
		case *ast.FuncDecl:
			if d.Doc != nil {
				start = d.Doc.Pos()
			}
		}
		return text[fset.Position(start).Offset:], nil
	}
	return "", nil
}

// uncarried returns what no test carries.
func uncarried(list []behaviour, found map[string][]string) []behaviour {
	return slices.DeleteFunc(slices.Clone(list), func(b behaviour) bool { return len(found[b.id]) > 0 })
}
