#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains share/bitext/rescorer.tsv: a logistic model over the features of mined candidates.

Each input is a table of candidates of one language (columns gold, x, y, mutual, then the features by name), as
bench/bitext_features writes it.  Weights are found by Newton's method with a ridge; every language counts the same.

    train.py --out rescorer.tsv fr.tsv de.tsv …
"""
import argparse

import numpy as np


def load(path):
    with open(path, encoding="utf-8") as f:
        names = f.readline().rstrip("\n").split("\t")
    table = np.loadtxt(path, delimiter="\t", skiprows=1, ndmin=2)
    return names[4:], table[:, 0], table[:, 3] > 0, table[:, 4:]


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


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--out", required=True)
    options.add_argument("--ridge", type=float, default=8.0)
    options.add_argument("tables", nargs="+")
    args = options.parse_args()
    loaded = [load(t) for t in args.tables]
    names = loaded[0][0]
    x = np.concatenate([t[3] for t in loaded])
    y = np.concatenate([t[1] for t in loaded])
    weight = np.concatenate([np.full(len(t[1]), 1000 / max(1, t[1].sum())) for t in loaded])
    mutual = np.concatenate([t[2] for t in loaded])
    mean, scale = x.mean(0), x.std(0)
    mean[0], scale[0] = 0, 1
    scale[scale < 1e-9] = 1
    w = train((x - mean) / scale, y, weight, args.ridge)
    prior = np.sum(weight * y * mutual) / np.sum(weight * mutual)
    with open(args.out, "w", encoding="utf-8") as f:
        f.write("# Weights of the re-scorer (share/bitext/train.py): feature, weight on standardised values, mean, scale.\n")
        f.write(f"prior\t{prior:.6f}\n")
        for row in zip(names, w, mean, scale):
            f.write("%s\t%.6g\t%.6g\t%.6g\n" % row)


if __name__ == "__main__":
    main()
