/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes, cut in two at a NUL: facts and personal data lie inside the text, in order, apart; a text has no facts its copy lacks. */
#include <stdint.h>
#include <stdlib.h>

#include "instruct/facts.h"
#include "text/personal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span all = span_make((const char *)data, size), here = all, there = { "", 0 };
	const char *nul = size ? memchr(data, '\0', size) : NULL;
	struct fact_list facts = { 0 };
	struct personal_list personal = { 0 };
	size_t end = 0;

	if (nul) {
		here.len = (size_t)(nul - here.p);
		there = span_make(nul + 1, size - here.len - 1);
	}
	facts_only_here(&facts, here, there);
	vec_each(&facts.facts, i) {
		if (facts.facts.v[i].at < end || facts.facts.v[i].len > here.len - facts.facts.v[i].at)
			abort();
		end = facts.facts.v[i].at + facts.facts.v[i].len;
	}
	facts_only_here(&facts, all, all);
	if (facts.facts.n)
		abort();
	end = 0;
	personal_find(&personal, all);
	vec_each(&personal.spans, i) {
		if (personal.spans.v[i].at < end || personal.spans.v[i].len > size - personal.spans.v[i].at)
			abort();
		end = personal.spans.v[i].at + personal.spans.v[i].len;
	}
	vec_free(&facts.facts);
	vec_free(&personal.spans);
	return 0;
}
