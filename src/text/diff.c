/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Word diff: words become numbers; words that only one side has are left out (they can't match, so the result stays exact);
 * Myers' middle snake splits what remains until it is trivial; pieces are made from the pairs found. */
#include "text/diff.h"

#include <stdint.h>
#include <utf8proc.h>

#include "base/map.h"
#include "base/utf8.h"

#define UNPAIRED UINT32_MAX
#define NOWHERE (INT64_MIN / 2) /* no path reaches this diagonal */

struct word {
	size_t at, len;
	uint32_t id;
	uint32_t pair; /* index of its word on the other side */
};

struct words {
	VEC(struct word) all;
	VEC(uint32_t) kept; /* indexes of the words that occur on both sides */
};

struct search {
	struct words *a, *b;
	int64_t *forward, *backward; /* furthest x on diagonal k, at [k + centre] */
	int64_t centre;
	size_t steps;
};

/* A stretch of kept words on both sides. */
struct box {
	int64_t a, a_end, b, b_end;
};

struct snake {
	int64_t x, y, x_end, y_end;
};

/* ---- words ---- */

enum word_class { CLASS_SPACE, CLASS_WORD, CLASS_SINGLE, CLASS_MARK };

static bool written_without_spaces(int32_t cp)
{
	return (cp >= 0x0e00 && cp < 0x0f00) || (cp >= 0x1000 && cp < 0x10a0) || (cp >= 0x1780 && cp < 0x1800) ||
	       (cp >= 0x3005 && cp < 0x3007) || (cp >= 0x3040 && cp < 0x3100) || (cp >= 0x3400 && cp < 0xa000) ||
	       (cp >= 0xf900 && cp < 0xfb00) || (cp >= 0x20000 && cp < 0x40000);
}

static enum word_class class_of(int32_t cp)
{
	if (cp < 0)
		return CLASS_SINGLE;
	if (cp < 0x80) {
		if (cp == ' ' || (cp >= '\t' && cp <= '\r'))
			return CLASS_SPACE;
		if (cp == '_' || (cp >= '0' && cp <= '9') || ((cp | 0x20) >= 'a' && (cp | 0x20) <= 'z'))
			return CLASS_WORD;
		return CLASS_SINGLE;
	}
	switch (utf8proc_category(cp)) {
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_MC:
	case UTF8PROC_CATEGORY_ME:
		return CLASS_MARK;
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_ND:
	case UTF8PROC_CATEGORY_NL:
		return written_without_spaces(cp) ? CLASS_SINGLE : CLASS_WORD;
	case UTF8PROC_CATEGORY_ZS:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return CLASS_SPACE;
	default:
		return CLASS_SINGLE;
	}
}

static enum word_class class_at(struct span s, size_t at, size_t *used)
{
	return class_of(utf8_decode(span_make(s.p + at, s.len - at), used));
}

/* The next word from `at` on; false at the end. */
static bool next_word(struct word *out, struct span s, size_t at)
{
	enum word_class first = CLASS_SPACE, next;
	size_t used = 0, end;

	while (at < s.len && (first = class_at(s, at, &used)) == CLASS_SPACE)
		at += used;
	if (at >= s.len)
		return false;
	for (end = at + used; end < s.len; end += used) {
		next = class_at(s, end, &used);
		if (next != CLASS_MARK && (next != CLASS_WORD || first == CLASS_SINGLE))
			break;
	}
	*out = (struct word){ .at = at, .len = end - at, .pair = UNPAIRED };
	return true;
}

static void cut_words(struct words *out, struct span s, struct mapstr *ids)
{
	struct word w;

	for (size_t at = 0; next_word(&w, s, at); at = w.at + w.len) {
		bool made;
		uint64_t *id = mapstr_at(ids, span_make(s.p + w.at, w.len), &made);

		if (made)
			*id = ids->n - 1;
		w.id = (uint32_t)*id;
		vec_push(&out->all, w);
	}
}

static void keep_common(struct words *w, const uint8_t *sides)
{
	vec_each(&w->all, i)
		if (sides[w->all.v[i].id] == 3)
			vec_push(&w->kept, (uint32_t)i);
}

/* ---- search ---- */

static inline bool same(const struct search *s, int64_t x, int64_t y)
{
	return s->a->all.v[s->a->kept.v[x]].id == s->b->all.v[s->b->kept.v[y]].id;
}

static void pair(struct search *s, int64_t x, int64_t y)
{
	uint32_t i = s->a->kept.v[x], j = s->b->kept.v[y];

	s->a->all.v[i].pair = j;
	s->b->all.v[j].pair = i;
}

/* How far a path of d edits gets onto diagonal k before its snake: one step right or down from its neighbours. */
static int64_t step_onto(const int64_t *reach, int64_t k, int64_t d, int64_t n, int64_t m)
{
	int64_t right = NOWHERE, down = NOWHERE;

	if (d == 0)
		return 0;
	if (k > -d && k > -m && reach[k - 1] < n)
		right = reach[k - 1] + 1;
	if (k < d && k < n && reach[k + 1] - k <= m)
		down = reach[k + 1];
	return right > down ? right : down;
}

/* Lets every path of one direction grow by one edit; true when one met a path of the other direction: the middle snake. */
static bool grow(struct search *s, const struct box *b, int64_t d, bool backward, struct snake *out)
{
	int64_t n = b->a_end - b->a, m = b->b_end - b->b, delta = n - m;
	int64_t *reach = (backward ? s->backward : s->forward) + s->centre;
	const int64_t *other = (backward ? s->forward : s->backward) + s->centre;
	int64_t low = d <= m ? -d : -m + ((d - m) & 1), high = d <= n ? d : n - ((d - n) & 1);
	int64_t limit = backward ? d : d - 1; /* diagonals the other direction has reached */
	bool may_meet = (delta & 1) == (backward ? 0 : 1);

	for (int64_t k = low; k <= high; k += 2) {
		int64_t start = step_onto(reach, k, d, n, m), x = start, y = start - k;

		s->steps++;
		if (x < 0) {
			reach[k] = NOWHERE;
			continue;
		}
		while (x < n && y < m &&
		       (backward ? same(s, b->a_end - 1 - x, b->b_end - 1 - y) : same(s, b->a + x, b->b + y)))
			x++, y++;
		s->steps += (size_t)(x - start);
		reach[k] = x;
		if (!may_meet || delta - k < -limit || delta - k > limit || x + other[delta - k] < n)
			continue;
		if (backward)
			*out = (struct snake){ b->a_end - x, b->b_end - y, b->a_end - start, b->b_end - (start - k) };
		else
			*out = (struct snake){ b->a + start, b->b + start - k, b->a + x, b->b + y };
		return true;
	}
	return false;
}

static bool find_middle(struct search *s, const struct box *b, struct snake *out)
{
	for (int64_t d = 0; s->steps < DIFF_STEPS; d++)
		if (grow(s, b, d, false, out) || grow(s, b, d, true, out))
			return true;
	return false;
}

/* Depth is the logarithm of the number of edits. */
static void pair_box(struct search *s, struct box b)
{
	struct snake middle;

	while (b.a < b.a_end && b.b < b.b_end && same(s, b.a, b.b))
		pair(s, b.a++, b.b++);
	while (b.a < b.a_end && b.b < b.b_end && same(s, b.a_end - 1, b.b_end - 1))
		pair(s, --b.a_end, --b.b_end);
	if (b.a == b.a_end || b.b == b.b_end || !find_middle(s, &b, &middle))
		return;
	for (int64_t x = middle.x, y = middle.y; x < middle.x_end; x++, y++)
		pair(s, x, y);
	pair_box(s, (struct box){ b.a, middle.x, b.b, middle.y });
	pair_box(s, (struct box){ middle.x_end, b.a_end, middle.y_end, b.b_end });
}

static void pair_words(struct words *a, struct words *b, size_t ids)
{
	struct search s = { .a = a, .b = b };
	uint8_t *sides = xcalloc(ids ? ids : 1, 1);
	size_t diagonals;

	vec_each(&a->all, i)
		sides[a->all.v[i].id] |= 1;
	vec_each(&b->all, i)
		sides[b->all.v[i].id] |= 2;
	keep_common(a, sides);
	keep_common(b, sides);
	s.centre = (int64_t)(a->kept.n > b->kept.n ? a->kept.n : b->kept.n) + 1;
	diagonals = 2 * (size_t)s.centre + 1;
	s.forward = xcalloc(diagonals, sizeof *s.forward);
	s.backward = xcalloc(diagonals, sizeof *s.backward);
	pair_box(&s, (struct box){ 0, (int64_t)a->kept.n, 0, (int64_t)b->kept.n });
	free(s.forward);
	free(s.backward);
	free(sides);
}

/* ---- pieces ---- */

static void add_piece(struct diff *out, enum diff_op op, size_t a, size_t a_len, size_t b, size_t b_len)
{
	struct diff_piece *last = out->pieces.n ? &out->pieces.v[out->pieces.n - 1] : NULL;

	if (a_len + b_len == 0)
		return;
	if (last && last->op == op) {
		last->a_len += a_len;
		last->b_len += b_len;
		return;
	}
	vec_push(&out->pieces, (struct diff_piece){ op, a, a_len, b, b_len });
}

/* What lies between two pairs: white space that is the same at both ends stays, the rest was replaced. */
static void add_gap(struct diff *out, struct span a, size_t a_at, size_t a_end, struct span b, size_t b_at, size_t b_end)
{
	size_t head = 0, tail = 0, used, a_len = a_end - a_at, b_len = b_end - b_at;
	size_t shorter = a_len < b_len ? a_len : b_len;

	if (a_len == b_len && memcmp(a.p + a_at, b.p + b_at, a_len) == 0) {
		add_piece(out, DIFF_SAME, a_at, a_len, b_at, b_len);
		return;
	}
	while (head < shorter && class_at(a, a_at + head, &used) == CLASS_SPACE && used <= shorter - head &&
	       memcmp(a.p + a_at + head, b.p + b_at + head, used) == 0)
		head += used;
	while (tail < shorter - head && (unsigned char)a.p[a_end - tail - 1] <= ' ' &&
	       class_of(a.p[a_end - tail - 1]) == CLASS_SPACE && a.p[a_end - tail - 1] == b.p[b_end - tail - 1])
		tail++;
	add_piece(out, DIFF_SAME, a_at, head, b_at, head);
	add_piece(out, DIFF_REMOVED, a_at + head, a_len - head - tail, b_at + head, 0);
	add_piece(out, DIFF_ADDED, a_end - tail, 0, b_at + head, b_len - head - tail);
	add_piece(out, DIFF_SAME, a_end - tail, tail, b_end - tail, tail);
}

static void make_pieces(struct diff *out, const struct words *words, struct span a, const struct words *others, struct span b)
{
	size_t a_at = 0, b_at = 0;

	vec_each(&words->all, i) {
		const struct word *w = &words->all.v[i], *other;

		if (w->pair == UNPAIRED)
			continue;
		other = &others->all.v[w->pair];
		add_gap(out, a, a_at, w->at, b, b_at, other->at);
		add_piece(out, DIFF_SAME, w->at, w->len, other->at, other->len);
		a_at = w->at + w->len;
		b_at = other->at + other->len;
		out->same_words++;
	}
	add_gap(out, a, a_at, a.len, b, b_at, b.len);
}

void diff_words(struct diff *out, struct span a, struct span b)
{
	struct words from = { 0 }, to = { 0 };
	struct mapstr ids = { 0 };

	vec_clear(&out->pieces);
	out->same_words = 0;
	cut_words(&from, a, &ids);
	cut_words(&to, b, &ids);
	pair_words(&from, &to, ids.n);
	make_pieces(out, &from, a, &to, b);
	out->a_words = from.all.n;
	out->b_words = to.all.n;
	out->similarity = from.all.n + to.all.n == 0
				  ? 1
				  : 2 * (double)out->same_words / (double)(from.all.n + to.all.n);
	vec_free(&from.all);
	vec_free(&from.kept);
	vec_free(&to.all);
	vec_free(&to.kept);
	mapstr_free(&ids);
}

void diff_free(struct diff *d)
{
	vec_free(&d->pieces);
}
