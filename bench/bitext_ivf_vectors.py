#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentence vectors made from real text, for measuring the index where no model can embed hundreds of thousands of sentences in time.

    bitext_ivf_vectors.py --out DIR [--rows 300000] [--dimensions 384] FOLDER…

reads the sentences of text, HTML, reStructuredText and manual pages below the folders (packed ones too), each once, and writes DIR/x.npy
and DIR/y.npy: the sentences of one half of the files against those of the other, filled up with every other sentence of what is left.
Word vectors are the leading left singular vectors of positive pointwise mutual information (Levy, Goldberg, Dagan 2015, "Improving
distributional similarity with lessons learned from word embeddings"; by randomised range finding, Halko, Martinsson, Tropp 2011), sentences their
means weighted by .001 / (.001 + frequency), without what all have in common (Arora, Liang, Ma 2017).  Fixed seeds: the same
text gives the same vectors.  Then

    RECALL=.99 build/bench/bitext_knn DIR/x.npy DIR/y.npy 0 4 2

says what the index finds of them.
"""
import argparse
import gzip
import os
import re

import numpy as np

WORDS_MOST, WINDOW, TOGETHER_LEAST = 30000, 3, 2
TAG = re.compile(r"<(script|style).*?</\1>|<[^>]*>|^[.'][A-Z]{1,2}\b|\\f.|\\-|[`*|_]", re.S | re.M)
SENTENCE = re.compile(r"[A-Z][^.!?\n]{25,300}[.!?]")
WORD = re.compile(r"[a-z]{2,}")
KINDS = re.compile(r"\.(html?|txt|rst|[1-9]|pod)(\.gz)?$|/(README|NEWS|changelog)[^/]*$", re.I)


def read(path):
    opened = gzip.open if path.endswith(".gz") else open
    try:
        with opened(path, "rb") as f:
            text = f.read(8 << 20).decode("utf-8", "replace")
    except (OSError, EOFError):
        return ""
    return re.sub(r"(?<!\n)\n(?!\n)\s*", " ", TAG.sub(" ", text))


def sentences(folders):
    paths = sorted(os.path.join(at, name) for folder in folders for at, _, names in os.walk(folder) for name in names
                   if KINDS.search(os.path.join(at, name)) and not os.path.islink(os.path.join(at, name)))
    seen, halves = set(), ([], [])
    for i, path in enumerate(paths):
        for found in SENTENCE.finditer(read(path)):
            words = tuple(WORD.findall(found.group().lower()))
            if len(words) >= 5 and words not in seen:
                seen.add(words)
                halves[i % 2].append(words)
    return halves


def balance(halves, rows):
    x, y = sorted(halves, key=len)
    spare = y[rows:]
    return (x + spare)[:rows], y[:rows]


def numbers(all_sentences):
    count = {}
    for words in all_sentences:
        for w in words:
            count[w] = count.get(w, 0) + 1
    common = sorted(count, key=lambda w: (-count[w], w))[:WORDS_MOST]
    ids = {w: i for i, w in enumerate(common)}
    return [np.array([ids[w] for w in words if w in ids], dtype=np.int64) for words in all_sentences], len(ids)


def information(rows, n):
    """Positive pointwise mutual information of words within WINDOW: (first, second, value), sorted by first."""
    flat = np.concatenate([np.append(r, -1) for r in rows])
    keys, counts = np.zeros(0, np.int64), np.zeros(0, np.int64)
    for distance in range(1, WINDOW + 1):
        a, b = flat[:-distance], flat[distance:]
        whole = (a >= 0) & (b >= 0)
        for between in range(1, distance):
            whole &= flat[between:len(flat) - distance + between] >= 0
        a, b = a[whole], b[whole]
        more, of_more = np.unique(np.concatenate([a * n + b, b * n + a]), return_counts=True)
        keys, place = np.unique(np.concatenate([keys, more]), return_inverse=True)
        counts = np.bincount(place, np.concatenate([counts, of_more])).astype(np.int64)
    first, second = keys // n, keys % n
    total = np.bincount(first, counts, minlength=n)
    value = np.log(counts * float(counts.sum()) / (total[first] * total[second] ** .75 / np.sum(total ** .75) * counts.sum()))
    kept = (counts >= TOGETHER_LEAST) & (value > 0)
    return first[kept], second[kept], value[kept].astype(np.float32)


def times(matrix, dense, n):
    first, second, value = matrix
    out = np.zeros((n, dense.shape[1]), np.float32)
    for at in range(0, len(first), 1 << 18):
        part = slice(at, min(at + (1 << 18), len(first)))
        starts = np.flatnonzero(np.r_[True, first[part][1:] != first[part][:-1]])
        out[first[part][starts]] += np.add.reduceat(dense[second[part]] * value[part, None], starts, axis=0)
    return out


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--out", required=True)
    options.add_argument("--rows", type=int, default=300000)
    options.add_argument("--dimensions", type=int, default=384)
    options.add_argument("folders", nargs="+")
    args = options.parse_args()
    x, y = balance(sentences(args.folders), args.rows)
    rows, n = numbers(x + y)
    matrix = information(rows, n)
    basis = np.random.default_rng(7).standard_normal((n, args.dimensions)).astype(np.float32)
    for _ in range(3):  # the matrix is symmetric but for its exponent: near enough for the leading space
        basis = np.linalg.qr(times(matrix, basis, n))[0]
    words = times(matrix, basis, n)
    words /= np.sqrt(np.linalg.norm(words, axis=0)) + 1e-6
    frequency = np.bincount(np.concatenate(rows), minlength=n) / sum(map(len, rows))
    words *= (.001 / (.001 + frequency))[:, None].astype(np.float32)
    vectors = np.stack([words[r].sum(axis=0) for r in rows]).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9
    usual = np.linalg.svd(vectors[::97], full_matrices=False)[2][0]
    vectors -= np.outer(vectors @ usual, usual)
    np.save(os.path.join(args.out, "x.npy"), vectors[:len(x)])
    np.save(os.path.join(args.out, "y.npy"), vectors[len(x):])
    print(f"sentences {len(x)} {len(y)}\nwords {n}\npairs_of_words {len(matrix[0])}")


if __name__ == "__main__":
    main()
