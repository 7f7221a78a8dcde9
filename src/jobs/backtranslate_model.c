/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Instructions from a model.
 *
 * Segments go through a ring of slots, in order.  A slot asks for its draft, then, when there is one, for its scores and
 * its rewritten response; what is known already is taken at once.  Slots end in any order and leave the ring in order, so
 * that the items, and the checks that look back at earlier ones, are the same however the replies came; the ring is long, because
 * one call that must be made again five times holds it up for many seconds.  All that a slot knows can be
 * made again from the rows of requests: that is how a run that was killed goes on. */
#include "jobs/backtranslate_inside.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/json.h"
#include "instruct/judge.h"
#include "net/overlong.h"
#include "text/langid.h"
#include "text/segment.h"

enum { CUT_LEAST = 200 }; /* bytes: less of a segment is not worth a question */
enum { PARALLEL = 64, TRIES = 2, TRIES_MOST = 12, ALTERNATIVES = 10, SLOTS_EACH = 128, ASKED_EACH = 4, STEP_MS = 100, REPLY_KEPT = 8000 };
#define GOOD_SCORE 4.0

enum task { TASK_DRAFT, TASK_JUDGE, TASK_SWAPPED, TASK_ALONE, TASK_REWRITE, TASKS };

static const struct {
	const char *purpose;
	enum prompt_id prompt; /* of a draft: by its type */
	bool swapped;
	double temperature, top_p;
} tasks[TASKS] = {
	{ "draft", PROMPTS, false, .7, .9 },
	{ "judge", PROMPT_JUDGE, false, 0, 1 },
	{ "judge-swapped", PROMPT_JUDGE, true, 0, 1 },
	{ "judge-alone", PROMPT_JUDGE_INSTRUCTION, false, 0, 1 },
	{ "rewrite", PROMPT_REWRITE, false, .3, .9 },
};

struct progress {
	bool wanted, over;
	unsigned tries;      /* questions that were asked or known */
	unsigned fresh;      /* of them, asked by this run */
	unsigned ended;      /* enum reply_outcome, ENDED_FAILED … */
	bool schema;         /* the last question came with one */
};

struct slot {
	struct candidate *candidate;
	enum draft_type type;
	struct progress task[TASKS];
	struct written draft, rewritten;
	struct judge_score score[3]; /* judge, swapped, alone */
	char key[17];                /* beginning of the last draft's request's */
	char why[200];               /* it could not be used */
	bool shortened, truncated;   /* it was tried to cut the segment; it was */
	size_t keep;                 /* bytes of the segment that fit, when a question was too long; else 0 */
	struct buf said;             /* what the model said then */
	struct prompt_fields fields; /* points into the above and the candidate */
};

struct model_work {
	struct work *w;
	struct asker *asker;
	struct prompts *prompts;
	struct slot *slots;          /* a ring: [head, head + n) modulo `size` */
	size_t size, head, n;
	size_t next;                 /* candidate */
	uint64_t done, total;
	struct buf messages, schema, more;
	struct segmenter *segmenter; /* NULL until a segment is cut */
	uint8_t segmenter_lang;
	struct error failed;         /* in a callback */
};

const char *backtranslate_ended_name(unsigned ended)
{
	if (ended < REPLY_OUTCOMES)
		return reply_outcome_name((enum reply_outcome)ended);
	return ended == ENDED_FAILED ? "failed" : ended == ENDED_TOO_LONG ? "too-long" : "not-asked";
}

static enum prompt_id prompt_of(const struct slot *s, enum task t)
{
	return t == TASK_DRAFT ? (enum prompt_id)s->type : tasks[t].prompt;
}

/* A score is asked for as one token with its probabilities where the server tells them; a model that puts little on any digit is asked
 * again for an object, which a schema can make it give. */
static enum prompt_answer answer_of(const struct model_work *m, const struct slot *s, enum task t)
{
	bool score = t == TASK_JUDGE || t == TASK_SWAPPED || t == TASK_ALONE;

	return score && asker_abilities(m->asker)->logprobs && s->task[t].tries == 0 ? ANSWER_DIGIT : ANSWER_JSON;
}

