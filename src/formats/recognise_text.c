/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Translation memories, message catalogues, and everything else that is text. */
#include <stdio.h>
#include <strings.h>

#include "base/i18n.h"
#include "formats/catalogue.h"
#include "formats/recognise.h"

/* ---- TMX ---- */

#define TAG_LIMIT 1024 /* a tag that is longer is not looked through */

/* Value of attribute `name` in the tag that begins at `tag`. */
static struct span tag_attribute(struct span tag, const char *name)
{
	const char *end;
	size_t n = strlen(name);

	tag.len = tag.len < TAG_LIMIT ? tag.len : TAG_LIMIT;
	end = memchr(tag.p, '>', tag.len);
	if (end)
		tag.len = (size_t)(end - tag.p);
	for (size_t i = 0; i + n + 2 < tag.len; i++) {
		char quote = tag.p[i + n + 1];
		const char *close;

		if (memcmp(tag.p + i, name, n) != 0 || tag.p[i + n] != '=' || (quote != '"' && quote != '\''))
			continue;
		close = memchr(tag.p + i + n + 2, quote, tag.len - i - n - 2);
		if (close)
			return span_make(tag.p + i + n + 2, (size_t)(close - tag.p) - i - n - 2);
	}
	return (struct span){ NULL, 0 };
}

static struct span find(struct span s, const char *word)
{
	const char *hit = s.len ? memmem(s.p, s.len, word, strlen(word)) : NULL;

	return hit ? span_make(hit, (size_t)(s.p + s.len - hit)) : (struct span){ NULL, 0 };
}

struct languages {
	char seen[2][16]; /* of the first unit */
	size_t units;
	bool same;        /* every unit so far has these two */
};

static void note_unit(void *ctx, struct span unit)
{
	struct languages *l = ctx;
	char here[2][16] = { "", "" };
	size_t n = 0;

	for (struct span at = find(unit, "<tuv"); at.len;
	     at = find(span_make(at.p + 4, at.len - 4), "<tuv")) {
		struct span lang = tag_attribute(at, "lang");

		if (n < 2)
			set_code(here[n], sizeof here[n], lang);
		n++;
	}
	if (l->units++ == 0) {
		memcpy(l->seen, here, sizeof here);
		l->same = n >= 2;
	}
	l->same = l->same && strcasecmp(here[0], l->seen[0]) == 0 && strcasecmp(here[1], l->seen[1]) == 0;
}

/* Charset of an XML declaration other than UTF-8 and UTF-16 (which are known from the bytes). */
static void xml_charset(struct shape *out, struct span text)
{
	struct span name = { NULL, 0 };

	if (span_starts(text, "<?xml"))
		name = tag_attribute(text, "encoding");
	if (out->utf16 || name.len == 0 || strncasecmp(name.p, "utf-", 4) == 0 ||
	    strncasecmp(name.p, "utf8", 4) == 0 || strncasecmp(name.p, "us-ascii", 8) == 0)
		return;
	set_code(out->charset, sizeof out->charset, name);
}

int recognise_tmx(struct shape *out, const struct head *h, struct error *err)
{
	struct span text = span_trim(h->bytes),
		    start = span_make(text.p, text.len < 65536 ? text.len : 65536);
	struct languages l = { .units = 0 };

	(void)err;
	if (text.len == 0 || text.p[0] != '<' || find(start, "<tmx").len == 0)
		return 0;
	out->format = FORMAT_TMX;
	out->kind = KIND_BITEXT;
	snprintf(out->profile, sizeof out->profile, "tmx");
	xml_charset(out, text);
	sample_records(out, h, 64, note_unit, &l);
	set_languages(out, h);
	if (!(h->wish && h->wish->lang) && l.units) {
		snprintf(out->source_lang, sizeof out->source_lang, "%s", l.same ? l.seen[0] : "");
		snprintf(out->target_lang, sizeof out->target_lang, "%s", l.same ? l.seen[1] : "");
	}
	if (out->source_lang[0] && out->target_lang[0])
		set_reason(out, _("a translation memory (TMX), read as %s to %s"), out->source_lang,
			   out->target_lang);
	else
		set_reason(out,
			   _("a translation memory (TMX); of each unit the first two languages are read"));
	return 1;
}

