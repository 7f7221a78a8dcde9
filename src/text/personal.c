/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/personal_inside.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

#define VERSION_MOST 40u /* four numbers of which no two are over this are a version, a section, anything but an address; unless */
#define VERSION_LEAST 100u /* one is no less than this */

static const char *const names[PERSONALS] = { "e-mail", "phone", "card", "iban", "ip", "cn-id", "address", "name" };

const char *personal_name(enum personal p)
{
	return names[p];
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static char at(struct span t, size_t i)
{
	return i < t.len ? t.p[i] : '\0';
}

/* ---- numbers ---- */

/* Digits from `i` on, single separators of `any` between them left out: how many, in `digits`; `*end` is behind the last. */
static size_t take_digits(struct span t, size_t i, const char *any, char *digits, size_t most, size_t *end)
{
	size_t n = 0;

	*end = i;
	while (i < t.len) {
		if (is_digit(t.p[i])) {
			if (n == most)
				return most + 1;
			digits[n++] = t.p[i++];
			*end = i;
		} else if (n && strchr(any, t.p[i]) && is_digit(at(t, i + 1))) {
			i++;
		} else {
			break;
		}
	}
	return n;
}

static bool luhn(const char *digits, size_t n)
{
	unsigned sum = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned d = (unsigned)(digits[n - 1 - i] - '0');

		d = i % 2 ? 2 * d : d;
		sum += d > 9 ? d - 9 : d;
	}
	return sum % 10 == 0;
}

static unsigned number(const char *digits, size_t n)
{
	unsigned value = 0;

	for (size_t i = 0; i < n; i++)
		value = value * 10 + (unsigned)(digits[i] - '0');
	return value;
}

static bool is_issuer(const char *digits, size_t n)
{
	static const struct {
		unsigned from, to; /* of the first four digits */
		size_t least, most;
	} issuers[] = {
		{ 4000, 4999, 13, 19 }, { 5100, 5599, 16, 16 }, { 2221, 2720, 16, 16 }, { 3400, 3499, 15, 15 }, { 3700, 3799, 15, 15 },
		{ 6011, 6011, 16, 19 }, { 6440, 6599, 16, 19 }, { 3528, 3589, 16, 19 }, { 6200, 6299, 16, 19 }, { 3000, 3059, 14, 14 },
		{ 3600, 3699, 14, 14 },
	};
	unsigned first = number(digits, 4);

	for (size_t i = 0; i < sizeof issuers / sizeof *issuers; i++)
		if (first >= issuers[i].from && first <= issuers[i].to && n >= issuers[i].least && n <= issuers[i].most)
			return true;
	return false;
}

static size_t match_card(struct span t, size_t i)
{
	char digits[20];
	size_t end, n = take_digits(t, i, " -", digits, 19, &end), same = 1;

	if (n < 13 || n > 19 || !is_issuer(digits, n) || !luhn(digits, n) || is_word(at(t, end)))
		return 0;
	while (same < n && digits[same] == digits[0])
		same++;
	/* Rows of numbers pass Luhn's test once in ten: groups must be as cards have them. */
	for (size_t k = i, run = 0; k <= end; k++) {
		if (k < end && is_digit(t.p[k])) {
			run++;
			continue;
		}
		if (run < 2 || (run < 4 && k < end))
			return 0;
		run = 0;
	}
	return same == n ? 0 : end - i;
}

static size_t match_cn_id(struct span t, size_t i)
{
	static const unsigned weights[] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
	unsigned sum = 0, year, month, day, region;

	if (t.len - i < 18 || is_word(at(t, i + 18)))
		return 0;
	for (size_t k = 0; k < 17; k++) {
		if (!is_digit(t.p[i + k]))
			return 0;
		sum += weights[k] * (unsigned)(t.p[i + k] - '0');
	}
	region = number(t.p + i, 2);
	year = number(t.p + i + 6, 4);
	month = number(t.p + i + 10, 2);
	day = number(t.p + i + 12, 2);
	if (region < 11 || region > 82 || year < 1900 || year > 2099 || month < 1 || month > 12 || day < 1 || day > 31)
		return 0;
	return toupper((unsigned char)t.p[i + 17]) == "10X98765432"[sum % 11] ? 18 : 0;
}

static bool is_fiction(const char *digits, size_t n)
{
	return n >= 7 && (memcmp(digits + n - 7, "55501", 5) == 0 || memcmp(digits + n - 7, "4567890", 7) == 0);
}

