/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as the body of a reply, and as a model's words in one: a score is in 1..5 with shares that sum to 1, or says why not. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/json.h"
#include "instruct/judge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_score(const struct judge_score *s)
{
	double sum = 0;

	for (unsigned k = 0; k < 5; k++)
		sum += s->p[k];
	if (s->outcome == REPLY_OK && (s->why || !(s->score >= 1 && s->score <= 5) || fabs(sum - 1) > 1e-6))
		abort();
	if (s->outcome != REPLY_OK && (s->why == NULL || !isnan(s->score)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span bytes = span_make((const char *)data, size);
	struct buf body = BUF_INIT;
	struct judge_score s = { 0 };
	struct written w = { 0 };

	judge_read(&s, bytes, span_of(""));
	check_score(&s);
	buf_adds(&body, "{\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"content\":");
	json_put_string(&body, bytes);
	buf_adds(&body, "}}]}");
	judge_read(&s, buf_span(&body), span_of(""));
	check_score(&s);
	for (unsigned id = 0; id < PROMPTS; id++) {
		written_read(&w, (enum prompt_id)id, buf_span(&body), span_of(""));
		if ((w.outcome == REPLY_OK) != (w.why == NULL) || (w.outcome == REPLY_OK && w.instruction.len + w.response.len == 0))
			abort();
	}
	written_free(&w);
	judge_score_free(&s);
	buf_free(&body);
	return 0;
}