static bool is_over(const struct slot *s)
{
	for (unsigned t = 0; t < TASKS; t++)
		if (s->task[t].wanted && !s->task[t].over)
			return false;
	return true;
}

/* ---- asking ---- */

static void take_reply(struct model_work *m, size_t at, enum task t, enum asker_end end, struct request_row *row);

/* Calls that take about as long as each other. */
static unsigned kind_of(enum task t, enum prompt_answer answer)
{
	if (answer == ANSWER_DIGIT)
		return TASKS;
	return t == TASK_SWAPPED || t == TASK_ALONE ? TASK_JUDGE : t;
}

static void put_question(struct model_work *m, struct slot *s, enum task t, struct chat_question *q)
{
	enum prompt_id id = prompt_of(s, t);
	enum prompt_answer answer = answer_of(m, s, t);
	const struct prompt *prompt = prompts_get(m->prompts, id, s->candidate->lang);
	struct progress *p = &s->task[t];

	buf_clear(&m->messages);
	buf_clear(&m->schema);
	prompt_messages(&m->messages, m->prompts, prompt, &s->fields, answer, tasks[t].swapped);
	if (answer == ANSWER_JSON && asker_abilities(m->asker)->schema)
		prompt_schema(&m->schema, id);
	p->schema = m->schema.len > 0;
	*q = (struct chat_question){ .model = m->w->req->model.model, .messages = buf_span(&m->messages), .schema = buf_span(&m->schema),
				     .max_tokens = prompt_tokens(id, answer, &s->fields), .temperature = tasks[t].temperature,
				     .top_p = tasks[t].top_p, .seed = 1 + p->tries,
				     .logprobs = answer == ANSWER_DIGIT ? ALTERNATIVES : 0, .kind = kind_of(t, answer) };
	if (p->tries && p->ended == REPLY_CUT && (t == TASK_DRAFT || t == TASK_REWRITE))
		q->max_tokens *= 1 + p->tries;
}

static void ask(struct model_work *m, size_t at, enum task t)
{
	struct slot *s = &m->slots[at];
	struct chat_question q;
	struct request_row *known;
	int rc;

	s->task[t].wanted = true;
	s->task[t].over = false;
	put_question(m, s, t, &q);
	s->task[t].tries++;
	rc = asker_ask(m->asker, &known, tasks[t].purpose, &q, at * TASKS + t, &m->failed);
	if (rc == 0)
		s->task[t].fresh++;
	else if (rc == 1)
		take_reply(m, at, t, ASKER_ANSWERED, known);
}

static void say_why(struct request_row *row, const char *why, const char *detail)
{
	snprintf(row->why, sizeof row->why, "%s%s%s", why ? why : "", *detail ? ": " : "", detail);
}

/* Reads the body by what was asked. */
static unsigned read_reply(struct model_work *m, struct slot *s, enum task t, struct request_row *row)
{
	struct written *written = t == TASK_DRAFT ? &s->draft : &s->rewritten;
	struct judge_score *score;

	buf_clear(&m->schema);
	if (s->task[t].schema)
		prompt_schema(&m->schema, prompt_of(s, t));
	if (t == TASK_DRAFT || t == TASK_REWRITE) {
		written_read(written, prompt_of(s, t), row->reply, buf_span(&m->schema));
		say_why(row, written->why, written->detail);
		return written->outcome;
	}
	score = &s->score[t - TASK_JUDGE];
	judge_read(score, row->reply, buf_span(&m->schema));
	say_why(row, score->why, score->detail);
	return score->outcome;
}

/* For a segment whose draft can't be used: what the model said, and what is wrong with it. */
static void keep_said(struct slot *s, const struct request_row *row)
{
	struct completion c;
	struct span said;

	snprintf(s->key, sizeof s->key, "%.16s", row->key);
	snprintf(s->why, sizeof s->why, "%s", row->why);
	buf_clear(&s->said);
	if (s->task[TASK_DRAFT].ended == REPLY_OK)
		return;
	completion_read(&c, row->reply);
	said = c.content.len ? c.content : row->reply;
	if (said.len > REPLY_KEPT)
		said.len = REPLY_KEPT;
	buf_addspan(&s->said, said);
	completion_free(&c);
}

