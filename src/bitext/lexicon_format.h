/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Readers of dictionary formats, each from a whole file in memory.  Private to lexicon*.c.  Untrusted input: a line that
 * is not of the format is passed over.
 */
#ifndef TAMIS_BITEXT_LEXICON_FORMAT_H
#define TAMIS_BITEXT_LEXICON_FORMAT_H

#include "bitext/lexicon.h"

/* `add` receives phrases in the file's order of languages. */
struct lexicon_sink {
	struct lexicon *lexicon;
	bool swapped;             /* the file's first side is the lexicon's b */
};

void lexicon_put(const struct lexicon_sink *sink, struct span first, struct span second);

void read_ding(const struct lexicon_sink *sink, struct span text);
void read_edict(const struct lexicon_sink *sink, struct span text);
void read_cedict(const struct lexicon_sink *sink, struct span text);
/* Unicode's Unihan_Readings: characters and their English definitions (kDefinition). */
void read_unihan(const struct lexicon_sink *sink, struct span text);
void read_tsv(const struct lexicon_sink *sink, struct span text);
void read_dictd(const struct lexicon_sink *sink, struct span index, struct span dict);

#endif
