/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "instruct/plain_heading.h"

#include <ctype.h>
#include <strings.h>

#include "base/utf8.h"

#define HEADING_CHARS 80
#define TITLE_WORDS 12

static struct span from(struct span text, size_t i)
{
	return span_make(text.p + i, text.len - i);
}

/* The longest of the list that `text` begins with, its case disregarded; 0 for none. */
static size_t starts_with(struct span text, const char *const *list)
{
	size_t longest = 0;

	for (; *list; list++) {
		size_t n = strlen(*list);

		if (n > longest && text.len >= n && strncasecmp(text.p, *list, n) == 0)
			longest = n;
	}
	return longest;
}

/* Columns of a table, the dots and the page of a table of contents, several sentences. */
static bool is_title(struct span title)
{
	size_t words = 0;

	for (size_t i = 0; i < title.len; i++) {
		unsigned char c = (unsigned char)title.p[i], next = i + 1 < title.len ? (unsigned char)title.p[i + 1] : 0;

		if (c == '\t' || c == '|' || c == '=' || c == ';' || (c == ' ' && next == ' ') || (c == '.' && next == '.') ||
		    (strchr(".!?", c) && next == ' ' && i > 3))
			return false;
		words += c == ' ';
	}
	return words < TITLE_WORDS && title.len && !isdigit((unsigned char)title.p[title.len - 1]) && strchr(",:-", title.p[title.len - 1]) == NULL;
}

/* ---- "CHAPTER I. Down the Hole" ---- */

/* Bytes of a number in digits, Roman or in words. */
static size_t count_len(struct span t)
{
	static const char *const words[] = { "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
					     "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty",
					     "forty", "fifty", "the first", "the second", "the third", "the last", "first", "second", "third", NULL };
	size_t n = 0;

	while (n < t.len && isdigit((unsigned char)t.p[n]))
		n++;
	if (n)
		return n <= 3 ? n : 0;
	while (n < t.len && t.p[n] && strchr("IVXLC", t.p[n]))
		n++;
	if (n && (n == t.len || !isalnum((unsigned char)t.p[n])))
		return n;
	n = starts_with(t, words);
	if (n && n + 1 < t.len && t.p[n] == '-')
		n += 1 + starts_with(from(t, n + 1), words);
	return n && (n == t.len || !isalnum((unsigned char)t.p[n])) ? n : 0;
}

static struct plain_heading read_worded(struct span t)
{
	static const struct {
		const char *word;
		unsigned level;
	} kinds[] = { { "part ", 1 }, { "book ", 1 }, { "volume ", 1 }, { "chapter ", 2 }, { "appendix ", 2 } };
	struct plain_heading none = { 0 };

	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		size_t n = strlen(kinds[k].word), number;
		struct span rest, title;

		if (t.len <= n || strncasecmp(t.p, kinds[k].word, n) != 0 || !isupper((unsigned char)t.p[0]))
			continue;
		rest = from(t, n);
		number = count_len(rest);
		if (number == 0 && kinds[k].word[0] == 'a' && isupper((unsigned char)rest.p[0]) && (rest.len == 1 || !isalnum((unsigned char)rest.p[1])))
			number = 1;
		if (number == 0)
			return none;
		rest = from(rest, number);
		title = span_trim(rest);
		while (title.len && strchr(".:-", title.p[0]))
			title = span_trim(from(title, 1));
		/* "Chapter 12 describes", "Part 2, in which": sentences. */
		if (title.len && (islower((unsigned char)title.p[0]) || strchr(",;)'", title.p[0]) || strchr(" .:-", rest.p[0]) == NULL || !is_title(title)))
			return none;
		if (title.len && rest.p[0] == ' ' && title.p == rest.p + 1 && span_ends(title, "."))
			return none;
		return (struct plain_heading){ .kind = PLAIN_WORDED, .level = kinds[k].level };
	}
	return none;
}

/* ---- "第三章 风" ---- */

static size_t chinese_count_len(struct span t)
{
	static const char *const digits[] = { "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "百", "千", "零", "〇", "两",
					      "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", NULL };
	size_t n = 0, digit;

	while ((digit = starts_with(from(t, n), digits)) > 0)
		n += digit;
	return n <= 24 ? n : 0;
}

static struct plain_heading read_chinese(struct span t)
{
	static const struct {
		const char *unit;
		unsigned level;
	} units[] = { { "卷", 1 }, { "部", 1 }, { "篇", 1 }, { "集", 1 }, { "章", 2 }, { "回", 2 }, { "幕", 2 }, { "节", 3 }, { "節", 3 } };
	static const char *const gaps[] = { " ", "　", "：", ":", "、", "\t", NULL };
	static const char *const sentence[] = { "。", "，", "；", "！", "？", "…", "”", NULL };
	struct plain_heading none = { 0 };
	size_t number;
	struct span rest;

	if (!span_starts(t, "第") || utf8_count(t) > HEADING_CHARS / 2)
		return none;
	number = chinese_count_len(from(t, 3));
	rest = from(t, 3 + number);
	for (size_t k = 0; number && k < sizeof units / sizeof *units; k++) {
		struct span title = from(rest, span_starts(rest, units[k].unit) ? 3 : 0);

		if (title.len == rest.len)
			continue;
		if (title.len && starts_with(title, gaps) == 0)
			return none;
		for (const char *const *mark = sentence; *mark; mark++)
			if (span_ends(t, *mark) || (*mark == sentence[0] && memmem(t.p, t.len, *mark, 3)))
				return none;
		if (title.len && (isdigit((unsigned char)t.p[t.len - 1]) || memmem(t.p, t.len, "..", 2) || memmem(t.p, t.len, "……", 6)))
			return none;
		return (struct plain_heading){ .kind = PLAIN_WORDED, .level = units[k].level };
	}
	return none;
}

