/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pairs as items of a run: DESIGN section 3's members, with word links, features and rivals so that a person sees why. */
#include "jobs/mine.h"

#include <math.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/json.h"
#include "text/langid.h"

enum { BATCH = 500, RIVALS = 3 };

static double rounded(double v)
{
	return floor(v * 1e6 + .5) / 1e6;
}

static void put_side(struct buf *out, const char *key, const struct pile *p, size_t first, struct span text)
{
	const struct pile_sentence *s = &p->sentences.v[first];
	char ref[32];

	json_put_key(out, key);
	buf_addc(out, '{');
	if (s->document != ITEM_REF_NONE) {
		item_ref_format(ref, s->document);
		json_put_member(out, "document", span_of(ref));
	} else {
		json_put_member(out, "document", span_of(p->name));
	}
	json_put_int(out, "index", (int64_t)s->index);
	json_put_member(out, "lang", span_of(lang_code(p->lang)));
	json_put_member(out, "text", text);
	buf_addc(out, '}');
}

/* "links":[[at, length, at, length, weight, "kind"], …] in bytes of the two texts. */
static void put_links(struct buf *out, const struct side *a, size_t x, const struct side *b, size_t y,
		      const struct link_table *links)
{
	struct word_links l = { { 0 } };

	word_links_of(&l, NULL, a, x, b, y, links);
	json_put_key(out, "links");
	buf_addc(out, '[');
	vec_each(&l.links, i) {
		const struct word_link *w = &l.links.v[i];
		const struct word_at *p = side_words(a, x) + w->x, *q = side_words(b, y) + w->y;

		buf_addf(out, "%s[%u,%u,%u,%u,%.2f,\"%s\"]", i ? "," : "", p->at, p->len, q->at, q->len, (double)w->weight,
			 link_kind_name((enum link_kind)w->kind));
	}
	buf_addc(out, ']');
	vec_free(&l.links);
}

static void put_features(struct buf *out, const struct mine_work *w, const struct candidate *c)
{
	struct feature_context context = mining_context(&w->mining);
	float f[FEATURES_MAX];

	features_of(f, c, &context);
	json_put_key(out, "features");
	buf_addc(out, '{');
	for (size_t i = 1; i < feature_count_plain(); i++) {
		json_put_key(out, feature_name(i));
		buf_addf(out, "%.4g", (double)f[i]);
	}
	buf_addc(out, '}');
}

