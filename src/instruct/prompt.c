/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "instruct/prompt.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/data.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/utf8.h"
#include "text/langid.h"

#define FILE_MOST ((size_t)1 << 20)
#define LANGUAGES 2u

static const char *const languages[LANGUAGES] = { "en", "zh" };
static const char *const names[] = { "judge", "judge-instruction", "rewrite" };

static const struct {
	const char *name;
	size_t at;  /* of the span in struct prompt */
} parts[] = {
	{ "system", offsetof(struct prompt, system) }, { "user", offsetof(struct prompt, user) },   { "swapped", offsetof(struct prompt, swapped) },
	{ "json", offsetof(struct prompt, json) },     { "digit", offsetof(struct prompt, digit) }, { "task", offsetof(struct prompt, task) },
};
#define PARTS (sizeof parts / sizeof *parts)

struct style {
	struct span name, text;
};

/* The prompts of one language. */
struct prompt_set {
	struct buf frame, styles, files[PROMPTS];
	struct prompt frame_parts, prompts[PROMPTS];
	VEC(struct style) style;
};

struct prompts {
	struct prompt_set sets[LANGUAGES];
};

const char *prompt_name(enum prompt_id id)
{
	return (unsigned)id < DRAFT_TYPES ? draft_type_name((enum draft_type)id) : names[(unsigned)id - DRAFT_TYPES];
}

bool prompt_text_is_input(enum prompt_id id)
{
	return (unsigned)id == DRAFT_SUMMARISE;
}

/* ---- reading ---- */

static struct span *part_of(struct prompt *p, size_t i)
{
	return (struct span *)(void *)((char *)p + parts[i].at);
}

/* Reads NAME.LANG, the user's own before the shipped one; `*path` is where it was, for the caller to free. */
static int read_file(struct buf *out, char **path, const char *name, const char *lang, struct error *err)
{
	char file[64];
	size_t bad;
	int rc;

	snprintf(file, sizeof file, "%s.%s", name, lang);
	*path = data_path_own("prompts", file);
	if (*path == NULL)
		*path = data_path_shipped("prompts", file);
	if (*path == NULL)
		return error_set(err, TAMIS_ENOTFOUND, _("the prompt share/prompts/%s is missing: install tamis again"), file);
	rc = fs_read_all(out, *path, FILE_MOST, err);
	if (rc == 0 && !utf8_valid(buf_span(out), &bad))
		rc = error_set(err, TAMIS_EPARSE, _("%s: byte %zu is not UTF-8"), *path, bad);
	return rc;
}

/* The part a line `[name]` begins; PARTS for another line. */
static size_t part_begun(struct span line)
{
	size_t i = 0;

	line = span_trim(line);
	if (line.len < 3 || line.p[0] != '[' || line.p[line.len - 1] != ']')
		return PARTS;
	while (i < PARTS && !span_is(span_make(line.p + 1, line.len - 2), parts[i].name))
		i++;
	return i;
}

static int read_parts(struct prompt *p, const struct buf *file, const char *path, struct error *err)
{
	struct span rest = buf_span(file);
	size_t open = PARTS, begun;

	for (unsigned number = 1; rest.len; number++) {
		struct span line = span_line(&rest);

		begun = part_begun(line);
		if (begun < PARTS && part_of(p, begun)->p)
			return error_set(err, TAMIS_EPARSE, _("%s:%u: part [%s] is there twice"), path, number, parts[begun].name);
		if (begun < PARTS) {
			open = begun;
			*part_of(p, open) = span_make(rest.p, 0);
		} else if (open < PARTS) {
			part_of(p, open)->len = (size_t)(line.p + line.len - part_of(p, open)->p);
		}
	}
	for (size_t i = 0; i < PARTS; i++)
		*part_of(p, i) = span_trim(*part_of(p, i));
	return 0;
}

static int missing_part(const char *path, const char *part, struct error *err)
{
	return error_set(err, TAMIS_EPARSE, _("%s: a line [%s] and the words under it are missing"), path, part);
}

