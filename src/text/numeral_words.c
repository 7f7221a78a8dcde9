/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Number words of some languages; see numerals.h.  "ein", "un", "один" are articles and pronouns more often than numbers. */
#include <string.h>

#include <utf8proc.h>

#include "base/utf8.h"
#include "text/langid.h"
#include "text/numerals.h"

#define O(word, value) { word, value, NUMERAL_ORDINAL }
#define N(word, value) { word, value, NUMERAL_CARDINAL }
#define M(word, value) { word, value, NUMERAL_MONTH }

struct entry {
	const char *word;
	uint64_t value;
	enum numeral_kind kind;
};

static const struct entry english[] = {
	N("one", 1), N("two", 2), N("three", 3), N("four", 4), N("five", 5), N("six", 6), N("seven", 7), N("eight", 8), N("nine", 9),
	N("ten", 10), N("eleven", 11), N("twelve", 12), N("thirteen", 13), N("fourteen", 14), N("fifteen", 15), N("sixteen", 16),
	N("seventeen", 17), N("eighteen", 18), N("nineteen", 19), N("twenty", 20), N("thirty", 30), N("forty", 40), N("fifty", 50),
	N("sixty", 60), N("seventy", 70), N("eighty", 80), N("ninety", 90), N("hundred", 100), N("thousand", 1000),
	N("million", 1000000), N("billion", 1000000000), N("trillion", 1000000000000), N("dozen", 12), O("first", 1), O("second", 2),
	O("third", 3), O("fourth", 4), O("fifth", 5), O("sixth", 6), O("seventh", 7), O("eighth", 8), O("ninth", 9), O("tenth", 10),
	O("eleventh", 11), O("twelfth", 12), O("thirteenth", 13), O("fourteenth", 14), O("fifteenth", 15), O("sixteenth", 16),
	O("seventeenth", 17), O("eighteenth", 18), O("nineteenth", 19), O("twentieth", 20), O("thirtieth", 30), O("hundredth", 100),
	M("january", 1), M("february", 2), M("march", 3), M("april", 4), M("may", 5), M("june", 6), M("july", 7), M("august", 8),
	M("september", 9), M("october", 10), M("november", 11), M("december", 12), { NULL, 0, 0 },
};

static const struct entry french[] = {
	N("deux", 2), N("trois", 3), N("quatre", 4), N("cinq", 5), N("six", 6), N("sept", 7), N("huit", 8), N("dix", 10), N("onze", 11),
	N("douze", 12), N("treize", 13), N("quatorze", 14), N("quinze", 15), N("seize", 16), N("vingt", 20), N("vingts", 20),
	N("trente", 30), N("quarante", 40), N("cinquante", 50), N("soixante", 60), N("cent", 100), N("cents", 100), N("mille", 1000),
	N("million", 1000000), N("millions", 1000000), N("milliard", 1000000000), N("milliards", 1000000000), N("douzaine", 12),
	O("premier", 1), O("première", 1), O("deuxième", 2), O("seconde", 2), O("second", 2), O("troisième", 3), O("quatrième", 4),
	O("cinquième", 5), O("sixième", 6), O("septième", 7), O("huitième", 8), O("neuvième", 9), O("dixième", 10), M("janvier", 1),
	M("février", 2), M("avril", 4), M("mai", 5), M("juin", 6), M("juillet", 7), M("août", 8), M("septembre", 9), M("octobre", 10),
	M("novembre", 11), M("décembre", 12), { NULL, 0, 0 },
};

static const struct entry german[] = {
	N("ein", 1), N("zwei", 2), N("drei", 3), N("vier", 4), N("fünf", 5), N("sechs", 6), N("sieben", 7), N("acht", 8), N("neun", 9),
	N("zehn", 10), N("elf", 11), N("zwölf", 12), N("dreizehn", 13), N("vierzehn", 14), N("fünfzehn", 15), N("sechzehn", 16),
	N("siebzehn", 17), N("achtzehn", 18), N("neunzehn", 19), N("zwanzig", 20), N("dreißig", 30), N("vierzig", 40),
	N("fünfzig", 50), N("sechzig", 60), N("siebzig", 70), N("achtzig", 80), N("neunzig", 90), N("hundert", 100),
	N("tausend", 1000), N("million", 1000000), N("millionen", 1000000), N("milliarde", 1000000000), N("milliarden", 1000000000),
	N("dutzend", 12), O("erste", 1), O("zweite", 2), O("dritte", 3), O("vierte", 4), O("fünfte", 5), O("sechste", 6),
	O("siebte", 7), O("achte", 8), O("neunte", 9), O("zehnte", 10), M("januar", 1), M("februar", 2), M("märz", 3), M("april", 4),
	M("mai", 5), M("juni", 6), M("juli", 7), M("august", 8), M("september", 9), M("oktober", 10), M("november", 11),
	M("dezember", 12), { NULL, 0, 0 },
};

