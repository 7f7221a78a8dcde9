/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Postal addresses, and names beside them.
 *
 * An address is found from its end: a postcode with its town (or state), and, not far before it, a street with a house number in the
 * way of one of the languages below.  A street alone is none, a postcode alone is any number.  What belongs to an organisation, which
 * says so right before it, is nobody's in particular.  In Chinese the number of a house is the end, and a road and a
 * region stand before it; in Japanese the sign of the postcode is enough. */
#include "text/personal_inside.h"

#include <ctype.h>
#include <stdint.h>
#include <strings.h>

#define BACK 90u       /* bytes from a postcode back to the beginning of its street */
#define OWNER_BACK 160u /* bytes before a street in which its owner is looked for */
#define WORDS 24u

struct word {
	size_t at, len;
};

struct words {
	struct word v[WORDS];
	size_t n;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return isalpha((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* An ASCII capital, or one of those of Latin-1. */
static bool is_capital(struct span t, size_t i)
{
	if (i >= t.len)
		return false;
	if (isupper((unsigned char)t.p[i]))
		return true;
	return (unsigned char)t.p[i] == 0xc3 && i + 1 < t.len && (unsigned char)t.p[i + 1] >= 0x80 && (unsigned char)t.p[i + 1] <= 0x9e;
}

static bool is_any(struct span word, const char *const *list)
{
	for (; *list; list++)
		if (word.len == strlen(*list) && strncasecmp(word.p, *list, word.len) == 0)
			return true;
	return false;
}

static struct span bare(struct span t, struct word w)
{
	while (w.len && strchr(".,;:()", t.p[w.at + w.len - 1]))
		w.len--;
	return span_make(t.p + w.at, w.len);
}

/* The last WORDS words of [from, to). */
static void read_words(struct words *out, struct span t, size_t from, size_t to)
{
	out->n = 0;
	for (size_t i = from; i < to;) {
		size_t at = i;

		while (i < to && (unsigned char)t.p[i] > ' ')
			i++;
		if (i > at) {
			if (out->n == WORDS)
				memmove(out->v, out->v + 1, (--out->n) * sizeof *out->v);
			out->v[out->n++] = (struct word){ at, i - at };
		}
		i += i == at;
	}
}

/* Four digits that are sooner a year than a house or a postcode. */
static bool is_year(const char *digits)
{
	return memcmp(digits, "19", 2) == 0 || memcmp(digits, "20", 2) == 0;
}

/* "12", "12a", "12-14", "12," */
static bool is_house(struct span t, struct word w)
{
	size_t n = 0;

	while (n < w.len && is_digit(t.p[w.at + n]))
		n++;
	if (n == 0 || n > 5 || (n == 4 && is_year(t.p + w.at)))
		return false;
	for (; n < w.len; n++)
		if (!is_digit(t.p[w.at + n]) && !strchr("abcdABCD-/,.", t.p[w.at + n]))
			return false;
	return true;
}

/* ---- streets ---- */

/* "123 North Main Street" */
static bool english_street(struct span t, const struct words *w, size_t i, size_t *begin)
{
	static const char *const kinds[] = { "street", "st", "avenue", "ave", "road", "rd", "boulevard", "blvd", "lane", "ln", "drive", "dr",
					     "court", "ct", "place", "pl", "square", "sq", "terrace", "way", "highway", "hwy", "parkway", "pkwy",
					     "close", "crescent", "gardens", NULL };

	if (!is_any(bare(t, w->v[i]), kinds) || !is_capital(t, w->v[i].at))
		return false;
	for (size_t k = i; k-- > 0 && i - k <= 5;) {
		if (is_house(t, w->v[k]) && i - k >= 2) {
			*begin = w->v[k].at;
			return true;
		}
		if (!is_capital(t, w->v[k].at) && !is_digit(t.p[w->v[k].at]))
			return false;
	}
	return false;
}

/* "Hauptstraße 12", "Am Weg 3", "Kerkstraat 5" */
static bool joined_street(struct span t, const struct words *w, size_t i, size_t *begin)
{
	static const char *const ends[] = { "straße", "strasse", "str.", "weg", "gasse", "platz", "allee", "ring", "damm", "ufer", "straat",
					    "laan", "plein", "gatan", "vägen", "vej", "gade", NULL };
	struct span word = span_make(t.p + w->v[i].at, w->v[i].len);

	if (i + 1 >= w->n || !is_house(t, w->v[i + 1]) || !is_capital(t, w->v[i].at))
		return false;
	for (const char *const *end = ends; *end; end++) {
		size_t n = strlen(*end);

		if (word.len >= n && strncasecmp(word.p + word.len - n, *end, n) == 0) {
			*begin = w->v[i].at;
			return true;
		}
	}
	return false;
}

/* "12, rue de la Paix", "12 bis avenue Foch"; "Calle Mayor 12", "Via Roma, 5", "Rua Augusta 100" */
static bool latin_street(struct span t, const struct words *w, size_t i, size_t *begin)
{
	static const char *const behind[] = { "rue", "avenue", "boulevard", "allée", "chemin", "impasse", "quai", "cours", "place", NULL };
	static const char *const before[] = { "calle", "c/", "via", "viale", "piazza", "corso", "plaza", "avenida", "rua", "paseo", NULL };
	struct span word = bare(t, w->v[i]);

	if (is_any(word, behind) && i > 0) {
		size_t house = i - 1 - (i > 1 && !is_house(t, w->v[i - 1]));

		*begin = w->v[house].at;
		return is_house(t, w->v[house]);
	}
	if (!is_any(word, before))
		return false;
	*begin = w->v[i].at;
	for (size_t k = i + 2; k < w->n && k <= i + 5; k++)
		if (is_house(t, w->v[k]))
			return is_capital(t, w->v[i + 1].at) || islower((unsigned char)t.p[w->v[i + 1].at]);
	return false;
}

/* "P.O. Box 123" */
static bool post_box(struct span t, const struct words *w, size_t i, size_t *begin)
{
	static const char *const boxes[] = { "box", "postfach", "postbus", NULL };
	bool alone = (t.p[w->v[i].at] | 0x20) == 'p';

	if (!is_any(bare(t, w->v[i]), boxes) || i + 1 >= w->n || !is_house(t, w->v[i + 1]) || (!alone && i == 0))
		return false;
	*begin = w->v[alone ? i : i - 1].at;
	return alone || (t.p[*begin] | 0x20) == 'p';
}

/* The beginning of a street in [from, to), the last there is; SIZE_MAX for none. */
static size_t find_street(struct span t, size_t from, size_t to)
{
	static bool (*const kinds[])(struct span, const struct words *, size_t, size_t *) = { english_street, joined_street, latin_street,
											      post_box };
	struct words w;
	size_t begin = SIZE_MAX;

	read_words(&w, t, from, to);
	for (size_t i = w.n; i-- > 0;)
		for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
			if (kinds[k](t, &w, i, &begin))
				return begin;
	return SIZE_MAX;
}

/* ---- ends ---- */

static size_t digits_from(struct span t, size_t i)
{
	size_t n = 0;

	while (i + n < t.len && is_digit(t.p[i + n]))
		n++;
	return n;
}

/* "MA 02110", "MA 02110-1301": the number begins at `i`; returns the end, 0 for none. */
static size_t american_end(struct span t, size_t i)
{
	static const char states[] = "AL AK AZ AR CA CO CT DC DE FL GA HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS MT NC ND NE NH NJ NM NV NY "
				     "OH OK OR PA PR RI SC SD TN TX UT VA VT WA WI WV WY ";
	size_t end = i + 5;

	if (digits_from(t, i) != 5 || i < 4 || t.p[i - 1] != ' ' || !isupper((unsigned char)t.p[i - 2]) || !isupper((unsigned char)t.p[i - 3]) ||
	    is_letter(t.p[i - 4]))
		return 0;
	for (const char *s = states; *s; s += 3)
		if (s[0] == t.p[i - 3] && s[1] == t.p[i - 2])
			return end + 5 <= t.len && t.p[end] == '-' && digits_from(t, end + 1) == 4 ? end + 5 : end;
	return 0;
}

/* "10115 Berlin", "75002 Paris", "1010 Wien" */
static size_t european_end(struct span t, size_t i)
{
	size_t n = digits_from(t, i), end = i + n + 1;

	if ((n != 5 && (n != 4 || is_year(t.p + i))) || end >= t.len || t.p[i + n] != ' ' || !is_capital(t, end))
		return 0;
	while (end < t.len && (is_letter(t.p[end]) || (t.p[end] == '-' && end + 1 < t.len && is_letter(t.p[end + 1]))))
		end++;
	return end >= i + n + 4 ? end : 0;
}

/* "SW1A 2AA", "M1 4BT": the digit behind its space is at `i`. */
static size_t british_end(struct span t, size_t i)
{
	size_t from = i - 1, digits = 0;

	if (i < 3 || t.p[i - 1] != ' ' || i + 3 > t.len || !isupper((unsigned char)t.p[i + 1]) || !isupper((unsigned char)t.p[i + 2]) ||
	    (i + 3 < t.len && isalnum((unsigned char)t.p[i + 3])))
		return 0;
	while (from > 0 && i - from < 6 && (is_digit(t.p[from - 1]) || isupper((unsigned char)t.p[from - 1]))) {
		from--;
		digits += is_digit(t.p[from]);
	}
	return i - 1 - from >= 2 && i - 1 - from <= 4 && digits >= 1 && digits <= 2 && isupper((unsigned char)t.p[from]) ? i + 3 : 0;
}

static const char *last_of(struct span t, const char *what)
{
	size_t n = strlen(what);

	for (size_t i = t.len; i >= n && n; i--)
		if (memcmp(t.p + i - n, what, n) == 0)
			return t.p + i - n;
	return NULL;
}

/* "北京市海淀区中关村大街27号": ends behind the sign of the number, which is at `i`. */
static bool chinese_address(struct span t, size_t i, size_t *begin)
{
	static const char *const roads[] = { "路", "街", "道", "巷", "弄", "胡同", NULL };
	static const char *const regions[] = { "省", "市", "区", "县", NULL };
	static const char *const stops[] = { "。", "，", "：", "；", "、", "\n", " ", ":", ",", NULL };
	size_t road = i, from;
	const char *found = NULL;
	struct span before;

	while (road > 0 && (is_digit(t.p[road - 1]) || t.p[road - 1] == '-'))
		road--;
	if (road == i || i - road > 6)
		return false;
	for (const char *const *r = roads; *r && found == NULL; r++)
		if (road >= strlen(*r) && memcmp(t.p + road - strlen(*r), *r, strlen(*r)) == 0)
			found = t.p + road;
	if (found == NULL)
		return false;
	from = road > 75 ? road - 75 : 0;
	for (const char *const *s = stops; *s; s++) {
		const char *stop = last_of(span_make(t.p + from, road - from), *s);

		from = stop ? (size_t)(stop - t.p) + strlen(*s) : from;
	}
	while (from < road && ((unsigned char)t.p[from] & 0xc0) == 0x80)
		from++;
	before = span_make(t.p + from, road - from);
	*begin = from;
	for (const char *const *r = regions; *r; r++)
		if (last_of(before, *r) != NULL)
			return true;
	return false;
}

/* ---- addresses ---- */

/* A company, an office or a project says that it lives there. */
static bool is_organisations(struct span t, size_t begin)
{
	static const char *const words[] = { "inc", "ltd", "gmbh", "llc", "corp", "corporation", "company", "foundation", "university", "institute",
					     "association", "department", "dept", "society", "press", "center", "centre", "laboratory",
					     "laboratories", "library", "museum", "office", "software", "systems", "verein", "e.v", "ag", "s.a",
					     "universität", "université", "universidad", "fondation", "bureau", "college", "school", "group",
					     "publishing", "committee", "consortium", "council", "agency", "ministry", "hotel", "co", NULL };
	struct words w;

	read_words(&w, t, begin > OWNER_BACK ? begin - OWNER_BACK : 0, begin);
	for (size_t i = 0; i < w.n; i++)
		if (is_any(bare(t, w.v[i]), words))
			return true;
	return false;
}

static void add_address(struct personal_list *out, struct span t, size_t begin, size_t end)
{
	struct personal_span *last = out->spans.n ? &out->spans.v[out->spans.n - 1] : NULL;

	if (is_organisations(t, begin) || (last && last->what == PERSONAL_ADDRESS && begin < last->at + last->len))
		return;
	vec_push(&out->spans, (struct personal_span){ begin, end - begin, PERSONAL_ADDRESS });
}

/* What a number at `i` may end. */
static void try_number(struct personal_list *out, struct span t, size_t i)
{
	size_t american = american_end(t, i), end = american ? american : european_end(t, i), begin;

	if (end == 0 && digits_from(t, i) == 1)
		end = british_end(t, i);
	if (end == 0)
		return;
	begin = find_street(t, i > BACK ? i - BACK : 0, i);
	if (begin != SIZE_MAX)
		add_address(out, t, begin, end);
}

static void find_chinese(struct personal_list *out, struct span t)
{
	static const char sign[] = "号";
	const char *at = t.p;
	size_t begin;

	while (t.len && (at = memmem(at, (size_t)(t.p + t.len - at), sign, strlen(sign))) != NULL) {
		if (chinese_address(t, (size_t)(at - t.p), &begin))
			vec_push(&out->spans, (struct personal_span){ begin, (size_t)(at - t.p) + strlen(sign) - begin, PERSONAL_ADDRESS });
		at += strlen(sign);
	}
}

/* "〒100-8111 東京都千代田区千代田1-1" up to the end of the line. */
static void find_japanese(struct personal_list *out, struct span t)
{
	static const char sign[] = "〒";
	const char *at = t.p;

	while (t.len && (at = memmem(at, (size_t)(t.p + t.len - at), sign, strlen(sign))) != NULL) {
		size_t begin = (size_t)(at - t.p), i = begin + strlen(sign), n;

		at += strlen(sign);
		i += i < t.len && t.p[i] == ' ';
		n = digits_from(t, i);
		if (n != 3 || i + 8 > t.len || t.p[i + 3] != '-' || digits_from(t, i + 4) != 4)
			continue;
		for (i += 8; i < t.len && t.p[i] != '\n' && i < begin + 120; i++)
			;
		vec_push(&out->spans, (struct personal_span){ begin, i - begin, PERSONAL_ADDRESS });
		at = t.p + i;
	}
}

void personal_find_addresses(struct personal_list *out, struct span t)
{
	for (size_t i = 1; i < t.len; i++) {
		if (!is_digit(t.p[i]) || !strchr(" \n-", t.p[i - 1]))
			continue;
		try_number(out, t, i);
		i += digits_from(t, i) - 1;
	}
	find_chinese(out, t);
	find_japanese(out, t);
}

/* ---- names ---- */

/* "Jane", "O'Brien", "Jean-Luc", "J." */
static bool is_name_word(struct span t, struct word w)
{
	struct span word = span_make(t.p + w.at, w.len);
	size_t small = 0;

	if (word.len == 2 && isupper((unsigned char)word.p[0]) && word.p[1] == '.')
		return true;
	if (!is_capital(t, w.at) || word.len < 2 || word.len > 24)
		return false;
	for (size_t i = 0; i < word.len; i++) {
		if (!is_letter(word.p[i]) && !(strchr("'-", word.p[i]) && i > 0 && i + 1 < word.len))
			return false;
		small += islower((unsigned char)word.p[i]) || (unsigned char)word.p[i] >= 0x80;
	}
	return small > 0;
}

/* Capitalised words that no person is called. */
static bool is_no_name(struct span word)
{
	static const char *const words[] = { "the", "a", "an", "by", "from", "to", "for", "see", "contact", "phone", "tel", "telephone", "fax",
					     "email", "mail", "mobile", "address", "call", "write", "ask", "please", "bug", "bugs", "reports",
					     "list", "mailing", "author", "authors", "maintainer", "copyright", "debian", "linux", "gnu", "perl",
					     "python", "team", "group", "project", "developers", "users", "support", "help", "street", "city",
					     "postal", "our", "my", "your", "send", "is", "at", "in", "on", "and", "or", "home", "office", "work",
					     "adresse", "telefon", "anschrift", "dear", "sincerely", "regards", "university", "institute",
					     "foundation", "software", "company", "department", "news", "free", "open", "new", "north", "south",
					     "east", "west", "server", "network", "internet", "version", "release", "manual", "guide", NULL };

	return is_any(word, words);
}

/* Two or three name words that end at `to` at the latest, signs between left out. */
static bool name_before(struct span t, size_t to, struct personal_span *out)
{
	size_t end = to, from;
	struct words w;
	size_t n = 0;

	while (end > 0 && strchr(" \t\n<(,:", t.p[end - 1]))
		end--;
	if (to - end > 6)
		return false;
	for (from = end; from > 0 && t.p[from - 1] != '\n' && t.p[from - 1] != ',' && t.p[from - 1] != ':' && end - from < 60; from--)
		;
	read_words(&w, t, from, end);
	while (n < w.n && n < 4 && is_name_word(t, w.v[w.n - 1 - n]) && !is_no_name(bare(t, w.v[w.n - 1 - n])))
		n++;
	if (n < 2 || n > 3 || w.v[w.n - 1].len < 3)
		return false;
	*out = (struct personal_span){ w.v[w.n - n].at, w.v[w.n - 1].at + w.v[w.n - 1].len - w.v[w.n - n].at, PERSONAL_NAME };
	return true;
}

void personal_find_names(struct personal_list *out, struct span t)
{
	size_t n = out->spans.n;

	for (size_t i = 0; i < n; i++) {
		enum personal what = out->spans.v[i].what;
		struct personal_span name;

		if ((what == PERSONAL_EMAIL || what == PERSONAL_PHONE || what == PERSONAL_ADDRESS) && name_before(t, out->spans.v[i].at, &name))
			vec_push(&out->spans, name);
	}
}
