#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""N documents of 60 to 140 words with a constant share of duplicates, for cost against N.

	bench/dedup_scale.py WORDS.txt N OUT.jsonl      # WORDS: any text; its words are drawn with their frequencies

One document in five is an edited copy of one of the hundred before it (1 to 6 words changed), one in fifty an exact one.
"""
import json
import random
import re
import sys


def main():
    words, n = sys.argv[1], int(sys.argv[2])
    pool = re.findall(r"[a-z]+", open(words, encoding="utf-8", errors="replace").read(4 << 20).lower())
    rng = random.Random(n)
    recent = []
    with open(sys.argv[3], "w", encoding="utf-8") as out:
        for i in range(n):
            what = rng.random()
            if recent and what < 0.22:
                text = list(rng.choice(recent))
                if what < 0.2:
                    for _ in range(rng.randint(1, 6)):
                        text[rng.randrange(len(text))] = rng.choice(pool)
            else:
                text = rng.choices(pool, k=rng.randint(60, 140))
            recent.append(text)
            if len(recent) > 100:
                recent.pop(0)
            out.write(json.dumps({"id": i, "text": " ".join(text)}) + "\n")


if __name__ == "__main__":
    main()
