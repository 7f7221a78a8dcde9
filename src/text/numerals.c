/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Han numerals, scaled digits and phrases of number words; see numerals.h. */
#include "text/numerals.h"

#include <string.h>

#include "base/utf8.h"
#include "text/langid.h"

enum { DIGITS_MOST = 15, WORDS_MOST = 12, SIGNS_MOST = 64, BEFORE_MOST = 16 }; /* longer ones are no numbers, and take time */

static const uint64_t value_most = 1000000000000000;

/* ---- Han ---- */

static const char han_counters[] =
	"个個件本张張只隻条條位种種次章节節页頁行列年天周週秒人名台臺辆輛块塊元岁歲歳倍米卷部期段句字层層级級组組项項步颗顆枝枚座栋棟间間场場"
	"回口匹头頭艘份封篇首幅副双雙对對套批群队隊圈轮輪世届屆边邊侧側分小公度日号號时時点點円つ冊度番杯匹軒階目州";

static int32_t code_at(struct span s, size_t at, size_t *used)
{
	int32_t cp = -1;

	*used = 0;
	if (at < s.len)
		cp = utf8_decode(span_make(s.p + at, s.len - at), used);
	return cp;
}

static bool stands_in(const char *list, int32_t cp)
{
	struct span rest = span_of(list);
	size_t used;

	while (rest.len) {
		if (utf8_decode(rest, &used) == cp)
			return true;
		rest = span_make(rest.p + used, rest.len - used);
	}
	return false;
}

static int han_digit(int32_t cp)
{
	static const int32_t digits[] = { 0x3007, 0x4E00, 0x4E8C, 0x4E09, 0x56DB, 0x4E94, 0x516D, 0x4E03, 0x516B, 0x4E5D };

	for (int i = 0; i < 10; i++)
		if (cp == digits[i])
			return i;
	return cp == 0x96F6 ? 0 : cp == 0x4E24 || cp == 0x5169 ? 2 : -1;
}

static uint64_t han_unit(int32_t cp)
{
	switch (cp) {
	case 0x5341: return 10;
	case 0x767E: return 100;
	case 0x5343: return 1000;
	case 0x4E07: case 0x842C: return 10000;
	case 0x4EBF: case 0x5104: return 100000000;
	case 0x5146: return 1000000000000;
	default: return 0;
	}
}

static int plain_digit(int32_t cp)
{
	return cp >= '0' && cp <= '9' ? cp - '0' : cp >= 0xFF10 && cp <= 0xFF19 ? cp - 0xFF10 : -1;
}

/* A number on its way: 三億五千万 is total 3e8, section 5000 when 万 comes. */
struct counting {
	uint64_t total, section, digits; /* digits: those read since the last unit */
	uint64_t fraction;        /* what `digits` is to be divided by */
	size_t end, signs, units, plain, since; /* bytes; signs of each kind, digits since the last unit */
	uint64_t first_unit;      /* that it begins with; 0: it begins with a digit */
};

static bool count_unit(struct counting *c, uint64_t unit)
{
	uint64_t times = c->since ? c->digits : c->section || c->total ? 0 : 1;

	if (unit >= 10000) {
		uint64_t part;

		if (__builtin_mul_overflow(c->section, c->fraction, &part) || __builtin_add_overflow(part, c->since ? c->digits : 0, &part) ||
		    !part || part / c->fraction > value_most / unit || __builtin_mul_overflow(part, unit, &part))
			return false;
		c->total += part / c->fraction;
		c->section = 0;
	} else {
		c->section += (c->since ? c->digits : times) * unit / c->fraction;
	}
	c->digits = c->since = 0;
	c->fraction = 1;
	c->units++;
	return c->total < value_most && c->section < value_most;
}

/* "1,000" and "1.5": a separator before three digits parts thousands. */
static bool separates(struct span s, size_t at, bool *decimal)
{
	size_t n = 0;

	if (at >= s.len || (s.p[at] != '.' && s.p[at] != ',') || at + 1 >= s.len || plain_digit(s.p[at + 1]) < 0)
		return false;
	while (at + 1 + n < s.len && plain_digit(s.p[at + 1 + n]) >= 0)
		n++;
	*decimal = n != 3;
	return true;
}

