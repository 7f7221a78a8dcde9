/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "instruct/judge.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <strings.h>

#include "base/i18n.h"
#include "base/json.h"
#include "instruct/phrases.h"

#define DIGITS 5u

static const char *const bys[] = { "none", "logprobs", "json", "text" };

const char *judge_by_name(enum judge_by b)
{
	return bys[b];
}

/* ---- words before a score ---- */

static struct span without_end(struct span text, const char *any)
{
	while (text.len && strchr(any, text.p[text.len - 1]))
		text.len--;
	return text;
}

/* "Score:", "**Rating**:", "评分：" at the end. */
static bool ends_with_label(struct span text)
{
	static const char *const labels[] = { "score", "rating", "评分", "分数", "得分", "打分", NULL };

	text = without_end(text, " \t\n\"*");
	if (span_ends(text, "："))
		text.len -= strlen("：");
	else if (span_ends(text, ":"))
		text.len--;
	else
		return false;
	text = without_end(text, " \t\n\"*");
	for (const char *const *label = labels; *label; label++)
		if (text.len >= strlen(*label) && strncasecmp(text.p + text.len - strlen(*label), *label, strlen(*label)) == 0)
			return true;
	return false;
}

/* ---- probabilities ---- */

static const json_t *first_of(const json_t *object, const char *a, const char *b, const char *c)
{
	const json_t *value = json_object_get(object, a);

	if (value == NULL)
		value = json_object_get(object, b);
	return value || c == NULL ? value : json_object_get(object, c);
}

static struct span token_text(const json_t *token)
{
	const json_t *text = first_of(token, "token", "content", "tok_str");

	return json_is_string(text) ? span_make(json_string_value(text), json_string_length(text)) : span_make("", 0);
}

/* Of the token itself: 0 when the server gives no usable number. */
static double token_probability(const json_t *token)
{
	const json_t *p = json_object_get(token, "prob"), *log = json_object_get(token, "logprob");
	double value = json_is_number(log) ? exp(json_number_value(log)) : json_is_number(p) ? json_number_value(p) : 0;

	return value >= 0 && value <= 1 ? value : value > 1 && value < 1.01 ? 1 : 0;
}

/* 1..5 for a token that is this digit, in whatever way its vocabulary marks the space before; else 0. */
static unsigned token_digit(struct span text)
{
	static const char *const marks[] = { " ", "\n", "\"", "▁", "Ġ", NULL };

	for (const char *const *mark = marks; *mark; mark++)
		while (span_starts(text, *mark))
			text = span_make(text.p + strlen(*mark), text.len - strlen(*mark));
	while (text.len > 1 && strchr(" \n\"", text.p[text.len - 1]))
		text.len--;
	if (text.len == 3 && span_starts(text, "\xef\xbc") && (unsigned char)text.p[2] >= 0x91 && (unsigned char)text.p[2] <= 0x95)
		return (unsigned)((unsigned char)text.p[2] - 0x90);
	return text.len == 1 && text.p[0] >= '1' && text.p[0] <= '5' ? (unsigned)(text.p[0] - '0') : 0;
}

static void add_digit(double p[DIGITS], struct span text, double probability)
{
	unsigned digit = token_digit(text);

	if (digit)
		p[digit - 1] += probability;
}

/* Adds up the digits among the alternatives of a token; the token itself when it is not one of them. */
static void digits_at(double p[DIGITS], const json_t *token)
{
	const json_t *top = first_of(token, "top_logprobs", "top_probs", "probs"), *other;
	bool listed = false;
	const char *key;
	size_t i;

	json_array_foreach(top, i, other) {
		listed |= span_eq(token_text(other), token_text(token));
		add_digit(p, token_text(other), token_probability(other));
	}
	json_object_foreach((json_t *)(uintptr_t)top, key, other) {
		double value = json_is_number(other) ? exp(json_number_value(other)) : 0;

		listed |= span_is(token_text(token), key);
		add_digit(p, span_of(key), value >= 0 && value <= 1 ? value : 0);
	}
	if (!listed)
		add_digit(p, token_text(token), token_probability(token));
}

/* A number goes on after its first digit: "10", "4.5". */
static bool goes_on(const json_t *tokens, size_t i)
{
	struct span next = token_text(json_array_get(tokens, i + 1));

	if (next.len && next.p[0] == '.' && next.len == 1)
		next = token_text(json_array_get(tokens, i + 2));
	else if (next.len > 1 && next.p[0] == '.')
		next = span_make(next.p + 1, next.len - 1);
	return next.len && isdigit((unsigned char)next.p[0]);
}

/* The token in the place of the score: the first word of all, else after `"score":`, the last of such. */
static const json_t *score_token(const json_t *tokens)
{
	struct buf before = BUF_INIT;
	const json_t *token, *found = NULL;
	size_t i;

	json_array_foreach(tokens, i, token) {
		struct span said = reply_words(buf_span(&before));

		if (token_digit(token_text(token)) && (without_end(said, " \t\n\"*").len == 0 || ends_with_label(said)))
			found = goes_on(tokens, i) ? NULL : token;
		buf_addspan(&before, token_text(token));
		if (before.len > 65536)
			break;
	}
	buf_free(&before);
	return found;
}

