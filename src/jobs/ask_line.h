/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A request to a model as one line a person types, and back: "http://localhost:8080 smollm2 judge n=50 budget=20000".  Address and
 * name of the model first, then in any order judge, rewrite, again, n=N, budget=TOKENS, tries=N, parallel=N, lang=CODE.  The key of the
 * service is never in it: TAMIS_API_KEY has it.
 */
#ifndef TAMIS_JOBS_ASK_LINE_H
#define TAMIS_JOBS_ASK_LINE_H

#include "base/arena.h"
#include "jobs/backtranslate.h"

/* The setting in which a face remembers the last line. */
#define ASK_LINE_SETTING "ask-model"

struct ask_line {
	struct backtranslate_request request;
	struct arena texts; /* what the request points to */
};

void ask_line_init(struct ask_line *a);
void ask_line_free(struct ask_line *a);
/* What the run was begun with, so that the same request goes on with it.  TAMIS_EUSAGE when it asked no model. */
int ask_line_of_run(struct ask_line *out, const struct run *run, struct error *err);
/* Takes the line over: what it can say is set by it, the rest of the request stays.  TAMIS_EUSAGE with what is wrong, nothing changed. */
int ask_line_read(struct ask_line *out, const char *line, struct error *err);
void ask_line_put(struct buf *out, const struct backtranslate_request *q);
/* Replaces the corpus' name; it may be "". */
void ask_line_corpus(struct ask_line *a, const char *corpus);

#endif