static void count_signs(struct counting *c, struct span s, size_t at)
{
	bool decimal = false;

	*c = (struct counting){ .fraction = 1, .end = at };
	for (;;) {
		size_t used;
		int32_t cp = code_at(s, at, &used);
		int plain = plain_digit(cp), digit = plain >= 0 ? plain : han_digit(cp);
		uint64_t unit = han_unit(cp);

		if (c->signs == SIGNS_MOST)
			return;
		if (used && digit >= 0 && c->since < DIGITS_MOST && (c->since == 0 || (plain >= 0) == (c->plain > 0))) {
			c->digits = c->digits * 10 + (uint64_t)digit;
			c->fraction *= decimal ? 10 : 1;
			c->since++;
			c->plain += plain >= 0;
		} else if (used && unit && count_unit(c, unit)) {
			c->first_unit = c->signs ? c->first_unit : unit;
			decimal = false;
			c->plain = 0;
		} else if (c->since && c->plain && !decimal && separates(s, at, &decimal)) {
			at++;
			continue;
		} else {
			return;
		}
		c->signs++;
		c->end = at += used;
	}
}

static uint64_t counted(const struct counting *c)
{
	return c->total + c->section + c->digits / c->fraction;
}

/* Alone, one Han digit is a number before a counter, and 一 not even there. */
static bool is_number(const struct counting *c, uint64_t value, int32_t next, uint8_t lang)
{
	bool japanese = !strcmp(lang_code(lang), "ja");

	if (c->first_unit > (japanese ? 1000 : 10)) /* 千万 is by all means */
		return false;
	if (c->first_unit && c->signs == 1)
		return stands_in(han_counters, next) && (c->first_unit > 10 || next != 0x5206); /* 十分 is very */
	if (c->units)
		return value > 1;
	if (c->signs >= 3)
		return true;
	if (c->signs == 2)
		return next == 0x5E74;
	return value > 1 && stands_in(han_counters, next);
}

static bool starts_at(struct span s, size_t at, const char *sign)
{
	return at <= s.len && span_starts(span_make(s.p + at, s.len - at), sign);
}

/* "1.5 million": digits before a word for thousands or more. */
static bool scale(struct numeral *out, const struct counting *c, struct span s, size_t at, uint8_t lang)
{
	struct numeral n;

	if (c->end + 1 >= s.len || s.p[c->end] != ' ' || !numeral_in_words(&n, s, c->end + 1, lang) || n.month || n.value % 1000 ||
	    c->digits > value_most / n.value)
		return false;
	*out = (struct numeral){ c->end + 1 + n.len - at, c->digits * n.value / c->fraction, false };
	return true;
}

bool numeral_in_signs(struct numeral *out, struct span s, size_t at, uint8_t lang)
{
	bool ordinal = starts_at(s, at, "第"), percent = starts_at(s, at, "百分之");
	struct counting c;
	size_t used, begin = at + (ordinal ? strlen("第") : percent ? strlen("百分之") : 0);
	int32_t next;
	uint64_t value;

	count_signs(&c, s, begin);
	if (!c.signs)
		return false;
	value = counted(&c);
	next = code_at(s, c.end, &used);
	*out = (struct numeral){ c.end - at, value, next == 0x6708 && value >= 1 && value <= 12 && !ordinal && !percent };
	if (out->month) {
		out->len += used;
		return true;
	}
	if (ordinal || percent)
		return true;
	if (plain_digit(code_at(s, at, &used)) >= 0)
		return c.units > 0 || scale(out, &c, s, at, lang);
	return is_number(&c, value, next, lang);
}

/* ---- words ---- */

static bool letter_of_word(int32_t cp)
{
	return cp >= 0x80 ? cp != 0xA0 && (cp < 0x2000 || cp > 0x206F) && cp < 0x2E80 && cp != 0xAB && cp != 0xBB
			  : (cp | 0x20) >= 'a' && (cp | 0x20) <= 'z';
}

static size_t word_end(struct span s, size_t at)
{
	size_t used;

	while (at < s.len && letter_of_word(code_at(s, at, &used)))
		at += used;
	return at;
}

static bool inside_word(struct span s, size_t at)
{
	size_t used, before = at ? utf8_floor(s, at - 1) : 0;

	return at && letter_of_word(code_at(s, before, &used));
}

bool numeral_word(struct span word, uint8_t lang)
{
	return numeral_of_word(word, lang).value > 0;
}

/* The word before `at`, on the same line of thought: nothing but a space between. */
static struct span word_before(struct span s, size_t at)
{
	size_t end = at && s.p[at - 1] == ' ' ? at - 1 : at, begin = end;

	while (begin && end - begin < BEFORE_MOST && (s.p[begin - 1] & 0x80 || ((s.p[begin - 1] | 0x20) >= 'a' && (s.p[begin - 1] | 0x20) <= 'z') ||
			 (s.p[begin - 1] >= '0' && s.p[begin - 1] <= '9')))
		begin--;
	return span_make(s.p + begin, end - begin);
}

