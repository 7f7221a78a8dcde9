#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Growth of mining: piles of N sentences a side drawn from the lines of sets built before, CPU seconds and peak memory of each.

    bitext_scale.py --tamis build/tamis --lang fr --sets FOLDER… [--sizes 10000,100000]

Where a pile wants more sentences than the sets hold, pairs of sentences are joined, so that words keep their frequencies.  The sides
are drawn apart: hardly a line has a partner.
"""
import argparse
import os
import random
import subprocess
import sys
import tempfile


def pool(folders, suffix):
    lines = set()
    for folder in folders:
        with open(os.path.join(folder, "test." + suffix), encoding="utf-8") as f:
            lines.update(line.rstrip("\n") for line in f)
    return sorted(lines)


def draw(lines, n, random_):
    random_.shuffle(lines)
    out = lines[:n]
    while len(out) < n:
        out.append(random_.choice(lines) + " " + random_.choice(lines))
    return out


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--tamis", default="build/tamis")
    options.add_argument("--lang", default="fr")
    options.add_argument("--sets", nargs="+", required=True)
    options.add_argument("--sizes", default="10000,100000")
    args = options.parse_args()
    random_ = random.Random(9)
    print("sentences a side\tCPU s\tMB")
    with tempfile.TemporaryDirectory() as folder:
        for n in map(int, args.sizes.split(",")):
            for side, suffix in (("x", "en"), ("y", "xx")):
                with open(os.path.join(folder, side), "w", encoding="utf-8") as f:
                    f.writelines(line + "\n" for line in draw(pool(args.sets, suffix), n, random_))
            run = subprocess.Popen([args.tamis, "-q", "-w", os.path.join(folder, f"w{n}"), "mine", os.path.join(folder, "x"),
                                    os.path.join(folder, "y"), "--lang", "en-" + args.lang], stdout=subprocess.DEVNULL)
            _, status, used = os.wait4(run.pid, 0)
            if status:
                sys.exit("mining failed")
            print(n, f"{used.ru_utime + used.ru_stime:.1f}", used.ru_maxrss // 1024, sep="\t", flush=True)


if __name__ == "__main__":
    main()