static const struct entry spanish[] = {
	N("dos", 2), N("tres", 3), N("cuatro", 4), N("cinco", 5), N("seis", 6), N("siete", 7), N("ocho", 8), N("nueve", 9), N("diez", 10),
	N("once", 11), N("doce", 12), N("trece", 13), N("catorce", 14), N("quince", 15), N("dieciséis", 16), N("diecisiete", 17),
	N("dieciocho", 18), N("diecinueve", 19), N("veinte", 20), N("veintiuno", 21), N("veintidós", 22), N("veintitrés", 23),
	N("veinticuatro", 24), N("veinticinco", 25), N("veintiséis", 26), N("veintisiete", 27), N("veintiocho", 28),
	N("veintinueve", 29), N("treinta", 30), N("cuarenta", 40), N("cincuenta", 50), N("sesenta", 60), N("setenta", 70),
	N("ochenta", 80), N("noventa", 90), N("cien", 100), N("ciento", 100), N("doscientos", 200), N("trescientos", 300),
	N("cuatrocientos", 400), N("quinientos", 500), N("seiscientos", 600), N("setecientos", 700), N("ochocientos", 800),
	N("novecientos", 900), N("mil", 1000), N("millón", 1000000), N("millones", 1000000), N("docena", 12), O("primer", 1),
	O("primero", 1), O("primera", 1), O("segundo", 2), O("segunda", 2), O("tercer", 3), O("tercero", 3), O("tercera", 3),
	O("cuarta", 4), O("quinta", 5), O("sexta", 6), M("enero", 1), M("febrero", 2), M("marzo", 3), M("abril", 4), M("mayo", 5),
	M("junio", 6), M("julio", 7), M("agosto", 8), M("septiembre", 9), M("octubre", 10), M("noviembre", 11), M("diciembre", 12),
	{ NULL, 0, 0 },
};

static const struct entry russian[] = {
	N("два", 2), N("две", 2), N("двух", 2), N("двум", 2), N("двумя", 2), N("три", 3), N("трёх", 3), N("трех", 3), N("трём", 3),
	N("тремя", 3), N("четыре", 4), N("четырёх", 4), N("четырех", 4), N("четырьмя", 4), N("пять", 5), N("пяти", 5), N("пятью", 5),
	N("шесть", 6), N("шести", 6), N("семь", 7), N("семи", 7), N("восемь", 8), N("восьми", 8), N("девять", 9), N("девяти", 9),
	N("десять", 10), N("десяти", 10), N("одиннадцать", 11), N("двенадцать", 12), N("двенадцати", 12), N("тринадцать", 13),
	N("четырнадцать", 14), N("пятнадцать", 15), N("шестнадцать", 16), N("семнадцать", 17), N("восемнадцать", 18),
	N("девятнадцать", 19), N("двадцать", 20), N("двадцати", 20), N("тридцать", 30), N("тридцати", 30), N("сорок", 40),
	N("сорока", 40), N("пятьдесят", 50), N("шестьдесят", 60), N("семьдесят", 70), N("восемьдесят", 80), N("девяносто", 90),
	N("сто", 100), N("двести", 200), N("триста", 300), N("четыреста", 400), N("пятьсот", 500), N("шестьсот", 600),
	N("семьсот", 700), N("восемьсот", 800), N("девятьсот", 900), N("тысяча", 1000), N("тысячи", 1000), N("тысяч", 1000),
	N("миллион", 1000000), N("миллиона", 1000000), N("миллионов", 1000000), N("миллиард", 1000000000), N("миллиарда", 1000000000),
	N("миллиардов", 1000000000), N("дюжина", 12), N("дюжину", 12), O("первый", 1), O("первая", 1), O("первое", 1), O("первого", 1),
	O("первой", 1), O("первую", 1), O("первом", 1), O("второй", 2), O("вторая", 2), O("второе", 2), O("второго", 2), O("вторую", 2),
	O("втором", 2), O("третий", 3), O("третья", 3), O("третье", 3), O("третьего", 3), O("третьей", 3), O("четвёртый", 4),
	O("четвертый", 4), O("пятый", 5), O("пятая", 5), O("пятого", 5), O("шестой", 6), O("седьмой", 7), O("восьмой", 8),
	O("девятый", 9), O("десятый", 10), M("январь", 1), M("января", 1), M("январе", 1), M("февраль", 2), M("февраля", 2),
	M("феврале", 2), M("марта", 3), M("марте", 3), M("апрель", 4), M("апреля", 4), M("апреле", 4), M("мая", 5), M("мае", 5),
	M("июнь", 6), M("июня", 6), M("июне", 6), M("июль", 7), M("июля", 7), M("июле", 7), M("август", 8), M("августа", 8),
	M("августе", 8), M("сентябрь", 9), M("сентября", 9), M("сентябре", 9), M("октябрь", 10), M("октября", 10), M("октябре", 10),
	M("ноябрь", 11), M("ноября", 11), M("ноябре", 11), M("декабрь", 12), M("декабря", 12), M("декабре", 12), { NULL, 0, 0 },
};

static const struct {
	char code[4];
	const struct entry *words;
} languages[] = {
	{ "en", english }, { "fr", french }, { "de", german }, { "es", spanish }, { "ru", russian },
};

