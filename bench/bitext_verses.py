#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds documents to align with known beads: verses (or sentences) of two translations, some of them merged with the next and some
left out on either side, at random.

    bitext_verses.py --columns VERSES.tsv --out DIR [--merge .12] [--delete .05] [--documents 60]

reads English TAB other TAB document and writes DIR/NAME.en, NAME.xx and NAME.gold (Vecalign's notation) for each document of 8 verses
or more.
"""
import argparse
import os
import random

from bitext_pairs import of_columns


def side(texts, merge, delete, draw):
    """Groups of verse numbers, each a line; a verse left out is in none."""
    groups = []
    joined = False
    for i in range(len(texts)):
        if draw.random() < delete:
            joined = False
            continue
        if joined and groups:
            groups[-1].append(i)
        else:
            groups.append([i])
        joined = draw.random() < merge
    return groups


def beads(xs, ys):
    """Groups of both sides that share verses, as connected components, in order."""
    where = {}
    out = []
    for of_x, groups in ((True, xs), (False, ys)):
        for number, group in enumerate(groups):
            hit = {id(where[v]): where[v] for v in group if v in where}
            bead = {"x": [], "y": [], "verses": []}
            for old in hit.values():
                for key in bead:
                    bead[key] += old[key]
                out.remove(old)
            bead["x" if of_x else "y"].append(number)
            bead["verses"] += group
            for v in bead["verses"]:
                where[v] = bead
            out.append(bead)
    return sorted(out, key=lambda b: min(b["verses"]))


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--columns", required=True)
    options.add_argument("--out", required=True)
    options.add_argument("--merge", type=float, default=.12)
    options.add_argument("--delete", type=float, default=.05)
    options.add_argument("--documents", type=int, default=60)
    options.add_argument("--seed", type=int, default=11)
    args = options.parse_args()
    documents = {}
    for en, xx, name in of_columns(args.columns):
        documents.setdefault(name, []).append((en, xx))
    draw = random.Random(args.seed)
    names = sorted(name for name, pairs in documents.items() if len(pairs) >= 8)
    draw.shuffle(names)
    os.makedirs(args.out, exist_ok=True)
    for name in sorted(names[:args.documents]):
        pairs = documents[name]
        xs = side([en for en, _ in pairs], args.merge, args.delete, draw)
        ys = side([xx for _, xx in pairs], args.merge, args.delete, draw)
        base = os.path.join(args.out, name)
        with open(base + ".en", "w", encoding="utf-8") as f:
            f.writelines(" ".join(pairs[v][0] for v in group) + "\n" for group in xs)
        with open(base + ".xx", "w", encoding="utf-8") as f:
            f.writelines(" ".join(pairs[v][1] for v in group) + "\n" for group in ys)
        with open(base + ".gold", "w", encoding="utf-8") as f:
            f.writelines(f"{sorted(bead['x'])}:{sorted(bead['y'])}\n" for bead in beads(xs, ys))


if __name__ == "__main__":
    main()
