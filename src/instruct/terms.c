/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "instruct/terms.h"

#include <ctype.h>
#include <stdlib.h>

#include <libstemmer.h>

#include "base/hash.h"
#include "base/utf8.h"

struct term_reader {
	struct sb_stemmer *stemmer;
	struct buf word;
};

/* Sorted: what says nothing about the subject; words of questions and of share/prompts/extract.en are among them. */
static const char *const function_words[] = {
	"a", "about", "an", "and", "answer", "any", "are", "as", "at", "be", "between", "but", "by",
	"can", "could", "describe", "do", "does", "doing", "explain", "find", "following", "for", "from",
	"get", "give", "guidance", "had", "has", "have", "help", "how", "i", "if", "in", "into", "is",
	"it", "its", "just", "know", "make", "matters", "me", "my", "need", "no", "not", "of", "on",
	"one", "or", "our", "out", "over", "please", "practical", "question", "regard", "should", "so",
	"some", "than", "that", "the", "their", "them", "there", "they", "this", "to", "topic", "up",
	"use", "used", "using", "via", "was", "way", "we", "were", "what", "when", "where", "which",
	"who", "why", "will", "with", "without", "would", "you", "your",
};

struct term_reader *term_reader_new(void)
{
	struct term_reader *r = xcalloc(1, sizeof *r);

	r->stemmer = sb_stemmer_new("english", "UTF_8");
	buf_init(&r->word);
	return r;
}

void term_reader_free(struct term_reader *r)
{
	if (r == NULL)
		return;
	if (r->stemmer)
		sb_stemmer_delete(r->stemmer);
	buf_free(&r->word);
	free(r);
}

static int compare_words(const void *key, const void *word)
{
	return strcmp(key, *(const char *const *)word);
}

static bool is_han(int32_t cp)
{
	return (cp >= 0x3040 && cp <= 0x30ff) || (cp >= 0x3400 && cp <= 0x9fff) || (cp >= 0xf900 && cp <= 0xfaff) ||
	       (cp >= 0x20000 && cp <= 0x3ffff);
}

/* Letters of other scripts and digits; ASCII punctuation and what lies in the punctuation blocks is not part of a word. */
static bool is_word(int32_t cp)
{
	if (cp < 0x80)
		return cp >= 0 && (isalnum((int)cp));
	return cp >= 0xc0 && cp != 0xd7 && cp != 0xf7 && !(cp >= 0x2000 && cp <= 0x2fff) && !(cp >= 0x3000 && cp <= 0x303f) &&
	       !(cp >= 0xff00 && cp <= 0xff0f) && !(cp >= 0xff1a && cp <= 0xff20) && !is_han(cp) && cp != 0xfffd;
}

static void add_word(struct term_reader *r, struct term_list *out, struct span text, size_t at, size_t end)
{
	struct term t = { .at = at, .len = end - at };
	const sb_symbol *stem;

	buf_clear(&r->word);
	for (size_t i = at; i < end; i++)
		buf_addc(&r->word, (char)(text.p[i] >= 'A' && text.p[i] <= 'Z' ? text.p[i] + 32 : text.p[i]));
	t.content = bsearch(r->word.p, function_words, sizeof function_words / sizeof *function_words, sizeof *function_words,
			    compare_words) == NULL;
	stem = r->stemmer && r->word.len < 64 ? sb_stemmer_stem(r->stemmer, (const sb_symbol *)r->word.p, (int)r->word.len) : NULL;
	t.id = stem ? hash64(stem, (size_t)sb_stemmer_length(r->stemmer), 0) : hash64(r->word.p, r->word.len, 0);
	vec_push(&out->terms, t);
}

void terms_read(struct term_reader *r, struct term_list *out, struct span text)
{
	size_t i = 0, start = SIZE_MAX;

	vec_clear(&out->terms);
	while (i < text.len) {
		size_t used = 1, next = 1;
		int32_t cp = utf8_decode(span_make(text.p + i, text.len - i), &used);

		if (start != SIZE_MAX && !is_word(cp)) {
			add_word(r, out, text, start, i);
			start = SIZE_MAX;
		}
		if (is_word(cp) && start == SIZE_MAX)
			start = i;
		if (is_han(cp) && i + used < text.len &&
		    is_han(utf8_decode(span_make(text.p + i + used, text.len - i - used), &next)))
			vec_push(&out->terms, (struct term){ hash64(text.p + i, used + next, 0), i, used + next, true });
		i += used;
	}
	if (start != SIZE_MAX)
		add_word(r, out, text, start, text.len);
}