static const struct entry *find(const struct entry *words, struct span word)
{
	for (; words->word; words++)
		if (words->word[0] == word.p[0] && span_is(word, words->word))
			return words;
	return NULL;
}

/* What is left of `word` when it ends so, else an empty span. */
static struct span without(struct span word, const char *end)
{
	size_t n = strlen(end);

	return word.len > n && span_ends(word, end) ? span_make(word.p, word.len - n) : (struct span){ NULL, 0 };
}

/* Up to 99: drei, dreizehn, dreiundzwanzig; 0 for no number. */
static uint64_t german_tens(struct span word)
{
	const struct entry *e = word.len ? find(german, word) : NULL;

	if (e)
		return e->kind == NUMERAL_CARDINAL && e->value < 100 ? e->value : 0;
	for (size_t at = 3; at + 6 < word.len; at++) {
		const struct entry *tens = memcmp(word.p + at, "und", 3) ? NULL : find(german, span_make(word.p + at + 3, word.len - at - 3));
		const struct entry *unit = tens ? find(german, span_make(word.p, at)) : NULL;

		if (unit && unit->value < 10 && tens->value >= 20 && tens->value < 100 && unit->kind == tens->kind)
			return unit->value + tens->value;
	}
	return 0;
}

/* A compound cut at `sign`, worth `unit`: what stands before it counts so often, what stands behind is added. */
static uint64_t german_cut(struct span word, const char *sign, uint64_t unit, uint64_t (*part)(struct span))
{
	size_t n = strlen(sign);
	const char *at = word.len >= n ? memmem(word.p, word.len, sign, n) : NULL;
	struct span left, right;
	uint64_t times, more;

	if (!at)
		return part(word);
	left = span_make(word.p, (size_t)(at - word.p));
	right = span_make(at + n, word.len - left.len - n);
	times = left.len ? part(left) : 1;
	more = right.len ? part(right) : 0;
	return !times || (right.len && !more) ? 0 : times * unit + more;
}

static uint64_t german_hundreds(struct span word)
{
	return german_cut(word, "hundert", 100, german_tens);
}

static uint64_t german_number(struct span word)
{
	return german_cut(word, "tausend", 1000, german_hundreds);
}

static struct numeral_value german_compound(struct span word)
{
	static const char *const endings[] = { "r", "n", "s", "m" }, *const marks[] = { "ste", "te" };
	uint64_t value = german_number(word);

	for (size_t i = 0; i < 4 && !value; i++) {
		struct span stem = without(word, endings[i]);
		const struct entry *e = stem.len ? find(german, stem) : NULL;

		if (e && e->kind == NUMERAL_ORDINAL)
			return (struct numeral_value){ e->value, NUMERAL_ORDINAL };
	}
	for (size_t i = 0; i < 2 && !value; i++) {
		struct span stem = without(word, marks[i]);

		if (stem.len && german_number(stem) >= 2)
			return (struct numeral_value){ german_number(stem), NUMERAL_ORDINAL };
	}
	return (struct numeral_value){ value, NUMERAL_CARDINAL };
}

/* II to 39: single capitals are letters, and C, D, L, M make other abbreviations. */
static uint64_t roman(struct span word)
{
	static const char *const tens[] = { "", "X", "XX", "XX" "X" };
	static const char *const ones[] = { "", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX" };

	if (word.len < 2 || (word.p[0] != 'I' && word.p[0] != 'V' && word.p[0] != 'X'))
		return 0;
	for (size_t t = 4; t-- > 0;) {
		size_t n = strlen(tens[t]);

		if (!span_starts(word, tens[t]))
			continue;
		for (size_t o = 0; o < 10; o++)
			if (span_is(span_make(word.p + n, word.len - n), ones[o]))
				return 10 * t + o;
	}
	return 0;
}

struct numeral_value numeral_of_word(struct span word, uint8_t lang)
{
	char low[48];
	size_t n = 0, used;
	uint64_t latin = roman(word);

	if (latin)
		return (struct numeral_value){ latin, NUMERAL_ORDINAL }; /* nothing goes on with it */
	if (word.len + 4 > sizeof low)
		return (struct numeral_value){ 0, NUMERAL_CARDINAL };
	for (size_t at = 0; at < word.len && n + 4 < sizeof low; at += used) {
		int32_t cp = utf8_decode(span_make(word.p + at, word.len - at), &used);

		n += cp < 0 ? 0 : utf8_encode(low + n, (uint32_t)utf8proc_tolower(cp));
	}
	for (size_t i = 0; i < sizeof languages / sizeof *languages && n; i++) {
		const struct entry *e;

		if (strcmp(languages[i].code, lang_code(lang)) != 0)
			continue;
		e = find(languages[i].words, span_make(low, n));
		return e ? (struct numeral_value){ e->value, e->kind }
		       : languages[i].words == german ? german_compound(span_make(low, n)) : (struct numeral_value){ 0, NUMERAL_CARDINAL };
	}
	return (struct numeral_value){ 0, NUMERAL_CARDINAL };
}
