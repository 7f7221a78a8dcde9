/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One pile of sentences to mine from: a corpus of the workspace, cut into sentences, or a file, whose lines are taken as sentences when
 * it is plain text and whose records are cut when it is anything else.  Each sentence knows where it came from.
 */
#ifndef TAMIS_JOBS_MINE_PILE_H
#define TAMIS_JOBS_MINE_PILE_H

#include "bitext/clean.h"
#include "jobs/job.h"

struct pile_sentence {
	item_ref document;        /* ITEM_REF_NONE for a file's */
	uint32_t index;           /* sentence of its document, or line of the file, from 0 */
	uint32_t record;          /* number of the document in the pile, from 0 */
};

struct pile {
	char *name;               /* corpus or path */
	uint8_t lang;
	uint8_t second;           /* when `lang` was guessed: what the most of the other sentences are in */
	double second_share;      /* 0..1 of all that was looked at */
	bool of_file;
	VEC(struct span) text;    /* lives in the arena */
	VEC(struct pile_sentence) sentences; /* the same length */
	uint64_t documents;
	size_t read;              /* sentences before any was left out */
	size_t unembedded;        /* sentences whose embedding is zeros or no number at all */
	uint64_t left_out[CLEAN_REASONS]; /* counts by reason */
	struct arena arena;
	struct hash128 hash;      /* of all sentences kept */
};

struct pile_wish {
	const char *name;         /* corpus, else path */
	const char *lang;         /* code, or NULL: guessed from the text */
	bool lines;               /* every line of a record is a sentence */
};

/* Reads a pile and guesses its language from all over it. */
int pile_load(struct pile *out, struct store *s, const struct pile_wish *wish, struct job *job, struct error *err);
/* Where both were guessed to be in one language, a manual that is translated in part say, the one with more of a second language is
 * taken to be in that.  False when they stay the same. */
bool piles_tell_apart(struct pile *a, struct pile *b);
/* Leaves out what is no sentence to mine from, all of another language too; with `keep_all` nothing, for line numbers count then.
 * TAMIS_EUSAGE when nothing is left. */
int pile_clean(struct pile *p, bool keep_all, struct error *err);
size_t pile_bytes(const struct pile *p); /* that it takes in memory */
void pile_free(struct pile *p);

/* What cleaning left out, for people: "another language 6891, markup left over 13"; false when nothing was. */
bool pile_left_out(struct buf *out, const struct pile *p);
/* More than half of what was read is held to be in another language: the wrong one was asked for, or the sides are swapped. */
bool pile_is_foreign(const struct pile *p);

/* What a list of true pairs calls a sentence, from 0: its record where the pile has several, else its line. */
uint32_t pile_number(const struct pile *p, uint32_t sentence);
uint64_t pile_numbers(const struct pile *p); /* how many there are */

#endif
