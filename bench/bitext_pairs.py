# SPDX-License-Identifier: GPL-3.0-or-later
"""Parallel text out of what Debian packages ship, for the builders of test sets beside this file.

Each reader yields (English, other, name of the document) in the order of the document:
    of_catalogues(folder of LANG/LC_MESSAGES/*.mo, language, regular expression on names)
    of_html(folder, folder)    pages of the same path and the same blocks: manuals, LibreOffice help
    of_columns(file)           English TAB other [TAB document]
"""
import gettext
import html.parser
import os
import re

BLOCKS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "dt", "dd", "td", "th", "caption", "title", "div", "blockquote"}
SKIPPED = {"script", "style", "pre", "nav"}
CODE = r"(?:[._-](?:[a-z]{2,3}(?:[_-][A-Za-z]{2,4})?))?"


def catalogue(path):
    try:
        with open(path, "rb") as f:
            return gettext.GNUTranslations(f)._catalog.items()
    except (OSError, ValueError, IndexError, UnicodeDecodeError):
        return []


def clean(text):
    text = re.sub(r"<[^>]*>", "", text.split("^", 1)[-1] if re.match(r"^[a-z_ ]+\^", text) else text)
    return " ".join(text.replace("_", "").split())


def of_catalogues(root, lang, names):
    where = os.path.join(root, lang, "LC_MESSAGES")
    for name in sorted(os.listdir(where)) if os.path.isdir(where) else []:
        if not name.endswith(".mo") or not re.search(names, name):
            continue
        for key, value in catalogue(os.path.join(where, name)):
            key = key[0] if isinstance(key, tuple) else key
            if key and isinstance(value, str):
                yield clean(key.rsplit("\4", 1)[-1]), clean(value), name


class Page(html.parser.HTMLParser):
    """The texts of a page between the borders of its blocks, each with the block's tag."""

    def __init__(self):
        super().__init__()
        self.blocks, self.text, self.skip, self.tag = [], [], 0, ""

    def flush(self):
        text = " ".join("".join(self.text).split())
        if text:
            self.blocks.append((self.tag, text))
        self.text = []

    def handle_starttag(self, tag, attributes):
        self.skip += tag in SKIPPED
        if tag in BLOCKS:
            self.flush()
            self.tag = tag

    def handle_endtag(self, tag):
        self.skip -= tag in SKIPPED and self.skip > 0
        if tag in BLOCKS:
            self.flush()

    def handle_data(self, data):
        if not self.skip:
            self.text.append(data)


def page(path):
    reader = Page()
    with open(path, encoding="utf-8", errors="replace") as f:
        reader.feed(f.read())
    reader.flush()
    return reader.blocks


def pages(folder):
    """Paths by their names without a language code: ch01.fr.html and ch01.en.html meet."""
    found = {}
    for at, _, names in os.walk(folder):
        for name in names:
            if name.endswith((".html", ".htm")):
                short = re.sub(CODE + r"\.html?$", "", os.path.relpath(os.path.join(at, name), folder))
                found.setdefault(short, os.path.join(at, name))
    return found


STOP = re.compile(r"(?<=[.!?])[\"'”»)]*\s+(?=[\"'“«(¿¡]*[^\Wa-z])|(?<=[。！？])(?![”」』）])\s*")


def sentences(x, y):
    """The sentences of two blocks when they have as many, else the blocks."""
    xs, ys = STOP.split(x), STOP.split(y)
    xs, ys = [s for s in xs if s.strip()], [s for s in ys if s.strip()]
    return zip(xs, ys) if len(xs) == len(ys) else [(x, y)]


def of_html(english, other):
    others = pages(other)
    for short, path in sorted(pages(english).items()):
        if short not in others:
            continue
        a, b = page(path), page(others[short])
        if [tag for tag, _ in a] == [tag for tag, _ in b]:
            for (_, x), (_, y) in zip(a, b):
                for s, t in sentences(x, y):
                    yield s, t, short


def of_columns(path):
    with open(path, encoding="utf-8") as f:
        for line in f:
            columns = line.rstrip("\n").split("\t")
            if len(columns) > 1:
                yield " ".join(columns[0].split()), " ".join(columns[1].split()), columns[2] if len(columns) > 2 else path
