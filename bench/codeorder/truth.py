#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Links of `tamis order --links` against what each language's own tools say.

    truth.py ast ROOT                 the ast module, with Python's rules for paths
    truth.py modulefinder ROOT        the standard library's ModuleFinder, which reads byte code and resolves by importlib
    truth.py depcruise ROOT JSON      output of dependency-cruiser (-T json) run above ROOT
    truth.py golist ROOT JSON [PATH]  output of `go list -json`, of the module with this path; packages, not files
    truth.py jdeps ROOT TEXT          output of `jdeps -v` over the compiled classes
    truth.py depinfo ROOT FILE counts CRATE   what rustc --emit=dep-info wrote for the crate at ROOT
    truth.py pairs ROOT FILE [whole]  user TAB dependency, as a program under hooks said it; a line with an empty
                                      dependency says that the user was loaded.  Loading runs neither what is late or conditional
                                      nor every name a file uses: these count for precision only with `whole`, a truth
                                      that has read all code.  A third column: the dependency was there when the user had
                                      been loaded, whoever asked for it
    truth.py ran ROOT FILE            the same for a program that only says what was needed first: recall alone

Each reads the links (user, dependency, kind) from standard input and prints edges, precision, recall, separated by tabs; what differs
goes to the file that DIFFERENCES names.  Edges from a file to itself count nowhere, nor do files that only one side knows.
"""
import ast
import json
import os
import re
import sys
import threading

LATER = {"late", "conditional", "test", "pair"}


def links():
    for line in sys.stdin.buffer:
        user, dependency, kind = line.decode("utf-8", "replace").rstrip("\n").split("\t")
        yield user, dependency, kind


def report(truth, ours, surely=None, confirmed=()):
    """Recall is that of `ours`, precision that of `surely` when given (links that no condition guards), against `confirmed`."""
    truth = {e for e in truth if e[0] != e[1]}
    surely = ours if surely is None else surely
    confirmed = truth | set(confirmed)
    both = len(confirmed & surely)
    print(f"{len(truth)}\t{both / max(1, len(surely)):.4f}\t{len(truth & ours) / max(1, len(truth)):.4f}")
    path = os.environ.get("DIFFERENCES")
    if path:
        with open(path, "w", encoding="utf-8", errors="replace") as out:
            for name, edges in ("missing", truth - ours), ("false", surely - confirmed):
                for edge in sorted(edges):
                    out.write(f"{name}\t{edge[0]}\t{edge[1]}\n")


def files_under(root, *endings):
    """Vendored folders are left out, as they are on the other side."""
    for folder, folders, names in os.walk(root):
        folders[:] = [f for f in folders if f not in ("vendor", "vendored", "_vendor", "third_party", "thirdparty")]
        for name in names:
            if name.endswith(endings):
                yield os.path.relpath(os.path.join(folder, name), root)


def python(root):
    files = set(files_under(root, ".py"))

    def module(folder, parts):
        base = "/".join(([folder] if folder else []) + parts)
        if parts and base + ".py" in files:
            return base + ".py"
        init = (base + "/" if base else "") + "__init__.py"
        return init if init in files else None

    def roots(path):
        folder = os.path.dirname(path)
        while folder and folder + "/__init__.py" in files:
            folder = os.path.dirname(folder)
        yield folder
        while folder:
            folder = os.path.dirname(folder)
            yield folder

    def absolute(path, parts):
        return next((m for r in roots(path) if (m := module(r, parts))), None)

    truth = set()
    parsed = set()
    for path in files:
        with open(os.path.join(root, path), "rb") as source:
            try:
                tree = ast.parse(source.read())
            except (SyntaxError, ValueError):
                continue
        parsed.add(path)
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    parts = alias.name.split(".")
                    while parts and not absolute(path, parts):
                        parts.pop()
                    if parts:
                        truth.add((path, absolute(path, parts)))
            elif isinstance(node, ast.Call):
                called = getattr(node.func, "attr", getattr(node.func, "id", ""))
                name = node.args[0] if node.args else None
                if called in ("import_module", "__import__") and isinstance(name, ast.Constant) and isinstance(name.value, str):
                    level = len(name.value) - len(name.value.lstrip("."))
                    parts, folder = name.value[level:].split("."), os.path.dirname(path)
                    for _ in range(level - 1):
                        folder = os.path.dirname(folder)
                    while parts and not level and not absolute(path, parts):
                        parts.pop()
                    found = (module(folder, parts) if level else absolute(path, parts)) if parts else None
                    if found:
                        truth.add((path, found))
            elif isinstance(node, ast.ImportFrom):
                parts = node.module.split(".") if node.module else []
                folder = os.path.dirname(path)
                for _ in range(node.level - 1):
                    folder = os.path.dirname(folder)
                find = (lambda p: module(folder, p)) if node.level else (lambda p: absolute(path, p))
                for alias in node.names:
                    found = None if alias.name == "*" else find(parts + [alias.name])
                    found = found or find(parts)
                    if found:
                        truth.add((path, found))
    report(truth, {(u, d) for u, d, _ in links() if u in parsed and d in files})


def finder(root):
    """Every file is loaded as the module it is; what import_hook is asked for, and finds, are the edges."""
    import modulefinder

    class Finder(modulefinder.ModuleFinder):
        edges = set()

        def named(self, user, full):
            """The longest part of a dotted name that is a module."""
            while full:
                module = self.modules.get(full)
                if module and module.__file__:
                    self.edges.add((user.__file__, module.__file__))
                    return
                full = full.rpartition(".")[0]

        def scan_code(self, co, m):
            super().scan_code(co, m)
            for what, args in self.scan_opcodes(co):
                if what == "absolute_import":
                    names, full = args
                elif what == "relative_import":
                    level, names, full = args
                    try:
                        parent = self.determine_parent(m, level=level).__name__
                    except (ImportError, AttributeError):
                        continue
                    full = f"{parent}.{full}" if full else parent
                else:
                    continue
                for name in names or ():
                    self.named(m, full if name == "*" else f"{full}.{name}")
                if not names:
                    self.named(m, full)

    files = set(files_under(root, ".py"))
    find = Finder(path=[os.path.abspath(root)])
    loaded = set()
    for path in sorted(files):
        name = path[:-3].replace("/", ".").removesuffix(".__init__")
        try:
            find.import_hook(name)
            loaded.add(path)
        except (ImportError, SyntaxError, ValueError, AttributeError, UnicodeError):
            continue
    base = os.path.abspath(root) + "/"
    truth = {(u.removeprefix(base), d.removeprefix(base)) for u, d in find.edges if d}
    found = {(u, d): kind for u, d, kind in links() if u in loaded and d in files}
    report({e for e in truth if e[0] in files and e[1] in files}, set(found))


def depcruise(root, path, prefix=None):
    with open(path, encoding="utf-8") as handle:
        modules = json.load(handle)["modules"]
    prefix = (prefix or os.path.basename(root.rstrip("/"))) + "/"
    inside = {m["source"] for m in modules if not m.get("coreModule") and "node_modules" not in m["source"]}
    truth = {(m["source"], d["resolved"]) for m in modules if m["source"] in inside for d in m["dependencies"]
             if not d.get("couldNotResolve") and not d.get("coreModule") and "node_modules" not in d["resolved"]}
    ours = {(prefix + u, prefix + d) for u, d, _ in links()}
    report(truth, {e for e in ours if e[0] in inside and e[1] in inside})


def golist(root, path, module=""):
    decoder, packages = json.JSONDecoder(), {}
    with open(path, encoding="utf-8") as handle:
        text = handle.read().strip()
    while text:
        package, end = decoder.raw_decode(text)
        packages[package["ImportPath"]] = package
        text = text[end:].lstrip()
    inside = {n: p for n, p in packages.items() if not n.startswith("vendor/") and p.get("Dir")}
    folder = {n: os.path.relpath(p["Dir"], root) for n, p in inside.items()}
    name_of = {f: n for n, f in folder.items()}
    files = {os.path.normpath(f"{folder[n]}/{f}"): n for n, p in inside.items() for f in p.get("GoFiles", []) + p.get("CgoFiles", [])}
    truth = {(n, d) for n, p in inside.items() for d in p.get("Imports", []) if d in inside}
    ours = {(files[u], name_of.get(os.path.dirname(d) or ".")) for u, d, kind in links()
            if u in files and d.endswith(".go") and kind != "symbol"}
    report(truth, {e for e in ours if e[1] and e[0] != e[1]})


def jdeps(root, path):
    files = set(files_under(root, ".java"))
    truth = set()
    with open(path, encoding="utf-8") as handle:
        for line in handle:
            found = re.match(r"\s+(\S+)\s+->\s+(\S+)", line)
            if found:
                truth.add(tuple(name.split("$")[0].replace(".", "/") + ".java" for name in found.groups()))
    known = {u for u, _ in truth}
    report({e for e in truth if e[0] in files and e[1] in files},
           {(u, d) for u, d, _ in links() if u in files and u in known and d in files})


def reached(start, edges):
    needs = {}
    for user, dependency in edges:
        needs.setdefault(user, []).append(dependency)
    seen, stack = set(), list(start)
    while stack:
        file = stack.pop()
        if file not in seen:
            seen.add(file)
            stack.extend(needs.get(file, []))
    return seen


def is_child(user, file):
    """Is `file` where a module declared in `user` would be?"""
    stem = os.path.splitext(user)[0]
    folder = os.path.dirname(user) if os.path.basename(stem) in ("mod", "lib", "main") else stem
    return os.path.dirname(file.removesuffix("/mod.rs") if file.endswith("/mod.rs") else file) == folder


def depinfo(root, path, _, crate):
    """The files that `mod` and include! reach from the crate's root, against those that rustc read; as counts, to be added up."""
    base = os.path.realpath(root) + "/"
    with open(path, encoding="utf-8") as handle:
        rule = handle.readline().partition(": ")[2].split()
    read = {os.path.realpath(f).removeprefix(base) for f in rule}
    start = rule[0] if rule else None
    read = {f for f in read if not f.startswith("/")}
    found = [(u, d, kind) for u, d, kind in links()]
    start = os.path.realpath(start).removeprefix(base)
    # a pair of files keeps its heaviest kind: what a module uses of its own child, it has declared
    named = [(u, d) for u, d, kind in found if kind in ("structure", "conditional") or is_child(u, d) or not d.endswith(".rs")]
    surely = [(u, d) for u, d, kind in found if kind == "structure" or (kind in ("strong", "reexport") and is_child(u, d))]
    named, surely = reached([start], named), reached([start], surely)
    print(f"{crate}\t{len(read)}\t{len(read & named)}\t{len(surely)}\t{len(surely & read)}")


