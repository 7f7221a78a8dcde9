/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "jobs/ask_item.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/i18n.h"

enum { STEP_MS = 100, TRIES = 3, SEEDS = 100, ALTERNATIVES = 10, SCORES = 3 };

/* What is asked for each task; a judge is asked all three. */
static const struct part {
	enum item_task task;
	const char *purpose;
	enum prompt_id prompt; /* PROMPTS: by the item's type */
	bool swapped;
	double temperature, top_p;
} parts[] = {
	{ ITEM_DRAFT, "draft", PROMPTS, false, .7, .9 },
	{ ITEM_JUDGE, "judge", PROMPT_JUDGE, false, 0, 1 },
	{ ITEM_JUDGE, "judge-swapped", PROMPT_JUDGE, true, 0, 1 },
	{ ITEM_JUDGE, "judge-alone", PROMPT_JUDGE_INSTRUCTION, false, 0, 1 },
	{ ITEM_REWRITE, "rewrite", PROMPT_REWRITE, false, .3, .9 },
};
enum { PARTS = sizeof parts / sizeof *parts };

struct asking_item {
	const struct item_question *q;
	struct asker *asker;
	struct prompts *prompts;
	struct buf messages, schema;
	unsigned tries[PARTS];     /* replies got */
	uint64_t seed[PARTS];      /* of the last question */
	bool over[PARTS], digit[PARTS];
	struct written written;
	struct judge_score score[SCORES];
	char why[200];
	struct error failed;
};

const char *item_task_name(enum item_task t)
{
	static const char *const names[ITEM_TASKS] = { "draft", "judge", "rewrite" };

	return names[t];
}

void item_answer_init(struct item_answer *a)
{
	*a = (struct item_answer){ .instruction = BUF_INIT, .response = BUF_INIT };
}

void item_answer_free(struct item_answer *a)
{
	buf_free(&a->instruction);
	buf_free(&a->response);
}

static enum prompt_id prompt_of(const struct asking_item *a, unsigned part)
{
	return parts[part].prompt == PROMPTS ? (enum prompt_id)a->q->type : parts[part].prompt;
}

static void put_question(struct asking_item *a, unsigned part, struct chat_question *out)
{
	const struct chat_abilities *can = asker_abilities(a->asker);
	enum prompt_id id = prompt_of(a, part);
	enum prompt_answer answer = parts[part].task == ITEM_JUDGE && can->logprobs && a->tries[part] == 0 ? ANSWER_DIGIT : ANSWER_JSON;

	a->digit[part] = answer == ANSWER_DIGIT;
	buf_clear(&a->messages);
	buf_clear(&a->schema);
	prompt_messages(&a->messages, a->prompts, prompts_get(a->prompts, id, a->q->fields.lang), &a->q->fields, answer, parts[part].swapped);
	if (answer == ANSWER_JSON && can->schema)
		prompt_schema(&a->schema, id);
	*out = (struct chat_question){ .model = a->q->model, .messages = buf_span(&a->messages), .schema = buf_span(&a->schema),
				       .max_tokens = prompt_tokens(id, answer, &a->q->fields), .temperature = parts[part].temperature,
				       .top_p = parts[part].top_p, .seed = ++a->seed[part], .logprobs = a->digit[part] ? ALTERNATIVES : 0 };
}

static void take_reply(struct asking_item *a, unsigned part, struct request_row *row);

/* Asks the part once more; of drafts and rewritings what no reply is known to. */
static void ask(struct asking_item *a, unsigned part)
{
	struct chat_question question;
	struct request_row *known;
	int rc;

	do {
		put_question(a, part, &question);
		rc = asker_ask(a->asker, &known, parts[part].purpose, &question, part, &a->failed);
	} while (rc == 1 && parts[part].task != ITEM_JUDGE && a->seed[part] < SEEDS);
	if (rc == 1)
		take_reply(a, part, known);
}

