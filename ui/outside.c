/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The world around: editor, clipboard, imports and other jobs. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/i18n.h"
#include "jobs/import.h"
#include "ui/app_inside.h"
#include "ui/documents.h"
#include "ui/guard.h"
#include "ui/terminal.h"
#include "ui/verdicts.h"

#define EDIT_LIMIT (256u << 20)
#define JOBS_LOOKED_AT 64

/* ---- editor ---- */

static const char *editor(void)
{
	const char *visual = getenv("VISUAL");
	const char *plain = getenv("EDITOR");

	if (visual && visual[0])
		return visual;
	return plain && plain[0] ? plain : "vi";
}

/* Runs the editor on `path` in the foreground; its wait status, or -1. */
static int run_editor(const char *path)
{
	char *command = xasprintf("%s \"$1\"", editor());
	int status = -1;
	pid_t child;

	guard_child(true);
	child = fork();
	if (child == 0) {
		guard_child_here();
		execl("/bin/sh", "sh", "-c", command, "sh", path, (char *)NULL);
		_exit(127);
	}
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		continue;
	guard_child(false);
	free(command);
	return child > 0 ? status : -1;
}

static int write_temporary(char *path, int suffix_len, const struct buf *text, struct error *err)
{
	int fd = mkstemps(path, suffix_len);

	if (fd < 0)
		return error_errno(err, TAMIS_EIO, errno, _("can't make a temporary file %s"), path);
	if (fs_write_all(fd, text->p, text->len) < 0) {
		error_errno(err, TAMIS_EIO, errno, _("can't write the temporary file %s"), path);
		close(fd);
		unlink(path);
		return TAMIS_EIO;
	}
	close(fd);
	return 0;
}

int app_edit(struct app *app, struct buf *text, const char *suffix, struct error *err)
{
	const char *folder = getenv("TMPDIR");
	char *path = xasprintf("%s/tamis-XXXXXX%s", folder && folder[0] ? folder : "/tmp", suffix);
	struct buf after = BUF_INIT;
	int status;
	int code = write_temporary(path, (int)strlen(suffix), text, err);

	if (code < 0)
		goto done;
	terminal_leave(app->terminal);
	status = run_editor(path);
	terminal_return(app->terminal);
	terminal_size(app->terminal, &app->rows, &app->columns);
	app_dirty(app);
	if (status != 0)
		code = error_set(err, TAMIS_ECANCEL, _("the editor '%s' failed; nothing was changed"), editor());
	else
		code = fs_read_all(&after, path, EDIT_LIMIT, err);
	unlink(path);
	if (code < 0)
		goto done;
	/* editors end files with a line end that the text did not have */
	if (after.len && after.p[after.len - 1] == '\n' && (text->len == 0 || text->p[text->len - 1] != '\n'))
		buf_truncate(&after, after.len - 1);
	if (span_eq(buf_span(&after), buf_span(text))) {
		code = error_set(err, TAMIS_ECANCEL, _("nothing was changed"));
		goto done;
	}
	buf_clear(text);
	buf_addspan(text, buf_span(&after));
done:
	buf_free(&after);
	free(path);
	return code;
}

void app_copy(struct app *app, struct span text)
{
	if (terminal_copy(app->terminal, text))
		app_say(app, STYLE_TEXT, PL_("%zu byte sent to the terminal's clipboard (OSC 52).",
					     "%zu bytes sent to the terminal's clipboard (OSC 52).", text.len), text.len);
	else
		app_say(app, STYLE_WARNING, _("Too long for the terminal's clipboard."));
}

/* ---- imports ---- */

struct import_arg {
	struct import_request request;
	struct app *app;
	uint32_t from;            /* the screen it was started on */
};

struct view_message {
	struct app_message m;
	struct corpus_view *view;
	uint32_t from;
};

static void keep_view(struct app *app, struct corpus_view *view)
{
	vec_each(&app->live, i) {
		if (corpus_view_corpus(app->live.v[i]) != corpus_view_corpus(view))
			continue;
		corpus_view_close(app->live.v[i]);
		app->live.v[i] = corpus_view_share(view);
		return;
	}
	vec_push(&app->live, corpus_view_share(view));
}

struct corpus_view *app_live_view(struct app *app, int64_t corpus)
{
	vec_each(&app->live, i)
		if (corpus_view_corpus(app->live.v[i]) == corpus)
			return corpus_view_share(app->live.v[i]);
	return NULL;
}

/* What the cache has lost is indexed again in the background. */
static int refresh_job(struct job *job, struct store *s, void *arg, struct error *err)
{
	return import_refresh_view(job, s, arg, err);
}

static void release_view(void *arg)
{
	corpus_view_set_indexing(arg, false); /* also when the job was cancelled before it began */
	corpus_view_close(arg);
}

struct corpus_view *app_whole_view(struct app *app, int64_t corpus, bool *lost, struct error *err)
{
	struct corpus_view *view = app_live_view(app, corpus);

	*lost = import_refresh_needed(app->store, corpus);
	if (!*lost || (view && corpus_view_indexing(view)))
		return view;
	if (view)
		corpus_view_close(view);
	if (corpus_view_open(&view, app->store, corpus, err) < 0)
		return NULL;
	keep_view(app, view);
	corpus_view_set_indexing(view, true);
	jobs_start(app->jobs, _("indexing again"), refresh_job, corpus_view_share(view), release_view);
	return view;
}

static void deliver_view(struct app *app, struct app_message *m)
{
	struct view_message *v = (struct view_message *)m;
	struct screen *top = app_top(app);
	struct documents_request request = { .view = v->view };

	app->hold_until_us = 0;
	if (top)
		keep_view(app, v->view);
	if (top && top->serial == v->from)
		app_push(app, &documents_screen, &request);
	corpus_view_close(v->view);
	free(v);
}

