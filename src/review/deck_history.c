/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The last few decisions, for the strip under the item; and when they were made, for the pace. */
#include "review/deck_inside.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/stats.h"
#include "base/utf8.h"
#include "review/lens.h"

#define HISTORY_ROWS 400     /* of the log looked at when the deck is opened: enough for the pace */
#define HISTORY_LINES 32
#define HEAD_COLUMNS 100
#define ACTIVE_MS (5 * 60 * 1000)
#define PAUSE_MS (60 * 1000) /* a longer gap between two decisions is a pause, not work */
#define LEAST_ACTIVE_MS 3000 /* a pace of less says nothing */

static const struct {
	unsigned field;
	const char *label;
} without_verdict[] = {
	{ DECISION_EDIT, "edit" },
	{ DECISION_NOTE, "note" },
	{ DECISION_REASONS, "reasons" },
	{ 0, "change" }, /* what earlier versions called all three */
};

#define WITHOUT_VERDICT (sizeof without_verdict / sizeof *without_verdict)

const char *deck_step_label(const struct decision *change)
{
	size_t i = 0;

	if (change->fields & DECISION_VERDICT && !(change->fields & DECISION_EDIT))
		return verdict_name(change->verdict);
	while (i < WITHOUT_VERDICT - 1 && !(change->fields & without_verdict[i].field))
		i++;
	return without_verdict[i].label;
}

static bool gives_verdict(const char *label)
{
	for (size_t i = 0; i < WITHOUT_VERDICT; i++)
		if (strcmp(label, without_verdict[i].label) == 0)
			return false;
	return true;
}

static void copy_text(char out[120], struct span text)
{
	size_t n = text.len < 119 ? text.len : utf8_floor(text, 119);

	memcpy(out, text.p, n);
	out[n] = '\0';
}

static void head_text(char out[120], const struct item *item)
{
	struct sheet head = { 0 };
	struct buf text = BUF_INIT;

	lens_head(&head, item, HEAD_COLUMNS);
	sheet_line_text(&text, &head, 0);
	copy_text(out, buf_span(&text));
	buf_free(&text);
	sheet_free(&head);
}

static void add_line(struct deck *d, struct deck_said said)
{
	if (d->history.n == 2 * HISTORY_LINES) {
		memmove(d->history.v, d->history.v + HISTORY_LINES, HISTORY_LINES * sizeof *d->history.v);
		d->history.n = HISTORY_LINES;
	}
	vec_push(&d->history, said);
}

void deck_history_add(struct deck *d, const struct decision *change, int64_t ticket, const char *text)
{
	struct deck_said said = { .line = { .ref = change->ref, .verdict = change->verdict }, .ticket = ticket };
	const struct item *item = text ? NULL : deck_item(d, NULL);

	if (text)
		copy_text(said.line.text, span_of(text));
	else if (item)
		head_text(said.line.text, item);
	add_line(d, said);
	vec_push(&d->activity, clock_wall_ms());
}

static void add_row(struct deck *d, const struct decision_row *row, size_t of_step, struct item *item)
{
	struct deck_said said = { .line = { .ref = row->ref, .verdict = row->verdict, .durable = true }, .step = row->step };

	if (of_step > 1)
		copy_text(said.line.text, span_of(row->label));
	else if (item_load(item, d->items, row->ref, NULL) == 0)
		head_text(said.line.text, item);
	add_line(d, said);
}

/* Rows come newest first; a step's rows are next to each other. */
int deck_history_read(struct deck *d, struct error *err)
{
	struct decision_row *rows = NULL;
	const char *me = workspace_annotator(d->workspace);
	struct item item;
	size_t n = 0, lines = 0, first[HISTORY_LINES];
	int rc = store_history(d->store, HISTORY_ROWS, &rows, &n, err);

	vec_clear(&d->history);
	vec_clear(&d->activity);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < n; i++) {
		if (rows[i].undone || strcmp(rows[i].annotator, me) != 0 || (i > 0 && rows[i].step == rows[i - 1].step))
			continue;
		vec_push(&d->activity, rows[i].at_ms);
		if (lines < HISTORY_LINES && gives_verdict(rows[i].label))
			first[lines++] = i;
	}
	for (size_t i = 0; i < d->activity.n / 2; i++) {
		int64_t at = d->activity.v[i];

		d->activity.v[i] = d->activity.v[d->activity.n - 1 - i];
		d->activity.v[d->activity.n - 1 - i] = at;
	}
	item_init(&item);
	while (lines > 0) {
		size_t at = first[--lines], same = at;

		while (same < n && rows[same].step == rows[at].step)
			same++;
		add_row(d, &rows[at], same - at, &item);
	}
	item_free(&item);
	free(rows);
	return 0;
}

size_t deck_history(const struct deck *d, struct deck_history *out, size_t max)
{
	int64_t durable = (int64_t)atomic_load(&d->durable);
	size_t n = 0;

	for (size_t i = d->history.n; i > 0 && n < max; i--, n++) {
		out[n] = d->history.v[i - 1].line;
		out[n].durable = d->history.v[i - 1].ticket <= durable;
	}
	return n;
}

static double pace(const struct deck *d)
{
	int64_t active = 0;
	size_t steps = 0;

	for (size_t i = d->activity.n; i > 1 && active < ACTIVE_MS; i--) {
		int64_t gap = d->activity.v[i - 1] - d->activity.v[i - 2];

		if (gap < 0 || gap > PAUSE_MS)
			continue;
		active += gap;
		steps++;
	}
	return active >= LEAST_ACTIVE_MS ? (double)steps * 60000.0 / (double)active : 0;
}

void deck_stats(const struct deck *d, struct deck_stats *out)
{
	*out = (struct deck_stats){
		.count = deck_count(d),
		.decided = deck_count(d) - d->undecided,
		.accepted = d->counts[VERDICT_ACCEPT],
		.rejected = d->counts[VERDICT_REJECT],
		.skipped = d->counts[VERDICT_SKIP],
		.flagged = d->counts[VERDICT_FLAG],
		.per_minute = pace(d),
	};
	if (out->accepted + out->rejected > 0)
		out->acceptance = (double)out->accepted / (double)(out->accepted + out->rejected);
	stats_wilson(out->accepted, out->accepted + out->rejected, 1.959963984540054, &out->low, &out->high);
}
