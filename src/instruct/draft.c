/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "instruct/draft.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/data.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/i18n.h"
#include "base/map.h"
#include "base/utf8.h"
#include "instruct/phrases.h"
#include "text/langid.h"

#define HEADER_MOST 160 /* characters of a heading that can stand in a template */
#define LIST_SHARE 0.5
#define CODE_SHARE 0.4

static const char *const type_names[DRAFT_TYPES] = { "question", "how-to", "explain", "list", "compare",
						   "summarise", "code", "maths", "table", "creative" };
static const char *const languages[] = { "en", "zh" };
#define LANGUAGES 2u

struct template_text {
	enum draft_type type;
	bool with_parent, with_header;
	struct span text;
};

struct draft_templates {
	struct buf files[LANGUAGES];
	VEC(struct template_text) of[LANGUAGES];
};

const char *draft_type_name(enum draft_type t)
{
	return type_names[t];
}

static bool holds(struct span text, const char *what)
{
	return memmem(text.p, text.len, what, strlen(what)) != NULL;
}

static int read_templates(struct draft_templates *t, unsigned lang, const char *path, struct error *err)
{
	struct span rest = buf_span(&t->files[lang]);

	for (unsigned number = 1; rest.len; number++) {
		struct span line = span_line(&rest);
		const char *tab = memchr(line.p, '\t', line.len);
		struct template_text text = { 0 };
		unsigned type = 0;

		if (line.len == 0 || line.p[0] == '#')
			continue;
		while (tab && type < DRAFT_TYPES && !span_is(span_make(line.p, (size_t)(tab - line.p)), type_names[type]))
			type++;
		if (tab == NULL || type == DRAFT_TYPES)
			return error_set(err, TAMIS_EPARSE, _("%s:%u: expected a type of instruction, a tab and a template"), path, number);
		text.type = (enum draft_type)type;
		text.text = span_trim(span_make(tab + 1, line.len - (size_t)(tab + 1 - line.p)));
		text.with_parent = holds(text.text, "{parent}");
		text.with_header = holds(text.text, "{header}");
		vec_push(&t->of[lang], text);
	}
	return 0;
}

static int open_language(struct draft_templates *t, unsigned lang, struct error *err)
{
	char name[16];
	char *path;
	int rc;

	snprintf(name, sizeof name, "extract.%s", languages[lang]);
	path = data_path_own("prompts", name);
	if (path == NULL)
		path = data_path_shipped("prompts", name);
	if (path == NULL)
		return error_set(err, TAMIS_ENOTFOUND, _("the templates of share/prompts/%s are missing: install tamis again"), name);
	rc = fs_read_all(&t->files[lang], path, 1 << 20, err);
	if (rc == 0)
		rc = read_templates(t, lang, path, err);
	free(path);
	return rc;
}

int draft_templates_open(struct draft_templates **out, struct error *err)
{
	struct draft_templates *t = xcalloc(1, sizeof *t);
	int rc = 0;

	for (unsigned i = 0; i < LANGUAGES; i++)
		buf_init(&t->files[i]);
	for (unsigned i = 0; i < LANGUAGES && rc == 0; i++)
		rc = open_language(t, i, err);
	if (rc)
		draft_templates_close(t);
	*out = rc ? NULL : t;
	return rc;
}

void draft_templates_close(struct draft_templates *t)
{
	for (unsigned i = 0; t && i < LANGUAGES; i++) {
		buf_free(&t->files[i]);
		vec_free(&t->of[i]);
	}
	free(t);
}

/* ---- what the heading and the text say ---- */

static const struct {
	const char *start;
	enum draft_type type;
} starts[] = {
	{ "how to ", DRAFT_HOW_TO },	      { "difference", DRAFT_COMPARE },	   { "comparison", DRAFT_COMPARE }, { "comparing ", DRAFT_COMPARE },
	{ "list of ", DRAFT_LIST },	      { "types of ", DRAFT_LIST },	   { "example", DRAFT_CODE },	    { "如何", DRAFT_HOW_TO },
	{ "怎样", DRAFT_HOW_TO },	      { "怎么", DRAFT_HOW_TO },	   { "比较", DRAFT_COMPARE },
};

