/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The trade-off of a corpus made ready for a slider: signatures (from the index where it has them), sampled truth, and a model that
 * answers for any setting in well under a tenth of a second, without reading a text.
 */
#ifndef TAMIS_JOBS_DEDUP_MODEL_H
#define TAMIS_JOBS_DEDUP_MODEL_H

#include "jobs/dedup.h"

struct dedup_model {
	struct sketches sketches;
	struct tradeoff *tradeoff;
	uint32_t documents;      /* of the corpora */
	uint32_t compared;       /* those that stand for themselves and have a signature */
	uint32_t queries;
};

int dedup_model_make(struct dedup_model **out, struct job *job, struct store *s, const struct dedup_request *req,
		     struct error *err);
void dedup_model_free(struct dedup_model *m);

#endif