/* The draft is there: what else is wanted of it. */
static void ask_more(struct model_work *m, size_t at)
{
	const struct backtranslate_model *q = &m->w->req->model;
	struct slot *s = &m->slots[at];
	bool text_is_input = prompt_text_is_input(prompt_of(s, TASK_DRAFT));

	s->fields.instruction = buf_span(&s->draft.instruction);
	s->fields.input = text_is_input ? s->candidate->segment.text : span_of("");
	s->fields.response = text_is_input ? buf_span(&s->draft.response) : s->candidate->segment.text;
	for (enum task t = TASK_JUDGE; t < TASKS; t++)
		s->task[t].wanted = t == TASK_REWRITE ? q->rewrite : q->judge;
	for (enum task t = TASK_JUDGE; t < TASKS; t++)
		if (s->task[t].wanted)
			ask(m, at, t);
}

static bool may_ask_again(const struct model_work *m, const struct progress *p)
{
	const struct backtranslate_model *q = &m->w->req->model;
	unsigned tries = q->tries ? q->tries : TRIES;

	if (p->ended == REPLY_OK || p->tries >= TRIES_MOST)
		return false;
	return q->again ? p->fresh < tries : p->tries < tries;
}

/* ---- segments that are too long ---- */

/* The service says so; how much of the segment fits is kept in the slot. */
static bool is_too_long(const struct model_work *m, struct slot *s, enum task t, const struct request_row *row)
{
	enum prompt_answer answer = answer_of(m, s, t);
	struct overlong over;
	size_t text = s->candidate->segment.text.len, fits;

	if (!overlong_says(&over, row->status, row->reply))
		return false;
	fits = overlong_keep(&over, row->body.len, text, prompt_tokens(prompt_of(s, t), answer, &s->fields));
	if (s->keep == 0 || fits < s->keep)
		s->keep = fits ? fits : 1;
	return true;
}

static struct segmenter *segmenter_for(struct model_work *m, uint8_t lang)
{
	if (m->segmenter && m->segmenter_lang != lang) {
		segmenter_close(m->segmenter);
		m->segmenter = NULL;
	}
	m->segmenter_lang = lang;
	if (m->segmenter == NULL && segmenter_open(&m->segmenter, lang, NULL) < 0)
		m->segmenter = NULL;
	return m->segmenter;
}

/* Bytes up to the last end of a line (code) or sentence within `most`; 0: there is none. */
static size_t end_within(struct model_work *m, const struct candidate *c, size_t most)
{
	struct span text = c->segment.text;
	struct segmenter *segmenter = c->markup == MARKUP_CODE ? NULL : segmenter_for(m, c->lang);
	struct sentence_ranges sentences = { 0 };
	size_t end = 0;

	if (segmenter)
		segment(segmenter, &sentences, text);
	vec_each(&sentences.ranges, i) {
		size_t to = sentences.ranges.v[i].at + sentences.ranges.v[i].len;

		end = to <= most ? to : end;
	}
	for (size_t i = 0; segmenter == NULL && i < most && i < text.len; i++)
		end = text.p[i] == '\n' ? i : end;
	vec_free(&sentences.ranges);
	return end;
}

/* Cuts the segment to what fits, and begins with it anew; too short a rest stays as it ended. */
static void ask_shorter(struct model_work *m, size_t at)
{
	struct slot *s = &m->slots[at];
	size_t end = end_within(m, s->candidate, s->keep);

	s->shortened = true;
	if (end < CUT_LEAST)
		return;
	s->truncated = true;
	s->candidate->segment.text.len = end;
	s->fields = (struct prompt_fields){ .text = s->candidate->segment.text, .path = s->candidate->segment.path,
					    .lang = s->candidate->lang, .hash = s->candidate->hash };
	memset(s->task, 0, sizeof s->task);
	m->w->result->truncated++;
	ask(m, at, TASK_DRAFT);
}

