/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Verdicts as the list shows them; pending until the decision writer says that they are durable. */
#include "config.h"

#include <math.h>
#include <stdio.h>

#include "base/i18n.h"
#include "ui/app.h"
#include "ui/verdicts.h"
#include "ui/words.h"

/* A value of the map: the ticket of the decision (0 when read from the workspace) << 3 | verdict. */
#define VERDICT_BITS 3
#define BULK_FROM 1000 /* more than this is a job with a step of its own */

struct verdicts {
	struct app *app;
	struct map128 map;
	pthread_t thread;
	bool reading, again;
	atomic_llong durable;       /* latest ticket */
	int64_t seen;               /* of it, by the main thread */
	int64_t submitted;          /* latest ticket given out here */
	int64_t settled;            /* up to this ticket all is in the workspace, told or not */
	pthread_mutex_t lock;
	struct error failed;        /* under lock */
};

static enum verdict verdict_in(uint64_t value)
{
	return (enum verdict)(value & ((1u << VERDICT_BITS) - 1));
}

/* ---- reading them all, on a thread ---- */

struct read_message {
	struct app_message m;
	struct app *app;
	struct map128 map;
	int64_t after;              /* decisions up to this ticket are in it */
	struct error err;
};

static void deliver_read(struct app *app, struct app_message *m)
{
	struct read_message *r = (struct read_message *)m;
	struct verdicts *v = app->verdicts;
	struct hash128 key;
	uint64_t value;
	size_t pos = 0;

	if (!v || !app_top(app)) {
		map128_free(&r->map);
		free(r);
		return;
	}
	pthread_join(v->thread, NULL);
	v->reading = false;
	while (map128_next(&v->map, &pos, &key, &value)) /* what was decided while it was read */
		if ((int64_t)(value >> VERDICT_BITS) > r->after)
			*map128_at(&r->map, &key, NULL) = value;
	if (r->err.code == 0) {
		map128_free(&v->map);
		v->map = r->map;
	} else {
		map128_free(&r->map);
		app_fail(app, &r->err);
	}
	free(r);
	app_dirty(app);
	if (v->again)
		verdicts_refresh(app);
}

static void *read_all(void *arg)
{
	struct read_message *r = arg;
	struct store *s;

	if (store_open(&s, r->app->workspace, &r->err) == 0) {
		store_verdict_map(s, &r->map, &r->err);
		store_close(s);
	}
	app_post(r->app, &r->m);
	return NULL;
}

void verdicts_refresh(struct app *app)
{
	struct verdicts *v = app->verdicts;
	struct read_message *r;
	struct error err = { 0 };

	v->again = v->reading;
	if (v->reading)
		return;
	r = xcalloc(1, sizeof *r);
	r->m.deliver = deliver_read;
	r->app = app;
	r->after = atomic_load(&v->durable);
	if (v->settled > r->after)
		r->after = v->settled;
	v->reading = thread_start(&v->thread, "verdicts", read_all, r, &err) == 0;
	if (!v->reading) {
		free(r);
		app_fail(app, &err);
	}
}

/* ---- durable ---- */

static void on_durable(void *ctx, int64_t ticket, const struct error *err)
{
	struct verdicts *v = ctx;

	if (err && err->code) {
		pthread_mutex_lock(&v->lock);
		v->failed = *err;
		pthread_mutex_unlock(&v->lock);
	}
	if (ticket > atomic_load(&v->durable)) /* one writer thread */
		atomic_store(&v->durable, ticket);
	wake_up(&v->app->wake);
}

void verdicts_woken(struct app *app)
{
	struct verdicts *v = app->verdicts;
	int64_t now = atomic_load(&v->durable);
	struct error err;

	if (now == v->seen)
		return;
	v->seen = now;
	app_dirty(app);
	pthread_mutex_lock(&v->lock);
	err = v->failed;
	v->failed = (struct error){ 0 };
	pthread_mutex_unlock(&v->lock);
	if (err.code) {
		app_fail(app, &err);
		verdicts_refresh(app);
	}
}

void verdicts_look(struct app *app)
{
	if (store_changed_elsewhere(app->store, NULL) > 0)
		verdicts_refresh(app);
}

struct verdicts *verdicts_new(struct app *app)
{
	struct verdicts *v = xcalloc(1, sizeof *v);

	v->app = app;
	pthread_mutex_init(&v->lock, NULL);
	workspace_on_durable(app->workspace, on_durable, v);
	app->verdicts = v;
	verdicts_refresh(app);
	return v;
}

void verdicts_free(struct verdicts *v)
{
	if (!v)
		return;
	workspace_off_durable(v->app->workspace, on_durable, v);
	if (v->reading)
		pthread_join(v->thread, NULL);
	v->app->verdicts = NULL;
	map128_free(&v->map);
	pthread_mutex_destroy(&v->lock);
	free(v);
}

enum verdict verdicts_of(const struct verdicts *v, const struct hash128 *key, bool *pending)
{
	const uint64_t *value = map128_find(&v->map, key);

	*pending = value && (int64_t)(*value >> VERDICT_BITS) > atomic_load(&v->durable);
	return value ? verdict_in(*value) : VERDICT_NONE;
}

/* ---- deciding ---- */

static int fill(struct decision *d, struct corpus_view *view, struct store *s, uint64_t record, enum verdict verdict,
		struct error *err)
{
	struct record_fact fact;
	const struct source *source;
	int code = corpus_view_facts(view, s, record, 1, &fact, err);

	if (code < 0)
		return code;
	*d = (struct decision){ .key = fact.key, .ref = corpus_view_ref(view, record), .fields = DECISION_VERDICT,
				.verdict = verdict };
	source = corpus_view_source(view, d->ref);
	d->kind = source ? source->shape.kind : KIND_DOCUMENT;
	return 0;
}

