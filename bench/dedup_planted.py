#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test items that are known to stand in training documents, for measuring decontamination.

	bench/dedup_planted.py TRAIN.jsonl ITEMS.jsonl EXPECTED N   # passages of 25 to 60 words out of N documents
	bench/dedup_planted.py --check CLUSTERS.jsonl EXPECTED      # prints how many were not found in the document they came from

Passages are changed in case, white space and punctuation only, so all of their words stand in the document in the same order.
"""
import json
import random
import re
import sys


def plant(train, items, expected, n):
    rng = random.Random(7)
    lines = open(train, encoding="utf-8").readlines()
    with open(items, "w", encoding="utf-8") as out, open(expected, "w", encoding="utf-8") as known:
        made = 0
        for at in rng.sample(range(len(lines)), len(lines)):
            words = list(re.finditer(r"[A-Za-z0-9_]+", json.loads(lines[at])["text"]))
            if len(words) < 2500 or made == n:
                continue
            size = rng.randint(25, 60)
            start = rng.randrange(len(words) - size)
            text = json.loads(lines[at])["text"][words[start].start():words[start + size - 1].end()]
            text = re.sub(r"\s+", "\n", text.upper() if made % 2 else text)
            out.write(json.dumps({"id": f"item-{made}", "text": "“" + text + "” ?"}) + "\n")
            known.write(f"{made + 1}\t{at + 1}\n")
            made += 1


def check(clusters, expected):
    found = set()
    for line in open(clusters, encoding="utf-8"):
        cluster = json.loads(line)
        keeper = cluster["keep"].split(".")[1]
        for member in cluster["members"][1:]:
            document = member["document"].split(".")[1]
            found.add((keeper, document))
            found.update((other["document"].split(".")[1], document) for other in member.get("also", []))
    wanted = {tuple(line.split()) for line in open(expected, encoding="utf-8")}
    print(len(wanted - found) if wanted else -1)


if __name__ == "__main__":
    if sys.argv[1] == "--check":
        check(sys.argv[2], sys.argv[3])
    else:
        plant(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
