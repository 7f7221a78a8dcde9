#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deduplication beside its peers, in one run: the same documents, word 5-grams, threshold, one thread each, reading and tokenising
included for all.  CPU seconds of the process; recall of pairs against exact Jaccard similarities.

	python3 -m venv v && v/bin/pip install datasketch rensa FastSketchLSH gaoya
	v/bin/python bench/dedup_peers.py build/bench/dedup_bench FILE.jsonl [RUNS]

Peers get 128 slots in 16 bands of 8 (their libraries want a divisor of 128; 16 x 8 finds 95 % at J = 0.8 in theory), tamis its default,
which also verifies every pair.  What a peer lacks of the job (pairs instead of flags, verification) it isn't charged for.
"""
import json
import os
import re
import subprocess
import sys
import time

os.environ["RAYON_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"

THRESHOLD, SLOTS, BANDS = 0.8, 128, 16
WORD = re.compile(r"\w+")


def texts(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(line)["text"] for line in f]


def shingles(text):
    words = WORD.findall(text.lower())
    if len(words) < 5:
        return [" ".join(words)] if words else []
    return list({" ".join(words[i:i + 5]) for i in range(len(words) - 4)})


def pairs_of(signatures, rows):
    """Candidate pairs of band collisions, in plain Python: for peers that only flag."""
    found = set()
    for band in range(BANDS):
        buckets = {}
        for i, s in enumerate(signatures):
            if s is not None:
                buckets.setdefault(bytes(s[band * rows:(band + 1) * rows]), []).append(i)
        for members in buckets.values():
            for k, a in enumerate(members):
                for b in members[k + 1:]:
                    found.add((a, b))
    return found


def tokenise_only(path):
    for text in texts(path):
        shingles(text)
    return None


def datasketch(path, clock):
    from datasketch import MinHash, MinHashLSH
    lsh = MinHashLSH(num_perm=SLOTS, params=(BANDS, SLOTS // BANDS))
    found = set()
    made = []
    for i, text in enumerate(texts(path)):
        grams = shingles(text)
        m = MinHash(num_perm=SLOTS)
        m.update_batch([g.encode() for g in grams])
        made.append(m if grams else None)
    clock["signed"] = time.process_time()
    for i, m in enumerate(made):
        if m is None:
            continue
        for j in lsh.query(m):
            found.add((j, i))
        lsh.insert(i, m)
    return found


def rensa(path, clock):
    from rensa import RMinHash, RMinHashLSH
    sets = [shingles(t) for t in texts(path)]
    matrix = RMinHash.digest_matrix_from_token_sets(sets, num_perm=SLOTS, seed=42)
    clock["signed"] = time.process_time()
    lsh = RMinHashLSH(threshold=THRESHOLD, num_perm=SLOTS, num_bands=BANDS)
    flags = lsh.query_duplicate_flags_matrix_one_shot(matrix)
    clock["flags"] = sum(map(bool, flags))
    made = RMinHash.from_token_sets(sets, num_perm=SLOTS, seed=42)
    clock["end"] = time.process_time()  # what follows only finds out which pairs its signatures would give
    import array
    return pairs_of([array.array("I", m.digest()) if s else None for m, s in zip(made, sets)], SLOTS // BANDS)


def fastsketch(path, clock):
    import FastSketchLSH as fs
    import numpy as np
    sets = [shingles(t) for t in texts(path)]
    sketcher = fs.FastSimilaritySketch(size=SLOTS, seed=42)
    sketches = sketcher.batch([s or [""] for s in sets], num_threads=1)
    clock["signed"] = time.process_time()
    lsh = fs.LSH(num_perm=SLOTS, num_bands=BANDS, num_threads=1)
    clock["flags"] = int(sum(lsh.insert_and_query_duplicates(np.asarray(sketches, dtype=np.uint64))))
    clock["end"] = time.process_time()
    return pairs_of([np.asarray(s) if g else None for s, g in zip(np.asarray(sketches), sets)], SLOTS // BANDS)


def gaoya(path, clock):
    from gaoya.minhash import MinHashStringIndex
    index = MinHashStringIndex(hash_size=32, jaccard_threshold=THRESHOLD, num_bands=BANDS, band_size=SLOTS // BANDS,
                               num_hashes=SLOTS, analyzer="word", lowercase=True, ngram_range=(5, 5))
    found = set()
    for i, text in enumerate(texts(path)):
        for j in index.query(text):
            found.add((int(j), i))
        index.insert_document(i, text)
    return found


def tamis(program, path):
    run = subprocess.run([program, "run", path, str(THRESHOLD), "1"], capture_output=True, text=True, check=True)
    sketch = subprocess.run([program, "sketch", path], capture_output=True, text=True, check=True)
    return json.loads(run.stdout), json.loads(sketch.stdout)


def truth(path):
    """Exact pairs with J >= T, by counting shared shingles through an inverted index."""
    sets = [set(shingles(t)) for t in texts(path)]
    index = {}
    for i, s in enumerate(sets):
        for g in s:
            index.setdefault(g, []).append(i)
    found = set()
    for i, s in enumerate(sets):
        common = {}
        for g in s:
            for j in index[g]:
                if j > i:
                    common[j] = common.get(j, 0) + 1
        for j, c in common.items():
            if c / (len(s) + len(sets[j]) - c) >= THRESHOLD:
                found.add((i, j))
    return found


def main():
    program, path = sys.argv[1], sys.argv[2]
    runs = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    size = os.path.getsize(path) / 1e6
    exact = truth(path)
    print(f"{path}: {size:.1f} MB, {len(exact)} pairs with J >= {THRESHOLD}")
    best = min((tamis(program, path) for _ in range(runs)), key=lambda r: r[0]["cpu"])
    sketch = min((tamis(program, path)[1] for _ in range(runs)), key=lambda r: r["cpu"])
    mine, mine_sketch = best[0]["cpu"], sketch["cpu"]
    print(f"{'tamis':14} whole {mine:8.3f} s {size / mine:8.1f} MB/s   sketches {mine_sketch:8.3f} s "
          f"{size / mine_sketch:8.1f} MB/s   {best[0]['edges']} pairs among unequal texts, all verified")
    for peer in (rensa, fastsketch, gaoya, datasketch):
        try:
            times, signs, found = [], [], set()
            for _ in range(runs if peer is not datasketch else 1):
                clock = {}
                start = time.process_time()
                found = peer(path, clock)
                times.append(clock.get("end", time.process_time()) - start)
                signs.append(max(0.0, clock.get("signed", start) - start))
        except (ImportError, AttributeError, TypeError, ValueError) as e:
            print(f"{peer.__name__:14} left out: {type(e).__name__}: {e}")
            continue
        whole, sign = min(times), min(signs)
        hit = len(exact & {(min(p), max(p)) for p in found})
        print(f"{peer.__name__:14} whole {whole:8.3f} s {size / whole:8.1f} MB/s   sketches {sign:8.3f} s "
              f"{size / sign if sign else float('nan'):8.1f} MB/s   recall {hit / len(exact):.4f}, "
              f"{len(found)} candidates: tamis {whole / mine:.1f}x" + (f", sketches {sign / mine_sketch:.1f}x" if sign else ""))
    start = time.process_time()
    tokenise_only(path)
    print(f"{'(Python alone)':14} whole {time.process_time() - start:8.3f} s: reading and shingling, part of every peer's time")


if __name__ == "__main__":
    main()