static void take_reply(struct model_work *m, size_t at, enum task t, enum asker_end end, struct request_row *row)
{
	struct slot *s = &m->slots[at];
	struct progress *p = &s->task[t];
	bool too_large = row && row->state == REQUEST_FAILED && row->status >= 200 && row->status < 300;

	p->over = true;
	if (end == ASKER_NOT_ASKED) {
		p->ended = ENDED_NOT_ASKED;
		return;
	}
	if (end == ASKER_FAILED) {
		p->ended = too_large ? REPLY_UNPARSED : is_too_long(m, s, t, row) ? ENDED_TOO_LONG : ENDED_FAILED;
	} else {
		bool noted = row->outcome[0] != '\0';

		p->ended = is_too_long(m, s, t, row) ? ENDED_TOO_LONG : read_reply(m, s, t, row);
		snprintf(row->outcome, sizeof row->outcome, "%s", backtranslate_ended_name(p->ended));
		if (!noted && row->id)
			asker_note(m->asker, row, &m->failed);
	}
	if (t == TASK_DRAFT)
		keep_said(s, row);
	if ((p->ended < REPLY_OUTCOMES) && may_ask_again(m, p))
		ask(m, at, t);
	else if (t == TASK_DRAFT && p->ended == REPLY_OK)
		ask_more(m, at);
	else if (s->keep && !s->shortened && is_over(s))
		ask_shorter(m, at);
}

static void on_reply(void *ctx, uint64_t tag, enum asker_end end, struct request_row *row)
{
	take_reply(ctx, (size_t)tag / TASKS, (enum task)(tag % TASKS), end, row);
}

/* ---- slots ---- */

static void clear_slot(struct slot *s)
{
	written_free(&s->draft);
	written_free(&s->rewritten);
	for (unsigned i = 0; i < 3; i++)
		judge_score_free(&s->score[i]);
	buf_free(&s->said);
	*s = (struct slot){ 0 };
	buf_init(&s->said);
}

static void start_slot(struct model_work *m, struct candidate *c)
{
	size_t at = (m->head + m->n++) % m->size;
	struct slot *s = &m->slots[at];

	clear_slot(s);
	s->candidate = c;
	s->type = prompt_task_of(&c->segment, m->w->req->types);
	s->fields = (struct prompt_fields){ .text = c->segment.text, .path = c->segment.path,
					    .lang = c->lang, .hash = c->hash };
	ask(m, at, TASK_DRAFT);
}

/* ---- items ---- */

static void put_scores(struct buf *out, const struct model_work *m, const struct slot *s, struct judgement *j)
{
	static const char *const names[] = { "first", "swapped", "alone" };
	const struct judge_score *got[3];

	for (unsigned i = 0; i < 3; i++)
		got[i] = s->task[TASK_JUDGE + i].ended < REPLY_OUTCOMES ? &s->score[i] : NULL;
	judge_combine(j, got[0], got[1], got[2]);
	json_put_key(out, "judge");
	judgement_json(out, j);
	buf_truncate(out, out->len - 1); /* its closing bracket: more follows */
	json_put_member(out, "model", span_of(m->w->req->model.model));
	json_put_member(out, "prompt", span_of(prompts_get(m->prompts, PROMPT_JUDGE, s->candidate->lang)->version));
	for (unsigned i = 0; i < 3; i++) {
		if (!got[i])
			continue;
		json_put_key(out, names[i]);
		judge_score_json(out, got[i]);
	}
	buf_addc(out, '}');
}

/* Text whose end may have been cut inside a character. */
static void put_said(struct buf *out, const struct slot *s)
{
	if (s->said.len)
		json_put_member(out, "reply", buf_span(&s->said));
}

static void put_more(struct model_work *m, const struct slot *s, struct judgement *j)
{
	const struct progress *draft = &s->task[TASK_DRAFT], *rewrite = &s->task[TASK_REWRITE];
	struct buf *out = &m->more;

	buf_clear(out);
	json_put_member(out, "model", span_of(m->w->req->model.model));
	json_put_member(out, "request", span_of(s->key));
	json_put_member(out, "outcome", span_of(backtranslate_ended_name(draft->ended)));
	json_put_int(out, "tries", draft->tries);
	if (s->truncated)
		json_put_bool(out, "truncated", true);
	if (draft->ended != REPLY_OK) {
		json_put_member(out, "why", span_of(s->why));
		put_said(out, s);
		return;
	}
	if (s->task[TASK_JUDGE].wanted)
		put_scores(out, m, s, j);
	if (rewrite->wanted && rewrite->ended == REPLY_OK)
		json_put_member(out, "rewritten", buf_span(&s->rewritten.response));
	if (rewrite->wanted)
		json_put_member(out, "rewrite_outcome", span_of(backtranslate_ended_name(rewrite->ended)));
}

