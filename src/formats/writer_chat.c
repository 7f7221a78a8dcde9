/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Instruction records for fine-tuning: messages, Alpaca, ShareGPT, preference pairs.  All four are made from
 * one view of a record: its turns, the last of which is what a model is to learn.
 */
#include "base/i18n.h"
#include "base/json.h"
#include "base/vec.h"
#include "formats/decode.h"
#include "formats/writer.h"

/* Borrowed from JSON text: spans are still escaped unless `plain`. */
struct turn_view {
	struct span role, content;
	bool plain;
};

struct chat {
	VEC(struct turn_view) turns;
	struct buf joined; /* what a turn made of two fields points into */
};

static void chat_free(struct chat *c)
{
	vec_free(&c->turns);
	buf_free(&c->joined);
}

static void add_turn(struct chat *c, const char *role, struct span content)
{
	if (content.len)
		vec_push(&c->turns, (struct turn_view){ span_of(role), content, true });
}

static void add_object(struct chat *c, struct span object)
{
	struct json_member m[8];
	struct turn_view turn = { .plain = false };
	struct json_fault fault;
	size_t n;

	if (json_scan_object(object, m, 8, &n, &fault) < 0)
		return;
	for (size_t i = 0; i < n && i < 8; i++) {
		if (span_is(m[i].key, "role") && m[i].type == JSON_T_STRING)
			turn.role = m[i].value;
		if (span_is(m[i].key, "content") && m[i].type == JSON_T_STRING)
			turn.content = m[i].value;
	}
	if (turn.role.p && turn.content.p)
		vec_push(&c->turns, turn);
}

/* Turns of a normalised array (or of one a curator edited). */
static void add_array(struct chat *c, struct span array)
{
	VEC(struct json_member) turn = { 0 };
	struct json_fault fault;
	size_t n;

	if (json_scan_array(array, NULL, 0, &n, &fault) < 0)
		return;
	vec_reserve(&turn, n);
	json_scan_array(array, turn.v, turn.cap, &n, &fault);
	for (size_t i = 0; i < n; i++)
		add_object(c, turn.v[i].value);
	vec_free(&turn);
}

static void add_role(struct chat *c, const struct export_item *item, enum role role, const char *as)
{
	if (export_is_turns(item, role))
		add_array(c, export_value(item, role));
	else
		add_turn(c, as, export_value(item, role));
}

/* What the record says of who answers, else the tag of where it is from (Li et al. 2024, section 2.3). */
static void add_system(struct chat *c, const struct export_item *item)
{
	add_role(c, item, ROLE_SYSTEM, "system");
	if (c->turns.n == 0)
		add_turn(c, "system", item->tag);
}

/* The turns of a conversation; a tag goes before those that don't begin with a system's. */
static void add_messages(struct chat *c, const struct export_item *item)
{
	size_t first;

	add_role(c, item, ROLE_SYSTEM, "system");
	first = c->turns.n;
	add_array(c, export_value(item, ROLE_MESSAGES));
	if (first > 0 || item->tag.len == 0 || (c->turns.n && span_is(c->turns.v[0].role, "system")))
		return;
	vec_clear(&c->turns);
	add_turn(c, "system", item->tag);
	add_array(c, export_value(item, ROLE_MESSAGES));
}

/* The instruction and its input as one message, as Alpaca's own prompt does. */
static void add_prompt(struct chat *c, const struct export_item *item)
{
	struct span input = export_value(item, ROLE_INPUT);

	add_system(c, item);
	if (export_is_turns(item, ROLE_INSTRUCTION) || input.len == 0) {
		add_role(c, item, ROLE_INSTRUCTION, "user");
		return;
	}
	buf_addspan(&c->joined, export_value(item, ROLE_INSTRUCTION));
	if (c->joined.len)
		buf_adds(&c->joined, "\n\n");
	buf_addspan(&c->joined, input);
	add_turn(c, "user", buf_span(&c->joined));
}

/* The answer to learn: the response, else the chosen one. */
static enum role answer_role(const struct export_item *item)
{
	return record_field(item->record, ROLE_RESPONSE) ? ROLE_RESPONSE : ROLE_CHOSEN;
}

/* False when there is no answer to learn from. The caller frees `c` in any case. */
static bool read_chat(struct chat *c, const struct export_item *item)
{
	*c = (struct chat){ .joined = BUF_INIT };
	if (record_field(item->record, ROLE_MESSAGES)) {
		add_messages(c, item);
	} else {
		add_prompt(c, item);
		add_role(c, item, answer_role(item), "assistant");
	}
	return c->turns.n >= 2 && !span_is(c->turns.v[c->turns.n - 1].role, "user");
}

static void put_text(struct buf *out, struct span text, bool plain)
{
	if (plain) {
		json_put_string(out, text);
	} else {
		buf_addc(out, '"');
		buf_addspan(out, text);
		buf_addc(out, '"');
	}
}