static void on_view(void *ctx, struct corpus_view *view)
{
	struct import_arg *arg = ctx;
	struct view_message *v = xcalloc(1, sizeof *v);

	v->m.deliver = deliver_view;
	v->view = view;
	v->from = arg->from;
	app_post(arg->app, &v->m);
}

static int run_import(struct job *job, struct store *s, void *arg, struct error *err)
{
	struct import_arg *a = arg;

	return import_job(job, s, &a->request, err);
}

static void release_import(void *arg)
{
	struct import_arg *a = arg;

	for (size_t i = 0; i < a->request.n_paths; i++)
		free(a->request.paths[i]);
	free(a->request.paths);
	free((char *)a->request.corpus);
	free(a);
}

static char *expand_home(const char *path)
{
	const char *home = getenv("HOME");

	if (path[0] == '~' && path[1] == '/' && home)
		return xasprintf("%s%s", home, path + 1);
	return xstrdup(path);
}

void app_import(struct app *app, char **paths, size_t n, const char *corpus)
{
	struct import_arg *a = xcalloc(1, sizeof *a);
	const char *slash = strrchr(paths[0], '/');
	char *title;

	a->app = app;
	a->from = app_top(app) ? app_top(app)->serial : app->next_serial + 1; /* the first screen, about to open */
	a->request.paths = xcalloc(n, sizeof *a->request.paths);
	for (size_t i = 0; i < n; i++)
		a->request.paths[i] = expand_home(paths[i]);
	a->request.n_paths = n;
	a->request.corpus = corpus ? xstrdup(corpus) : NULL;
	a->request.on_view = on_view;
	a->request.ctx = a;
	title = xasprintf(n > 1 ? _("importing %s and more") : _("importing %s"), slash && slash[1] ? slash + 1 : paths[0]);
	jobs_start(app->jobs, title, run_import, a, release_import);
	free(title);
}

static void path_accepted(struct app *app, struct screen *s, const char *text)
{
	(void)s;
	if (text[0])
		app_do(app, ACTION_IMPORT, text);
}

static const struct prompt_type path_prompt = {
	.label = N_("import"),
	.hint = N_("path of a file or folder; Tab completes"),
	.accepted = path_accepted,
	.complete = prompt_complete_path,
};

void app_ask_import(struct app *app, struct screen *s, const char *argument)
{
	char *path = (char *)argument;

	(void)s;
	if (argument[0])
		app_import(app, &path, 1, NULL);
	else
		prompt_open(app, &path_prompt, "");
}

/* ---- reviews ---- */

void app_review(struct app *app, const struct review_request *request)
{
	app_push(app, &review_screen, request);
}

/* `queue`: a corpus by name, a run by number, or "": the first corpus there is. */
static int find_queue(struct app *app, const char *queue, struct review_request *out, struct error *err)
{
	struct corpus corpus = { 0 };
	struct corpus *all = NULL;
	size_t n = 0;
	char *end;
	int64_t run = strtoll(queue, &end, 10);
	int code;

	if (queue[0] && *end == '\0' && run > 0) {
		out->run = run;
		return 0;
	}
	if (queue[0]) {
		code = store_corpus_get(app->store, &corpus, queue, err);
		out->corpus = corpus.id;
		out->kind = corpus.kind;
		return code;
	}
	code = store_corpus_list(app->store, &all, &n, err);
	if (code == 0 && n == 0)
		code = error_set(err, TAMIS_ENOTFOUND, _("there is nothing to review yet: import something first"));
	if (code == 0) {
		out->corpus = all[0].id;
		out->kind = all[0].kind;
	}
	free(all);
	return code;
}

void app_open_queue(struct app *app, const char *queue)
{
	const struct app_options *o = app->options;
	struct review_request request = {
		.where = o->where, .sample = o->sample, .order = o->order, .seed = o->seed, .undecided = o->undecided,
		.next = o->next, .threshold = o->threshold,
		.guide = o->guide,
	};
	struct error err = { 0 };

	if (find_queue(app, queue, &request, &err) < 0)
		app_fail(app, &err);
	else
		app_review(app, &request);
}

/* ---- jobs, as they go ---- */

static void announce(struct app *app, const struct job_snapshot *job)
{
	app->hold_until_us = 0;
	if (job->code < 0 && !job->cancelled)
		app_say(app, STYLE_ERROR, "%s: %s", job->title, job->message);
	else if (job->cancelled)
		app_say(app, STYLE_WARNING, _("%s: stopped; what was finished is kept"), job->title);
	else if (job->message[0])
		app_mention(app, job->rejected ? STYLE_WARNING : STYLE_TEXT, "%s", job->message);
}

static bool was_announced(const struct app *app, int64_t id)
{
	vec_each(&app->announced, i)
		if (app->announced.v[i] == id)
			return true;
	return false;
}

void app_look_at_jobs(struct app *app)
{
	struct job_snapshot *jobs = xcalloc(JOBS_LOOKED_AT, sizeof *jobs);
	size_t n = jobs_snapshot(app->jobs, jobs, JOBS_LOOKED_AT);
	size_t before = app->n_running;

	app->n_running = 0;
	for (size_t i = n; i-- > 0;) { /* oldest first */
		if (!jobs[i].ended) {
			app->running = jobs[i];
			app->n_running++;
		} else if (!was_announced(app, jobs[i].id)) {
			announce(app, &jobs[i]);
			vec_push(&app->announced, jobs[i].id);
			verdicts_refresh(app); /* it may have decided */
		}
	}
	if (app->n_running || before)
		app_dirty(app);
	free(jobs);
}