static void finish(struct judge_score *out, enum judge_by by)
{
	out->outcome = REPLY_OK;
	out->why = NULL;
	out->by = by;
	out->score = out->entropy = 0;
	for (unsigned k = 0; k < DIGITS; k++) {
		out->score += (k + 1) * out->p[k];
		if (out->p[k] > 0)
			out->entropy -= out->p[k] * log2(out->p[k]);
	}
}

static bool by_logprobs(struct judge_score *out, const json_t *tokens)
{
	const json_t *token = score_token(tokens);
	double p[DIGITS] = { 0 }, mass = 0;

	if (token == NULL)
		return false;
	digits_at(p, token);
	for (unsigned k = 0; k < DIGITS; k++)
		mass += p[k];
	if (!(mass >= JUDGE_MASS))
		return false;
	for (unsigned k = 0; k < DIGITS; k++)
		out->p[k] = p[k] / mass;
	out->mass = mass < 1 ? mass : 1;
	finish(out, JUDGE_BY_LOGPROBS);
	return true;
}

/* ---- words ---- */

/* Takes a score as written; false outside 1..5. */
static bool by_value(struct judge_score *out, double value, enum judge_by by)
{
	unsigned low;

	if (!(value >= 1 && value <= DIGITS))
		return false;
	low = value < DIGITS ? (unsigned)value : DIGITS - 1;
	for (unsigned k = 0; k < DIGITS; k++)
		out->p[k] = 0;
	out->p[low] = value - low;
	out->p[low - 1] = 1 - (value - low);
	out->mass = 1;
	finish(out, by);
	return true;
}

static enum reply_outcome by_object(struct judge_score *out, json_t *object)
{
	const json_t *score = json_object_get(object, "score"), *reason = json_object_get(object, "reason");
	double value = NAN;

	if (json_is_number(score))
		value = json_number_value(score);
	else if (json_is_string(score) && !json_read_real(span_trim(span_of(json_string_value(score))), &value))
		value = NAN;
	if (json_is_string(reason))
		buf_add(&out->reason, json_string_value(reason), json_string_length(reason));
	if (by_value(out, value, JUDGE_BY_JSON))
		return REPLY_OK;
	out->why = isnan(value) ? N_("the score is no number") : N_("the score is outside 1 to 5");
	return REPLY_UNPARSED;
}

/* The number a line is about: `4`, `Score: 4`, `**评分**：4/5`; NaN when it is about none. */
static double line_score(struct span line, bool alone)
{
	size_t at = 0, len = 0;
	struct span rest;
	double value;

	line = without_end(span_trim(line), " *.");
	while (at < line.len && !isdigit((unsigned char)line.p[at]))
		at++;
	while (at + len < line.len && (isdigit((unsigned char)line.p[at + len]) || (len && line.p[at + len] == '.')))
		len++;
	rest = span_trim(span_make(line.p + at + len, line.len - at - len));
	if (span_starts(rest, "/"))
		rest = span_is(span_trim(span_make(rest.p + 1, rest.len - 1)), "5") ? span_make("", 0) : rest;
	if (len == 0 || (rest.len && !span_is(rest, "分")) || !json_read_real(span_make(line.p + at, len), &value))
		return NAN;
	if (at == 0 || without_end(span_make(line.p, at), " *").len == 0)
		return alone ? value : NAN;
	return ends_with_label(span_make(line.p, at)) ? value : NAN;
}

static enum reply_outcome by_words(struct judge_score *out, struct span words)
{
	bool alone = memchr(span_trim(words).p, '\n', span_trim(words).len) == NULL;
	double found = NAN;

	for (struct span rest = span_trim(words); rest.len;) {
		double value = line_score(span_line(&rest), alone);

		if (isnan(value))
			continue;
		if (!isnan(found) && found != value) {
			out->why = N_("the reply gives two different scores");
			return REPLY_UNPARSED;
		}
		found = value;
	}
	if (by_value(out, found, JUDGE_BY_TEXT)) {
		if (!alone)
			buf_addspan(&out->reason, span_trim(words));
		return REPLY_OK;
	}
	out->why = isnan(found) ? N_("the reply holds no score") : N_("the score is outside 1 to 5");
	return REPLY_UNPARSED;
}

static enum reply_outcome by_text(struct judge_score *out, const struct completion *c)
{
	struct span words = reply_words(c->content);
	json_t *object = reply_object(c->content, "score");
	enum reply_outcome outcome;

