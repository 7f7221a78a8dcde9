/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A workspace in a temporary folder, with files imported into it, for the tests of the review floor.
 */
#ifndef TAMIS_TESTS_REVIEW_FIXTURE_H
#define TAMIS_TESTS_REVIEW_FIXTURE_H

#include "review/item.h"

struct fixture {
	char dir[64];
	char path[96];            /* of the workspace */
	struct workspace *workspace;
	struct store *store;
	struct corpus corpus;     /* of the last import */
	struct corpus_view *view; /* of it, or NULL */
};

void fixture_open(struct fixture *f);
void fixture_close(struct fixture *f);                  /* removes everything */
/* Leaves the workspace and comes back, as another process would. */
void fixture_reopen(struct fixture *f);
/* Writes `text` to dir/name, imports it as `corpus` and opens the view. */
void fixture_import(struct fixture *f, const char *name, struct span text, const char *corpus);
item_ref fixture_ref(const struct fixture *f, uint64_t i);

#endif
