/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tamis label: verdicts without the screen, all of one call as one step for undo. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/json.h"
#include "cli/suggest.h"
#include "cli/verb.h"
#include "review/item.h"
#include "review/lens.h"
#include "review/reasons.h"

#define BATCH 256

const struct verb verb_label;

static const struct verb_option options[] = {
	{ .name = "reason", .letter = 'r', .value = "R", .help = N_("why: a reason's number or its words; may be given again"), .many = true },
	{ .name = "note", .letter = 'm', .value = "TEXT", .help = N_("a note, kept with the item") },
	{ .name = NULL },
};

struct labelling {
	struct cli *cli;
	const struct verb_args *args;
	struct item_source *source;
	struct decision change;
	struct reasons reasons;  /* of the kind `listed` */
	enum item_kind listed;
	struct bulk_step *step;
	struct decision batch[BATCH];
	size_t n;
	struct item item;        /* scratch */
	uint64_t labelled;
	uint64_t left_out;       /* asked to be accepted, though they have no instruction */
	uint64_t texts; /* different ones among them */
};

/* All --reason values as bits, by the list of the item's kind. */
static int read_reasons(struct labelling *l, struct decision *d, struct error *err)
{
	const struct verb_args *args = l->args;

	if (args->n_many && d->kind != l->listed) {
		reasons_load(&l->reasons, lens_for(d->kind)->name);
		l->listed = d->kind;
	}
	for (size_t i = 0; i < args->n_many; i++) {
		const char *word = args->many[2 * i + 1];
		uint32_t bit = 0;

		if (!reasons_bit(&l->reasons, span_of(word), &bit))
			return error_set(err, TAMIS_EUSAGE, _("no reason “%s” for kind %s: its number or the beginning of its words, "
							      "one of those in share/reasons/%s"),
					 word, item_kind_name(d->kind), lens_for(d->kind)->name);
		d->reasons |= bit;
	}
	return 0;
}

/* Key and kind of what `ref` names; records are not read for it. */
static int identify(struct labelling *l, struct decision *d, item_ref ref, struct error *err)
{
	struct buf body = BUF_INIT;
	struct item_row row;
	struct record_fact fact;
	struct corpus_view *view;
	uint64_t i;
	int r;

	d->ref = ref;
	if (!item_ref_is_record(ref)) {
		r = store_item_get(l->cli->store, &row, &body, item_ref_id(ref), err);
		if (r == 0) {
			d->key = row.key;
			d->kind = row.kind;
		}
		buf_free(&body);
		return r;
	}
	view = item_source_view(l->source, item_ref_source(ref), err);
	if (!view)
		return err->code ? err->code : TAMIS_ENOTFOUND;
	if (!corpus_view_find(view, ref, &i))
		return error_set(err, TAMIS_ENOTFOUND, _("its file has no record %llu"), (unsigned long long)item_ref_number(ref) + 1);
	r = corpus_view_facts(view, l->cli->store, i, 1, &fact, err);
	d->key = fact.key;
	d->kind = corpus_view_source(view, ref)->shape.kind;
	return r;
}

/* Whether there is nothing to accept. */
static int lacks(struct labelling *l, const struct decision *d, bool *out, struct error *err)
{
	int r = 0;

	*out = false;
	if (d->verdict == VERDICT_ACCEPT && d->kind == KIND_INSTRUCTION && !item_ref_is_record(d->ref)) {
		r = item_load(&l->item, l->source, d->ref, err);
		*out = r == 0 && item_lacks_instruction(&l->item);
	}
	return r;
}

static int flush(struct labelling *l, struct error *err)
{
	int r = l->n ? bulk_add(l->step, l->batch, l->n, err) : 0;

	l->labelled += l->n;
	l->n = 0;
	return r;
}

static int label_one(struct labelling *l, const char *word, struct error *err)
{
	struct decision *d = &l->batch[l->n];
	bool left = false;
	item_ref ref;
	int r = cli_ref(&ref, word, err);

	if (r != 0)
		return r;
	*d = l->change;
	r = identify(l, d, ref, err);
	if (r == 0)
		r = read_reasons(l, d, err);
	if (r == 0)
		r = lacks(l, d, &left, err);
	if (r != 0) {
		error_prefix(err, "%s", word);
		return r;
	}
	l->left_out += left;
	l->n += !left;
	return l->n == BATCH ? flush(l, err) : 0;
}

/* A line of standard input: an id, alone or first, or an object of --json with its `item`. */
static int label_line(struct labelling *l, struct span line, struct error *err)
{
	struct json_member members[64];
	struct json_fault fault;
	size_t n = 0, len = 0;
	char *word;
	int r;

	line = span_trim(line);
	if (line.len == 0)
		return 0;
	if (line.p[0] == '{') {
		if (json_scan_object(line, members, 64, &n, &fault) != 0)
			return error_set(err, TAMIS_EPARSE, _("standard input: no JSON object at byte %zu of a line: %s"), fault.at,
					 _(fault.reason));
		line = span_make(line.p, 0);
		for (size_t i = 0; i < n && i < 64; i++)
			if (span_is(members[i].key, "item"))
				line = members[i].value;
	}
	while (len < line.len && line.p[len] != ' ' && line.p[len] != '\t')
		len++;
	word = xstrndup(line.p, len);
	r = label_one(l, word, err);
	free(word);
	return r;
}

