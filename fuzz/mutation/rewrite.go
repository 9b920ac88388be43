package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// switches is the package that the rewritten files call, see its comments.
//
//go:embed switches.go.txt
var switches []byte

// mutant is one planted bug.
type mutant struct {
	place string // file:line
	what  string // "< to >="
	line  string // the source line
	fate  string
}

// source is the package to mutate.
type source struct {
	root    string // of the module
	dir     string
	module  string
	fset    *token.FileSet
	files   []*ast.File
	texts   [][]byte
	names   []string
	info    *types.Info
	mutants []*mutant
}

// load parses and type-checks a package, from the export data of its imports.
func load(folder string) (*source, error) {
	type listed struct {
		ImportPath, Dir, Export string
		GoFiles                 []string
		DepOnly                 bool
		Module                  *struct{ Path, Dir string }
	}
	list := exec.Command("go", "list", "-deps", "-export", "-json=ImportPath,Dir,Export,GoFiles,DepOnly,Module", "./"+folder)
	list.Stderr = os.Stderr
	text, err := list.Output()
	if err != nil {
		return nil, err
	}
	exports := map[string]string{}
	var self listed
	for d := json.NewDecoder(bytes.NewReader(text)); ; {
		var l listed
		if err := d.Decode(&l); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		exports[l.ImportPath] = l.Export
		if !l.DepOnly {
			self = l
		}
	}
	p := &source{root: self.Module.Dir, dir: self.Dir, module: self.Module.Path, fset: token.NewFileSet()}
	for _, name := range self.GoFiles {
		path := filepath.Join(self.Dir, name)
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		f, err := parser.ParseFile(p.fset, path, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		p.files, p.texts, p.names = append(p.files, f), append(p.texts, text), append(p.names, name)
	}
	p.info = &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	conf := types.Config{Importer: importer.ForCompiler(p.fset, "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(exports[path])
	})}
	_, err = conf.Check(self.ImportPath, p.fset, p.files, p.info)
	return p, err
}

// rewrite writes the mutated files to a folder and returns the overlay that
// puts them, and the package of the switches, in the place of the true ones.
func (p *source) rewrite(work string) (overlay string, err error) {
	replace := map[string]string{}
	path := filepath.Join(work, "switches.go")
	if err := os.WriteFile(path, switches, 0o644); err != nil {
		return "", err
	}
	replace[filepath.Join(p.root, "internal", "switches", "switches.go")] = path
	for i, f := range p.files {
		r := &rewriter{p: p, file: i}
		ast.Walk(r, f)
		if len(r.edits) == 0 {
			continue
		}
		r.insert(f.Name.End(), 0, fmt.Sprintf("; import switches_ %q", p.module+"/internal/switches"))
		path := filepath.Join(work, p.names[i])
		if err := os.WriteFile(path, r.apply(), 0o644); err != nil {
			return "", err
		}
		replace[filepath.Join(p.dir, p.names[i])] = path
	}
	overlay = filepath.Join(work, "overlay.json")
	return overlay, writeJSON(overlay, map[string]any{"Replace": replace})
}

// edit replaces the text from one offset to another. Among insertions at one
// offset the rank decides: suffixes, the inner ones first, come before
// prefixes, the outer ones first.
type edit struct {
	from, to, rank int
	text           string
}

// rewriter visits one file and collects edits.
type rewriter struct {
	p     *source
	file  int
	edits []edit
	seq   int
}

func (r *rewriter) insert(pos token.Pos, rank int, text string) {
	at := r.p.fset.Position(pos).Offset
	r.edits = append(r.edits, edit{at, at, rank, text})
}

// wrap puts text before and after a node.
func (r *rewriter) wrap(n ast.Node, before, after string) {
	r.seq++
	r.insert(n.Pos(), r.seq, before)
	r.insert(n.End(), -r.seq, after)
}

func (r *rewriter) replace(pos token.Pos, length int, text string) {
	at := r.p.fset.Position(pos).Offset
	r.edits = append(r.edits, edit{at, at + length, 0, text})
}

func (r *rewriter) apply() []byte {
	slices.SortStableFunc(r.edits, func(a, b edit) int {
		if a.from != b.from {
			return a.from - b.from
		}
		return a.rank - b.rank
	})
	text, b, at := r.p.texts[r.file], bytes.Buffer{}, 0
	for _, e := range r.edits {
		b.Write(text[at:e.from])
		b.WriteString(e.text)
		at = e.to
	}
	b.Write(text[at:])
	return b.Bytes()
}

