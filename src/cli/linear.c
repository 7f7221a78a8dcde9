/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The review loop, line by line. */
#include "config.h"

#include "cli/linear.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/i18n.h"
#include "cli/print.h"

#define PIPE_COLUMNS 78

void linear_say(struct linear *l, const char *fmt, ...)
{
	va_list args;
	char *text = NULL;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0) {
		text = NULL;
	} else if (l->cli->json) { /* standard output is objects only */
		cli_note(l->cli, "%s", text);
	} else {
		cli_put_data(l->cli, span_of(text));
		cli_puts(l->cli, "\n");
	}
	free(text);
	va_end(args);
}

void linear_say_stats(struct linear *l)
{
	struct deck_stats st;

	deck_stats(l->deck, &st);
	linear_say(l, _("%zu of %zu judged: %zu accepted, %zu rejected, %zu skipped, %zu flagged"), st.decided, st.count, st.accepted,
	    st.rejected, st.skipped, st.flagged);
	if (st.accepted + st.rejected)
		linear_say(l, _("acceptance %.1f %% (95 %% interval %.1f to %.1f)"), 100 * st.acceptance, 100 * st.low, 100 * st.high);
}

int linear_open(struct linear *l, struct error *err)
{
	struct deck *deck = NULL;
	int r = deck_open(&deck, l->cli->ws, l->cli->store, &l->spec, NULL, cli_stop(), err);

	if (r != 0)
		return r;
	if (l->deck)
		deck_free(l->deck);
	l->deck = deck;
	return 0;
}

static int show_item(struct linear *l)
{
	struct lens_view view = { .columns = l->cli->columns ? l->cli->columns : PIPE_COLUMNS, .meta = l->meta, .raw = l->raw };
	const struct item *item;
	struct sheet sheet = { 0 };
	char ref[32];

	l->show = false;
	if (deck_count(l->deck) == 0)
		return 0;
	item = deck_item(l->deck, l->err);
	if (!item)
		return l->err->code;
	if (l->cli->json) {
		print_item(l->cli, item, true);
		return 0;
	}
	if (item->kind != l->listed) {
		l->listed = item->kind;
		reasons_load(&l->reasons, lens_for(item->kind)->name);
	}
	item_ref_format(ref, item->ref);
	linear_say(l, _("\nitem %zu of %zu: %s, verdict %s"), deck_position(l->deck) + 1, deck_count(l->deck), ref,
	    print_verdict(item->state.verdict));
	lens_draw(&sheet, item, &view);
	print_sheet(l->cli, &sheet);
	sheet_free(&sheet);
	deck_painted(l->deck);
	return 0;
}

static void prompt(struct linear *l)
{
	if (l->cli->json)
		return;
	if (l->asks_note)
		cli_puts(l->cli, _("note (an empty line keeps it as it is): "));
	else
		cli_puts(l->cli, deck_count(l->deck) ? _("a accept, x reject, s skip, f flag, 1-9 reason, n note, e edit, u undo, ? help, q quit: ")
					     : _("nothing in this queue; / FILTER, u undo, ? help, q quit: "));
}

/* A queue left earlier goes on where it was: what was passed over before that place must be said. */
static void say_place(struct linear *l)
{
	size_t at = deck_position(l->deck), undecided = 0;

	if (at == 0 || deck_count(l->deck) == 0)
		return;
	for (size_t i = 0; i < at; i++)
		undecided += deck_verdict(l->deck, i) == VERDICT_NONE;
	linear_say(l, _("continuing at item %zu; %zu undecided before"), at + 1, undecided);
}

static int loop(struct linear *l)
{
	bool typed = isatty(STDIN_FILENO);
	char *line = NULL;
	size_t cap = 0;
	int r = 0;

	l->show = true;
	say_place(l);
	while (r == 0 && !l->done && !l->cli->gone) {
		ssize_t n;

		if (l->show)
			r = show_item(l);
		if (r != 0)
			break;
		prompt(l);
		cli_flush(l->cli);
		n = getline(&line, &cap, stdin);
		if (n <= 0)
			break;
		/* What came through a pipe is written behind the prompt, so that a log reads as a session did. */
		if (!typed && !l->cli->json)
			linear_say(l, "%.*s", (int)strcspn(line, "\r\n"), line);
		r = linear_command(l, span_make(line, (size_t)n));
	}
	free(line);
	return r;
}

int linear_review(struct cli *cli, const struct deck_spec *spec, struct error *err)
{
	struct linear l = { .cli = cli, .spec = *spec, .err = err };
	int r;

	r = linear_open(&l, err);
	if (r == 0)
		r = loop(&l);
	if (r == 0 && cli_was_interrupted())
		r = error_set(err, TAMIS_ECANCEL, _("interrupted; every verdict acknowledged above is saved"));
	if (l.deck && r == 0 && !cli->json) {
		cli_puts(cli, "\n");
		linear_say_stats(&l);
	}
	if (l.deck)
		deck_free(l.deck);
	free(l.where);
	return r;
}
