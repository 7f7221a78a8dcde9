/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reducers: buckets to pairs, pairs with their sets, exact counts. */
#include "dedup/stage_inner.h"

#include <endian.h>
#include <nettle/base64.h>

#include "base/i18n.h"

/* ---- bucket ---- */

/* The members of the key at hand; `doc` indexes `name`. */
struct bucket {
	struct buf key;
	VEC(struct bucket_member) members;
	VEC(struct hash128) name;
	pair_vec pairs;
	struct bucket_counts counts;
};

static int by_size(const void *pa, const void *pb)
{
	const struct bucket_member *a = pa, *b = pb;

	if (a->size != b->size)
		return a->size < b->size ? -1 : 1;
	return (a->doc > b->doc) - (a->doc < b->doc);
}

static void bucket_end(struct bucket *b, FILE *out, const struct bucket_rule *rule)
{
	char lo[33], hi[33];

	vec_clear(&b->pairs);
	if (b->members.n > 1)
		qsort(b->members.v, b->members.n, sizeof *b->members.v, by_size);
	bucket_pairs(&b->pairs, &b->counts, b->members.v, b->members.n, rule);
	vec_each(&b->pairs, i) {
		hash128_hex(lo, &b->name.v[b->pairs.v[i] >> 32]);
		hash128_hex(hi, &b->name.v[(uint32_t)b->pairs.v[i]]);
		fprintf(out, "%s:%s\t1\n", lo, hi);
	}
	vec_clear(&b->members);
	vec_clear(&b->name);
}

/* Lines of one key come in order of entity, so that members are numbered as their names are ordered, and equal ones are
 * neighbours. */
static int bucket_add(struct bucket *b, const struct line_reader *r, struct error *err)
{
	struct bucket_member m = { .doc = (uint32_t)b->members.n };
	struct hash128 name;
	uint64_t size;

	if (r->n_fields < 4 || !hash128_parse(&name, r->field[1]) || !field_number(&size, r->field[2], 10) ||
	    r->field[3].len != 32 || !field_number(&m.bits[0], span_make(r->field[3].p, 16), 16) ||
	    !field_number(&m.bits[1], span_make(r->field[3].p + 16, 16), 16) || size > UINT32_MAX)
		return line_wrong(r, _("a band of `sign`"), err);
	m.size = (uint32_t)size;
	if (b->name.n) {
		int order = memcmp(b->name.v[b->name.n - 1].b, name.b, sizeof name.b);

		if (order == 0)
			return 0;
		if (order > 0)
			return line_wrong(r, _("lines sorted by the first two fields (LC_ALL=C sort)"), err);
	}
	vec_push(&b->name, name);
	vec_push(&b->members, m);
	return 0;
}

int stage_bucket(FILE *in, FILE *out, const struct stage_options *o, struct error *err)
{
	struct line_reader r = { .in = in };
	struct bucket b = { .key = BUF_INIT };
	struct bucket_rule rule = { o->threshold, filter_min_bits(o->threshold), 0, true };
	int rc;

	while ((rc = line_next(&r, err)) > 0) {
		if (r.text.p[0] != 'b') /* documents may come along; they are for `star` */
			continue;
		if (!span_eq(buf_span(&b.key), r.field[0])) {
			bucket_end(&b, out, &rule);
			buf_clear(&b.key);
			buf_addspan(&b.key, r.field[0]);
		}
		rc = bucket_add(&b, &r, err);
		if (rc)
			break;
	}
	if (rc == 0)
		bucket_end(&b, out, &rule);
	if (rc == 0 && b.counts.hot)
		fprintf(stderr, _("%llu hot buckets: %llu pairs left out\n"), (unsigned long long)b.counts.hot,
			(unsigned long long)b.counts.not_looked_at);
	buf_free(&b.key);
	vec_free(&b.members);
	vec_free(&b.name);
	vec_free(&b.pairs);
	line_free(&r);
	return rc ? rc : stage_end(out, err);
}

/* ---- edges ---- */

int stage_edges(FILE *in, FILE *out, const struct stage_options *o, struct error *err)
{
	struct line_reader r = { .in = in };
	struct buf last = BUF_INIT;
	int rc;

	(void)o;
	while ((rc = line_next(&r, err)) > 0) {
		struct span pair = r.field[0];

		if (pair.len != 65 || pair.p[32] != ':') {
			rc = line_wrong(&r, _("a pair of `bucket`"), err);
			break;
		}
		if (span_eq(buf_span(&last), pair))
			continue;
		buf_clear(&last);
		buf_addspan(&last, pair);
		fprintf(out, "%.32s\t1\t%.32s\n", pair.p, pair.p + 33);
	}
	buf_free(&last);
	line_free(&r);
	return rc ? rc : stage_end(out, err);
}

/* ---- attach ---- */

