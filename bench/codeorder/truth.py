#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Edges of `tamis order --links` against what each language's own tools say.

    truth.py python ROOT           the ast module, with Python's path rules
    truth.py depcruise ROOT JSON   output of dependency-cruiser (-T json) run above ROOT
    truth.py golist SRC JSON       output of `go list -json std`; packages, not files
    truth.py jdeps ROOT TEXT       output of `jdeps -v -R` over the compiled classes

Each reads the links from standard input and prints edges, precision, recall and some of what differs.
"""
import ast
import json
import os
import re
import sys


def links():
    for line in sys.stdin:
        user, dependency, kind = line.rstrip("\n").split("\t")
        yield user, dependency, kind


def report(truth, ours):
    both = len(truth & ours)
    print(f"{len(truth)} edges, precision {both / max(1, len(ours)):.4f}, recall {both / max(1, len(truth)):.4f}")
    for name, edges in ("missing", truth - ours), ("false", ours - truth):
        for edge in sorted(edges)[:8]:
            print(f"  {name}: {edge[0]} -> {edge[1]}")


def python(root):
    files = {os.path.relpath(os.path.join(folder, name), root)
             for folder, _, names in os.walk(root) for name in names if name.endswith(".py")}

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
    for path in files:
        with open(os.path.join(root, path), "rb") as source:
            try:
                tree = ast.parse(source.read())
            except (SyntaxError, ValueError):
                continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    parts = alias.name.split(".")
                    while parts and not absolute(path, parts):
                        parts.pop()
                    if parts:
                        truth.add((path, absolute(path, parts)))
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
    report({e for e in truth if e[0] != e[1]}, {(u, d) for u, d, _ in links() if u in files and d in files})


def depcruise(root, path):
    with open(path) as handle:
        modules = json.load(handle)["modules"]
    prefix = os.path.basename(root.rstrip("/")) + "/"
    inside = {m["source"] for m in modules if not m.get("coreModule") and "node_modules" not in m["source"]}
    truth = {(m["source"], d["resolved"]) for m in modules if m["source"] in inside for d in m["dependencies"]
             if not d.get("couldNotResolve") and not d.get("coreModule") and "node_modules" not in d["resolved"]}
    ours = {(prefix + u, prefix + d) for u, d, _ in links()}
    report({e for e in truth if e[0] != e[1]}, {e for e in ours if e[0] in inside and e[1] in inside})


def golist(_, path):
    decoder, packages = json.JSONDecoder(), {}
    with open(path) as handle:
        text = handle.read().strip()
    while text:
        package, end = decoder.raw_decode(text)
        packages[package["ImportPath"]] = package
        text = text[end:].lstrip()
    files = {f"{name}/{f}": name for name, p in packages.items() if not name.startswith("vendor/")
             for f in p.get("GoFiles", []) + p.get("CgoFiles", [])}
    truth = {(name, d) for name, p in packages.items() if not name.startswith("vendor/") for d in p.get("Imports", [])
             if d in packages and not d.startswith("vendor/")}
    ours = {(files[u], os.path.dirname(d)) for u, d, kind in links()
            if u in files and d.endswith(".go") and kind != "symbol"}
    report(truth, {e for e in ours if e[1] in packages and e[0] != e[1]})


def jdeps(root, path):
    files = {os.path.relpath(os.path.join(folder, name), root)
             for folder, _, names in os.walk(root) for name in names if name.endswith(".java")}

    def fold(name):
        return name.split("$")[0].replace(".", "/") + ".java"

    truth = set()
    with open(path) as handle:
        for line in handle:
            found = re.match(r"\s+(\S+)\s+->\s+(\S+)", line)
            if found:
                truth.add((fold(found[1]), fold(found[2])))
    report({e for e in truth if e[0] in files and e[1] in files and e[0] != e[1]},
           {(u, d) for u, d, _ in links() if u in files and d in files})


if __name__ == "__main__":
    {"python": python, "depcruise": depcruise, "golist": golist, "jdeps": jdeps}[sys.argv[1]](*sys.argv[2:])
