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
#include "instruct/heading.h"
#include "instruct/phrases.h"
#include "text/langid.h"

#define LIST_SHARE 0.5
#define CODE_SHARE 0.4
#define TABLE_SHARE 0.5
#define MATHS_SHARE 0.2

static const char *const type_names[DRAFT_TYPES] = { "question", "how-to", "explain", "list", "compare",
						   "summarise", "code", "maths", "table", "creative" };
static const char *const languages[] = { "en", "zh" };
#define LANGUAGES 2u

/* What a template can be filled with. */
enum place { PLACE_HEADER, PLACE_DO, PLACE_PARENT, PLACE_PHRASE, PLACE_OPENING, PLACE_FIRST, PLACE_SECOND, PLACE_PLURAL, PLACES };

static const char *const place_names[PLACES] = { "{header}", "{do}", "{parent}", "{phrase}", "{opening}", "{first}", "{second}",
						  "{plural}" };

struct template_text {
	enum draft_type type;
	unsigned places; /* bits of enum place */
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
		for (unsigned i = 0; i < PLACES; i++)
			text.places |= holds(text.text, place_names[i]) ? 1u << i : 0;
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

/* Share of lines that are indented or fenced: verbatim text. */
static double code_share(struct span text)
{
	size_t lines = 0, code = 0;
	bool fenced = false;

	while (text.len) {
		struct span line = span_line(&text);

		if (span_starts(line, "```") || span_starts(line, "~~~")) {
			fenced = !fenced;
			continue;
		}
		lines += span_trim(line).len > 0;
		code += span_trim(line).len > 0 && (fenced || span_starts(line, "    ") || span_starts(line, "\t"));
	}
	return lines ? (double)code / (double)lines : 0;
}

/* Share of lines that are rows: cells between bars or tabs. */
static double table_share(struct span text)
{
	size_t lines = 0, rows = 0;

	while (text.len) {
		struct span line = span_trim(span_line(&text));
		size_t marks = 0;

		for (size_t i = 0; i < line.len; i++)
			marks += line.p[i] == '|' || line.p[i] == '\t';
		lines += line.len > 0;
		rows += marks >= 2;
	}
	return lines ? (double)rows / (double)lines : 0;
}

/* Share of the bytes in formulas as LaTeX writes them: between dollar signs, with a command inside. */
static double maths_share(struct span text)
{
	size_t bytes = 0, open = SIZE_MAX;
	bool command = false;

	for (size_t i = 0; i < text.len; i++) {
		command |= text.p[i] == '\\' && i + 2 < text.len && isalpha((unsigned char)text.p[i + 1]) && isalpha((unsigned char)text.p[i + 2]);
		if (text.p[i] != '$' || (i && text.p[i - 1] == '\\'))
			continue;
		bytes += open != SIZE_MAX && command ? i - open : 0;
		open = open == SIZE_MAX ? i : SIZE_MAX;
		command = false;
	}
	return text.len ? (double)bytes / (double)text.len : 0;
}

static enum draft_type type_of(enum heading_kind kind, struct span text)
{
	if (kind == HEADING_QUESTION)
		return DRAFT_QUESTION;
	if (kind == HEADING_COMPARISON)
		return DRAFT_COMPARE;
	if (table_share(text) >= TABLE_SHARE)
		return DRAFT_TABLE;
	if (kind == HEADING_ACTION)
		return DRAFT_HOW_TO;
	if (maths_share(text) >= MATHS_SHARE)
		return DRAFT_MATHS;
	if (text_bullet_share(text) >= LIST_SHARE)
		return DRAFT_LIST;
	return code_share(text) >= CODE_SHARE ? DRAFT_CODE : DRAFT_EXPLAIN;
}

/* Words that end no name of a thing. */
static bool is_weak(struct span word)
{
	static const char *const words[] = { "above", "below", "may", "must", "also", "only", "then", "here", "required", "called", "see", "like",
					     "example", "following", "same", "other", "new", "first", "different", "however", NULL };

	for (const char *const *w = words; *w; w++)
		if (word.len == strlen(*w) && strncasecmp(word.p, *w, word.len) == 0)
			return true;
	return span_ends(word, "ly");
}

static size_t times_in(struct span text, struct span phrase)
{
	size_t n = 0;

	for (const char *at = text.p; (at = memmem(at, (size_t)(text.p + text.len - at), phrase.p, phrase.len)) != NULL; at += phrase.len)
		n++;
	return n;
}

/* The run of one to three content words with the most weight (how often, times how rare) of those that come again; "" for none. */
static struct span key_phrase(struct retrieval *r, struct span text, uint8_t lang)
{
	struct term_list terms = { 0 };
	struct map64 counts = { 0 };
	struct span best = { "", 0 };
	double most = 0;

