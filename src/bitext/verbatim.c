/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs of ASCII without spaces, judged by their characters; see verbatim.h.
 */
#include "bitext/verbatim.h"

#include <stdint.h>
#include <string.h>

#include "base/hash.h"

enum { PIECES = 32 };

struct pieces {
	uint64_t hash[PIECES];
	size_t n;
};

static bool is_capital(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_small(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Words and plain numbers are compared elsewhere. */
static bool stays(struct span s)
{
	size_t capitals = 0, small = 0, digits = 0, signs = 0;

	for (size_t i = 0; i < s.len; i++) {
		capitals += is_capital(s.p[i]);
		small += is_small(s.p[i]);
		digits += is_digit(s.p[i]);
		signs += strchr("%$@_{}<>=\\/|#~", s.p[i]) != NULL;
	}
	if (signs || (s.len > 2 && s.p[0] == '-' && s.p[1] == '-'))
		return capitals + small + digits > 0;
	if (capitals + small == 0)
		return false;
	if (digits || memchr(s.p, '.', s.len))
		return true;
	return !small && (capitals > 1 || (s.len == 1 && s.p[0] != 'I' && s.p[0] != 'A' && s.p[0] != 'O' && s.p[0] != 'Y'));
}

static void add(struct pieces *out, struct span s)
{
	while (s.len && strchr(".,;:!?)\"'([", s.p[s.len - 1]))
		s.len--;
	while (s.len && strchr("(\"'[", s.p[0]))
		s = span_make(s.p + 1, s.len - 1);
	if (s.len && out->n < PIECES && stays(s))
		out->hash[out->n++] = hash64(s.p, s.len, 0);
}

static void find_pieces(struct pieces *out, struct span s)
{
	size_t from = 0;

	for (size_t i = 0; i <= s.len; i++) {
		/* A hyphen joins words; the parts may be one letter that tells two sentences apart. */
		bool inside = i < s.len && s.p[i] > ' ' && s.p[i] < 0x7F && !(s.p[i] == '-' && i > from && s.p[i - 1] != '-');

		if (inside)
			continue;
		if (i > from)
			add(out, span_make(s.p + from, i - from));
		from = i + 1;
	}
}

void verbatim_compare(struct verbatim *out, struct span x, struct span y)
{
	struct pieces a = { .n = 0 }, b = { .n = 0 };
	bool used[PIECES] = { false };

	find_pieces(&a, x);
	find_pieces(&b, y);
	*out = (struct verbatim){ 0, 0 };
	for (size_t i = 0; i < a.n; i++) {
		size_t j = 0;

		while (j < b.n && (used[j] || b.hash[j] != a.hash[i]))
			j++;
		if (j < b.n) {
			used[j] = true;
			out->same++;
		}
	}
	out->other = (unsigned)(a.n + b.n) - 2 * out->same;
}
