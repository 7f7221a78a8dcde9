/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * "Did you mean …": the nearest of some words to one that was mistyped, by optimal string alignment distance (Damerau 1964:
 * insertions, deletions, substitutions, swapped neighbours), within a third of its length.
 */
#ifndef TAMIS_CLI_SUGGEST_H
#define TAMIS_CLI_SUGGEST_H

#include <stddef.h>

struct suggest {
	const char *word;    /* what was typed; at most 63 bytes are looked at */
	const char *nearest; /* the best so far, or NULL */
	unsigned distance;
};

void suggest_init(struct suggest *s, const char *word);
void suggest_offer(struct suggest *s, const char *candidate); /* must outlive `s` */

#endif
