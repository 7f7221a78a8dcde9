/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One item asked about again while the review goes on.  A new draft or a rewritten response becomes an edit of the item, when it comes
 * and wherever the curator is by then, so that it is undone, merged and exported like one; a score is said. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "jobs/ask_item.h"
#include "ui/ask.h"
#include "ui/review_inside.h"

/* What came, on its way to the screen and until its deck is there. */
struct item_reply {
	struct app_message message;
	struct item_reply *next;
	uint32_t screen;
	item_ref ref;
	enum item_task task;
	struct item_answer answer;
};

struct item_job {
	struct app *app;
	uint32_t screen;
	item_ref ref;
	struct item_question question;
	struct arena texts;
	struct ask_line line;
};

static void free_reply(struct item_reply *m)
{
	item_answer_free(&m->answer);
	free(m);
}

void review_drop_replies(struct review *r)
{
	while (r->replies) {
		struct item_reply *m = r->replies;

		r->replies = m->next;
		free_reply(m);
	}
}

/* ---- what came ---- */

static void say_scores(struct app *app, const struct judgement *j)
{
	char score[16], alone[16] = "–", apart[16] = "–";

	snprintf(score, sizeof score, "%.2g", j->score);
	if (!isnan(j->instruction))
		snprintf(alone, sizeof alone, "%.2g", j->instruction);
	if (!isnan(j->apart))
		snprintf(apart, sizeof apart, "%.2g", j->apart);
	app_say(app, j->disagrees ? STYLE_WARNING : STYLE_TEXT,
		j->disagrees ? _("The judge gives %s (the two orders are %s apart: it disagrees with itself), the instruction alone %s.")
			     : _("The judge gives %s (the two orders are %s apart), the instruction alone %s."), score, apart, alone);
}

/* On the item where the deck stands. */
static void take_texts(struct app *app, struct review *r, const struct item_reply *m)
{
	bool draft = m->task == ITEM_DRAFT, kept = true;

	if (draft)
		kept = review_keep_text(app, r, ROLE_INSTRUCTION, buf_span(&m->answer.instruction));
	if (kept && m->answer.response.len)
		kept = review_keep_text(app, r, ROLE_RESPONSE, buf_span(&m->answer.response));
	if (kept)
		app_say(app, STYLE_TEXT, draft ? _("The new draft stands now; accept it if it is right. u takes it back.")
					       : _("The rewritten response stands now. u takes it back."));
}

static void take_reply(struct app *app, struct review *r, const struct item_reply *m)
{
	size_t at, here = deck_position(r->deck);

	if (m->task == ITEM_JUDGE) {
		say_scores(app, &m->answer.judgement);
	} else if (!deck_find(r->deck, m->ref, &at)) {
		app_say(app, STYLE_WARNING, _("The reply came, but its item is not in this queue any more: ask again where it is."));
	} else {
		deck_go(r->deck, at);
		take_texts(app, r, m);
		if (at != here)
			deck_go(r->deck, here);
	}
}

void review_take_replies(struct app *app, struct review *r)
{
	while (r->replies && r->deck && !r->editor) {
		struct item_reply *m = r->replies;

		r->replies = m->next;
		take_reply(app, r, m);
		free_reply(m);
		review_anew(app, r);
	}
}

static void deliver(struct app *app, struct app_message *message)
{
	struct item_reply *m = (struct item_reply *)message;
	struct screen *s = app_screen(app, m->screen);
	struct review *r = s ? s->state : NULL;

	if (r == NULL) {
		app_say(app, STYLE_WARNING, _("The reply came after its review was left: ask again there."));
		free_reply(m);
		return;
	}
	m->next = r->replies;
	r->replies = m;
	review_take_replies(app, r);
}

/* ---- asking ---- */

static int ask(struct job *job, struct store *s, void *arg, struct error *err)
{
	struct item_job *a = arg;
	struct item_reply *m = xcalloc(1, sizeof *m);
	int rc;

	m->message.deliver = deliver;
	m->screen = a->screen;
	m->ref = a->ref;
	m->task = a->question.task;
	item_answer_init(&m->answer);
	rc = ask_item(&m->answer, job, s, &a->question, err);
	if (rc < 0) {
		free_reply(m);
		return rc;
	}
	job_summary(job, PL_("%lld token", "%lld tokens", (uint64_t)m->answer.tokens), (long long)m->answer.tokens);
	app_post(a->app, &m->message);
	return 0;
}

static void release(void *arg)
{
	struct item_job *a = arg;

	arena_free(&a->texts);
	ask_line_free(&a->line);
	free(a);
}

