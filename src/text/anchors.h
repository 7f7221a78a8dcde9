/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Anchors: what a translation must carry over unchanged: numbers, URLs, placeholders (`%s`, `%1$d`, `%(name)s`, `{0}`, `{name}`,
 * `${name}`) and tags (`<b>`, `</a>`).  Finding them in a text, and which of two texts' anchors have no partner.
 *
 * Numbers are compared by their digits alone, so that `1,000.5` and `1 000,5` and `１０００.５` are the same, and so are 三百 and "three
 * hundred" (text/numerals.h).  Those that are not in digits are freely put otherwise: one is alone only when the other text has a number
 * without a partner as well; tags by their names, URLs
 * without a final punctuation mark.
 */
#ifndef TAMIS_TEXT_ANCHORS_H
#define TAMIS_TEXT_ANCHORS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/vec.h"

enum anchor_kind { ANCHOR_NUMBER, ANCHOR_URL, ANCHOR_PLACEHOLDER, ANCHOR_TAG };

struct anchor {
	enum anchor_kind kind;
	bool spelled;     /* a number in words or Han numerals */
	bool alone;       /* the other text has no partner for it (anchors_compare) */
	size_t at, len;   /* bytes of the text */
	uint64_t same;    /* equal for anchors that mean the same */
};

struct anchors {
	VEC(struct anchor) all; /* in the order of the text, never overlapping */
};

/* `a` zeroed or used before; `lang` of the text, for number words, may be LANG_UNKNOWN.  Linear in the text; at most ANCHORS_MAX are found. */
#define ANCHORS_MAX 4096
void anchors_find(struct anchors *a, struct span text, uint8_t lang);
/* Pairs equal anchors of both, first with first; sets `alone` on those left over. Returns how many are. */
size_t anchors_compare(struct anchors *a, struct anchors *b);
void anchors_free(struct anchors *a);

#endif
