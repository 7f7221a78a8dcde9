// SPDX-License-Identifier: GPL-3.0-or-later

// go_uses PATTERN: which file uses a name that which other file declares, as go/types says; for packages below the current folder.
// User TAB dependency, and "file TAB" for each file of the build.  Names of package level only: what a method is called on has an import or a
// name of its own.  Imports from elsewhere (third parties) are taken for empty packages.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

type listed struct {
	ImportPath, Dir   string
	GoFiles, CgoFiles []string
	ImportMap         map[string]string
}

type world struct {
	root     string
	set      *token.FileSet
	listed   map[string]*listed
	checked  map[string]*types.Package
	out      *bufio.Writer
}

type scope struct {
	*world
	of *listed
}

func (s scope) Import(path string) (*types.Package, error) {
	if mapped, ok := s.of.ImportMap[path]; ok {
		path = mapped
	}
	return s.check(path), nil
}

func (w *world) check(path string) *types.Package {
	if path == "unsafe" {
		return types.Unsafe
	}
	if done, ok := w.checked[path]; ok {
		return done
	}
	of, ok := w.listed[path]
	if !ok {
		empty := types.NewPackage(path, filepath.Base(path))
		empty.MarkComplete()
		w.checked[path] = empty
		return empty
	}
	w.checked[path] = types.NewPackage(path, filepath.Base(path)) // a circle is an error elsewhere
	inside := strings.HasPrefix(of.Dir+"/", w.root+"/")
	var files []*ast.File
	for _, name := range append(append([]string{}, of.GoFiles...), of.CgoFiles...) {
		file, err := parser.ParseFile(w.set, filepath.Join(of.Dir, name), nil, parser.SkipObjectResolution)
		if err == nil {
			files = append(files, file)
		}
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: scope{w, of}, Error: func(error) {}, FakeImportC: true, IgnoreFuncBodies: !inside}
	made, _ := config.Check(path, w.set, files, info)
	w.checked[path] = made
	if inside {
		w.write(files, info)
	}
	return made
}

func (w *world) write(files []*ast.File, info *types.Info) {
	for _, file := range files {
		fmt.Fprintf(w.out, "%s\t\n", w.set.Position(file.Package).Filename)
	}
	seen := map[string]bool{}
	for ident, object := range info.Uses {
		if object.Pkg() == nil || object.Parent() != object.Pkg().Scope() || !object.Pos().IsValid() {
			continue
		}
		user, used := w.set.Position(ident.Pos()).Filename, w.set.Position(object.Pos()).Filename
		line := user + "\t" + used + "\n"
		if user != used && strings.HasPrefix(used, w.root+"/") && !seen[line] {
			seen[line] = true
			w.out.WriteString(line)
		}
	}
}

func main() {
	root, _ := os.Getwd()
	root, _ = filepath.EvalSymlinks(root)
	w := &world{root: root, set: token.NewFileSet(), listed: map[string]*listed{}, checked: map[string]*types.Package{},
		out: bufio.NewWriter(os.Stdout)}
	defer w.out.Flush()
	command := exec.Command("go", "list", "-e", "-json=ImportPath,Dir,GoFiles,CgoFiles,ImportMap", "std", os.Args[1])
	text, err := command.Output()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for decoder := json.NewDecoder(strings.NewReader(string(text))); decoder.More(); {
		one := &listed{}
		if decoder.Decode(one) != nil {
			break
		}
		w.listed[one.ImportPath] = one
	}
	for path, of := range w.listed {
		if strings.HasPrefix(of.Dir+"/", w.root+"/") && !strings.HasPrefix(path, "vendor/") {
			w.check(path)
		}
	}
}
