/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Judge, gates, rewriting and source of a drafted pair. */
#include "review/lens_draft.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "instruct/facts.h"
#include "review/item_context.h"

#define FACTS_LISTED 12
#define REASON_MOST 400 /* bytes of a judge's reason */

static json_t *object_named(const struct item *item, const char *name)
{
	struct span value = item_field(item, name);
	json_t *object = value.len ? json_loadb(value.p, value.len, JSON_ALLOW_NUL, NULL) : NULL;

	if (object && !json_is_object(object)) {
		json_decref(object);
		object = NULL;
	}
	return object;
}

/* ---- the judge ---- */

static void put_score(struct flow *f, const char *label, const json_t *score)
{
	char text[96];

	if (!json_is_number(score))
		return;
	snprintf(text, sizeof text, "%s %.2g  ", label, json_number_value(score));
	flow_mark(f, STYLE_STRONG, text);
}

static void put_reason(struct flow *f, json_t *judge)
{
	const char *reason = json_string_value(json_object_get(json_object_get(judge, "first"), "reason"));
	size_t len = reason ? strlen(reason) : 0;

	if (len)
		flow_data(f, STYLE_DIM, span_make(reason, len < REASON_MOST ? len : REASON_MOST));
}

static void draw_judge(struct sheet *out, const struct item *item, const struct lens_view *view)
{
	json_t *judge = object_named(item, "judge");
	struct flow *f;

	if (!judge)
		return;
	f = flow_begin(out, -1, view->columns, 0, view->raw_shapes);
	put_score(f, _("judge"), json_object_get(judge, "score"));
	put_score(f, _("first"), json_object_get(json_object_get(judge, "first"), "score"));
	put_score(f, _("swapped"), json_object_get(json_object_get(judge, "swapped"), "score"));
	put_score(f, _("instruction alone"), json_object_get(judge, "instruction"));
	if (json_is_true(json_object_get(judge, "disagrees")))
		flow_mark(f, STYLE_WARNING, _("! it disagrees with itself  "));
	if (json_is_true(json_object_get(judge, "unparsed")))
		flow_mark(f, STYLE_WARNING, _("! a reply was no score  "));
	put_reason(f, judge);
	flow_end(f);
	json_decref(judge);
}

/* ---- the gates ---- */

/* What the checks of instruct/gates.h measure, for people. */
static const struct {
	const char *name, *words;
} checks_named[] = {
	{ "length_least", N_("length of the segment") },
	{ "length_most", N_("length of the segment") },
	{ "repetition", N_("repeats itself") },
	{ "letter_share", N_("share of letters") },
	{ "bullet_share", N_("share of list lines") },
	{ "boilerplate", N_("boilerplate") },
	{ "first_person", N_("in the first person") },
	{ "first_item", N_("starts within a list") },
	{ "link_share", N_("share of links") },
	{ "empty_heading", N_("heading without content") },
	{ "twin", N_("like another segment") },
	{ "instruction_least", N_("length of the instruction") },
	{ "instruction_most", N_("length of the instruction") },
	{ "copy_ratio", N_("instruction copied from the response") },
	{ "leaks", N_("names its source") },
	{ "refusals", N_("refuses") },
	{ "language_differs", N_("in another language") },
	{ "truncated", N_("ends within a sentence") },
	{ "margin", N_("fits its document no better than others") },
	{ "duplicate", N_("like another instruction") },
	{ "verb_noun_share", N_("asked too often") },
	{ "benchmark_runs", N_("words of a benchmark") },
	{ "personal_data", N_("personal data") },
	{ "facts_added", N_("facts that the document has not") },
	{ "facts_lost", N_("facts of the document that are lost") },
	{ "rewrite_length_least", N_("length of the rewriting") },
	{ "rewrite_length_most", N_("length of the rewriting") },
	{ "rewrite_recall", N_("what the rewriting keeps of the document") },
	{ "rewrite_copied", N_("rewriting copied from the document") },
	{ "rewrite_leaks", N_("rewriting names its source") },
};

static const char *words_of_check(const char *name)
{
	for (size_t i = 0; i < sizeof checks_named / sizeof *checks_named; i++)
		if (strcmp(checks_named[i].name, name) == 0)
			return _(checks_named[i].words);
	return name;
}

static void put_gate(struct flow *f, const char *name, json_t *check)
{
	const char *outcome = json_string_value(json_object_get(check, "outcome"));
	bool fails = outcome && strcmp(outcome, "fail") == 0;
	struct buf text = BUF_INIT;

	flow_mark(f, fails ? STYLE_REJECT : STYLE_WARNING, fails ? "✗ " : "! ");
	buf_addf(&text, _("%s %.3g (limit %.3g)  "), words_of_check(name), json_number_value(json_object_get(check, "value")),
		 json_number_value(json_object_get(check, "threshold")));
	flow_data(f, fails ? STYLE_REJECT : STYLE_WARNING, buf_span(&text));
	buf_free(&text);
}

static void draw_gates(struct sheet *out, const struct item *item, const struct lens_view *view)
{
	json_t *checks = object_named(item, "checks"), *check;
	size_t passed = 0, all = 0;
	const char *name;
	char text[96];
	struct flow *f;

	if (!checks)
		return;
	f = flow_begin(out, -1, view->columns, 0, view->raw_shapes);
	json_object_foreach(checks, name, check) {
		const char *outcome = json_string_value(json_object_get(check, "outcome"));

		all++;
		if (!outcome || strcmp(outcome, "pass") == 0)
			passed++;
		else
			put_gate(f, name, check);
	}
	snprintf(text, sizeof text, _("%zu of %zu checks passed"), passed, all);
	flow_mark(f, passed == all ? STYLE_DIM : STYLE_LABEL, text);
	flow_end(f);
	json_decref(checks);
}

