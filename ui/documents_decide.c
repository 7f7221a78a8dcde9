/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Verdicts from the list: on the row under the cursor, on marked rows, on a range, on all that the filter shows. */
#include "config.h"

#include <stdio.h>

#include "base/i18n.h"
#include "ui/documents_inside.h"
#include "ui/verdicts.h"
#include "ui/words.h"

/* What a verdict applies to: marked rows, else the range, else the row under the cursor.  `*one`: just that row. */
static uint64_t *chosen(const struct documents *d, size_t *n, bool *one)
{
	uint64_t *records;
	uint64_t from = d->list.cursor, to = d->list.cursor;

	*one = false;
	if (d->marks.n) {
		*n = d->marks.n;
		records = xcalloc(*n, sizeof *records);
		for (size_t i = 0; i < *n; i++)
			records[i] = d->marks.v[i];
		return records;
	}
	if (d->range != NO_RANGE) {
		from = d->range < from ? d->range : from;
		to = d->range > to ? d->range : to;
	}
	*one = d->range == NO_RANGE;
	*n = (size_t)(to - from + 1);
	records = xcalloc(*n, sizeof *records);
	for (size_t i = 0; i < *n; i++)
		records[i] = rows_record(&d->rows, from + i);
	return records;
}

static void decide(struct app *app, struct screen *s, enum verdict verdict)
{
	struct documents *d = s->state;
	struct error err = { 0 };
	uint64_t *records;
	size_t n;
	bool one;

	if (rows_count(&d->rows) == 0)
		return;
	records = chosen(d, &n, &one);
	if (verdicts_decide(app, d->view, records, n, verdict, &err) < 0) {
		app_fail(app, &err);
	} else if (one) {
		list_move(&d->list, 1);
	} else {
		vec_clear(&d->marks);
		d->range = NO_RANGE;
		app_say(app, STYLE_TEXT, PL_("%zu record: %s. u takes it back.", "%zu records: %s. u takes them back.", n), n,
			verdict == VERDICT_NONE ? _("no verdict") : _(verdict_name(verdict)));
	}
	free(records);
}

void documents_do_accept(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	decide(app, s, VERDICT_ACCEPT);
}

void documents_do_reject(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	decide(app, s, VERDICT_REJECT);
}

void documents_do_skip(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	decide(app, s, VERDICT_SKIP);
}

void documents_do_flag(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	decide(app, s, VERDICT_FLAG);
}

void documents_do_undecide(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	decide(app, s, VERDICT_NONE);
}

/* ---- everything shown ---- */

static void decide_all(struct app *app, struct screen *s, enum verdict verdict)
{
	struct documents *d = s->state;
	size_t n = (size_t)rows_count(&d->rows);
	uint64_t *records = xcalloc(n ? n : 1, sizeof *records);
	struct error err = { 0 };

	for (size_t i = 0; i < n; i++)
		records[i] = rows_record(&d->rows, i);
	if (verdicts_decide(app, d->view, records, n, verdict, &err) < 0)
		app_fail(app, &err);
	free(records);
}

static void accept_all_answered(struct app *app, struct screen *s, const char *text)
{
	(void)s;
	if (strcmp(text, "yes") == 0 || strcmp(text, _("yes")) == 0)
		app_do(app, ACTION_ACCEPT_ALL, "yes");
	else
		app_say(app, STYLE_TEXT, _("Nothing was decided."));
}

static void reject_all_answered(struct app *app, struct screen *s, const char *text)
{
	(void)s;
	if (strcmp(text, "yes") == 0 || strcmp(text, _("yes")) == 0)
		app_do(app, ACTION_REJECT_ALL, "yes");
	else
		app_say(app, STYLE_TEXT, _("Nothing was decided."));
}

static const struct prompt_type accept_all_prompt = {
	.label = N_("accept everything shown?"), .hint = N_("type yes"), .accepted = accept_all_answered,
};

static const struct prompt_type reject_all_prompt = {
	.label = N_("reject everything shown?"), .hint = N_("type yes"), .accepted = reject_all_answered,
};

static void ask_sure(struct app *app, uint64_t n, enum verdict verdict, const struct prompt_type *ask)
{
	char number[32];

	words_count(number, n);
	prompt_open(app, ask, "");
	if (verdict == VERDICT_ACCEPT)
		prompt_question(app, PL_("accept %s record?", "accept %s records?", n), number);
	else
		prompt_question(app, PL_("reject %s record?", "reject %s records?", n), number);
}

static void ask_all(struct app *app, struct screen *s, const char *argument, enum verdict verdict, const struct prompt_type *ask)
{
	struct documents *d = s->state;

	if (d->finder && finder_working(d->finder))
		app_say(app, STYLE_WARNING, _("The filter is still reading; wait for its end."));
	else if (rows_count(&d->rows) == 0)
		app_say(app, STYLE_TEXT, _("Nothing is shown."));
	else if (strcmp(argument, "yes") == 0)
		decide_all(app, s, verdict);
	else
		ask_sure(app, rows_count(&d->rows), verdict, ask);
}

void documents_do_accept_all(struct app *app, struct screen *s, const char *argument)
{
	ask_all(app, s, argument, VERDICT_ACCEPT, &accept_all_prompt);
}

void documents_do_reject_all(struct app *app, struct screen *s, const char *argument)
{
	ask_all(app, s, argument, VERDICT_REJECT, &reject_all_prompt);
}

/* ---- range and marks ---- */

void documents_do_range(struct app *app, struct screen *s, const char *argument)
{
	struct documents *d = s->state;

	(void)app;
	(void)argument;
	if (rows_count(&d->rows))
		d->range = d->range == NO_RANGE ? d->list.cursor : NO_RANGE;
}

void documents_do_mark(struct app *app, struct screen *s, const char *argument)
{
	struct documents *d = s->state;
	uint32_t record = (uint32_t)rows_record(&d->rows, d->list.cursor);
	size_t at = 0;

	(void)app;
	(void)argument;
	if (rows_count(&d->rows) == 0)
		return;
	while (at < d->marks.n && d->marks.v[at] < record)
		at++;
	if (at < d->marks.n && d->marks.v[at] == record) {
		memmove(d->marks.v + at, d->marks.v + at + 1, (--d->marks.n - at) * sizeof *d->marks.v);
	} else {
		vec_push(&d->marks, record);
		memmove(d->marks.v + at + 1, d->marks.v + at, (d->marks.n - 1 - at) * sizeof *d->marks.v);
		d->marks.v[at] = record;
	}
	list_move(&d->list, 1);
}

void documents_do_next_mark(struct app *app, struct screen *s, const char *argument)
{
	struct documents *d = s->state;
	uint64_t here = rows_count(&d->rows) ? rows_record(&d->rows, d->list.cursor) : 0;
	uint64_t row;

	(void)argument;
	if (d->marks.n == 0) {
		app_say(app, STYLE_TEXT, _("No row is marked; m marks one."));
		return;
	}
	for (size_t i = 0; i <= d->marks.n; i++) {
		uint64_t record = d->marks.v[i % d->marks.n];

		if ((i == d->marks.n || record > here) && rows_find(&d->rows, record, &row)) {
			list_go(&d->list, row);
			return;
		}
	}
}
