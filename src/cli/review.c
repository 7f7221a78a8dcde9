/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tamis review: into a queue, on the screen or line by line. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/i18n.h"
#include "cli/linear.h"
#include "cli/verb.h"

const struct verb verb_review;

static const struct verb_option options[] = {
	{ .name = "where", .value = "FILTER", .help = N_("only what matches") },
	{ .name = "sample", .letter = 'n', .value = "N", .help = N_("only the first N of the order") },
	{ .name = "order", .value = "ORDER", .help = N_("the queue's order (default: file)"), .choices = "file random score -score" },
	{ .name = "queue", .letter = 'q', .value = "NAME", .help = N_("of a run: those to judge next, chosen and ordered by score"),
	  .choices = "threshold above strata conflict band audit clusters" },
	{ .name = "threshold", .value = "T", .help = N_("the score such a queue is about (default: the one kept with the run)") },
	{ .name = "seed", .value = "N", .help = N_("of the random order (default: 1)") },
	{ .name = "undecided", .letter = 'u', .help = N_("only what has no verdict yet") },
	{ .name = NULL },
};

static enum deck_order order_from(const char *name)
{
	static const struct {
		const char *name;
		enum deck_order order;
	} orders[] = { { "file", DECK_FILE }, { "random", DECK_RANDOM }, { "score", DECK_SCORE_UP }, { "-score", DECK_SCORE_DOWN } };

	for (size_t i = 0; name && i < sizeof orders / sizeof orders[0]; i++)
		if (strcmp(orders[i].name, name) == 0)
			return orders[i].order;
	return DECK_FILE;
}

/* A queue is a corpus by name or a run by number. */
static int read_queue(struct cli *cli, struct deck_spec *spec, char name[64], const char *word, struct error *err)
{
	struct corpus corpus;
	struct run run = { 0 };
	char *end = NULL;
	long long id = word ? strtoll(word, &end, 10) : 0;
	int r;

	if (word && *end == '\0' && id > 0) {
		r = store_run_get(cli->store, &run, id, err);
		if (r != 0)
			return r;
		spec->run = id;
		snprintf(name, 64, "%lld", id);
		run_free(&run);
		return 0;
	}
	r = cli_corpus_or_only(cli, &corpus, word, err);
	if (r != 0)
		return r;
	spec->corpus = corpus.id;
	spec->kind = corpus.kind;
	snprintf(name, 64, "%s", corpus.name);
	return 0;
}

static int read_spec(struct cli *cli, struct deck_spec *spec, char name[64], const struct verb_args *args, struct error *err)
{
	const char *order = NULL, *queue = NULL;
	int r = arg_count(&spec->sample, &verb_review, args, "sample", 1, UINT64_MAX, err);

	spec->seed = 1;
	if (r == 0)
		r = arg_count(&spec->seed, &verb_review, args, "seed", 0, UINT64_MAX, err);
	if (r == 0)
		r = arg_choice(&order, &verb_review, args, "order", err);
	if (r == 0)
		r = arg_choice(&queue, &verb_review, args, "queue", err);
	if (r == 0)
		r = arg_real(&spec->threshold, &verb_review, args, "threshold", -1e9, 1e9, err);
	if (r == 0)
		r = cli_workspace(cli, false, err);
	if (r != 0)
		return r;
	spec->queue = queue ? queue_find(span_of(queue)) : NULL;
	/* A sample is no sample when it is the beginning of the file. */
	spec->order = spec->sample && !order && !queue ? DECK_RANDOM : order_from(order);
	spec->where = arg_value(&verb_review, args, "where");
	spec->undecided_only = arg_flag(&verb_review, args, "undecided");
	r = read_queue(cli, spec, name, args->n_words ? args->words[0] : NULL, err);
	if (r == 0 && queue && !spec->run)
		r = error_set(err, TAMIS_EUSAGE, _("--queue is for the items of a run: give its number"));
	return r;
}

static int run(struct cli *cli, const struct verb_args *args, struct error *err)
{
	struct deck_spec spec = { 0 };
	char queue[64] = "";
	struct screen_request request = { .queue = queue, .where = arg_value(&verb_review, args, "where") };
	int r = read_spec(cli, &spec, queue, args, err);

	if (r != 0)
		return r;
	if (cli->linear) {
		r = cli_refresh(cli, spec.corpus, err);
		return r != 0 ? r : linear_review(cli, &spec, err);
	}
	if (!cli->batch && !isatty(STDOUT_FILENO))
		return error_set(err, TAMIS_EUSAGE, _("the screen needs a terminal; with --linear the review goes line by line"));
	request.sample = spec.sample;
	request.order = spec.order;
	request.seed = spec.seed;
	request.undecided = spec.undecided_only;
	request.next = spec.queue;
	request.threshold = spec.threshold;
	return cli->screen(cli, &request, err);
}

const struct verb verb_review = {
	.name = "review",
	.synopsis = "[QUEUE]",
	.help = N_("judge items one after the other"),
	.options = options,
	.max_words = 1,
	.run = run,
	.more = N_("QUEUE is a corpus or a run's number; it may be left out when there is one corpus only. With --linear the loop needs no "
		   "screen: it prints an item, reads a line, acknowledges the verdict once it is on disk. ? lists its commands."),
};
