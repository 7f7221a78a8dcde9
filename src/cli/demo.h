/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tour: a table of steps over files every Debian machine has.  To add one: a function here or in a file of your own, and
 * one row in demo_steps[] (demo_steps.c); `tamis demo`, its table and `./bootstrap demo` then show it.
 *
 * A step does its work through the same functions its verb uses, says in `out` what it did and how many, and is timed by the
 * caller.  Where the machine lacks what it needs it says so in out->what, sets out->skipped and returns 0.
 */
#ifndef TAMIS_CLI_DEMO_H
#define TAMIS_CLI_DEMO_H

#include "cli/verb.h"

#define DEMO_DOCUMENTS "licences" /* corpus: copyright notes and licences */

struct demo {
	struct cli *cli;
	const char *documents;   /* folder: /usr/share/doc */
	const char *catalogues;  /* folder: /usr/share/locale */
	const char *sources;     /* folder of source files, or NULL: the first of those machines have */
	const char *language;    /* asked for, or NULL */
	char bitext[64];         /* corpus of message pairs: "messages-fr"; "" when there is none */
	char *folder;            /* where exports go; temporary unless -w was given */
};

struct demo_result {
	uint64_t count;
	const char *unit;        /* N_(): "documents" */
	char what[240];          /* translated: what was done, to what, or what is missing */
	bool skipped;
};

struct demo_step {
	const char *name;        /* stable word of --json */
	bool before_screen;      /* also done before the screen opens */
	int (*run)(struct demo *demo, struct demo_result *out, struct error *err);
};

extern const struct demo_step demo_steps[]; /* ends with a NULL name */

/* For steps: is the corpus there?  When not, `return demo_skip(out)` says so. */
bool demo_has_corpus(struct demo *demo, const char *name);
int demo_skip(struct demo_result *out);

/* Step of demo_dedup.c. */
int demo_dedup(struct demo *demo, struct demo_result *out, struct error *err);

/* Steps of demo_export.c. */
int demo_export_documents(struct demo *demo, struct demo_result *out, struct error *err);
int demo_export_bitext(struct demo *demo, struct demo_result *out, struct error *err);
/* The step of demo_mine.c. */
int demo_mine(struct demo *demo, struct demo_result *out, struct error *err);

/* The step of order.c's pipeline (demo_order.c). */
int demo_order(struct demo *demo, struct demo_result *out, struct error *err);

/* The step of demo_instruct.c. */
int demo_instruct(struct demo *demo, struct demo_result *out, struct error *err);

/* What is there to read (demo_files.c).  The caller frees with demo_paths_free(). */
struct demo_paths {
	char **v;
	size_t n;
};
/* FOLDER/PACKAGE/copyright of each package, and the common licences beside it; links to the same file once. */
void demo_find_documents(struct demo_paths *out, const char *folder);
/* All catalogues of one language: `language` when it has any, else that of the environment, else the one with the most
 * messages (counted from the catalogues' headers); "" when there are none at all. */
void demo_find_catalogues(struct demo_paths *out, char language[16], const char *folder, const char *wanted);
void demo_paths_free(struct demo_paths *p);

#endif
