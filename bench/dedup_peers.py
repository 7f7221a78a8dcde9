#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deduplication beside its peers, in one run: the same documents, word 5-grams, threshold, one thread each.  CPU seconds of the process.

	python3 -m venv v && v/bin/pip install datasketch rensa FastSketchLSH gaoya
	v/bin/python bench/dedup_peers.py whole DEDUP_BENCH FILE.jsonl [RUNS]      # the whole job, with recall against exact similarities
	v/bin/python bench/dedup_peers.py sketch DEDUP_BENCH FILE.jsonl [RUNS]     # reading to MinHash signatures, beside datasketch
	v/bin/python bench/dedup_peers.py kernel DEDUP_BENCH FILE.jsonl [RUNS]     # signatures of shingles hashed beforehand

What is timed for `whole` is reading, tokenising, shingling, signing and finding the duplicates.  Peers get 128 slots in 16 bands of 8 (their
libraries want a divisor of 128; 16 x 8 finds 95 % at J = 0.8 in theory), tamis its default, which also verifies every pair.  What a
peer lacks of the job (pairs instead of flags, verification) it isn't charged for.

`sketch` is datasketch's full path: JSON, lower case, words by a regular expression, distinct 5-grams, MinHash(num_perm=128) with its default
hash, in three ways: the documented loop of update(), update_batch() a document, and MinHash.bulk() for all.  tamis makes the exact hashes and
the SimHash beside, and is charged for them.

Standard error has a line for people; standard output has "row<TAB>tool<TAB>value" for bench/report.awk.  ROW_SUFFIX is added to the rows.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import time