static bool starts_as(struct span text, const char *start)
{
	return text.len >= strlen(start) && strncasecmp(text.p, start, strlen(start)) == 0;
}

/* "Installing …": a gerund that more words follow, or that stands alone. */
static bool is_gerund(struct span text)
{
	size_t n = 0;

	while (n < text.len && isalpha((unsigned char)text.p[n]))
		n++;
	return n >= 6 && span_ends(span_make(text.p, n), "ing") && n < text.len && text.p[n] == ' ' &&
	       !starts_as(text, "warning") && !starts_as(text, "following") && !starts_as(text, "existing");
}

/* Share of lines that are indented or fenced: verbatim text. */
static double code_share(struct span text)
{
	size_t lines = 0, code = 0;

	while (text.len) {
		struct span line = span_line(&text);

		lines += span_trim(line).len > 0;
		code += span_trim(line).len > 0 && (span_starts(line, "    ") || span_starts(line, "\t"));
	}
	return lines ? (double)code / (double)lines : 0;
}

static enum draft_type type_of(struct span header, struct span text)
{
	if (span_ends(header, "?") || span_ends(header, "？"))
		return DRAFT_QUESTION;
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
		if (starts_as(header, starts[i].start))
			return starts[i].type;
	if (holds(header, " vs ") || holds(header, " vs. ") || holds(header, " versus ") || holds(header, "区别"))
		return DRAFT_COMPARE;
	if (is_gerund(header))
		return DRAFT_HOW_TO;
	if (text_bullet_share(text) >= LIST_SHARE)
		return DRAFT_LIST;
	return code_share(text) >= CODE_SHARE ? DRAFT_CODE : DRAFT_EXPLAIN;
}

/* Without "1.2.", "Chapter 3:", "§ 4" and what marks a link to itself. */
static struct span bare_header(struct span header)
{
	static const char *const words[] = { "chapter ", "section ", "appendix ", "§" };
	size_t i = 0;

	for (size_t k = 0; k < sizeof words / sizeof *words; k++)
		if (starts_as(header, words[k]))
			i = strlen(words[k]);
	if (i || (header.len && isdigit((unsigned char)header.p[0]))) {
		size_t digits = i;

		while (i < header.len && (isdigit((unsigned char)header.p[i]) || strchr(".): ", header.p[i])))
			i++;
		if (i == digits)
			i = 0;
	}
	header = span_trim(span_make(header.p + i, header.len - i));
	while (span_ends(header, "¶") || span_ends(header, "§") || span_ends(header, "#") || span_ends(header, ":"))
		header.len -= span_ends(header, "¶") || span_ends(header, "§") ? 2 : 1;
	return span_trim(header);
}

/* Says what part of a document it is, not what that is about. */
static bool is_generic(struct span header)
{
	static const char *const names[] = { "introduction", "overview", "description", "notes", "note", "background", "details", "summary",
					     "usage", "about", "general", "preface", "foreword", "name", "synopsis", "see also", "简介", "概述",
					     "说明", "介绍", "总结", "前言", "背景", NULL };

	for (const char *const *name = names; *name; name++)
		if (header.len == strlen(*name) && strncasecmp(header.p, *name, header.len) == 0)
			return true;
	return header.len == 0 || utf8_count(header) > HEADER_MOST;
}

/* The run of one to three content words with the most weight: how often, times how rare. */
static struct span key_phrase(struct retriever *r, struct span text)
{
	struct term_list terms = { 0 };
	struct map64 counts = { 0 };
	struct span best = { "", 0 };
	double most = 0;

	terms_read(retriever_terms(r), &terms, span_make(text.p, text.len < 6000 ? text.len : 6000));
	vec_each(&terms.terms, i)
		++*map64_at(&counts, terms.terms.v[i].id, NULL);
	vec_each(&terms.terms, i) {
		double weight = 0;

		for (size_t k = i; k < terms.terms.n && k < i + 3; k++) {
			const struct term *t = &terms.terms.v[k], *before = k > i ? t - 1 : NULL;

			if (!t->content || t->len < 3 || (before && t->at != before->at + before->len + 1) ||
			    (before && text.p[t->at - 1] != ' '))
				break;
			weight += (double)*map64_find(&counts, t->id) * retriever_idf(r, t->id) / (k > i ? 1.5 : 1);
			if (weight > most) {
				most = weight;
				best = span_make(text.p + terms.terms.v[i].at, t->at + t->len - terms.terms.v[i].at);
			}
		}
	}
	vec_free(&terms.terms);
	map64_free(&counts);
	return best;
}

