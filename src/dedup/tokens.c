/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Normalisation and tokens: the tables, the Unicode path and the portable path. */
#include "dedup/tokens_inner.h"

#include <utf8proc.h>

#include "base/hash.h"
#include "base/utf8.h"

struct range {
	uint32_t first, last;
};

/* Scripts written without spaces, where a character says about as much as a word does elsewhere.  Ascending. */
static const struct range singles[] = {
	{ 0x0e01, 0x0e4e },                       /* Thai */
	{ 0x0e81, 0x0edf },                       /* Lao */
	{ 0x1000, 0x109f },                       /* Myanmar */
	{ 0x1100, 0x11ff },                       /* Hangul Jamo */
	{ 0x1780, 0x17d3 },                       /* Khmer */
	{ 0x3005, 0x3007 },                       /* 々 〆 〇 */
	{ 0x3041, 0x3098 }, { 0x309b, 0x30ff },   /* Hiragana, Katakana; their voicing marks are marks */
	{ 0x3105, 0x312f },                       /* Bopomofo */
	{ 0x3131, 0x318e },                       /* Hangul compatibility Jamo */
	{ 0x31f0, 0x31ff },                       /* Katakana extensions */
	{ 0x3400, 0x4dbf }, { 0x4e00, 0x9fff },   /* Han */
	{ 0xac00, 0xd7a3 },                       /* Hangul */
	{ 0xf900, 0xfaff },                       /* Han compatibility */
	{ 0xff66, 0xff9f },                       /* half-width Katakana */
	{ 0x20000, 0x323af },                     /* Han extensions */
};

static bool is_single(uint32_t cp)
{
	size_t lo = 0, hi = sizeof singles / sizeof *singles;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (cp > singles[mid].last)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < sizeof singles / sizeof *singles && cp >= singles[lo].first;
}

static bool is_ignored(uint32_t cp)
{
	return cp == 0xad || cp == 0x200c || cp == 0x200d || cp == 0x2060 || cp == 0xfeff;
}

/* True when NFC might change `cp` or join it to what stands before it. */
static bool may_compose(uint32_t cp, const utf8proc_property_t *prop)
{
	utf8proc_int32_t parts[8];
	utf8proc_ssize_t n;
	int boundary = 0;

	if (prop->combining_class != 0 || (cp >= 0x1160 && cp <= 0x11ff))
		return true;
	if (prop->decomp_seqindex == UINT16_MAX || prop->decomp_type != 0)
		return false;
	n = utf8proc_decompose_char((utf8proc_int32_t)cp, parts, 8, UTF8PROC_STABLE | UTF8PROC_COMPOSE, &boundary);
	if (n < 0)
		return true;
	n = utf8proc_normalize_utf32(parts, n, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
	return n != 1 || (uint32_t)parts[0] != cp;
}

static uint8_t classify(uint32_t cp)
{
	const utf8proc_property_t *prop = utf8proc_get_property((utf8proc_int32_t)cp);
	uint8_t flag;

	if (is_ignored(cp))
		return CLASS_IGNORE;
	if (prop->category < UTF8PROC_CATEGORY_LU || prop->category > UTF8PROC_CATEGORY_NO)
		return CLASS_BREAK;
	flag = may_compose(cp, prop) ? CLASS_COMPOSE : 0;
	if (is_single(cp))
		return CLASS_SINGLE | flag;
	if (prop->category >= UTF8PROC_CATEGORY_MN && prop->category <= UTF8PROC_CATEGORY_ME)
		return CLASS_MARK | CLASS_COMPOSE;
	return CLASS_WORD | flag;
}

struct token_tables *token_tables_new(void)
{
	struct token_tables *t = xcalloc(1, sizeof *t);

	for (unsigned c = 0; c < 256; c++)
		t->ascii[c] = c >= 0x80 ? 2
			      : (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
	for (uint32_t cp = 0x80; cp < 0x10000; cp++)
		t->class[cp] = classify(cp);
	return t;
}

void token_tables_free(struct token_tables *t)
{
	free(t);
}

uint64_t token_hash(const char *p, size_t n, uint64_t fold)
{
	uint64_t h = 0;

	for (; n > 16; p += 16, n -= 16)
		h = token_step(h, load_le64(p) | fold, load_le64(p + 8) | fold);
	if (n) {
		char last[16] = { 0 };

		for (size_t i = 0; i < n; i++)
			last[i] = (char)((unsigned char)p[i] | (fold & 0xff));
		h = token_step(h, load_le64(last), load_le64(last + 8));
	}
	return h;
}

/* The token being collected in `text`. */
struct pending {
	hash_vec *out;
	struct buf *text;
	bool single;
};

static void pending_end(struct pending *p)
{
	if (p->text->len)
		vec_push(p->out, token_hash(p->text->p, p->text->len, 0));
	buf_clear(p->text);
	p->single = false;
}

static void pending_add(struct pending *p, uint32_t cp, uint8_t class)
{
	char utf8[4];
	uint32_t lower;

	class &= CLASS_MASK;
	if (class == CLASS_IGNORE)
		return;
	if (class == CLASS_SINGLE || (p->single && class != CLASS_MARK))
		pending_end(p);
	if (cp < 0x80) {
		buf_addc(p->text, (char)(cp | 0x20));
		return;
	}
	lower = class == CLASS_WORD ? (uint32_t)utf8proc_tolower((utf8proc_int32_t)cp) : cp;
	buf_add(p->text, utf8, utf8_encode(utf8, lower));
	if (class == CLASS_SINGLE)
		p->single = true;
}

static uint8_t class_of(const struct token_tables *t, uint32_t cp)
{
	if (cp < 0x80)
		return t->ascii[cp] ? CLASS_WORD : CLASS_BREAK;
	return cp < 0x10000 ? t->class[cp] : classify(cp);
}

/* A run that NFC may change: composed as a whole, then cut into tokens. */
static void composed_run(struct pending *p, const struct token_tables *t, struct span run)
{
	utf8proc_uint8_t *composed = NULL;
	utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)run.p, (utf8proc_ssize_t)run.len, &composed,
					  UTF8PROC_STABLE | UTF8PROC_COMPOSE);
	struct span rest = n < 0 ? run : span_make((const char *)composed, (size_t)n);

	buf_clear(p->text);
	p->single = false;
	while (rest.len) {
		size_t used;
		int32_t cp = utf8_decode(rest, &used);

		if (cp >= 0)
			pending_add(p, (uint32_t)cp, class_of(t, (uint32_t)cp));
		rest.p += used;
		rest.len -= used;
	}
	pending_end(p);
	free(composed);
}