	outcome = object ? by_object(out, object) : by_words(out, words);
	json_decref(object);
	if (outcome == REPLY_OK || object)
		return outcome;
	if (c->finish == FINISH_LENGTH) {
		out->why = reply_outcome_why(REPLY_CUT);
		return REPLY_CUT;
	}
	if (phrases_count(PHRASES_REFUSAL, words)) {
		out->why = reply_outcome_why(REPLY_REFUSED);
		return REPLY_REFUSED;
	}
	return outcome;
}

static void clear(struct judge_score *s)
{
	struct buf reason = s->reason;

	if (reason.p == NULL)
		buf_init(&reason);
	buf_clear(&reason);
	*s = (struct judge_score){ .score = NAN, .entropy = NAN, .mass = NAN, .reason = reason };
}

/* Of a server that was given a schema: its object, in which the probabilities of the digit tell more where they are told. */
static enum reply_outcome by_schema(struct judge_score *out, const struct completion *c, struct span schema)
{
	json_t *object = reply_object(c->content, "score");
	enum reply_outcome outcome;

	if (object == NULL) {
		outcome = by_text(out, c);
		if (outcome == REPLY_OK) {
			clear(out);
			out->why = reply_schema_why;
			outcome = REPLY_UNPARSED;
		}
		return outcome;
	}
	if (!reply_follows(object, schema, out->detail)) {
		out->why = reply_schema_why;
		outcome = REPLY_UNPARSED;
	} else {
		outcome = by_object(out, object);
		if (outcome == REPLY_OK)
			by_logprobs(out, c->logprobs);
	}
	json_decref(object);
	return outcome;
}

/* Without one: the probabilities, else the words. */
static enum reply_outcome by_any(struct judge_score *out, const struct completion *c)
{
	json_t *object;
	const json_t *reason;

	if (!by_logprobs(out, c->logprobs))
		return by_text(out, c);
	object = reply_object(c->content, "score");
	reason = json_object_get(object, "reason");
	if (json_is_string(reason))
		buf_add(&out->reason, json_string_value(reason), json_string_length(reason));
	json_decref(object);
	return REPLY_OK;
}

void judge_read(struct judge_score *out, struct span body, struct span schema)
{
	struct completion c;

	clear(out);
	out->outcome = completion_read(&c, body);
	out->why = reply_outcome_why(out->outcome);
	if (out->outcome == REPLY_OK)
		out->outcome = schema.len ? by_schema(out, &c, schema) : by_any(out, &c);
	completion_free(&c);
}

void judge_score_free(struct judge_score *s)
{
	if (s->reason.p)
		buf_free(&s->reason);
}

static double rounded(double x)
{
	return round(x * 10000) / 10000;
}

/* 0..1 with four digits, whatever the locale's decimal sign. */
static void put_share(struct buf *out, double share, bool comma)
{
	unsigned parts = (unsigned)(share * 10000 + 0.5);

	buf_addf(out, "%s%u.%04u", comma ? "," : "", parts / 10000, parts % 10000);
}

void judge_score_json(struct buf *out, const struct judge_score *s)
{
	buf_addc(out, '{');
	json_put_member(out, "outcome", span_of(reply_outcome_name(s->outcome)));
	if (s->why)
		json_put_member(out, "why", span_of(s->why));
	if (s->outcome == REPLY_OK) {
		json_put_member(out, "by", span_of(judge_by_name(s->by)));
		json_put_real(out, "score", rounded(s->score));
		json_put_key(out, "p");
		buf_addc(out, '[');
		for (unsigned k = 0; k < DIGITS; k++)
			put_share(out, s->p[k], k > 0);
		buf_addc(out, ']');
		json_put_real(out, "entropy", rounded(s->entropy));
		json_put_real(out, "mass", rounded(s->mass));
	}
	if (s->reason.len)
		json_put_member(out, "reason", buf_span(&s->reason));
	buf_addc(out, '}');
}

/* ---- together ---- */

static double score_of(const struct judge_score *s)
{
	return s && s->outcome == REPLY_OK ? s->score : NAN;
}

void judge_combine(struct judgement *out, const struct judge_score *first, const struct judge_score *swapped,
		   const struct judge_score *instruction)
{
	double a = score_of(first), b = score_of(swapped);

	*out = (struct judgement){ .score = isnan(a) ? b : isnan(b) ? a : (a + b) / 2, .instruction = score_of(instruction), .apart = fabs(a - b) };
	out->disagrees = out->apart >= JUDGE_DISAGREE;
	out->unparsed = (first && isnan(a)) || (swapped && isnan(b)) || (instruction && isnan(out->instruction));
}

void judgement_json(struct buf *out, const struct judgement *j)
{
	buf_addc(out, '{');
	json_put_real(out, "score", rounded(j->score));
	json_put_real(out, "instruction", rounded(j->instruction));
	json_put_real(out, "apart", rounded(j->apart));
	json_put_bool(out, "disagrees", j->disagrees);
	json_put_bool(out, "unparsed", j->unparsed);
	buf_addc(out, '}');
}
