/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Did a service refuse a question because it does not fit the model's context?  Each says so in words of its own: llama.cpp's server
 * (status 400, 500 in some versions, a 200 in others, "n_prompt_tokens" and "n_ctx"), vLLM and OpenAI ("This model's maximum context
 * length is 4096 tokens. However, you requested …"), TGI (422), llama-cpp-python, Ollama and Anthropic's.  A table of what they say, and the
 * figures they give; a limit on tokens a minute (429) is something else.
 */
#ifndef TAMIS_NET_OVERLONG_H
#define TAMIS_NET_OVERLONG_H

#include <stdbool.h>

#include "base/buf.h"

struct overlong {
	unsigned asked, limit; /* tokens; 0: it does not say */
	bool prompt_only;      /* `asked` is the question alone, without room for the reply */
};

/* `body` is what it answered with this status, or the beginning of it.  `out` may be NULL. */
bool overlong_says(struct overlong *out, long status, struct span body);

/* Bytes of a text that may stay in a question of `question` bytes, `text` of which are the text's, so that it fits with most replies
 * of at most `reply` tokens: by the figures, else half.  0 when what is not the text is too long already. */
size_t overlong_keep(const struct overlong *o, size_t question, size_t text, unsigned reply);

#endif