/* With three fields a pair still lacks both sets: it goes on to its other end with this one's.  With four it has one. */
static int attach_line(FILE *out, const struct line_reader *r, const struct buf *entity, const struct buf *set,
		       struct error *err)
{
	if (!span_eq(buf_span(entity), r->field[0]))
		return error_set(err, TAMIS_EPARSE, _("line %llu: no set came for %.32s; sort by the first two fields, sets included"),
				 (unsigned long long)r->number, r->field[0].p);
	if (r->n_fields == 3) {
		fprintf(out, "%.*s\t1\t%s\t", (int)r->field[2].len, r->field[2].p, entity->p);
		fwrite(set->p, 1, set->len, out);
		fputc('\n', out);
		return 0;
	}
	fprintf(out, "%.*s:%s\t", (int)r->field[2].len, r->field[2].p, entity->p);
	fwrite(r->field[3].p, 1, r->field[3].len, out);
	fputc('\t', out);
	fwrite(set->p, 1, set->len, out);
	fputc('\n', out);
	return 0;
}

int stage_attach(FILE *in, FILE *out, const struct stage_options *o, struct error *err)
{
	struct line_reader r = { .in = in };
	struct buf entity = BUF_INIT, set = BUF_INIT;
	int rc;

	(void)o;
	while ((rc = line_next(&r, err)) > 0) {
		bool is_set = r.n_fields == 3 && span_is(r.field[1], "0");

		if (r.field[0].len != 32 || r.n_fields < 3 || r.n_fields > 4 || !(is_set || span_is(r.field[1], "1"))) {
			rc = line_wrong(&r, _("a set of `sign` or a pair of `edges`"), err);
			break;
		}
		if (is_set) {
			buf_clear(&entity);
			buf_addspan(&entity, r.field[0]);
			buf_clear(&set);
			buf_addspan(&set, r.field[2]);
		} else if ((rc = attach_line(out, &r, &entity, &set, err)) != 0) {
			break;
		}
	}
	buf_free(&entity);
	buf_free(&set);
	line_free(&r);
	return rc ? rc : stage_end(out, err);
}

/* ---- verify ---- */

static bool decode_set(hash_vec *out, struct span text)
{
	struct base64_decode_ctx ctx;
	size_t n = BASE64_DECODE_LENGTH(text.len);

	vec_clear(out);
	vec_reserve(out, n / sizeof *out->v + 1);
	base64_decode_init(&ctx);
	if (!base64_decode_update(&ctx, &n, (uint8_t *)out->v, text.len, text.p) || !base64_decode_final(&ctx) ||
	    n % sizeof *out->v != 0 || n == 0)
		return false;
	out->n = n / sizeof *out->v;
	vec_each(out, i)
		out->v[i] = le64toh(out->v[i]);
	return true;
}

struct verifying {
	hash_vec a, b;
	struct buf last;             /* the text of `a`, kept while it stays the same */
	struct shingle_table table;
	uint32_t slots[2][SKETCH_K];
	minhash_fn *minhash;
	unsigned min_slots;
};

static int verify_line(FILE *out, struct verifying *v, const struct line_reader *r, uint32_t threshold, struct error *err)
{
	size_t need, common;

	if (r->n_fields != 3 || r->field[0].len != 65 || !decode_set(&v->b, r->field[2]))
		return line_wrong(r, _("a pair with two sets of `attach`"), err);
	if (!span_eq(buf_span(&v->last), r->field[1])) {
		if (!decode_set(&v->a, r->field[1]))
			return line_wrong(r, _("a pair with two sets of `attach`"), err);
		buf_clear(&v->last);
		buf_addspan(&v->last, r->field[1]);
		shingle_table_fill(&v->table, v->a.v, v->a.n);
		v->minhash(v->slots[0], v->a.v, v->a.n);
	}
	v->minhash(v->slots[1], v->b.v, v->b.n);
	if (minhash_agree(v->slots[0], v->slots[1]) < v->min_slots)
		return 0;
	need = jaccard_need(v->a.n, v->b.n, threshold);
	common = shingle_table_common(&v->table, v->b.v, v->b.n, need);
	if (common >= need)
		fprintf(out, "%.65s\t%zu\t%zu\t%zu\n", r->field[0].p, common, v->a.n, v->b.n);
	return 0;
}

int stage_verify(FILE *in, FILE *out, const struct stage_options *o, struct error *err)
{
	struct line_reader r = { .in = in };
	struct verifying v = { .last = BUF_INIT, .minhash = minhash_kernel(o->scheme, cpu_simd()),
			       .min_slots = filter_min_slots(o->threshold) };
	int rc;

	while ((rc = line_next(&r, err)) > 0 && (rc = verify_line(out, &v, &r, o->threshold, err)) == 0)
		;
	vec_free(&v.a);
	vec_free(&v.b);
	buf_free(&v.last);
	shingle_table_free(&v.table);
	line_free(&r);
	return rc ? rc : stage_end(out, err);
}
