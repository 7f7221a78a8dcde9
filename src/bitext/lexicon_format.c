/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Dictionary formats.  Ding: `a; b | c :: x; y | z` (columns of | correspond, alternatives by ;).  EDICT:
 * `headword [reading] /gloss/gloss/`.  CC-CEDICT: `traditional simplified [pinyin] /gloss/gloss/`.  dictd (RFC 2229's
 * server): an index of `headword TAB offset TAB length` in base 64 over a text; freedict's entries are a headword line, then
 * translations, each sense numbered when there are several, with a definition in the headword's language below.
 */
#include "bitext/lexicon_format.h"

#include <stdlib.h>

#include "base/utf8.h"

void lexicon_put(const struct lexicon_sink *sink, struct span first, struct span second)
{
	if (sink->swapped)
		lexicon_add(sink->lexicon, second, first);
	else
		lexicon_add(sink->lexicon, first, second);
}

/* Cuts the next piece of `rest` at any byte of `separators` that is not inside (), [] or {}. */
static bool cut_piece(struct span *rest, struct span *piece, const char *separators)
{
	size_t i = 0;
	int depth = 0;

	if (!rest->p)
		return false;
	for (; i < rest->len; i++) {
		char c = rest->p[i];

		if (c == '(' || c == '[' || c == '{')
			depth++;
		else if ((c == ')' || c == ']' || c == '}') && depth > 0)
			depth--;
		else if (!depth && strchr(separators, c) && c)
			break;
	}
	*piece = span_make(rest->p, i);
	*rest = i < rest->len ? span_make(rest->p + i + 1, rest->len - i - 1) : (struct span){ NULL, 0 };
	return true;
}

static const char *find(struct span s, const char *needle)
{
	return s.len ? memmem(s.p, s.len, needle, strlen(needle)) : NULL;
}

static void put_all_pairs(const struct lexicon_sink *sink, struct span firsts, struct span seconds, const char *separators)
{
	struct span first, rest, second;

	while (cut_piece(&firsts, &first, separators))
		for (rest = seconds; cut_piece(&rest, &second, separators);)
			lexicon_put(sink, first, second);
}

void read_ding(const struct lexicon_sink *sink, struct span text)
{
	while (text.len) {
		struct span line = span_line(&text), left, right, a, b;
		const char *middle = find(line, "::");

		if (!middle || span_starts(line, "#"))
			continue;
		left = span_make(line.p, (size_t)(middle - line.p));
		right = span_make(middle + 2, line.len - left.len - 2);
		while (cut_piece(&left, &a, "|") && cut_piece(&right, &b, "|"))
			put_all_pairs(sink, a, b, ";");
	}
}

/* Glosses between slashes, alternatives inside them by semicolons. */
static void put_glosses(const struct lexicon_sink *sink, struct span head, struct span glosses)
{
	struct span gloss, part;

	while (cut_piece(&glosses, &gloss, "/"))
		while (cut_piece(&gloss, &part, ";"))
			lexicon_put(sink, head, part);
}

void read_edict(const struct lexicon_sink *sink, struct span text)
{
	while (text.len) {
		struct span line = span_line(&text), heads, head;
		const char *slash = find(line, " /");
		const char *bracket, *close;

		if (!slash)
			continue;
		heads = span_make(line.p, (size_t)(slash - line.p));
		bracket = find(heads, "[");
		close = find(heads, "]");
		struct span glosses = span_make(slash + 2, line.len - heads.len - 2);

		if (bracket && close && close > bracket) {
			struct span readings = span_make(bracket + 1, (size_t)(close - bracket - 1));

			heads.len = (size_t)(bracket - heads.p);
			while (cut_piece(&readings, &head, ";"))
				put_glosses(sink, head, glosses);
		}
		while (cut_piece(&heads, &head, ";"))
			put_glosses(sink, head, glosses);
	}
}