	text.len = text.len < 6000 ? text.len : 6000;
	terms_read_in(retrieval_terms(r), &terms, text, lang);
	vec_each(&terms.terms, i)
		++*map64_at(&counts, terms.terms.v[i].id, NULL);
	vec_each(&terms.terms, i) {
		double weight = 0;

		for (size_t k = i; k < terms.terms.n && k < i + 3; k++) {
			const struct term *t = &terms.terms.v[k], *before = k > i ? t - 1 : NULL;
			struct span phrase = span_make(text.p + terms.terms.v[i].at, t->at + t->len - terms.terms.v[i].at);

			if (!t->content || t->len < 3 || is_weak(span_make(text.p + t->at, t->len)) ||
			    (before && (t->at != before->at + before->len + 1 || text.p[t->at - 1] != ' ')))
				break;
			weight += (double)*map64_find(&counts, t->id) * retriever_idf(retrieval_of(r), t->id) / (k > i ? 1.5 : 1);
			if (weight <= most || times_in(text, phrase) < (k > i ? 2 : 3))
				continue;
			most = weight;
			best = phrase;
		}
	}
	vec_free(&terms.terms);
	map64_free(&counts);
	return best;
}

enum draft_type draft_type_of(const struct text_segment *s)
{
	struct heading h = { 0 };
	enum draft_type type;

	heading_read(&h, s->header, s->text);
	type = type_of(h.kind, s->text);
	heading_free(&h);
	return type;
}

/* ---- filling ---- */

/* What there is to fill in. */
struct filling {
	struct span place[PLACES];  /* "" where there is nothing */
	struct heading heading, above;
};

static void fill(struct buf *out, struct span form, const struct filling *f)
{
	while (form.len) {
		unsigned i = 0;

		while (i < PLACES && !span_starts(form, place_names[i]))
			i++;
		if (i == PLACES) {
			buf_addc(out, form.p[0]);
			form = span_make(form.p + 1, form.len - 1);
			continue;
		}
		buf_addspan(out, f->place[i]);
		form = span_make(form.p + strlen(place_names[i]), form.len - strlen(place_names[i]));
	}
}

/* The last of "A › B › C" and what is before it. */
static struct span last_of(struct span path, struct span *before)
{
	static const char arrow[] = " › ";
	struct span last = path;

