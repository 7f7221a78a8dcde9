/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sentences into comparable words; see tokens.h.
 */
#include "bitext/tokens.h"

#include <libstemmer.h>
#include <utf8proc.h>

#include "base/utf8.h"
#include "bitext/names.h"
#include "text/langid.h"
#include "text/numerals.h"

enum { HEADWORD_MAX = 8, HIRAGANA_MIN = 3, WORD_BYTES_MAX = 200 };

enum letter { LETTER_NONE, LETTER_WORD, LETTER_DIGIT, LETTER_HAN, LETTER_KATAKANA, LETTER_HIRAGANA };

/* What a word is compared by, once it was met. */
struct known_word {
	struct span form;
	bool number;              /* it may begin a number */
};

struct tokenizer {
	uint8_t lang;
	struct sb_stemmer *stemmer; /* NULL: Snowball has none for the language */
	struct sb_stemmer *english; /* for the ASCII words of languages in other scripts, else NULL */
	const struct mapstr *headwords;
	bool han_names;             /* runs of characters that spell names are words */
	struct mapstr forms;        /* raw word -> 1 + index in `known` */
	VEC(struct known_word) known;
	struct arena text;
};

/* What Snowball calls the languages it stems. */
static const struct {
	char code[4];
	const char *algorithm;
} stemmers[] = {
	{ "ar", "arabic" },     { "hy", "armenian" }, { "eu", "basque" },     { "ca", "catalan" },   { "da", "danish" },
	{ "nl", "dutch" },      { "en", "english" },  { "fi", "finnish" },    { "fr", "french" },    { "de", "german" },
	{ "el", "greek" },      { "hi", "hindi" },    { "hu", "hungarian" },  { "id", "indonesian" }, { "ga", "irish" },
	{ "it", "italian" },    { "lt", "lithuanian" }, { "ne", "nepali" },   { "nb", "norwegian" }, { "nn", "norwegian" },
	{ "pt", "portuguese" }, { "ro", "romanian" }, { "ru", "russian" },    { "sr", "serbian" },   { "es", "spanish" },
	{ "sv", "swedish" },    { "ta", "tamil" },    { "tr", "turkish" },    { "yi", "yiddish" },
};

struct tokenizer *tokenizer_new(uint8_t lang, const struct mapstr *headwords)
{
	struct tokenizer *t = xcalloc(1, sizeof *t);

	t->lang = lang;
	t->headwords = headwords;
	t->han_names = !strcmp(lang_code(lang), "zh");
	for (size_t i = 0; i < sizeof stemmers / sizeof *stemmers; i++)
		if (!strcmp(stemmers[i].code, lang_code(lang)))
			t->stemmer = sb_stemmer_new(stemmers[i].algorithm, "UTF_8");
	if (strstr(" ar be bg bn el fa he hi hy ja ka kk ko mk mr ne ru sr ta th uk ur yi zh ", lang_code(lang)))
		t->english = sb_stemmer_new("english", "UTF_8");
	return t;
}

void tokenizer_free(struct tokenizer *t)
{
	if (!t)
		return;
	if (t->stemmer)
		sb_stemmer_delete(t->stemmer);
	if (t->english)
		sb_stemmer_delete(t->english);
	mapstr_free(&t->forms);
	vec_free(&t->known);
	arena_free(&t->text);
	free(t);
}

void token_list_free(struct token_list *l)
{
	vec_free(&l->tokens);
	buf_free(&l->forms);
}

static enum letter letter_of(int32_t cp)
{
	if (cp < 0x80) {
		if (cp >= '0' && cp <= '9')
			return LETTER_DIGIT;
		return (cp | 0x20) >= 'a' && (cp | 0x20) <= 'z' ? LETTER_WORD : LETTER_NONE;
	}
	if ((cp >= 0x3400 && cp <= 0x9FFF) || (cp >= 0xF900 && cp <= 0xFAFF) || cp >= 0x20000 || cp == 0x3005)
		return LETTER_HAN;
	if (cp >= 0x3041 && cp <= 0x309F)
		return LETTER_HIRAGANA;
	if ((cp >= 0x30A1 && cp <= 0x30FF && cp != 0x30FB) || (cp >= 0xFF66 && cp <= 0xFF9F))
		return LETTER_KATAKANA;
	switch (utf8proc_category(cp)) {
	case UTF8PROC_CATEGORY_ND:
		return LETTER_DIGIT;
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_MC:
		return LETTER_WORD;
	default:
		return LETTER_NONE;
	}
}

