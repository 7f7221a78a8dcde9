/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Replaying and recording actions. */
#include "config.h"

#include <errno.h>
#include <stdio.h>

#include "base/fs.h"
#include "base/i18n.h"
#include "base/log.h"
#include "ui/batch.h"

#define BATCH_LIMIT (16u << 20)

struct batch {
	struct buf text;
	struct span rest;
	char *name;
	size_t line;
	bool replaying, waiting, headless;
	FILE *record;
};

static int read_script(struct batch *b, const char *path, struct error *err)
{
	b->name = xstrdup(path);
	b->replaying = true;
	if (fs_read_all(&b->text, strcmp(path, "-") == 0 ? "/dev/stdin" : path, BATCH_LIMIT, err) < 0)
		return err->code;
	b->rest = buf_span(&b->text);
	return 0;
}

int batch_open(struct app *app, const char *replay, const char *record, bool headless, struct error *err)
{
	struct batch *b = xcalloc(1, sizeof *b);

	app->batch = b;
	buf_init(&b->text);
	b->headless = headless;
	if (record) {
		b->record = fopen(record, "we");
		if (!b->record)
			return error_errno(err, TAMIS_EIO, errno, _("can't write %s"), record);
	}
	return replay ? read_script(b, replay, err) : 0;
}

void batch_close(struct app *app)
{
	struct batch *b = app->batch;

	if (!b)
		return;
	if (b->record)
		fclose(b->record);
	buf_free(&b->text);
	free(b->name);
	free(b);
	app->batch = NULL;
}

static bool at_rest(struct app *app)
{
	return app->busy == 0 && jobs_running(app->jobs) == 0;
}

bool batch_ready(struct app *app)
{
	struct batch *b = app->batch;

	return b->replaying && (!b->waiting || at_rest(app));
}

void batch_wait(struct app *app)
{
	app->batch->waiting = true;
}

static void fail_line(struct app *app, const char *why, struct span line)
{
	struct batch *b = app->batch;

	app_say(app, STYLE_ERROR, "%s:%zu: %s: %.*s", b->name, b->line, why, (int)(line.len < 60 ? line.len : 60), line.p);
	b->replaying = false;
	app->status = 2;
	if (b->headless) {
		fprintf(stderr, "tamis: %s:%zu: %s: %.*s\n", b->name, b->line, why, (int)line.len, line.p);
		app->quitting = true;
	}
}

static void do_line(struct app *app, struct span line)
{
	size_t n = 0;
	enum action_id id;
	char *argument;

	while (n < line.len && line.p[n] != ' ' && line.p[n] != '\t')
		n++;
	id = action_from_name(span_make(line.p, n));
	if (id == ACTION_NONE) {
		fail_line(app, _("no such action"), line);
		return;
	}
	argument = xstrndup(span_trim(span_make(line.p + n, line.len - n)).p, span_trim(span_make(line.p + n, line.len - n)).len);
	if (!app_do(app, id, argument))
		fail_line(app, _("this screen doesn't have that action"), line);
	free(argument);
}

void batch_step(struct app *app)
{
	struct batch *b = app->batch;

	if (!batch_ready(app))
		return;
	b->waiting = false;
	while (b->rest.len) {
		struct span line = span_trim(span_line(&b->rest));

		b->line++;
		if (line.len == 0 || line.p[0] == '#')
			continue;
		do_line(app, line);
		return;
	}
	b->replaying = false;
	if (b->headless)
		app->quitting = true;
}

void batch_log(struct app *app, enum screen_id screen, const struct action *a, const char *argument)
{
	struct batch *b = app->batch;

	log_line("%s %s", screen_names[screen], a->name); /* never the argument: it may hold text */
	if (!b || !b->record || a->id == ACTION_WAIT)
		return;
	fprintf(b->record, "%s%s%s\n", a->name, argument[0] ? " " : "", argument);
	fflush(b->record);
}
