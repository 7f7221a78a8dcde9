/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Engines as filters (`tamis stage NAME`): records in, records out, no workspace, no state.  An engine adds a row to the table in
 * stage.c and a file of its own beside this one.
 */
#ifndef TAMIS_CLI_STAGE_H
#define TAMIS_CLI_STAGE_H

#include <stdio.h>

#include "cli/verb.h"

struct stage {
	const char *name;
	const char *help; /* N_(), one line */
	/* Reads standard input, writes standard output; option values by arg_value(&verb_stage, …). */
	int (*run)(struct cli *cli, const struct verb_args *args, FILE *in, FILE *out, struct error *err);
};

extern const struct verb verb_stage;
extern const struct stage stages[]; /* ends with a NULL name */

/* stage_dedup.c */
int stage_run_sign(struct cli *cli, const struct verb_args *args, FILE *in, FILE *out, struct error *err);
int stage_run_bucket(struct cli *cli, const struct verb_args *args, FILE *in, FILE *out, struct error *err);
int stage_run_edges(struct cli *cli, const struct verb_args *args, FILE *in, FILE *out, struct error *err);
int stage_run_attach(struct cli *cli, const struct verb_args *args, FILE *in, FILE *out, struct error *err);
int stage_run_verify(struct cli *cli, const struct verb_args *args, FILE *in, FILE *out, struct error *err);
int stage_run_star(struct cli *cli, const struct verb_args *args, FILE *in, FILE *out, struct error *err);
int stage_run_links(struct cli *cli, const struct verb_args *args, FILE *in, FILE *out, struct error *err);
int stage_run_small_star(struct cli *cli, const struct verb_args *args, FILE *in, FILE *out, struct error *err);
int stage_run_large_star(struct cli *cli, const struct verb_args *args, FILE *in, FILE *out, struct error *err);
int stage_run_scatter(struct cli *cli, const struct verb_args *args, FILE *in, FILE *out, struct error *err);
int stage_run_place(struct cli *cli, const struct verb_args *args, FILE *in, FILE *out, struct error *err);
int stage_run_local(struct cli *cli, const struct verb_args *args, FILE *in, FILE *out, struct error *err);

/* stage_bitext.c */
int stage_run_embed(struct cli *cli, const struct verb_args *args, FILE *in, FILE *out, struct error *err);
int stage_run_spread(struct cli *cli, const struct verb_args *args, FILE *in, FILE *out, struct error *err);
int stage_run_knn(struct cli *cli, const struct verb_args *args, FILE *in, FILE *out, struct error *err);
int stage_run_nearest(struct cli *cli, const struct verb_args *args, FILE *in, FILE *out, struct error *err);
int stage_run_margin(struct cli *cli, const struct verb_args *args, FILE *in, FILE *out, struct error *err);
int stage_run_match(struct cli *cli, const struct verb_args *args, FILE *in, FILE *out, struct error *err);

/* stage_segment.c */
int stage_run_segment(struct cli *cli, const struct verb_args *args, FILE *in, FILE *out, struct error *err);

#endif