/* ---- gettext ---- */

static bool at_line_start(struct span text, const char *word)
{
	for (struct span at = find(text, word); at.len; at = find(span_make(at.p + 1, at.len - 1), word))
		if (at.p == text.p || at.p[-1] == '\n')
			return true;
	return false;
}

static void set_catalogue(struct shape *out, const struct head *h, struct span header)
{
	struct span lang = catalogue_header(header, "Language");

	out->kind = KIND_BITEXT;
	snprintf(out->profile, sizeof out->profile, "gettext");
	set_languages(out, h);
	if (out->source_lang[0] == '\0')
		snprintf(out->source_lang, sizeof out->source_lang, "en");
	if (out->target_lang[0] == '\0')
		set_code(out->target_lang, sizeof out->target_lang, lang);
}

/* The header text of a .po: quoted lines after the first empty msgid, escapes resolved as far as header lines
 * need. */
static void po_header(struct buf *out, struct span text)
{
	struct span at = find(text, "msgid \"\"");
	bool inside = false;

	at = find(at, "msgstr");
	while (at.len) {
		struct span line = span_trim(span_line(&at));
		const char *quote = memchr(line.p, '"', line.len);

		if (quote == NULL || (inside && line.p[0] != '"'))
			break;
		inside = true;
		for (const char *p = quote + 1; p + 1 < line.p + line.len; p++) {
			if (*p == '\\' && p[1] == 'n')
				buf_addc(out, '\n'), p++;
			else
				buf_addc(out, *p);
		}
	}
}

int recognise_po(struct shape *out, const struct head *h, struct error *err)
{
	struct buf header = BUF_INIT;

	(void)err;
	if (!at_line_start(h->bytes, "msgid \"") || !at_line_start(h->bytes, "msgstr"))
		return 0;
	out->format = FORMAT_PO;
	po_header(&header, h->bytes);
	set_catalogue(out, h, buf_span(&header));
	if (!out->utf16)
		catalogue_charset(out->charset, buf_span(&header));
	buf_free(&header);
	if (out->target_lang[0])
		set_reason(out, _("a message catalogue (gettext .po) into %s"), out->target_lang);
	else
		set_reason(out, _("a message catalogue (gettext .po)"));
	return 1;
}

int recognise_mo(struct shape *out, const struct head *h, struct error *err)
{
	if (!mo_sniff(h->bytes))
		return error_set(err, TAMIS_EPARSE, _("%s is not a compiled message catalogue"), h->name);
	out->format = FORMAT_MO;
	set_column(out, "source", ROLE_SOURCE);
	set_column(out, "target", ROLE_TARGET);
	set_catalogue(out, h, mo_header(h->bytes));
	if (out->target_lang[0])
		set_reason(out, _("a compiled message catalogue (gettext .mo) into %s"), out->target_lang);
	else
		set_reason(out, _("a compiled message catalogue (gettext .mo)"));
	return 1;
}

/* ---- text ---- */

struct text_stat {
	size_t lines, blank, labels, markdown, code;
};

static bool is_markdown_line(struct span line)
{
	size_t n = 0;

	while (n < line.len && line.p[n] == '#')
		n++;
	if (n >= 1 && n <= 6 && n < line.len && line.p[n] == ' ')
		return true;
	return span_starts(line, "```") || span_starts(line, "- ") || span_starts(line, "* ") ||
	       span_starts(line, "> ") || (find(line, "](").len && find(line, "[").len);
}

