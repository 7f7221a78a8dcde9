/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions to a model, written down before they are sent. */
#include "jobs/asker.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/log.h"
#include "base/vec.h"

enum { GROUP = 256, AHEAD = 2, SILENT_MOST = 16, LOOK_MS = 100, TURN_MS = 20 };
#define ABILITIES_AGE_MS ((int64_t)7 * 24 * 3600 * 1000)

/* A question from asker_ask() to its answer. */
struct asking {
	struct http_call call;   /* first */
	struct asking *next;     /* among those that wait, or that others ask */
	struct asker *asker;
	char key[65], purpose[24];
	struct buf body;
	uint64_t tag;
	bool orphaned;           /* was being asked by a process that is gone, when last looked at */
	int64_t estimate, asked_ms;
	uint64_t ticket;         /* of the spool; set on the client's thread before the call comes back */
};

struct probed {
	char key[65];
	struct buf body, reply;
	long status;
	int64_t latency_ms;
};

/* What one step moves. */
struct step {
	struct asking *ended[GROUP], *sent[GROUP];
	bool taken[GROUP];       /* of `sent`: another run was faster */
	struct request_row answers[GROUP], questions[GROUP];
	size_t n_ended, n_answers, n_sent;
};

struct asker {
	struct job *job;
	struct store *s;
	struct asker_settings settings;
	struct answerer answerer;
	struct chat_abilities abilities;
	struct spool *spool;
	struct buf url, body, text;
	struct request_row known;
	int64_t run;
	VEC(struct probed) probes; /* what finding out what the endpoint can do was answered: rows once there is a run */
	int64_t probed;          /* its tokens that no row counts */
	struct asking *waiting, **waiting_tail;
	struct asking *elsewhere; /* another run asks it, or is ahead of this one: its reply is looked for */
	size_t n_waiting, n_sent, n_elsewhere;
	int64_t ahead;           /* a living run of the same command that was first: it asks, this one takes its replies; 0: none */
	int64_t look_us;         /* when to look for them next */
	int64_t reserved;        /* estimates of what was sent */
	int64_t guessed, cost;   /* of what was answered: the estimates, and what it was */
	unsigned silent;         /* calls given up since the last answer */
	bool exhausted, refused, cancelling;
	struct step step;
	struct asker_counts counts;
	struct http_state before; /* what the probe did is not counted */
};

static void free_asking(struct asking *q)
{
	buf_free(&q->body);
	buf_free(&q->call.reply);
	free(q);
}

static void free_probes(struct asker *a)
{
	vec_each(&a->probes, i) {
		buf_free(&a->probes.v[i].body);
		buf_free(&a->probes.v[i].reply);
	}
	vec_free(&a->probes);
}

static void free_list(struct asking *q)
{
	while (q) {
		struct asking *next = q->next;

		free_asking(q);
		q = next;
	}
}

/* On the client's thread. */
static void arrived(void *ctx, const struct http_call *call)
{
	struct asker *a = ctx;
	struct asking *q = call->owner;

	if (q == NULL) /* the probe's */
		return;
	spool_committed(a->spool, q->ticket); /* of a try that was whole and then failed all the same */
	q->ticket = spool_add(a->spool, q->key, call->status, call->latency_ms, buf_span(&call->reply));
}

static void read_usage(struct request_row *row)
{
	if (!chat_usage(row->reply, &row->prompt_tokens, &row->completion_tokens)) {
		row->prompt_tokens = (int64_t)(row->body.len / 3);
		row->completion_tokens = (int64_t)(row->reply.len / 3);
	}
}

/* ---- abilities, remembered ---- */

static bool abilities_kept(struct asker *a, const char *name)
{
	struct buf text = BUF_INIT;
	long long at = 0;
	int schema, logprobs, several;
	unsigned slots;
	bool kept = store_kept_get(a->s, name, &text, NULL) == 0 &&
		    sscanf(text.p, "%lld %d %d %d %u", &at, &schema, &logprobs, &several, &slots) == 5;

	buf_free(&text);
	if (!kept || clock_wall_ms() - at > ABILITIES_AGE_MS || at > clock_wall_ms())
		return false;
	a->abilities = (struct chat_abilities){ .schema = schema, .logprobs = logprobs, .several = several, .slots = slots };
	return true;
}

/* One process at a time finds out; the next one knows then. */
static int wait_for_turn(const struct asker *a)
{
	int turn;

	while ((turn = requests_turn(a->s)) == -EAGAIN && !job_cancelled(a->job))
		poll(NULL, 0, TURN_MS);
	return turn;
}

