/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands of the line-by-line review, one row each. */
#include "config.h"

#include "cli/linear.h"

#include <stdlib.h>

#include "base/i18n.h"
#include "base/json.h"
#include "cli/print.h"

#define HISTORY 10

/* One command: its handler gets what follows the letter, trimmed.  Returns 0, or a negative code that ends the loop; what a
 * person got wrong is said and is 0. */
struct command {
	const char *keys;       /* every byte of it is the command's letter */
	const char *shown;      /* the letters for people, where that differs */
	const char *argument;
	const char *help;       /* N_() */
	bool needs_item;
	int (*run)(struct linear *l, char key, struct span rest);
};

static void complain(struct linear *l, struct error *err)
{
	linear_say(l, _("not done: %s"), err->msg);
	*err = (struct error){ 0 };
}

/* What happened, as a line or an object. */
static void acknowledge(struct linear *l, const char *what, item_ref ref, struct span value)
{
	struct buf line = BUF_INIT;
	char text[32];

	item_ref_format(text, ref);
	if (l->cli->json) {
		buf_addc(&line, '{');
		json_put_member(&line, "item", span_of(text));
		json_put_member(&line, what, value);
		json_put_bool(&line, "saved", true);
		buf_adds(&line, "}\n");
		cli_put(l->cli, buf_span(&line));
	} else {
		linear_say(l, _("saved: %s %s %.*s"), text, what, (int)value.len, value.p ? value.p : "");
	}
	buf_free(&line);
}

/* Submits a change to the current item and waits until it is on disk; then, and only then, says so. */
static int decide(struct linear *l, const struct decision *change, bool advance, const char *what, struct span value)
{
	size_t at = deck_position(l->deck);
	item_ref ref = deck_ref(l->deck, at);
	struct error err = { 0 };
	bool ignored = false;
	int r = deck_decide(l->deck, change, advance, false, &ignored, &err);

	if (r == 0)
		r = workspace_flush(l->cli->ws, &err);
	if (r == TAMIS_ESTORE || r == TAMIS_EIO) {
		*l->err = err;
		return r;
	}
	if (r != 0) {
		complain(l, &err);
		return 0;
	}
	acknowledge(l, what, ref, value);
	l->show = advance;
	l->done = advance && deck_position(l->deck) == at; /* a further answer would be one to the same item */
	return 0;
}

/* Reads "2 3" or "23" into bits; false when something else stands there. */
static bool read_digits(uint32_t *bits, struct span digits)
{
	for (size_t i = 0; i < digits.len; i++) {
		if (digits.p[i] >= '1' && digits.p[i] <= '9')
			*bits |= 1u << (digits.p[i] - '1');
		else if (digits.p[i] != ' ')
			return false;
	}
	return true;
}

static int cmd_verdict(struct linear *l, char key, struct span rest)
{
	static const struct {
		char key;
		enum verdict verdict;
	} verdicts[] = { { 'a', VERDICT_ACCEPT }, { 'x', VERDICT_REJECT }, { 'r', VERDICT_REJECT }, { 's', VERDICT_SKIP },
			 { 'f', VERDICT_FLAG }, { '0', VERDICT_NONE } };
	struct decision change = { .fields = DECISION_VERDICT };
	const char *name;

	for (size_t i = 0; i < sizeof verdicts / sizeof verdicts[0]; i++)
		if (verdicts[i].key == key)
			change.verdict = verdicts[i].verdict;
	if (!read_digits(&change.reasons, rest)) {
		linear_say(l, _("after %c only reasons 1 to 9 may stand; nothing was changed"), key);
		return 0;
	}
	if (change.reasons)
		change.fields |= DECISION_REASONS;
	name = change.verdict == VERDICT_NONE ? "none" : verdict_name(change.verdict);
	return decide(l, &change, change.verdict != VERDICT_NONE, "verdict", span_of(name));
}

static int cmd_reason(struct linear *l, char key, struct span rest)
{
	const struct item *item = deck_item(l->deck, l->err);
	struct decision change = { .fields = DECISION_REASONS };
	struct buf names = BUF_INIT;
	uint32_t bits = 1u << (key - '1');
	int r;

	if (!item)
		return l->err->code;
	if (!read_digits(&bits, rest)) {
		linear_say(l, _("reasons are digits from 1 to 9; nothing was changed"));
		return 0;
	}
	change.reasons = item->state.reasons ^ bits;
	reasons_words(&names, &l->reasons, change.reasons);
	r = decide(l, &change, false, "reasons", buf_span(&names));
	buf_free(&names);
	return r;
}

static int put_note(struct linear *l, struct span rest)
{
	char *note = xstrndup(rest.p ? rest.p : "", rest.len);
	struct decision change = { .fields = DECISION_NOTE, .note = note };
	int r = decide(l, &change, false, "note", rest);

	free(note);
	return r;
}

static int cmd_note(struct linear *l, char key, struct span rest)
{
	const struct item *item;

	(void)key;
	if (rest.len)
		return put_note(l, span_is(rest, "-") ? (struct span){ NULL, 0 } : rest);
	item = deck_item(l->deck, l->err);
	if (!item)
		return l->err->code;
	if (item->state.note && *item->state.note)
		linear_say(l, _("the note is: %s"), item->state.note);
	l->asks_note = true;
	return 0;
}

