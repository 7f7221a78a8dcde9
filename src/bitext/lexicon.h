/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bilingual lexicons: pairs of phrases from dictionaries people have written.
 *
 * Read from dictd (freedict's .index and .dict.dz), Ding (trans-de-en), EDICT, CC-CEDICT and tab-separated files; found among
 * the machine's packages; chained through a third language where nothing goes directly.  A lexicon is raw material:
 * model1.h weighs it against the words of the corpora at hand.
 */
#ifndef TAMIS_BITEXT_LEXICON_H
#define TAMIS_BITEXT_LEXICON_H

#include "base/map.h"
#include "base/vec.h"

struct lexicon_entry {
	struct span a, b;
};

struct lexicon {
	uint8_t a, b;             /* languages of the sides */
	VEC(struct lexicon_entry) entries;
	struct arena text;
	struct buf sources;       /* what it was read from, one "name (entries)" a line, for people */
};

void lexicon_init(struct lexicon *l, uint8_t a, uint8_t b);
void lexicon_free(struct lexicon *l);
size_t lexicon_bytes(const struct lexicon *l); /* that it takes in memory */

/* Adds a pair after taking brackets, grammar marks and an English "to " off; nothing when a side is left empty. */
void lexicon_add(struct lexicon *l, struct span a, struct span b);

/* Adds what the file holds.  The format is recognised from the name and the first lines: FILE.index (with FILE.dict.dz or
 * FILE.dict beside it), Ding ("de :: en"), EDICT (EUC-JP or UTF-8), CC-CEDICT, Unihan_Readings, or two tab-separated columns.  `from` and `to`
 * are the languages of the file's two sides, in either order against the lexicon's. */
int lexicon_read(struct lexicon *l, const char *path, uint8_t from, uint8_t to, struct error *err);

/* The same for a file whose direction nobody has said: it is told from what the two columns are written in. */
int lexicon_read_file(struct lexicon *l, const char *path, struct error *err);

/* Adds every dictionary of the machine between the two languages, and chains through a third language when that gave
 * fewer than 100,000 entries; for Chinese a Japanese dictionary's
 * words, unless the lexicon holds a Chinese dictionary by now.  `root` is "" for the machine's own files (tests give a folder).  `*advice` (freed by the
 * caller, NULL when none is needed) says in a sentence which packages would help. */
int lexicon_find(struct lexicon *l, const char *root, char **advice, struct error *err);

/* Adds the entries of a Japanese dictionary whose word is written in Han characters alone, two at least, as Chinese ones: for the most
 * part they are.  `of_b`: both lexicons have that language as b, else as a. */
void lexicon_add_kanji(struct lexicon *out, const struct lexicon *japanese, bool of_b);

/* Pairs (x, z) for which some y stands in both; phrases of more than three words are not joined. */
void lexicon_chain(struct lexicon *out, const struct lexicon *first, const struct lexicon *second);

#endif
