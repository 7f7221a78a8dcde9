/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tamis dedup: clusters of near-duplicates, and MinHash beside SimHash. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/json.h"
#include "cli/dedup.h"
#include "dedup/contain.h"
#include "cli/table.h"

const struct verb verb_dedup;

static const struct verb_option options[] = {
	{ .name = "threshold", .letter = 't', .value = "T", .help = N_("similarity from which two documents are duplicates (default 0.8)") },
	{ .name = "method", .letter = 'm', .value = "METHOD", .help = N_("how pairs are found (default minhash)"),
	  .choices = "minhash simhash exact imported" },
	{ .name = "compare", .help = N_("measure MinHash and SimHash side by side on a sample with exact similarities") },
	{ .name = "sample", .value = "N", .help = N_("documents in that sample (default 1000)") },
	{ .name = "against", .value = "CORPUS", .help = N_("only what is also in this corpus, which stays whole (decontamination)") },
	{ .name = "contained", .value = "SHARE",
	  .help = N_("with --against: what share of a test item must stand in a document (default 0.8; 0 compares whole documents only)") },
	{ .name = "keep", .value = "KEYS", .help = N_("who stays: a list of source, label, score, length, date, id (default length)") },
	{ .name = "memory", .value = "SIZE", .help = N_("memory for buffers, such as 512M; the rest goes to temporary files") },
	{ .name = "shingle", .value = "UNIT:N", .help = N_("what is counted: word:N or char:N (default word:5)") },
	{ .name = "bands", .value = "BxR", .help = N_("bands and rows of MinHash (default: chosen for the threshold)") },
	{ .name = "distance", .value = "K", .help = N_("bits in which SimHashes may differ (default: chosen for the threshold)") },
	{ .name = "classic", .help = N_("MinHash by 128 affine maps, as a cross-check") },
	{ .name = "no-index", .help = N_("don't keep signatures beside the workspace") },
	{ .name = NULL },
};

static int read_sizes(struct dedup_request *req, const struct verb_args *args, struct error *err)
{
	struct dedup_options *o = &req->options;
	const char *shingle = arg_value(&verb_dedup, args, "shingle");
	const char *bands = arg_value(&verb_dedup, args, "bands");
	uint64_t distance = UINT64_MAX, queries = 0;
	int rc = arg_size(&o->memory, &verb_dedup, args, "memory", err);

	if (rc == 0 && shingle)
		rc = shingle_parse(&o->shingle, shingle, err);
	if (rc == 0 && bands)
		rc = banding_parse(&o->banding, bands, err);
	if (rc == 0)
		rc = arg_count(&distance, &verb_dedup, args, "distance", 0, 32, err);
	if (rc == 0)
		rc = arg_count(&queries, &verb_dedup, args, "sample", 10, 100000, err);
	if (distance != UINT64_MAX)
		o->distance = (int)distance;
	req->queries = (uint32_t)queries;
	return rc;
}

static int read_request(struct dedup_request *req, const struct verb_args *args, struct error *err)
{
	const char *threshold = arg_value(&verb_dedup, args, "threshold"), *method = NULL;
	const char *contained = arg_value(&verb_dedup, args, "contained");
	int rc = arg_choice(&method, &verb_dedup, args, "method", err);

	dedup_options_init(&req->options);
	req->corpora = args->words;
	req->n_corpora = args->n_words;
	req->against = arg_value(&verb_dedup, args, "against");
	req->policy = arg_value(&verb_dedup, args, "keep");
	req->compare = arg_flag(&verb_dedup, args, "compare");
	req->no_index = arg_flag(&verb_dedup, args, "no-index");
	if (req->policy == NULL)
		req->policy = "length";
	if (arg_flag(&verb_dedup, args, "classic"))
		req->options.scheme = MINHASH_CLASSIC;
	if (rc == 0 && method)
		rc = dedup_method_parse(&req->options.method, method, err);
	if (req->against)
		req->options.contained = 800000;
	if (rc == 0 && contained && strcmp(contained, "0") == 0)
		req->options.contained = 0;
	else if (rc == 0 && contained)
		rc = threshold_parse(&req->options.contained, contained, err);
	if (rc == 0 && contained && req->against == NULL)
		rc = error_set(err, TAMIS_EUSAGE, _("--contained says how much of a test item must be found: name the test set with --against"));
	if (rc == 0 && threshold)
		rc = threshold_parse(&req->options.threshold, threshold, err);
	if (rc == 0)
		rc = keeper_policy_parse(&req->options.policy, req->policy, err);
	for (size_t i = 0; i < req->n_corpora && rc == 0; i++)
		if (req->against && strcmp(req->corpora[i], req->against) == 0)
			rc = error_set(err, TAMIS_EUSAGE, _("%s can't be compared with itself: leave out --against"), req->against);
	return rc ? rc : read_sizes(req, args, err);
}