/* "+49 30 1234567", "(212) 555-1234", "212-555-1234", "13912345678". */
static size_t match_phone(struct span t, size_t i)
{
	char digits[17];
	size_t end, n, from = i;

	if (t.p[i] == '+') {
		n = take_digits(t, i + 1, " -./", digits, 15, &end);
		/* "+44 (0)20 7946 0018" */
		if (n >= 1 && n < 4 && at(t, end) == ' ' && at(t, end + 1) == '(') {
			size_t close = end + 2, inner, more;
			char rest[17];

			inner = take_digits(t, close, "", rest, 5, &close);
			more = inner && at(t, close) == ')' ? take_digits(t, close + 1 + (at(t, close + 1) == ' '), " -.", rest, 12, &end) : 0;
			return more >= 6 && more <= 12 && !is_word(at(t, end)) ? end - from : 0;
		}
		return n >= 9 && n <= 15 && digits[0] != '0' && !is_word(at(t, end)) && !is_fiction(digits, n) ? end - from : 0;
	}
	if (t.p[i] == '(') {
		if (take_digits(t, i + 1, "", digits, 3, &end) != 3 || at(t, end) != ')')
			return 0;
		i = end + 1 + (at(t, end + 1) == ' ');
		if (take_digits(t, i, "", digits, 3, &end) != 3 || (at(t, end) != '-' && at(t, end) != ' '))
			return 0;
		n = take_digits(t, i, "- ", digits, 7, &end);
		return n == 7 && !is_word(at(t, end)) && !is_fiction(digits, n) ? end - from : 0;
	}
	n = take_digits(t, i, "", digits, 11, &end);
	if (n == 11)
		return digits[0] == '1' && digits[1] >= '3' && !is_word(at(t, end)) && at(t, end) != '.' ? 11 : 0;
	if (n != 3 || digits[0] < '2' || (at(t, end) != '-' && at(t, end) != '.') || at(t, i + 7) != at(t, end))
		return 0;
	n = take_digits(t, i, "-.", digits, 10, &end);
	return n == 10 && end == i + 12 && digits[3] >= '2' && !is_word(at(t, end)) && at(t, end) != '-' && !is_fiction(digits, n) ? 12 : 0;
}

static bool is_public(const unsigned char b[4])
{
	unsigned over = 0;
	bool far = false;

	if (b[0] == 0 || b[0] == 10 || b[0] == 127 || b[0] >= 224)
		return false;
	if ((b[0] == 172 && b[1] >= 16 && b[1] < 32) || (b[0] == 192 && b[1] == 168) || (b[0] == 169 && b[1] == 254) ||
	    (b[0] == 100 && b[1] >= 64 && b[1] < 128))
		return false;
	if ((b[0] == 192 && b[1] == 0 && (b[2] == 2 || b[2] == 0)) || (b[0] == 198 && b[1] == 51 && b[2] == 100) ||
	    (b[0] == 198 && (b[1] == 18 || b[1] == 19)) || (b[0] == 203 && b[1] == 0 && b[2] == 113))
		return false;
	for (unsigned i = 0; i < 4; i++) {
		over += b[i] > VERSION_MOST;
		far |= b[i] >= VERSION_LEAST;
	}
	return far || over > 1;
}

/* 2000::/3 without the block of special purposes (RFC 6890) and that of examples. */
static bool is_public6(const unsigned char b[16])
{
	bool special = b[0] == 0x20 && b[1] == 1 && b[2] < 2, example = b[0] == 0x20 && b[1] == 1 && b[2] == 0x0d && b[3] == 0xb8;

	return (b[0] & 0xe0) == 0x20 && !special && !example;
}

static size_t match_ip(struct span t, size_t i)
{
	char text[64];
	size_t n = 0, dots = 0, colons = 0;
	unsigned char b[16];

	while (i + n < t.len && n < sizeof text - 1 && (isxdigit((unsigned char)t.p[i + n]) || t.p[i + n] == '.' || t.p[i + n] == ':')) {
		dots += t.p[i + n] == '.';
		colons += t.p[i + n] == ':';
		n++;
	}
	while (n && (t.p[i + n - 1] == '.' || (t.p[i + n - 1] == ':' && dots >= 3))) {
		dots -= t.p[i + n - 1] == '.';
		colons -= t.p[i + n - 1] == ':';
		n--;
	}
	if (n < 7 || is_word(at(t, i + n)) || !((dots == 3 && colons == 0) || (colons >= 2 && dots == 0)))
		return 0;
	memcpy(text, t.p + i, n);
	text[n] = '\0';
	if (dots)
		return inet_pton(AF_INET, text, b) == 1 && is_public(b) ? n : 0;
	return inet_pton(AF_INET6, text, b) == 1 && is_public6(b) ? n : 0;
}

/* ---- IBAN ---- */

