package rules

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// constructors make values that nobody can change afterwards, from nothing but
// their arguments.
var constructors = []string{
	"errors.New", "fmt.Errorf",
	"regexp.MustCompile", "pattern.Lazy",
	"strings.NewReplacer",
	"template.Must",
	"sync.OnceValue", // remembers only what it would compute again
}

// mutable are types whose only use is to change.
var mutable = []string{"sync.Mutex", "sync.RWMutex", "sync.Once", "sync.WaitGroup", "sync.Map", "bytes.Buffer", "strings.Builder"}

// variables checks that the variables of a package are constants in all but
// name: they begin as a table, an error or the like, and nobody assigns to
// them, to a part of them, or takes their address. A sync.Pool may stay: it
// forgets what it likes, so nothing can come to depend on what it remembers.
// Variables of tests (flags, golden files) are the tests' business.
func variables(_ *house, p *pkg) (found []breach) {
	own := make(map[string]bool)
	declared := make(map[string]bool) // functions and types of the package
	for _, f := range p.code() {
		for _, d := range f.ast.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				declared[d.Name.Name] = d.Recv == nil
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch spec := spec.(type) {
					case *ast.TypeSpec:
						declared[spec.Name.Name] = true
					case *ast.ValueSpec:
						for _, name := range spec.Names {
							own[name.Name] = own[name.Name] || d.Tok == token.VAR && name.Name != "_"
						}
					}
				}
			}
		}
	}
	for _, f := range p.code() {
		found = append(found, initialValues(f.ast, declared)...)
		found = append(found, changes(f.ast, own)...)
	}
	return found
}

// initialValues finds variables that do not begin as constants.
func initialValues(f *ast.File, declared map[string]bool) (found []breach) {
	for _, d := range f.Decls {
		d, ok := d.(*ast.GenDecl)
		if !ok || d.Tok != token.VAR {
			continue
		}
		for _, spec := range d.Specs {
			spec := spec.(*ast.ValueSpec)
			if spec.Names[0].Name == "_" || embedded(d.Doc) || embedded(spec.Doc) {
				continue
			}
			if len(spec.Values) == 0 {
				found = append(found, breach{spec.Pos(), "variable " + spec.Names[0].Name + " begins empty, so it is there to be changed"})
			}
			for _, v := range spec.Values {
				if why := inconstant(v, declared); why != "" {
					found = append(found, breach{v.Pos(), "variable " + spec.Names[0].Name + " " + why})
				}
			}
		}
	}
	return found
}

// embedded reports whether a comment holds a go:embed directive.
func embedded(doc *ast.CommentGroup) bool {
	return doc != nil && slices.ContainsFunc(doc.List, func(c *ast.Comment) bool { return strings.HasPrefix(c.Text, "//go:embed ") })
}

// inconstant says why a value does not make a constant; empty if it does.
func inconstant(v ast.Expr, declared map[string]bool) string {
	switch v := v.(type) {
	case *ast.CompositeLit:
		if slices.Contains(mutable, render(v.Type)) {
			return "is there to be changed"
		}
		if _, isMap := v.Type.(*ast.MapType); isMap && len(v.Elts) == 0 {
			return "is an empty map, so it is there to be filled"
		}
	case *ast.UnaryExpr:
		if v.Op == token.AND {
			return "is a pointer to something that can be changed"
		}
	case *ast.CallExpr:
		switch fun := v.Fun.(type) {
		case *ast.ArrayType, *ast.MapType, *ast.ParenExpr, *ast.FuncLit:
			return ""
		case *ast.Ident: // a conversion, or a function of the package that computes a table
			if declared[fun.Name] || slices.Contains([]string{"string", "append", "len", "min", "max"}, fun.Name) {
				return ""
			}
		case *ast.SelectorExpr:
			name := render(fun)
			if slices.Contains(constructors, name) || strings.HasPrefix(name, "slices.") || strings.HasPrefix(name, "maps.") {
				return ""
			}
		}
		return "is made by a call that may depend on more than its arguments"
	}
	return ""
}

// changes finds statements that change a variable of a package, this one's
// (own) or another's.
func changes(f *ast.File, own map[string]bool) (found []breach) {
	check := func(e ast.Expr, how string) {
		id, selected := root(e)
		if id == nil {
			return
		}
		local := id.Obj != nil && id.Obj != f.Scope.Lookup(id.Name)
		switch {
		case !local && own[id.Name]:
			found = append(found, breach{e.Pos(), "package variable " + id.Name + " is " + how})
		case id.Obj == nil && selected && imported(f, id.Name):
			found = append(found, breach{e.Pos(), "a variable of package " + id.Name + " is " + how})
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, e := range n.Lhs {
				if n.Tok != token.DEFINE {
					check(e, "assigned to")
				}
			}
		case *ast.IncDecStmt:
			check(n.X, "counted")
		case *ast.RangeStmt:
			if n.Tok == token.ASSIGN {
				check(n.Key, "assigned to")
				if n.Value != nil {
					check(n.Value, "assigned to")
				}
			}
		case *ast.UnaryExpr:
			if _, literal := n.X.(*ast.CompositeLit); n.Op == token.AND && !literal {
				check(n.X, "lent out by its address")
			}
		case *ast.CallExpr:
			if fun, ok := n.Fun.(*ast.Ident); ok && len(n.Args) > 0 && slices.Contains([]string{"delete", "clear", "copy"}, fun.Name) {
				check(n.Args[0], "changed by "+fun.Name)
			}
		}
		return true
	})
	return found
}

// root returns the name that an expression like a.b[c].d begins with, and
// whether anything is selected from it.
func root(e ast.Expr) (id *ast.Ident, selected bool) {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x, selected
		case *ast.ParenExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.SliceExpr:
			e = x.X
		case *ast.SelectorExpr:
			e, selected = x.X, true
		default:
			return nil, false
		}
	}
}

func imported(f *ast.File, name string) bool {
	return slices.ContainsFunc(f.Imports, func(s *ast.ImportSpec) bool {
		pkg := strings.Trim(s.Path.Value, `"`)
		return importName(f, pkg) == name
	})
}

// render returns a type or selector as it is written: "pkg.Name" or "Name".
func render(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return render(e.X) + "." + e.Sel.Name
	}
	return ""
}