/* ---- output ---- */

static const struct table_column columns[] = {
	{ .key = "method", .title = N_("method") },
	{ .key = "setting", .title = N_("setting") },
	{ .key = "recall", .title = N_("recall"), .right = true },
	{ .key = "low", .title = N_("at least"), .right = true },
	{ .key = "high", .title = N_("at most (95 %)"), .right = true },
	{ .key = "theory", .title = N_("theory"), .right = true },
	{ .key = "candidates", .title = N_("candidates"), .right = true },
	{ .key = "precision", .title = N_("precise"), .right = true },
	{ .key = "verified", .title = N_("verified"), .right = true },
	{ .key = "bytes", .title = N_("B/doc"), .right = true },
	{ .key = "cpu", .title = N_("CPU s"), .right = true },
};

void dedup_print_points(struct cli *cli, const struct dedup_summary *s)
{
	struct table t;
	char setting[24];

	if (s->points.n == 0)
		return;
	table_init(&t, cli, columns, sizeof columns / sizeof *columns);
	vec_each(&s->points, i) {
		const struct tradeoff_point *p = &s->points.v[i];

		if (p->method == DEDUP_MINHASH)
			snprintf(setting, sizeof setting, "%ux%u", p->banding.bands, p->banding.rows);
		else
			snprintf(setting, sizeof setting, "k=%u", p->distance);
		table_string(&t, dedup_method_name(p->method));
		table_string(&t, setting);
		table_percent(&t, p->recall);
		table_percent(&t, p->low);
		table_percent(&t, p->high);
		table_percent(&t, p->theory);
		table_count(&t, (uint64_t)llround(p->candidates));
		table_percent(&t, p->precision);
		table_count(&t, (uint64_t)llround(p->verified));
		table_count(&t, p->bytes);
		table_real(&t, p->cpu, 2);
		if (!table_row(&t))
			break;
	}
	table_end(&t);
}

static void print_json(struct cli *cli, const struct dedup_summary *s)
{
	struct buf line = BUF_INIT;

	vec_each(&s->points, i) {
		buf_clear(&line);
		dedup_point_json(&line, &s->points.v[i]);
		buf_addc(&line, '\n');
		if (!cli_put(cli, buf_span(&line)))
			break;
	}
	buf_clear(&line);
	buf_addc(&line, '{');
	json_put_int(&line, "run", s->run);
	dedup_summary_json(&line, s);
	json_put_real(&line, "seconds", s->seconds);
	buf_adds(&line, "}\n");
	cli_put(cli, buf_span(&line));
	buf_free(&line);
}