// add makes a mutant and returns its number, from 1.
func (r *rewriter) add(pos token.Pos, what string) int {
	at := r.p.fset.Position(pos)
	line := strings.TrimSpace(strings.Split(string(r.p.texts[r.file]), "\n")[at.Line-1])
	r.p.mutants = append(r.p.mutants, &mutant{place: fmt.Sprintf("%s:%d", r.p.names[r.file], at.Line), what: what, line: line, fate: unreached})
	return len(r.p.mutants)
}

// source returns the text of a node.
func (r *rewriter) source(n ast.Node) string {
	return string(r.p.texts[r.file][r.p.fset.Position(n.Pos()).Offset:r.p.fset.Position(n.End()).Offset])
}

// numeric reports whether an expression is a number known only at run time.
func (r *rewriter) numeric(e ast.Expr) bool {
	tv := r.p.info.Types[e]
	if tv.Value != nil || tv.Type == nil {
		return false
	}
	b, ok := tv.Type.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsNumeric != 0
}

// Visit implements ast.Visitor.
func (r *rewriter) Visit(n ast.Node) ast.Visitor {
	switch n := n.(type) {
	case *ast.GenDecl:
		if n.Tok == token.CONST || n.Tok == token.TYPE {
			return nil
		}
	case *ast.ArrayType: // its length is a constant
		return nil
	case *ast.BinaryExpr:
		if r.p.info.Types[n].Value != nil {
			return nil
		}
		r.binary(n)
	case *ast.UnaryExpr:
		if n.Op == token.SUB && r.numeric(n) {
			r.wrap(n, fmt.Sprintf("switches_.Neg(%d, ", r.add(n.OpPos, "-x to +x")), ")")
			r.replace(n.OpPos, 1, "")
		}
	case *ast.IncDecStmt:
		if !pure(n.X) || !r.numeric(n.X) {
			return r
		}
		what, by := "++ to --", "Inc"
		if n.Tok == token.DEC {
			what, by = "-- to ++", "Dec"
		}
		r.replace(n.TokPos, 2, fmt.Sprintf(" = switches_.%s(%d, %s)", by, r.add(n.TokPos, what), r.source(n.X)))
	case *ast.AssignStmt:
		r.assign(n)
	case *ast.ForStmt:
		r.jumps(n.Body, n.Cond != nil, true)
	case *ast.RangeStmt:
		r.jumps(n.Body, true, true)
	case *ast.CallExpr:
		if tv := r.p.info.Types[n]; tv.Value != nil {
			return nil
		}
	}
	return r
}

// helpers of the switches by operator, and what each of their mutants does.
var (
	arithmetic = map[token.Token][2]string{
		token.ADD: {"Add", "+ to -"}, token.SUB: {"Sub", "- to +"}, token.MUL: {"Mul", "* to /"}, token.QUO: {"Quo", "/ to *"},
		token.REM: {"Rem", "% to *"}, token.AND: {"And", "& to |"}, token.OR: {"Or", "| to &"}, token.XOR: {"Xor", "^ to &"},
		token.AND_NOT: {"AndNot", "&^ to &"}, token.SHL: {"Shl", "<< to >>"}, token.SHR: {"Shr", ">> to <<"},
	}
	ordered = map[token.Token][3]string{
		token.LSS: {"Lss", "< to >=", "< to <="}, token.LEQ: {"Leq", "<= to >", "<= to <"},
		token.GTR: {"Gtr", "> to <=", "> to >="}, token.GEQ: {"Geq", ">= to <", ">= to >"},
	}
	assigned = map[token.Token]token.Token{
		token.ADD_ASSIGN: token.ADD, token.SUB_ASSIGN: token.SUB, token.MUL_ASSIGN: token.MUL, token.QUO_ASSIGN: token.QUO,
		token.REM_ASSIGN: token.REM, token.AND_ASSIGN: token.AND, token.OR_ASSIGN: token.OR, token.XOR_ASSIGN: token.XOR,
		token.AND_NOT_ASSIGN: token.AND_NOT, token.SHL_ASSIGN: token.SHL, token.SHR_ASSIGN: token.SHR,
	}
)

