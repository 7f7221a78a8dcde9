/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Language identification in two steps.  Letters vote for a script, which alone settles many languages (Han against
 * kana, Hangul, Thai, Greek …).  For the scripts that several languages share, letters are folded to one byte each, runs of
 * anything else to one space, and every 4-gram adds a row of a trained table (langid_table.c; share/langid/train.py is its
 * description) to the languages' sums.  Long texts are looked at through four windows, so the cost is bounded; two of them
 * do where they leave no doubt.
 */
#include "text/langid.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "text/langid_table.h"

/* Stored in indexes by position: append only. The third column is what else people write. */
static const struct language {
	char code[4];
	char iso3[4];
	char also[4];
} languages[] = {
	{ "und", "und", "" },    { "en", "eng", "" },     { "de", "deu", "ger" },  { "fr", "fra", "fre" },
	{ "es", "spa", "" },     { "pt", "por", "" },     { "it", "ita", "" },     { "nl", "nld", "dut" },
	{ "sv", "swe", "" },     { "da", "dan", "" },     { "nb", "nob", "no" },   { "nn", "nno", "" },
	{ "fi", "fin", "" },     { "et", "est", "ekk" },  { "hu", "hun", "" },     { "pl", "pol", "" },
	{ "cs", "ces", "cze" },  { "sk", "slk", "slo" },  { "sl", "slv", "" },     { "hr", "hrv", "bs" },
	{ "sr", "srp", "" },     { "ro", "ron", "rum" },  { "tr", "tur", "" },     { "az", "aze", "azj" },
	{ "vi", "vie", "" },     { "id", "ind", "" },     { "ms", "msa", "zsm" },  { "tl", "tgl", "fil" },
	{ "eo", "epo", "" },     { "ca", "cat", "" },     { "gl", "glg", "" },     { "eu", "eus", "baq" },
	{ "ga", "gle", "" },     { "cy", "cym", "wel" },  { "is", "isl", "ice" },  { "lt", "lit", "" },
	{ "lv", "lav", "lvs" },  { "sq", "sqi", "als" },  { "af", "afr", "" },     { "oc", "oci", "" },
	{ "ast", "ast", "" },    { "br", "bre", "" },     { "ku", "kur", "kmr" },  { "uz", "uzb", "uzn" },
	{ "sw", "swa", "swh" },  { "mt", "mlt", "" },     { "la", "lat", "" },     { "lb", "ltz", "" },
	{ "so", "som", "" },     { "ru", "rus", "" },     { "uk", "ukr", "" },     { "bg", "bul", "" },
	{ "mk", "mkd", "mac" },  { "be", "bel", "" },     { "kk", "kaz", "" },     { "ky", "kir", "" },
	{ "mn", "mon", "khk" },  { "tg", "tgk", "" },     { "tt", "tat", "" },     { "ar", "ara", "arb" },
	{ "fa", "fas", "pes" },  { "ur", "urd", "" },     { "ps", "pus", "pbt" },  { "ug", "uig", "" },
	{ "ckb", "ckb", "" },    { "hi", "hin", "" },     { "mr", "mar", "" },     { "ne", "nep", "npi" },
	{ "sa", "san", "" },     { "zh", "zho", "cmn" },  { "ja", "jpn", "" },     { "ko", "kor", "" },
	{ "el", "ell", "gre" },  { "he", "heb", "iw" },   { "yi", "yid", "ydd" },  { "hy", "hye", "arm" },
	{ "ka", "kat", "geo" },  { "th", "tha", "" },     { "lo", "lao", "" },     { "km", "khm", "" },
	{ "my", "mya", "bur" },  { "bn", "ben", "" },     { "as", "asm", "" },     { "pa", "pan", "" },
	{ "gu", "guj", "" },     { "or", "ori", "ory" },  { "ta", "tam", "" },     { "te", "tel", "" },
	{ "kn", "kan", "" },     { "ml", "mal", "" },     { "si", "sin", "" },     { "bo", "bod", "tib" },
	{ "am", "amh", "" },     { "dv", "div", "" },     { "yue", "yue", "" },
};

enum { LANGUAGES = sizeof languages / sizeof *languages };