void read_cedict(const struct lexicon_sink *sink, struct span text)
{
	while (text.len) {
		struct span line = span_line(&text);
		const char *space = find(line, " ");
		const char *bracket = find(line, " [");
		const char *slash = find(line, "] /");

		if (span_starts(line, "#") || !space || !bracket || !slash || bracket <= space || slash < bracket)
			continue;
		struct span traditional = span_make(line.p, (size_t)(space - line.p));
		struct span simplified = span_make(space + 1, (size_t)(bracket - space - 1));
		struct span glosses = span_make(slash + 3, line.len - (size_t)(slash + 3 - line.p));

		put_glosses(sink, simplified, glosses);
		if (!span_eq(traditional, simplified))
			put_glosses(sink, traditional, glosses);
	}
}

void read_unihan(const struct lexicon_sink *sink, struct span text)
{
	while (text.len) {
		struct span line = span_line(&text), code, field, gloss;
		char character[4], digits[8] = { 0 };
		unsigned long cp;

		if (!span_starts(line, "U+") || !cut_piece(&line, &code, "\t") || !cut_piece(&line, &field, "\t") ||
		    !span_eq(field, span_of("kDefinition")) || code.len - 2 >= sizeof digits)
			continue;
		memcpy(digits, code.p + 2, code.len - 2);
		cp = strtoul(digits, NULL, 16);
		if (cp < 0x3400 || cp > 0x3FFFF)
			continue;
		struct span head = span_make(character, utf8_encode(character, (uint32_t)cp));

		while (cut_piece(&line, &gloss, ",;"))
			lexicon_put(sink, head, gloss);
	}
}

void read_tsv(const struct lexicon_sink *sink, struct span text)
{
	while (text.len) {
		struct span line = span_line(&text), first, second;

		if (!span_starts(line, "#") && cut_piece(&line, &first, "\t") && cut_piece(&line, &second, "\t"))
			lexicon_put(sink, first, second);
	}
}

/* ---- dictd ---- */

static size_t base64_number(struct span s)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t n = 0;

	for (size_t i = 0; i < s.len && n < SIZE_MAX / 64; i++) {
		const char *d = s.p[i] ? strchr(digits, s.p[i]) : NULL;

		n = n * 64 + (d ? (size_t)(d - digits) : 0);
	}
	return n;
}

/* A sense number: "1. " */
static bool takes_number(struct span *line)
{
	size_t i = 0;

	while (i < line->len && line->p[i] >= '0' && line->p[i] <= '9')
		i++;
	if (!i || i >= line->len || line->p[i] != '.')
		return false;
	*line = span_trim(span_make(line->p + i + 1, line->len - i - 1));
	return true;
}

/* True when nothing but bracketed remarks is in the line. */
static bool is_remark(struct span line)
{
	struct span piece = line;
	int depth = 0;

	for (size_t i = 0; i < piece.len; i++) {
		char c = piece.p[i];

		if (c == '(' || c == '[' || c == '<')
			depth++;
		else if (c == ')' || c == ']' || c == '>')
			depth--;
		else if (depth <= 0 && c != ' ' && c != ',')
			return false;
	}
	return true;
}

static void read_entry(const struct lexicon_sink *sink, struct span text)
{
	struct span heads = span_line(&text);
	bool translation = true;

	while (text.len) {
		struct span line = span_trim(span_line(&text));

		if (takes_number(&line))
			translation = true;
		if (!translation || !line.len || is_remark(line))
			continue;
		put_all_pairs(sink, heads, line, ",;");
		translation = false;
	}
}

struct extent {
	size_t at, len;
};

static int compare_extents(const void *a, const void *b)
{
	const struct extent *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

void read_dictd(const struct lexicon_sink *sink, struct span index, struct span dict)
{
	VEC(struct extent) extents = { 0 };

	while (index.len) {
		struct span line = span_line(&index), head, at, len;

		if (span_starts(line, "00") || !cut_piece(&line, &head, "\t") || !cut_piece(&line, &at, "\t") ||
		    !cut_piece(&line, &len, "\t"))
			continue;
		struct extent e = { base64_number(at), base64_number(len) };

		if (e.at < dict.len && e.len <= dict.len - e.at)
			vec_push(&extents, e);
	}
	if (extents.n)
		qsort(extents.v, extents.n, sizeof *extents.v, compare_extents);
	vec_each(&extents, i)
		if (!i || extents.v[i].at != extents.v[i - 1].at)
			read_entry(sink, span_make(dict.p + extents.v[i].at, extents.v[i].len));
	vec_free(&extents);
}