static void count(struct backtranslate_result *r, const struct slot *s, const struct judgement *j)
{
	r->ended[s->task[TASK_DRAFT].ended]++;
	if (s->task[TASK_JUDGE].wanted) {
		r->judged += !isnan(j->score);
		r->unjudged += isnan(j->score) || j->unparsed;
	}
	if (s->task[TASK_REWRITE].wanted) {
		r->rewritten += s->task[TASK_REWRITE].ended == REPLY_OK;
		r->unwritten += s->task[TASK_REWRITE].ended != REPLY_OK;
	}
}

static int add_item(struct model_work *m, struct slot *s, struct error *err)
{
	struct judgement j = { .score = NAN, .instruction = NAN, .apart = NAN };
	const struct prompt *prompt = prompts_get(m->prompts, prompt_of(s, TASK_DRAFT), s->candidate->lang);
	bool good = s->task[TASK_DRAFT].ended == REPLY_OK;
	char label[80];
	struct pair pair = { .instruction = good ? s->fields.instruction : span_of(""), .input = good ? s->fields.input : span_of(""),
			     .response = good ? s->fields.response : s->candidate->segment.text, .generator = "http",
			     .type = draft_type_name(s->type), .template = label, .checked = good };

	if (s->task[TASK_DRAFT].ended == ENDED_NOT_ASKED) {
		m->w->result->ended[ENDED_NOT_ASKED]++;
		return 0;
	}
	prompt_label(label, m->prompts, prompt, &s->fields);
	put_more(m, s, &j);
	count(m->w->result, s, &j);
	pair.more = buf_span(&m->more);
	if (good && s->task[TASK_REWRITE].wanted && s->task[TASK_REWRITE].ended == REPLY_OK)
		pair.rewritten = buf_span(&s->rewritten.response);
	pair.score = j.score;
	pair.judged = s->task[TASK_JUDGE].wanted;
	pair.good = j.score >= GOOD_SCORE && !j.disagrees && !j.unparsed && !s->truncated;
	return backtranslate_add(m->w, s->candidate, &pair, err);
}

/* What is over at the head of the ring becomes items. */
static int finish_head(struct model_work *m, struct error *err)
{
	bool any = false;
	int rc = 0;

	while (rc == 0 && m->n && is_over(&m->slots[m->head])) {
		rc = add_item(m, &m->slots[m->head], err);
		m->head = (m->head + 1) % m->size;
		m->n--;
		m->done++;
		any = true;
	}
	if (any)
		job_progress(m->w->job, m->done, m->total);
	return rc;
}

/* ---- the run ---- */

static unsigned parallel(const struct model_work *m)
{
	return m->w->req->model.parallel ? m->w->req->model.parallel : PARALLEL;
}

static void start_slots(struct model_work *m)
{
	while (m->n < m->size && m->next < m->w->candidates.n && m->failed.code == 0 &&
	       asker_outstanding(m->asker) < (size_t)ASKED_EACH * parallel(m)) {
		struct candidate *c = &m->w->candidates.v[m->next++];

		if (c->left)
			continue;
		if (asker_exhausted(m->asker)) {
			m->w->result->ended[ENDED_NOT_ASKED]++;
			m->done++;
			continue;
		}
		start_slot(m, c);
	}
}