/* One run from `at`; returns its end.  What ends it is not looked at further. */
static size_t unicode_run(struct pending *p, const struct token_tables *t, struct span text, size_t at)
{
	size_t start = at, made = p->out->n;
	bool compose = false;

	while (at < text.len) {
		size_t used;
		int32_t cp = utf8_decode(span_make(text.p + at, text.len - at), &used);
		uint8_t class = cp < 0 ? CLASS_BREAK : class_of(t, (uint32_t)cp);

		if (class == CLASS_BREAK)
			break;
		compose |= (class & CLASS_COMPOSE) != 0;
		if (!compose)
			pending_add(p, (uint32_t)cp, class);
		at += used;
	}
	if (compose) {
		p->out->n = made;
		composed_run(p, t, span_make(text.p + start, at - start));
	} else {
		pending_end(p);
	}
	return at;
}

size_t tokens_unicode(hash_vec *out, const struct token_tables *t, struct span text, size_t at, struct buf *scratch)
{
	struct pending p = { .out = out, .text = scratch };

	buf_clear(scratch);
	while (at < text.len) {
		size_t used = 1;

		at = unicode_run(&p, t, text, at);
		if (at == text.len || (unsigned char)text.p[at] < 0x80)
			break;
		utf8_decode(span_make(text.p + at, text.len - at), &used);
		at += used;
	}
	return at;
}

void tokens_portable(hash_vec *out, const struct token_tables *t, struct span text, size_t at, struct buf *scratch)
{
	while (at < text.len) {
		size_t start = at;
		uint8_t kind;

		while (at < text.len && t->ascii[(unsigned char)text.p[at]] == 1)
			at++;
		kind = at < text.len ? t->ascii[(unsigned char)text.p[at]] : 0;
		if (kind == 2) {
			at = tokens_unicode(out, t, text, start, scratch);
			continue;
		}
		if (at > start)
			vec_push(out, token_hash(text.p + start, at - start, ASCII_FOLD));
		at++;
	}
}

void tokens_words(hash_vec *out, const struct token_tables *t, enum cpu_simd simd, struct span text,
		  struct buf *scratch)
{
	vec_clear(out);
#if defined(__x86_64__)
	if (simd >= CPU_AVX2) {
		(simd >= CPU_AVX512 ? tokens_avx512 : tokens_avx2)(out, t, text, scratch);
		return;
	}
#endif
	(void)simd;
	tokens_portable(out, t, text, 0, scratch);
}

static uint64_t char_hash(uint32_t cp)
{
	return hash_mix64(cp);
}

/* The characters of one run of `chars_run` go to `out` in NFC and lower case. */
static void put_chars(hash_vec *out, const struct token_tables *t, struct span run, bool compose)
{
	utf8proc_uint8_t *composed = NULL;
	utf8proc_ssize_t n = -1;

	if (compose)
		n = utf8proc_map((const utf8proc_uint8_t *)run.p, (utf8proc_ssize_t)run.len, &composed,
				 UTF8PROC_STABLE | UTF8PROC_COMPOSE);
	if (n >= 0)
		run = span_make((const char *)composed, (size_t)n);
	while (run.len) {
		size_t used;
		int32_t cp = utf8_decode(run, &used);

		if (cp >= 0 && class_of(t, (uint32_t)cp) != CLASS_IGNORE)
			vec_push(out, char_hash(cp < 0x80 ? (uint32_t)cp | 0x20
							  : (uint32_t)utf8proc_tolower(cp)));
		run.p += used;
		run.len -= used;
	}
	free(composed);
}

void tokens_chars(hash_vec *out, const struct token_tables *t, struct span text, struct buf *scratch)
{
	size_t at = 0;

	(void)scratch;
	vec_clear(out);
	while (at < text.len) {
		size_t start = at, used = 1;
		bool compose = false;

		while (at < text.len) {
			int32_t cp = utf8_decode(span_make(text.p + at, text.len - at), &used);
			uint8_t class = cp < 0 ? CLASS_BREAK : class_of(t, (uint32_t)cp);

			if (class == CLASS_BREAK)
				break;
			compose |= (class & CLASS_COMPOSE) != 0;
			at += used;
		}
		if (at > start) {
			if (out->n)
				vec_push(out, char_hash(' '));
			put_chars(out, t, span_make(text.p + start, at - start), compose);
		}
		at += used;
	}
}
