/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "instruct/terms.h"

#include <stdlib.h>

#include <libstemmer.h>

#include "base/hash.h"
#include "base/utf8.h"

#define CACHED 4096u /* words whose stems are remembered, a power of two */

struct cached {
	uint64_t word, stem; /* hashes */
	bool content;
};

struct term_reader {
	struct sb_stemmer *stemmer;
	struct buf word;
	struct cached *cache; /* by the low bits of the word's hash */
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
	r->cache = xcalloc(CACHED, sizeof *r->cache);
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
	free(r->cache);
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
		return (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z') || (cp >= '0' && cp <= '9');
	return cp >= 0xc0 && cp != 0xd7 && cp != 0xf7 && !(cp >= 0x2000 && cp <= 0x2fff) && !(cp >= 0x3000 && cp <= 0x303f) &&
	       !(cp >= 0xff00 && cp <= 0xff0f) && !(cp >= 0xff1a && cp <= 0xff20) && !is_han(cp) && cp != 0xfffd;
}

/* Stems the word in `r->word`. */
static void look_up(struct term_reader *r, struct cached *c)
{
	const sb_symbol *stem = r->stemmer && r->word.len < 64 ? sb_stemmer_stem(r->stemmer, (const sb_symbol *)r->word.p, (int)r->word.len) : NULL;

	c->content = bsearch(r->word.p, function_words, sizeof function_words / sizeof *function_words, sizeof *function_words,
			     compare_words) == NULL;
	c->stem = stem ? hash64(stem, (size_t)sb_stemmer_length(r->stemmer), 0) : hash64(r->word.p, r->word.len, 0);
}

static void add_word(struct term_reader *r, struct term_list *out, struct span text, size_t at, size_t end)
{
	struct cached *c;
	uint64_t hash;

	buf_clear(&r->word);
	buf_add(&r->word, text.p + at, end - at);
	for (size_t i = 0; i < r->word.len; i++)
		r->word.p[i] = (char)(r->word.p[i] >= 'A' && r->word.p[i] <= 'Z' ? r->word.p[i] + 32 : r->word.p[i]);
	hash = hash64(r->word.p, r->word.len, 1);
	c = &r->cache[hash % CACHED];
	if (c->word != hash) {
		look_up(r, c);
		c->word = hash;
	}
	vec_push(&out->terms, (struct term){ .id = c->stem, .at = at, .len = end - at, .content = c->content });
}

static int32_t decode(struct span text, size_t i, size_t *used)
{
	if ((unsigned char)text.p[i] < 0x80) {
		*used = 1;
		return text.p[i];
	}
	return utf8_decode(span_make(text.p + i, text.len - i), used);
}

void terms_read(struct term_reader *r, struct term_list *out, struct span text)
{
	size_t i = 0, start = SIZE_MAX;

	vec_clear(&out->terms);
	while (i < text.len) {
		size_t used = 1, next = 1;
		int32_t cp = decode(text, i, &used);
		bool word = is_word(cp);

		if (start != SIZE_MAX && !word) {
			add_word(r, out, text, start, i);
			start = SIZE_MAX;
		}
		if (word && start == SIZE_MAX)
			start = i;
		if (is_han(cp) && i + used < text.len && is_han(decode(text, i + used, &next)))
			vec_push(&out->terms, (struct term){ hash64(text.p + i, used + next, 0), i, used + next, true });
		i += used;
	}
	if (start != SIZE_MAX)
		add_word(r, out, text, start, text.len);
}
