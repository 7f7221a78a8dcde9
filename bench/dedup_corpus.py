#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the deduplication benchmark's corpus from Debian packages: real text with real near-duplicates.

Several releases of the same documentation (llvm, clang, libstdc++), the kernel's and PostgreSQL's documentation, man pages in
several languages, and every copyright, changelog and man page of this machine.  One JSON object a line: id, source, text.

	bench/dedup_corpus.py WORK OUT.jsonl      # downloads with apt-get, unpacks under WORK, prints a manifest line a package
	bench/dedup_corpus.py --unseen WORK OUT   # another set of packages, for checking that nothing was fitted to the first
	bench/dedup_corpus.py --cut BYTES LIMIT IN OUT   # the texts of IN in pieces of whole lines of about BYTES, until LIMIT bytes
"""
import gzip
import hashlib
import html.parser
import json
import pathlib
import subprocess
import sys

PACKAGES = [f"{p}-{v}-doc" for p in ("clang", "llvm") for v in (13, 14, 15, 16, 19)] + [
    "linux-doc-6.1", "python3.11-doc", "libstdc++-11-doc", "libstdc++-12-doc", "postgresql-doc-15", "manpages",
    "manpages-dev", "manpages-de", "manpages-fr", "manpages-es", "manpages-ja", "developers-reference"]
UNSEEN = ["gcc-11-doc", "gcc-12-doc", "gfortran-11-doc", "gfortran-12-doc", "cpp-11-doc", "cpp-12-doc", "openjdk-17-doc",
          "python3-doc", "qtbase5-doc-html", "qtdeclarative5-doc-html", "libboost1.74-doc", "libboost1.81-doc",
          "manpages-pl", "manpages-pt-br", "manpages-it", "manpages-zh", "debian-policy", "git-doc", "perl-doc"]
TEXT = (".txt", ".rst", ".md")
LIMIT = 4 << 20


class Plain(html.parser.HTMLParser):
    """What a reader sees of a page."""

    def __init__(self):
        super().__init__()
        self.parts, self.hidden = [], 0

    def handle_starttag(self, tag, attrs):
        if tag in ("script", "style"):
            self.hidden += 1
        elif tag in ("p", "br", "li", "tr", "div", "h1", "h2", "h3", "pre"):
            self.parts.append("\n")

    def handle_endtag(self, tag):
        if tag in ("script", "style") and self.hidden:
            self.hidden -= 1

    def handle_data(self, data):
        if not self.hidden:
            self.parts.append(data)


def fetch(names, work):
    debs = work / "debs"
    debs.mkdir(parents=True, exist_ok=True)
    for name in names:
        if not list(debs.glob(f"{name}_*.deb")):
            subprocess.run(["apt-get", "download", name], cwd=debs, capture_output=True, check=False)
        found = list(debs.glob(f"{name}_*.deb"))
        if not found:
            print(f"missing {name}", file=sys.stderr)
            continue
        print(found[0].name, hashlib.sha256(found[0].read_bytes()).hexdigest(), file=sys.stderr)
        root = work / "root" / name
        if not root.exists():
            root.mkdir(parents=True)
            subprocess.run(["dpkg-deb", "-x", found[0], root], check=True)


def read(path):
    try:
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError, gzip.BadGzipFile):
        return None
    if not raw or len(raw) > LIMIT:
        return None
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def documents(root, source):
    for path in sorted(root.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        name = path.name.removesuffix(".gz")
        in_man = "/man/" in str(path)
        if not (in_man or name.endswith(TEXT + (".html",)) or name in ("copyright", "changelog", "changelog.Debian",
                                                                         "NEWS", "README")):
            continue
        text = read(path)
        if text is None or "\0" in text:
            continue
        if name.endswith(".html"):
            page = Plain()
            page.feed(text)
            text = "".join(page.parts)
        yield {"id": f"{source}:{path.relative_to(root)}", "source": source, "text": text}


def cut(size, limit, source, target):
    """Documents of a usual length: real text, cut at line ends."""
    written = count = 0
    with open(source, encoding="utf-8") as lines, open(target, "w", encoding="utf-8") as out:
        for line in lines:
            piece = ""
            for part in json.loads(line)["text"].splitlines(keepends=True):
                piece += part
                if len(piece) < size:
                    continue
                written += out.write(json.dumps({"id": count, "text": piece}, ensure_ascii=False) + "\n")
                count += 1
                piece = ""
            if written > limit:
                break
    print(f"{count} documents, {written / 1e6:.1f} MB", file=sys.stderr)


def main():
    args = sys.argv[1:]
    if args[0] == "--cut":
        cut(int(args[1]), int(args[2]), args[3], args[4])
        return
    names = UNSEEN if args[0] == "--unseen" else PACKAGES
    unseen = args[0] == "--unseen"
    work, out = pathlib.Path(args[-2]), pathlib.Path(args[-1])
    fetch(names, work)
    count = size = 0
    with out.open("w", encoding="utf-8") as f:
        roots = [(work / "root" / n, n) for n in names]
        if not unseen:
            roots += [(pathlib.Path("/usr/share/doc"), "machine-doc"), (pathlib.Path("/usr/share/man"), "machine-man")]
        for root, source in roots:
            for doc in documents(root, source):
                f.write(json.dumps(doc, ensure_ascii=False) + "\n")
                count += 1
                size += len(doc["text"].encode())
    print(f"{count} documents, {size / 1e6:.1f} MB of text", file=sys.stderr)


if __name__ == "__main__":
    main()