static void say_progress(struct model_work *m)
{
	struct backtranslate_result *r = m->w->result;
	const struct asker_counts *c = &r->asker;

	asker_counts(m->asker, &r->asker);
	job_counts(m->w->job, r->ended[REPLY_OK], r->ended[REPLY_UNPARSED] + r->ended[REPLY_CUT] + r->ended[REPLY_REFUSED] +
							  r->ended[REPLY_EMPTY] + r->ended[ENDED_FAILED]);
	if (c->ahead)
		job_note(m->w->job, _("run %lld asks the same: its replies are taken"), (long long)c->ahead);
	else
		job_note(m->w->job, _("%u calls in flight, %llu tokens"), c->in_flight, (unsigned long long)c->run_tokens);
}

int model_work_run(struct model_work *m, struct error *err)
{
	int rc = 0;

	asker_set_run(m->asker, m->w->result->run, err);
	vec_each(&m->w->candidates, i)
		m->total += !m->w->candidates.v[i].left;
	job_unit(m->w->job, _("segments"));
	job_progress(m->w->job, 0, m->total);
	while (rc == 0 && (m->next < m->w->candidates.n || m->n)) {
		start_slots(m);
		rc = asker_step(m->asker, STEP_MS, err);
		if (rc == 0 && m->failed.code)
			rc = error_set(err, m->failed.code, "%s", m->failed.msg);
		if (rc == 0)
			rc = finish_head(m, err);
		say_progress(m);
	}
	/* What was finished is kept, whatever ended it. */
	if (rc < 0)
		backtranslate_flush(m->w, NULL);
	else
		rc = backtranslate_flush(m->w, err);
	return rc;
}

int model_work_open(struct model_work **out, struct work *w, struct error *err)
{
	const struct backtranslate_model *q = &w->req->model;
	struct model_work *m = xcalloc(1, sizeof *m);
	struct asker_settings settings;
	int rc;

	*out = m;
	m->w = w;
	settings = (struct asker_settings){
		.http = { .bearer = q->key, .parallel = parallel(m), .idle_ms = q->idle_s * 1000 },
		.endpoint = q->endpoint, .model = q->model, .budget = q->budget, .reply = on_reply, .ctx = m,
	};
	m->size = (size_t)SLOTS_EACH * parallel(m);
	m->slots = xcalloc(m->size, sizeof *m->slots);
	for (size_t i = 0; i < m->size; i++)
		buf_init(&m->slots[i].said);
	buf_init(&m->messages);
	buf_init(&m->schema);
	buf_init(&m->more);
	w->result->asked = true;
	rc = prompts_open(&m->prompts, err);
	if (rc == 0)
		rc = asker_open(&m->asker, w->job, w->store, &settings, err);
	return rc;
}

void model_work_close(struct model_work *m)
{
	if (m == NULL)
		return;
	asker_close(m->asker);
	segmenter_close(m->segmenter);
	for (size_t i = 0; i < m->size; i++) {
		clear_slot(&m->slots[i]);
		buf_free(&m->slots[i].said);
	}
	if (m->prompts)
		prompts_close(m->prompts);
	free(m->slots);
	buf_free(&m->messages);
	buf_free(&m->schema);
	buf_free(&m->more);
	free(m);
}

/* All prompts that may be used, by their versions: a changed one makes another run. */
static uint64_t prompts_hash(const struct prompts *p)
{
	static const char *const codes[] = { "en", "zh" };
	uint64_t hash = 0;

	for (unsigned l = 0; l < 2; l++)
		for (unsigned id = 0; id < PROMPTS; id++) {
			const char *version = prompts_get(p, (enum prompt_id)id, lang_from_code(span_of(codes[l])))->version;

			hash = hash64(version, strlen(version), hash);
		}
	return hash;
}

void model_work_parameters(struct buf *out, const struct model_work *m)
{
	const struct backtranslate_model *q = &m->w->req->model;
	char hash[17];

	snprintf(hash, sizeof hash, "%016llx", (unsigned long long)prompts_hash(m->prompts));
	json_put_member(out, "endpoint", span_of(asker_url(m->asker)));
	json_put_member(out, "model", span_of(q->model));
	json_put_bool(out, "judge", q->judge);
	json_put_bool(out, "rewrite", q->rewrite);
	json_put_int(out, "tries", q->tries ? q->tries : TRIES);
	json_put_bool(out, "again", q->again);
	json_put_int(out, "budget", q->budget);
	json_put_member(out, "prompts", span_of(hash));
}
