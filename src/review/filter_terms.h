/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A filter's inside: its terms, and what a term is tried on.  For filter*.c only.
 */
#ifndef TAMIS_REVIEW_FILTER_TERMS_H
#define TAMIS_REVIEW_FILTER_TERMS_H

#include "review/filter.h"
#include "text/pattern.h"

/* In the order of what they cost. */
enum term_class {
	TERM_KIND, TERM_CORPUS, TERM_LANG, TERM_SCORE, TERM_BYTES, /* the index knows */
	TERM_VERDICT,                                              /* a map of all verdicts */
	TERM_REASON, TERM_NOTE, TERM_ANNOTATOR,                    /* one look-up each */
	TERM_ID, TERM_ROLE, TERM_META, TERM_TEXT                   /* the record is read */
};

enum term_op { OP_IS, OP_MATCHES, OP_LESS, OP_AT_MOST, OP_MORE, OP_AT_LEAST };

struct term {
	enum term_class class;
	enum term_op op;
	bool negated;
	enum role role;          /* TERM_ROLE */
	char *name;              /* TERM_META */
	char *value;             /* as written, unquoted */
	double number;
	uint64_t set[4];         /* words of a closed list, as bits: kinds, languages, verdicts, reasons */
	struct pattern *pattern; /* OP_MATCHES */
};

struct filter {
	VEC(struct term) terms; /* cheapest first */
	enum term_class dearest;
};

/* What terms are tried on.  What a class of terms needs is filled in before that class is tried. */
struct subject {
	item_ref ref;
	enum item_kind kind;
	const char *corpus;
	uint8_t lang;
	uint8_t target_lang; /* of a pair; LANG_UNKNOWN for others and where it isn't known */
	double score;
	uint64_t bytes;
	enum verdict verdict;
	const struct verdict_state *state;
	const struct record *record;
};

/* One matcher for each term that has a pattern, NULL for others; for one thread. Caller frees with term_matchers_free(). */
struct matcher **term_matchers(const struct filter *f);
void term_matchers_free(const struct filter *f, struct matcher **m);

bool term_holds(const struct term *t, struct matcher *m, const struct subject *s, struct buf *scratch);
bool terms_hold(const struct filter *f, struct matcher **m, const struct subject *s, struct buf *scratch);
void item_subject(struct subject *s, const struct item *item);
bool role_holds_text(enum role role);
bool is_language_role(enum role role); /* of a pair */

#endif
