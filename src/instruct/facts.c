/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts are read from both sides alike; those of `there` make sets of keys that the facts of `here` are looked up in. */
#include "instruct/facts.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/hash.h"
#include "base/map.h"
#include "base/utf8.h"

#define COPY_RUN 8u
#define TERMS_MOST 4000u /* terms of a side that are compared */

static const char *const kinds[FACT_KINDS] = { "number", "date", "name" };

const char *fact_kind_name(enum fact_kind k)
{
	return kinds[k];
}

/* Keys of one side. */
struct side {
	struct map64 numbers, dates, words;
	struct span text;
};

static char at(struct span t, size_t i)
{
	return i < t.len ? t.p[i] : '\0';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A Han character at byte i. */
static bool is_han(struct span t, size_t i)
{
	return i + 2 < t.len && (unsigned char)t.p[i] >= 0xe4 && (unsigned char)t.p[i] <= 0xe9 && ((unsigned char)t.p[i + 1] & 0xc0) == 0x80;
}

/* ---- numbers ---- */

/* A group of three digits after a space. */
static bool is_group(struct span t, size_t i)
{
	return at(t, i) == ' ' && is_digit(at(t, i + 1)) && is_digit(at(t, i + 2)) && is_digit(at(t, i + 3)) && !is_digit(at(t, i + 4));
}

/* Bytes of the number at `i`: digits, and single marks between digits; or groups of three after spaces. */
static size_t number_len(struct span t, size_t i)
{
	size_t n = 0;

	while (is_digit(at(t, i + n)) || (n && at(t, i + n) && strchr(".,'", at(t, i + n)) && is_digit(at(t, i + n + 1))))
		n++;
	if (n <= 3)
		while (is_group(t, i + n))
			n += 4;
	return n;
}

/* Its value as a text: no grouping, "." for the decimal sign, no zeros that say nothing; several points (a version) stay. */
static uint64_t number_key(struct span number)
{
	char text[64];
	size_t n = 0, points = 0, commas = 0, last = 0;
	bool fraction;

	for (size_t i = 0; i < number.len; i++) {
		points += number.p[i] == '.';
		commas += number.p[i] == ',';
		if (strchr(".,", number.p[i]))
			last = i;
	}
	/* "3,5" has a decimal comma; "1.260.000" points that group; "5.36.0" neither. */
	fraction = (points == 1 && (commas == 0 || number.p[last] == '.')) || (commas == 1 && points == 0 && number.len - last != 4);
	for (size_t i = 0; i < number.len && n < sizeof text - 1; i++) {
		char c = number.p[i];

		if (is_digit(c) ? n || c != '0' || !is_digit(at(number, i + 1)) : (fraction && i == last) || (c == '.' && points > 1 && number.len - last != 4))
			text[n++] = is_digit(c) ? c : '.';
	}
	while (fraction && n > 1 && text[n - 1] == '0')
		n--;
	n -= fraction && n > 1 && text[n - 1] == '.';
	return hash64(text, n, 11);
}

static const char *const small_numbers[] = { "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
					     "twelve" };
static const char *const small_han[] = { "零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十" };

static uint64_t small_key(size_t value)
{
	char text[8];
	int n = snprintf(text, sizeof text, "%zu", value);

	return number_key(span_make(text, (size_t)n));
}

/* ---- dates ---- */

struct date {
	unsigned year, month, day; /* 0: not said */
};

static unsigned month_of(struct span word)
{
	static const char *const months[] = { "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
					      "november", "december" };

	while (word.len && word.p[word.len - 1] == '.')
		word.len--;
	for (unsigned i = 0; word.len >= 3 && i < 12; i++)
		if (word.len <= strlen(months[i]) && (word.len == 3 || word.len == strlen(months[i]) || (word.len == 4 && i == 8)) &&
		    strncasecmp(word.p, months[i], word.len) == 0 && isupper((unsigned char)word.p[0]))
			return i + 1;
	return 0;
}

static size_t take_number(struct span t, size_t i, size_t least, size_t most, unsigned *value)
{
	size_t n = 0;

	*value = 0;
	while (n < most && is_digit(at(t, i + n)))
		*value = *value * 10 + (unsigned)(t.p[i + n++] - '0');
	return n >= least && !is_digit(at(t, i + n)) ? n : 0;
}

static size_t take_word(struct span t, size_t i)
{
	size_t n = 0;

	while (isalpha((unsigned char)at(t, i + n)))
		n++;
	return n;
}

static bool sound(const struct date *d)
{
	return d->year >= 1000 && d->year <= 2999 && d->month >= 1 && d->month <= 12 && d->day <= 31;
}

/* "2021-05-03", "2021/5/3", "2021年5月3日", "2021年5月" */
static size_t date_year_first(struct span t, size_t i, struct date *d)
{
	struct span rest;
	size_t n = take_number(t, i, 4, 4, &d->year), k;
	const char *mark;

	if (n == 0)
		return 0;
	rest = span_make(t.p + i + n, t.len - i - n);
	mark = span_starts(rest, "-") ? "-" : span_starts(rest, "/") ? "/" : span_starts(rest, "年") ? "年" : NULL;
	if (mark == NULL)
		return 0;
	n += strlen(mark);
	k = take_number(t, i + n, 1, 2, &d->month);
	if (k == 0)
		return 0;
	n += k;
	rest = span_make(t.p + i + n, t.len - i - n);
	if (strcmp(mark, "年") == 0) {
		if (!span_starts(rest, "月"))
			return 0;
		n += strlen("月");
		k = take_number(t, i + n, 1, 2, &d->day);
		return k && span_starts(span_make(t.p + i + n + k, t.len - i - n - k), "日") ? n + k + strlen("日") : (d->day = 0, n);
	}
	if (!span_starts(rest, mark))
		return 0;
	k = take_number(t, i + n + 1, 1, 2, &d->day);
	return k ? n + 1 + k : 0;
}

static size_t skip_spaces(struct span t, size_t i)
{
	while (at(t, i) == ' ' || at(t, i) == ',')
		i++;
	return i;
}

/* "3 May 2021", "3rd May, 2021" */
static size_t date_day_first(struct span t, size_t i, struct date *d)
{
	size_t k = i + take_number(t, i, 1, 2, &d->day), word;

	if (k == i)
		return 0;
	if (take_word(t, k) == 2)
		k += 2;
	k = skip_spaces(t, k);
	word = take_word(t, k);
	d->month = month_of(span_make(t.p + k, word));
	k = skip_spaces(t, k + word + (at(t, k + word) == '.'));
	word = take_number(t, k, 4, 4, &d->year);
	return d->month && word ? k + word - i : 0;
}

/* "May 3, 2021", "May 2021" */
static size_t date_month_first(struct span t, size_t i, struct date *d)
{
	size_t word = take_word(t, i), k, n;

	d->month = month_of(span_make(t.p + i, word));
	if (d->month == 0)
		return 0;
	k = skip_spaces(t, i + word + (at(t, i + word) == '.'));
	n = take_number(t, k, 4, 4, &d->year);
	if (n)
		return d->day = 0, k + n - i;
	n = take_number(t, k, 1, 2, &d->day);
	if (n == 0)
		return 0;
	k += n;
	if (take_word(t, k) == 2)
		k += 2;
	k = skip_spaces(t, k);
	n = take_number(t, k, 4, 4, &d->year);
	return n ? k + n - i : 0;
}

static size_t date_len(struct span t, size_t i, struct date *d)
{
	static size_t (*const forms[])(struct span, size_t, struct date *) = { date_year_first, date_day_first, date_month_first };

	for (size_t k = 0; k < sizeof forms / sizeof *forms; k++) {
		size_t n = (*d = (struct date){ 0 }, forms[k](t, i, d));

		if (n && sound(d))
			return n;
	}
	return 0;
}

static uint64_t date_key(const struct date *d)
{
	return hash_mix64((uint64_t)d->year * 10000 + d->month * 100 + d->day);
}

/* ---- names ---- */

static bool is_name_byte(char c)
{
	return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

/* Bytes of the word at `i`: letters, digits, underscores; no Han, no marks of other planes. */
static size_t word_len(struct span t, size_t i)
{
	size_t n = 0;

	while (is_name_byte(at(t, i + n)) && !is_han(t, i + n) && (unsigned char)at(t, i + n) != 0xe2 && (unsigned char)at(t, i + n) != 0xe3 &&
	       (unsigned char)at(t, i + n) != 0xef)
		n++;
	return n;
}

/* Capitals or digits inside: no word of the language. */
static bool is_coined(struct span word)
{
	bool lower = false, inner = false, digit = false, letter = false;

	for (size_t i = 0; i < word.len; i++) {
		lower |= islower((unsigned char)word.p[i]) != 0;
		inner |= i > 0 && isupper((unsigned char)word.p[i]);
		digit |= is_digit(word.p[i]);
		letter |= isalpha((unsigned char)word.p[i]) != 0;
	}
	return letter && word.len > 1 && (inner || digit || memchr(word.p, '_', word.len)) && (lower || digit || inner);
}

static bool is_capitalised(struct span word)
{
	return word.len > 1 && isupper((unsigned char)word.p[0]) && islower((unsigned char)word.p[1]);
}

/* Nothing but marks and spaces stands between a sentence's end (or an item's or a line's start) and here. */
static bool starts_sentence(struct span t, size_t i)
{
	while (i > 0 && strchr(" \t\"'(*`-#>", t.p[i - 1]))
		i--;
	return i == 0 || strchr(".!?:;\n", t.p[i - 1]) || !strncmp(t.p + (i >= 3 ? i - 3 : 0), "。", 3);
}

/* Bytes of the name at `i`, a run of words; 0 for none. */
static size_t name_len(struct span t, size_t i)
{
	size_t n = word_len(t, i), words = 1, end;
	struct span word = span_make(t.p + i, n);
	bool coined = is_coined(word), in_han = (i >= 3 && is_han(t, i - 3)) || is_han(t, i + n);

	if (n < 2 || (!coined && !is_capitalised(word) && !(in_han && isalpha((unsigned char)word.p[0]))))
		return 0;
	for (end = i + n; at(t, end) == ' ' && (n = word_len(t, end + 1)) >= 2 && is_capitalised(span_make(t.p + end + 1, n)); words++)
		end += 1 + n;
	return words > 1 || coined || in_han || !starts_sentence(t, i) ? end - i : 0;
}

static size_t title_len(struct span t, size_t i)
{
	const char *close;

	if (!span_starts(span_make(t.p + i, t.len - i), "《"))
		return 0;
	close = memmem(t.p + i, t.len - i < 120 ? t.len - i : 120, "》", strlen("》"));
	return close ? (size_t)(close - t.p) + strlen("》") - i : 0;
}

static uint64_t word_key(struct span word)
{
	char text[64];
	size_t n = word.len < sizeof text ? word.len : sizeof text;

	for (size_t i = 0; i < n; i++)
		text[i] = (char)tolower((unsigned char)word.p[i]);
	return hash64(text, n, 13);
}

/* ---- reading ---- */

/* A word or number of `n` bytes, else the character at `i`. */
static size_t piece_len(struct span t, size_t i, size_t n)
{
	if (n == 0)
		utf8_decode(span_make(t.p + i, t.len - i), &n);
	return n;
}

static void learn_date(struct side *s, const struct date *d)
{
	struct date less = *d;

	*map64_at(&s->dates, date_key(d), NULL) = 1;
	less.day = 0;
	*map64_at(&s->dates, date_key(&less), NULL) = 1;
	*map64_at(&s->numbers, small_key(d->year), NULL) = 1;
}

static void learn_word(struct side *s, struct span word)
{
	*map64_at(&s->words, word_key(word), NULL) = 1;
	if (word.len > 3 && span_ends(word, "s"))
		*map64_at(&s->words, word_key(span_make(word.p, word.len - 1)), NULL) = 1;
	for (size_t i = 0; i < sizeof small_numbers / sizeof *small_numbers; i++)
		if (word.len == strlen(small_numbers[i]) && strncasecmp(word.p, small_numbers[i], word.len) == 0)
			*map64_at(&s->numbers, small_key(i), NULL) = 1;
}

/* Words and numbers that begin in bytes [i, to), where facts of the other side begin as well. */
static void learn_pieces(struct side *s, struct span text, size_t i, size_t to)
{
	while (i < to) {
		size_t word = word_len(text, i), number = is_digit(text.p[i]) ? number_len(text, i) : 0;

		for (size_t k = 0; k < sizeof small_han / sizeof *small_han; k++)
			if (is_han(text, i) && memcmp(text.p + i, small_han[k], 3) == 0)
				*map64_at(&s->numbers, small_key(k), NULL) = 1;
		if (word)
			learn_word(s, span_make(text.p + i, word));
		if (number)
			*map64_at(&s->numbers, number_key(span_make(text.p + i, number)), NULL) = 1;
		i += piece_len(text, i, number > word ? number : word);
	}
}

static void learn(struct side *s, struct span text)
{
	size_t from = 0;

	s->text = text;
	for (size_t i = 0; i < text.len;) {
		struct date d;
		size_t n = date_len(text, i, &d), word = word_len(text, i), number = is_digit(text.p[i]) ? number_len(text, i) : 0;

		if (n == 0) {
			i += piece_len(text, i, number > word ? number : word);
			continue;
		}
		learn_date(s, &d);
		learn_pieces(s, text, from, i);
		learn_pieces(s, text, i, i + n);
		from = i += n;
	}
	learn_pieces(s, text, from, text.len);
}

static bool knows_words(const struct side *s, struct span name)
{
	for (size_t i = 0; i < name.len;) {
		size_t n = word_len(name, i);
		struct span word = span_make(name.p + i, n);

		if (n && !map64_find(&s->words, word_key(word)) &&
		    !(n > 3 && span_ends(word, "s") && map64_find(&s->words, word_key(span_make(word.p, n - 1)))))
			return false;
		i += n ? n : 1;
	}
	return true;
}

/* The fact that begins at `i` and whether the other side has it; 0 bytes for none. */
static size_t fact_at(struct span t, size_t i, const struct side *other, enum fact_kind *kind, bool *known)
{
	struct date d;
	size_t n = date_len(t, i, &d), word = word_len(t, i);

	*kind = FACT_DATE;
	if (n) {
		*known = map64_find(&other->dates, date_key(&d)) != NULL;
		return n;
	}
	n = is_digit(t.p[i]) ? number_len(t, i) : 0;
	*kind = FACT_NUMBER;
	if (n && (n >= word || (word - n == 2 && !is_digit(t.p[i + word - 1])))) {
		*known = map64_find(&other->numbers, number_key(span_make(t.p + i, n))) != NULL;
		return n > word ? n : word;
	}
	*kind = FACT_NAME;
	n = title_len(t, i);
	if (n) {
		*known = memmem(other->text.p, other->text.len, t.p + i, n) != NULL;
		return n;
	}
	n = name_len(t, i);
	*known = n && knows_words(other, span_make(t.p + i, n));
	return n;
}

void facts_only_here(struct fact_list *out, struct span here, struct span there)
{
	struct side other = { 0 };

	vec_clear(&out->facts);
	learn(&other, there);
	for (size_t i = 0; i < here.len;) {
		enum fact_kind kind;
		bool known = true;
		size_t n = fact_at(here, i, &other, &kind, &known), word = word_len(here, i);

		if (n && !known)
			vec_push(&out->facts, (struct fact){ i, n, kind });
		i += piece_len(here, i, n ? n : word);
	}
	map64_free(&other.numbers);
	map64_free(&other.dates);
	map64_free(&other.words);
}

/* ---- measures ---- */

static double lcs_recall(const struct term_list *a, const struct term_list *b)
{
	size_t na = a->terms.n < TERMS_MOST ? a->terms.n : TERMS_MOST, nb = b->terms.n < TERMS_MOST ? b->terms.n : TERMS_MOST;
	uint32_t *row = xcalloc(nb + 1, sizeof *row), common;

	for (size_t i = 0; i < na; i++) {
		uint32_t diagonal = 0;

		for (size_t k = 0; k < nb; k++) {
			uint32_t above = row[k + 1];

			if (a->terms.v[i].id == b->terms.v[k].id)
				row[k + 1] = diagonal + 1;
			else if (row[k] > above)
				row[k + 1] = row[k];
			diagonal = above;
		}
	}
	common = row[nb];
	free(row);
	return na ? (double)common / (double)na : 0;
}

static uint64_t run_key(const struct term_list *t, size_t i)
{
	uint64_t key = 0;

	for (size_t k = i; k < i + COPY_RUN; k++)
		key = hash_mix64(key ^ t->terms.v[k].id);
	return key;
}

static double copied_share(const struct term_list *original, const struct term_list *rewritten)
{
	struct map64 runs = { 0 };
	size_t covered = 0, until = 0;

	for (size_t i = 0; i + COPY_RUN <= original->terms.n; i++)
		*map64_at(&runs, run_key(original, i), NULL) = 1;
	for (size_t i = 0; i + COPY_RUN <= rewritten->terms.n; i++) {
		size_t from = i > until ? i : until;

		if (!map64_find(&runs, run_key(rewritten, i)))
			continue;
		covered += i + COPY_RUN - from;
		until = i + COPY_RUN;
	}
	map64_free(&runs);
	return rewritten->terms.n ? (double)covered / (double)rewritten->terms.n : 0;
}

void rewriting_compare(struct rewriting *out, struct term_reader *reader, struct span original, struct span rewritten)
{
	struct fact_list facts = { 0 };
	struct term_list a = { 0 }, b = { 0 };
	size_t chars = utf8_count(original);

	facts_only_here(&facts, rewritten, original);
	out->added = (unsigned)facts.facts.n;
	facts_only_here(&facts, original, rewritten);
	out->lost = (unsigned)facts.facts.n;
	terms_read(reader, &a, original);
	terms_read(reader, &b, rewritten);
	out->length = chars ? (double)utf8_count(rewritten) / (double)chars : 0;
	out->recall = lcs_recall(&a, &b);
	out->copied = copied_share(&a, &b);
	vec_free(&facts.facts);
	vec_free(&a.terms);
	vec_free(&b.terms);
}
