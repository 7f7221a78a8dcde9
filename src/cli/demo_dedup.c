/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tour's duplicates: the machine's copyright notes, clustered, with MinHash beside SimHash. */
#include "config.h"

#include <math.h>
#include <stdio.h>

#include "base/i18n.h"
#include "cli/dedup.h"
#include "cli/demo.h"

#define QUERIES 300u

struct finding {
	struct dedup_request request;
	struct dedup_summary summary;
};

static int find(struct job *job, struct store *s, void *arg, struct error *err)
{
	struct finding *f = arg;

	return dedup_job_run(job, s, &f->request, &f->summary, err);
}

/* The point of the setting that a run by default would use. */
static const struct tradeoff_point *chosen(const struct dedup_summary *s, enum dedup_method method)
{
	vec_each(&s->points, i) {
		const struct tradeoff_point *p = &s->points.v[i];

		if (p->method == method && (method == DEDUP_MINHASH ? p->banding.bands == s->banding.bands &&
									      p->banding.rows == s->banding.rows
								    : p->distance == s->distance))
			return p;
	}
	return NULL;
}

static void say(struct demo_result *out, const struct dedup_summary *s)
{
	const struct tradeoff_point *m = chosen(s, DEDUP_MINHASH), *h = chosen(s, DEDUP_SIMHASH);
	int n = snprintf(out->what, sizeof out->what,
			 _("duplicates: %llu same bytes, %llu same words, %llu near (J >= 0.8), %llu clusters, each removal verified"),
			 (unsigned long long)s->counts.same_bytes, (unsigned long long)s->counts.same_tokens,
			 (unsigned long long)s->counts.near, (unsigned long long)s->counts.clusters);

	if (m && h && !isnan(m->recall) && !isnan(h->recall) && n > 0 && (size_t)n < sizeof out->what)
		snprintf(out->what + n, sizeof out->what - (size_t)n, _("; MinHash %ux%u finds %.1f %%, SimHash k=%u %.1f %%"),
			 m->banding.bands, m->banding.rows, 100 * m->recall, h->distance, 100 * h->recall);
}

int demo_dedup(struct demo *demo, struct demo_result *out, struct error *err)
{
	static const char *const corpora[] = { DEMO_DOCUMENTS };
	struct finding f = { .request = { .corpora = corpora, .n_corpora = 1, .policy = "length", .compare = true,
					  .queries = QUERIES, .no_index = true } };
	struct corpus corpus;
	int rc;

	out->unit = N_("removals");
	if (store_corpus_get(demo->cli->store, &corpus, DEMO_DOCUMENTS, NULL) != 0) {
		out->skipped = true;
		snprintf(out->what, sizeof out->what, _("left out: its corpus is missing"));
		return 0;
	}
	dedup_options_init(&f.request.options);
	rc = job_run(demo->cli->ws, _("finding duplicates"), find, &f, demo->cli->quiet || demo->cli->json, err);
	out->count = f.summary.removed;
	if (rc == 0) {
		say(out, &f.summary);
		if (!demo->cli->json && !demo->cli->quiet)
			dedup_print_points(demo->cli, &f.summary);
	}
	dedup_summary_free(&f.summary);
	return rc;
}
