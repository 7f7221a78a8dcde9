/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Alignment as a pipeline: one document a side, or many, paired by content first. */
#include "jobs/mine_align.h"

#include "base/i18n.h"
#include "bitext/documents.h"
#include "jobs/mine_embed.h"

/* Where each document's sentences stand in its pile. */
struct extent {
	size_t first, n;
};

struct extents {
	VEC(struct extent) of;    /* by document number */
};

static void find_extents(struct extents *out, const struct pile *p)
{
	for (size_t i = 0; i < p->sentences.n; i++) {
		while (out->of.n <= p->sentences.v[i].record)
			vec_push(&out->of, (struct extent){ i, 0 });
		out->of.v[p->sentences.v[i].record].n++;
	}
}

static uint32_t *records_of(const struct pile *p)
{
	uint32_t *of = xmalloc((p->sentences.n + 1) * sizeof *of);

	for (size_t i = 0; i < p->sentences.n; i++)
		of[i] = p->sentences.v[i].record;
	return of;
}

static int find_pairs(struct document_pairs *out, const struct mine_work *w, struct job *job, struct error *err)
{
	struct mine_request r = MINE_REQUEST_DEFAULT;
	struct mining prepared;
	uint32_t *of_x = records_of(&w->source), *of_y = records_of(&w->target);
	bool whole;

	r.lang_x = w->source.lang;
	r.lang_y = w->target.lang;
	r.x = w->source.text.v;
	r.n_x = w->source.text.n;
	r.y = w->target.text.v;
	r.n_y = w->target.text.n;
	r.lexicon = w->lexicon.entries.n ? &w->lexicon : NULL;
	r.threads = job_threads(job);
	mine_prepare(&prepared, &r);
	whole = documents_pair(out, &prepared, of_x, of_y, r.threads, job ? job_cancel_flag(job) : NULL);
	mining_free(&prepared);
	free(of_x);
	free(of_y);
	return whole ? 0 : error_set(err, TAMIS_ECANCEL, _("alignment was cancelled"));
}

/* ---- the target in the order of the source ---- */

struct ordering {
	struct extents x, y;
	uint32_t *partner;        /* by document of x: 1 + document of y, 0 for none */
	VEC(struct span) text;
	VEC(struct pile_sentence) sentences;
	VEC(struct pin) pins;     /* where each document of x begins, and where the last ends */
};

static void take(struct ordering *o, const struct pile *p, struct extent e)
{
	for (size_t i = e.first; i < e.first + e.n; i++) {
		vec_push(&o->text, p->text.v[i]);
		vec_push(&o->sentences, p->sentences.v[i]);
	}
}

/* Partners stand opposite; documents of the target without one come last. */
static void order(struct ordering *o, struct pile *target)
{
	bool *used = xcalloc(o->y.of.n + 1, sizeof *used);

	vec_each(&o->x.of, d) {
		if (o->text.n || o->x.of.v[d].first)
			vec_push(&o->pins, (struct pin){ (uint32_t)o->x.of.v[d].first, (uint32_t)o->text.n });
		if (!o->partner[d])
			continue;
		take(o, target, o->y.of.v[o->partner[d] - 1]);
		used[o->partner[d] - 1] = true;
	}
	if (o->x.of.n) {
		struct extent last = o->x.of.v[o->x.of.n - 1];

		vec_push(&o->pins, (struct pin){ (uint32_t)(last.first + last.n), (uint32_t)o->text.n });
	}
	vec_each(&o->y.of, d)
		if (!used[d])
			take(o, target, o->y.of.v[d]);
	memcpy(target->text.v, o->text.v, o->text.n * sizeof *o->text.v);
	memcpy(target->sentences.v, o->sentences.v, o->sentences.n * sizeof *o->sentences.v);
	free(used);
}

/* Records of one sentence each are the lines of one document. */
static bool one_document(const struct extents *e, const struct pile *p)
{
	return e->of.n < 2 || e->of.n == p->sentences.n;
}

static int pair_documents(struct ordering *o, struct mine_work *w, struct job *job, struct error *err)
{
	struct document_pairs pairs = { { 0 } };
	int rc;

	find_extents(&o->x, &w->source);
	find_extents(&o->y, &w->target);
	if (one_document(&o->x, &w->source) && one_document(&o->y, &w->target))
		return 0;
	rc = find_pairs(&pairs, w, job, err);
	if (rc == 0) {
		o->partner = xcalloc(o->x.of.n + 1, sizeof *o->partner);
		vec_each(&pairs.pairs, i)
			o->partner[pairs.pairs.v[i].x] = pairs.pairs.v[i].y + 1;
		order(o, &w->target);
		w->document_pairs = pairs.pairs.n;
	}
	document_pairs_free(&pairs);
	return rc;
}

static void ordering_free(struct ordering *o)
{
	vec_free(&o->x.of);
	vec_free(&o->y.of);
	vec_free(&o->text);
	vec_free(&o->sentences);
	vec_free(&o->pins);
	free(o->partner);
}

/* Alignment reads rows here and there: they lie in memory as float32. */
static int load_vectors(struct mine_work *w, const struct mine_wish *wish, struct job *job, struct error *err)
{
	struct vectors *x = &w->vectors[0], *y = &w->vectors[1];
	struct mine_wish whole = *wish;
	int rc;

	whole.half = false;
	whole.memory = 0;
	rc = mine_vectors_load(x, y, w, &whole, job, err);
	if (rc == 0)
		rc = vectors_widen(x, err);
	if (rc == 0)
		rc = vectors_widen(y, err);
	if (rc == 0 && x->dimensions != y->dimensions)
		rc = error_set(err, TAMIS_EUSAGE, _("embeddings of %zu and of %zu dimensions cannot be compared"), x->dimensions,
			       y->dimensions);
	w->of_vectors = true;
	return rc;
}

int mine_align(struct mine_work *w, const struct mine_wish *wish, struct job *job, struct error *err)
{
	struct ordering o = { .partner = NULL };
	bool of_vectors = wish->endpoint.url || wish->source_vectors;
	int rc = pair_documents(&o, w, job, err);
	struct vectors *v = of_vectors ? xcalloc(2, sizeof *v) : NULL;
	struct align_request r = {
		.lang_x = w->source.lang, .lang_y = w->target.lang,
		.x = w->source.text.v, .n_x = w->source.text.n, .y = w->target.text.v, .n_y = w->target.text.n,
		.refused = { w->refused.source.v, w->refused.target.v, w->refused.source.n },
		.lexicon = w->lexicon.entries.n ? &w->lexicon : NULL, .pins = o.pins.v, .n_pins = o.pins.n,
		.vectors_x = v, .vectors_y = v ? v + 1 : NULL,
		.rounds = 1, .again = wish->again, .threads = job_threads(job), .cancel = job ? job_cancel_flag(job) : NULL,
	};

	for (int side = 0; v && side < 2; side++)
		v[side] = (struct vectors)VECTORS_INIT;
	w->vectors = v;
	if (rc == 0 && of_vectors)
		rc = load_vectors(w, wish, job, err);
	if (rc == 0)
		rc = align(&w->alignment, &r, err);
	if (rc == 0)
		vec_each(&w->alignment.beads, i)
			w->kept += mine_bead_is_pair(w, &w->alignment.beads.v[i]);
	if (rc == 0 && !wish->again) {
		w->alignment.vectors_x = w->alignment.vectors_y = NULL;
		mine_vectors_free(w);
	}
	ordering_free(&o);
	return rc;
}
