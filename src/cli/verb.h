/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The command line: one file per verb, one const row each in the table of verbs.c.  Usage text, `--help`, shell completion and
 * the check against the man page are made from the rows.
 */
#ifndef TAMIS_CLI_VERB_H
#define TAMIS_CLI_VERB_H

#include <stdbool.h>

#include "jobs/job.h"

/* What stood before the verb. */
struct cli {
	const char *workspace;   /* path: -w, else $TAMIS_WORKSPACE, else workspace.tamis */
	bool json;
	bool quiet;
	unsigned threads;        /* 0: default */
	struct workspace *ws;    /* opened by cli_workspace() */
	struct store *store;
};

struct verb_option {
	const char *name;        /* long name without dashes */
	char letter;             /* 0 when none */
	const char *value;       /* "FILE" … shown in help; NULL for a flag */
	const char *help;        /* N_() */
	bool many;               /* may be given again */
};

/* Parsed arguments: option values by index in the verb's table. */
struct verb_args {
	const char **value;      /* [option] -> last value, "" for a set flag, NULL */
	const char **words;
	size_t n_words;
	const char **many;       /* all values of `many` options in order, NULL-terminated pairs: name, value */
	size_t n_many;
};

struct verb {
	const char *name;
	const char *synopsis;    /* "PATH…" */
	const char *help;        /* N_(), one line */
	const struct verb_option *options; /* ends with a NULL name */
	int min_words, max_words;          /* max -1: any */
	int (*run)(struct cli *cli, const struct verb_args *args, struct error *err); /* exit status 0/3, or negative TAMIS_E */
};

extern const struct verb *const verbs[]; /* NULL-terminated, in the order of `tamis help` */

/* Parses `argv` (from the verb on) and runs; prints errors; returns the exit status. */
int cli_main(struct cli *cli, int argc, char **argv);
/* Opens the workspace and a store (once). `create`: make it when missing. */
int cli_workspace(struct cli *cli, bool create, struct error *err);
void cli_close(struct cli *cli);
/* Value of an option by name, or NULL. */
const char *arg_value(const struct verb *v, const struct verb_args *a, const char *name);

#endif