static bool is_code_line(struct span line)
{
	static const char *const starts[] = { "#include", "import ",  "from ",	  "def ",    "class ",
					      "func ",	  "fn ",      "package ", "use ",    "public ",
					      "private ", "static ",  "return ",  "const ",  "let ",
					      "var ",	  "if (",     "for (",	  "while (", "struct ",
					      "#define ", "function " };
	char last;

	line = span_trim(line);
	if (line.len == 0)
		return false;
	last = line.p[line.len - 1];
	if (last == ';' || last == '{' || last == '}')
		return true;
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
		if (span_starts(line, starts[i]) &&
		    (last == ')' || last == ':' || last == '>' || last == '"'))
			return true;
	return false;
}

static struct text_stat look_at_lines(struct span text)
{
	struct text_stat s = { 0 };

	while (text.len && s.lines < 2000) {
		struct span line = span_line(&text);

		s.lines++;
		s.blank += span_trim(line).len == 0;
		s.labels += span_starts(line, "__label__");
		s.markdown += is_markdown_line(line);
		s.code += is_code_line(line);
	}
	return s;
}

static bool split_from_name(enum split *out, const char *name)
{
	static const char *const names[] = { "file", "paragraph", "line" };

	for (size_t i = 0; name && i < 3; i++) {
		if (strcmp(name, names[i]) == 0) {
			*out = (enum split)i;
			return true;
		}
	}
	return false;
}

/* `large`: divided because no screen holds it as one record. */
static void set_text_reason(struct shape *out, bool large)
{
	static const char *const kinds[][2] = {
		{ "markdown", N_("Markdown") },
		{ "code", N_("source code") },
		{ "plain", N_("plain text") },
	};
	static const char *const how[] = {
		[SPLIT_FILE] = N_("the file is one record (--split paragraph or line divides it)"),
		[SPLIT_PARAGRAPH] = N_("each paragraph is a record (--split file or line)"),
		[SPLIT_LINE] = N_("each line is a record (--split file or paragraph)"),
	};
	static const char *const how_large[] = {
		[SPLIT_PARAGRAPH] = N_("over 8 MiB, so each paragraph is a record (--split file or line)"),
		[SPLIT_LINE] = N_("over 8 MiB and without blank lines, so each line is a record (--split file or paragraph)"),
	};

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(out->profile, kinds[i][0]) == 0)
			set_reason(out, "%s: %s", _(kinds[i][1]), _((large ? how_large : how)[out->split]));
}

int recognise_text(struct shape *out, const struct head *h, struct error *err)
{
	struct text_stat s = look_at_lines(h->bytes);
	const char *profile = "plain";
	bool large;

	if (h->wish && h->wish->split && !split_from_name(&out->split, h->wish->split))
		return error_set(err, TAMIS_EUSAGE, _("--split is file, paragraph or line, not “%s”"),
				 h->wish->split);
	out->format = FORMAT_TEXT;
	out->kind = KIND_DOCUMENT;
	set_column(out, "text", ROLE_TEXT);
	if (h->bytes.len == 0) {
		snprintf(out->profile, sizeof out->profile, "plain");
		set_reason(out, _("an empty file"));
		return 1;
	}
	if (s.labels * 5 >= s.lines * 4) {
		out->split = SPLIT_LINE;
		snprintf(out->profile, sizeof out->profile, "fasttext");
		set_reason(out, _("fastText lines: labels, then the text"));
		return 1;
	}
	if (s.code * 10 >= (s.lines - s.blank) * 4 || span_starts(h->bytes, "#!"))
		profile = "code";
	else if (s.markdown * 20 >= s.lines && s.markdown >= 2)
		profile = "markdown";
	snprintf(out->profile, sizeof out->profile, "%s", profile);
	large = !(h->wish && h->wish->split) && strcmp(profile, "code") != 0 && head_is_large(h);
	if (large)
		out->split = s.blank * 50 >= s.lines ? SPLIT_PARAGRAPH : SPLIT_LINE;
	set_text_reason(out, large);
	return 1;
}