/* The next code point at `at`; malformed bytes are no letters. */
static enum letter letter_at(struct span s, size_t at, size_t *used)
{
	int32_t cp;

	if (at >= s.len) {
		*used = 0;
		return LETTER_NONE;
	}
	cp = utf8_decode(span_make(s.p + at, s.len - at), used);
	return cp < 0 ? LETTER_NONE : letter_of(cp);
}

/* Lower case, NFKC, stem; an empty span when nothing is left of it or it is one letter. */
static struct span make_form(struct tokenizer *t, struct span word)
{
	utf8proc_uint8_t *folded = NULL;
	struct span form = { NULL, 0 };
	utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)word.p, (utf8proc_ssize_t)word.len, &folded,
					  UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD);

	if (n > 0) {
		form = span_make((const char *)folded, (size_t)n);
		struct sb_stemmer *stemmer = t->english && folded[0] < 0x80 ? t->english : t->stemmer;

		if (stemmer) {
			const sb_symbol *stem = sb_stemmer_stem(stemmer, folded, (int)n);

			form = span_make((const char *)stem, (size_t)sb_stemmer_length(stemmer));
		}
		form = utf8_count(form) < 2 ? (struct span){ NULL, 0 } : arena_span(&t->text, form);
	}
	free(folded);
	return form;
}

static void put(struct token_list *out, size_t at, size_t len, struct span form)
{
	if (form.len)
		vec_push(&out->tokens, (struct token){ (uint32_t)at, (uint32_t)len, form });
}

/* "#320", and "#m5" for May. */
static void put_value(struct token_list *out, size_t at, const struct numeral *n)
{
	size_t from = out->forms.len;

	buf_addf(&out->forms, n->month ? "#m%llu" : "#%llu", (unsigned long long)n->value);
	put(out, at, n->len, span_make(out->forms.p + from, out->forms.len - from));
}

/* Returns where the word, or the number that begins with it, ends. */
static size_t put_word(struct tokenizer *t, struct token_list *out, struct span s, size_t at, size_t len)
{
	bool made;
	struct numeral numeral;
	struct span word = span_make(s.p + at, len < WORD_BYTES_MAX ? len : utf8_floor(s, at + WORD_BYTES_MAX) - at);
	uint64_t *slot = mapstr_at(&t->forms, word, &made);

	if (made) {
		*slot = t->known.n;
		vec_push(&t->known, (struct known_word){ make_form(t, word), numeral_word(word, t->lang) });
	}
	if (t->known.v[*slot].number && numeral_in_words(&numeral, s, at, t->lang)) {
		put_value(out, at, &numeral);
		return at + numeral.len;
	}
	put(out, at, len, t->known.v[*slot].form);
	return at + len;
}

/* "#" and the digits; `forms` was reserved, so earlier spans stay valid. */
static void put_number(struct token_list *out, struct span s, size_t at, size_t len)
{
	size_t from = out->forms.len, used;

	buf_addc(&out->forms, '#');
	for (size_t i = at; i < at + len; i += used) {
		int32_t cp = utf8_decode(span_make(s.p + i, at + len - i), &used);

		if (cp >= '0' && cp <= '9')
			buf_addc(&out->forms, (char)cp);
		else if (cp >= 0xFF10 && cp <= 0xFF19)
			buf_addc(&out->forms, (char)('0' + cp - 0xFF10));
	}
	if (out->forms.len == from + 1)
		buf_truncate(&out->forms, from);
	else
		put(out, at, len, span_make(out->forms.p + from, out->forms.len - from));
}

/* The end of a run of one kind of letter; words may hold digits after their first letter. */
static size_t run_end(struct span s, size_t at, enum letter kind)
{
	size_t used;

	for (;;) {
		enum letter l = letter_at(s, at, &used);

		if (!used || (l != kind && !(kind == LETTER_WORD && l == LETTER_DIGIT)))
			return at;
		at += used;
	}
}

/* A number goes on over one separator that a digit follows. */
static size_t number_end(struct span s, size_t at)
{
	for (;;) {
		size_t used;

		at = run_end(s, at, LETTER_DIGIT);
		if (at + 1 >= s.len || !strchr(".,:", s.p[at]) || letter_at(s, at + 1, &used) != LETTER_DIGIT)
			return at;
		at++;
	}
}