/* ---- "3.2 Experiments", "References" ---- */

static struct plain_heading read_numbered(struct span t)
{
	struct plain_heading h = { .kind = PLAIN_NUMBERED }, none = { 0 };
	size_t i = 0;

	while (h.depth < PLAIN_NUMBERS && i < t.len && isdigit((unsigned char)t.p[i])) {
		size_t begin = i;

		for (; i < t.len && isdigit((unsigned char)t.p[i]) && i < begin + 2; i++)
			h.numbers[h.depth] = h.numbers[h.depth] * 10 + (unsigned)(t.p[i] - '0');
		h.depth++;
		if (i + 1 < t.len && t.p[i] == '.')
			i++;
		else
			break;
	}
	if (h.depth == 0 || i == 0 || i >= t.len || t.p[i] != ' ')
		return none;
	t = span_trim(from(t, i));
	h.level = 2 + h.depth;
	if (t.len < 3 || utf8_count(t) > 60 || span_ends(t, ".") || span_ends(t, "。") || span_ends(t, "，") || !is_title(t))
		return none;
	return isupper((unsigned char)t.p[0]) || (unsigned char)t.p[0] >= 0xe3 ? h : none;
}

static struct plain_heading read_named(struct span t)
{
	static const char *const names[] = { "abstract", "introduction", "related work", "background", "method", "methods", "methodology",
					     "materials and methods", "experiments", "experimental setup", "results", "results and discussion", "evaluation",
					     "discussion", "conclusion", "conclusions", "limitations", "future work", "acknowledgements",
					     "acknowledgments", "references", "bibliography", "摘要", "引言", "结论", "致谢", "参考文献", NULL };

	if (t.len && (t.p[t.len - 1] == ':' || t.p[t.len - 1] == '.'))
		t.len--;
	if (t.len == 0 || islower((unsigned char)t.p[0]) || starts_with(t, names) != t.len)
		return (struct plain_heading){ 0 };
	return (struct plain_heading){ .kind = PLAIN_NAMED, .level = 3 };
}

struct plain_heading plain_heading_read(struct span line)
{
	static struct plain_heading (*const readers[])(struct span) = { read_worded, read_chinese, read_numbered, read_named };
	struct plain_heading h = { 0 };

	line = span_trim(line);
	while (span_starts(line, "　"))
		line = span_trim(from(line, 3));
	if (line.len == 0 || line.len > 4 * HEADING_CHARS || utf8_count(line) > HEADING_CHARS)
		return h;
	for (size_t i = 0; h.kind == PLAIN_NONE && i < sizeof readers / sizeof *readers; i++)
		h = readers[i](line);
	return h;
}

/* ---- the whole document ---- */

/* Headings with nothing below them are lines of a table of contents, unless they stand above the one that has text: a part above
 * its first chapter. */
static void settle_worded(struct plain_candidate *v, size_t n)
{
	unsigned below = 0;

	for (size_t i = n; i-- > 0;) {
		bool worded = v[i].heading.kind == PLAIN_WORDED;

		v[i].kept = worded && (v[i].text_follows || v[i].heading.level < below);
		below = v[i].kept || (!worded && v[i].text_follows) ? v[i].heading.level : worded ? 0 : below;
	}
}

static int compare_numbers(const struct plain_heading *a, const struct plain_heading *b)
{
	for (size_t i = 0; i < PLAIN_NUMBERS; i++)
		if (a->numbers[i] != b->numbers[i])
			return a->numbers[i] < b->numbers[i] ? -1 : 1;
	return 0;
}

/* Keeps those of `depth` 1, or of all greater ones, that count upward and have text; returns how many. */
static size_t settle_numbered(struct plain_candidate *v, size_t n, bool single)
{
	struct plain_heading last = { 0 };
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		const struct plain_heading *h = &v[i].heading;
		bool below = i + 1 < n && v[i + 1].heading.kind == PLAIN_NUMBERED && v[i + 1].heading.depth > h->depth;
		bool next = single ? h->numbers[0] == last.numbers[0] + 1 : compare_numbers(h, &last) > 0 && h->numbers[0] <= last.numbers[0] + 3;

		if (h->kind != PLAIN_NUMBERED || (h->depth == 1) != single || !next || !(v[i].text_follows || below))
			continue;
		v[i].kept = true;
		last = *h;
		kept++;
	}
	return kept;
}

static void drop(struct plain_candidate *v, size_t n, enum plain_kind kind)
{
	for (size_t i = 0; i < n; i++)
		v[i].kept &= v[i].heading.kind != kind;
}

void plain_headings_settle(struct plain_candidate *candidates, size_t n)
{
	size_t dotted, named = 0;

	settle_worded(candidates, n);
	dotted = settle_numbered(candidates, n, false);
	for (size_t i = 0; i < n; i++) {
		candidates[i].kept |= candidates[i].heading.kind == PLAIN_NAMED && candidates[i].text_follows;
		named += candidates[i].heading.kind == PLAIN_NAMED && candidates[i].kept;
	}
	if (dotted < 2) {
		drop(candidates, n, PLAIN_NUMBERED);
		dotted = 0;
	}
	/* "1. Wash" is a list's item where nothing says that the text is a paper. */
	if (dotted || named >= 2)
		settle_numbered(candidates, n, true);
	if (named < 2 && dotted == 0)
		drop(candidates, n, PLAIN_NAMED);
}