os.environ["RAYON_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

THRESHOLD, SLOTS, BANDS = 0.8, 128, 16
WORD = re.compile(r"\w+")
SUFFIX = os.environ.get("ROW_SUFFIX", "")


def row(name, tool, value):
    print(name + SUFFIX, tool, f"{value:.6g}", sep="\t", flush=True)


def say(*words):
    print(*words, file=sys.stderr, flush=True)


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


# ---- the whole job ----

def datasketch(path, clock):
    from datasketch import MinHash, MinHashLSH
    lsh = MinHashLSH(num_perm=SLOTS, params=(BANDS, SLOTS // BANDS))
    found = set()
    for i, text in enumerate(texts(path)):
        grams = shingles(text)
        if not grams:
            continue
        m = MinHash(num_perm=SLOTS)
        m.update_batch([g.encode() for g in grams])
        for j in lsh.query(m):
            found.add((j, i))
        lsh.insert(i, m)
    return found


def rensa(path, clock):
    from rensa import RMinHash, RMinHashLSH
    sets = [shingles(t) for t in texts(path)]
    matrix = RMinHash.digest_matrix_from_token_sets(sets, num_perm=SLOTS, seed=42)
    lsh = RMinHashLSH(threshold=THRESHOLD, num_perm=SLOTS, num_bands=BANDS)
    lsh.query_duplicate_flags_matrix_one_shot(matrix)
    clock["end"] = time.process_time()  # what follows only finds out which pairs its signatures would give
    made = RMinHash.from_token_sets(sets, num_perm=SLOTS, seed=42)
    import array
    return pairs_of([array.array("I", m.digest()) if s else None for m, s in zip(made, sets)], SLOTS // BANDS)


def fastsketch(path, clock):
    import FastSketchLSH as fs
    import numpy as np
    sets = [shingles(t) for t in texts(path)]
    sketches = fs.FastSimilaritySketch(size=SLOTS, seed=42).batch([s or [""] for s in sets], num_threads=1)
    fs.LSH(num_perm=SLOTS, num_bands=BANDS, num_threads=1).insert_and_query_duplicates(np.asarray(sketches, dtype=np.uint64))
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


def own(program, *words):
    return json.loads(subprocess.run([program, *words], capture_output=True, text=True, check=True).stdout)


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


def whole(program, path, runs):
    size = os.path.getsize(path) / 1e6
    exact = truth(path)
    best = min((own(program, "run", path, str(THRESHOLD), "1") for _ in range(runs)), key=lambda r: r["cpu"])
    recall = own(os.path.join(os.path.dirname(program), "dedup_truth"), path)["recall"]
    row("dedup_whole", "tamis", size / best["cpu"])
    row("dedup_peer_recall", "tamis", recall)
    say(f"tamis: {best['cpu']:.3f} s, recall {recall}, every pair verified; {len(exact)} pairs by Python's own count")
    fastest = 0
    for peer in (rensa, fastsketch, gaoya, datasketch):
        try:
            times, found = [], set()
            for _ in range(runs if peer is not datasketch else 1):
                clock = {}
                start = time.process_time()
                found = peer(path, clock)
                times.append(clock.get("end", time.process_time()) - start)
        except (ImportError, AttributeError, TypeError, ValueError) as e:
            say(f"{peer.__name__}: left out: {type(e).__name__}: {e}")
            continue
        hit = len(exact & {(min(p), max(p)) for p in found}) / max(1, len(exact))
        row("dedup_whole", peer.__name__, size / min(times))
        row("dedup_peer_recall", peer.__name__, hit)
        say(f"{peer.__name__}: {min(times):.3f} s, recall {hit:.4f}, {len(found)} candidates: tamis {min(times) / best['cpu']:.1f}x")
        if hit >= recall - 0.05:
            fastest = max(fastest, size / min(times))
    if fastest:
        row("dedup_whole_ratio", "tamis", size / best["cpu"] / fastest)


# ---- sketches ----

def sketch(program, path, runs):
    from datasketch import MinHash

    def loop(lines):
        for line in lines:
            m = MinHash(num_perm=SLOTS)
            for gram in shingles(json.loads(line)["text"]):
                m.update(gram.encode("utf8"))

    def batch(lines):
        for line in lines:
            m = MinHash(num_perm=SLOTS)
            m.update_batch([gram.encode("utf8") for gram in shingles(json.loads(line)["text"])])

    def bulk(lines):
        MinHash.bulk([[gram.encode("utf8") for gram in shingles(json.loads(line)["text"])] for line in lines], num_perm=SLOTS)

    with open(path, encoding="utf-8") as f:
        lines = f.readlines()
    whole_size = os.path.getsize(path)
    speeds = {}
    mine = 0
    for way, limit in ((batch, 6e6), (bulk, 6e6), (loop, 1.5e6)):
        # evenly drawn documents, not the first: their mixture is that of the file
        part = lines[::max(1, int(whole_size / limit))]
        size = sum(len(line.encode()) for line in part) / 1e6
        speeds[way.__name__] = 0
        for _ in range(runs):
            mine = max(mine, own(program, "sketch", path)["jsonl_mb_per_s"])  # in turns, so that a busy machine is busy for both
            start = time.process_time()
            way(part)
            speeds[way.__name__] = max(speeds[way.__name__], size / (time.process_time() - start))
    row("dedup_sketch", "tamis", mine)
    row("dedup_sketch", "datasketch", max(speeds.values()))
    row("dedup_ratio", "tamis", mine / speeds["batch"])
    row("dedup_ratio_loop", "tamis", mine / speeds["loop"])
    row("dedup_ratio_bulk", "tamis", mine / speeds["bulk"])
    say(f"{path}: tamis {mine:.0f} MB/s; datasketch " + ", ".join(f"{k} {v:.2f} ({mine / v:.0f}x)" for k, v in speeds.items()))


# ---- hashed beforehand ----

def kernel(program, path, runs):
    import numpy as np
    with tempfile.TemporaryDirectory() as folder:
        names = os.path.join(folder, "hashes"), os.path.join(folder, "offsets")
        mine = own(program, "kernel", path, *names)
        hashes, offsets = (np.fromfile(name, dtype=np.uint64) for name in names)

    def with_rensa():
        from rensa import RMinHash
        RMinHash.digest_matrix_from_flat_token_hashes(hashes, offsets, num_perm=SLOTS, seed=42)

    def with_fastsketch():
        import FastSketchLSH as fs
        fs.FastSimilaritySketch(size=SLOTS, seed=42).batch_csr(hashes, offsets, prehashed=True, num_threads=1)

    def with_datasketch():
        from datasketch import MinHash
        for a, b in zip(offsets[:200], offsets[1:201]):
            MinHash(num_perm=SLOTS, hashfunc=lambda x: int(x) & 0xffffffff).update_batch(hashes[int(a):int(b)])

    row("dedup_kernel", "tamis", mine["fast_ns"])
    say(f"tamis: {mine['fast_ns']} ns a shingle (fast), {mine['classic_ns']} (128 affine maps)")
    for tool, way, n in (("rensa", with_rensa, len(hashes)), ("fastsketch", with_fastsketch, len(hashes)),
                         ("datasketch", with_datasketch, int(offsets[min(200, len(offsets) - 1)]))):
        try:
            best = float("inf")
            for _ in range(runs):
                start = time.process_time()
                way()
                best = min(best, time.process_time() - start)
        except (ImportError, AttributeError, TypeError, ValueError) as e:
            say(f"{tool}: left out: {type(e).__name__}: {e}")
            continue
        row("dedup_kernel", tool, 1e9 * best / n)
        say(f"{tool}: {1e9 * best / n:.1f} ns a shingle")


def main():
    what, program, path = sys.argv[1:4]
    runs = int(sys.argv[4]) if len(sys.argv) > 4 else 3
    {"whole": whole, "sketch": sketch, "kernel": kernel}[what](program, path, runs)


if __name__ == "__main__":
    main()