enum script {
	SCRIPT_OTHER, SCRIPT_LATIN, SCRIPT_CYRILLIC, SCRIPT_ARABIC, SCRIPT_DEVANAGARI, SCRIPT_HAN, SCRIPT_KANA,
	SCRIPT_HANGUL, SCRIPT_GREEK, SCRIPT_HEBREW, SCRIPT_ARMENIAN, SCRIPT_GEORGIAN, SCRIPT_THAI, SCRIPT_LAO,
	SCRIPT_KHMER, SCRIPT_MYANMAR, SCRIPT_BENGALI, SCRIPT_GURMUKHI, SCRIPT_GUJARATI, SCRIPT_ORIYA, SCRIPT_TAMIL,
	SCRIPT_TELUGU, SCRIPT_KANNADA, SCRIPT_MALAYALAM, SCRIPT_SINHALA, SCRIPT_TIBETAN, SCRIPT_ETHIOPIC, SCRIPT_THAANA,
	SCRIPTS
};

/* What a script settles by itself, and how much a letter of it says (a Han character is about two Latin letters). */
static const struct {
	char code[4];
	uint8_t weight;
} script_language[SCRIPTS] = {
	[SCRIPT_LATIN] = { "", 1 },        [SCRIPT_CYRILLIC] = { "", 1 },     [SCRIPT_ARABIC] = { "", 1 },
	[SCRIPT_DEVANAGARI] = { "", 1 },   [SCRIPT_HAN] = { "zh", 3 },        [SCRIPT_KANA] = { "ja", 2 },
	[SCRIPT_HANGUL] = { "ko", 2 },     [SCRIPT_GREEK] = { "el", 1 },      [SCRIPT_HEBREW] = { "he", 1 },
	[SCRIPT_ARMENIAN] = { "hy", 1 },   [SCRIPT_GEORGIAN] = { "ka", 1 },   [SCRIPT_THAI] = { "th", 1 },
	[SCRIPT_LAO] = { "lo", 1 },        [SCRIPT_KHMER] = { "km", 1 },      [SCRIPT_MYANMAR] = { "my", 1 },
	[SCRIPT_BENGALI] = { "bn", 1 },    [SCRIPT_GURMUKHI] = { "pa", 1 },   [SCRIPT_GUJARATI] = { "gu", 1 },
	[SCRIPT_ORIYA] = { "or", 1 },      [SCRIPT_TAMIL] = { "ta", 1 },      [SCRIPT_TELUGU] = { "te", 1 },
	[SCRIPT_KANNADA] = { "kn", 1 },    [SCRIPT_MALAYALAM] = { "ml", 1 },  [SCRIPT_SINHALA] = { "si", 1 },
	[SCRIPT_TIBETAN] = { "bo", 1 },    [SCRIPT_ETHIOPIC] = { "am", 1 },   [SCRIPT_THAANA] = { "dv", 1 },
};

/* Blocks of Unicode 15 (Blocks.txt) in order; what lies between is SCRIPT_OTHER. */
static const struct {
	uint32_t first, last;
	enum script script;
} blocks[] = {
	{ 0x00AA, 0x024F, SCRIPT_LATIN },     { 0x0370, 0x03FF, SCRIPT_GREEK },     { 0x0400, 0x052F, SCRIPT_CYRILLIC },
	{ 0x0530, 0x058F, SCRIPT_ARMENIAN },  { 0x0590, 0x05FF, SCRIPT_HEBREW },    { 0x0600, 0x06FF, SCRIPT_ARABIC },
	{ 0x0750, 0x077F, SCRIPT_ARABIC },    { 0x0780, 0x07BF, SCRIPT_THAANA },    { 0x0900, 0x097F, SCRIPT_DEVANAGARI },
	{ 0x0980, 0x09FF, SCRIPT_BENGALI },   { 0x0A00, 0x0A7F, SCRIPT_GURMUKHI },  { 0x0A80, 0x0AFF, SCRIPT_GUJARATI },
	{ 0x0B00, 0x0B7F, SCRIPT_ORIYA },     { 0x0B80, 0x0BFF, SCRIPT_TAMIL },     { 0x0C00, 0x0C7F, SCRIPT_TELUGU },
	{ 0x0C80, 0x0CFF, SCRIPT_KANNADA },   { 0x0D00, 0x0D7F, SCRIPT_MALAYALAM }, { 0x0D80, 0x0DFF, SCRIPT_SINHALA },
	{ 0x0E00, 0x0E7F, SCRIPT_THAI },      { 0x0E80, 0x0EFF, SCRIPT_LAO },       { 0x0F00, 0x0FFF, SCRIPT_TIBETAN },
	{ 0x1000, 0x109F, SCRIPT_MYANMAR },   { 0x10A0, 0x10FF, SCRIPT_GEORGIAN },  { 0x1100, 0x11FF, SCRIPT_HANGUL },
	{ 0x1200, 0x139F, SCRIPT_ETHIOPIC },  { 0x1780, 0x17FF, SCRIPT_KHMER },     { 0x1E00, 0x1EFF, SCRIPT_LATIN },
	{ 0x1F00, 0x1FFF, SCRIPT_GREEK },     { 0x3040, 0x30FF, SCRIPT_KANA },      { 0x3130, 0x318F, SCRIPT_HANGUL },
	{ 0x3400, 0x4DBF, SCRIPT_HAN },       { 0x4E00, 0x9FFF, SCRIPT_HAN },       { 0xAC00, 0xD7AF, SCRIPT_HANGUL },
	{ 0xF900, 0xFAFF, SCRIPT_HAN },       { 0xFB1D, 0xFB4F, SCRIPT_HEBREW },    { 0xFB50, 0xFDFF, SCRIPT_ARABIC },
	{ 0xFE70, 0xFEFC, SCRIPT_ARABIC },    { 0xFF66, 0xFF9F, SCRIPT_KANA },      { 0x20000, 0x3134F, SCRIPT_HAN },
};

