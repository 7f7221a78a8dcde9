/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tamis calibrate: how far a run's score can be trusted, from the verdicts so far. */
#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/json.h"
#include "cli/table.h"
#include "cli/verb.h"
#include "review/scores.h"

#define BARS 10
#define WHOLE_COLUMNS 150 /* of a terminal that takes all in one table */

const struct verb verb_calibrate;

static const struct verb_option options[] = {
	{ .name = "threshold", .letter = 't', .value = "T", .help = N_("only the figures at this score") },
	{ .name = "precision", .letter = 'p', .value = "P", .help = N_("only those at the lowest score whose precision is P or more, at 95 %") },
	{ .name = "keep", .letter = 'k', .help = N_("keep that threshold with the run: review and export can use it") },
	{ .name = "forget", .help = N_("keep no threshold any more") },
	{ .name = NULL },
};

static const struct table_column columns[] = {
	{ .key = "threshold", .title = N_("score"), .right = true },
	{ .key = "n", .title = N_("items"), .right = true },
	{ .key = "accepted", .title = N_("accept"), .right = true },
	{ .key = "rejected", .title = N_("reject"), .right = true },
	{ .key = "other", .title = N_("other"), .right = true },
	{ .key = "good", .title = N_("good"), .right = true },
	{ .key = "probability", .title = N_("fitted"), .right = true },
	{ .key = "kept", .title = N_("from here"), .right = true },
	{ .key = "precision", .title = N_("precision"), .right = true },
	{ .key = "precision_low", .title = N_("at least"), .right = true },
	{ .key = "precision_high", .title = N_("at most (95 %)"), .right = true },
	{ .key = "recall", .title = N_("recall"), .right = true },
	{ .key = "recall_low", .title = N_("at least"), .right = true },
	{ .key = "recall_high", .title = N_("at most (95 %)"), .right = true },
	{ .key = "expected_errors", .title = N_("errors"), .right = true },
	{ .key = "expected_left", .title = N_("good left"), .right = true },
	{ .key = "kappa", .title = N_("kappa"), .right = true },
};

#define COLUMNS (sizeof columns / sizeof columns[0])
#define OF_THE_BAR 7   /* first columns: what lies between this score and the next */

static void put_row(struct table *t, const struct scores *sc, const struct calibration_bar *bar)
{
	struct calibration_figures f;

	calibration_at(sc->calibration, bar->low, &f);
	table_real(t, bar->low, 4);
	table_count(t, bar->n);
	table_count(t, bar->accepted);
	table_count(t, bar->rejected);
	table_count(t, bar->other);
	table_percent(t, bar->good.share);
	table_real(t, bar->probability, 3);
	table_count(t, f.kept);
	table_percent(t, f.precision.share);
	table_percent(t, f.precision.low);
	table_percent(t, f.precision.high);
	table_percent(t, f.recall.share);
	table_percent(t, f.recall.low);
	table_percent(t, f.recall.high);
	table_real(t, f.errors, 1);
	table_real(t, f.left, 1);
	table_real(t, f.kappa, 3);
	table_row(t);
}

static void put_table(struct cli *cli, const struct scores *sc, const struct table_column *shown, const struct calibration_bar *bars,
		      size_t n)
{
	struct table t;

	table_init(&t, cli, shown, COLUMNS);
	for (size_t i = n; i-- > 0;)
		put_row(&t, sc, &bars[i]);
	table_end(&t);
}

/* A narrow terminal gets two tables: what lies at a score, and what taking everything from there on would mean. */
static void put_tables(struct cli *cli, const struct scores *sc, const struct calibration_bar *bars, size_t n)
{
	struct table_column half[2][COLUMNS];

	if (cli->json || !cli->columns || cli->columns >= WHOLE_COLUMNS) {
		put_table(cli, sc, columns, bars, n);
		return;
	}
	for (size_t k = 0; k < 2; k++) {
		memcpy(half[k], columns, sizeof columns);
		for (size_t i = 1; i < COLUMNS; i++)
			if ((i < OF_THE_BAR) != (k == 0))
				half[k][i].title = NULL;
	}
	put_table(cli, sc, half[0], bars, n);
	cli_puts(cli, "\n");
	put_table(cli, sc, half[1], bars, n);
}

