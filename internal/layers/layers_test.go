package layers_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	root   = "../.."
	module = "brainsweep"
)

// file is one Go file of the tree, whatever its build tags.
type file struct {
	path    string // from the repository's root, with slashes
	room    string // the folder it is in
	isTest  bool
	lines   int
	syntax  *ast.File
	imports []string
}

// tree reads every Go file of the repository.
func tree(t *testing.T) []file {
	t.Helper()
	var files []file
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != root && hidden(entry.Name()):
			return filepath.SkipDir
		case entry.IsDir() || filepath.Ext(name) != ".go":
			return nil
		}
		f, err := read(name)
		files = append(files, f)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatal("there is no Go file below the repository's root")
	}
	return files
}

// hidden are the folders that the go command does not look into, and what make builds.
func hidden(folder string) bool {
	return strings.HasPrefix(folder, ".") || strings.HasPrefix(folder, "_") ||
		slices.Contains([]string{"bin", "build", "testdata", "vendor"}, folder)
}

func read(name string) (file, error) {
	set := token.NewFileSet()
	syntax, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
	if err != nil {
		return file{}, err
	}
	below, err := filepath.Rel(root, name)
	if err != nil {
		return file{}, err
	}
	f := file{
		path:   filepath.ToSlash(below),
		isTest: strings.HasSuffix(name, "_test.go"),
		lines:  set.File(syntax.Pos()).LineCount(),
		syntax: syntax,
	}
	f.room = path.Dir(f.path)
	for _, spec := range syntax.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return file{}, err
		}
		f.imports = append(f.imports, imported)
	}
	return f, nil
}

// belongs tells whether the import path is of one of the modules.
func belongs(imported string, modules []string) bool {
	return slices.ContainsFunc(modules, func(m string) bool {
		return imported == m || strings.HasPrefix(imported, m+"/")
	})
}

func TestTableOnlyGoesDown(t *testing.T) {
	for from, r := range house {
		for _, to := range r.imports {
			below, known := house[to]
			if !known {
				t.Errorf("%s may import %s, which has no line in the table", from, to)
			} else if below.floor > r.floor {
				t.Errorf("%s (floor %d) may import %s (floor %d): arrows only go down", from, r.floor, to, below.floor)
			}
		}
	}
}

func TestEveryPackageHasItsRoom(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range tree(t) {
		if _, known := house[f.room]; !known && !seen[f.room] {
			seen[f.room] = true
			t.Errorf("package %s has no room in the house: give it a floor, and the arrows that it needs, "+
				"in the table of internal/layers/house_test.go", f.room)
		}
	}
}

func TestArrowsAreInTheTable(t *testing.T) {
	for _, f := range tree(t) {
		from, known := house[f.room]
		if !known {
			continue // said by TestEveryPackageHasItsRoom
		}
		for _, imported := range f.imports {
			to, ours := strings.CutPrefix(imported, module+"/")
			switch {
			case !ours || to == "fault" || to == f.room || slices.Contains(from.imports, to):
			case !f.isTest:
				t.Errorf("%s: %s does not import %s. Where the design wants this arrow, "+
					"add it to the table of internal/layers/house_test.go", f.path, f.room, to)
			case house[to].floor > from.floor:
				t.Errorf("%s: a test of %s (floor %d) does not import %s (floor %d): arrows only go down",
					f.path, f.room, from.floor, to, house[to].floor)
			}
		}
	}
}

func TestModulesFromElsewhereAreInTheTable(t *testing.T) {
	for _, f := range tree(t) {
		for _, imported := range f.imports {
			domain, _, _ := strings.Cut(imported, "/")
			fromElsewhere := strings.Contains(domain, ".")
			allowed := belongs(imported, house[f.room].outside) || f.isTest && belongs(imported, forTests)
			if fromElsewhere && !allowed {
				t.Errorf("%s: %s does not import %s. Where it must, add the module to its line "+
					"in the table of internal/layers/house_test.go", f.path, f.room, imported)
			}
		}
	}
}

func TestOnlyShimsSpeakC(t *testing.T) {
	for _, f := range tree(t) {
		if slices.Contains(f.imports, "C") && !house[f.room].cgo {
			t.Errorf("%s: imports \"C\", which %s may not", f.path, f.room)
		}
	}
}

// What a room reaches through modules from elsewhere is known to the go command only.
func TestPureRoomsReachNoC(t *testing.T) {
	for _, name := range pure {
		files, err := filepath.Glob(filepath.Join(root, name, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		if len(files) == 0 {
			continue
		}
		list := exec.Command("go", "list", "-e", "-deps", "-tags", "mpi,cuda", "-f", "{{if .CgoFiles}}{{.ImportPath}}{{end}}", "./"+name)
		list.Dir = root
		var complaint bytes.Buffer
		list.Stderr = &complaint
		out, err := list.Output()
		if err != nil {
			t.Fatalf("go list %s: %v\n%s", name, err, complaint.String())
		}
		for _, reached := range strings.Fields(string(out)) {
			t.Errorf("%s reaches C through %s", name, reached)
		}
	}
}

func TestPackagesAreNamedForWhatTheyHold(t *testing.T) {
	for _, f := range tree(t) {
		name := strings.TrimSuffix(f.syntax.Name.Name, "_test")
		if slices.Contains(nondescript, path.Base(f.room)) {
			t.Errorf("%s: %q says nothing of what the package holds", f.path, path.Base(f.room))
		}
		if name != path.Base(f.room) && name != "main" {
			t.Errorf("%s: package %s is in a folder called %s", f.path, name, path.Base(f.room))
		}
	}
}

func TestNothingHappensAtImport(t *testing.T) {
	for _, f := range tree(t) {
		for _, declaration := range f.syntax.Decls {
			fn, ok := declaration.(*ast.FuncDecl)
			if ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s: has a func init; a plain table or a constructor says the same where it is used", f.path)
			}
		}
	}
}

func TestFilesAreShort(t *testing.T) {
	for _, f := range tree(t) {
		switch {
		case f.lines > longestFile:
			t.Errorf("%s: %d lines; divide it before it grows beyond %d", f.path, f.lines, longestFile)
		case f.lines > 400:
			t.Logf("%s: %d lines; meant to stay within 400", f.path, f.lines)
		}
	}
}
