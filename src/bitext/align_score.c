/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Scoring an alignment against gold, strict and lax; see align.h.
 */
#include <stdlib.h>

#include "base/fs.h"
#include "base/i18n.h"
#include "bitext/align.h"

/* True when two sets of sentences share one. */
static bool overlaps(uint32_t a, uint64_t in_a, uint32_t b, uint64_t in_b)
{
	if (a <= b)
		return b - a < 64 && (in_a >> (b - a)) & in_b;
	return a - b < 64 && (in_b >> (a - b)) & in_a;
}

static bool same_bead(const struct gold_bead *p, const struct gold_bead *q)
{
	return p->in_x == q->in_x && p->in_y == q->in_y && (!p->in_x || p->x == q->x) && (!p->in_y || p->y == q->y);
}

static bool deletion(const struct gold_bead *b)
{
	return !b->in_x || !b->in_y;
}

static void count(const struct gold_bead *these, size_t n, const struct gold_bead *those, size_t m, bool deletions, size_t *all,
		  size_t *strict, size_t *lax)
{
	*all = *strict = *lax = 0;
	for (size_t i = 0; i < n; i++) {
		bool same = false, touches = false;

		if (!deletions && deletion(&these[i]))
			continue;
		for (size_t j = 0; j < m; j++) {
			if (!deletions && deletion(&those[j]))
				continue;
			same = same || same_bead(&these[i], &those[j]);
			touches = touches || (overlaps(these[i].x, these[i].in_x, those[j].x, those[j].in_x) &&
					      overlaps(these[i].y, these[i].in_y, those[j].y, those[j].in_y));
		}
		(*all)++;
		*strict += same;
		*lax += same || touches;
	}
}

static double ratio(size_t part, size_t whole)
{
	return whole ? (double)part / (double)whole : 0;
}

static double f1(double p, double r)
{
	return p + r > 0 ? 2 * p * r / (p + r) : 0;
}

static void compute(struct align_score *s)
{
	s->strict_precision = ratio(s->found_strict, s->found);
	s->strict_recall = ratio(s->gold_strict, s->gold);
	s->strict_f1 = f1(s->strict_precision, s->strict_recall);
	s->lax_precision = ratio(s->found_lax, s->found);
	s->lax_recall = ratio(s->gold_lax, s->gold);
	s->lax_f1 = f1(s->lax_precision, s->lax_recall);
}

void align_score(struct align_score *out, const struct bead *found, size_t n_found, const struct gold_bead *gold,
		 size_t n_gold)
{
	struct gold_bead *sets = xcalloc(n_found + 1, sizeof *sets);

	for (size_t i = 0; i < n_found; i++)
		sets[i] = (struct gold_bead){ found[i].x, found[i].y, (1ull << found[i].nx) - 1, (1ull << found[i].ny) - 1 };
	count(sets, n_found, gold, n_gold, true, &out->found, &out->found_strict, &out->found_lax);
	count(gold, n_gold, sets, n_found, false, &out->gold, &out->gold_strict, &out->gold_lax);
	free(sets);
	compute(out);
}

void align_score_add(struct align_score *sum, const struct align_score *more)
{
	sum->found += more->found;
	sum->found_strict += more->found_strict;
	sum->found_lax += more->found_lax;
	sum->gold += more->gold;
	sum->gold_strict += more->gold_strict;
	sum->gold_lax += more->gold_lax;
	compute(sum);
}

/* "[3, 5]" at *p: the first number, and a bit for each from there. */
static bool read_list(const char **p, uint32_t *first, uint64_t *in)
{
	*in = 0;
	*first = 0;
	if (*(*p)++ != '[')
		return false;
	while (**p && **p != ']') {
		char *end;
		unsigned long v = strtoul(*p, &end, 10);

		if (end == *p || v > UINT32_MAX - 64 || (*in && (v < *first || v - *first > 63)))
			return false;
		if (!*in)
			*first = (uint32_t)v;
		*in |= 1ull << (v - *first);
		for (*p = end; **p == ',' || **p == ' ';)
			(*p)++;
	}
	return *(*p)++ == ']';
}

int align_read_gold(struct gold_bead **out, size_t *n, const char *path, struct error *err)
{
	struct buf text = BUF_INIT;
	VEC(struct gold_bead) beads = { 0 };
	size_t line_number = 0;
	int rc = fs_read_all(&text, path, 1 << 28, err);

	for (struct span rest = buf_span(&text); !rc && rest.len;) {
		struct span line = span_trim(span_line(&rest));
		struct gold_bead b = { 0 };
		char *copy = xstrndup(line.p, line.len);
		const char *p = copy;

		line_number++;
		if (line.len && !(read_list(&p, &b.x, &b.in_x) && *p++ == ':' && read_list(&p, &b.y, &b.in_y)))
			rc = error_set(err, TAMIS_EPARSE, _("%s:%zu is not a bead like [0, 1]:[2]"), path, line_number);
		else if (b.in_x || b.in_y)
			vec_push(&beads, b);
		free(copy);
	}
	buf_free(&text);
	if (rc)
		vec_free(&beads);
	*out = beads.v;
	*n = beads.n;
	return rc;
}
