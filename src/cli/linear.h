/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The review loop line by line, for screen readers, dumb terminals and pipes: an item, a prompt, a command a line, an
 * acknowledgement that comes when the verdict is on disk.  No cursor addressing, no colour.  linear.c is the loop,
 * linear_commands.c the table of its commands.
 */
#ifndef TAMIS_CLI_LINEAR_H
#define TAMIS_CLI_LINEAR_H

#include "cli/verb.h"
#include "review/reasons.h"

struct linear {
	struct cli *cli;
	struct deck_spec spec;
	struct deck *deck;
	char *where;             /* the filter set by /, or NULL */
	struct reasons reasons;  /* of the kind `listed` */
	enum item_kind listed;
	bool meta, raw;
	bool show;               /* print the item before the next prompt */
	bool asks_note;          /* the next line is the note of the current item */
	bool done;
	struct error *err;
};

/* Until q or the end of standard input.  0, or negative: TAMIS_ECANCEL when interrupted. */
int linear_review(struct cli *cli, const struct deck_spec *spec, struct error *err);

/* Does one line a person typed.  What they got wrong is said and is 0; negative ends the loop. */
int linear_command(struct linear *l, struct span line);
/* Opens l->spec, in place of the deck there is. */
int linear_open(struct linear *l, struct error *err);
void linear_say(struct linear *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void linear_say_stats(struct linear *l);

#endif