/* Borrows from the frame what a task's file leaves out; says what is missing then. */
static int complete(struct prompt *p, const struct prompt *frame, const char *path, struct error *err)
{
	bool judge = p->id == PROMPT_JUDGE || p->id == PROMPT_JUDGE_INSTRUCTION, task = (unsigned)p->id < DRAFT_TYPES;

	if (task && p->system.len == 0 && p->task.len == 0)
		return missing_part(path, "task", err);
	if (task && p->system.len == 0)
		p->system = frame->system;
	if (task && p->user.len == 0)
		p->user = frame->user;
	if (p->system.len == 0)
		return missing_part(path, "system", err);
	if (p->user.len == 0)
		return missing_part(path, "user", err);
	if (judge && p->json.len == 0)
		return missing_part(path, "json", err);
	if (judge && p->digit.len == 0)
		return missing_part(path, "digit", err);
	if (p->id == PROMPT_JUDGE && p->swapped.len == 0)
		return missing_part(path, "swapped", err);
	return 0;
}

static int read_prompt(struct prompt_set *s, enum prompt_id id, const char *lang, struct error *err)
{
	struct prompt *p = &s->prompts[id];
	char *path = NULL;
	int rc = read_file(&s->files[id], &path, prompt_name(id), lang, err);

	*p = (struct prompt){ .id = id, .name = prompt_name(id), .lang = lang };
	if (rc == 0)
		rc = read_parts(p, &s->files[id], path, err);
	if (rc == 0)
		rc = complete(p, &s->frame_parts, path, err);
	snprintf(p->version, sizeof p->version, "%016llx",
		 (unsigned long long)hash64(s->files[id].p, s->files[id].len,
					    (unsigned)id < DRAFT_TYPES ? hash64(s->frame.p, s->frame.len, 0) : 0));
	free(path);
	return rc;
}

static int read_styles(struct prompt_set *s, const char *lang, struct error *err)
{
	char *path = NULL;
	int rc = read_file(&s->styles, &path, "styles", lang, err);
	struct span rest = buf_span(&s->styles);

	for (unsigned number = 1; rc == 0 && rest.len; number++) {
		struct span line = span_line(&rest);
		const char *tab = memchr(line.p, '\t', line.len);

		if (line.len == 0 || line.p[0] == '#')
			continue;
		if (tab == NULL || tab == line.p)
			rc = error_set(err, TAMIS_EPARSE, _("%s:%u: expected a name, a tab and the manner in words"), path, number);
		else
			vec_push(&s->style, (struct style){ span_make(line.p, (size_t)(tab - line.p)),
							    span_trim(span_make(tab + 1, line.len - (size_t)(tab + 1 - line.p))) });
	}
	if (rc == 0 && s->style.n == 0)
		rc = error_set(err, TAMIS_EPARSE, _("%s: expected at least one manner"), path);
	free(path);
	return rc;
}

static int read_set(struct prompt_set *s, const char *lang, struct error *err)
{
	char *path = NULL;
	int rc = read_file(&s->frame, &path, "instruction", lang, err);

	if (rc == 0)
		rc = read_parts(&s->frame_parts, &s->frame, path, err);
	if (rc == 0 && (s->frame_parts.system.len == 0 || s->frame_parts.user.len == 0))
		rc = missing_part(path, s->frame_parts.system.len ? "user" : "system", err);
	free(path);
	for (unsigned id = 0; id < PROMPTS && rc == 0; id++)
		rc = read_prompt(s, (enum prompt_id)id, lang, err);
	return rc ? rc : read_styles(s, lang, err);
}

int prompts_open(struct prompts **out, struct error *err)
{
	struct prompts *p = xcalloc(1, sizeof *p);
	int rc = 0;

	for (unsigned i = 0; i < LANGUAGES; i++) {
		buf_init(&p->sets[i].frame);
		buf_init(&p->sets[i].styles);
		for (unsigned id = 0; id < PROMPTS; id++)
			buf_init(&p->sets[i].files[id]);
	}
	for (unsigned i = 0; i < LANGUAGES && rc == 0; i++)
		rc = read_set(&p->sets[i], languages[i], err);
	if (rc) {
		prompts_close(p);
		p = NULL;
	}
	*out = p;
	return rc;
}

