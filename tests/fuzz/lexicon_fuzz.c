/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dictionaries: any bytes as any format (the first byte chooses it), then their phrases as tokens; and as a sentence to clean. */
#include <stddef.h>
#include <stdint.h>

#include "bitext/clean.h"
#include "bitext/lexicon_format.h"
#include "bitext/tokens.h"
#include "driver.h"
#include "text/langid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const readers[])(const struct lexicon_sink *, struct span) = { read_ding, read_edict, read_cedict, read_tsv };
	struct lexicon l;
	struct lexicon_sink sink = { &l, false };
	struct mapstr headwords = { 0 };
	struct tokenizer *t;
	struct token_list tokens = { { 0 }, BUF_INIT };
	struct cleaner c;

	if (size < 2)
		return 0;
	struct span text = span_make((const char *)data + 2, size - 2);
	size_t cut = (size_t)data[1] * text.len / 256;

	lexicon_init(&l, lang_from_code(span_of("zh")), lang_from_code(span_of("en")));
	sink.swapped = (data[0] & 8) != 0;
	if (data[0] & 4)
		read_dictd(&sink, span_make(text.p, cut), span_make(text.p + cut, text.len - cut));
	else
		readers[data[0] & 3](&sink, text);
	t = tokenizer_new(l.a, &headwords);
	vec_each(&l.entries, i) {
		headwords_add(&headwords, l.entries.v[i].a);
		tokens_cut(t, &tokens, l.entries.v[i].a);
	}
	tokens_cut(t, &tokens, text);
	cleaner_init(&c, l.b, true);
	clean_sentence(&c, text);
	cleaner_free(&c);
	token_list_free(&tokens);
	tokenizer_free(t);
	mapstr_free(&headwords);
	lexicon_free(&l);
	return 0;
}
