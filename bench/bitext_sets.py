#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds a mining test from what packages ship in several languages: true pairs hidden among sentences of the same kind.

English sentences and their translations are taken from the *.mo files of LANG below the given folders, from pages of manuals
(--html ENGLISH OTHER) or from columns (bitext_pairs.py reads them).  `--gold` pairs are kept
whole; of the others, documents of one half give English noise, documents of the other half give foreign noise (sentences of one
half and the other where there are few documents).
Messages are templated, so noise may be a true pair in disguise, and then the test is wrong, not the system: a foreign
noise sentence is dropped when the English it was translated from shares .45 of its words (Jaccard over 6-letter prefixes)
with any English sentence of the set, and an English noise sentence that close to a gold one is dropped as well.

    bitext_sets.py --catalogues /usr/share/games/wesnoth/1.16/locale --lang de --out DIR [--domains REGEX] [--gold 1000]

writes DIR/test.en, test.xx and test.gold (zero-based line pairs) and prints the density of gold.
"""
import argparse
import collections
import hashlib
import os
import random
import re

from bitext_pairs import of_catalogues, of_columns, of_html

WORD = re.compile(r"\w+")
END = re.compile(r"[.!?。！？…:：][\"'”»」』）)]*$")


def keys(text):
    return {w[:6].lower() for w in WORD.findall(text) if len(w) > 2}


class Near:
    """Answers whether any sentence added so far shares .45 of its words with another."""

    def __init__(self, sentences):
        self.sets = [keys(s) for s in sentences]
        self.index = collections.defaultdict(list)
        for i, s in enumerate(self.sets):
            for w in s:
                self.index[w].append(i)

    def near(self, sentence, limit=.45):
        mine = keys(sentence)
        common = collections.Counter()
        for w in mine:
            if len(self.index[w]) < 3000:
                common.update(self.index[w])
        return any(n / (len(mine) + len(self.sets[i]) - n) >= limit for i, n in common.most_common(20))


def sources(args):
    for root in args.catalogues:
        yield from of_catalogues(root, args.lang, args.domains)
    for english, other in args.html:
        yield from of_html(english, other)
    for path in args.columns:
        yield from of_columns(path)


def gather(args):
    pairs, seen_en, seen_xx = {}, collections.Counter(), collections.Counter()
    for en, xx, name in sources(args):
        whole = args.columns or END.search(en)
        if en != xx and 5 <= len(en.split()) <= 60 and whole and len(xx) > 5 and (en, xx) not in pairs:
            pairs[en, xx] = name
            seen_en[en] += 1
            seen_xx[xx] += 1
    return [(en, xx, name) for (en, xx), name in pairs.items() if seen_en[en] == 1 and seen_xx[xx] == 1]


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--catalogues", action="append", default=[])
    options.add_argument("--html", action="append", nargs=2, default=[], metavar=("ENGLISH", "OTHER"))
    options.add_argument("--columns", action="append", default=[])
    options.add_argument("--lang", required=True)
    options.add_argument("--out", required=True)
    options.add_argument("--domains", default="")
    options.add_argument("--gold", type=int, default=1000)
    options.add_argument("--most", type=int, default=14000)
    options.add_argument("--name", default="test")
    args = options.parse_args()
    pairs = gather(args)
    random.Random(5).shuffle(pairs)
    gold, rest = pairs[:args.gold], pairs[args.gold:]
    few = len({name for _, _, name in pairs}) < 30
    half = lambda en, name: hashlib.md5((en if few else name).encode()).digest()[0] & 1
    near_gold = Near([en for en, _, _ in gold])
    english = [en for en, _, name in rest if half(en, name) and not near_gold.near(en)][:args.most - len(gold)]
    near_all = Near([en for en, _, _ in gold] + english)
    foreign = [xx for en, xx, name in rest if not half(en, name) and not near_all.near(en)][:args.most - len(gold)]
    en_lines = [(en, i) for i, (en, _, _) in enumerate(gold)] + [(en, -1) for en in english]
    xx_lines = [(xx, i) for i, (_, xx, _) in enumerate(gold)] + [(xx, -1) for xx in foreign]
    random.Random(6).shuffle(en_lines)
    random.Random(7).shuffle(xx_lines)
    where_xx = {i: at for at, (_, i) in enumerate(xx_lines) if i >= 0}
    os.makedirs(args.out, exist_ok=True)
    base = os.path.join(args.out, args.name)
    with open(base + ".en", "w", encoding="utf-8") as f:
        f.writelines(en + "\n" for en, _ in en_lines)
    with open(base + ".xx", "w", encoding="utf-8") as f:
        f.writelines(xx + "\n" for xx, _ in xx_lines)
    with open(base + ".gold", "w", encoding="utf-8") as f:
        f.writelines(f"{at}\t{where_xx[i]}\n" for at, (_, i) in enumerate(en_lines) if i >= 0)
    print(f"{args.lang}: {len(en_lines)} English, {len(xx_lines)} foreign, {len(gold)} gold, "
          f"density {len(gold) / len(en_lines):.1%} / {len(gold) / len(xx_lines):.1%}")


if __name__ == "__main__":
    main()