/* Reads it; true when it is as asked. */
static bool read_reply(struct asking_item *a, unsigned part, struct request_row *row)
{
	const char *why, *detail;
	enum reply_outcome outcome;

	buf_clear(&a->schema);
	if (!a->digit[part] && asker_abilities(a->asker)->schema)
		prompt_schema(&a->schema, prompt_of(a, part));
	if (parts[part].task == ITEM_JUDGE) {
		struct judge_score *score = &a->score[part - 1];

		judge_read(score, row->reply, buf_span(&a->schema));
		outcome = score->outcome;
		why = score->why;
		detail = score->detail;
	} else {
		written_read(&a->written, prompt_of(a, part), row->reply, buf_span(&a->schema));
		outcome = a->written.outcome;
		why = a->written.why;
		detail = a->written.detail;
	}
	snprintf(row->outcome, sizeof row->outcome, "%s", reply_outcome_name(outcome));
	snprintf(row->why, sizeof row->why, "%s%s%s", why ? why : "", *detail ? ": " : "", detail);
	snprintf(a->why, sizeof a->why, "%s%s%s", why ? _(why) : "", *detail ? ": " : "", detail);
	return outcome == REPLY_OK;
}

static void take_reply(struct asking_item *a, unsigned part, struct request_row *row)
{
	a->tries[part]++;
	a->over[part] = read_reply(a, part, row) || a->tries[part] >= TRIES;
	if (!a->over[part])
		ask(a, part);
}

static void on_reply(void *ctx, uint64_t part, enum asker_end end, struct request_row *row)
{
	struct asking_item *a = ctx;

	if (end == ASKER_ANSWERED) {
		take_reply(a, (unsigned)part, row);
		return;
	}
	a->over[part] = true;
	error_set(&a->failed, TAMIS_EREMOTE, "%s", row ? row->why : "");
}

static int take_answer(struct item_answer *out, const struct asking_item *a, struct error *err)
{
	if (a->failed.code)
		return error_set(err, a->failed.code, "%s", a->failed.msg);
	if (a->q->task == ITEM_JUDGE) {
		judge_combine(&out->judgement, &a->score[0], &a->score[1], &a->score[2]);
		return isnan(out->judgement.score) ? error_set(err, TAMIS_EREMOTE, _("the model gave no score: %s"), a->why) : 0;
	}
	if (a->written.outcome != REPLY_OK)
		return error_set(err, TAMIS_EREMOTE, _("none of %d replies could be used: %s"), TRIES, a->why);
	buf_addspan(&out->instruction, buf_span(&a->written.instruction));
	buf_addspan(&out->response, buf_span(&a->written.response));
	return 0;
}

static int ask_all(struct asking_item *a, struct error *err)
{
	int rc = 0;

	asker_set_run(a->asker, a->q->run, err);
	for (unsigned part = 0; part < PARTS; part++)
		if (parts[part].task == a->q->task)
			ask(a, part);
	while (rc == 0 && !asker_idle(a->asker) && a->failed.code == 0)
		rc = asker_step(a->asker, STEP_MS, err);
	return rc;
}

int ask_item(struct item_answer *out, struct job *job, struct store *s, const struct item_question *q, struct error *err)
{
	struct asking_item a = { .q = q, .messages = BUF_INIT, .schema = BUF_INIT };
	struct asker_settings settings = { .http = { .bearer = q->key, .parallel = SCORES }, .endpoint = q->endpoint, .model = q->model,
					   .reply = on_reply, .ctx = &a };
	struct asker_counts counts = { 0 };
	int rc = prompts_open(&a.prompts, err);

	if (rc == 0)
		rc = asker_open(&a.asker, job, s, &settings, err);
	if (rc == 0)
		rc = ask_all(&a, err);
	if (rc == 0)
		rc = take_answer(out, &a, err);
	if (a.asker)
		asker_counts(a.asker, &counts);
	out->tokens = counts.prompt_tokens + counts.completion_tokens;
	asker_close(a.asker);
	if (a.prompts)
		prompts_close(a.prompts);
	written_free(&a.written);
	for (unsigned i = 0; i < SCORES; i++)
		judge_score_free(&a.score[i]);
	buf_free(&a.messages);
	buf_free(&a.schema);
	return rc;
}