static enum script script_of(uint32_t cp)
{
	size_t low = 0, high = sizeof blocks / sizeof *blocks;

	if (cp >= 0x4E00 && cp <= 0x9FFF)
		return SCRIPT_HAN;
	while (low < high) {
		size_t mid = (low + high) / 2;

		if (cp > blocks[mid].last)
			low = mid + 1;
		else if (cp < blocks[mid].first)
			high = mid;
		else
			return blocks[mid].script;
	}
	return SCRIPT_OTHER;
}

const char *lang_code(uint8_t lang)
{
	return languages[lang < LANGUAGES ? lang : LANG_UNKNOWN].code;
}

const char *lang_iso3(uint8_t lang)
{
	return languages[lang < LANGUAGES ? lang : LANG_UNKNOWN].iso3;
}

uint8_t lang_from_code(struct span code)
{
	char tag[4] = "";
	size_t n = 0;

	while (n < code.len && code.p[n] != '-' && code.p[n] != '_' && code.p[n] != '@' && code.p[n] != '.') {
		if (n == 3)
			return LANG_UNKNOWN;
		tag[n] = (char)(code.p[n] >= 'A' && code.p[n] <= 'Z' ? code.p[n] + 32 : code.p[n]);
		n++;
	}
	if (n < 2)
		return LANG_UNKNOWN;
	for (size_t i = 1; i < LANGUAGES; i++)
		if (!strcmp(tag, languages[i].code) || !strcmp(tag, languages[i].iso3) || !strcmp(tag, languages[i].also))
			return (uint8_t)i;
	return LANG_UNKNOWN;
}

/* ---- letters ---- */

enum { LOOK_AT = 512, WINDOWS = 4, WINDOW = 64 };
/* Of two windows: at this confidence none of 13,500 held-out passages of 300 to 600 bytes came out otherwise with all four. */
#define NO_DOUBT 0.99F

/* Folded letters of the text, one byte each, with the votes for each script. */
struct letters {
	size_t n;
	bool latin_only;
	uint8_t b[WINDOWS * (WINDOW + 4) + 3];
	uint16_t votes[SCRIPTS];
};

/* The byte of a letter that is not ASCII; as fold() of train.py. */
static uint8_t fold(uint32_t cp)
{
	if (cp == 0xD7 || cp == 0xF7 || cp < 0xC0 || cp >= 0x2000)
		return ' ';
	if (cp < 0xE0)
		cp |= 0x20;
	else if ((cp >= 0x100 && cp < 0x138) || (cp >= 0x14A && cp < 0x178) || (cp >= 0x1E00 && cp < 0x1F00))
		cp |= 1;
	else if ((cp >= 0x139 && cp < 0x149) || (cp >= 0x179 && cp < 0x17F))
		cp += cp & 1;
	else if (cp >= 0x400 && cp < 0x410)
		cp += 0x50;
	else if (cp >= 0x410 && cp < 0x430)
		cp += 0x20;
	else if (cp >= 0x460 && cp < 0x530)
		cp |= 1;
	return (uint8_t)(0x80 | ((cp * 0x9D + (cp >> 7)) & 0x7F));
}

