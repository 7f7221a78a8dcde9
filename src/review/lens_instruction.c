/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Instruction pairs: prompt and response, chat turns, and preference pairs whose answers are compared word by word. */
#include <jansson.h>

#include "base/i18n.h"
#include "review/lens_draft.h"
#include "text/diff.h"
#include "text/display.h"
#include "text/personal.h"

#define WIDE 120
#define GAP " │ "
#define GAP_COLUMNS 3

static const enum role editable[] = { ROLE_SYSTEM,  ROLE_INSTRUCTION, ROLE_INPUT,    ROLE_RESPONSE,
				      ROLE_MESSAGES, ROLE_CHOSEN,     ROLE_REJECTED, ROLE_COUNT };
static const char *const variants[] = { N_("changes marked"), N_("one word diff"), N_("as exported"), NULL };

enum variant { MARKED, UNIFIED, PLAIN };

static const struct {
	enum role role;
	const char *label;
} sections[] = {
	{ ROLE_SYSTEM, N_("system") },
	{ ROLE_INSTRUCTION, N_("instruction") },
	{ ROLE_INPUT, N_("input") },
	{ ROLE_RESPONSE, N_("response") },
};

/* Appends what a turn says: its content, its thinking, its tool calls as they are. */
static void turn_text(struct buf *out, json_t *turn)
{
	static const char *const keys[] = { "thinking", "content", "tool_calls" };

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		json_t *value = json_object_get(turn, keys[i]);
		char *text;

		if (!value || json_is_null(value))
			continue;
		if (out->len > 0)
			buf_adds(out, "\n");
		if (json_is_string(value)) {
			buf_add(out, json_string_value(value), json_string_length(value));
			continue;
		}
		text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
		buf_adds(out, text ? text : "");
		free(text);
	}
}

static json_t *parse_turns(struct span json)
{
	json_t *turns = json_loadb(json.p, json.len, JSON_ALLOW_NUL, NULL);

	if (turns && !json_is_array(turns)) {
		json_decref(turns);
		turns = NULL;
	}
	return turns;
}

static const char *turn_role(json_t *turn)
{
	const char *role = json_string_value(json_object_get(turn, "role"));

	return role ? role : "?";
}

static void draw_turns(struct sheet *out, const struct lens_view *view, int field, struct span json)
{
	json_t *turns = parse_turns(json), *turn;
	struct buf text = BUF_INIT, role = BUF_INIT;
	size_t i;

	if (!turns)
		lens_text(out, view, field, json, NULL);
	json_array_foreach(turns, i, turn) {
		if (sheet_full(out)) {
			out->cut = true;
			break;
		}
		buf_clear(&role);
		display_line(&role, span_of(turn_role(turn)), view->columns, false);
		lens_heading(out, field, role.p, NULL);
		buf_clear(&text);
		turn_text(&text, turn);
		lens_text(out, view, field, buf_span(&text), NULL);
	}
	buf_free(&role);
	buf_free(&text);
	json_decref(turns);
}

/* The text of an answer that may be turns: each as `role: content`. */
static void answer_text(struct buf *out, const struct item *item, enum role role)
{
	const struct field *field = record_field(&item->record, role);
	struct span value = item_text(item, role);
	json_t *turns = field && field->json ? parse_turns(value) : NULL, *turn;
	size_t i;

	if (!turns)
		buf_addspan(out, value);
	json_array_foreach(turns, i, turn) {
		struct buf text = BUF_INIT;

		turn_text(&text, turn);
		buf_addf(out, "%s%s: ", i ? "\n\n" : "", turn_role(turn));
		buf_addspan(out, buf_span(&text));
		buf_free(&text);
	}
	json_decref(turns);
}

/* Marks of one side of a diff: what it has and the other has not. */
static void diff_marks(stretches *marks, const struct diff *d, struct span text, enum diff_op op)
{
	vec_each(&d->pieces, i) {
		const struct diff_piece *p = &d->pieces.v[i];
		size_t at = op == DIFF_ADDED ? p->b : p->a, len = op == DIFF_ADDED ? p->b_len : p->a_len;

		if (p->op != op)
			continue;
		while (len > 1 && (unsigned char)text.p[at + len - 1] <= ' ')
			len--;
		if (op == DIFF_ADDED)
			vec_push(marks, (struct stretch){ at, len, STYLE_ADDED, "{+", "+}" });
		else
			vec_push(marks, (struct stretch){ at, len, STYLE_REMOVED, "[-", "-]" });
	}
}

struct preference {
	struct buf chosen, rejected;
	struct diff diff;
};

static void draw_answer(struct sheet *out, const struct item *item, const struct lens_view *view, const struct preference *p,
			enum role role)
{
	bool chosen = role == ROLE_CHOSEN;
	struct span text = buf_span(chosen ? &p->chosen : &p->rejected);
	stretches marks = { 0 };

	sheet_line(out, role);
	sheet_put(out, STYLE_HEADING, span_of(chosen ? _("chosen") : _("rejected answer")));
	if (lens_edited(item, role))
		sheet_putf(out, STYLE_CHANGED, "  %s", _("edited"));
	if (view->variant != PLAIN)
		diff_marks(&marks, &p->diff, text, chosen ? DIFF_ADDED : DIFF_REMOVED);
	lens_text(out, view, role, text, &marks);
	vec_free(&marks);
}

