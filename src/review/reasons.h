/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Why an item was judged so: a list per kind of item, in share/reasons/ (a user's own file of the same name wins).  One reason a
 * line, its words shown as they stand; a line that begins with '#' is a comment.  NAME.zh holds the same reasons, line for line, for
 * people who read Chinese, and so on; the words of NAME do as well when one is asked for.  Reason n is bit n-1 of a verdict's `reasons`;
 * 1 to 9 have a key.  Change the words of a line as you like, but add new reasons at the end: stored bits keep their place.
 */
#ifndef TAMIS_REVIEW_REASONS_H
#define TAMIS_REVIEW_REASONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define REASONS_MAX 32

struct reasons {
	size_t n;
	char text[REASONS_MAX][96];    /* in the reader's language where there is such a list */
	char plain[REASONS_MAX][96];   /* as NAME has them */
};

/* Loads the list named `list` (lens->reasons).  Where no such file can be read, the list is empty and numbers still work. */
void reasons_load(struct reasons *out, const char *list);
/* The bit of "3", or of the one reason whose words begin with `word`; false when none or several do. */
bool reasons_bit(const struct reasons *r, struct span word, uint32_t *bit);
/* Appends the words of all set bits, joined by "; " ("reason 12" where the list has no words). */
void reasons_words(struct buf *out, const struct reasons *r, uint32_t bits);

#endif