/* Writes always and moves on unless a space follows a space: no branch to guess.  One byte past the end may be written. */
static size_t letters_put(uint8_t *b, size_t n, uint8_t letter)
{
	b[n] = letter;
	return n + ((letter != ' ') | (b[n - 1] != ' '));
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))
#define HIGH EACH(0x80)

static inline uint64_t little_endian(uint64_t x)
{
	return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? __builtin_bswap64(x) : x;
}

/* The first byte lowest. */
static inline uint64_t load_eight(const void *p)
{
	uint64_t x;

	memcpy(&x, p, sizeof x);
	return little_endian(x);
}

static inline void store_eight(void *p, uint64_t x)
{
	x = little_endian(x);
	memcpy(p, &x, sizeof x);
}

/* Eight ASCII characters at once; of spaces that fall together all but the first are closed up over, one after the other. */
static inline size_t letters_put_eight(uint8_t *b, size_t at, uint64_t x, unsigned *latin)
{
	uint64_t lower = x | EACH(0x20);
	uint64_t letter = (lower + EACH(0x80 - 'a')) & ~(lower + EACH(0x7f - 'z')) & HIGH; /* the high bit of each that is one */
	uint64_t whole = (letter >> 7) * 0xff;
	uint64_t folded = (lower & whole) | (EACH(' ') & ~whole);
	uint64_t space = letter ^ HIGH, drop = space & (space << 8 | (b[at - 1] == ' ' ? 0x80u : 0u));
	unsigned kept = 8;

	*latin += (unsigned)((letter >> 7) * EACH(1) >> 56);
	for (; drop; kept--) {
		uint64_t below = ((drop & -drop) >> 7) - 1; /* the bytes before it */

		folded = (folded & below) | (folded >> 8 & ~below);
		drop = (drop & (drop - 1)) >> 8;
	}
	store_eight(b + at, folded);
	return at + kept;
}

/* Reads one window; starts and ends on character boundaries, malformed bytes are no letters. */
static void letters_read(struct letters *l, const unsigned char *p, size_t n)
{
	uint8_t *b = l->b;
	size_t i = 0, at = l->n; /* in registers: a byte stored could be any of l's members */
	unsigned latin = 0;

	while (i < n) {
		unsigned c = p[i];
		uint64_t eight = i + 8 <= n ? load_eight(p + i) : HIGH;

		if ((eight & HIGH) == 0) {
			at = letters_put_eight(b, at, eight, &latin);
			i += 8;
			continue;
		}
		if (c < 0x80) {
			unsigned lower = c | 0x20;
			bool letter = lower - 'a' < 26;

			latin += letter;
			at = letters_put(b, at, letter ? (uint8_t)lower : ' ');
			i++;
			continue;
		}
		size_t used;
		int32_t cp = utf8_decode(span_make((const char *)p + i, n - i), &used);

		i += used;
		if (cp < 0)
			continue;
		enum script s = script_of((uint32_t)cp);

		l->latin_only = l->latin_only && s <= SCRIPT_LATIN;
		l->votes[s] = (uint16_t)(l->votes[s] + script_language[s].weight);
		at = letters_put(b, at, fold((uint32_t)cp));
	}
	l->votes[SCRIPT_LATIN] = (uint16_t)(l->votes[SCRIPT_LATIN] + latin);
	l->n = letters_put(b, at, ' ');
}

static size_t to_boundary(const unsigned char *p, size_t n, size_t at)
{
	while (at < n && (p[at] & 0xC0) == 0x80)
		at++;
	return at;
}

static void letters_begin(struct letters *l)
{
	memset(l->votes, 0, sizeof l->votes);
	l->latin_only = true;
	l->b[0] = ' ';
	l->n = 1;
}

/* One of the four windows of a text of more than WINDOWS * WINDOW bytes. */
static void letters_window(struct letters *l, struct span text, size_t w)
{
	const unsigned char *p = (const unsigned char *)text.p;
	size_t from = to_boundary(p, text.len, w * (text.len - WINDOW) / (WINDOWS - 1));
	size_t to = from + WINDOW < text.len ? from + WINDOW : text.len;

	letters_read(l, p + from, to - from);
}

/* ---- models ---- */

typedef uint8_t bytes16 __attribute__((vector_size(16)));
typedef uint16_t sums8 __attribute__((vector_size(16)));

enum { COLUMNS_MAX = 48, PARTS_MAX = COLUMNS_MAX / 16, ROW_LEAST = 65 }; /* CENTRE - LEVELS of train.py */

