#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Near-duplicates of JSON Lines on a Spark cluster, with tamis on every node as the mapper and reducer.

	spark-submit contrib/spark/dedup.py [--partitions N] [--tamis PATH] [--option=…]… INPUT OUTPUT

INPUT is what SparkContext.textFile() reads: one JSON object a line with "text" and a unique "id" (options --text and --id name
others, as `--option=--text=content`).  OUTPUT is a folder; its lines are what `tamis stage local` prints: document, keeper, shared
shingles, shingles of both, why.  Options go to every stage (`--option=--threshold=0.7`).

Spark does what sort does on one machine: repartitionAndSortWithinPartitions() by the first field, sorted by the first two.  The
last stage (stars) sees verified pairs only, about 100 bytes each, and runs in one task.
"""
import argparse
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
    pipe(verified.union(documents).coalesce(1), "star").saveAsTextFile(target)


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
