/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The nearest word to a mistyped one. */
#include "config.h"

#include "cli/suggest.h"

#include <string.h>

#define LONGEST 63

static unsigned least(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

static unsigned distance(const char *a, const char *b)
{
	unsigned row[3][LONGEST + 1];
	size_t la = strlen(a), lb = strlen(b);

	if (la > LONGEST || lb > LONGEST)
		return LONGEST;
	for (size_t j = 0; j <= lb; j++)
		row[0][j] = (unsigned)j;
	for (size_t i = 1; i <= la; i++) {
		unsigned *now = row[i % 3], *above = row[(i + 2) % 3], *before = row[(i + 1) % 3];

		now[0] = (unsigned)i;
		for (size_t j = 1; j <= lb; j++) {
			now[j] = least(above[j] + 1, now[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    before[j - 2] + 1 < now[j])
				now[j] = before[j - 2] + 1;
		}
	}
	return row[la % 3][lb];
}

void suggest_init(struct suggest *s, const char *word)
{
	*s = (struct suggest){ .word = word, .distance = (unsigned)(strlen(word) + 2) / 3 + 1 };
}

void suggest_offer(struct suggest *s, const char *candidate)
{
	size_t n = strlen(s->word);
	unsigned d = distance(s->word, candidate);

	/* A word cut short ("instr") is nearer than its missing letters say. */
	if (n >= 2 && strncmp(s->word, candidate, n) == 0)
		d = 1;
	if (d < s->distance) {
		s->distance = d;
		s->nearest = candidate;
	}
}
