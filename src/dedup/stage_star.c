/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The last reducer, and the whole job in one process to compare it with. */
#include "dedup/stage_inner.h"

#include "base/arena.h"
#include "base/i18n.h"

void stage_put_removal(FILE *out, struct span document, struct span keeper, uint64_t common, uint64_t shingles,
		       uint64_t keeper_shingles, enum dedup_reason why)
{
	fprintf(out, "%.*s\t%.*s\t%llu\t%llu\t%llu\t%s\n", (int)document.len, document.p, (int)keeper.len, keeper.p,
		(unsigned long long)common, (unsigned long long)shingles, (unsigned long long)keeper_shingles, dedup_reason_name(why));
}

struct document {
	struct span id;
	struct hash128 entity;
	uint32_t n_tokens, n_shingles;
};

struct pair {
	struct hash128 a, b;
	uint32_t common;
};

struct star_input {
	struct arena ids;
	VEC(struct document) documents;
	VEC(struct pair) pairs;
};

static int by_entity(const void *pa, const void *pb)
{
	const struct document *a = pa, *b = pb;
	int c = memcmp(a->entity.b, b->entity.b, sizeof a->entity.b);

	return c ? c : span_cmp(a->id, b->id);
}

/* Documents in order of entity and id; those of one entity follow its first. */
static uint32_t find_entity(const struct star_input *in, const struct hash128 *entity)
{
	size_t lo = 0, hi = in->documents.n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (memcmp(in->documents.v[mid].entity.b, entity->b, sizeof entity->b) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return (uint32_t)lo;
}

static int read_fields(struct star_input *s, const struct line_reader *r, const struct span *field, size_t n, struct error *err)
{
	struct document d;
	struct pair p;
	uint64_t tokens, shingles, common;

	if (field[0].len == 34 && field[0].p[0] == 'd' && n == 4 && hash128_parse(&d.entity, span_make(field[0].p + 2, 32)) &&
	    field_number(&tokens, field[2], 10) && field_number(&shingles, field[3], 10) && tokens <= UINT32_MAX &&
	    shingles <= UINT32_MAX) {
		d.id = arena_span(&s->ids, field[1]);
		d.n_tokens = (uint32_t)tokens;
		d.n_shingles = (uint32_t)shingles;
		vec_push(&s->documents, d);
		return 0;
	}
	if (field[0].len == 65 && n == 4 && hash128_parse(&p.a, span_make(field[0].p, 32)) &&
	    hash128_parse(&p.b, span_make(field[0].p + 33, 32)) && field_number(&common, field[1], 10) && common <= UINT32_MAX) {
		p.common = (uint32_t)common;
		vec_push(&s->pairs, p);
		return 0;
	}
	if (n && field[0].len && field[0].p[0] == 'b') /* bands that came along */
		return 0;
	return line_wrong(r, _("a document of `sign` or a pair of `verify`"), err);
}

static int compare_edges(const void *pa, const void *pb)
{
	const struct edge *a = pa, *b = pb;

	if (a->a != b->a)
		return a->a < b->a ? -1 : 1;
	return (a->b > b->b) - (a->b < b->b);
}

static int make_edges(edge_vec *out, const struct star_input *s, struct error *err)
{
	vec_each(&s->pairs, i) {
		const struct pair *p = &s->pairs.v[i];
		uint32_t a = find_entity(s, &p->a), b = find_entity(s, &p->b);

		if (a >= s->documents.n || b >= s->documents.n || !hash128_eq(&s->documents.v[a].entity, &p->a) ||
		    !hash128_eq(&s->documents.v[b].entity, &p->b))
			return error_set(err, TAMIS_EPARSE, _("a verified pair names a text that no document line has; give `star` all d: lines"));
		vec_push(out, (struct edge){ a < b ? a : b, a < b ? b : a, p->common });
	}
	if (out->n)
		qsort(out->v, out->n, sizeof *out->v, compare_edges);
	return 0;
}

struct line_of {
	struct span document, keeper;
	uint64_t common, shingles, keeper_shingles;
	enum dedup_reason why;
};

static int by_document(const void *pa, const void *pb)
{
	const struct line_of *a = pa, *b = pb;

	return span_cmp(a->document, b->document);
}

static void put_star(FILE *out, const struct star_input *s, const struct star *star, const uint32_t *exact)
{
	VEC(struct line_of) lines = { 0 };

	vec_each(&s->documents, d) {
		uint32_t keeper = star->keeper[d];
		bool same = exact[keeper] == exact[d];

		if (keeper != d)
			vec_push(&lines, (struct line_of){ s->documents.v[d].id, s->documents.v[keeper].id, star->common[d],
							   s->documents.v[d].n_shingles, s->documents.v[keeper].n_shingles,
							   same ? DEDUP_SAME_TOKENS : DEDUP_NEAR });
	}
	if (lines.n)
		qsort(lines.v, lines.n, sizeof *lines.v, by_document);
	vec_each(&lines, i)
		stage_put_removal(out, lines.v[i].document, lines.v[i].keeper, lines.v[i].common, lines.v[i].shingles,
				  lines.v[i].keeper_shingles, lines.v[i].why);
	vec_free(&lines);
}

/* Ranks by length, then number: numbers are in order of entity and id. */
static int run_star(FILE *out, struct star_input *s, struct error *err)
{
	struct keeper_policy policy = { { KEEPER_LENGTH }, 1 };
	uint32_t n = (uint32_t)s->documents.n;
	struct sketch *fact = xcalloc((size_t)n + 1, sizeof *fact);
	uint32_t *exact = xcalloc((size_t)n + 1, sizeof *exact), *rank = xcalloc((size_t)n + 1, sizeof *rank);
	edge_vec edges = { 0 };
	struct star star = { 0 };
	int rc;

	if (n)
		qsort(s->documents.v, n, sizeof *s->documents.v, by_entity);
	for (uint32_t d = 0; d < n; d++) {
		fact[d].n_tokens = s->documents.v[d].n_tokens;
		fact[d].n_shingles = s->documents.v[d].n_shingles;
		exact[d] = d && hash128_eq(&s->documents.v[d].entity, &s->documents.v[d - 1].entity) ? exact[d - 1] : d;
	}
	rc = make_edges(&edges, s, err);
	if (rc == 0) {
		keeper_rank(rank, &policy, fact, NULL, n, 0);
		star_make(&star, &edges, exact, fact, rank, n);
		put_star(out, s, &star, exact);
	}
	star_free(&star);
	vec_free(&edges);
	free(fact);
	free(exact);
	free(rank);
	return rc;
}

static void star_input_clear(struct star_input *s)
{
	arena_clear(&s->ids);
	vec_clear(&s->documents);
	vec_clear(&s->pairs);
}

/* A component ends where the next begins: its removals are said, and it is forgotten. */
static int next_component(FILE *out, struct star_input *s, struct buf *component, const struct line_reader *r, struct error *err)
{
	int order = span_cmp(r->field[0], buf_span(component)), rc = 0;

	if (order == 0)
		return 0;
	if (order < 0)
		return line_wrong(r, _("components sorted by the first field (LC_ALL=C sort)"), err);
	if (s->documents.n > 1)
		rc = run_star(out, s, err);
	star_input_clear(s);
	buf_clear(component);
	buf_addspan(component, r->field[0]);
	return rc;
}

int stage_star(FILE *in, FILE *out, const struct stage_options *o, struct error *err)
{
	struct line_reader r = { .in = in };
	struct star_input s = { 0 };
	struct buf component = BUF_INIT;
	int rc;

	(void)o;
	while ((rc = line_next(&r, err)) > 0) {
		bool placed = r.field[0].len == 34 && r.text.p[0] == 'c';

		rc = placed ? next_component(out, &s, &component, &r, err) : 0;
		if (rc == 0)
			rc = read_fields(&s, &r, r.field + placed, r.n_fields - placed, err);
		if (rc)
			break;
	}
	if (rc == 0 && s.documents.n > UINT32_MAX - 1)
		rc = error_set(err, TAMIS_ELIMIT, _("more than four billion documents in one star; partition by component first"));
	if (rc == 0)
		rc = run_star(out, &s, err);
	arena_free(&s.ids);
	vec_free(&s.documents);
	vec_free(&s.pairs);
	buf_free(&component);
	line_free(&r);
	return rc ? rc : stage_end(out, err);
}

/* ---- local ---- */

struct local_text {
	struct span id, text;
	struct hash128 entity;
};

static int by_content(const void *pa, const void *pb)
{
	const struct local_text *a = pa, *b = pb;
	int c = memcmp(a->entity.b, b->entity.b, sizeof a->entity.b);

	return c ? c : span_cmp(a->id, b->id);
}

typedef VEC(struct local_text) text_vec;

static int read_texts(text_vec *texts, struct arena *arena, FILE *in, const struct stage_options *o, struct error *err)
{
	struct line_reader r = { .in = in };
	struct stage_document d = { BUF_INIT, BUF_INIT };
	struct token_tables *tables = token_tables_new();
	struct sketcher k;
	uint32_t slots[SKETCH_K];
	int rc;

	sketcher_init(&k, tables, o->shingle, o->scheme, cpu_simd());
	while ((rc = line_next(&r, err)) > 0 && (rc = stage_document_read(&d, &r, o, err)) == 0) {
		struct local_text t = { .id = arena_span(arena, buf_span(&d.id)), .text = arena_span(arena, buf_span(&d.text)) };
		struct sketch s;

		sketch_text(&k, &s, slots, t.text);
		t.entity = stage_entity(&s);
		vec_push(texts, t);
	}
	sketcher_free(&k);
	token_tables_free(tables);
	buf_free(&d.id);
	buf_free(&d.text);
	line_free(&r);
	return rc;
}

/* Documents are numbered as the stages order them, so that ties fall the same way. */
static int run_local(FILE *out, text_vec *texts, const struct stage_options *o, struct error *err)
{
	struct span *text = xcalloc(texts->n + 1, sizeof *text);
	VEC(struct line_of) lines = { 0 };
	struct dedup_source source;
	struct dedup_options options;
	struct dedup_result r;
	int rc;

	if (texts->n)
		qsort(texts->v, texts->n, sizeof *texts->v, by_content);
	vec_each(texts, i)
		text[i] = texts->v[i].text;
	dedup_source_texts(&source, text, (uint32_t)texts->n);
	dedup_options_init(&options);
	options.threshold = o->threshold;
	options.shingle = o->shingle;
	options.scheme = o->scheme;
	options.banding = o->banding;
	options.threads = o->threads;
	rc = dedup_run(&r, &source, &options, err);
	for (uint32_t d = 0; rc == 0 && d < r.n; d++) {
		uint32_t keeper = r.star.keeper[d];

		if (keeper != d)
			vec_push(&lines, (struct line_of){ texts->v[d].id, texts->v[keeper].id, r.star.common[d],
							   r.sketches.fact[d].n_shingles, r.sketches.fact[keeper].n_shingles,
							   r.exact[d] == r.exact[keeper] ? DEDUP_SAME_TOKENS : DEDUP_NEAR });
	}
	if (lines.n)
		qsort(lines.v, lines.n, sizeof *lines.v, by_document);
	vec_each(&lines, i)
		stage_put_removal(out, lines.v[i].document, lines.v[i].keeper, lines.v[i].common, lines.v[i].shingles,
				  lines.v[i].keeper_shingles, lines.v[i].why);
	vec_free(&lines);
	if (rc == 0)
		dedup_result_free(&r);
	free(text);
	return rc;
}

int stage_local(FILE *in, FILE *out, const struct stage_options *o, struct error *err)
{
	struct arena arena = { 0 };
	text_vec texts = { 0 };
	int rc = read_texts(&texts, &arena, in, o, err);

	if (rc == 0)
		rc = run_local(out, &texts, o, err);
	arena_free(&arena);
	vec_free(&texts);
	return rc ? rc : stage_end(out, err);
}