static void say_summary(const struct cli *cli, const struct dedup_request *req, const struct dedup_summary *s)
{
	const struct dedup_counts *c = &s->counts;
	double megabytes = (double)c->bytes / 1e6;

	cli_note(cli,
		 PL_("run %lld: %llu document, %llu kept, %llu removed (%llu same bytes, %llu same words, %llu near) in %llu clusters; "
		     "%.1f MB in %.2f s",
		     "run %lld: %llu documents, %llu kept, %llu removed (%llu same bytes, %llu same words, %llu near) in %llu clusters; "
		     "%.1f MB in %.2f s",
		     c->documents),
		 (long long)s->run, (unsigned long long)c->documents, (unsigned long long)c->kept, (unsigned long long)s->removed,
		 (unsigned long long)c->same_bytes, (unsigned long long)c->same_tokens, (unsigned long long)c->near,
		 (unsigned long long)c->clusters, megabytes, s->seconds);
	if (req->against && req->options.contained)
		cli_note(cli, PL_("%llu of these documents holds a test item among other text; %llu test items of fewer than %u words were "
				  "looked for as whole documents only",
				  "%llu of these documents hold a test item among other text; %llu test items of fewer than %u words were "
				  "looked for as whole documents only",
				  c->contains),
			 (unsigned long long)c->contains, (unsigned long long)c->too_short, CONTAIN_TOKENS);
	else if (req->options.method == DEDUP_MINHASH)
		cli_note(cli, _("every removal verified: %llu pairs looked at, %llu counted exactly, %llu alike; bands %ux%u"),
			 (unsigned long long)c->candidates.bucket.looked_at, (unsigned long long)c->verified,
			 (unsigned long long)c->edges, s->banding.bands, s->banding.rows);
	if (c->candidates.bucket.hot)
		cli_note(cli, _("%llu hot buckets: %llu pairs of one template were left out; look at their clusters"),
			 (unsigned long long)c->candidates.bucket.hot, (unsigned long long)c->candidates.bucket.not_looked_at);
	if (s->flagged[0] + s->flagged[1] + s->flagged[2] + s->flagged[3])
		cli_note(cli, _("to review (tamis review %lld --where 'meta.flags~…'): %llu borderline, %llu contained, %llu disagreement, "
				"%llu loss"),
			 (long long)s->run, (unsigned long long)s->flagged[0], (unsigned long long)s->flagged[1],
			 (unsigned long long)s->flagged[2], (unsigned long long)s->flagged[3]);
}

struct work {
	struct dedup_request req;
	struct dedup_summary out;
};

static int dedup_work(struct job *job, struct store *s, void *arg, struct error *err)
{
	struct work *w = arg;

	return dedup_job_run(job, s, &w->req, &w->out, err);
}

static int check_corpora(struct cli *cli, const struct dedup_request *req, struct error *err)
{
	struct corpus corpus;
	int rc = req->against ? cli_corpus(cli, &corpus, req->against, err) : 0;

	if (rc == 0 && req->against)
		rc = cli_refresh(cli, corpus.id, err);
	for (size_t i = 0; i < req->n_corpora && rc == 0; i++) {
		rc = cli_corpus(cli, &corpus, req->corpora[i], err);
		if (rc == 0)
			rc = cli_refresh(cli, corpus.id, err);
	}
	return rc;
}

static int run_dedup(struct cli *cli, const struct verb_args *args, struct error *err)
{
	struct work w = { 0 };
	int rc = read_request(&w.req, args, err);

	if (rc == 0)
		rc = cli_workspace(cli, false, err);
	if (rc == 0)
		rc = check_corpora(cli, &w.req, err);
	if (rc == 0)
		rc = job_run(cli->ws, _("finding duplicates"), dedup_work, &w, cli->quiet, err);
	if (rc == 0 && cli->json) {
		print_json(cli, &w.out);
	} else if (rc == 0) {
		dedup_print_points(cli, &w.out);
		say_summary(cli, &w.req, &w.out);
	}
	dedup_summary_free(&w.out);
	return rc;
}

const struct verb verb_dedup = {
	.name = "dedup",
	.synopsis = "CORPUS…",
	.help = N_("find near-duplicates and gather them in clusters, each with a document to keep"),
	.options = options,
	.more = N_("Every candidate pair is verified by counting shared shingles, so each document that is removed has at least the "
		   "threshold's similarity with its own keeper.  Several corpora are deduplicated together; with --keep source, "
		   "those named first are preferred."),
	.words = "corpora",
	.min_words = 1,
	.max_words = -1,
	.run = run_dedup,
};
