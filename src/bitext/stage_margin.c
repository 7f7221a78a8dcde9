/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From neighbours to pairs: nearest, margin and match; see stage.h. */
#include "bitext/stage_inner.h"

#include <math.h>
#include <stdlib.h>

#include "base/i18n.h"

static bool read_real(double *out, struct span field)
{
	char text[40], *end;

	if (!field.len || field.len >= sizeof text)
		return false;
	memcpy(text, field.p, field.len);
	text[field.len] = '\0';
	*out = strtod(text, &end);
	return *end == '\0' && isfinite(*out);
}

/* ---- nearest ---- */

struct near {
	size_t id, id_len;        /* in `text` */
	float s;
};

struct sentence_group {
	struct buf key;           /* "side TAB id" */
	struct buf text;
	VEC(struct near) found;
};

static int by_cosine(const void *a, const void *b, void *ctx)
{
	const struct near *p = a, *q = b;
	const struct buf *text = ctx;

	if (p->s > q->s || p->s < q->s)
		return p->s > q->s ? -1 : 1;
	return id_compare(span_make(text->p + p->id, p->id_len), span_make(text->p + q->id, q->id_len));
}

/* The k best of the group, their mean, and for each the line that takes the mean to the other side. */
static void nearest_end(struct sentence_group *g, FILE *out, unsigned k)
{
	size_t n = g->found.n < k ? g->found.n : k;
	double sum = 0;
	char other = g->key.len && g->key.p[0] == 'x' ? 'y' : 'x';

	if (!n)
		return;
	qsort_r(g->found.v, g->found.n, sizeof *g->found.v, by_cosine, &g->text);
	for (size_t i = 0; i < n; i++)
		sum += (double)g->found.v[i].s;
	fprintf(out, "%s\t!\t%.17g\n", g->key.p, sum / (double)n);
	for (size_t i = 0; i < n; i++)
		fprintf(out, "%c\t%.*s\t+\t%s\t%.9g\t%.17g\n", other, (int)g->found.v[i].id_len, g->text.p + g->found.v[i].id,
			g->key.p + 2, (double)g->found.v[i].s, sum / (double)n);
	vec_clear(&g->found);
	buf_clear(&g->text);
}

int bitext_stage_nearest(FILE *in, FILE *out, const struct bitext_stage *o, struct error *err)
{
	struct line_reader r = { .in = in };
	struct sentence_group g = { .key = BUF_INIT, .text = BUF_INIT };
	int rc;

	while ((rc = line_next(&r, err)) > 0) {
		double s = 0;

		if (r.n_fields != 4 || side_of(r.field[0]) < 0 || !read_real(&s, r.field[3])) {
			rc = line_wrong(&r, _("x or y, two ids and a cosine"), err);
			break;
		}
		struct span key = span_make(r.text.p, r.field[0].len + 1 + r.field[1].len);

		if (!span_eq(buf_span(&g.key), key)) {
			nearest_end(&g, out, o->k);
			buf_clear(&g.key);
			buf_addspan(&g.key, key);
		}
		vec_push(&g.found, (struct near){ g.text.len, r.field[2].len, (float)s });
		buf_addspan(&g.text, r.field[2]);
	}
	if (rc == 0)
		nearest_end(&g, out, o->k);
	vec_free(&g.found);
	buf_free(&g.key);
	buf_free(&g.text);
	line_free(&r);
	return rc ? rc : stage_end(out, err);
}

/* ---- margin ---- */

static int margin_line(FILE *out, const struct line_reader *r, double mean, enum margin_kind kind, struct error *err)
{
	double s, mean_other;

	if (!read_real(&s, r->field[4]) || !read_real(&mean_other, r->field[5]))
		return line_wrong(r, _("a cosine and a mean"), err);
	fprintf(out, "%c\t%.*s\t%.*s\t%.17g\t%.9g\n", r->field[0].p[0] == 'x' ? 'y' : 'x', (int)r->field[3].len, r->field[3].p,
		(int)r->field[1].len, r->field[1].p, vector_margin(kind, s, (mean + mean_other) / 2), s);
	return 0;
}

int bitext_stage_margin(FILE *in, FILE *out, const struct bitext_stage *o, struct error *err)
{
	struct line_reader r = { .in = in };
	struct buf key = BUF_INIT;
	double mean = 0;
	int rc;

	while ((rc = line_next(&r, err)) > 0) {
		bool own = r.n_fields == 4 && span_is(r.field[2], "!"), near = r.n_fields == 6 && span_is(r.field[2], "+");
		struct span here = span_make(r.text.p, r.field[0].len + (r.n_fields > 1 ? 1 + r.field[1].len : 0));

		rc = 0;
		if ((!own && !near) || side_of(r.field[0]) < 0 || (own && !read_real(&mean, r.field[3])))
			rc = line_wrong(&r, _("a sentence's mean, or a neighbour with its cosine and mean"), err);
		else if (own) {
			buf_clear(&key);
			buf_addspan(&key, here);
		} else if (!span_eq(buf_span(&key), here))
			rc = line_wrong(&r, _("the mean of this sentence first: sort with LC_ALL=C by the first three fields"), err);
		else
			rc = margin_line(out, &r, mean, o->margin, err);
		if (rc)
			break;
	}
	buf_free(&key);
	line_free(&r);
	return rc ? rc : stage_end(out, err);
}

