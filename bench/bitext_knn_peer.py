#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bench/bitext_knn_peer.py FOLDER THREADS: faiss's flat index on FOLDER/x.npy and y.npy, and whether forward.npy holds the same
neighbours (a neighbour that differs counts as the same when its cosine is within 1e-6 of faiss's at that place).

Prints "name value" lines.  faiss answers one direction a search; both are timed."""
import sys
import time

import faiss
import numpy as np

folder, threads = sys.argv[1], int(sys.argv[2])
faiss.omp_set_num_threads(threads)
x, y, ours = (np.load(f"{folder}/{name}.npy") for name in ("x", "y", "forward"))
k = ours.shape[1]


def search(base, queries):
    index = faiss.IndexFlatIP(base.shape[1])
    index.add(base)
    wall, cpu = time.monotonic(), time.process_time()
    found = index.search(queries, k)
    return found, time.monotonic() - wall, time.process_time() - cpu


(s, i), wall, cpu = search(y, x)
_, wall_back, cpu_back = search(x, y)
differ = np.argwhere(i != ours)
really = 0
for row, place in differ:
    really += abs(float(x[row].astype(np.float64) @ y[ours[row, place]]) - float(s[row, place])) > 1e-6
print(f"faiss {faiss.__version__}")
print(f"faiss_forward_wall_s {wall:.2f}\nfaiss_forward_cpu_s {cpu:.2f}")
print(f"faiss_both_wall_s {wall + wall_back:.2f}\nfaiss_both_cpu_s {cpu + cpu_back:.2f}")
print(f"places {i.size}\nplaces_with_equal_cosine {len(differ) - really}\nplaces_that_differ {really}")