func (r *rewriter) binary(n *ast.BinaryExpr) {
	switch n.Op {
	case token.EQL, token.NEQ:
		what := "== to !="
		if n.Op == token.NEQ {
			what = "!= to =="
		}
		r.wrap(n, "((", fmt.Sprintf(") != switches_.On(%d))", r.add(n.OpPos, what)))
	case token.LAND, token.LOR:
		// By De Morgan's law the other operator, in the same order.
		what := "&& to ||"
		if n.Op == token.LOR {
			what = "|| to &&"
		}
		on := fmt.Sprintf("switches_.On(%d)", r.add(n.OpPos, what))
		r.wrap(n, "((", ") != "+on+")")
		r.wrap(n.X, "((", ") != "+on+")")
		r.wrap(n.Y, "((", ") != "+on+")")
	case token.LSS, token.LEQ, token.GTR, token.GEQ:
		o := ordered[n.Op]
		a := r.add(n.OpPos, o[1])
		r.add(n.OpPos, o[2]) // a+1
		r.wrap(n, fmt.Sprintf("switches_.%s(%d, ", o[0], a), ")")
		r.replace(n.OpPos, len(n.Op.String()), ",")
	default:
		if !r.numeric(n) {
			return
		}
		o := arithmetic[n.Op]
		r.wrap(n, fmt.Sprintf("switches_.%s(%d, ", o[0], r.add(n.OpPos, o[1])), ")")
		r.replace(n.OpPos, len(n.Op.String()), ",")
		if n.Op == token.SHL || n.Op == token.SHR {
			r.shift(n.X, n.Y)
		}
	}
}

// shift gives the operands of a shift their types: on the left that which a
// constant has from its context, on the right any.
func (r *rewriter) shift(x, y ast.Expr) {
	if tv := r.p.info.Types[x]; x != nil && tv.Value != nil {
		r.wrap(x, types.TypeString(tv.Type, func(*types.Package) string { return "" })+"(", ")")
	}
	r.wrap(y, "uint64(", ")")
}

// assign rewrites x op= y as x = helper(x, y).
func (r *rewriter) assign(n *ast.AssignStmt) {
	op, ok := assigned[n.Tok]
	if !ok || !pure(n.Lhs[0]) || !r.numeric(n.Lhs[0]) {
		return
	}
	o := arithmetic[op]
	from, to, _ := strings.Cut(o[1], " to ")
	a := r.add(n.TokPos, from+"= to "+to+"=")
	r.add(n.TokPos, n.Tok.String()+" to =") // a+1
	name := o[0] + "To"
	r.replace(n.TokPos, len(n.Tok.String()), fmt.Sprintf("= switches_.%s(%d, %s, ", name, a, r.source(n.Lhs[0])))
	r.seq++
	r.insert(n.End(), -r.seq, ")")
	if op == token.SHL || op == token.SHR {
		r.wrap(n.Rhs[0], "uint64(", ")")
	}
}

// jumps turns break into continue and the reverse in a loop's body, down to
// the loops within it. Inner reports whether a bare break belongs to the loop;
// one more break must not end a loop that the compiler takes for endless.
func (r *rewriter) jumps(n ast.Node, ends, inner bool) {
	ast.Inspect(n, func(m ast.Node) bool {
		switch m := m.(type) {
		case *ast.ForStmt, *ast.RangeStmt, *ast.FuncLit:
			return m == n
		case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
			if m == n {
				return true
			}
			r.jumps(m, ends, false)
			return false
		case *ast.BranchStmt:
			label := ""
			if m.Label != nil {
				label = " " + m.Label.Name
			}
			switch {
			case m.Tok == token.BREAK && (inner || m.Label != nil):
				// A labelled break of a loop: the compiler tells if it is none.
				r.wrap(m, fmt.Sprintf("if switches_.On(%d) { continue%s }; ", r.add(m.Pos(), "break to continue"), label), "")
			case m.Tok == token.CONTINUE && ends && (inner || m.Label != nil):
				r.wrap(m, fmt.Sprintf("if switches_.On(%d) { break%s }; ", r.add(m.Pos(), "continue to break"), label), "")
			}
		}
		return true
	})
}

// pure reports whether an expression may be written twice: it calls nothing.
func pure(e ast.Expr) bool {
	ok := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.CallExpr, *ast.FuncLit, *ast.BinaryExpr:
			ok = false
		}
		return ok
	})
	return ok
}