/* The rows to show: one at a threshold asked for, else a row of them; `*threshold` is the one to keep. */
static int choose(struct scores *sc, const struct verb_args *args, struct calibration_bar bars[SCORES_BARS], size_t *n, double *threshold,
		  struct error *err)
{
	double least, most, wanted = NAN;
	int r;

	calibration_range(sc->calibration, &least, &most);
	*threshold = NAN;
	r = arg_real(threshold, &verb_calibrate, args, "threshold", -1e9, 1e9, err);
	if (r == 0)
		r = arg_real(&wanted, &verb_calibrate, args, "precision", 0, 1, err);
	if (r == 0 && !isnan(wanted) && !isnan(*threshold))
		return error_set(err, TAMIS_EUSAGE, _("give --threshold or --precision, not both"));
	if (r == 0 && !isnan(wanted)) {
		*threshold = calibration_threshold(sc->calibration, wanted, true);
		if (isnan(*threshold))
			return error_set(err, TAMIS_ENOTFOUND, _("no score of run %lld is shown to be that precise yet: judge more of its items"),
					 (long long)sc->run);
	}
	if (r != 0)
		return r;
	if (isnan(*threshold)) {
		*n = scores_bars(sc, BARS, bars);
		bars[0].low = least;
		*threshold = sc->threshold;
	} else {
		*n = 1;
		calibration_bar(sc->calibration, *threshold, INFINITY, &bars[0]);
	}
	return 0;
}

static void say_state(struct cli *cli, const struct scores *sc)
{
	struct calibration_figures f;

	calibration_at(sc->calibration, -INFINITY, &f);
	cli_note(cli, PL_("run %lld: %zu item with a score", "run %lld: %zu items with a score", f.kept), (long long)sc->run, f.kept);
	if (f.accepted + f.rejected == 0)
		cli_note(cli, sc->scale == SCALE_PROBABILITY
				      ? _("No verdicts yet: probabilities are as the run gave them. Judge some with tamis review.")
				      : _("No verdicts yet, so nothing can be said. Judge some with tamis review."));
	if (sc->kept)
		cli_note(cli, _("threshold kept with the run: %.4g"), sc->threshold);
}

static int run(struct cli *cli, const struct verb_args *args, struct error *err)
{
	struct calibration_bar bars[SCORES_BARS];
	struct scores *sc = NULL;
	char *end;
	long long id = strtoll(args->words[0], &end, 10);
	double threshold;
	size_t n = 0;
	int r;

	if (*end || id < 1)
		return error_set(err, TAMIS_EUSAGE, _("“%s” is no number of a run; tamis ls runs lists them"), args->words[0]);
	r = cli_workspace(cli, false, err);
	if (r == 0)
		r = scores_open(&sc, cli->store, id, cli_stop(), err);
	if (r == 0)
		r = choose(sc, args, bars, &n, &threshold, err);
	if (r == 0 && arg_flag(&verb_calibrate, args, "forget"))
		r = scores_keep_threshold(sc, cli->store, NAN, err);
	else if (r == 0 && arg_flag(&verb_calibrate, args, "keep"))
		r = scores_keep_threshold(sc, cli->store, threshold, err);
	if (r == 0) {
		put_tables(cli, sc, bars, n);
		say_state(cli, sc);
	}
	scores_free(sc);
	return r;
}

const struct verb verb_calibrate = {
	.name = "calibrate",
	.synopsis = "RUN",
	.help = N_("what a run's score is worth, from the verdicts so far"),
	.options = options,
	.min_words = 1,
	.max_words = 1,
	.run = run,
	.more = N_("Of each score: what lies there, how much of it was judged good, and what taking everything from there on would mean: "
		   "precision and recall with their intervals (95 %), errors to expect, good items left out, Cohen's kappa. The estimates "
		   "allow for judging by score and by doubt (the queues of tamis review), not for choosing by other means."),
	.words = "runs",
};