static void put_turn(struct buf *out, const struct turn_view *t, const char *role_key, struct span role,
		     const char *content_key)
{
	if (out->p[out->len - 1] == '}')
		buf_addc(out, ',');
	buf_addc(out, '{');
	json_put_key(out, role_key);
	put_text(out, role, t->plain);
	json_put_key(out, content_key);
	put_text(out, t->content, t->plain);
	buf_addc(out, '}');
}

static void put_messages(struct buf *out, const char *key, const struct turn_view *t, size_t n)
{
	json_put_key(out, key);
	buf_addc(out, '[');
	for (size_t i = 0; i < n; i++)
		put_turn(out, &t[i], "role", t[i].role, "content");
	buf_addc(out, ']');
}

static void put_member(struct buf *out, const char *key, const struct turn_view *t)
{
	json_put_key(out, key);
	put_text(out, t->content, t->plain);
}

static bool finish(struct writer *w, const struct export_item *item)
{
	if (w->annotate && item->annotation.len) {
		json_put_key(&w->line, "_tamis");
		buf_addspan(&w->line, item->annotation);
	}
	buf_adds(&w->line, "}\n");
	fwrite(w->line.p, 1, w->line.len, w->file);
	return true;
}

/* ---- {"messages": […]} ---- */

static bool write_chat(struct writer *w, const struct export_item *item)
{
	struct chat c;
	bool good = read_chat(&c, item);

	if (good) {
		buf_addc(&w->line, '{');
		put_messages(&w->line, "messages", c.turns.v, c.turns.n);
		finish(w, item);
	}
	chat_free(&c);
	return good;
}

/* ---- Alpaca ---- */

/* Earlier exchanges as [[user, assistant], …]; what does not come in pairs is left out. */
static void put_history(struct buf *out, const struct turn_view *t, size_t n)
{
	bool any = false;

	json_put_key(out, "history");
	buf_addc(out, '[');
	for (size_t i = 0; i + 1 < n; i++) {
		if (!span_is(t[i].role, "user") || !span_is(t[i + 1].role, "assistant"))
			continue;
		buf_adds(out, any ? ",[" : "[");
		put_text(out, t[i].content, t[i].plain);
		buf_addc(out, ',');
		put_text(out, t[i + 1].content, t[i + 1].plain);
		buf_addc(out, ']');
		any = true;
		i++;
	}
	buf_addc(out, ']');
}

static void put_alpaca_chat(struct buf *out, const struct chat *c)
{
	const struct turn_view *t = c->turns.v;
	size_t n = c->turns.n;

	put_member(out, "instruction", &t[n - 2]);
	json_put_member(out, "input", span_of(""));
	put_member(out, "output", &t[n - 1]);
	if (span_is(t[0].role, "system")) {
		put_member(out, "system", &t[0]);
		t++;
		n--;
	}
	if (n > 2)
		put_history(out, t, n - 2);
}

static bool write_alpaca(struct writer *w, const struct export_item *item)
{
	enum role answer = answer_role(item);
	bool flat = !record_field(item->record, ROLE_MESSAGES) && !export_is_turns(item, ROLE_INSTRUCTION) &&
		    !export_is_turns(item, answer);
	struct chat c;
	bool good = read_chat(&c, item) && (flat || span_is(c.turns.v[c.turns.n - 2].role, "user"));

	if (good) {
		buf_addc(&w->line, '{');
		if (flat) {
			json_put_member(&w->line, "instruction", export_value(item, ROLE_INSTRUCTION));
			json_put_member(&w->line, "input", export_value(item, ROLE_INPUT));
			json_put_member(&w->line, "output", export_value(item, answer));
			if (export_value(item, ROLE_SYSTEM).len || item->tag.len)
				json_put_member(&w->line, "system",
						export_value(item, ROLE_SYSTEM).len ? export_value(item, ROLE_SYSTEM) : item->tag);
		} else {
			put_alpaca_chat(&w->line, &c);
		}
		finish(w, item);
	}
	chat_free(&c);
	return good;
}

/* ---- ShareGPT ---- */

static struct span sharegpt_role(struct span role)
{
	if (span_is(role, "user"))
		return span_of("human");
	if (span_is(role, "assistant"))
		return span_of("gpt");
	return span_is(role, "tool") ? span_of("observation") : role;
}

static bool write_sharegpt(struct writer *w, const struct export_item *item)
{
	struct chat c;
	bool good = read_chat(&c, item);

	if (good) {
		buf_adds(&w->line, "{\"conversations\":[");
		vec_each(&c.turns, i)
			put_turn(&w->line, &c.turns.v[i], "from", sharegpt_role(c.turns.v[i].role), "value");
		buf_addc(&w->line, ']');
		finish(w, item);
	}
	chat_free(&c);
	return good;
}