static void draw_answers_beside(struct sheet *out, const struct item *item, const struct lens_view *view,
				const struct preference *p)
{
	struct sheet left = { .limit = out->limit }, right = { .limit = out->limit };
	struct lens_view half = *view;

	half.columns = (view->columns - GAP_COLUMNS) / 2;
	draw_answer(&left, item, &half, p, ROLE_CHOSEN);
	half.columns = view->columns - GAP_COLUMNS - half.columns;
	draw_answer(&right, item, &half, p, ROLE_REJECTED);
	sheet_beside(out, &left, &right, (view->columns - GAP_COLUMNS) / 2, GAP);
	sheet_free(&left);
	sheet_free(&right);
}

static void draw_preference(struct sheet *out, const struct item *item, const struct lens_view *view)
{
	struct preference p = { .chosen = BUF_INIT, .rejected = BUF_INIT };

	answer_text(&p.chosen, item, ROLE_CHOSEN);
	answer_text(&p.rejected, item, ROLE_REJECTED);
	if (view->variant == MARKED && p.chosen.len + p.rejected.len < LENS_DIFF_LIMIT)
		diff_words(&p.diff, buf_span(&p.rejected), buf_span(&p.chosen));
	if (view->variant == UNIFIED && p.chosen.len + p.rejected.len < LENS_DIFF_LIMIT) {
		lens_heading(out, ROLE_CHOSEN, _("rejected answer → chosen"), NULL);
		lens_word_diff(out, view, ROLE_CHOSEN, buf_span(&p.rejected), buf_span(&p.chosen));
	} else if (view->columns >= WIDE) {
		sheet_line(out, -1);
		draw_answers_beside(out, item, view, &p);
	} else {
		sheet_line(out, -1);
		draw_answer(out, item, view, &p, ROLE_CHOSEN);
		sheet_line(out, -1);
		draw_answer(out, item, view, &p, ROLE_REJECTED);
	}
	diff_free(&p.diff);
	buf_free(&p.chosen);
	buf_free(&p.rejected);
}

/* A field with what looks like personal data marked, {!joe@…!}; an edited one shows its changes instead. */
static void draw_section(struct sheet *out, const struct item *item, const struct lens_view *view, enum role role, const char *label)
{
	struct span text = item_text(item, role);
	struct personal_list personal = { 0 };
	stretches marks = { 0 };

	if (view->variant != PLAIN && text.len < LENS_DIFF_LIMIT && !lens_edited(item, role))
		personal_find(&personal, text);
	vec_each(&personal.spans, i)
		vec_push(&marks, (struct stretch){ personal.spans.v[i].at, personal.spans.v[i].len, STYLE_WARNING, "{!", "!}" });
	if (marks.n) {
		lens_heading(out, role, label, _("personal data"));
		lens_text(out, view, role, text, &marks);
	} else {
		lens_field(out, item, view, role, label, view->variant == PLAIN);
	}
	vec_free(&personal.spans);
	vec_free(&marks);
}

static void draw(struct sheet *out, const struct item *item, const struct lens_view *view)
{
	struct span turns = item_text(item, ROLE_MESSAGES);

	lens_info(out, item, view);
	if (view->variant != PLAIN)
		lens_scores(out, item, view);
	for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
		draw_section(out, item, view, sections[i].role, _(sections[i].label));
	if (turns.len > 0 && lens_edited(item, ROLE_MESSAGES))
		lens_heading(out, ROLE_MESSAGES, _("turns"), _("edited"));
	if (turns.len > 0)
		draw_turns(out, view, ROLE_MESSAGES, turns);
	if (item_text(item, ROLE_CHOSEN).len + item_text(item, ROLE_REJECTED).len > 0)
		draw_preference(out, item, view);
	if (view->variant != PLAIN) {
		lens_rewritten(out, item, view, view->variant == UNIFIED);
		lens_source(out, item, view);
	}
	if (view->meta)
		lens_meta(out, item, view, editable);
}

static void head_turns(struct buf *line, struct span json)
{
	json_t *turns = parse_turns(json), *turn;
	size_t i;

	json_array_foreach(turns, i, turn) {
		const char *content = json_string_value(json_object_get(turn, "content"));

		if (i > 0)
			buf_adds(line, " → ");
		if (content)
			buf_addspan(line, lens_first_words(span_of(content)));
		if (line->len > 1000)
			break;
	}
	json_decref(turns);
}

static void head(struct sheet *out, const struct item *item, int columns)
{
	static const enum role order[] = { ROLE_INSTRUCTION, ROLE_INPUT, ROLE_RESPONSE, ROLE_CHOSEN };
	struct buf line = BUF_INIT;

	for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
		struct span text = lens_first_words(item_text(item, order[i]));

		if (text.len == 0)
			continue;
		if (line.len > 0)
			buf_adds(&line, " → ");
		buf_add(&line, text.p, text.len);
	}
	if (line.len == 0)
		head_turns(&line, item_text(item, ROLE_MESSAGES));
	sheet_data(out, STYLE_TEXT, buf_span(&line), columns);
	buf_free(&line);
}

const struct lens instruction_lens = {
	.kind = KIND_INSTRUCTION,
	.name = "instruction",
	.help = N_("prompt and response, chat turns, or a preference pair with a word diff"),
	.variants = variants,
	.draw = draw,
	.head = head,
	.editable = editable,
};
