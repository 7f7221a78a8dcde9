/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connected components in rounds of map and reduce, so that `star` can work on many of them at a time: large-star and small-star in
 * turns (Kiveris, Lattanzi, Mirrokni, Rastogi, Vassilvitskii 2014, "Connected Components in MapReduce and Beyond", section 3).
 *
 * Each reducer sees a node's neighbours in ascending order, so the least of them is known after one line and nothing is held.  When a
 * round of both changes nothing, every node that is not the least of its component has one line, with that least one. */
#include "dedup/stage_inner.h"

#include "base/i18n.h"

#define NODE 32u /* an entity in hexadecimal digits */

static bool is_node(struct span s)
{
	struct hash128 h;

	return s.len == NODE && hash128_parse(&h, s);
}

static bool is_pair(const struct line_reader *r)
{
	return r->n_fields == 4 && r->field[0].len == 2 * NODE + 1 && r->field[0].p[NODE] == ':' &&
	       is_node(span_make(r->field[0].p, NODE)) && is_node(span_make(r->field[0].p + NODE + 1, NODE));
}

/* ---- maps ---- */

int stage_links(FILE *in, FILE *out, const struct stage_options *o, struct error *err)
{
	struct line_reader r = { .in = in };
	int rc;

	(void)o;
	while ((rc = line_next(&r, err)) > 0) {
		if (!is_pair(&r)) {
			rc = line_wrong(&r, _("a pair of `verify`"), err);
			break;
		}
		fprintf(out, "%.32s\t%.32s\n", r.field[0].p + NODE + 1, r.field[0].p);
	}
	line_free(&r);
	return rc ? rc : stage_end(out, err);
}

/* The second field sorts after any digit, so that a node's component comes first. */
int stage_scatter(FILE *in, FILE *out, const struct stage_options *o, struct error *err)
{
	struct line_reader r = { .in = in };
	int rc;

	(void)o;
	while ((rc = line_next(&r, err)) > 0) {
		const char *rest = r.field[0].p + r.field[0].len;

		if (is_pair(&r)) {
			fprintf(out, "%.32s\t~pair\t%.32s%.*s\n", r.field[0].p, r.field[0].p + NODE + 1,
				(int)(r.text.p + r.text.len - rest), rest);
		} else if (r.n_fields == 4 && r.field[0].len == NODE + 2 && r.text.p[0] == 'd' &&
			   is_node(span_make(r.text.p + 2, NODE))) {
			fprintf(out, "%.32s\t~text%.*s\n", r.text.p + 2, (int)(r.text.p + r.text.len - rest), rest);
		} else {
			rc = line_wrong(&r, _("a document of `sign` or a pair of `verify`"), err);
			break;
		}
	}
	line_free(&r);
	return rc ? rc : stage_end(out, err);
}

/* ---- reduces ---- */

/* The node whose lines are read, its least neighbour, and the last one. */
struct node {
	struct buf name, least, last;
};

static void node_free(struct node *n)
{
	buf_free(&n->name);
	buf_free(&n->least);
	buf_free(&n->last);
}

static void set(struct buf *b, struct span to)
{
	buf_clear(b);
	buf_addspan(b, to);
}

/* What to do with one neighbour; `first` is the node's first. */
typedef void each_fn(FILE *out, const struct node *n, struct span neighbour, bool first);

static int each_neighbour(FILE *in, FILE *out, each_fn *each, struct error *err)
{
	struct line_reader r = { .in = in };
	struct node n = { BUF_INIT, BUF_INIT, BUF_INIT };
	int rc;

	while ((rc = line_next(&r, err)) > 0) {
		bool first = !span_eq(buf_span(&n.name), r.field[0]);

		if (r.n_fields != 2 || !is_node(r.field[0]) || !is_node(r.field[1])) {
			rc = line_wrong(&r, _("two entities"), err);
			break;
		}
		if (first ? span_cmp(r.field[0], buf_span(&n.name)) < 0 : span_cmp(r.field[1], buf_span(&n.last)) < 0) {
			rc = line_wrong(&r, _("lines sorted by the first two fields (LC_ALL=C sort)"), err);
			break;
		}
		if (first) {
			set(&n.name, r.field[0]);
			set(&n.least, r.field[1]);
		}
		if (first || !span_eq(buf_span(&n.last), r.field[1]))
			each(out, &n, r.field[1], first);
		set(&n.last, r.field[1]);
	}
	node_free(&n);
	line_free(&r);
	return rc ? rc : stage_end(out, err);
}

static void put_both(FILE *out, const char *a, const char *b)
{
	fprintf(out, "%.32s\t%.32s\n%.32s\t%.32s\n", a, b, b, a);
}

/* Neighbours are less than the node: it and they go to the least of them. */
static void small(FILE *out, const struct node *n, struct span neighbour, bool first)
{
	put_both(out, first ? n->name.p : neighbour.p, n->least.p);
}

int stage_small_star(FILE *in, FILE *out, const struct stage_options *o, struct error *err)
{
	(void)o;
	return each_neighbour(in, out, small, err);
}

/* Neighbours greater than the node go to the least of it and them. */
static void large(FILE *out, const struct node *n, struct span neighbour, bool first)
{
	bool self = span_cmp(buf_span(&n->name), buf_span(&n->least)) < 0;

	(void)first;
	if (span_cmp(neighbour, buf_span(&n->name)) > 0)
		fprintf(out, "%.32s\t%.32s\n", neighbour.p, self ? n->name.p : n->least.p);
}

int stage_large_star(FILE *in, FILE *out, const struct stage_options *o, struct error *err)
{
	(void)o;
	return each_neighbour(in, out, large, err);
}

int stage_place(FILE *in, FILE *out, const struct stage_options *o, struct error *err)
{
	struct line_reader r = { .in = in };
	struct node n = { BUF_INIT, BUF_INIT, BUF_INIT }; /* `least`: its component */
	int rc;

	(void)o;
	while ((rc = line_next(&r, err)) > 0) {
		bool first = !span_eq(buf_span(&n.name), r.field[0]), pair = r.n_fields > 2 && span_is(r.field[1], "~pair");
		int rest = r.n_fields > 2 ? (int)(r.text.p + r.text.len - r.field[2].p) : 0;

		if (r.n_fields < 2 || !is_node(r.field[0]) || !(is_node(r.field[1]) || pair || span_is(r.field[1], "~text"))) {
			rc = line_wrong(&r, _("a component of `large-star` or a line of `scatter`"), err);
			break;
		}
		if (span_cmp(r.field[0], buf_span(&n.name)) < 0 || (!first && is_node(r.field[1]))) {
			rc = line_wrong(&r, _("lines sorted by the first two fields (LC_ALL=C sort)"), err);
			break;
		}
		if (first) {
			set(&n.name, r.field[0]);
			set(&n.least, is_node(r.field[1]) ? r.field[1] : r.field[0]);
		}
		if (pair)
			fprintf(out, "c:%s\t%s:%.*s\n", n.least.p, n.name.p, rest, r.field[2].p);
		else if (rest)
			fprintf(out, "c:%s\td:%s\t%.*s\n", n.least.p, n.name.p, rest, r.field[2].p);
	}
	node_free(&n);
	line_free(&r);
	return rc ? rc : stage_end(out, err);
}