/* \n, \t and \\ in what a person types on one line. */
static void unescape(struct buf *out, struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		char next = text.p[i] == '\\' && i + 1 < text.len ? text.p[i + 1] : '\0';

		if (next == 'n' || next == 't' || next == '\\') {
			buf_addc(out, next == 'n' ? '\n' : next == 't' ? '\t' : '\\');
			i++;
		} else {
			buf_addc(out, text.p[i]);
		}
	}
}

/* The editable field a word names (its beginning will do), or ROLE_COUNT. */
static enum role editable_role(const struct item *item, struct span word)
{
	const struct lens *lens = lens_for(item->kind);

	for (const enum role *r = lens->editable; *r != ROLE_COUNT; r++)
		if (word.len && word.len <= strlen(role_name(*r)) && memcmp(role_name(*r), word.p, word.len) == 0)
			return *r;
	return ROLE_COUNT;
}

static void say_editable(struct linear *l, const struct item *item)
{
	const struct lens *lens = lens_for(item->kind);
	struct buf names = BUF_INIT;

	for (const enum role *r = lens->editable; *r != ROLE_COUNT; r++)
		buf_addf(&names, " %s", role_name(*r));
	linear_say(l, _("e FIELD TEXT: fields of this kind are:%s"), names.p);
	buf_free(&names);
}

/* The item's edits with `role` changed, as JSON. */
static void edits_with(struct buf *json, const struct item *item, enum role role, struct span text)
{
	const struct lens *lens = lens_for(item->kind);

	buf_addc(json, '{');
	for (const enum role *r = lens->editable; *r != ROLE_COUNT; r++) {
		struct span now = item_text(item, *r), was = record_value(&item->record, *r);

		if (*r == role)
			json_put_member(json, role_name(*r), text);
		else if (!span_eq(now, was))
			json_put_member(json, role_name(*r), now);
	}
	buf_addc(json, '}');
}

static int cmd_edit(struct linear *l, char key, struct span rest)
{
	const struct item *item = deck_item(l->deck, l->err);
	struct buf text = BUF_INIT, json = BUF_INIT;
	struct decision change = { .fields = DECISION_EDIT };
	bool judged = item && item->state.verdict != VERDICT_NONE;
	size_t n = 0;
	enum role role;
	int r = 0;

	(void)key;
	if (!item)
		return l->err->code;
	while (n < rest.len && rest.p[n] != ' ')
		n++;
	role = editable_role(item, span_make(rest.p, n));
	if (role == ROLE_COUNT || n == rest.len) {
		say_editable(l, item);
		return 0;
	}
	unescape(&text, span_make(rest.p + n + 1, rest.len - n - 1));
	edits_with(&json, item, role, buf_span(&text));
	change.edit = json.p;
	r = decide(l, &change, false, "edit", span_of(role_name(role)));
	item = deck_item(l->deck, NULL);
	if (judged && item && item->state.verdict == VERDICT_NONE && !l->cli->json)
		linear_say(l, "%s", _("The text is another now, so its verdict was taken back: judge it again."));
	buf_free(&text);
	buf_free(&json);
	return r;
}

static int cmd_undo(struct linear *l, char key, struct span rest)
{
	struct buf said = BUF_INIT;
	struct error err = { 0 };
	int r = key == 'u' ? deck_undo(l->deck, &said, &err) : deck_redo(l->deck, &said, &err);

	(void)rest;
	if (r == TAMIS_ESTORE) {
		*l->err = err;
	} else if (r != 0) {
		complain(l, &err);
		r = 0;
	} else {
		linear_say(l, "%s", said.p);
		l->show = true;
	}
	buf_free(&said);
	return r;
}

static int cmd_go(struct linear *l, char key, struct span rest)
{
	size_t at = deck_position(l->deck), count = deck_count(l->deck);
	char *text = xstrndup(rest.p ? rest.p : "", rest.len), *end = NULL;
	unsigned long long n = strtoull(text, &end, 10);

	if (key == 'k' || key == 'p')
		at = at ? at - 1 : 0;
	else if (key == 'j' || key == 0)
		at = at + 1;
	else if (*text && !*end && n >= 1 && n <= count)
		at = (size_t)n - 1;
	else
		linear_say(l, _("g N goes to item N of %zu"), count);
	free(text);
	deck_go(l->deck, at);
	l->show = true;
	return 0;
}

static int cmd_filter(struct linear *l, char key, struct span rest)
{
	const char *before = l->spec.where;
	char *where = rest.len ? xstrndup(rest.p, rest.len) : NULL;
	struct error err = { 0 };

	(void)key;
	l->spec.where = where;
	if (linear_open(l, &err) != 0) {
		complain(l, &err);
		l->spec.where = before;
		free(where);
		return 0;
	}
	free(l->where);
	l->where = where;
	linear_say(l, PL_("%zu item", "%zu items", deck_count(l->deck)), deck_count(l->deck));
	l->show = true;
	return 0;
}

