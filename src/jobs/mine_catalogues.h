/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The machine's message catalogues as parallel text to learn words from.  Messages that are lines of the piles being mined are
 * left out, so that a measurement on such lines stays honest.
 */
#ifndef TAMIS_JOBS_MINE_CATALOGUES_H
#define TAMIS_JOBS_MINE_CATALOGUES_H

#include "jobs/mine_pile.h"

struct parallel_lines {
	VEC(struct span) source, target;
	struct arena text;
};

/* Adds what *.mo files below ROOT/usr/share/locale say in the language that is not English; nothing when neither is.  Files that
 * cannot be read are passed over: they are a help, not an input. */
void catalogues_add(struct parallel_lines *out, const char *root, const struct pile *source, const struct pile *target,
		    struct job *job);
void parallel_lines_free(struct parallel_lines *p);

#endif
