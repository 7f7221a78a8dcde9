/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sentences that cannot help: each is kept out for a reason a person can read and count.  Cleaning looks at one side; what
 * only a pair can show (a copy of the source, lengths that do not fit) is clean_pair().
 */
#ifndef TAMIS_BITEXT_CLEAN_H
#define TAMIS_BITEXT_CLEAN_H

#include "base/map.h"

enum clean_reason {
	CLEAN_OK,
	CLEAN_SHORT,
	CLEAN_LONG,
	CLEAN_MARKUP,         /* tags or entities left over */
	CLEAN_FEW_LETTERS,    /* mostly digits and signs */
	CLEAN_OTHER_LANGUAGE,
	CLEAN_BOILERPLATE,    /* copyright lines, cookie notices, “click here” */
	CLEAN_REPEATED,       /* byte for byte an earlier sentence */
	CLEAN_DUPLICATE,      /* of an earlier sentence, after lower case, digits and signs are levelled */
	CLEAN_COPY,           /* the target is the source */
	CLEAN_LENGTH_RATIO,
	CLEAN_ENCODING,       /* not UTF-8 */
	CLEAN_REASONS
};

const char *clean_reason_name(enum clean_reason r); /* untranslated word of --json */
const char *clean_reason_text(enum clean_reason r); /* N_(), for people */

struct cleaner {
	uint8_t lang;             /* LANG_UNKNOWN: any */
	struct map128 seen;       /* levelled sentences, and the hash of the first written so */
	bool duplicates;          /* keep them out */
	uint64_t counts[CLEAN_REASONS];
};

void cleaner_init(struct cleaner *c, uint8_t lang, bool duplicates);
void cleaner_free(struct cleaner *c);
/* Judges and counts one sentence.  The language is only held against it from 40 bytes on and when the guess is sure. */
enum clean_reason clean_sentence(struct cleaner *c, struct span sentence);
enum clean_reason clean_pair(struct span source, struct span target);

#endif