static int cmd_show(struct linear *l, char key, struct span rest)
{
	(void)rest;
	if (key == 'm')
		l->meta = !l->meta;
	if (key == 'b')
		l->raw = !l->raw;
	l->show = true;
	return 0;
}

static int cmd_history(struct linear *l, char key, struct span rest)
{
	struct deck_history rows[HISTORY];
	size_t n = deck_history(l->deck, rows, HISTORY);

	(void)key;
	(void)rest;
	for (size_t i = n; i-- > 0;) {
		char ref[32];

		item_ref_format(ref, rows[i].ref);
		linear_say(l, "%s %s %s", ref, print_verdict(rows[i].verdict), rows[i].text);
	}
	if (n == 0)
		linear_say(l, _("no verdicts yet"));
	return 0;
}

static int cmd_stats(struct linear *l, char key, struct span rest)
{
	(void)key;
	(void)rest;
	linear_say_stats(l);
	return 0;
}

static int cmd_quit(struct linear *l, char key, struct span rest)
{
	(void)key;
	(void)rest;
	l->done = true;
	return 0;
}

static int cmd_help(struct linear *l, char key, struct span rest);

static const struct command commands[] = {
	{ "a", NULL, "[REASONS]", N_("accept"), true, cmd_verdict },
	{ "xr", N_("x or r"), "[REASONS]", N_("reject; x 2 5: for reasons 2 and 5"), true, cmd_verdict },
	{ "s", NULL, "[REASONS]", N_("skip"), true, cmd_verdict },
	{ "f", NULL, "[REASONS]", N_("flag"), true, cmd_verdict },
	{ "0", NULL, NULL, N_("take the verdict away"), true, cmd_verdict },
	{ "123456789", N_("1 to 9"), NULL, N_("give or take that reason"), true, cmd_reason },
	{ "n", NULL, "TEXT", N_("note; alone, asks for it; n - takes it away"), true, cmd_note },
	{ "e", NULL, "FIELD TEXT", N_("change a field; \\n is a line end"), true, cmd_edit },
	{ "u", NULL, NULL, N_("undo"), false, cmd_undo },
	{ "U", NULL, NULL, N_("redo"), false, cmd_undo },
	{ "jk", N_("j and k"), NULL, N_("the next item, the one before"), true, cmd_go },
	{ "g", NULL, "N", N_("go to item N"), true, cmd_go },
	{ "/", NULL, "FILTER", N_("another queue: what matches; empty: everything"), false, cmd_filter },
	{ "v", NULL, NULL, N_("print the item again"), true, cmd_show },
	{ "m", NULL, NULL, N_("with or without metadata"), true, cmd_show },
	{ "b", NULL, NULL, N_("the record's own bytes, or its fields"), true, cmd_show },
	{ "h", NULL, NULL, N_("the latest verdicts"), false, cmd_history },
	{ "t", NULL, NULL, N_("how far it is"), false, cmd_stats },
	{ "?", NULL, NULL, N_("this list, and the reasons"), false, cmd_help },
	{ "q", NULL, NULL, N_("leave"), false, cmd_quit },
};

static int cmd_help(struct linear *l, char key, struct span rest)
{
	(void)key;
	(void)rest;
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
		linear_say(l, "%s%s%s: %s", commands[i].shown ? _(commands[i].shown) : commands[i].keys, commands[i].argument ? " " : "",
		    commands[i].argument ? commands[i].argument : "", _(commands[i].help));
	for (size_t i = 0; i < l->reasons.n && i < 9; i++)
		linear_say(l, _("reason %zu: %s"), i + 1, l->reasons.text[i]);
	return 0;
}

/* A command is a word of one letter; digits may follow it at once (x25, g12), and anything may follow a sign. */
static bool is_command(const struct command *c, struct span line)
{
	size_t n = 1;

	if (line.p[0] == '\0' || !strchr(c->keys, line.p[0]))
		return false;
	if (line.p[0] == '/' || line.p[0] == '?')
		return true;
	while (n < line.len && line.p[n] >= '0' && line.p[n] <= '9')
		n++;
	return n == line.len || line.p[n] == ' ' || line.p[n] == '\t';
}

/* The line after a bare n. */
static int take_note(struct linear *l, struct span text)
{
	l->asks_note = false;
	if (text.len && deck_count(l->deck) > 0)
		return cmd_note(l, 'n', text);
	linear_say(l, _("the note stays as it is"));
	return 0;
}

int linear_command(struct linear *l, struct span line)
{
	line = span_trim(line);
	if (l->asks_note)
		return take_note(l, line);
	if (line.len == 0) {
		l->show = true;
		return 0;
	}
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		const struct command *c = &commands[i];

		if (!is_command(c, line))
			continue;
		if (!c->needs_item || deck_count(l->deck) > 0)
			return c->run(l, line.p[0], span_trim(span_make(line.p + 1, line.len - 1)));
		linear_say(l, _("the queue is empty"));
		return 0;
	}
	linear_say(l, _("“%.*s” is no command; ? lists them"), (int)line.len, line.p);
	return 0;
}
