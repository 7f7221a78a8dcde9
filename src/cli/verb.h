/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The command line: one file per verb, one const row each in the table of verbs.c.  Usage text, `--help`, shell completion and
 * the check against the man page are made from the rows.  To add a verb: one file with its `const struct verb`, one row in
 * verbs.c, one line in local.am, one `.It Cm` in man/tamis.1.
 *
 * A verb's run() prints data on standard output through cli_put() or a table (cli/table.h), says everything else with
 * cli_note(), and returns an exit status or a negative TAMIS_E code with its sentence in `err`; it never exits itself.
 */
#ifndef TAMIS_CLI_VERB_H
#define TAMIS_CLI_VERB_H

#include <stdbool.h>

#include "jobs/job.h"
#include "review/deck.h"

/* Done, but some records were kept out: the exit status DESIGN calls 3. */
#define CLI_SOME_REJECTED 3

struct cli;

/* What the screen is asked to show first. */
struct screen_request {
	char **paths;            /* files to import while they are read; NULL: none */
	size_t n_paths;
	int64_t corpus;          /* browse this one at once; 0: no */
	const char *queue;       /* review at once: a corpus, a run's number, or "" for everything; NULL: the list of corpora */
	const char *where;       /* its filter, or NULL */
	uint64_t sample;         /* so many of them; 0 all */
	enum deck_order order;
	uint64_t seed;
	bool undecided;
	const struct queue_type *next; /* of a run: what to judge next, or NULL */
	double threshold;        /* it is about; 0: the run's */
	bool guide;              /* show the tour's short guide */
};

/* What stood before the verb, and what all verbs share. */
struct cli {
	const char *workspace;   /* path: -w, else $TAMIS_WORKSPACE, else workspace.tamis */
	bool workspace_named;    /* by -w, not by default */
	bool json;
	bool quiet;
	bool linear;             /* --linear: the review loop without a screen */
	const char *batch, *record, *theme, *keys; /* for the screen: files or names, NULL when not given */
	unsigned threads;        /* 0: default */
	struct workspace *ws;    /* opened by cli_workspace() */
	struct store *store;
	bool read_only;          /* it can't be written: nothing may be decided, indexed or kept */
	bool terminal;           /* standard output is a terminal: data is made safe, tables are cut */
	int columns;             /* its width; 0 when it is not a terminal */
	bool gone;               /* whoever read standard output has left: stop quietly */
	int write_errno;         /* another failure of standard output */
	/* The other face, set by main(), on the opened workspace.  Returns an exit status or negative. */
	int (*screen)(struct cli *cli, const struct screen_request *request, struct error *err);
	int (*list_keys)(void);  /* prints its key map for the manual; 0 or negative */
};

struct verb_option {
	const char *name;        /* long name without dashes */
	char letter;             /* 0 when none */
	const char *value;       /* "FILE" … shown in help; NULL for a flag */
	const char *help;        /* N_() */
	bool many;               /* may be given again */
	const char *choices;     /* "jsonl csv tsv": offered by completion, checked by arg_choice(); or NULL */
};

/* Parsed arguments: option values by index in the verb's table. */
struct verb_args {
	const char **value;      /* [option] -> last value, "" for a set flag, NULL */
	const char **words;
	size_t n_words;
	const char **many;       /* all values of `many` options in order, NULL-terminated pairs: name, value */
	size_t n_many;           /* pairs */
};

struct verb {
	const char *name;
	const char *synopsis;    /* "PATH…" */
	const char *help;        /* N_(), one line */
	const struct verb_option *options; /* ends with a NULL name; NULL: none */
	int min_words, max_words;          /* max -1: any */
	int (*run)(struct cli *cli, const struct verb_args *args, struct error *err); /* exit status 0/3, or negative TAMIS_E */
	const char *more;        /* N_(), a paragraph for --help, or NULL */
	const char *words;       /* what completion offers for words: "corpora documents", or NULL: files */
};

extern const struct verb *const verbs[]; /* NULL-terminated, in the order of `tamis help` */
extern const struct verb_option cli_options[]; /* those that stand before the verb (or after it) */
const struct verb *verb_find(const char *name); /* NULL when unknown */

/* Parses all arguments after the program's name, picks verb or screen, runs; prints errors; returns the exit status. */
int cli_main(struct cli *cli, int argc, char **argv);
/* Runs another verb with arguments of its own ("import", "-c", …, NULL); as its run(). */
int cli_run_verb(struct cli *cli, const char *const *argv, struct error *err);
/* Opens the workspace and a store (once). `create`: make it when missing. */
int cli_workspace(struct cli *cli, bool create, struct error *err);
/* The same for verbs that only read: also where nothing can be written (a read-only disk, somebody else's file). */
int cli_workspace_to_read(struct cli *cli, struct error *err);
void cli_close(struct cli *cli);
/* Indexes again what the cache has lost of a corpus (0: of all); call it before a corpus is read. */
int cli_refresh(struct cli *cli, int64_t corpus, struct error *err);

/* Standard output.  False when nothing more can be written: return at once, cli_main() says why (or nothing, for a pipe
 * whose reader left). */
bool cli_put(struct cli *cli, struct span bytes);
bool cli_puts(struct cli *cli, const char *text);
bool cli_putf(struct cli *cli, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Data text: as it is into a pipe, made safe on a terminal (line by line, whole). */
bool cli_put_data(struct cli *cli, struct span data);
bool cli_flush(struct cli *cli);
/* A message for a person, on standard error, with a line end added; nothing when --quiet. */
void cli_note(const struct cli *cli, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A warning: also when --quiet. */
void cli_warn(const struct cli *cli, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* From the first call on, SIGINT and SIGTERM set the flag instead of ending the program; the second one ends it.  A verb may set
 * the flag itself to end a scan that has found enough. */
atomic_bool *cli_stop(void);
bool cli_was_interrupted(void); /* by a signal */

/* Value of an option by name, or NULL. */
const char *arg_value(const struct verb *v, const struct verb_args *a, const char *name);
bool arg_flag(const struct verb *v, const struct verb_args *a, const char *name);
/* Whole and real numbers in a range; `*out` is left alone when the option was not given.  TAMIS_EUSAGE with what is allowed. */
int arg_count(uint64_t *out, const struct verb *v, const struct verb_args *a, const char *name, uint64_t min, uint64_t max,
	      struct error *err);
/* A size in bytes, as in 512M; at least 1M. */
int arg_size(size_t *out, const struct verb *v, const struct verb_args *a, const char *name, struct error *err);
int arg_real(double *out, const struct verb *v, const struct verb_args *a, const char *name, double min, double max,
	     struct error *err);
/* The value is one of the option's `choices` (or not given); suggests the nearest. */
int arg_choice(const char **out, const struct verb *v, const struct verb_args *a, const char *name, struct error *err);

/* Finds a corpus by name; an unknown one is TAMIS_ENOTFOUND with the nearest name or what to do. */
int cli_corpus(struct cli *cli, struct corpus *out, const char *name, struct error *err);
/* The corpus named, or the only one there is when `name` is NULL. */
int cli_corpus_or_only(struct cli *cli, struct corpus *out, const char *name, struct error *err);
/* A ref in words ("3.17", "42"); TAMIS_EUSAGE when it is none. */
int cli_ref(item_ref *out, const char *word, struct error *err);

#endif
