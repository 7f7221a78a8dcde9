/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From two piles to pairs. */
#include "jobs/mine.h"

#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/data.h"
#include "base/i18n.h"
#include "formats/reader.h"
#include "jobs/mine_align.h"
#include "jobs/mine_catalogues.h"
#include "jobs/mine_embed.h"
#include "text/langid.h"

enum { SEED_BYTES = 1 << 30 };

/* "1.04 good for most pairs": WikiMatrix (Schwenk et al. 2021, section 4.3). */
static const double ratio_threshold = 1.04;

/* ---- what to learn from ---- */

struct seed {
	struct buf text;
	struct parallel_lines lines;
};

static int read_seed(struct seed *out, const char *path, struct error *err)
{
	size_t line_number = 0;
	int rc = stream_read_all(&out->text, path, SEED_BYTES, err);

	for (struct span rest = buf_span(&out->text); rc == 0 && rest.len;) {
		struct span line = span_line(&rest);
		const char *tab = line.len ? memchr(line.p, '\t', line.len) : NULL;

		line_number++;
		if (!line.len)
			continue;
		if (!tab)
			return error_set(err, TAMIS_EPARSE, _("%s:%zu has no tab between the two sentences"), path, line_number);
		struct span target = span_make(tab + 1, line.len - (size_t)(tab + 1 - line.p));
		const char *next = memchr(target.p, '\t', target.len);

		if (next)
			target.len = (size_t)(next - target.p);
		vec_push(&out->lines.source, span_make(line.p, (size_t)(tab - line.p)));
		vec_push(&out->lines.target, target);
	}
	return rc;
}

static void seed_free(struct seed *s)
{
	buf_free(&s->text);
	parallel_lines_free(&s->lines);
}

static int load_lexicon(struct mine_work *w, const struct mine_wish *wish, struct error *err)
{
	uint8_t a = w->source.lang, b = w->target.lang;
	int rc = 0;

	if (a == LANG_UNKNOWN || b == LANG_UNKNOWN)
		return error_set(err, TAMIS_EUSAGE, _("the languages cannot be told from the text: say --lang, as in --lang en-de"));
	lexicon_init(&w->lexicon, a, b);
	for (const char *const *path = wish->lexicons; rc == 0 && path && *path; path++)
		rc = lexicon_read_file(&w->lexicon, *path, err);
	if (rc == 0 && wish->packaged)
		rc = lexicon_find(&w->lexicon, "", &w->advice, err);
	if (rc == 0 && wish->lexicons && wish->lexicons[0]) {
		free(w->advice); /* the user knows what to give */
		w->advice = NULL;
	}
	return rc;
}

static int load_rescorer(struct mine_work *w, struct error *err)
{
	char *path = data_path_shipped("bitext", "rescorer.tsv");
	int rc = path ? rescorer_read(&w->rescorer, path, err)
		      : error_set(err, TAMIS_EIO, _("share/bitext/rescorer.tsv is not found; set TAMIS_DATADIR"));

	free(path);
	return rc;
}

/* ---- the threshold ---- */

/* Where the expected F1 is best when scores are probabilities: the sum of those kept is what is right, the sum of all is what
 * there is to find. */
static double expected_best(const struct mining *m)
{
	double all = 0, right = 0, best = 0, threshold = .5;

	vec_each(&m->pairs, i)
		all += m->pairs.v[i].score;
	vec_each(&m->pairs, i) {
		right += m->pairs.v[i].score;
		double f1 = 2 * right / ((double)(i + 1) + all);

		if (f1 > best) {
			best = f1;
			threshold = m->pairs.v[i].score;
		}
	}
	return threshold;
}

/* Of cosines' margins, whose level is every model's own: above the noise of these corpora, but not above what is good for most. */
static double margin_threshold(const struct mine_work *w, enum margin_kind kind)
{
	const struct mining *m = &w->mining;
	double usual = kind == MARGIN_RATIO ? ratio_threshold : 0, found = NAN, *scores;

	if (w->of_vectors && !w->given.n) {
		scores = xmalloc((m->pairs.n + 1) * sizeof *scores);
		vec_each(&m->pairs, i)
			scores[i] = m->pairs.v[i].score;
		found = noise_threshold(scores, m->pairs.n);
		free(scores);
	}
	return isnan(found) || (kind == MARGIN_RATIO && found > usual) ? usual : found;
}

/* Of a bitext that exists by its decoys, unless there are too few pairs, or none seems right. */
static double automatic_threshold(const struct mine_work *w, enum margin_kind kind)
{
	const struct mining *m = &w->mining;

	if (m->judged)
		return !isnan(m->threshold) ? m->threshold : m->pairs.n ? m->pairs.v[0].score + 1e-3 : 1;
	return w->by_margin ? margin_threshold(w, kind) : expected_best(m);
}

static void choose_pairs(struct mine_work *w, const struct mine_wish *wish)
{
	struct mining *m = &w->mining;

	w->threshold = !isnan(wish->threshold) ? wish->threshold : automatic_threshold(w, wish->margin);
	for (size_t i = 0; i < m->pairs.n && m->pairs.v[i].score >= w->threshold; i++) {
		const struct edge *e = &m->pairs.v[i].candidate.edge;
		enum clean_reason r = clean_pair(w->source.text.v[e->x], w->target.text.v[e->y]);

		w->left_out[r]++;
		w->kept += r == CLEAN_OK;
	}
}