static void keep_probe(void *ctx, struct span body, const struct http_call *call)
{
	struct asker *a = ctx;
	struct probed p = { .status = call->status, .latency_ms = call->latency_ms, .body = BUF_INIT, .reply = BUF_INIT };

	chat_key(p.key, a->url.p, body);
	buf_addspan(&p.body, body);
	buf_addspan(&p.reply, buf_span(&call->reply));
	vec_push(&a->probes, p);
}

static int find_abilities(struct asker *a, struct error *err)
{
	char *name = xasprintf("abilities %s %s", a->url.p, a->settings.model);
	char text[64];
	int turn = wait_for_turn(a); /* -1: never mind, it is asked twice then */
	bool kept = abilities_kept(a, name);
	int64_t least = kept ? 0 : chat_probe_estimate(a->settings.model);
	int rc = 0, n;

	if (a->settings.budget && least > a->settings.budget) {
		rc = error_set(err, TAMIS_EUSAGE, _("--budget: finding out what the endpoint can do may cost %lld tokens, and %lld are "
						    "allowed; nothing was asked"),
			       (long long)least, (long long)a->settings.budget);
	} else if (!kept) {
		rc = chat_probe(&a->abilities, &a->answerer, a->url.p, a->settings.model, keep_probe, a, job_cancel_flag(a->job),
				err);
		n = snprintf(text, sizeof text, "%lld %d %d %d %u", (long long)clock_wall_ms(), a->abilities.schema,
			     a->abilities.logprobs, a->abilities.several, a->abilities.slots);
		if (rc == 0)
			rc = store_kept_put(a->s, name, span_make(text, (size_t)n), err);
	}
	requests_turn_over(a->s, turn);
	free(name);
	return rc;
}

int asker_open(struct asker **out, struct job *job, struct store *s, const struct asker_settings *settings, struct error *err)
{
	struct asker *a = xcalloc(1, sizeof *a);
	struct http_settings http = settings->http;
	int rc;

	*out = NULL;
	a->job = job;
	a->s = s;
	a->settings = *settings;
	a->waiting_tail = &a->waiting;
	buf_init(&a->url);
	buf_init(&a->body);
	buf_init(&a->text);
	http.arrived = arrived;
	http.ctx = a;
	rc = chat_url(&a->url, settings->endpoint, err);
	if (rc == 0)
		rc = spool_open(&a->spool, s, read_usage, &a->counts.recovered, err);
	if (rc == 0)
		rc = chat_http_open(&a->answerer, &http, err);
	if (rc == 0)
		rc = find_abilities(a, err);
	if (rc < 0) {
		asker_close(a);
		return rc;
	}
	a->answerer.ops->state(a->answerer.self, &a->before);
	*out = a;
	return 0;
}

/* Everything under way comes back cancelled, and is forgotten: its row says that it was asked. */
static void drop_calls(struct asker *a)
{
	if (a->n_sent)
		a->answerer.ops->cancel(a->answerer.self);
	while (a->n_sent) {
		struct http_call *call = a->answerer.ops->take(a->answerer.self, 1000);

		if (call == NULL)
			continue;
		free_asking((struct asking *)call);
		a->n_sent--;
	}
}

void asker_close(struct asker *a)
{
	if (a == NULL)
		return;
	drop_calls(a);
	answerer_close(&a->answerer);
	free_list(a->waiting);
	free_list(a->elsewhere);
	free_probes(a);
	spool_close(a->spool);
	buf_free(&a->url);
	buf_free(&a->body);
	buf_free(&a->text);
	free(a);
}

/* What all runs of the same command were answered. */
static int count_tokens(struct asker *a, struct error *err)
{
	int rc = store_requests_tokens(a->s, a->run, &a->counts.run_tokens, err);

	a->counts.run_tokens += a->probed;
	return rc;
}

/* A row like any other, so that what it cost is counted for good; unless there is one, of when it was found out before. */
static int save_probe(struct asker *a, const struct probed *p, struct error *err)
{
	struct request_row row = { .run = a->run, .purpose = "probe", .endpoint = a->url.p, .model = a->settings.model,
				   .body = buf_span(&p->body), .asked_ms = clock_wall_ms() };
	bool taken = false;
	int rc;

	memcpy(row.key, p->key, sizeof row.key);
	rc = store_requests_save(a->s, NULL, 0, &row, 1, &taken, err);
	row.state = REQUEST_ANSWERED;
	row.answered_ms = row.asked_ms;
	row.attempts = 1;
	row.status = p->status;
	row.latency_ms = p->latency_ms;
	row.reply = buf_span(&p->reply);
	snprintf(row.outcome, sizeof row.outcome, "ok");
	read_usage(&row);
	a->counts.prompt_tokens += row.prompt_tokens;
	a->counts.completion_tokens += row.completion_tokens;
	if (taken)
		a->probed += row.prompt_tokens + row.completion_tokens;
	return rc < 0 || taken ? rc : store_requests_save(a->s, &row, 1, NULL, 0, NULL, err);
}

