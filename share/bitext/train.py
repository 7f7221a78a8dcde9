#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains share/bitext/rescorer.tsv: a logistic model over the features of mined candidates.

Each input is a table of candidates of one language and domain (columns gold, x, y, mutual, then the features by name), as
bench/bitext_features writes it.  Weights are found by Newton's method with a ridge; every table counts the same.  A second set
does without what words tell (told_…): the first pairs are found before words have told anything.

    train.py --out rescorer.tsv fr.tsv de.tsv …
"""
import argparse

import numpy as np


# Levels that are a corpus's own: only how far above those of its wrong pairs they are goes from one corpus to another ("_here").
LEVELS = ("similarity", "cover_source", "cover_target", "cover_least", "linked_weight", "neighbourhood", "similarity_information",
          "similarity_squared")

# Of wrong candidates that are not the best of both their sentences one in so many, which counts for as many: they are easy.
EASY = 4


def load(path):
    """Names of the features, which rows are true, which are mutual-best, the features, the places, and how many pairs are true
    (the first line says, as candidates may lack some)."""
    with open(path, encoding="utf-8") as f:
        gold = int(f.readline().split("\t")[1])
        names = f.readline().rstrip("\n").split("\t")
    table = np.loadtxt(path, delimiter="\t", skiprows=2, ndmin=2)
    return names[4:], table[:, 0], table[:, 3] > 0, table[:, 4:], table[:, 1:3].astype(int), gold


def train(x, y, weight, ridge):
    w = np.zeros(x.shape[1])
    penalty = np.full(x.shape[1], ridge)
    penalty[0] = 1e-6
    for _ in range(40):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        gradient = x.T @ (weight * (p - y)) + penalty * w
        hessian = (x * (weight * p * (1 - p))[:, None]).T @ x + np.diag(penalty)
        step = np.linalg.solve(hessian, gradient)
        w -= step
        if np.abs(step).max() < 1e-7:
            break
    return w


def train_weights(xs, ys, mutuals, ridge):
    """Weights on standardised features, means, scales, and the share of true pairs among mutual-best ones."""
    thin = [m | (y > 0) | (np.arange(len(y)) % EASY == 0) for y, m in zip(ys, mutuals)]
    easy = [np.where(m | (y > 0), 1, EASY) * 1000 / max(1, y.sum()) for y, m in zip(ys, mutuals)]
    x, y, mutual, weight = (np.concatenate([v[t] for v, t in zip(vs, thin)]) for vs in (xs, ys, mutuals, easy))
    mean, scale = x.mean(0), x.std(0)
    mean[0], scale[0] = 0, 1
    scale[scale < 1e-9] = 1
    w = train((x - mean) / scale, y, weight, ridge)
    return w, mean, scale, np.sum(weight * y * mutual) / np.sum(weight * mutual)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--out", required=True)
    options.add_argument("--ridge", type=float, default=8.0)
    options.add_argument("tables", nargs="+")
    args = options.parse_args()
    loaded = [load(t) for t in args.tables]
    names = loaded[0][0]
    gold, mutual = [t[1] for t in loaded], [t[2] for t in loaded]
    full = [i for i, name in enumerate(names) if name not in LEVELS]
    plain = [i for i in full if not names[i].startswith("told_")]
    w, first, mean, scale = np.zeros(len(names)), np.zeros(len(names)), np.zeros(len(names)), np.ones(len(names))
    first[plain] = train_weights([t[3][:, plain] for t in loaded], gold, mutual, args.ridge)[0]
    w[full], mean[full], scale[full], prior = train_weights([t[3][:, full] for t in loaded], gold, mutual, args.ridge)
    with open(args.out, "w", encoding="utf-8") as f:
        f.write("# Weights of the re-scorer (share/bitext/train.py): feature, weight on standardised values, mean, scale,\n"
                "# and its weight as long as nothing is known of the words' evidence.\n")
        f.write(f"prior\t{prior:.6f}\n")
        for row in zip(names, w, mean, scale, first):
            f.write("%s\t%.6g\t%.6g\t%.6g\t%.6g\n" % row)


if __name__ == "__main__":
    main()
