/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stages of mining by embeddings, with their options read. */
#include "config.h"

#include <stdlib.h>

#include "base/i18n.h"
#include "bitext/stage.h"
#include "cli/stage.h"
#include "net/embed.h"

static int fetch(float **rows, size_t *dimensions, const struct span *texts, size_t n, void *ctx, struct error *err)
{
	return embed_texts(rows, dimensions, ctx, texts, n, err);
}

static int read_options(struct bitext_stage *o, const struct cli *cli, const struct verb_args *args, struct error *err)
{
	const char *margin = NULL, *retrieval = NULL;
	uint64_t k = 4, blocks = 1;
	int rc = arg_count(&k, &verb_stage, args, "k", 1, 64, err);

	if (rc == 0)
		rc = arg_count(&blocks, &verb_stage, args, "blocks", 1, 10000, err);
	if (rc == 0)
		rc = arg_choice(&margin, &verb_stage, args, "margin", err);
	if (rc == 0)
		rc = arg_choice(&retrieval, &verb_stage, args, "retrieval", err);
	*o = (struct bitext_stage){ .k = (unsigned)k, .blocks = (unsigned)blocks, .threads = cli->threads, .margin = MARGIN_RATIO };
	if (rc == 0 && margin)
		margin_from_name(&o->margin, margin);
	if (rc == 0 && retrieval)
		retrieval_from_name(&o->retrieval, retrieval);
	return rc;
}

static int run(struct cli *cli, const struct verb_args *args, bitext_stage_fn *stage, FILE *in, FILE *out, struct error *err)
{
	struct bitext_stage o;
	int rc = read_options(&o, cli, args, err);

	return rc ? rc : stage(in, out, &o, err);
}

#define STAGE(name)                                                                                                        \
	int stage_run_##name(struct cli *cli, const struct verb_args *args, FILE *in, FILE *out, struct error *err)        \
	{                                                                                                                  \
		return run(cli, args, bitext_stage_##name, in, out, err);                                                  \
	}

STAGE(spread)
STAGE(knn)
STAGE(nearest)
STAGE(margin)
STAGE(match)

/* Vectors of a file, by line, or of an endpoint. */
int stage_run_embed(struct cli *cli, const struct verb_args *args, FILE *in, FILE *out, struct error *err)
{
	const char *file = arg_value(&verb_stage, args, "vectors");
	struct embed_request r = {
		.url = arg_value(&verb_stage, args, "endpoint"), .model = arg_value(&verb_stage, args, "model"),
		.prefix = arg_value(&verb_stage, args, "prefix"), .key = getenv("TAMIS_EMBED_KEY"), .cancel = cli_stop(),
	};
	struct vectors vectors = VECTORS_INIT;
	struct bitext_stage o;
	int rc = read_options(&o, cli, args, err);

	o.fetch = fetch;
	o.ctx = &r;
	if (rc == 0 && !file && (!r.url || !r.model))
		rc = error_set(err, TAMIS_EUSAGE, _("stage embed needs --endpoint and --model, or --vectors"));
	if (rc == 0 && file) {
		rc = vectors_open(&vectors, file, arg_value(&verb_stage, args, "tensor"), err);
		if (rc == 0)
			rc = vectors_normalise(&vectors, err);
		o.vectors = &vectors;
	}
	if (rc == 0)
		rc = bitext_stage_embed(in, out, &o, err);
	vectors_free(&vectors);
	return rc;
}
