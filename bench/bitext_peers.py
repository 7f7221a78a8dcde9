#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two published aligners restated, for a row beside ours on the same documents with the same score.

    galechurch   Gale and Church 1993, "A Program for Aligning Sentences in Bilingual Corpora": characters only, s2 = 6.8, priors of
                 section 4.2
    hunalign     Varga et al. 2005, "Parallel corpora for medium density languages", section 3: the source translated word by word with
                 a dictionary, overlap of words plus likeness of lengths, beads 1-1, 1-2, 2-1 and what is left out

    bitext_peers.py --method galechurch [--dictionary WORDS.tsv] NAME.SOURCE NAME.TARGET NAME.gold

prints strict and lax F1 as Vecalign's score.py counts them (precision over all beads found, recall over gold beads that are none-empty).
"""
import argparse
import ast
import math
import re

PRIORS = {(1, 1): .89, (1, 0): .0099, (0, 1): .0099, (2, 1): .089, (1, 2): .089, (2, 2): .011}
HUNALIGN = [(1, 1), (1, 2), (2, 1), (1, 0), (0, 1)]
SKIP, MERGE = -.3, .05


def lines(path):
    with open(path, encoding="utf-8") as f:
        return [line.rstrip("\n") for line in f]


def best_path(n, m, types, cost):
    """Cheapest beads over a band round the diagonal, wide enough for documents of unlike length."""
    band = max(60, abs(n - m) + 60)
    best = {(0, 0): (0.0, None)}
    for i in range(n + 1):
        middle = i * m // max(n, 1)
        for j in range(max(0, middle - band), min(m, middle + band) + 1):
            options = [(best[i - a, j - b][0] + cost(i - a, a, j - b, b), (a, b))
                       for a, b in types if (i - a, j - b) in best]
            if options and (i or j):
                best[i, j] = min(options)
    beads, at = [], (n, m)
    while at != (0, 0):
        a, b = best[at][1]
        at = (at[0] - a, at[1] - b)
        beads.append((tuple(range(at[0], at[0] + a)), tuple(range(at[1], at[1] + b))))
    return beads[::-1]


def gale_church(xs, ys):
    x, y = [len(s) for s in xs], [len(s) for s in ys]
    ratio = sum(y) / max(1, sum(x))

    def cost(i, a, j, b):
        p, q = sum(x[i:i + a]) * ratio, sum(y[j:j + b])
        delta = abs(p - q) / math.sqrt(max(1, (p + q) / 2) * 6.8)
        return -math.log(max(1e-12, math.erfc(delta / math.sqrt(2)))) - math.log(PRIORS[a, b])

    return best_path(len(xs), len(ys), list(PRIORS), cost)


def words(text):
    return [w.lower() for w in re.findall(r"\w+", text)]


def hunalign(xs, ys, dictionary):
    y = [set(words(s)) for s in ys]
    x = [{dictionary.get(w, w) for w in words(s)} for s in xs]
    lx, ly = [len(s) for s in xs], [len(s) for s in ys]
    ratio = sum(ly) / max(1, sum(lx))

    def cost(i, a, j, b):
        if not a or not b:
            return -SKIP
        p, q = set().union(*x[i:i + a]), set().union(*y[j:j + b])
        overlap = len(p & q) / max(1, max(len(p), len(q)))
        longer, shorter = sorted((sum(lx[i:i + a]) * ratio + 1, sum(ly[j:j + b]) + 1), reverse=True)
        return -(overlap + .3 * shorter / longer - MERGE * (a + b - 2))

    return best_path(len(xs), len(ys), HUNALIGN, cost)


def read_gold(path):
    return [tuple(tuple(ast.literal_eval(part)) for part in re.findall(r"\[.*?\]", line)) for line in lines(path)]


def f1(found, gold, hit):
    filled = [g for g in gold if g[0] and g[1]]
    precision = sum(any(hit(f, g) for g in gold) for f in found) / max(1, len(found))
    recall = sum(any(hit(f, g) for f in found) for g in filled) / max(1, len(filled))
    return 2 * precision * recall / max(1e-9, precision + recall)


def overlaps(f, g):
    return f == g or bool(set(f[0]) & set(g[0]) and set(f[1]) & set(g[1]))


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--method", choices=("galechurch", "hunalign"), required=True)
    options.add_argument("--dictionary", help="source TAB target, one word each")
    options.add_argument("source")
    options.add_argument("target")
    options.add_argument("gold")
    args = options.parse_args()
    xs, ys, gold = lines(args.source), lines(args.target), read_gold(args.gold)
    dictionary = {}
    for line in lines(args.dictionary) if args.dictionary else []:
        source, _, target = line.partition("\t")
        dictionary.setdefault(source.lower(), target.lower())
    found = gale_church(xs, ys) if args.method == "galechurch" else hunalign(xs, ys, dictionary)
    print(f"{args.method}: strict {f1(found, gold, lambda f, g: f == g):.3f} lax {f1(found, gold, overlaps):.3f}")


if __name__ == "__main__":
    main()
