/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sentence boundaries by ICU, then joined again where a rule of ours says so; see segment.h.
 */
#include "text/segment.h"

#include <unicode/ubrk.h>
#include <unicode/utext.h>

#include "base/data.h"
#include "base/fs.h"
#include "base/i18n.h"
#include "base/map.h"
#include "base/utf8.h"
#include "text/langid.h"

enum { QUOTATION_MOST = 600, ABBREVIATION_MOST = 16 };

struct segmenter {
	UBreakIterator *breaks;
	struct mapstr abbreviations;
	bool ordinals;            /* the language writes "3." for third */
};

static void read_abbreviations(struct segmenter *s, const char *code)
{
	char *path = data_path_shipped("segment", "abbreviations");
	struct buf text = BUF_INIT;

	if (path && fs_read_all(&text, path, 1 << 20, NULL) == 0) {
		for (struct span rest = buf_span(&text); rest.len;) {
			struct span line = span_line(&rest), word;
			size_t n = 0;

			for (size_t i = 0; i <= line.len; i++) {
				if (i < line.len && line.p[i] != ' ')
					continue;
				word = span_make(line.p + n, i - n);
				n = i + 1;
				if (word.p == line.p && !span_is(word, code) && !span_is(word, "*"))
					break;
				if (word.p != line.p && word.len) {
					bool made;

					*mapstr_at(&s->abbreviations, word, &made) = 1;
				}
			}
		}
	}
	buf_free(&text);
	free(path);
}

int segmenter_open(struct segmenter **out, uint8_t lang, struct error *err)
{
	struct segmenter *s = xcalloc(1, sizeof *s);
	UErrorCode status = U_ZERO_ERROR;

	*out = NULL;
	s->breaks = ubrk_open(UBRK_SENTENCE, lang_code(lang), NULL, 0, &status);
	if (U_FAILURE(status)) {
		free(s);
		return error_set(err, TAMIS_EUNSUPPORTED, _("ICU cannot find sentences: %s"), u_errorName(status));
	}
	s->ordinals = strstr(" cs da de et fi hr hu is lv nb nn pl sk sl sr ", lang_code(lang)) != NULL;
	read_abbreviations(s, lang_code(lang));
	*out = s;
	return 0;
}

void segmenter_close(struct segmenter *s)
{
	if (!s)
		return;
	ubrk_close(s->breaks);
	mapstr_free(&s->abbreviations);
	free(s);
}

/* ---- where a boundary is none ---- */

/* The word before a boundary, without white space; it starts after a space or an opening bracket. */
static struct span last_word(struct span s)
{
	size_t end = s.len, start;

	while (end && strchr(" \t\r\n", s.p[end - 1]))
		end--;
	for (start = end; start && !strchr(" \t\r\n([\"'", s.p[start - 1]); start--)
		;
	return span_make(s.p + start, end - start);
}

static bool is_digits_dot(struct span w)
{
	for (size_t i = 0; i + 1 < w.len; i++)
		if (w.p[i] < '0' || w.p[i] > '9')
			return false;
	return w.len >= 2 && w.len <= 3 && w.p[w.len - 1] == '.';
}

/* "J." of a name: one upper-case letter and a dot. */
static bool is_initial(struct span w)
{
	return w.len == 2 && w.p[1] == '.' && w.p[0] >= 'A' && w.p[0] <= 'Z';
}

static bool ends_with_stop(struct span w)
{
	static const char *const stops[] = { ".", "!", "?", ":", ";", "。", "！", "？", "…", "।" };

	for (size_t i = 0; i < sizeof stops / sizeof *stops; i++)
		if (span_ends(w, stops[i]))
			return true;
	return false;
}

static bool starts_lower(struct span s)
{
	size_t used;
	int32_t cp = utf8_decode(s, &used);

	return (cp >= 'a' && cp <= 'z') || (cp >= 0xDF && cp <= 0xFF) || (cp >= 0x430 && cp <= 0x45F) || (cp >= 0x3AC && cp <= 0x3CE);
}

/* A line that was only wrapped: no stop before, no blank line between, and the next one goes on in lower case. */
static bool is_wrap(struct span before, struct span after, struct span word)
{
	size_t newlines = 0;

	for (size_t i = before.len; i && strchr(" \t\r\n", before.p[i - 1]); i--)
		newlines += before.p[i - 1] == '\n';
	return newlines == 1 && !ends_with_stop(word) && starts_lower(after);
}

static bool joins(const struct segmenter *s, struct span before, struct span after)
{
	struct span word = last_word(before);

	if (is_wrap(before, after, word))
		return true;
	if (!word.len || before.p[before.len - 1] == '\n')
		return false;
	if (word.len <= ABBREVIATION_MOST && mapstr_find(&s->abbreviations, word))
		return true;
	return is_initial(word) || (s->ordinals && is_digits_dot(word)) || span_starts(after, "と") || span_starts(after, "って");
}

/* Opening less closing CJK brackets. */
static int bracket_depth(struct span s)
{
	int depth = 0;
	size_t used;

	for (size_t i = 0; i < s.len; i += used) {
		int32_t cp = utf8_decode(span_make(s.p + i, s.len - i), &used);

		if (cp == 0x300C || cp == 0x300E || cp == 0xFF08 || cp == 0x300A)
			depth++;
		else if (cp == 0x300D || cp == 0x300F || cp == 0xFF09 || cp == 0x300B)
			depth -= depth > 0;
	}
	return depth;
}

/* ---- cutting ---- */

static void put(struct sentence_ranges *out, struct span text, size_t from, size_t to)
{
	while (from < to && strchr(" \t\r\n", text.p[from]))
		from++;
	while (to > from && strchr(" \t\r\n", text.p[to - 1]))
		to--;
	if (to > from)
		vec_push(&out->ranges, (struct sentence_range){ from, to - from });
}

void segment(struct segmenter *s, struct sentence_ranges *out, struct span text)
{
	UErrorCode status = U_ZERO_ERROR;
	UText *u = utext_openUTF8(NULL, text.p, (int64_t)text.len, &status);
	size_t from = 0;

	ubrk_setUText(s->breaks, u, &status);
	if (U_FAILURE(status)) {
		put(out, text, 0, text.len);
		utext_close(u);
		return;
	}
	ubrk_first(s->breaks);
	for (;;) {
		int32_t at = ubrk_next(s->breaks);
		size_t to = at == UBRK_DONE ? text.len : (size_t)at;

		if (to >= text.len) {
			put(out, text, from, text.len);
			break;
		}
		struct span before = span_make(text.p + from, to - from), after = span_make(text.p + to, text.len - to);

		if (joins(s, before, after) || (before.len < QUOTATION_MOST && bracket_depth(before) > 0))
			continue;
		put(out, text, from, to);
		from = to;
	}
	utext_close(u);
}
