#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Near-duplicates of JSON Lines on a Spark cluster, with tamis on every node as the mapper and reducer.

	spark-submit contrib/spark/dedup.py [--partitions N] [--tamis PATH] [--option=…]… INPUT OUTPUT

INPUT is what SparkContext.textFile() reads: one JSON object a line with "text" and a unique "id" (options --text and --id name
others, as `--option=--text=content`).  OUTPUT is a folder; its lines are what `tamis stage local` prints: document, keeper, shared
shingles, shingles of both, why; lines are sorted within a part only.  Options go to every stage (`--option=--threshold=0.7`).

Spark does what sort does on one machine: repartitionAndSortWithinPartitions() by the first field, sorted by the first two.  Verified
pairs are gathered in connected components first, in rounds of small-star and large-star until nothing changes, so that every
task of the last stage keeps its own components and no machine sees all.
"""
import argparse
import hashlib
import shlex

from pyspark import SparkContext
from pyspark.rdd import portable_hash


def keyed(line):
    """Key: the first two fields as bytes of UTF-8, which sort as LC_ALL=C sort does; value: the line."""
    parts = line.split("\t", 2)
    return ((parts[0], parts[1] if len(parts) > 1 else ""), line)


def shuffled(rdd, partitions):
    return (rdd.map(keyed)
            .repartitionAndSortWithinPartitions(partitions, lambda key: portable_hash(key[0]))
            .values())


def fingerprint(lines):
    """A number that says whether a set of lines is the same, whatever their order."""
    return lines.map(lambda line: int.from_bytes(hashlib.blake2b(line.encode(), digest_size=8).digest(), "big")).fold(
        0, lambda a, b: (a + b) % 2**64)


def components(pipe, links, partitions):
    """Lines of every text that is not the least of its component, with that least one."""
    before = None
    while True:
        both = pipe(shuffled(links, partitions), "small-star")
        links = pipe(shuffled(both, partitions), "large-star").distinct(partitions).cache()
        now = (links.count(), fingerprint(links))
        if now == before:
            return links
        before = now


def run(context, tamis, options, partitions, source, target):
    def stage(name, *more):
        return " ".join(shlex.quote(word) for word in (tamis, "stage", name, *options, *more))

    def pipe(rdd, name, *more):
        return rdd.pipe(stage(name, *more), checkCode=True)

    lines = context.textFile(source, partitions).filter(lambda line: line.strip())
    signed = pipe(lines, "sign").cache()
    sets = pipe(lines, "sign", "--sets").distinct(partitions).cache()
    bands = signed.filter(lambda line: line.startswith("b"))
    documents = signed.filter(lambda line: line.startswith("d"))
    pairs = pipe(shuffled(bands, partitions), "bucket")
    edges = pipe(shuffled(pairs, partitions), "edges")
    half = pipe(shuffled(sets.union(edges), partitions), "attach")
    whole = pipe(shuffled(sets.union(half), partitions), "attach")
    verified = pipe(shuffled(whole, partitions), "verify")
    verified = verified.cache()
    links = components(pipe, pipe(verified, "links"), partitions)
    lines = pipe(verified.union(documents), "scatter")
    placed = pipe(shuffled(links.union(lines), partitions), "place")
    pipe(shuffled(placed, partitions), "star").saveAsTextFile(target)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--partitions", type=int, default=16)
    parser.add_argument("--tamis", default="tamis")
    parser.add_argument("--option", action="append", default=[])
    parser.add_argument("input")
    parser.add_argument("output")
    args = parser.parse_args()
    context = SparkContext.getOrCreate()
    context.setLogLevel("WARN")
    run(context, args.tamis, args.option, args.partitions, args.input, args.output)
    context.stop()


if __name__ == "__main__":
    main()