static inline const char *model_row(const struct lang_model *m, const uint8_t *b)
{
	uint32_t gram = (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;

	return m->rows + (size_t)(gram * 0x9E3779B1u >> (32 - m->bits)) * (size_t)m->columns;
}

static inline bytes16 load_row(const char *p)
{
	bytes16 r;

	memcpy(&r, p, sizeof r);
	return r;
}

/* The sums of sixteen columns. */
struct sums16 {
	sums8 low, high;
};

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define WIDEN(v, n) __builtin_shufflevector(none, v, n, n + 16, n + 1, n + 17, n + 2, n + 18, n + 3, n + 19, n + 4, n + 20, \
					    n + 5, n + 21, n + 6, n + 22, n + 7, n + 23)
#else
#define WIDEN(v, n) __builtin_shufflevector(v, none, n, n + 16, n + 1, n + 17, n + 2, n + 18, n + 3, n + 19, n + 4, n + 20, \
					    n + 5, n + 21, n + 6, n + 22, n + 7, n + 23)
#endif

static inline void sums_add(struct sums16 *s, bytes16 v)
{
	const bytes16 none = { 0 };

	s->low += (sums8)WIDEN(v, 0);
	s->high += (sums8)WIDEN(v, 8);
}

/* Adds the rows of all grams up, `parts` times sixteen columns of them (a constant where it is called, so that the sums stay in
 * registers).  The bytes of a table are 60 apart at most, so of four of them the sum above the least possible one fits a byte: they
 * are added as bytes, whatever overflows on the way, and only every fourth sum is widened. */
static inline __attribute__((always_inline)) void model_add(const struct lang_model *m, const struct letters *l,
							    struct sums16 out[PARTS_MAX], int parts)
{
	struct sums16 sums[PARTS_MAX] = { 0 };
	size_t i = 0;

	for (; i + 7 <= l->n; i += 4) {
		const char *a = model_row(m, l->b + i), *b = model_row(m, l->b + i + 1);
		const char *c = model_row(m, l->b + i + 2), *d = model_row(m, l->b + i + 3);

#pragma GCC unroll 3
		for (int k = 0; k < parts; k++)
			sums_add(&sums[k], load_row(a + 16 * k) + load_row(b + 16 * k) + load_row(c + 16 * k) +
						   load_row(d + 16 * k) - (uint8_t)(4 * ROW_LEAST & 0xff));
	}
	for (; i + 4 <= l->n; i++) {
		const char *row = model_row(m, l->b + i);

		for (int k = 0; k < parts; k++)
			sums_add(&sums[k], load_row(row + 16 * k) - (uint8_t)ROW_LEAST);
	}
	memcpy(out, sums, sizeof sums);
}

/* Of all grams, less ROW_LEAST for each.  Returns how many there were. */
static size_t model_sums(const struct lang_model *m, const struct letters *l, struct sums16 sums[PARTS_MAX])
{
	if (m->columns == COLUMNS_MAX)
		model_add(m, l, sums, PARTS_MAX);
	else
		model_add(m, l, sums, 1);
	return l->n >= 4 ? l->n - 3 : 0;
}

static inline sums8 larger(sums8 a, sums8 b)
{
	sums8 mask = (sums8)(a > b);

	return (a & mask) | (b & ~mask);
}

static inline sums8 smaller(sums8 a, sums8 b)
{
	sums8 mask = (sums8)(a > b);

	return (b & mask) | (a & ~mask);
}

/* The two largest sums, and the column of the first.  Columns without a language have zeros. */
static int two_largest(const struct sums16 parts[PARTS_MAX], int columns, unsigned *first, unsigned *second)
{
	uint16_t all[COLUMNS_MAX], lane[2][8];
	sums8 one = { 0 }, two = { 0 };
	int at = 0;

	for (int i = 0; i < columns / 8; i++) {
		sums8 v = i % 2 ? parts[i / 2].high : parts[i / 2].low;

		two = larger(two, smaller(one, v));
		one = larger(one, v);
	}
	memcpy(lane[0], &one, sizeof one);
	memcpy(lane[1], &two, sizeof two);
	*first = *second = 0;
	for (int i = 0; i < 16; i++) {
		unsigned v = lane[i / 8][i % 8];

		*second = v > *first ? *first : v > *second ? v : *second;
		*first = v > *first ? v : *first;
	}
	memcpy(all, parts, sizeof all);
	while (all[at] != *first)
		at++;
	return at;
}

