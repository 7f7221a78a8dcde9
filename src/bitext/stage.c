/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Vectors as lines: embed, spread and knn; see stage.h. */
#include "bitext/stage_inner.h"

#include <nettle/base64.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/i18n.h"

enum { AT_ONCE = 1024 };

static bool is_number(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.len && (s.len == 1 || s.p[0] != '0');
}

int id_compare(struct span a, struct span b)
{
	if (is_number(a) && is_number(b) && a.len != b.len)
		return a.len < b.len ? -1 : 1;
	return span_cmp(a, b);
}

int side_of(struct span field)
{
	return field.len != 1 ? -1 : field.p[0] == 'x' ? 0 : field.p[0] == 'y' ? 1 : -1;
}

/* ---- vectors in base64 ---- */

static void put_vector(FILE *out, const float *row, size_t d, struct buf *scratch)
{
	size_t bytes = d * sizeof *row;

	buf_clear(scratch);
	buf_reserve(scratch, BASE64_ENCODE_RAW_LENGTH(bytes) + 1);
	base64_encode_raw(scratch->p, bytes, (const uint8_t *)row);
	fwrite(scratch->p, 1, BASE64_ENCODE_RAW_LENGTH(bytes), out);
}

static bool read_vector(float *out, size_t d, struct span text)
{
	struct base64_decode_ctx ctx;
	uint8_t bytes[3 * sizeof(float) + BASE64_DECODE_LENGTH(4)];
	size_t n, done = 0;

	base64_decode_init(&ctx);
	for (size_t at = 0; at < text.len; at += 12) { /* twelve letters are nine bytes */
		n = sizeof bytes;
		if (!base64_decode_update(&ctx, &n, bytes, text.len - at < 12 ? text.len - at : 12, text.p + at) ||
		    done + n > d * sizeof *out)
			return false;
		memcpy((char *)out + done, bytes, n);
		done += n;
	}
	return base64_decode_final(&ctx) && done == d * sizeof *out;
}

/* How many numbers a vector's text holds; 0 when it is none. */
static size_t vector_length(struct span text)
{
	size_t bytes = text.len / 4 * 3;

	if (!text.len || text.len % 4)
		return 0;
	bytes -= (size_t)(text.p[text.len - 1] == '=') + (size_t)(text.p[text.len - 2] == '=');
	return bytes % sizeof(float) || bytes / sizeof(float) > VECTOR_DIMENSIONS_MOST ? 0 : bytes / sizeof(float);
}

/* ---- embed ---- */

struct embedding {
	const struct bitext_stage *o;
	FILE *out;
	struct buf heads, texts, scratch; /* "side TAB id TAB" and texts of the lines at hand, one after the other */
	size_t head_end[AT_ONCE], text_end[AT_ONCE];
	size_t n, line;
};

static struct span part(const struct buf *b, const size_t *ends, size_t i)
{
	size_t at = i ? ends[i - 1] : 0;

	return span_make(b->p + at, ends[i] - at);
}

static int fetch_rows(struct embedding *e, struct vectors *rows, struct error *err)
{
	struct span texts[AT_ONCE];
	float *values = NULL;
	size_t d = 0;
	int rc;

	if (e->o->vectors) {
		if (e->line + e->n > e->o->vectors->n)
			return error_set(err, TAMIS_EUSAGE, _("there are %zu embeddings, but line %u has none"), e->o->vectors->n,
					 (unsigned)e->o->vectors->n + 1);
		vectors_init(rows, e->n, e->o->vectors->dimensions);
		return vectors_block(vectors_floats(rows), e->o->vectors, e->line, e->n, err);
	}
	for (size_t i = 0; i < e->n; i++)
		texts[i] = part(&e->texts, e->text_end, i);
	rc = e->o->fetch(&values, &d, texts, e->n, e->o->ctx, err);
	*rows = (struct vectors){ .n = e->n, .dimensions = d, .values = values, .fd = -1 };
	return rc ? rc : vectors_normalise(rows, err);
}

static int embed_lines(struct embedding *e, struct error *err)
{
	struct vectors rows = VECTORS_INIT;
	int rc = e->n ? fetch_rows(e, &rows, err) : 0;

	for (size_t i = 0; i < e->n && rc == 0; i++) {
		struct span head = part(&e->heads, e->head_end, i);

		fwrite(head.p, 1, head.len, e->out);
		put_vector(e->out, vectors_direct(&rows, i), rows.dimensions, &e->scratch);
		fputc('\n', e->out);
	}
	vectors_free(&rows);
	buf_clear(&e->heads);
	buf_clear(&e->texts);
	e->line += e->n;
	e->n = 0;
	return rc;
}

int bitext_stage_embed(FILE *in, FILE *out, const struct bitext_stage *o, struct error *err)
{
	struct line_reader r = { .in = in };
	struct embedding *e = xcalloc(1, sizeof *e);
	int rc;

	*e = (struct embedding){ .o = o, .out = out, .heads = BUF_INIT, .texts = BUF_INIT, .scratch = BUF_INIT };
	while ((rc = line_next(&r, err)) > 0) {
		if (r.n_fields < 3 || side_of(r.field[0]) < 0) {
			rc = line_wrong(&r, _("x or y, an id and a text"), err);
			break;
		}
		buf_addf(&e->heads, "%.*s\t%.*s\t", (int)r.field[0].len, r.field[0].p, (int)r.field[1].len, r.field[1].p);
		buf_add(&e->texts, r.field[2].p, (size_t)(r.text.p + r.text.len - r.field[2].p));
		e->head_end[e->n] = e->heads.len;
		e->text_end[e->n++] = e->texts.len;
		rc = e->n == AT_ONCE ? embed_lines(e, err) : 0;
		if (rc)
			break;
	}
	if (rc == 0)
		rc = embed_lines(e, err);
	buf_free(&e->heads);
	buf_free(&e->texts);
	buf_free(&e->scratch);
	free(e);
	line_free(&r);
	return rc ? rc : stage_end(out, err);
}