/* ---- prompt, chosen, rejected ---- */

static bool same_text(struct span a, struct span b)
{
	return span_eq(span_trim(a), span_trim(b));
}

/* One side of a pair as turns or text, like the prompt. */
static void put_side(struct buf *out, const char *key, struct span value, bool turns, bool as_turns)
{
	json_put_key(out, key);
	if (turns) {
		buf_addspan(out, value);
	} else if (as_turns) {
		buf_addc(out, '[');
		turns_add(out, span_of("assistant"), value);
		buf_addc(out, ']');
	} else {
		json_put_string(out, value);
	}
}

static void put_prompt(struct buf *out, const struct chat *prompt, bool as_turns)
{
	const struct turn_view *t = prompt->turns.v;
	size_t n = prompt->turns.n;

	if (as_turns) {
		put_messages(out, "prompt", t, n);
		return;
	}
	if (n > 1)
		put_member(out, "system", &t[0]);
	json_put_key(out, "prompt");
	if (n)
		put_text(out, t[n - 1].content, t[n - 1].plain);
	else
		buf_adds(out, "\"\"");
}

/* A chat whose last answer was edited: that one preferred to the original, after the same turns. */
static bool write_dpo_chat(struct writer *w, const struct export_item *item)
{
	struct chat edited = { .joined = BUF_INIT }, original = { .joined = BUF_INIT };
	const struct turn_view *better = NULL, *worse = NULL;

	add_messages(&edited, item);
	add_array(&original, export_original(item, ROLE_MESSAGES));
	if (edited.turns.n >= 2 && original.turns.n >= 2) {
		better = &edited.turns.v[edited.turns.n - 1];
		worse = &original.turns.v[original.turns.n - 1];
	}
	if (better && (!span_is(better->role, "assistant") || !span_is(worse->role, "assistant") ||
		       same_text(better->content, worse->content)))
		better = NULL;
	if (better) {
		buf_addc(&w->line, '{');
		put_messages(&w->line, "prompt", edited.turns.v, edited.turns.n - 1);
		put_messages(&w->line, "chosen", better, 1);
		put_messages(&w->line, "rejected", worse, 1);
		finish(w, item);
	}
	w->unedited += better == NULL && original.turns.n >= 2;
	chat_free(&edited);
	chat_free(&original);
	return better != NULL;
}

/* A preference record as it is; else an answer the curator edited (or took from a model: that is an edit too), preferred to the original
 * one.  Of what stands as it was nothing is known to be worse. */
static bool write_dpo(struct writer *w, const struct export_item *item)
{
	bool pair = record_field(item->record, ROLE_CHOSEN) != NULL;
	enum role answer = pair ? ROLE_CHOSEN : ROLE_RESPONSE;
	struct span chosen = export_value(item, answer);
	struct span rejected =
		pair ? export_value(item, ROLE_REJECTED) : export_original(item, ROLE_RESPONSE);
	bool turns = export_is_turns(item, answer),
	     other_turns = pair ? export_is_turns(item, ROLE_REJECTED) : turns;
	bool as_turns = turns || other_turns || export_is_turns(item, ROLE_INSTRUCTION);
	struct chat prompt = { .joined = BUF_INIT };

	if (record_field(item->record, ROLE_MESSAGES))
		return write_dpo_chat(w, item);
	if (!pair && chosen.len && same_text(chosen, rejected))
		w->unedited++;
	if (chosen.len == 0 || rejected.len == 0 || same_text(chosen, rejected))
		return false;
	add_prompt(&prompt, item);
	buf_addc(&w->line, '{');
	put_prompt(&w->line, &prompt, as_turns);
	put_side(&w->line, "chosen", chosen, turns, as_turns);
	put_side(&w->line, "rejected", rejected, other_turns, as_turns);
	chat_free(&prompt);
	return finish(w, item);
}

#define INSTRUCTIONS (1u << KIND_INSTRUCTION)

const struct writer_format writer_chat = {
	"chat",	    "jsonl", N_("chat messages for fine-tuning, JSON Lines"), INSTRUCTIONS, false, NULL,
	write_chat, NULL, NULL
};
const struct writer_format writer_alpaca = {
	"alpaca",     "jsonl", N_("instruction, input, output, JSON Lines"), INSTRUCTIONS, false, NULL,
	write_alpaca, NULL, NULL
};
const struct writer_format writer_sharegpt = {
	"sharegpt",	"jsonl", N_("ShareGPT conversations, JSON Lines"), INSTRUCTIONS, false, NULL,
	write_sharegpt, NULL, NULL
};
const struct writer_format writer_dpo = {
	"dpo",
	"jsonl",
	N_("preference pairs: prompt, chosen, rejected, JSON Lines; edited answers are preferred to original ones"),
	INSTRUCTIONS,
	false,
	NULL,
	write_dpo,
	NULL,
	NULL,
};