static bool is_headword(const struct tokenizer *t, struct span s, size_t at, size_t end)
{
	return t->headwords && mapstr_find(t->headwords, span_make(s.p + at, end - at));
}

/* How many of the characters between `ends` spell a name: a run of three, or of two that is no headword. */
static size_t name_length(const struct tokenizer *t, struct span s, const size_t *ends, size_t n)
{
	size_t length = 0;

	if (!t->han_names)
		return 0;
	while (length < n) {
		size_t used;

		if (!name_letter(utf8_decode(span_make(s.p + ends[length], s.len - ends[length]), &used)))
			break;
		length++;
	}
	return length > 1 ? length : 0;
}

/* A number that no longer headword (a triangle, 三角形) holds, unless that is the number and what it counts. */
static bool put_han_number(const struct tokenizer *t, struct token_list *out, struct span s, size_t at, size_t headword_end,
			   size_t *end)
{
	struct numeral numeral;
	size_t used = 0;

	if (!numeral_in_signs(&numeral, s, at, t->lang))
		return false;
	letter_at(s, at + numeral.len, &used);
	if (at + numeral.len + used < headword_end)
		return false;
	put_value(out, at, &numeral);
	*end = at + numeral.len;
	return true;
}

/* Longest headwords first, then names, single Han characters where there is neither.  Returns where it ended: past `end` when a number
 * goes on in digits. */
static size_t cut_ideographs(struct tokenizer *t, struct token_list *out, struct span s, size_t at, size_t end,
			   enum letter kind)
{
	size_t least = kind == LETTER_HAN ? 1 : HIRAGANA_MIN;

	while (at < end) {
		size_t ends[HEADWORD_MAX + 1] = { at };
		size_t n = 0, take;

		while (n < HEADWORD_MAX && ends[n] < end) {
			size_t used;

			letter_at(s, ends[n], &used);
			ends[n + 1] = ends[n] + used;
			n++;
		}
		for (take = n; take >= least && !is_headword(t, s, at, ends[take]); take--)
			;
		bool known = take >= least;

		if (kind == LETTER_HAN && put_han_number(t, out, s, at, known ? ends[take] : at, &at))
			continue;
		size_t name = kind == LETTER_HAN && (!known || take <= 2) ? name_length(t, s, ends, n) : 0;

		if (name > (known && take == 2 ? 2 : 1)) {
			take = name;
			known = true;
		}
		if (!known)
			take = 1;
		if (known || kind == LETTER_HAN)
			put(out, at, ends[take] - at, span_make(s.p + at, ends[take] - at));
		at = ends[take];
	}
	return at;
}

void tokens_cut(struct tokenizer *t, struct token_list *out, struct span s)
{
	size_t at = 0;

	vec_clear(&out->tokens);
	buf_clear(&out->forms);
	buf_reserve(&out->forms, 8 * s.len + 64); /* longer than numbers written out: forms must not move */
	if (s.len > UINT32_MAX)
		s.len = UINT32_MAX;
	while (at < s.len) {
		size_t used, end;
		enum letter kind = letter_at(s, at, &used);

		if (kind == LETTER_NONE) {
			at += used;
			continue;
		}
		struct numeral numeral;

		end = kind == LETTER_DIGIT ? number_end(s, at) : run_end(s, at, kind);
		if (kind == LETTER_DIGIT && numeral_in_signs(&numeral, s, at, t->lang)) {
			put_value(out, at, &numeral);
			end = at + numeral.len;
		} else if (kind == LETTER_DIGIT) {
			put_number(out, s, at, end - at);
		} else if (kind == LETTER_WORD || kind == LETTER_KATAKANA) {
			end = put_word(t, out, s, at, end - at);
		} else {
			end = cut_ideographs(t, out, s, at, end, kind);
		}
		at = end;
	}
}

void headwords_add(struct mapstr *headwords, struct span phrase)
{
	size_t at = 0;

	while (at < phrase.len) {
		size_t used, end;
		enum letter kind = letter_at(phrase, at, &used);

		if (kind != LETTER_HAN && kind != LETTER_HIRAGANA) {
			at += used;
			continue;
		}
		end = run_end(phrase, at, kind);
		bool made;

		*mapstr_at(headwords, span_make(phrase.p + at, end - at), &made) = 1;
		at = end;
	}
}