void prompts_close(struct prompts *p)
{
	for (unsigned i = 0; p && i < LANGUAGES; i++) {
		buf_free(&p->sets[i].frame);
		buf_free(&p->sets[i].styles);
		for (unsigned id = 0; id < PROMPTS; id++)
			buf_free(&p->sets[i].files[id]);
		vec_free(&p->sets[i].style);
	}
	free(p);
}

static unsigned language_index(uint8_t lang)
{
	return lang != LANG_UNKNOWN && lang == lang_from_code(span_of("zh"));
}

const struct prompt *prompts_get(const struct prompts *p, enum prompt_id id, uint8_t lang)
{
	return &p->sets[language_index(lang)].prompts[id];
}

/* ---- choosing ---- */

enum draft_type prompt_task_of(const struct text_segment *s, unsigned types)
{
	static const enum draft_type any[] = { DRAFT_EXPLAIN, DRAFT_SUMMARISE, DRAFT_QUESTION, DRAFT_CREATIVE };
	enum draft_type own = draft_type_of(s);

	if (types == 0 || types & 1u << own)
		return own;
	for (size_t i = 0; own != DRAFT_CODE && own != DRAFT_TABLE && i < sizeof any / sizeof *any; i++)
		if (types & 1u << any[i])
			return any[i];
	return DRAFT_TYPES;
}

static const struct style *style_of(const struct prompts *p, const struct prompt *prompt, uint64_t hash)
{
	const struct prompt_set *s = &p->sets[strcmp(prompt->lang, languages[1]) == 0];

	return &s->style.v[hash_mix64(hash) % s->style.n];
}

/* ---- filling ---- */

struct places {
	struct span text, path, instruction, input, response, style, language, task, name, fence;
};

static const struct {
	const char *name;
	size_t at;
} place_table[] = {
	{ "{text}", offsetof(struct places, text) },         { "{path}", offsetof(struct places, path) },
	{ "{instruction}", offsetof(struct places, instruction) }, { "{input}", offsetof(struct places, input) },
	{ "{response}", offsetof(struct places, response) }, { "{style}", offsetof(struct places, style) },
	{ "{language}", offsetof(struct places, language) }, { "{task}", offsetof(struct places, task) },
	{ "{name}", offsetof(struct places, name) },         { "{fence}", offsetof(struct places, fence) },
};

static void fill(struct buf *out, struct span form, const struct places *places)
{
	while (form.len) {
		const char *brace = memchr(form.p, '{', form.len);
		size_t plain = brace ? (size_t)(brace - form.p) : form.len, i = 0;

		buf_add(out, form.p, plain);
		form = span_make(form.p + plain, form.len - plain);
		while (i < sizeof place_table / sizeof *place_table && !span_starts(form, place_table[i].name))
			i++;
		if (form.len == 0)
			break;
		if (i < sizeof place_table / sizeof *place_table)
			buf_addspan(out, *(const struct span *)(const void *)((const char *)places + place_table[i].at));
		else
			buf_addc(out, '{');
		plain = i < sizeof place_table / sizeof *place_table ? strlen(place_table[i].name) : 1;
		form = span_make(form.p + plain, form.len - plain);
	}
}

static bool holds(struct span text, const char *what)
{
	return text.len && memmem(text.p, text.len, what, strlen(what)) != NULL;
}

/* A line of marks that none of the data holds. */
static void make_fence(char out[32], const struct prompt_fields *f)
{
	const struct span data[] = { f->text, f->path, f->instruction, f->input, f->response };
	uint64_t hash = f->hash;
	bool taken = true;

	while (taken) {
		hash = hash_mix64(hash);
		snprintf(out, 32, "----- %08x -----", (unsigned)(hash & 0xffffffffu));
		taken = false;
		for (size_t i = 0; i < sizeof data / sizeof *data; i++)
			taken = taken || holds(data[i], out);
	}
}

