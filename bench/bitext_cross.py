#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cross-validates the re-scorer: how well do weights do on languages and domains they were not trained on?

Inputs are tables of bitext_features named DOMAIN.LANG.tsv.  Each table is scored with weights trained without its language
("language"), without its domain ("domain"), and without either ("both"); the threshold is the best of the table dev.LANG scored
with the same weights, or the one of the best expected F1 ("auto").  GOLD is the number of true pairs (also those no candidate is).

    bitext_cross.py [--gold 1000] dev.fr.tsv dev.de.tsv games.fr.tsv …
"""
import argparse
import os
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "share", "bitext"))
from train import LEVELS, load, train_weights  # noqa: E402


def prior_of(logits, trained):
    """Saerens, Latinne and Decaestecker 2002, as src/bitext/rescore.c does it."""
    prior = trained
    for _ in range(100):
        shift = np.log(prior / (1 - prior)) - np.log(trained / (1 - trained))
        prior = min(.999, max(.001, float(np.mean(1 / (1 + np.exp(-(logits + shift)))))))
    return prior


def pairs_of(table, model, most=1.0):
    w, mean, scale, prior = model
    z = (table["x"] - mean) / scale @ w
    here = prior_of(z[table["mutual"]], prior)
    z = z + min(most, np.log(here / (1 - here)) - np.log(prior / (1 - prior)))
    p = 1 / (1 + np.exp(-z))
    used_x, used_y, out = set(), set(), []
    for i in np.argsort(-p, kind="stable"):
        x, y = table["at"][i]
        if x not in used_x and y not in used_y:
            used_x.add(x)
            used_y.add(y)
            out.append((p[i], table["y"][i]))
    return np.array(out)


def f1(right, found, gold):
    return 2 * right / (found + gold) if found + gold else 0


def best_threshold(pairs, gold):
    right = np.cumsum(pairs[:, 1])
    k = int(np.argmax(2 * right / (np.arange(1, len(pairs) + 1) + gold)))
    return (pairs[k, 0] + pairs[min(k + 1, len(pairs) - 1), 0]) / 2, f1(right[k], k + 1, gold)


def auto_threshold(pairs):
    expected = np.cumsum(pairs[:, 0])
    return pairs[int(np.argmax(expected / (np.arange(1, len(pairs) + 1) + expected[-1]))), 0]


def at(pairs, threshold, gold):
    kept = pairs[pairs[:, 0] >= threshold]
    return f1(kept[:, 1].sum(), len(kept), gold)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--ridge", type=float, default=8.0)
    options.add_argument("--drop", default="", help="features to leave out")
    options.add_argument("--schemes", default="language,domain,both")
    options.add_argument("tables", nargs="+")
    args = options.parse_args()
    tables = {}
    for path in args.tables:
        domain, lang = os.path.basename(path).split(".")[:2]
        names, gold, mutual, x, places, n = load(path)
        keep = [i for i, name in enumerate(names) if name not in LEVELS and name not in args.drop.split(",")]
        tables[domain, lang] = {"x": x[:, keep], "y": gold, "mutual": mutual, "at": [tuple(p) for p in places], "gold": n}
    print("domain\tlang\tscheme\tcarried\tauto\tbest\tp .85-.95\tprecision there\tpairs there")
    rows = []
    for (domain, lang), table in tables.items():
        for scheme in args.schemes.split(","):
            used = [t for (d, l), t in tables.items()
                    if (scheme == "domain" or l != lang) and (scheme == "language" or d != domain)]
            if not used or (scheme == "domain" and domain == "dev"):
                continue
            model = train_weights([t["x"] for t in used], [t["y"] for t in used], [t["mutual"] for t in used], args.ridge)
            pairs = pairs_of(table, model)
            dev = pairs_of(tables["dev", lang], model) if ("dev", lang) in tables else pairs
            threshold, _ = best_threshold(dev, tables["dev", lang]["gold"]) if ("dev", lang) in tables else (.5, 0)
            bin_ = pairs[(pairs[:, 0] >= .85) & (pairs[:, 0] <= .95)]
            row = (at(pairs, threshold, table["gold"]), at(pairs, auto_threshold(pairs), table["gold"]),
                   best_threshold(pairs, table["gold"])[1], bin_[:, 0].mean() if len(bin_) else 0,
                   bin_[:, 1].mean() if len(bin_) else 0)
            rows.append((domain, lang, scheme, *row))
            print(domain, lang, scheme, *(f"{v:.3f}" for v in row), len(bin_), sep="\t")


if __name__ == "__main__":
    main()