void asker_set_run(struct asker *a, int64_t run, struct error *err)
{
	int rc = 0;

	a->run = run;
	vec_each(&a->probes, i)
		rc = rc < 0 ? rc : save_probe(a, &a->probes.v[i], err);
	free_probes(a);
	count_tokens(a, err);
	store_run_ahead(a->s, run, &a->ahead, err);
}

const struct chat_abilities *asker_abilities(const struct asker *a)
{
	return &a->abilities;
}

const char *asker_url(const struct asker *a)
{
	return a->url.p;
}

/* ---- asking ---- */

static void push_waiting(struct asker *a, struct asking *q)
{
	q->next = NULL;
	*a->waiting_tail = q;
	a->waiting_tail = &q->next;
	a->n_waiting++;
}

static void push_elsewhere(struct asker *a, struct asking *q)
{
	q->next = a->elsewhere;
	a->elsewhere = q;
	a->n_elsewhere++;
}

int asker_ask(struct asker *a, struct request_row **known, const char *purpose, const struct chat_question *q, uint64_t tag,
	      struct error *err)
{
	struct asking *asking;
	bool elsewhere;
	char key[65];
	int rc = chat_body(&a->body, q, err);

	if (rc < 0)
		return rc;
	chat_key(key, a->url.p, buf_span(&a->body));
	rc = store_request_find(a->s, &a->known, &a->text, key, err);
	if (rc < 0)
		return rc;
	if (rc == 1 && a->known.state == REQUEST_ANSWERED) {
		a->counts.known++;
		*known = &a->known;
		return 1;
	}
	elsewhere = a->ahead || (rc == 1 && a->known.state == REQUEST_ASKED && a->known.run != a->run);
	a->counts.in_doubt += rc == 1 && a->known.state == REQUEST_ASKED && !elsewhere;
	asking = xcalloc(1, sizeof *asking);
	asking->asker = a;
	asking->tag = tag;
	asking->call.kind = q->kind;
	asking->body = a->body;
	buf_init(&a->body);
	buf_init(&asking->call.reply);
	memcpy(asking->key, key, sizeof key);
	snprintf(asking->purpose, sizeof asking->purpose, "%s", purpose);
	asking->estimate = chat_estimate(buf_span(&asking->body), q->max_tokens);
	if (elsewhere)
		push_elsewhere(a, asking);
	else
		push_waiting(a, asking);
	return 0;
}

int asker_note(struct asker *a, const struct request_row *known, struct error *err)
{
	return store_request_note(a->s, known, err);
}

/* ---- a step ---- */

static void read_answer(struct asker *a, struct asking *q, struct request_row *row)
{
	const struct http_call *call = &q->call;

	*row = (struct request_row){ .run = a->run, .endpoint = a->url.p, .model = a->settings.model, .body = buf_span(&q->body),
				     .state = call->code ? REQUEST_FAILED : REQUEST_ANSWERED, .asked_ms = q->asked_ms,
				     .answered_ms = clock_wall_ms(), .attempts = call->attempts, .status = call->status,
				     .latency_ms = call->latency_ms };
	memcpy(row->key, q->key, sizeof row->key);
	memcpy(row->purpose, q->purpose, sizeof row->purpose);
	snprintf(row->why, sizeof row->why, "%s", call->why);
	if (call->code == TAMIS_EREMOTE && call->status >= 400)
		row->reply = buf_span(&call->reply); /* the beginning of what it refuses with */
	if (call->code)
		return;
	row->reply = buf_span(&call->reply);
	read_usage(row);
}

