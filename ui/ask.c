/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/ask.h"

#include <stdlib.h>

#include "base/i18n.h"
#include "ui/words.h"

struct ask_job {
	struct ask_line line;
	struct backtranslate_result result;
};

static uint64_t unusable(const struct backtranslate_result *r)
{
	uint64_t n = r->ended[ENDED_FAILED] + r->ended[ENDED_TOO_LONG];

	for (unsigned i = REPLY_OK + 1; i < REPLY_OUTCOMES; i++)
		n += r->ended[i];
	return n;
}

static int ask(struct job *job, struct store *s, void *arg, struct error *err)
{
	struct ask_job *a = arg;
	const struct backtranslate_result *r = &a->result;
	char pairs[32], bad[32], tokens[32], left[32];
	int rc = backtranslate_run(job, s, &a->line.request, &a->result, err);

	if (rc < 0)
		return rc;
	words_count(pairs, r->ended[REPLY_OK]);
	words_count(bad, unusable(r));
	words_count(tokens, (uint64_t)r->asker.run_tokens);
	words_count(left, r->ended[ENDED_NOT_ASKED]);
	if (r->ended[ENDED_NOT_ASKED])
		job_summary(job, _("run %lld: the budget is spent, %s segments were not asked about; %s drafts, %s unusable, %s tokens"),
			    (long long)r->run, left, pairs, bad, tokens);
	else
		job_summary(job, _("run %lld: %s drafts, %s unusable, %s tokens"), (long long)r->run, pairs, bad, tokens);
	return 0;
}

static void release(void *arg)
{
	struct ask_job *a = arg;

	ask_line_free(&a->line);
	free(a);
}

/* Takes the line over. */
static void start(struct app *app, struct ask_line *line)
{
	struct ask_job *a = xcalloc(1, sizeof *a);
	struct buf text = BUF_INIT;
	struct error err = { 0 };
	char *title;

	ask_line_put(&text, &line->request);
	if (store_setting_put(app->store, ASK_LINE_SETTING, buf_span(&text), &err) < 0)
		app_fail(app, &err);
	buf_free(&text);
	a->line = *line;
	ask_line_init(line);
	a->line.request.model.key = getenv("TAMIS_API_KEY");
	title = xasprintf(_("asking %s about %s"), a->line.request.model.model, a->line.request.corpus);
	jobs_start(app->jobs, title, ask, a, release);
	app_say(app, STYLE_TEXT, _("Asking in the background; what is finished is kept, and the same line goes on with it."));
	free(title);
}

/* ---- the line ---- */

static void line_typed(struct app *app, struct screen *s, const char *text)
{
	(void)s;
	if (span_trim(span_of(text)).len)
		app_do(app, ACTION_ASK, text);
}

static const struct prompt_type line_prompt = {
	.label = N_("ask"),
	.hint = N_("http://HOST:PORT MODEL, then judge rewrite n=N budget=TOKENS"),
	.accepted = line_typed,
};

/* What was asked last, in `out`; nothing when nothing was. */
static void last_line(struct app *app, struct buf *out)
{
	struct error none = { 0 };

	buf_clear(out);
	store_setting_get(app->store, ASK_LINE_SETTING, out, &none);
}

void ask_model(struct app *app, const char *corpus, const struct run *run, const char *argument)
{
	struct ask_line line;
	struct buf text = BUF_INIT;
	struct error err = { 0 };

	ask_line_init(&line);
	if (run && ask_line_of_run(&line, run, &err) < 0) {
		app_say(app, STYLE_WARNING, _("Choose a corpus, or a run that asked a model: it is gone on with."));
	} else if (argument[0]) {
		if (corpus)
			ask_line_corpus(&line, corpus);
		if (ask_line_read(&line, argument, &err) < 0)
			app_fail(app, &err);
		else
			start(app, &line);
	} else {
		if (run)
			ask_line_put(&text, &line.request);
		else
			last_line(app, &text);
		prompt_open(app, &line_prompt, text.p ? text.p : "");
	}
	buf_free(&text);
	ask_line_free(&line);
}

bool ask_remembered(struct app *app, struct ask_line *out, int64_t run)
{
	struct run of = { 0 };
	struct error none = { 0 };
	struct buf text = BUF_INIT;
	bool known;

	ask_line_init(out);
	known = run && store_run_get(app->store, &of, run, &none) == 0 && ask_line_of_run(out, &of, &none) == 0;
	if (!known) {
		last_line(app, &text);
		known = text.len && ask_line_read(out, text.p, &none) == 0;
	}
	run_free(&of);
	buf_free(&text);
	return known;
}
