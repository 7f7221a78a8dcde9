/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Scoring an alignment against gold, strict and lax; see align.h.
 */
#include <stdlib.h>

#include "base/i18n.h"
#include "base/map.h"
#include "bitext/align.h"
#include "formats/reader.h"

enum { GOLD_SENTENCES = 64 };

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
		sets[i] = (struct gold_bead){ .x = found[i].x, .y = found[i].y, .in_x = (1ull << found[i].nx) - 1,
					      .in_y = (1ull << found[i].ny) - 1 };
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

/* "[3, 5]" at *p, in any order: the least number, and a bit for each from there. */
static bool read_list(const char **p, uint32_t *first, uint64_t *in)
{
	uint32_t numbers[GOLD_SENTENCES];
	size_t n = 0;

	*in = 0;
	*first = 0;
	if (*(*p)++ != '[')
		return false;
	while (**p >= '0' && **p <= '9') {
		char *end;
		unsigned long v = strtoul(*p, &end, 10);

		if (n == GOLD_SENTENCES || v > UINT32_MAX - GOLD_SENTENCES)
			return false;
		numbers[n++] = (uint32_t)v;
		*first = n == 1 || v < *first ? (uint32_t)v : *first;
		for (*p = end; **p == ',' || **p == ' ';)
			(*p)++;
	}
	for (size_t i = 0; i < n; i++) {
		uint64_t bit = numbers[i] - *first < GOLD_SENTENCES ? 1ull << (numbers[i] - *first) : 0;

		if (!bit || *in & bit)
			return false;
		*in |= bit;
	}
	return *(*p)++ == ']';
}

/* "[0, 1]:[2]"; a third field, the cost that Vecalign prints, is passed over. */
static bool read_bead(struct gold_bead *b, const char *p)
{
	return read_list(&p, &b->x, &b->in_x) && *p++ == ':' && read_list(&p, &b->y, &b->in_y) && (*p == 0 || *p == ':');
}

/* `lines` holds the line that names each sentence of a side. */
static int name_sentences(struct map64 *lines, uint32_t first, uint64_t in, int side, const char *path, size_t line_number,
			  struct error *err)
{
	for (uint64_t k = 0; k < GOLD_SENTENCES; k++) {
		bool made;
		uint64_t *line;

		if (!(in >> k & 1))
			continue;
		line = map64_at(lines, first + k, &made);
		if (!made)
			return error_set(err, TAMIS_EPARSE,
					 side ? _("%s:%zu names target sentence %llu, which line %llu has named: a sentence is in one bead")
					      : _("%s:%zu names source sentence %llu, which line %llu has named: a sentence is in one bead"),
					 path, line_number, (unsigned long long)(first + k), (unsigned long long)*line);
		*line = line_number;
	}
	return 0;
}

int align_read_gold(struct gold_bead **out, size_t *n, const char *path, struct error *err)
{
	struct buf text = BUF_INIT;
	VEC(struct gold_bead) beads = { 0 };
	struct map64 x = { 0 }, y = { 0 };
	size_t line_number = 0;
	int rc = stream_read_all(&text, path, 1 << 28, err);

	for (struct span rest = buf_span(&text); !rc && rest.len;) {
		struct span line = span_trim(span_line(&rest));
		struct gold_bead b = { .line = ++line_number };
		char *copy = xstrndup(line.p, line.len);

		if (line.len && !read_bead(&b, copy))
			rc = error_set(err, TAMIS_EPARSE,
				       _("%s:%zu is not a bead like [0, 1]:[2], the sentences of each side counted from 0"), path,
				       line_number);
		if (!rc)
			rc = name_sentences(&x, b.x, b.in_x, 0, path, line_number, err);
		if (!rc)
			rc = name_sentences(&y, b.y, b.in_y, 1, path, line_number, err);
		if (b.in_x || b.in_y)
			vec_push(&beads, b);
		free(copy);
	}
	buf_free(&text);
	map64_free(&x);
	map64_free(&y);
	if (rc)
		vec_free(&beads);
	*out = beads.v;
	*n = beads.n;
	return rc;
}

/* The greatest sentence of a list that is not empty. */
static uint64_t last_of(uint32_t first, uint64_t in)
{
	uint64_t last = first;

	for (; in >>= 1;)
		last++;
	return last;
}

int align_check_gold(const struct gold_bead *gold, size_t n, const char *path, const char *name_x, size_t n_x, const char *name_y,
		     size_t n_y, struct error *err)
{
	for (size_t i = 0; i < n; i++) {
		const struct gold_bead *b = &gold[i];
		bool of_x = b->in_x && last_of(b->x, b->in_x) >= n_x, of_y = b->in_y && last_of(b->y, b->in_y) >= n_y;

		if (of_x || of_y)
			return error_set(err, TAMIS_EPARSE, _("%s:%zu names sentence %llu, but %s has %zu, counted from 0"), path, b->line,
					 (unsigned long long)(of_x ? last_of(b->x, b->in_x) : last_of(b->y, b->in_y)),
					 of_x ? name_x : name_y, of_x ? n_x : n_y);
	}
	return 0;
}
