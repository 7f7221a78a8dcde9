/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers as people read them. */
#include "config.h"

#include "base/words.h"

#include <stdio.h>

void words_count(char out[32], uint64_t n)
{
	char digits[24];
	int len = snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
	int at = 0;

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			out[at++] = ',';
		out[at++] = digits[i];
	}
	out[at] = '\0';
}
