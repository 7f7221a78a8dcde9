/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What `ls` lists: one row of a table per word.
 */
#ifndef TAMIS_CLI_LS_H
#define TAMIS_CLI_LS_H

#include "cli/table.h"

struct ls_request {
	const char *word;      /* what was asked for: "documents" */
	enum item_kind kind;
	const char *corpus;    /* name, or NULL */
	int64_t run;           /* 0: none named */
	const char *where;
	const char *sort;
	uint64_t limit;        /* UINT64_MAX: all */
};

/* Ends the list; says so when it is empty. */
void ls_end(struct table *t);

/* Items of one kind: records of imported files, then what runs made. */
int ls_items(struct cli *cli, const struct ls_request *request, struct error *err);

#endif