	*before = span_make(path.p, 0);
	for (size_t i = 0; i + strlen(arrow) <= path.len; i++)
		if (memcmp(path.p + i, arrow, strlen(arrow)) == 0) {
			*before = span_make(path.p, i);
			last = span_make(path.p + i + strlen(arrow), path.len - i - strlen(arrow));
		}
	return last;
}

/* "LS(1)" of a manual page: the program is what a reader would name. */
static void name_program(struct buf *words)
{
	char *open = memchr(words->p, '(', words->len);

	if (open == NULL || open == words->p || words->p[words->len - 1] != ')' || words->len - (size_t)(open - words->p) > 5)
		return;
	buf_truncate(words, (size_t)(open - words->p));
	for (size_t i = 0; i < words->len; i++)
		words->p[i] = (char)tolower((unsigned char)words->p[i]);
}

/* The nearest heading above that says what the text is about. */
static void read_above(struct filling *f, const struct text_segment *s)
{
	struct span rest = s->path, header;

	if (s->header.len)
		last_of(s->path, &rest);
	while (rest.len) {
		header = last_of(rest, &rest);
		heading_read(&f->above, header, s->text);
		if (f->above.kind == HEADING_TOPIC || f->above.kind == HEADING_ACTION)
			break;
	}
	if (f->above.kind != HEADING_TOPIC && f->above.kind != HEADING_ACTION)
		return;
	name_program(&f->above.words);
	if (f->heading.words.len && strcasestr(f->heading.words.p, f->above.words.p))
		return; /* "Concepts of LVM in the context of LVM" */
	f->place[PLACE_PARENT] = buf_span(&f->above.words);
}

/* "Device files", "数据类型" (where nothing tells); not "status", "access". */
static bool is_plural(struct span words)
{
	if (!phrases_is_latin(words))
		return true;
	return words.len > 3 && span_ends(words, "s") && !span_ends(words, "ss") && !span_ends(words, "us") && !span_ends(words, "is");
}

static void read_filling(struct filling *f, struct retrieval *r, const struct text_segment *s, uint8_t lang)
{
	heading_read(&f->heading, s->header, s->text);
	for (unsigned i = 0; i < PLACES; i++)
		f->place[i] = span_make("", 0);
	read_above(f, s);
	if (f->heading.kind == HEADING_OPENING || f->heading.kind == HEADING_NOTHING) {
		f->place[PLACE_OPENING] = f->place[PLACE_PARENT];
		f->place[PLACE_PHRASE] = key_phrase(r, s->text, lang);
		return;
	}
	/* "Installing" alone, under "LDAP directory" */
	if (f->heading.action.len && memchr(f->heading.action.p, ' ', f->heading.action.len) == NULL && (unsigned char)f->heading.action.p[0] < 0x80) {
		buf_adds(&f->heading.action, f->place[PLACE_PARENT].len ? " " : "");
		buf_addspan(&f->heading.action, f->place[PLACE_PARENT]);
	}
	f->place[PLACE_HEADER] = buf_span(&f->heading.words);
	f->place[PLACE_PLURAL] = is_plural(f->place[PLACE_HEADER]) ? f->place[PLACE_HEADER] : span_make("", 0);
	f->place[PLACE_DO] = buf_span(&f->heading.action);
	f->place[PLACE_FIRST] = buf_span(&f->heading.first);
	f->place[PLACE_SECOND] = buf_span(&f->heading.second);
}

/* How well a template uses what there is: 0 when it can't be filled, most when it says what is to be done or what the text opens. */
static unsigned fitness(const struct template_text *t, enum draft_type type, const struct filling *f)
{
	unsigned fit = 1;

	if (t->type != type)
		return 0;
	for (unsigned i = 0; i < PLACES; i++)
		if (t->places & 1u << i && f->place[i].len == 0)
			return 0;
	if (t->places & (1u << PLACE_DO | 1u << PLACE_FIRST | 1u << PLACE_OPENING | 1u << PLACE_PLURAL))
		fit = 3;
	else if (t->places & 1u << PLACE_PARENT && f->heading.kind == HEADING_TOPIC)
		fit = 2; /* "Option styles" says too little without its program */
	return fit;
}

static const struct template_text *choose(const struct draft_templates *t, unsigned lang, enum draft_type type, const struct filling *f,
					  uint64_t hash, unsigned *which)
{
	unsigned best = 0;
	size_t fitting = 0, wanted;

	vec_each(&t->of[lang], i) {
		unsigned fit = fitness(&t->of[lang].v[i], type, f);

		fitting = fit > best ? 1 : fitting + (fit && fit == best);
		best = fit > best ? fit : best;
	}
	wanted = fitting ? hash % fitting : 0;
	vec_each(&t->of[lang], i) {
		if (best == 0 || fitness(&t->of[lang].v[i], type, f) != best || wanted-- > 0)
			continue;
		*which = (unsigned)i + 1;
		return &t->of[lang].v[i];
	}
	return NULL;
}

/* A sentence begins with a capital. */
static void begin_sentence(struct buf *out)
{
	if (out->len && islower((unsigned char)out->p[0]))
		out->p[0] = (char)toupper((unsigned char)out->p[0]);
}

void draft_make(struct draft *out, const struct draft_templates *t, struct retrieval *r, const struct text_segment *s, uint8_t lang)
{
	bool chinese = lang == lang_from_code(span_of("zh"));
	/* A heading speaks for itself: pages are translated by halves. */
	unsigned language = heading_is_chinese(s->header) ? 1 : chinese, which = 0;
	uint64_t hash = hash64(s->text.p, s->text.len, 1);
	struct filling f = { 0 };
	const struct template_text *text;

	if (out->instruction.p == NULL)
		buf_init(&out->instruction);
	buf_clear(&out->instruction);
	read_filling(&f, r, s, lang);
	if (language == 1 && !heading_is_chinese(f.place[PLACE_DO]))
		f.place[PLACE_DO] = span_make("", 0);
	out->type = type_of(f.heading.kind, s->text);
	text = choose(t, language, out->type, &f, hash, &which);
	if (text == NULL)
		text = choose(t, language, DRAFT_EXPLAIN, &f, hash, &which);
	if (text) {
		fill(&out->instruction, text->text, &f);
		begin_sentence(&out->instruction);
		snprintf(out->template, sizeof out->template, "extract.%s %s %u %016llx", languages[language], type_names[text->type], which,
			 (unsigned long long)hash64(text->text.p, text->text.len, 0));
	}
	heading_free(&f.heading);
	heading_free(&f.above);
}

void draft_free(struct draft *d)
{
	if (d->instruction.p)
		buf_free(&d->instruction);
}