static struct span copy(struct item_job *a, struct span text)
{
	return arena_span(&a->texts, text);
}

static enum draft_type type_of(const struct item *item)
{
	struct span type = item_field(item, "type");

	for (unsigned t = 0; t < DRAFT_TYPES; t++)
		if (span_is(type, draft_type_name((enum draft_type)t)))
			return (enum draft_type)t;
	return DRAFT_QUESTION;
}

/* The item's texts as they are now; the segment is what a draft must lead to. */
static void fill_question(struct item_job *a, const struct item *item, enum item_task task)
{
	struct item_question *q = &a->question;
	enum draft_type type = type_of(item);
	bool text_is_input = prompt_text_is_input((enum prompt_id)type);
	struct span input = item_text(item, ROLE_INPUT), response = item_text(item, ROLE_RESPONSE);
	struct span text = text_is_input ? input : task == ITEM_REWRITE ? record_value(&item->record, ROLE_RESPONSE) : response;

	if (text.len == 0) /* a draft that failed: its segment stands as the response */
		text = response;
	q->task = task;
	q->run = item->run;
	q->type = type;
	q->endpoint = a->line.request.model.endpoint;
	q->model = a->line.request.model.model;
	q->key = getenv("TAMIS_API_KEY");
	q->fields = (struct prompt_fields){ .text = copy(a, text), .path = copy(a, item_field(item, "source_path")), .lang = item->lang,
					    .hash = hash64(text.p, text.len, 0) };
	if (task == ITEM_DRAFT)
		return;
	q->fields.instruction = copy(a, item_text(item, ROLE_INSTRUCTION));
	q->fields.input = copy(a, input);
	q->fields.response = copy(a, response);
}

/* "draft", "judge" or "rewrite", and after it, if not the item's own, a service and model. */
static bool read_argument(struct app *app, struct item_job *a, enum item_task *task, const char *argument, int64_t run)
{
	struct error err = { 0 };
	size_t n = strcspn(argument, " ");

	for (*task = 0; *task < ITEM_TASKS; ++*task)
		if (n == strlen(item_task_name(*task)) && strncmp(argument, item_task_name(*task), n) == 0)
			break;
	if (*task == ITEM_TASKS) {
		app_say(app, STYLE_WARNING, _("Ask for a draft, judge or rewrite."));
		return false;
	}
	if (argument[n + strspn(argument + n, " ")]) {
		if (ask_line_read(&a->line, argument + n, &err) == 0)
			return true;
		app_fail(app, &err);
		return false;
	}
	if (ask_remembered(app, &a->line, run))
		return true;
	app_say(app, STYLE_WARNING, _("No model was asked yet: say which, as in draft http://localhost:8080 NAME."));
	return false;
}

static void word_typed(struct app *app, struct screen *s, const char *text)
{
	(void)s;
	if (span_trim(span_of(text)).len)
		app_do(app, ACTION_ASK, text);
}

static const struct prompt_type word_prompt = {
	.label = N_("ask again"), .hint = N_("draft, judge or rewrite; another model: draft http://HOST:PORT MODEL"), .accepted = word_typed,
};

void review_do_ask(struct app *app, struct screen *s, const char *argument)
{
	struct review *r = s->state;
	const struct item *item = review_item(r);
	struct item_job *a;
	enum item_task task;
	char *title;

	if (item == NULL || item->kind != KIND_INSTRUCTION || item->run == 0 || !item->whole) {
		app_say(app, STYLE_WARNING, _("A model is asked about instruction pairs that a run made."));
		return;
	}
	if (!argument[0]) {
		prompt_open(app, &word_prompt, "");
		return;
	}
	a = xcalloc(1, sizeof *a);
	ask_line_init(&a->line);
	if (!read_argument(app, a, &task, argument, item->run)) {
		release(a);
		return;
	}
	if (task != ITEM_DRAFT && item_text(item, ROLE_INSTRUCTION).len == 0) {
		app_say(app, STYLE_WARNING, _("There is no instruction yet: ask for a draft."));
		release(a);
		return;
	}
	a->app = app;
	a->screen = s->serial;
	a->ref = item->ref;
	fill_question(a, item, task);
	title = xasprintf(_("asking %s: %s"), a->question.model, item_task_name(task));
	jobs_start(app->jobs, title, ask, a, release);
	app_say(app, STYLE_TEXT, _("Asked %s; go on meanwhile, what it says comes to this item. C-c stops it."), a->line.request.model.model);
	free(title);
}