static struct span or_dash(struct span text)
{
	return text.len ? text : span_of("-");
}

static void add_message(struct buf *out, const char *role, struct span content)
{
	buf_addc(out, '{');
	json_put_member(out, "role", span_of(role));
	json_put_member(out, "content", content);
	buf_addc(out, '}');
}

void prompt_messages(struct buf *out, const struct prompts *p, const struct prompt *prompt, const struct prompt_fields *f,
		     enum prompt_answer answer, bool swapped)
{
	char fence[32];
	struct places places = { .text = f->text, .path = or_dash(f->path), .instruction = f->instruction, .input = or_dash(f->input),
				 .response = f->response, .style = style_of(p, prompt, f->hash)->text,
				 .language = span_of(lang_code(f->lang)), .task = prompt->task, .name = span_of(prompt->name) };
	struct span end = answer == ANSWER_DIGIT && prompt->digit.len ? prompt->digit : prompt->json;
	struct buf text = BUF_INIT;

	make_fence(fence, f);
	places.fence = span_of(fence);
	fill(&text, prompt->system, &places);
	if (end.len)
		buf_adds(&text, "\n\n");
	fill(&text, end, &places);
	buf_addc(out, '[');
	add_message(out, "system", buf_span(&text));
	buf_addc(out, ',');
	buf_clear(&text);
	fill(&text, swapped && prompt->swapped.len ? prompt->swapped : prompt->user, &places);
	add_message(out, "user", buf_span(&text));
	buf_addc(out, ']');
	buf_free(&text);
}

void prompt_schema(struct buf *out, enum prompt_id id)
{
	if (id == PROMPT_REWRITE)
		return;
	if (id == PROMPT_JUDGE || id == PROMPT_JUDGE_INSTRUCTION) {
		buf_adds(out, "{\"type\":\"object\",\"properties\":{\"reason\":{\"type\":\"string\",\"maxLength\":400},"
			      "\"score\":{\"type\":\"integer\",\"enum\":[1,2,3,4,5]}},\"required\":[\"reason\",\"score\"],"
			      "\"additionalProperties\":false}");
		return;
	}
	buf_adds(out, "{\"type\":\"object\",\"properties\":{\"instruction\":{\"type\":\"string\"},");
	if (prompt_text_is_input(id))
		buf_adds(out, "\"response\":{\"type\":\"string\"},");
	buf_addf(out, "\"type\":{\"type\":\"string\",\"enum\":[\"%s\"]},\"answerable_without_source\":{\"type\":\"boolean\"},"
		      "\"language\":{\"type\":\"string\"}},\"required\":[\"instruction\",%s\"type\",\"answerable_without_source\","
		      "\"language\"],\"additionalProperties\":false}",
		 draft_type_name((enum draft_type)id), prompt_text_is_input(id) ? "\"response\"," : "");
}

unsigned prompt_tokens(enum prompt_id id, enum prompt_answer answer, const struct prompt_fields *f)
{
	/* A token is rarely more than one character of Chinese or less than two bytes of anything else. */
	unsigned text = (unsigned)(f->text.len < 1u << 20 ? f->text.len / 2 : 1u << 19);

	if (id == PROMPT_REWRITE)
		return 256 + text * 3 / 2;
	if (id == PROMPT_JUDGE || id == PROMPT_JUDGE_INSTRUCTION)
		return answer == ANSWER_DIGIT ? 1 : 320;
	return prompt_text_is_input(id) ? 512 + text / 2 : 512;
}

void prompt_label(char out[80], const struct prompts *p, const struct prompt *prompt, const struct prompt_fields *f)
{
	const struct style *style = style_of(p, prompt, f->hash);
	bool styled = holds(prompt->system, "{style}") || holds(prompt->user, "{style}");

	snprintf(out, 80, "%s.%s %s%s%.*s", prompt->name, prompt->lang, prompt->version, styled ? " " : "",
		 styled ? (int)(style->name.len < 30 ? style->name.len : 30) : 0, style->name.p);
}