static void settle(struct asker *a, struct step *step, struct asking *q)
{
	struct request_row *row = &step->answers[step->n_answers];

	a->n_sent--;
	a->reserved -= q->estimate;
	step->ended[step->n_ended++] = q;
	if (q->call.code == TAMIS_ECANCEL)
		return;
	read_answer(a, q, row);
	step->n_answers++;
	if (row->state == REQUEST_ANSWERED) {
		a->silent = 0;
		a->counts.answered++;
		a->counts.prompt_tokens += row->prompt_tokens;
		a->counts.completion_tokens += row->completion_tokens;
		a->counts.run_tokens += row->prompt_tokens + row->completion_tokens;
		a->guessed += q->estimate;
		a->cost += row->prompt_tokens + row->completion_tokens;
	} else {
		snprintf(row->outcome, sizeof row->outcome, "failed");
		a->counts.failed++;
		a->silent += row->status == 0 || row->status >= 429;
		a->refused |= row->status == 401 || row->status == 403 || row->status == 404;
	}
	a->settings.reply(a->settings.ctx, q->tag, row->state == REQUEST_ANSWERED ? ASKER_ANSWERED : ASKER_FAILED, row);
}

static void take_ended(struct asker *a, struct step *step, int timeout_ms)
{
	struct http_call *call = a->n_sent ? a->answerer.ops->take(a->answerer.self, timeout_ms) : NULL;

	while (call) {
		settle(a, step, (struct asking *)call);
		call = step->n_ended < GROUP && a->n_sent ? a->answerer.ops->take(a->answerer.self, 0) : NULL;
	}
}

/* ---- what others ask ---- */

/* A question another run asks, or was to ask: its reply, or back to those that wait once nobody is at it.  A process that was killed may
 * take a moment to end, and its last replies are in its spool: only what is found orphaned twice is taken over. */
static int look_at(struct asker *a, struct asking *q, struct error *err)
{
	int rc = store_request_find(a->s, &a->known, &a->text, q->key, err);
	bool asked = rc == 1 && a->known.state == REQUEST_ASKED, orphaned;

	if (rc < 0) {
		push_elsewhere(a, q);
		return rc;
	}
	if (rc == 1 && a->known.state == REQUEST_ANSWERED) {
		a->counts.known++;
		a->settings.reply(a->settings.ctx, q->tag, ASKER_ANSWERED, &a->known);
		free_asking(q);
		return 0;
	}
	orphaned = asked && a->known.run != a->run && !store_run_living(a->s, a->known.run);
	if (a->ahead || (asked && a->known.run != a->run && !(orphaned && q->orphaned))) {
		q->orphaned = orphaned;
		push_elsewhere(a, q);
	} else {
		a->counts.in_doubt += asked;
		push_waiting(a, q);
	}
	return 0;
}

static int look_elsewhere(struct asker *a, struct error *err)
{
	struct asking *q = a->elsewhere, *next;
	int64_t was = a->ahead;
	uint64_t recovered = 0;
	int rc;

	if (q == NULL || clock_steady_us() < a->look_us)
		return 0;
	a->look_us = clock_steady_us() + 1000 * LOOK_MS;
	rc = store_run_ahead(a->s, a->run, &a->ahead, err);
	if (rc == 0)
		rc = spool_recover(a->s, read_usage, &recovered, err);
	if (rc == 0 && was && !a->ahead)
		rc = count_tokens(a, err);
	a->counts.recovered += recovered;
	if (rc < 0)
		return rc;
	a->elsewhere = NULL;
	a->n_elsewhere = 0;
	for (; q && rc == 0; q = next) { /* a reply may ask more: those are looked at next time */
		next = q->next;
		rc = look_at(a, q, err);
	}
	free_list(rc < 0 ? q : NULL);
	return rc;
}

static struct asking *pop_waiting(struct asker *a)
{
	struct asking *q = a->waiting;

	a->waiting = q->next;
	if (a->waiting == NULL)
		a->waiting_tail = &a->waiting;
	a->n_waiting--;
	return q;
}

/* Where estimates have turned out too low, those to come are too. */
static bool fits(const struct asker *a, const struct asking *q)
{
	double low = a->cost > a->guessed && a->guessed ? (double)a->cost / (double)a->guessed : 1;

	return a->settings.budget == 0 ||
	       (double)a->counts.run_tokens + low * (double)(a->reserved + q->estimate) <= (double)a->settings.budget;
}

/* Calls handed to the client at most.  Where the service works on so many at once, one more than those is enough to keep it busy: the
 * others would only wait there, and be given up. */
static size_t sent_most(const struct asker *a)
{
	size_t parallel = a->settings.http.parallel ? a->settings.http.parallel : 64;

	return a->abilities.slots && a->abilities.slots < parallel ? a->abilities.slots + 1 : AHEAD * parallel;
}