static bool digit_next(struct span s, size_t at)
{
	return at + 1 < s.len && s.p[at] == ' ' && s.p[at + 1] >= '0' && s.p[at + 1] <= '9';
}

/* A second is a time after "a", "per" and numbers; May and March are months when written large, not where everything is. */
static bool means_it(struct span s, size_t at, size_t end, const struct numeral_value *v)
{
	static const char *const units[] = { "a", "per", "each", "every", "one", "half", "split", "un", "une", "por", "cada", "par", "chaque" };
	struct span word = span_make(s.p + at, end - at), before = word_before(s, at);
	bool large = word.p[0] >= 'A' && word.p[0] <= 'Z';

	if (v->kind == NUMERAL_MONTH)
		return (!span_is(word, "May") && !span_is(word, "March") && !span_is(word, "may") && !span_is(word, "march")) ||
		       (large && (at > 0 || digit_next(s, end)));
	if (v->kind != NUMERAL_ORDINAL || v->value != 2)
		return true;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (span_is(before, units[i]))
			return false;
	return !before.len || before.p[before.len - 1] < '0' || before.p[before.len - 1] > '9';
}

/* A phrase on its way: the thousands done, and what is below. */
struct phrase {
	uint64_t total, below, last;
	size_t words;
	bool ended;               /* by an ordinal */
};

/* False when the word does not go on with the number. */
static bool take_word(struct phrase *p, const struct numeral_value *v, bool french)
{
	uint64_t low = p->below % 100;

	if (p->ended || v->kind == NUMERAL_MONTH)
		return false;
	if (v->value == 12 && p->words && p->below && p->below < 12 && p->total == 0) {
		p->below *= 12; /* two dozen */
	} else if (v->value >= 1000) {
		if (p->last && v->value >= p->last)
			return false;
		p->total += (p->below ? p->below : 1) * v->value;
		p->below = 0;
		p->last = v->value;
	} else if (v->value >= 100) {
		if (p->below >= (v->value == 100 ? 10u : 1u))
			return false;
		p->below = v->value == 100 ? (p->below ? p->below : 1) * 100 : v->value;
	} else if (french && v->value == 20 && low == 4) {
		p->below += 76;
	} else if (low == 0 || (low >= 20 && low % 10 == 0 && v->value < 10) || (french && (low == 60 || low == 80) && v->value < 20)) {
		p->below += v->value;
	} else {
		return false;
	}
	p->ended = v->kind == NUMERAL_ORDINAL;
	p->words++;
	return p->total < value_most;
}

/* Over one space, hyphen or "and" to the next word; the same place when there is none. */
static size_t next_word(struct span s, size_t at, const struct phrase *p)
{
	static const char *const joints[] = { "and ", "et ", "y ", "und " };
	bool whole = p->below % 100 == 0, tens = p->below % 100 >= 20 && p->below % 10 == 0;
	size_t to = at + 1;

	if (at >= s.len || (s.p[at] != ' ' && s.p[at] != '-'))
		return at;
	for (size_t i = 0; i < sizeof joints / sizeof *joints; i++)
		if (starts_at(s, to, joints[i]) && (i ? tens : whole) && s.p[at] == ' ')
			return to + strlen(joints[i]);
	return to;
}

bool numeral_in_words(struct numeral *out, struct span s, size_t at, uint8_t lang)
{
	struct phrase p = { 0 };
	bool french = !strcmp(lang_code(lang), "fr");
	size_t done = at, from = at;
	struct numeral_value first = { 0 };

	if (inside_word(s, at))
		return false;
	while (p.words < WORDS_MOST) {
		size_t end = word_end(s, from);
		struct numeral_value v = end > from ? numeral_of_word(span_make(s.p + from, end - from), lang) : (struct numeral_value){ 0 };

		if (!v.value || (end < s.len && s.p[end] >= '0' && s.p[end] <= '9'))
			break;
		if (!p.words && v.kind == NUMERAL_MONTH) {
			*out = (struct numeral){ end - at, v.value, true };
			return means_it(s, from, end, &v);
		}
		if ((!p.words && !means_it(s, from, end, &v)) || !take_word(&p, &v, french))
			break;
		first = p.words == 1 ? v : first;
		done = end;
		from = next_word(s, end, &p);
		if (from == end)
			break;
	}
	*out = (struct numeral){ done - at, p.total + p.below, false };
	return p.words > 1 || (p.words == 1 && (first.kind == NUMERAL_ORDINAL || first.value > 1));
}