/* The number of a code as the tables write it: four bytes with NULs. */
static uint8_t lang_of_table_code(const char code[4])
{
	for (size_t i = 1; i < LANGUAGES; i++)
		if (!memcmp(code, languages[i].code, 4))
			return (uint8_t)i;
	return LANG_UNKNOWN;
}

/* Bayes' rule in the scale of a lead, which grows with the root of the number of grams: neighbours share letters. */
static void add_priors(const struct lang_model *m, struct sums16 sums[PARTS_MAX], float root)
{
	float steps = root / m->unit;

	for (int i = 0; i < m->columns / 8; i++) {
		sums8 *s = i % 2 ? &sums[i / 2].high : &sums[i / 2].low;

		for (int k = 0; k < 8; k++)
			(*s)[k] = (uint16_t)((*s)[k] + (uint16_t)(m->priors[8 * i + k] * steps));
	}
}

static uint8_t model_guess(enum lang_model_name name, const struct letters *l, float share, float *confidence)
{
	const struct lang_model *m = &lang_models[name];
	struct sums16 sums[PARTS_MAX] = { 0 };
	size_t grams = model_sums(m, l, sums);
	float root = sqrtf((float)grams);
	unsigned first, second;
	int best;

	if (!grams)
		return LANG_UNKNOWN;
	add_priors(m, sums, root);
	best = two_largest(sums, m->columns, &first, &second);
	float lead = (float)(first - second) * m->unit / root;

	*confidence = share / (1 + expf(-lead));
	return lang_of_table_code(m->codes[best]);
}

/* True when the letters are all the same one, however often ("aaaa", "哈哈哈"): such a text is in every language.  Letters
 * without a byte of their own (Han, kana, Hangul) are compared as the bytes of the text. */
static bool is_one_letter(struct span text)
{
	size_t n = text.len;
	int32_t first = 0;

	for (size_t i = 0, used; i < n; i += used) {
		int32_t cp = utf8_decode(span_make(text.p + i, n - i), &used);

		if (cp < 0 || (cp < 0x80 && (unsigned)((cp | 0x20) - 'a') >= 26) || (cp >= 0x80 && script_of((uint32_t)cp) == SCRIPT_OTHER))
			continue;
		if (cp < 0x80)
			cp |= 0x20;
		if (first == 0)
			first = cp;
		else if (cp != first)
			return false;
	}
	return true;
}

/* What the letters read so far say. */
static uint8_t letters_guess(const struct letters *l, struct span text, float *sure)
{
	uint8_t lang = LANG_UNKNOWN;
	unsigned total = 0, votes;
	int script = SCRIPT_LATIN;

	*sure = 0;
	total = l->votes[SCRIPT_LATIN];
	for (int s = SCRIPT_LATIN + 1; !l->latin_only && s < SCRIPTS; s++) {
		total += l->votes[s];
		if (l->votes[s] > l->votes[script])
			script = s;
	}
	/* Japanese mixes kana with Han: a sixth of kana is no Chinese text. */
	if (script == SCRIPT_HAN && l->votes[SCRIPT_KANA] * 6 >= l->votes[SCRIPT_HAN])
		script = SCRIPT_KANA;
	if (total < 3 || is_one_letter(text))
		return LANG_UNKNOWN;
	votes = l->votes[script] + (script == SCRIPT_KANA ? l->votes[SCRIPT_HAN] : 0u);
	*sure = (float)votes / (float)total;
	if (script >= SCRIPT_LATIN && script <= SCRIPT_DEVANAGARI)
		lang = model_guess((enum lang_model_name)(script - SCRIPT_LATIN), l, *sure, sure);
	else
		lang = lang_of_table_code(script_language[script].code);
	if (lang == LANG_UNKNOWN)
		*sure = 0;
	return lang;
}

uint8_t lang_guess(struct span text, float *confidence)
{
	static const uint8_t order[WINDOWS] = { 0, 2, 1, 3 };
	struct letters l;
	float sure = 0;
	uint8_t lang = LANG_UNKNOWN;

	if (text.len > LOOK_AT)
		text.len = LOOK_AT;
	letters_begin(&l);
	if (text.len <= WINDOWS * WINDOW) {
		letters_read(&l, (const unsigned char *)text.p, text.len);
		lang = letters_guess(&l, text, &sure);
	} else {
		for (size_t w = 0; w < WINDOWS && sure < NO_DOUBT; w++) {
			letters_window(&l, text, order[w]);
			if (w % 2)
				lang = letters_guess(&l, text, &sure);
		}
	}
	if (confidence)
		*confidence = sure;
	return lang;
}
