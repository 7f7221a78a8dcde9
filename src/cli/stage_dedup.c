/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stages of deduplication, with their options read. */
#include "config.h"

#include "cli/stage.h"
#include "dedup/stage.h"

static int read_options(struct stage_options *o, const struct cli *cli, const struct verb_args *args, struct error *err)
{
	const char *threshold = arg_value(&verb_stage, args, "threshold"), *shingle = arg_value(&verb_stage, args, "shingle");
	const char *bands = arg_value(&verb_stage, args, "bands"), *text = arg_value(&verb_stage, args, "text");
	const char *id = arg_value(&verb_stage, args, "id"), *source = arg_value(&verb_stage, args, "source");
	int rc = 0;

	stage_options_init(o);
	o->threads = cli->threads;
	o->sets = arg_flag(&verb_stage, args, "sets");
	if (arg_flag(&verb_stage, args, "classic"))
		o->scheme = MINHASH_CLASSIC;
	if (text)
		o->text_field = text;
	if (id)
		o->id_field = id;
	if (source)
		o->source = source;
	if (threshold)
		rc = threshold_parse(&o->threshold, threshold, err);
	if (rc == 0 && shingle)
		rc = shingle_parse(&o->shingle, shingle, err);
	if (rc == 0 && bands)
		rc = banding_parse(&o->banding, bands, err);
	return rc;
}

static int run(struct cli *cli, const struct verb_args *args, stage_fn *stage, FILE *in, FILE *out, struct error *err)
{
	struct stage_options o;
	int rc = read_options(&o, cli, args, err);

	return rc ? rc : stage(in, out, &o, err);
}

#define STAGE(name)                                                                                                        \
	int stage_run_##name(struct cli *cli, const struct verb_args *args, FILE *in, FILE *out, struct error *err)        \
	{                                                                                                                  \
		return run(cli, args, stage_##name, in, out, err);                                                         \
	}

STAGE(sign)
STAGE(bucket)
STAGE(edges)
STAGE(attach)
STAGE(verify)
STAGE(star)
STAGE(links)
STAGE(small_star)
STAGE(large_star)
STAGE(scatter)
STAGE(place)
STAGE(local)