static void progress(void *ctx, size_t done, size_t total)
{
	job_progress(ctx, done, total);
}

static void fill_request(struct mine_request *r, const struct mine_work *w, const struct mine_wish *wish,
			 const struct seed *seed, struct job *job)
{
	r->lang_x = w->source.lang;
	r->lang_y = w->target.lang;
	r->x = w->source.text.v;
	r->n_x = w->source.text.n;
	r->y = w->target.text.v;
	r->n_y = w->target.text.n;
	r->lexicon = &w->lexicon;
	r->seed_x = seed->lines.source.v;
	r->seed_y = seed->lines.target.v;
	r->n_seed = seed->lines.source.n;
	r->refused = (struct refused_words){ w->refused.source.v, w->refused.target.v, w->refused.source.n };
	r->given = w->given.v;
	r->n_given = w->given.n;
	r->rescorer = w->by_margin ? NULL : &w->rescorer;
	r->margin = wish->margin;
	r->k = wish->k ? wish->k : w->of_vectors ? 4 : 8;
	r->self_training = wish->self_training;
	r->threads = job_threads(job);
	r->memory = wish->memory;
	r->kept = pile_bytes(&w->source) + pile_bytes(&w->target) + lexicon_bytes(&w->lexicon);
	r->cancel = job ? job_cancel_flag(job) : NULL;
	r->progress = progress;
	r->ctx = job;
}

static size_t memory_left(const struct mine_wish *wish, const struct vectors *x, const struct vectors *y)
{
	size_t used = (x->values ? vectors_bytes(x, false) : 0) + (y->values ? vectors_bytes(y, false) : 0);

	return !wish->memory ? 0 : wish->memory > used ? wish->memory - used : 1;
}

static int run_vectors(struct mine_work *w, const struct mine_wish *wish, const struct mine_request *r, struct job *job,
		       struct error *err)
{
	struct vectors x = VECTORS_INIT, y = VECTORS_INIT;
	struct vector_mining v = { *r, &x, &y, wish->retrieval, 0, wish->index, wish->recall };
	int rc = mine_vectors_load(&x, &y, w, wish, job, err);

	v.memory = memory_left(wish, &x, &y);
	if (rc == 0)
		rc = mine_vectors(&w->mining, &w->ivf, &v, err);
	vectors_free(&x);
	vectors_free(&y);
	return rc;
}

static int run_mining(struct mine_work *w, const struct mine_wish *wish, const struct seed *seed, struct job *job,
		      struct error *err)
{
	struct mine_request r = MINE_REQUEST_DEFAULT;
	int rc;

	w->of_vectors = wish->endpoint.url || wish->source_vectors;
	w->by_margin = wish->margin_given || w->of_vectors;
	rc = w->by_margin ? 0 : load_rescorer(w, err);
	fill_request(&r, w, wish, seed, job);
	if (rc == 0)
		rc = w->of_vectors ? run_vectors(w, wish, &r, job, err) : mine(&w->mining, &r, err);
	if (rc == 0)
		choose_pairs(w, wish);
	return rc;
}

int mine_work_on_piles(struct mine_work *w, const struct mine_wish *wish, struct job *job, struct error *err)
{
	struct seed seed = { .text = BUF_INIT };
	int rc = load_lexicon(w, wish, err);

	if (rc == 0 && wish->seed)
		rc = read_seed(&seed, wish->seed, err);
	if (rc == 0 && wish->catalogues) {
		w->messages = seed.lines.source.n;
		catalogues_add(&seed.lines, "", &w->source, &w->target, job);
		w->messages = seed.lines.source.n - w->messages;
	}
	if (rc == 0)
		rc = wish->align ? mine_align(w, wish, job, err) : run_mining(w, wish, &seed, job, err);
	seed_free(&seed);
	if (rc)
		mine_work_free(w);
	return rc;
}

int mine_work_run(struct mine_work *w, const struct mine_wish *wish, struct store *s, struct job *job, struct error *err)
{
	struct pile_wish source = { wish->source, wish->source_lang, false }, target = { wish->target, wish->target_lang, false };
	bool keep_all = wish->keep_all || wish->align;
	int rc;

	*w = (struct mine_work){ .started_ms = clock_wall_ms() };
	rc = wish->existing ? mine_work_existing(w, wish, s, job, err) : pile_load(&w->source, s, &source, job, err);
	if (rc == 0 && !wish->existing)
		rc = pile_load(&w->target, s, &target, job, err);
	if (rc == 0 && !wish->existing) {
		piles_tell_apart(&w->source, &w->target);
		rc = pile_clean(&w->source, keep_all, err);
	}
	if (rc == 0 && !wish->existing)
		rc = pile_clean(&w->target, keep_all, err);
	if (rc == 0 && wish->check)
		rc = wish->check(wish->check_ctx, &w->source, &w->target, err);
	if (rc) {
		mine_work_free(w);
		return rc;
	}
	if (!wish->existing) /* which has its pairs, and no two corpora */
		refusals_read(&w->refused, s, wish->source, wish->target);
	return mine_work_on_piles(w, wish, job, err);
}

void mine_work_free(struct mine_work *w)
{
	mining_free(&w->mining);
	alignment_free(&w->alignment);
	mine_vectors_free(w);
	refusals_free(&w->refused);
	vec_free(&w->given);
	lexicon_free(&w->lexicon);
	pile_free(&w->source);
	pile_free(&w->target);
	free(w->advice);
	w->advice = NULL;
}