static size_t iban_length(const char *country)
{
	static const struct {
		char country[3];
		unsigned char length;
	} lengths[] = {
		{ "AD", 24 }, { "AE", 23 }, { "AL", 28 }, { "AT", 20 }, { "AZ", 28 }, { "BA", 20 }, { "BE", 16 }, { "BG", 22 }, { "BH", 22 },
		{ "BR", 29 }, { "CH", 21 }, { "CR", 22 }, { "CY", 28 }, { "CZ", 24 }, { "DE", 22 }, { "DK", 18 }, { "DO", 28 }, { "EE", 20 },
		{ "EG", 29 }, { "ES", 24 }, { "FI", 18 }, { "FO", 18 }, { "FR", 27 }, { "GB", 22 }, { "GE", 22 }, { "GI", 23 }, { "GL", 18 },
		{ "GR", 27 }, { "GT", 28 }, { "HR", 21 }, { "HU", 28 }, { "IE", 22 }, { "IL", 23 }, { "IS", 26 }, { "IT", 27 }, { "JO", 30 },
		{ "KW", 30 }, { "KZ", 20 }, { "LB", 28 }, { "LI", 21 }, { "LT", 20 }, { "LU", 20 }, { "LV", 21 }, { "MC", 27 }, { "MD", 24 },
		{ "ME", 22 }, { "MK", 19 }, { "MR", 27 }, { "MT", 31 }, { "MU", 30 }, { "NL", 18 }, { "NO", 15 }, { "PK", 24 }, { "PL", 28 },
		{ "PT", 25 }, { "QA", 29 }, { "RO", 24 }, { "RS", 22 }, { "SA", 24 }, { "SE", 24 }, { "SI", 19 }, { "SK", 24 }, { "SM", 27 },
		{ "TN", 24 }, { "TR", 26 }, { "UA", 29 }, { "VG", 24 }, { "XK", 20 },
	};

	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
		if (memcmp(lengths[i].country, country, 2) == 0)
			return lengths[i].length;
	return 0;
}

static size_t match_iban(struct span t, size_t i)
{
	char text[32];
	size_t want, n = 0, k = i;
	unsigned rest = 0;

	if (t.len - i < 15 || !isupper((unsigned char)t.p[i]) || !isupper((unsigned char)t.p[i + 1]) || !is_digit(t.p[i + 2]) ||
	    !is_digit(t.p[i + 3]) || (want = iban_length(t.p + i)) == 0)
		return 0;
	for (; k < t.len && n < want; k++) {
		if (t.p[k] == ' ' && n % 4 == 0 && n)
			continue;
		if (!isupper((unsigned char)t.p[k]) && !is_digit(t.p[k]))
			return 0;
		text[n++] = t.p[k];
	}
	if (n < want || is_word(at(t, k)))
		return 0;
	for (size_t j = 0; j < n; j++) {
		char c = text[(j + 4) % n];

		rest = (is_digit(c) ? rest * 10 + (unsigned)(c - '0') : rest * 100 + (unsigned)(c - 'A') + 10) % 97;
	}
	return rest == 1 ? k - i : 0;
}

/* ---- all ---- */

static const struct {
	enum personal what;
	size_t (*match)(struct span t, size_t i); /* bytes, 0 for none */
} numbers[] = {
	{ PERSONAL_CN_ID, match_cn_id }, { PERSONAL_CARD, match_card }, { PERSONAL_IP, match_ip }, { PERSONAL_PHONE, match_phone },
};

static size_t match_at(struct span t, size_t i, enum personal *what)
{
	size_t len;

	if (isupper((unsigned char)t.p[i])) {
		*what = PERSONAL_IBAN;
		return match_iban(t, i);
	}
	for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
		bool digits = is_digit(t.p[i]);

		if ((digits || numbers[k].what == PERSONAL_PHONE) && (len = numbers[k].match(t, i)) > 0) {
			*what = numbers[k].what;
			return len;
		}
	}
	return 0;
}

static int by_place(const void *a, const void *b)
{
	const struct personal_span *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

/* Could a number or an IBAN begin here?  Not inside a word, a decimal number or a path. */
static bool begins(struct span t, size_t i)
{
	char c = t.p[i], before = i ? t.p[i - 1] : ' ';

	if (is_digit(c))
		return !is_word(before) && before != '.' && before != ':' && before != '+' && before != '-' && before != '/';
	if (c == '+')
		return is_digit(at(t, i + 1)) && !is_word(before) && before != ')';
	if (c == '(')
		return is_digit(at(t, i + 1)) && !is_word(before);
	return c >= 'A' && c <= 'Z' && is_digit(at(t, i + 2)) && !is_word(before);
}

void personal_find(struct personal_list *out, struct span text)
{
	size_t kept = 0, end = 0;

	vec_clear(&out->spans);
	personal_find_emails(out, text);
	personal_find_addresses(out, text);
	for (size_t i = 0; i < text.len; i++) {
		enum personal what = PERSONAL_PHONE;
		size_t len = begins(text, i) ? match_at(text, i, &what) : 0;

		if (len == 0)
			continue;
		vec_push(&out->spans, (struct personal_span){ i, len, what });
		i += len - 1;
	}
	personal_find_names(out, text);
	if (out->spans.n)
		qsort(out->spans.v, out->spans.n, sizeof *out->spans.v, by_place);
	vec_each(&out->spans, i) {
		struct personal_span s = out->spans.v[i];

		if (s.at < end)
			continue;
		end = s.at + s.len;
		out->spans.v[kept++] = s;
	}
	out->spans.n = kept;
}
