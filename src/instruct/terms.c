/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "instruct/terms.h"

#include <stdlib.h>

#include <libstemmer.h>

#include "base/hash.h"
#include "base/utf8.h"

#define CACHED 8192u /* words whose stems are remembered, a power of two */

struct cached {
	uint64_t word;       /* hash; its lowest bit says whether it is content */
	uint64_t stem;       /* hash */
};

struct term_reader {
	struct sb_stemmer *stemmer;
	struct buf word;
	struct cached *cache; /* by the low bits of the word's hash */
	char plain[256];      /* 1 for ASCII letters and digits */
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

struct term_reader *term_reader_new(void)
{
	struct term_reader *r = xcalloc(1, sizeof *r);

	r->stemmer = sb_stemmer_new("english", "UTF_8");
	r->cache = xcalloc(CACHED, sizeof *r->cache);
	buf_init(&r->word);
	for (int c = 0; c < 0x80; c++)
		r->plain[c] = is_word(c);
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

/* Stems a word in lower case, and ended with a NUL; `hash` is its own, an even number. */
static void look_up(struct term_reader *r, struct cached *c, uint64_t hash, const char *word, size_t len)
{
	const sb_symbol *stem = r->stemmer && len < 64 ? sb_stemmer_stem(r->stemmer, (const sb_symbol *)word, (int)len) : NULL;

	bool content = bsearch(word, function_words, sizeof function_words / sizeof *function_words, sizeof *function_words, compare_words) == NULL;

	c->word = hash | content;
	c->stem = stem ? hash64(stem, (size_t)sb_stemmer_length(r->stemmer), 0) : hash64(word, len, 0);
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Eight characters in lower case; only ASCII has any. */
static uint64_t lower_eight(uint64_t x)
{
	uint64_t low = x & EACH(0x7f), upper = (low + EACH(0x80 - 'A')) & ~(low + EACH(0x7f - 'Z')) & ~x & EACH(0x80);

	return x | upper >> 2;
}

/* The word in lower case, with at least one NUL, into `lower`; its hash, for the cache alone. */
static uint64_t lower_word(uint64_t *lower, const char *word, size_t len)
{
	uint64_t hash = len * UINT64_C(0x9e3779b97f4a7c15);

	lower[len / 8] = 0;
	memcpy(lower, word, len);
	for (size_t i = 0; i <= len / 8; i++) {
		lower[i] = lower_eight(lower[i]);
		hash = hash_mix64(hash ^ lower[i]);
	}
	return hash;
}

static void add_word(struct term_reader *r, struct term_list *out, struct span text, size_t at, size_t end)
{
	uint64_t here[8], *lower = here;
	struct cached *c;
	uint64_t hash;

	if (end - at >= sizeof here) {
		buf_clear(&r->word);
		buf_fill(&r->word, '\0', (end - at) / 8 * 8 + 8);
		lower = (uint64_t *)(void *)r->word.p;
	}
	hash = lower_word(lower, text.p + at, end - at) & ~UINT64_C(1);
	c = &r->cache[hash / 2 % CACHED];
	if ((c->word & ~UINT64_C(1)) != hash)
		look_up(r, c, hash, (const char *)lower, end - at);
	vec_push(&out->terms, (struct term){ .id = c->stem, .at = at, .len = end - at, .content = c->word & 1 });
}

/* Where the ASCII letters and digits from `i` on end. */
static size_t skip_plain(const char *plain, struct span text, size_t i)
{
	while (i < text.len && plain[(unsigned char)text.p[i]])
		i++;
	return i;
}

void terms_read(struct term_reader *r, struct term_list *out, struct span text)
{
	size_t i = 0, start = SIZE_MAX;

	vec_clear(&out->terms);
	while (i < text.len) {
		size_t used = 1, next = 1;
		int32_t cp = text.p[i];
		bool word = r->plain[(unsigned char)text.p[i]];

		if (cp < 0 || cp >= 0x80) {
			cp = utf8_decode(span_make(text.p + i, text.len - i), &used);
			word = is_word(cp);
		} else if (word) {
			used = skip_plain(r->plain, text, i + 1) - i;
		}
		if (start != SIZE_MAX && !word) {
			add_word(r, out, text, start, i);
			start = SIZE_MAX;
		}
		if (word && start == SIZE_MAX)
			start = i;
		if (is_han(cp) && i + used < text.len && (unsigned char)text.p[i + used] >= 0x80 &&
		    is_han(utf8_decode(span_make(text.p + i + used, text.len - i - used), &next)))
			vec_push(&out->terms, (struct term){ hash64(text.p + i, used + next, 0), i, used + next, true });
		i += used;
	}
	if (start != SIZE_MAX)
		add_word(r, out, text, start, text.len);
}
