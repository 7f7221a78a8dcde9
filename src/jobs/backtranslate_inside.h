/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of back-translation share: the segments drawn, and how a pair becomes an item.  Private to src/jobs/backtranslate*.c.
 */
#ifndef TAMIS_JOBS_BACKTRANSLATE_INSIDE_H
#define TAMIS_JOBS_BACKTRANSLATE_INSIDE_H

#include "base/arena.h"
#include "base/map.h"
#include "jobs/backtranslate.h"

enum { PAIRS_BATCH = 200 };

struct candidate {
	struct text_segment segment; /* its texts are in the arena */
	item_ref document;
	uint32_t number;             /* in the retriever */
	uint64_t hash;
	uint8_t lang;
	enum markup markup;
	bool left;                   /* not drawn */
	struct check_results checks;
};

/* A pair as an item. */
struct written_pair {
	struct buf body;
	struct hash128 key;
	double score;
	enum verdict suggestion;
};

struct work {
	const struct backtranslate_request *req;
	struct backtranslate_result *result;
	struct job *job;
	struct store *store;
	uint8_t lang;
	size_t least, most;
	struct arena arena;
	VEC(struct candidate) candidates;
	struct benchmark *benchmark; /* NULL without */
	struct retriever *retriever;
	struct pair_reader *reader;  /* of this thread */
	struct written_pair pair;    /* being added */
	struct draft_templates *templates;
	struct instructions_seen *instructions;
	struct map128 written;       /* keys of items an earlier part of this run wrote */
	struct item_row rows[PAIRS_BATCH];
	size_t n_rows;
	struct buf bodies;
};

/* What stands in an item beside its segment. */
struct pair {
	struct span instruction, input, response;
	const char *generator, *type, *template;
	struct span rewritten;       /* the second response, "" for none: checked against the first */
	struct span more;            /* further members of the body, "" for none */
	double score;                /* NaN: the margin of the checks, unless `judged` */
	bool judged;
	bool checked;                /* false: there is nothing to check; it is suggested for rejection */
	bool good;                   /* suggested for acceptance when no check warns */
};

int backtranslate_cancelled(const struct work *w, struct error *err); /* TAMIS_ECANCEL, or 0 */
/* Documents into candidates: backtranslate_read.c. */
int backtranslate_read(struct work *w, const struct corpus *corpus, struct error *err);
/* Drafts without a model: backtranslate_extract.c. */
int backtranslate_extract(struct work *w, struct error *err);
/* A checked pair as an item, on any thread; `out->body` is used again. */
void backtranslate_write(struct written_pair *out, const struct candidate *c, const struct pair *p);
/* Counts it and puts it into the batch, which is written when full. */
int backtranslate_keep(struct work *w, const struct candidate *c, const struct written_pair *p, bool checked, struct error *err);
/* Checks the pair, counts it and puts it into the batch, which is written when full. */
int backtranslate_add(struct work *w, struct candidate *c, const struct pair *p, struct error *err);
int backtranslate_flush(struct work *w, struct error *err);

/* backtranslate_model.c: asks a model for the instructions of all candidates drawn.  `open` before the run is begun: TAMIS_EREMOTE when
 * nobody answers. */
struct model_work;
int model_work_open(struct model_work **out, struct work *w, struct error *err);
void model_work_close(struct model_work *m);
int model_work_run(struct model_work *m, struct error *err);
/* Members of the run's parameters. */
void model_work_parameters(struct buf *out, const struct model_work *m);

#endif