enum draft_type draft_type_of(const struct text_segment *s)
{
	struct span header = bare_header(s->header);

	return type_of(is_generic(header) ? span_make("", 0) : header, s->text);
}

/* ---- filling ---- */

/* "Installing X" after words: "installing X"; names and abbreviations keep their capitals. */
static void add_inside(struct buf *out, struct span text)
{
	size_t at = out->len;
	bool plain = text.len > 1 && isupper((unsigned char)text.p[0]) && islower((unsigned char)text.p[1]) && is_gerund(text);

	buf_addspan(out, text);
	if (plain && at > 0)
		out->p[at] = (char)tolower((unsigned char)out->p[at]);
}

static void fill(struct buf *out, struct span form, struct span header, struct span parent, struct span phrase)
{
	const struct {
		const char *name;
		struct span text;
	} places[] = { { "{header}", header }, { "{parent}", parent }, { "{phrase}", phrase } };

	while (form.len) {
		size_t i = 0;

		while (i < 3 && !span_starts(form, places[i].name))
			i++;
		if (i == 3)
			buf_addc(out, form.p[0]);
		else
			add_inside(out, places[i].text);
		form = i == 3 ? span_make(form.p + 1, form.len - 1)
			      : span_make(form.p + strlen(places[i].name), form.len - strlen(places[i].name));
	}
}

/* The heading above the last of "A › B › C". */
static struct span parent_of(struct span path)
{
	static const char arrow[] = " › ";
	struct span last = { "", 0 }, piece = path;

	for (size_t i = 0; i + strlen(arrow) <= path.len; i++)
		if (memcmp(path.p + i, arrow, strlen(arrow)) == 0) {
			last = span_make(piece.p, (size_t)(path.p + i - piece.p));
			piece = span_make(path.p + i + strlen(arrow), path.len - i - strlen(arrow));
		}
	return bare_header(last);
}

static const struct template_text *choose(const struct draft_templates *t, unsigned lang, enum draft_type type, bool header, bool parent,
					  uint64_t hash, unsigned *which)
{
	size_t fitting = 0, wanted;

	vec_each(&t->of[lang], i)
		fitting += t->of[lang].v[i].type == type && t->of[lang].v[i].with_header == header && (parent || !t->of[lang].v[i].with_parent);
	wanted = fitting ? hash % fitting : 0;
	vec_each(&t->of[lang], i) {
		const struct template_text *text = &t->of[lang].v[i];

		if (text->type != type || text->with_header != header || (text->with_parent && !parent))
			continue;
		if (wanted-- == 0) {
			*which = (unsigned)i + 1;
			return text;
		}
	}
	return NULL;
}

void draft_make(struct draft *out, const struct draft_templates *t, struct retriever *r, const struct text_segment *s, uint8_t lang)
{
	unsigned language = lang == lang_from_code(span_of("zh")), which = 0;
	struct span header = bare_header(s->header), parent = parent_of(s->path);
	bool named = !is_generic(header);
	uint64_t hash = hash64(s->text.p, s->text.len, 1);
	const struct template_text *text;

	if (out->instruction.p == NULL)
		buf_init(&out->instruction);
	buf_clear(&out->instruction);
	out->type = draft_type_of(s);
	text = choose(t, language, out->type, named, !is_generic(parent), hash, &which);
	if (text == NULL)
		text = choose(t, language, DRAFT_EXPLAIN, named, !is_generic(parent), hash, &which);
	if (text == NULL)
		return;
	fill(&out->instruction, text->text, header, parent, named ? span_make("", 0) : key_phrase(r, s->text));
	snprintf(out->template, sizeof out->template, "extract.%s %s %u %016llx", languages[language], type_names[text->type], which,
		 (unsigned long long)hash64(text->text.p, text->text.len, 0));
}

void draft_free(struct draft *d)
{
	if (d->instruction.p)
		buf_free(&d->instruction);
}