static void choose_questions(struct asker *a, struct step *step)
{
	size_t most = sent_most(a);

	while (a->waiting && step->n_sent < GROUP && a->n_sent + step->n_sent < most && fits(a, a->waiting)) {
		struct asking *q = pop_waiting(a);

		q->asked_ms = clock_wall_ms();
		a->reserved += q->estimate;
		step->questions[step->n_sent] = (struct request_row){ .run = a->run, .endpoint = a->url.p, .model = a->settings.model,
								      .body = buf_span(&q->body), .asked_ms = q->asked_ms };
		memcpy(step->questions[step->n_sent].key, q->key, sizeof q->key);
		memcpy(step->questions[step->n_sent].purpose, q->purpose, sizeof q->purpose);
		step->sent[step->n_sent++] = q;
	}
}

/* Nothing is under way that could make room: what waits will never fit. */
static void give_up_waiting(struct asker *a)
{
	a->exhausted = true;
	while (a->waiting) {
		struct asking *q = pop_waiting(a);

		a->counts.not_asked++;
		a->settings.reply(a->settings.ctx, q->tag, ASKER_NOT_ASKED, NULL);
		free_asking(q);
	}
}

static void send_questions(struct asker *a, struct step *step)
{
	for (size_t i = 0; i < step->n_sent; i++) {
		struct asking *q = step->sent[i];

		if (step->taken[i]) {
			a->reserved -= q->estimate;
			push_elsewhere(a, q);
			continue;
		}
		q->call.url = a->url.p;
		q->call.body = buf_span(&q->body);
		q->call.key = q->key;
		q->call.owner = q;
		a->n_sent++;
		a->counts.asked++;
		a->answerer.ops->send(a->answerer.self, &q->call);
	}
}

static int look_for_trouble(struct asker *a, const struct step *step, struct error *err)
{
	const char *why = "";

	for (size_t i = 0; i < step->n_answers; i++)
		if (step->answers[i].state == REQUEST_FAILED)
			why = step->answers[i].why;
	if (job_cancelled(a->job))
		return error_set(err, TAMIS_ECANCEL, _("asking the model was cancelled; the same command goes on from here"));
	if (a->refused)
		return error_set(err, TAMIS_EREMOTE, _("%s refuses (%s): look at --endpoint, --model and the key in TAMIS_API_KEY"), a->url.p, why);
	if (a->silent >= SILENT_MOST)
		return error_set(err, TAMIS_EREMOTE, _("%s has stopped answering (%s); what it said is kept and the same command goes on"),
				 a->url.p, why);
	return 0;
}

int asker_step(struct asker *a, int timeout_ms, struct error *err)
{
	struct step *step = &a->step;
	int rc = 0;

	step->n_ended = step->n_answers = step->n_sent = 0;
	rc = look_elsewhere(a, err);
	if (rc < 0)
		return rc;
	if (a->n_sent == 0 && a->waiting == NULL && a->elsewhere)
		poll(NULL, 0, timeout_ms);
	take_ended(a, step, a->waiting && a->n_sent < sent_most(a) && fits(a, a->waiting) ? 0 : timeout_ms);
	choose_questions(a, step);
	if (step->n_answers || step->n_sent)
		rc = store_requests_save(a->s, step->answers, step->n_answers, step->questions, step->n_sent, step->taken, err);
	for (size_t i = 0; i < step->n_ended; i++) {
		if (rc == 0)
			spool_committed(a->spool, step->ended[i]->ticket);
	}
	if (rc == 0)
		rc = look_for_trouble(a, step, err);
	for (size_t i = 0; i < step->n_ended; i++)
		free_asking(step->ended[i]);
	if (rc == 0)
		send_questions(a, step);
	for (size_t i = 0; i < step->n_sent && rc < 0; i++)
		free_asking(step->sent[i]);
	if (rc == 0 && a->waiting && a->n_sent == 0 && a->elsewhere == NULL)
		give_up_waiting(a);
	return rc;
}

bool asker_idle(const struct asker *a)
{
	return a->n_sent == 0 && a->n_waiting == 0 && a->n_elsewhere == 0;
}

size_t asker_outstanding(const struct asker *a)
{
	return a->n_sent + a->n_waiting + a->n_elsewhere;
}

bool asker_exhausted(const struct asker *a)
{
	return a->exhausted;
}

void asker_counts(struct asker *a, struct asker_counts *out)
{
	struct http_state now;

	a->answerer.ops->state(a->answerer.self, &now);
	*out = a->counts;
	out->retried = now.retried - a->before.retried;
	out->throttled = now.throttled - a->before.throttled;
	out->in_flight = now.in_flight;
	out->waiting = now.waiting + (unsigned)a->n_waiting;
	out->limit = now.limit;
	out->elsewhere = (unsigned)a->n_elsewhere;
	out->ahead = a->ahead;
}