static void draw_truncated(struct sheet *out, const struct item *item, const struct lens_view *view)
{
	struct flow *f;

	if (!span_is(item_field(item, "truncated"), "true"))
		return;
	f = flow_begin(out, -1, view->columns, 0, view->raw_shapes);
	flow_mark(f, STYLE_WARNING, _("! the segment was cut to fit the model's context"));
	flow_end(f);
}

/* A reply that could not be used: what became of it. */
static void draw_outcome(struct sheet *out, const struct item *item, const struct lens_view *view)
{
	struct span outcome = item_field(item, "outcome"), why = item_field(item, "why"), reply = item_field(item, "reply");
	struct flow *f;

	if (outcome.len == 0 || span_is(outcome, "ok"))
		return;
	f = flow_begin(out, -1, view->columns, 0, view->raw_shapes);
	flow_mark(f, STYLE_WARNING, _("! the reply could not be used: "));
	flow_data(f, STYLE_WARNING, outcome);
	flow_mark(f, STYLE_WARNING, "  ");
	flow_data(f, STYLE_WARNING, why);
	flow_end(f);
	if (reply.len) {
		lens_heading(out, -1, _("reply"), NULL);
		lens_text(out, view, -1, reply, NULL);
	}
}

void lens_scores(struct sheet *out, const struct item *item, const struct lens_view *view)
{
	draw_judge(out, item, view);
	draw_gates(out, item, view);
	draw_truncated(out, item, view);
	draw_outcome(out, item, view);
}

/* ---- the rewritten response ---- */

struct span draft_rewritten(const struct item *item)
{
	return item_field(item, "rewritten");
}

static void list_facts(struct flow *f, const char *label, const struct fact_list *facts, struct span text)
{
	if (facts->facts.n == 0)
		return;
	flow_mark(f, STYLE_WARNING, label);
	vec_each(&facts->facts, i) {
		const struct fact *fact = &facts->facts.v[i];

		if (i == FACTS_LISTED) {
			flow_mark(f, STYLE_WARNING, " …");
			break;
		}
		flow_mark(f, STYLE_WARNING, i ? " · " : " ");
		flow_data(f, STYLE_WARNING, span_make(text.p + fact->at, fact->len));
	}
	flow_mark(f, STYLE_WARNING, "  ");
}

static void draw_facts(struct sheet *out, const struct lens_view *view, const struct fact_list *added, struct span rewritten,
		       const struct fact_list *lost, struct span original)
{
	struct flow *f;

	if (added->facts.n + lost->facts.n == 0)
		return;
	f = flow_begin(out, -1, view->columns, 0, view->raw_shapes);
	list_facts(f, _("! only in the rewritten:"), added, rewritten);
	list_facts(f, _("! only in the original:"), lost, original);
	flow_end(f);
}

static void draw_marked(struct sheet *out, const struct lens_view *view, const struct fact_list *added, struct span text)
{
	stretches marks = { 0 };

	vec_each(&added->facts, i)
		vec_push(&marks, (struct stretch){ added->facts.v[i].at, added->facts.v[i].len, STYLE_WARNING, "[!", "]" });
	lens_text(out, view, -1, text, &marks);
	vec_free(&marks);
}

void lens_rewritten(struct sheet *out, const struct item *item, const struct lens_view *view, bool in_place)
{
	struct span rewritten = draft_rewritten(item), original = record_value(&item->record, ROLE_RESPONSE);
	bool taken = item->edited[ROLE_RESPONSE].p && span_eq(item->edited[ROLE_RESPONSE], rewritten);
	struct fact_list added = { 0 }, lost = { 0 };

	if (rewritten.len == 0)
		return;
	lens_heading(out, -1, _("rewritten"), taken ? _("taken as the response") : NULL);
	if (rewritten.len + original.len < LENS_DIFF_LIMIT) {
		facts_only_here(&added, rewritten, original);
		facts_only_here(&lost, original, rewritten);
	}
	draw_facts(out, view, &added, rewritten, &lost, original);
	if (in_place || rewritten.len + original.len >= LENS_DIFF_LIMIT)
		draw_marked(out, view, &added, rewritten);
	else
		lens_word_diff(out, view, -1, original, rewritten);
	vec_free(&added.facts);
	vec_free(&lost.facts);
}

/* ---- the source ---- */

static void draw_beside_segment(struct sheet *out, const struct lens_view *view, const char *sign, struct span text)
{
	struct flow *f;

	if (span_trim(text).len == 0)
		return;
	f = flow_begin(out, -1, view->columns, 0, view->raw_shapes);
	flow_mark(f, STYLE_DIM, sign);
	flow_data(f, STYLE_DIM, span_trim(text));
	flow_end(f);
}

void lens_source(struct sheet *out, const struct item *item, const struct lens_view *view)
{
	const struct item_context *c = item->context;
	struct span path = item_field(item, "source_path"), name = item_field(item, "source_document");
	struct flow *f;

	if (name.len == 0)
		return;
	lens_heading(out, -1, _("source"), NULL);
	f = flow_begin(out, -1, view->columns, 0, view->raw_shapes);
	flow_data(f, STYLE_LABEL, name);
	flow_mark(f, STYLE_LABEL, "  ");
	flow_data(f, STYLE_LABEL, path);
	flow_end(f);
	if (!c)
		return;
	draw_beside_segment(out, view, "… ", c->before[0]);
	if (span_eq(span_trim(c->segment), span_trim(record_value(&item->record, ROLE_RESPONSE))))
		draw_beside_segment(out, view, "", span_of(_("[the response stands here]")));
	else
		lens_text(out, view, -1, c->segment, NULL);
	draw_beside_segment(out, view, "↓ ", c->after[0]);
}