static const char *step_label(enum verdict verdict)
{
	return verdict == VERDICT_NONE ? "undecide" : verdict_name(verdict);
}

void verdicts_submit(struct app *app, const struct decision *d, size_t n, enum verdict verdict)
{
	int64_t ticket = workspace_decide(app->workspace, d, n, step_label(verdict));

	for (size_t i = 0; i < n; i++)
		*map128_at(&app->verdicts->map, &d[i].key, NULL) = (uint64_t)ticket << VERDICT_BITS | verdict;
	app_dirty(app);
}

static int decide_few(struct app *app, struct corpus_view *view, const uint64_t *records, size_t n, enum verdict verdict,
		      struct error *err)
{
	struct decision *d = xcalloc(n, sizeof *d);
	int code = 0;

	for (size_t i = 0; i < n && code == 0; i++)
		code = fill(&d[i], view, app->store, records[i], verdict, err);
	if (code == 0)
		verdicts_submit(app, d, n, verdict);
	free(d);
	return code;
}

/* Many records: a job of its own, still one step for undo. */
struct bulk_arg {
	struct corpus_view *view;
	uint64_t *records;          /* NULL: all of the view */
	size_t n;
	enum verdict verdict;
};

static int bulk_rows(struct job *job, struct store *s, struct bulk_arg *a, struct bulk_step *step, struct error *err)
{
	struct decision d[256];
	int code = 0;

	for (size_t i = 0; i < a->n && code == 0;) {
		size_t n = 0;

		for (; n < 256 && i < a->n && code == 0; n++, i++)
			code = fill(&d[n], a->view, s, a->records ? a->records[i] : i, a->verdict, err);
		if (code == 0)
			code = bulk_add(step, d, n, err);
		job_progress(job, i, a->n);
		if (code == 0 && job_cancelled(job))
			code = error_set(err, TAMIS_ECANCEL, _("stopped; nothing was decided"));
	}
	return code;
}

static int bulk_job(struct job *job, struct store *s, void *arg, struct error *err)
{
	struct bulk_arg *a = arg;
	struct bulk_step *step;
	char number[32];
	int64_t count = 0;
	int code = bulk_begin(&step, s, step_label(a->verdict), err);
	int ended;

	if (code < 0)
		return code;
	job_unit(job, _("records"));
	code = bulk_rows(job, s, a, step, err);
	ended = bulk_end(step, code == 0, &count, code == 0 ? err : NULL);
	words_count(number, (uint64_t)count);
	if (code == 0 && ended == 0)
		job_summary(job, PL_("%s verdict; u takes it back", "%s verdicts; u takes them all back", count), number);
	return code < 0 ? code : ended;
}

static void release_bulk(void *arg)
{
	struct bulk_arg *a = arg;

	corpus_view_close(a->view);
	free(a->records);
	free(a);
}

static void decide_many(struct app *app, struct corpus_view *view, const uint64_t *records, size_t n, enum verdict verdict)
{
	struct bulk_arg *a = xcalloc(1, sizeof *a);
	char title[120], number[32];

	a->view = corpus_view_share(view);
	a->n = n;
	a->verdict = verdict;
	if (records) {
		a->records = xcalloc(n, sizeof *a->records);
		memcpy(a->records, records, n * sizeof *records);
	}
	words_count(number, n);
	snprintf(title, sizeof title, PL_("%s: %s record", "%s: %s records", n), _(step_label(verdict)), number);
	jobs_start(app->jobs, title, bulk_job, a, release_bulk);
}

int verdicts_decide(struct app *app, struct corpus_view *view, const uint64_t *records, size_t n, enum verdict verdict,
		    struct error *err)
{
	if (n == 0)
		return 0;
	if (records && n <= BULK_FROM)
		return decide_few(app, view, records, n, verdict, err);
	decide_many(app, view, records, n, verdict);
	return 0;
}

static void undo_or_redo(struct app *app, bool undo)
{
	struct error err = { 0 };
	char label[128] = "";
	int64_t count = 0;
	item_ref first = ITEM_REF_NONE;
	int code = undo ? workspace_undo(app->workspace, &count, label, &first, &err)
			: workspace_redo(app->workspace, &count, label, &first, &err);

	if (code < 0) {
		app_say(app, STYLE_WARNING, "%s", err.msg);
		return;
	}
	if (count == 1 && first != ITEM_REF_NONE) {
		char name[32];
		size_t n = strlen(label);

		item_ref_format(name, first);
		snprintf(label + n, sizeof label - n, " %s", name);
	}
	if (undo)
		app_say(app, STYLE_TEXT, PL_("Taken back: %s (%lld item).", "Taken back: %s (%lld items).", count), label,
			(long long)count);
	else
		app_say(app, STYLE_TEXT, PL_("Done again: %s (%lld item).", "Done again: %s (%lld items).", count), label,
			(long long)count);
	app->verdicts->settled = app->verdicts->submitted; /* undo waited for all of them */
	verdicts_refresh(app);
}

void verdicts_do_undo(struct app *app, struct screen *s, const char *argument)
{
	(void)s;
	(void)argument;
	undo_or_redo(app, true);
}

void verdicts_do_redo(struct app *app, struct screen *s, const char *argument)
{
	(void)s;
	(void)argument;
	undo_or_redo(app, false);
}

const char *verdict_sign(enum verdict v)
{
	static const char *const signs[] = { " ", "✓", "✗", "»", "⚑" };

	return signs[v];
}

enum style verdict_style(enum verdict v)
{
	static const enum style styles[] = { STYLE_TEXT, STYLE_ACCEPT, STYLE_REJECT, STYLE_SKIP, STYLE_FLAG };

	return styles[v];
}
