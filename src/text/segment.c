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

enum { QUOTATION_MOST = 600, ABBREVIATION_MOST = 16, WORD_MOST = 64 };
enum { WRAP_LINES = 20, WRAP_LEAST = 40, WRAP_USUAL = 60, WRAP_MOST = 120 }; /* lines looked at each way; columns of wrapped text */

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

/* The word before a boundary, without white space; it starts after a space or an opening bracket.  Of a longer one than any that is
 * looked for, the end: text without spaces would be gone through at each of its boundaries. */
static struct span last_word(struct span s)
{
	size_t end = s.len, start;

	while (end && strchr(" \t\r\n", s.p[end - 1]))
		end--;
	for (start = end; start && end - start < WORD_MOST && !strchr(" \t\r\n([\"'", s.p[start - 1]); start--)
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

static struct span skip_blanks(struct span s)
{
	while (s.len && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = span_make(s.p + 1, s.len - 1);
	return s;
}

/* "- ", "* ", "3. ": the next line is an item of its own. */
static bool starts_item(struct span line)
{
	size_t digits = 0;

	while (digits < line.len && line.p[digits] >= '0' && line.p[digits] <= '9')
		digits++;
	if (digits)
		return digits <= 3 && digits + 1 < line.len && (line.p[digits] == '.' || line.p[digits] == ')') && line.p[digits + 1] == ' ';
	return span_starts(line, "- ") || span_starts(line, "* ") || span_starts(line, "+ ") || span_starts(line, "\xe2\x80\xa2");
}

/* Where the first of the lines without a blank one between begins that stand before byte `at`, up to WRAP_LINES. */
static size_t paragraph_start(struct span text, size_t at)
{
	for (unsigned lines = 0; at && lines < WRAP_LINES; lines++) {
		size_t begin = at - 1;

		while (begin && text.p[begin - 1] != '\n')
			begin--;
		if (span_trim(span_make(text.p + begin, at - begin)).len == 0)
			break;
		at = begin;
	}
	return at;
}

struct wrapped_line {
	size_t width, word; /* characters of it and of its first word */
};

/* The line behind which byte `to` stands is as long as lines of its paragraph are, and most of these are: the next word would not have
 * stood on it.  The lines of a list or a poem end where they like. */
static bool is_full_line(struct span text, size_t to)
{
	struct wrapped_line lines[2 * WRAP_LINES];
	size_t from = paragraph_start(text, to), n = 0, here = 0, width = 0, full = 0;
	struct span rest = span_make(text.p + from, text.len - from);

	while (rest.len && n < 2 * WRAP_LINES) {
		struct span line = span_line(&rest), words = skip_blanks(line);
		size_t word = 0;

		if (span_trim(line).len == 0 || (n && starts_item(words)))
			break;
		while (word < words.len && !strchr(" \t\r", words.p[word]))
			word++;
		lines[n++] = (struct wrapped_line){ utf8_count(line), utf8_count(span_make(words.p, word)) };
		width = lines[n - 1].width > width ? lines[n - 1].width : width;
		if ((size_t)(line.p + line.len - text.p) < to)
			here = n - 1;
	}
	for (size_t i = 0; i + 1 < n; i++)
		full += lines[i].width + 1 + lines[i + 1].word > width;
	return here + 1 < n && width >= (n == 2 ? WRAP_USUAL : WRAP_LEAST) && width <= WRAP_MOST && 2 * full >= n - 1 &&
	       lines[here].width + 1 + lines[here + 1].word > width;
}

/* A line that was only wrapped: no blank line follows, and what follows goes on in lower case or would not have fitted the line. */
static bool is_wrap(struct span text, size_t to)
{
	struct span after = skip_blanks(span_make(text.p + to, text.len - to));

	if (text.p[to - 1] != '\n' || after.len == 0 || after.p[0] == '\n' || after.p[0] == '\r')
		return false;
	return starts_lower(after) || is_full_line(text, to);
}

static bool joins(const struct segmenter *s, struct span text, size_t from, size_t to)
{
	struct span before = span_make(text.p + from, to - from), after = span_make(text.p + to, text.len - to);
	struct span word = last_word(before);
	bool wrap = is_wrap(text, to);

	if (wrap && !ends_with_stop(word) && span_trim(before).len)
		return true;
	if (!word.len || (before.p[before.len - 1] == '\n' && !wrap))
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
		struct span before = span_make(text.p + from, to - from);

		if (joins(s, text, from, to) || (before.len < QUOTATION_MOST && bracket_depth(before) > 0))
			continue;
		put(out, text, from, to);
		from = to;
	}
	utext_close(u);
}

static bool is_wide(int32_t cp)
{
	return (cp >= 0x2E80 && cp < 0xAC00) || (cp >= 0xFF00 && cp < 0xFFF0); /* Hangul is written with spaces */
}

struct span sentence_line(struct arena *a, struct span sentence)
{
	char *line = arena_alloc(a, sentence.len + 1);
	size_t n = 0, i = 0;
	int32_t last = 0;

	sentence = span_trim(sentence);
	while (i < sentence.len) {
		size_t used, blanks = i;
		bool wrapped = false;
		int32_t cp;

		for (; blanks < sentence.len && strchr(" \t\r\n", sentence.p[blanks]); blanks++)
			wrapped |= sentence.p[blanks] == '\n';
		cp = utf8_decode(span_make(sentence.p + blanks, sentence.len - blanks), &used);
		if (blanks > i && !(wrapped && is_wide(last) && is_wide(cp)))
			line[n++] = ' ';
		memcpy(line + n, sentence.p + blanks, used);
		n += used;
		i = blanks + used;
		last = cp;
	}
	line[n] = '\0';
	return span_make(line, n);
}