/* The first candidate of sentence x: candidates are ordered by x. */
static size_t first_candidate(const struct mining *m, uint32_t x)
{
	size_t low = 0, high = m->candidates.n;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (m->candidates.v[mid].candidate.edge.x < x)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Other targets that were considered for the source, best first. */
static void put_rivals(struct buf *out, const struct mine_work *w, const struct edge *e)
{
	const struct mining *m = &w->mining;
	int n = 0;

	json_put_key(out, "rivals");
	buf_addc(out, '[');
	for (size_t i = first_candidate(m, e->x); i < m->candidates.n && n < RIVALS; i++) {
		const struct mined *r = &m->candidates.v[i];

		if (r->candidate.edge.x != e->x)
			break;
		if (r->candidate.edge.y == e->y)
			continue;
		if (n++)
			buf_addc(out, ',');
		buf_addc(out, '{');
		json_put_int(out, "index", (int64_t)w->target.sentences.v[r->candidate.edge.y].index);
		json_put_member(out, "text", w->target.text.v[r->candidate.edge.y]);
		json_put_real(out, "score", rounded(r->score));
		json_put_real(out, "margin", rounded(r->margin));
		buf_addc(out, '}');
	}
	buf_addc(out, ']');
}

void mine_item_json(struct buf *out, const struct mine_work *w, size_t i)
{
	const struct mining *m = &w->mining;
	const struct mined *p = &m->pairs.v[i];
	const struct edge *e = &p->candidate.edge;

	buf_addc(out, '{');
	put_side(out, "source", &w->source, e->x, w->source.text.v[e->x]);
	put_side(out, "target", &w->target, e->y, w->target.text.v[e->y]);
	json_put_real(out, "margin", rounded(p->margin));
	json_put_real(out, "lexical", rounded((double)e->s));
	if (w->of_vectors)
		json_put_real(out, "cosine", rounded((double)p->cosine));
	json_put_real(out, "length_ratio",
		      rounded((m->b.sentences[e->y].chars + 1.0) / ((m->a.sentences[e->x].chars + 1.0) * m->length.ratio)));
	put_links(out, &m->a, e->x, &m->b, e->y, &m->links);
	if (!w->of_vectors)
		put_features(out, w, &p->candidate);
	put_rivals(out, w, e);
	buf_addc(out, '}');
}

/* The text of a span of sentences, joined by spaces (by nothing in Chinese and Japanese). */
static struct span join(struct buf *out, const struct pile *p, size_t first, size_t n)
{
	const char *code = lang_code(p->lang);
	bool spaced = strcmp(code, "zh") != 0 && strcmp(code, "ja") != 0;

	buf_clear(out);
	for (size_t i = first; i < first + n; i++) {
		if (i > first && spaced)
			buf_addc(out, ' ');
		buf_addspan(out, p->text.v[i]);
	}
	return buf_span(out);
}

/* What the bead was found by; beside a cosine, the lexical similarity of a plain pair. */
static void put_similarity(struct buf *out, const struct mine_work *w, const struct bead *b)
{
	const struct alignment *a = &w->alignment;
	struct edge e = { .x = b->x, .y = b->y };

	if (!w->of_vectors) {
		json_put_real(out, "lexical", rounded((double)b->s));
		return;
	}
	json_put_real(out, "cosine", rounded((double)b->s));
	if (b->nx != 1 || b->ny != 1)
		return;
	search_score(&e, 1, &a->a, &a->b, &a->links, &a->length);
	json_put_real(out, "lexical", rounded((double)e.s));
}

static bool has_text(const struct pile *p, size_t first, size_t n)
{
	for (size_t i = first; i < first + n; i++)
		if (span_trim(p->text.v[i]).len > 0)
			return true;
	return false;
}

bool mine_bead_is_pair(const struct mine_work *w, const struct bead *b)
{
	return has_text(&w->source, b->x, b->nx) && has_text(&w->target, b->y, b->ny);
}

void mine_bead_json(struct buf *out, const struct mine_work *w, size_t i)
{
	const struct bead *b = &w->alignment.beads.v[i];
	struct buf text = BUF_INIT;

	buf_addc(out, '{');
	put_side(out, "source", &w->source, b->x, join(&text, &w->source, b->x, b->nx));
	put_side(out, "target", &w->target, b->y, join(&text, &w->target, b->y, b->ny));
	json_put_int(out, "source_sentences", b->nx);
	json_put_int(out, "target_sentences", b->ny);
	put_similarity(out, w, b);
	json_put_real(out, "cost", rounded((double)b->cost));
	if (b->nx == 1 && b->ny == 1)
		put_links(out, &w->alignment.a, b->x, &w->alignment.b, b->y, &w->alignment.links);
	buf_addc(out, '}');
	buf_free(&text);
}

/* How many of the true neighbours the index finds, as measured on queries of this run. */
static void put_index(struct buf *out, const struct ivf_record *r)
{
	json_put_key(out, "index");
	buf_addc(out, '{');
	json_put_int(out, "lists", (int64_t)r->lists);
	json_put_int(out, "probes_forward", (int64_t)r->probes[0]);
	json_put_int(out, "probes_backward", (int64_t)r->probes[1]);
	json_put_real(out, "recall_forward", rounded(r->recall[0]));
	json_put_real(out, "recall_backward", rounded(r->recall[1]));
	json_put_int(out, "recall_sample", (int64_t)r->sample);
	json_put_bool(out, "exact", r->exact);
	buf_addc(out, '}');
}

void mine_summary_json(struct buf *out, const struct mine_work *w)
{
	json_put_member(out, "source_lang", span_of(lang_code(w->source.lang)));
	json_put_member(out, "target_lang", span_of(lang_code(w->target.lang)));
	json_put_int(out, "source_sentences", (int64_t)w->source.text.n);
	json_put_int(out, "target_sentences", (int64_t)w->target.text.n);
	json_put_int(out, "lexicon_entries", (int64_t)w->lexicon.entries.n);
	json_put_int(out, "messages_learned", (int64_t)w->messages);
	json_put_int(out, "pairs", (int64_t)w->kept);
	if (w->alignment.beads.n) {
		json_put_int(out, "beads", (int64_t)w->alignment.beads.n);
		if (w->document_pairs)
			json_put_int(out, "document_pairs", (int64_t)w->document_pairs);
		json_put_real(out, "confidence", rounded(w->alignment.confidence));
	} else {
		json_put_real(out, "threshold", rounded(w->threshold));
	}
	if (w->given.n) {
		json_put_int(out, "given", (int64_t)w->given.n);
		json_put_int(out, "repeated", (int64_t)w->repeated);
		if (w->mining.judged)
			json_put_real(out, "wrong_share", rounded(w->mining.wrong_share));
	}
	if (w->ivf.lists)
		put_index(out, &w->ivf);
	json_put_key(out, "left_out");
	buf_addc(out, '{');
	for (int r = CLEAN_OK + 1; r < CLEAN_REASONS; r++) {
		uint64_t n = w->source.left_out[r] + w->target.left_out[r] + w->left_out[r];

		if (n)
			json_put_int(out, clean_reason_name((enum clean_reason)r), (int64_t)n);
	}
	buf_addc(out, '}');
}

/* ---- the run ---- */

/* Where they lie, whatever folder the run is opened from later. */
static void put_lexicon_files(struct buf *out, const char *const *paths)
{
	json_put_key(out, "lexicon_files");
	buf_addc(out, '[');
	for (size_t i = 0; paths && paths[i]; i++) {
		char *real = realpath(paths[i], NULL);

		if (i > 0)
			buf_addc(out, ',');
		json_put_string(out, span_of(real ? real : paths[i]));
		free(real);
	}
	buf_addc(out, ']');
}

static void put_path(struct buf *out, const char *key, const char *path)
{
	char *real = realpath(path, NULL);

	json_put_member(out, key, span_of(real ? real : path));
	free(real);
}

/* What it takes to compare the same sentences by the same embeddings again. */
static void put_embeddings(struct buf *out, const struct mine_wish *wish)
{
	if (wish->source_vectors) {
		put_path(out, "source_vectors", wish->source_vectors);
		put_path(out, "target_vectors", wish->target_vectors);
		if (wish->tensor)
			json_put_member(out, "tensor", span_of(wish->tensor));
	} else if (wish->endpoint.url) {
		json_put_member(out, "endpoint", span_of(wish->endpoint.url));
		if (wish->endpoint.prefix)
			json_put_member(out, "prefix", span_of(wish->endpoint.prefix));
	}
}

static void put_parameters(struct buf *out, const struct mine_wish *wish, const struct mine_work *w)
{
	static const char *const margins[] = { "distance", "ratio", "absolute" };

	buf_addc(out, '{');
	json_put_bool(out, "align", wish->align);
	json_put_bool(out, "existing", wish->existing);
	json_put_member(out, "embedder", span_of(wish->endpoint.url ? wish->endpoint.model : wish->source_vectors ? "file" : "lexical"));
	json_put_member(out, "score", span_of(w->by_margin ? margins[wish->margin] : "probability"));
	if (w->of_vectors) {
		json_put_member(out, "retrieval", span_of(retrieval_name(wish->retrieval)));
		json_put_bool(out, "half", wish->half);
		json_put_real(out, "recall", wish->recall);
		put_embeddings(out, wish);
	}
	if (wish->corrected)
		json_put_int(out, "corrected", wish->corrected);
	json_put_int(out, "k", wish->k);
	json_put_int(out, "self_training", wish->self_training);
	if (isnan(wish->threshold))
		json_put_member(out, "threshold", span_of("auto"));
	else
		json_put_real(out, "threshold", wish->threshold);
	if (w->refused.source.n)
		json_put_int(out, "refused", (int64_t)w->refused.source.n);
	json_put_member(out, "lexicons", span_trim(buf_span(&w->lexicon.sources)));
	put_lexicon_files(out, wish->lexicons);
	json_put_bool(out, "packaged", wish->packaged);
	json_put_bool(out, "catalogues", wish->catalogues);
	json_put_member(out, "seed", span_of(wish->seed ? wish->seed : ""));
	buf_addc(out, '}');
}

static void put_input(struct buf *out, const char *key, const struct pile *p)
{
	char hex[33];

	hash128_hex(hex, &p->hash);
	json_put_key(out, key);
	buf_addc(out, '{');
	json_put_member(out, p->of_file ? "file" : "corpus", span_of(p->name));
	json_put_int(out, "documents", (int64_t)p->documents);
	json_put_int(out, "sentences", (int64_t)p->text.n);
	json_put_member(out, "hash", span_of(hex));
	buf_addc(out, '}');
}

/* The key a record of the same pair would have: a label follows the text wherever it is found again. */
static struct hash128 pair_key(struct span source, struct span target)
{
	struct field fields[] = { { .role = ROLE_SOURCE, .name = span_of("source"), .value = source },
				  { .role = ROLE_TARGET, .name = span_of("target"), .value = target } };
	struct record r = { .kind = KIND_BITEXT, .fields = fields, .n_fields = 2, .score = NAN };

	return record_key(&r);
}

struct batch {
	struct store *s;
	struct item_row rows[BATCH];
	size_t starts[BATCH];
	size_t n;
	struct buf bodies;
};

static int flush(struct batch *b, int64_t run, struct error *err)
{
	int rc;

	for (size_t i = 0; i < b->n; i++)
		b->rows[i].body = b->bodies.p + b->starts[i];
	rc = b->n ? store_items_add(b->s, run, b->rows, b->n, err) : 0;
	b->n = 0;
	buf_clear(&b->bodies);
	return rc;
}

static int add(struct batch *b, int64_t run, struct hash128 key, double score, enum verdict suggestion, size_t start,
	       struct error *err)
{
	b->starts[b->n] = start;
	b->rows[b->n++] = (struct item_row){ .run = run, .kind = KIND_BITEXT, .key = key, .score = rounded(score),
					     .suggestion = (uint8_t)suggestion, .body_len = b->bodies.len - start };
	return b->n == BATCH ? flush(b, run, err) : 0;
}

static int save_pairs(struct batch *b, const struct mine_work *w, int64_t run, struct error *err)
{
	const struct mining *m = &w->mining;
	int rc = 0;

	for (size_t i = 0; i < m->pairs.n && m->pairs.v[i].score >= w->threshold && rc == 0; i++) {
		const struct mined *p = &m->pairs.v[i];
		struct span source = w->source.text.v[p->candidate.edge.x], target = w->target.text.v[p->candidate.edge.y];
		size_t start = b->bodies.len;

		if (clean_pair(source, target) != CLEAN_OK)
			continue;
		mine_item_json(&b->bodies, w, i);
		rc = add(b, run, pair_key(source, target), p->score,
			 !w->by_margin && p->score >= .9 ? VERDICT_ACCEPT : VERDICT_NONE, start, err);
	}
	return rc;
}

static int save_beads(struct batch *b, const struct mine_work *w, int64_t run, struct error *err)
{
	struct buf x = BUF_INIT, y = BUF_INIT;
	int rc = 0;

	vec_each(&w->alignment.beads, i) {
		const struct bead *bead = &w->alignment.beads.v[i];
		size_t start = b->bodies.len;

		if (rc || !mine_bead_is_pair(w, bead))
			continue;
		mine_bead_json(&b->bodies, w, i);
		rc = add(b, run, pair_key(join(&x, &w->source, bead->x, bead->nx), join(&y, &w->target, bead->y, bead->ny)),
			 (double)bead->s, VERDICT_NONE, start, err);
	}
	buf_free(&x);
	buf_free(&y);
	return rc;
}

int mine_work_save(struct mine_work *w, const struct mine_wish *wish, struct store *s, struct job *job, struct error *err)
{
	struct buf text = BUF_INIT;
	struct batch *b = xcalloc(1, sizeof *b);
	struct run r = { .pipeline = "mine", .engine = MINE_ENGINE, .started_ms = w->started_ms };
	int rc;

	b->s = s;
	buf_init(&b->bodies);
	put_parameters(&text, wish, w);
	r.parameters = buf_steal(&text, NULL);
	buf_addc(&text, '{');
	put_input(&text, "source", &w->source);
	put_input(&text, "target", &w->target);
	buf_addc(&text, '}');
	r.inputs = buf_steal(&text, NULL);
	rc = store_run_begin(s, &r, err);
	if (rc == 0)
		rc = wish->align ? save_beads(b, w, r.id, err) : save_pairs(b, w, r.id, err);
	if (rc == 0)
		rc = flush(b, r.id, err);
	if (rc == 0) {
		buf_addc(&text, '{');
		mine_summary_json(&text, w);
		buf_addc(&text, '}');
		r.counts = buf_steal(&text, NULL);
		rc = store_run_end(s, &r, err);
	}
	w->run = r.id;
	if (rc == 0)
		job_counts(job, w->kept, 0);
	run_free(&r);
	buf_free(&b->bodies);
	free(b);
	buf_free(&text);
	return rc;
}