def pairs(root, path, whole=None):
    base = os.path.realpath(root) + "/"
    truth, loaded, present = set(), set(), set()
    with open(path, encoding="utf-8", errors="replace") as handle:
        for line in handle:
            user, _, dependency = line.rstrip("\n").partition("\t")
            dependency, _, how = dependency.partition("\t")
            if how and dependency.startswith(base):
                present.add((user.removeprefix(base), dependency.removeprefix(base)))
                continue
            if not user.startswith(base):
                continue
            loaded.add(user.removeprefix(base))
            if dependency.startswith(base):
                truth.add((user.removeprefix(base), dependency.removeprefix(base)))
    known = loaded | {d for _, d in truth}
    found = [(u, d, kind) for u, d, kind in links() if u in loaded and d in known]
    ours = {(u, d) for u, d, _ in found}
    if whole == "ran":
        report(truth, ours, ours & truth)
    else:
        surely = ours if whole else {(u, d) for u, d, kind in found if kind not in LATER | {"symbol"}}
        report(truth, ours, surely, truth | present)


def main():
    {"ast": python, "modulefinder": finder, "depcruise": depcruise, "golist": golist, "jdeps": jdeps, "depinfo": depinfo,
     "pairs": pairs, "ran": lambda root, path: pairs(root, path, "ran")}[sys.argv[1]](*sys.argv[2:])


if __name__ == "__main__":
    # ModuleFinder goes as deep as imports do
    sys.setrecursionlimit(1_000_000)
    threading.stack_size(1 << 29)
    worker = threading.Thread(target=main)
    worker.start()
    worker.join()