/* ---- match ---- */

struct choice {
	size_t id, id_len, other, other_len; /* in `text` */
	double margin;
	float s;
};

struct matching {
	struct buf text;
	VEC(struct choice) of[2];
};

static struct span id_at(const struct matching *m, size_t at, size_t len)
{
	return span_make(m->text.p + at, len);
}

/* By sentence; of one sentence the best margin first, of equals the nearer, then the smaller id. */
static int by_sentence(const void *a, const void *b, void *ctx)
{
	const struct choice *p = a, *q = b;
	const struct matching *m = ctx;
	int order = id_compare(id_at(m, p->id, p->id_len), id_at(m, q->id, q->id_len));

	if (order)
		return order;
	if (p->margin > q->margin || p->margin < q->margin)
		return p->margin > q->margin ? -1 : 1;
	if (p->s > q->s || p->s < q->s)
		return p->s > q->s ? -1 : 1;
	return id_compare(id_at(m, p->other, p->other_len), id_at(m, q->other, q->other_len));
}

/* Keeps the first choice of every sentence. */
static void keep_best(struct matching *m, int side)
{
	size_t kept = 0;

	if (m->of[side].n)
		qsort_r(m->of[side].v, m->of[side].n, sizeof *m->of[side].v, by_sentence, m);
	vec_each(&m->of[side], i) {
		struct choice *c = &m->of[side].v[i], *last = kept ? &m->of[side].v[kept - 1] : NULL;

		if (!last || id_compare(id_at(m, c->id, c->id_len), id_at(m, last->id, last->id_len)) != 0)
			m->of[side].v[kept++] = *c;
	}
	m->of[side].n = kept;
}

static uint32_t number_of(const struct matching *m, int side, struct span id)
{
	size_t low = 0, high = m->of[side].n;

	while (low < high) {
		size_t mid = (low + high) / 2;
		const struct choice *c = &m->of[side].v[mid];
		int order = id_compare(id_at(m, c->id, c->id_len), id);

		if (order == 0)
			return (uint32_t)mid;
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return UINT32_MAX;
}

static int choices_of(struct vector_pair **out, const struct matching *m, int side, struct error *err)
{
	*out = xmalloc((m->of[side].n + 1) * sizeof **out);
	vec_each(&m->of[side], i) {
		const struct choice *c = &m->of[side].v[i];
		uint32_t other = number_of(m, !side, id_at(m, c->other, c->other_len));

		if (other == UINT32_MAX)
			return error_set(err, TAMIS_EPARSE, _("“%.*s” is somebody's neighbour, but has no lines of its own: lines are missing"),
					 (int)c->other_len, m->text.p + c->other);
		(*out)[i] = (struct vector_pair){ side ? other : (uint32_t)i, side ? (uint32_t)i : other, c->s, c->margin };
	}
	return 0;
}

static int put_pairs(FILE *out, const struct matching *m, enum retrieval retrieval, struct error *err)
{
	struct vector_pair *of_x = NULL, *of_y = NULL;
	struct vector_pairs found = { { 0 } };
	int rc = choices_of(&of_x, m, 0, err);

	if (rc == 0)
		rc = choices_of(&of_y, m, 1, err);
	if (rc == 0)
		knn_choose(&found, of_x, m->of[0].n, of_y, m->of[1].n, retrieval);
	vec_each(&found.pairs, i) {
		const struct vector_pair *p = &found.pairs.v[i];
		const struct choice *x = &m->of[0].v[p->x], *y = &m->of[1].v[p->y];

		fprintf(out, "%.*s\t%.*s\t%.17g\t%.9g\n", (int)x->id_len, m->text.p + x->id, (int)y->id_len, m->text.p + y->id,
			p->margin, (double)p->s);
	}
	vec_free(&found.pairs);
	free(of_x);
	free(of_y);
	return rc;
}

static int match_add(struct matching *m, const struct line_reader *r, struct error *err)
{
	int side = r->n_fields == 5 ? side_of(r->field[0]) : -1;
	double margin = 0, s = 0;

	if (side < 0 || !read_real(&margin, r->field[3]) || !read_real(&s, r->field[4]))
		return line_wrong(r, _("x or y, two ids, a margin and a cosine"), err);
	struct choice c = { m->text.len, r->field[1].len, m->text.len + r->field[1].len, r->field[2].len, margin, (float)s };

	buf_addspan(&m->text, r->field[1]);
	buf_addspan(&m->text, r->field[2]);
	vec_push(&m->of[side], c);
	return 0;
}

int bitext_stage_match(FILE *in, FILE *out, const struct bitext_stage *o, struct error *err)
{
	struct line_reader r = { .in = in };
	struct matching m = { .text = BUF_INIT };
	int rc;

	while ((rc = line_next(&r, err)) > 0) {
		rc = match_add(&m, &r, err);
		if (rc)
			break;
	}
	if (rc == 0) {
		keep_best(&m, 0);
		keep_best(&m, 1);
		rc = put_pairs(out, &m, o->retrieval, err);
	}
	vec_free(&m.of[0]);
	vec_free(&m.of[1]);
	buf_free(&m.text);
	line_free(&r);
	return rc ? rc : stage_end(out, err);
}