/* ---- spread ---- */

int bitext_stage_spread(FILE *in, FILE *out, const struct bitext_stage *o, struct error *err)
{
	struct line_reader r = { .in = in };
	int rc;

	while ((rc = line_next(&r, err)) > 0) {
		int side = r.n_fields == 3 ? side_of(r.field[0]) : -1;

		if (side < 0) {
			rc = line_wrong(&r, _("x or y, an id and a vector"), err);
			break;
		}
		unsigned mine = (unsigned)(hash64(r.field[1].p, r.field[1].len, 0) % o->blocks);

		for (unsigned other = 0; other < o->blocks; other++) {
			fprintf(out, "%u-%u\t", side ? other : mine, side ? mine : other);
			fwrite(r.text.p, 1, r.text.len, out);
			fputc('\n', out);
		}
	}
	line_free(&r);
	return rc ? rc : stage_end(out, err);
}

/* ---- knn ---- */

struct row {
	size_t id, id_len;        /* in `text` */
	size_t vector;            /* its place in the order of lines */
};

struct block_side {
	VEC(struct row) rows;
	VEC(float) values;
};

struct block {
	struct buf key, text;
	struct block_side sides[2];
	size_t dimensions;
};

static int block_add(struct block *b, const struct line_reader *r, int side, struct error *err)
{
	struct block_side *s = &b->sides[side];
	size_t d = vector_length(r->field[3]);

	if (!d || (b->dimensions && d != b->dimensions))
		return line_wrong(r, _("a vector of as many numbers as the others"), err);
	b->dimensions = d;
	vec_reserve(&s->values, s->values.n + d);
	if (!read_vector(s->values.v + s->values.n, d, r->field[3]))
		return line_wrong(r, _("a vector in base64"), err);
	s->values.n += d;
	struct row row = { b->text.len, r->field[2].len, s->rows.n };

	vec_push(&s->rows, row);
	buf_addspan(&b->text, r->field[2]);
	return 0;
}

static int by_id(const void *a, const void *b, void *ctx)
{
	const struct row *p = a, *q = b;
	const struct buf *text = ctx;

	return id_compare(span_make(text->p + p->id, p->id_len), span_make(text->p + q->id, q->id_len));
}

/* Rows in the order of their ids, so that the search settles equal cosines by id. */
static void order_side(struct vectors *out, struct block_side *s, struct buf *text, size_t d)
{
	qsort_r(s->rows.v, s->rows.n, sizeof *s->rows.v, by_id, text);
	vectors_init(out, s->rows.n, d);
	vec_each(&s->rows, i)
		memcpy(vectors_floats(out) + i * d, s->values.v + s->rows.v[i].vector * d, d * sizeof(float));
}

static void put_neighbours(FILE *out, const struct block *b, int side, const struct neighbour *lists, unsigned k)
{
	const struct block_side *s = &b->sides[side], *others = &b->sides[!side];

	vec_each(&s->rows, i)
		for (unsigned j = 0; j < k; j++) {
			const struct neighbour *n = &lists[i * k + j];
			const struct row *me = &s->rows.v[i], *other = &others->rows.v[n->i];

			fprintf(out, "%c\t%.*s\t%.*s\t%.9g\n", "xy"[side], (int)me->id_len, b->text.p + me->id, (int)other->id_len,
				b->text.p + other->id, (double)n->s);
		}
}

static int block_end(struct block *b, FILE *out, const struct bitext_stage *o, struct error *err)
{
	struct vectors v[2] = { VECTORS_INIT, VECTORS_INIT };
	struct knn_request r = { .k = o->k, .threads = o->threads };
	struct knn k = { 0 };
	int rc = 0;

	if (b->sides[0].rows.n && b->sides[1].rows.n) {
		for (int side = 0; side < 2; side++)
			order_side(&v[side], &b->sides[side], &b->text, b->dimensions);
		rc = knn_exact(&k, &v[0], &v[1], &r, err);
		if (rc == 0) {
			put_neighbours(out, b, 0, k.forward, k.k);
			put_neighbours(out, b, 1, k.backward, k.k_back);
		}
	}
	knn_free(&k);
	for (int side = 0; side < 2; side++) {
		vectors_free(&v[side]);
		vec_clear(&b->sides[side].rows);
		vec_clear(&b->sides[side].values);
	}
	buf_clear(&b->text);
	return rc;
}

int bitext_stage_knn(FILE *in, FILE *out, const struct bitext_stage *o, struct error *err)
{
	struct line_reader r = { .in = in };
	struct block b = { .key = BUF_INIT, .text = BUF_INIT };
	int rc;

	while ((rc = line_next(&r, err)) > 0) {
		int side = r.n_fields == 4 ? side_of(r.field[1]) : -1;

		if (side < 0) {
			rc = line_wrong(&r, _("a block, x or y, an id and a vector"), err);
			break;
		}
		if (!span_eq(buf_span(&b.key), r.field[0])) {
			rc = block_end(&b, out, o, err);
			buf_clear(&b.key);
			buf_addspan(&b.key, r.field[0]);
		} else {
			rc = 0;
		}
		if (rc == 0)
			rc = block_add(&b, &r, side, err);
		if (rc)
			break;
	}
	if (rc == 0)
		rc = block_end(&b, out, o, err);
	for (int side = 0; side < 2; side++) {
		vec_free(&b.sides[side].rows);
		vec_free(&b.sides[side].values);
	}
	buf_free(&b.key);
	buf_free(&b.text);
	line_free(&r);
	return rc ? rc : stage_end(out, err);
}