static int label_input(struct labelling *l, struct error *err)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	int r = 0;

	while (r == 0 && (n = getline(&line, &cap, stdin)) > 0)
		r = label_line(l, span_make(line, (size_t)n), err);
	free(line);
	return r;
}

static int read_verdict(struct decision *d, const char *word, struct error *err)
{
	bool ok = false;
	struct suggest s;

	d->fields |= DECISION_VERDICT;
	if (strcmp(word, "none") == 0) {
		d->verdict = VERDICT_NONE;
		return 0;
	}
	d->verdict = verdict_from_name(span_of(word), &ok);
	if (ok)
		return 0;
	suggest_init(&s, word);
	for (int v = VERDICT_ACCEPT; v <= VERDICT_FLAG; v++)
		suggest_offer(&s, verdict_name((enum verdict)v));
	if (s.nearest)
		return error_set(err, TAMIS_EUSAGE, _("the verdict comes last; “%s” is none, did you mean %s?"), word, s.nearest);
	return error_set(err, TAMIS_EUSAGE, _("the verdict comes last: accept, reject, skip, flag or none, not “%s”"), word);
}

static void put_summary(const struct labelling *l)
{
	const char *verdict = l->change.verdict == VERDICT_NONE ? "none" : verdict_name(l->change.verdict);
	struct buf line = BUF_INIT;

	if (l->cli->json) {
		buf_addc(&line, '{');
		json_put_member(&line, "verdict", span_of(verdict));
		json_put_int(&line, "labelled", (int64_t)l->labelled);
		if (l->left_out)
			json_put_int(&line, "left_out", (int64_t)l->left_out);
		buf_adds(&line, "}\n");
		cli_put(l->cli, buf_span(&line));
	} else if (l->texts < l->labelled) { /* verdicts belong to the content: undo counts these */
		cli_note(l->cli, PL_("%llu items, %llu different text: %s", "%llu items, %llu different texts: %s", l->texts),
			 (unsigned long long)l->labelled, (unsigned long long)l->texts, verdict);
	} else {
		cli_note(l->cli, PL_("%llu item: %s", "%llu items: %s", l->labelled), (unsigned long long)l->labelled, verdict);
	}
	if (l->left_out && !l->cli->json)
		cli_note(l->cli, PL_("%llu left out: it has no instruction", "%llu left out: they have no instruction", l->left_out),
			 (unsigned long long)l->left_out);
	buf_free(&line);
}

static int label_all(struct labelling *l, struct error *err)
{
	size_t n_ids = l->args->n_words - 1;
	int64_t count = 0;
	int r = bulk_begin(&l->step, l->cli->store, verdict_name(l->change.verdict), err), end;
	struct error end_err = { 0 };

	if (r != 0)
		return r;
	for (size_t i = 0; i < n_ids && r == 0; i++)
		r = strcmp(l->args->words[i], "-") == 0 ? label_input(l, err) : label_one(l, l->args->words[i], err);
	if (r == 0)
		r = flush(l, err);
	if (r == 0 && l->left_out && l->labelled == 0)
		r = error_set(err, TAMIS_ENOTFOUND, _("There is nothing to accept: it has no instruction. Write one, or reject it."));
	end = bulk_end(l->step, r == 0, &count, &end_err);
	l->texts = (uint64_t)count;
	if (r == 0 && end != 0) {
		*err = end_err;
		r = end;
	}
	return r;
}

static int run(struct cli *cli, const struct verb_args *args, struct error *err)
{
	struct labelling *l;
	struct decision change = { .note = arg_value(&verb_label, args, "note") };
	int r = read_verdict(&change, args->words[args->n_words - 1], err);

	if (change.note)
		change.fields |= DECISION_NOTE;
	if (args->n_many)
		change.fields |= DECISION_REASONS;
	if (r == 0)
		r = cli_workspace(cli, false, err);
	if (r == 0)
		r = cli_refresh(cli, 0, err);
	if (r != 0)
		return r;
	l = xcalloc(1, sizeof *l);
	*l = (struct labelling){ .cli = cli, .args = args, .source = item_source_new(cli->store), .change = change };
	item_init(&l->item);
	r = label_all(l, err);
	if (r == 0)
		put_summary(l);
	item_free(&l->item);
	item_source_free(l->source);
	free(l);
	return r;
}

const struct verb verb_label = {
	.name = "label",
	.synopsis = "ID… VERDICT",
	.help = N_("give verdicts without the screen"),
	.options = options,
	.min_words = 2,
	.max_words = -1,
	.run = run,
	.more = N_("VERDICT is accept, reject, skip, flag or none. An id - reads ids from standard input, one a line, or the objects ls "
		   "--json prints. All of one call is one step for undo; when one id is wrong nothing is changed."),
	.words = "accept reject skip flag none",
};
