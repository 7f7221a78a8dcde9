/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Filtering while one types, and sorting, both beside the screen. */
#include "config.h"

#include <math.h>
#include <stdio.h>

#include "base/i18n.h"
#include "base/sort.h"
#include "text/langid.h"
#include "ui/documents_inside.h"

/* ---- filter ---- */

char *documents_filter_text(const char *typed)
{
	static const char *const operators[] = { "=", "!=", "~", "!~", "<", "<=", ">", ">=" };
	struct buf out = BUF_INIT;
	size_t key = strspn(typed, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_.0123456789");

	for (size_t i = 0; key && i < sizeof operators / sizeof *operators; i++)
		if (strncmp(typed + key, operators[i], strlen(operators[i])) == 0)
			return xstrdup(typed);
	if (typed[0] == '/' || typed[0] == '!')
		return xstrdup(typed);
	buf_addc(&out, '/');
	for (const char *p = typed; *p; p++) {
		if (*p == '/')
			buf_addc(&out, '\\');
		buf_addc(&out, *p);
		if (*p == '\\' && p[1])
			buf_addc(&out, *++p);
	}
	buf_addc(&out, '/');
	return buf_steal(&out, NULL);
}

static void keep_place(struct documents *d)
{
	uint64_t row;

	if (rows_find(&d->rows, d->anchor, &row))
		list_go(&d->list, row);
}

static void start_sort(struct app *app, struct screen *s);

static void scan_ended(struct app *app, struct screen *s, const struct found *found)
{
	struct documents *d = s->state;

	d->filter_error = found->err;
	d->scanned_to = found->scanned;
	if (found->code < 0 && found->code != TAMIS_ECANCEL && !app->prompt.type)
		app_fail(app, &found->err);
	if (d->sort[0])
		start_sort(app, s);
	else if (corpus_view_count(d->view) > found->scanned && !corpus_view_indexing(d->view))
		documents_grown(app, s);
}

static void got_hits(struct app *app, struct screen *s, const struct found *found)
{
	struct documents *d = s->state;

	if (found->generation != d->generation || !d->rows.filtered)
		return;
	vec_reserve(&d->rows.hits, d->rows.hits.n + found->n + 1);
	for (size_t i = 0; i < found->n; i++)
		d->rows.hits.v[d->rows.hits.n++] = found->records[i];
	d->scanned = found->scanned;
	if (found->ended)
		scan_ended(app, s, found);
	if (d->settling && (d->list.cursor != 0 || rows_is_hit(&d->rows, d->anchor))) {
		d->settling = false;
		if (d->list.cursor == 0)
			keep_place(d);
	}
	app_dirty(app);
}

static void start_filter(struct app *app, struct screen *s, const char *typed)
{
	struct documents *d = s->state;
	char *filter = documents_filter_text(typed);

	if (!d->filter)
		d->anchor = rows_record(&d->rows, d->list.cursor);
	free(d->filter);
	d->filter = xstrdup(typed);
	if (!d->finder)
		d->finder = finder_new(app, s->serial, d->view, got_hits);
	rows_set_order(&d->rows, NULL, 0);
	vec_clear(&d->rows.hits);
	d->rows.filtered = true;
	d->settling = true;
	d->list.cursor = d->list.top = 0;
	d->scanned = 0;
	d->range = NO_RANGE;
	d->filter_error = (struct error){ 0 };
	d->generation = finder_ask(d->finder, filter);
	free(filter);
	app_dirty(app);
}

void documents_clear_filter(struct app *app, struct screen *s)
{
	struct documents *d = s->state;
	uint64_t record = rows_count(&d->rows) ? rows_record(&d->rows, d->list.cursor) : d->anchor;

	if (d->finder)
		finder_stop(d->finder);
	free(d->filter);
	d->filter = NULL;
	d->filter_error = (struct error){ 0 };
	rows_clear_filter(&d->rows);
	d->range = NO_RANGE;
	list_fit(&d->list, rows_count(&d->rows), d->list.rows);
	d->anchor = record;
	keep_place(d);
	if (d->sort[0])
		start_sort(app, s);
	app_dirty(app);
}

static void filter_changed(struct app *app, struct screen *s, const char *text)
{
	if (text[0])
		start_filter(app, s, text);
	else
		documents_clear_filter(app, s);
}

static void filter_accepted(struct app *app, struct screen *s, const char *text)
{
	struct documents *d = s->state;

	if (text[0] && d->filter_error.code)
		app_fail(app, &d->filter_error);
	if (!d->filter || strcmp(d->filter, text) != 0)
		app_do(app, ACTION_FILTER, text);
}

static void filter_cancelled(struct app *app, struct screen *s)
{
	documents_clear_filter(app, s);
}

static const struct prompt_type filter_prompt = {
	.label = N_("filter"),
	.hint = N_("a regular expression, or lang=zh score>=0.5 verdict=none …"),
	.changed = filter_changed,
	.accepted = filter_accepted,
	.cancelled = filter_cancelled,
};

void documents_do_filter(struct app *app, struct screen *s, const char *argument)
{
	struct documents *d = s->state;

	if (argument[0])
		start_filter(app, s, argument);
	else
		prompt_open(app, &filter_prompt, d->filter ? d->filter : "");
}

void documents_do_context(struct app *app, struct screen *s, const char *argument)
{
	struct documents *d = s->state;
	uint64_t record;

	(void)argument;
	if (!d->rows.filtered) {
		app_say(app, STYLE_TEXT, _("There is no filter; / sets one."));
		return;
	}
	record = rows_count(&d->rows) ? rows_record(&d->rows, d->list.cursor) : d->anchor;
	rows_set_order(&d->rows, NULL, 0);
	d->sort[0] = '\0';
	d->rows.context = !d->rows.context;
	list_fit(&d->list, rows_count(&d->rows), d->list.rows);
	d->anchor = record;
	keep_place(d);
}

static void next_hit(struct app *app, struct documents *d, int direction)
{
	uint64_t row;

	if (!d->rows.filtered)
		app_say(app, STYLE_TEXT, _("There is no filter; / sets one."));
	else if (rows_next_hit(&d->rows, d->list.cursor, direction, &row))
		list_go(&d->list, row);
	else
		app_say(app, STYLE_DIM, "%s", direction > 0 ? _("No hit after this one.") : _("No hit before this one."));
}

void documents_do_next_hit(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	next_hit(app, s->state, 1);
}

void documents_do_previous_hit(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	next_hit(app, s->state, -1);
}

void documents_grown(struct app *app, struct screen *s)
{
	struct documents *d = s->state;

	if (d->filter && !finder_working(d->finder) && !d->filter_error.code && corpus_view_count(d->view) > d->scanned_to)
		start_filter(app, s, d->filter);
	else if (d->sort[0] && !d->filter)
		start_sort(app, s);
}

/* ---- sorting ---- */

#define MANY 500000

enum sort_key { SORT_SCORE, SORT_LENGTH, SORT_LANGUAGE, SORT_NONE };

struct sort_arg {
	struct app *app;
	uint32_t serial;
	uint64_t generation;
	struct corpus_view *view;
	uint32_t *hits;             /* to sort, ascending; NULL: all records */
	size_t n;
	enum sort_key key;
	bool down;
};

struct sort_message {
	struct app_message m;
	uint32_t serial;
	uint64_t generation;
	uint32_t *order;
	size_t n;
};

static enum sort_key sort_key_from(const char *text, bool *down)
{
	static const char *const names[] = { "score", "length", "language" };

	*down = text[0] == '-';
	for (int i = 0; i < SORT_NONE; i++)
		if (strcmp(text + *down, names[i]) == 0)
			return (enum sort_key)i;
	return SORT_NONE;
}

/* Smaller sorts first; what has none comes last in either direction. */
static uint32_t value_of(const struct record_fact *fact, enum sort_key key, bool down)
{
	uint32_t bits;
	const char *code;

	switch (key) {
	case SORT_SCORE:
		bits = sort_by_float(fact->score);
		return down && !isnan(fact->score) ? ~bits : bits;
	case SORT_LENGTH:
		return down ? ~fact->text_bytes : fact->text_bytes;
	default:
		code = fact->lang == LANG_UNKNOWN ? "\xff\xff" : lang_code(fact->lang);
		bits = 0;
		for (int i = 0; i < 4; i++)
			bits = bits << 8 | (*code ? (unsigned char)*code++ : 0u);
		return down ? ~bits : bits;
	}
}

static uint32_t record_of(const struct sort_arg *a, size_t i)
{
	return a->hits ? a->hits[i] : (uint32_t)i;
}

static int read_pairs(struct job *job, struct store *s, const struct sort_arg *a, uint64_t *pairs, struct error *err)
{
	struct record_fact facts[512];

	for (size_t i = 0; i < a->n;) {
		size_t run = 1;
		int code;

		while (run < 512 && i + run < a->n && record_of(a, i + run) == record_of(a, i) + run)
			run++;
		code = corpus_view_facts(a->view, s, record_of(a, i), run, facts, err);
		if (code < 0)
			return code;
		for (size_t k = 0; k < run; k++)
			pairs[i + k] = sort_pair(value_of(&facts[k], a->key, a->down), record_of(a, i + k));
		i += run;
		job_progress(job, i, a->n);
		if (job_cancelled(job))
			return error_set(err, TAMIS_ECANCEL, _("sorting was stopped"));
	}
	return 0;
}

static void deliver_sorted(struct app *app, struct app_message *m)
{
	struct sort_message *sorted = (struct sort_message *)m;
	struct screen *s = app_screen(app, sorted->serial);
	struct documents *d = s ? s->state : NULL;

	if (d && d->sorting == sorted->generation) {
		d->sorting = 0;
		rows_set_order(&d->rows, sorted->order, sorted->n);
		sorted->order = NULL;
		if (!sorted->n)
			rows_set_order(&d->rows, NULL, 0);
		d->list.cursor = d->list.top = 0;
		app_dirty(app);
	}
	free(sorted->order);
	free(sorted);
}

static int sort_job(struct job *job, struct store *s, void *arg, struct error *err)
{
	struct sort_arg *a = arg;
	struct sort_message *m;
	uint64_t *pairs = xcalloc(a->n ? a->n : 1, sizeof *pairs);
	int code;

	job_unit(job, _("records"));
	code = read_pairs(job, s, a, pairs, err);
	if (code == 0) {
		sort_u64_in_place(pairs, a->n);
		m = xcalloc(1, sizeof *m);
		m->m.deliver = deliver_sorted;
		m->serial = a->serial;
		m->generation = a->generation;
		m->order = sort_pairs_to_places(pairs, a->n);
		m->n = a->n;
		pairs = NULL;
		app_post(a->app, &m->m);
	}
	free(pairs);
	return code;
}

static void release_sort(void *arg)
{
	struct sort_arg *a = arg;

	corpus_view_close(a->view);
	free(a->hits);
	free(a);
}

static void start_sort(struct app *app, struct screen *s)
{
	struct documents *d = s->state;
	struct sort_arg *a = xcalloc(1, sizeof *a);
	bool hits = d->rows.filtered && !d->rows.context;
	char title[80];

	a->app = app;
	a->serial = s->serial;
	a->generation = d->sorting = ++d->generation_of_sorts;
	a->key = sort_key_from(d->sort, &a->down);
	a->view = corpus_view_share(d->view);
	a->n = hits ? d->rows.hits.n : (size_t)corpus_view_count(d->view);
	if (a->n >= MANY) /* the order before is not kept until the new one is there */
		rows_set_order(&d->rows, NULL, 0);
	if (hits) {
		a->hits = xcalloc(a->n ? a->n : 1, sizeof *a->hits);
		if (a->n)
			memcpy(a->hits, d->rows.hits.v, a->n * sizeof *a->hits);
	}
	snprintf(title, sizeof title, _("sorting by %s"), d->sort);
	jobs_start(app->jobs, title, sort_job, a, release_sort);
}

static void sort_chosen(struct app *app, struct screen *s, const char *text)
{
	(void)s;
	if (text[0])
		app_do(app, ACTION_SORT, text);
}

static void complete_sort(struct app *app, struct buf *text, struct buf *choices)
{
	static const char *const names[] = { "score", "-score", "length", "-length", "language", "file" };
	const char *only = NULL;
	size_t n = 0;

	(void)app;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (strncmp(names[i], text->p, text->len) != 0)
			continue;
		buf_addf(choices, "%s%s", choices->len ? "  " : "", names[i]);
		only = names[i];
		n++;
	}
	if (n == 1) {
		buf_clear(text);
		buf_adds(text, only);
	}
}

static const struct prompt_type sort_prompt = {
	.label = N_("sort by"),
	.hint = N_("score, -score (highest first), length, -length, language, file"),
	.accepted = sort_chosen,
	.complete = complete_sort,
};

void documents_do_sort(struct app *app, struct screen *s, const char *argument)
{
	struct documents *d = s->state;
	bool down;

	if (!argument[0]) {
		prompt_open(app, &sort_prompt, "");
		return;
	}
	if (sort_key_from(argument, &down) == SORT_NONE) {
		if (strcmp(argument, "file") != 0)
			app_say(app, STYLE_WARNING, _("Sort by score, -score, length, -length, language or file."));
		d->anchor = rows_count(&d->rows) ? rows_record(&d->rows, d->list.cursor) : 0;
		d->sort[0] = '\0';
		d->sorting = 0;
		rows_set_order(&d->rows, NULL, 0);
		list_fit(&d->list, rows_count(&d->rows), d->list.rows);
		keep_place(d);
		return;
	}
	snprintf(d->sort, sizeof d->sort, "%s", argument);
	start_sort(app, s);
}
