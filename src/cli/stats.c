/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tamis stats: verdicts, acceptance and pace. */
#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/stats.h"
#include "cli/table.h"
#include "cli/verb.h"

#define WILSON_95 1.959964
#define LEAST_ACTIVE_MS 3000 /* a pace of less says nothing */

const struct verb verb_stats;

static const struct verb_option options[] = {
	{ .name = "run", .letter = 'r', .value = "N", .help = N_("only items of run N") },
	{ .name = NULL },
};

static const struct table_column columns[] = {
	{ .key = "kind", .title = N_("kind") },
	{ .key = "annotator", .title = N_("annotator"), .cut = true },
	{ .key = "items", .title = N_("items"), .right = true },
	{ .key = "accept", .title = N_("accept"), .right = true },
	{ .key = "reject", .title = N_("reject"), .right = true },
	{ .key = "skip", .title = N_("skip"), .right = true },
	{ .key = "flag", .title = N_("flag"), .right = true },
	{ .key = "acceptance", .title = N_("acceptance"), .right = true },
	{ .key = "low", .title = N_("at least"), .right = true },
	{ .key = "high", .title = N_("at most (95 %)"), .right = true },
	{ .key = "per_minute", .title = N_("a minute"), .right = true },
	{ .key = "median_shown_ms", .title = N_("median ms"), .right = true },
	{ .key = "decisions", .title = N_("decisions"), .right = true },
	{ .key = "undone", .title = N_("undone"), .right = true },
};

#define COLUMNS (sizeof columns / sizeof columns[0])
#define WHOLE_COLUMNS 136 /* of a terminal that takes all in one table */

/* What a narrow terminal shows in a table of its own, below the one with the rest. */
static bool is_rate(const char *key)
{
	static const char *const rates[] = { "acceptance", "low", "high", "per_minute", "median_shown_ms" };

	for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++)
		if (strcmp(key, rates[i]) == 0)
			return true;
	return false;
}

/* Without the titles of one half; columns 0 and 1 say whose row it is. */
static void half_of_columns(struct table_column out[COLUMNS], bool rates)
{
	memcpy(out, columns, sizeof columns);
	for (size_t i = 2; i < COLUMNS; i++)
		if (is_rate(columns[i].key) != rates)
			out[i].title = NULL;
}

static void put_acceptance(struct table *t, uint64_t accepted, uint64_t rejected)
{
	double low = NAN, high = NAN, share = NAN;

	if (accepted + rejected) {
		share = (double)accepted / (double)(accepted + rejected);
		stats_wilson(accepted, accepted + rejected, WILSON_95, &low, &high);
	}
	table_percent(t, share);
	table_percent(t, low);
	table_percent(t, high);
}

static void put_group(struct table *t, const struct verdict_group *g, bool all)
{
	uint64_t items = 0;

	for (int v = VERDICT_ACCEPT; v <= VERDICT_FLAG; v++)
		items += g->by[v];
	table_string(t, all && g->kind == KIND_NONE ? NULL : item_kind_name(g->kind));
	table_string(t, all ? NULL : g->annotator);
	table_count(t, items);
	for (int v = VERDICT_ACCEPT; v <= VERDICT_FLAG; v++)
		table_count(t, g->by[v]);
	put_acceptance(t, g->by[VERDICT_ACCEPT], g->by[VERDICT_REJECT]);
	table_real(t, g->active_ms >= LEAST_ACTIVE_MS ? (double)g->timed * 60000 / (double)g->active_ms : NAN, 1);
	if (g->median_shown_ms)
		table_count(t, g->median_shown_ms);
	else
		table_none(t);
	table_count(t, g->decisions);
	table_count(t, g->undone);
	table_row(t);
}

/* The sum; medians don't add up, the store knows that of all. */
static void put_total(struct table *t, const struct verdict_group *groups, size_t n, uint64_t median_shown_ms)
{
	struct verdict_group all = { .kind = n ? groups[0].kind : KIND_NONE, .median_shown_ms = median_shown_ms };

	for (size_t i = 0; i < n; i++) {
		for (int v = 0; v < 5; v++)
			all.by[v] += groups[i].by[v];
		all.decisions += groups[i].decisions;
		all.undone += groups[i].undone;
		all.timed += groups[i].timed;
		all.active_ms += groups[i].active_ms;
		if (groups[i].kind != all.kind)
			all.kind = KIND_NONE;
	}
	put_group(t, &all, true);
}

static void put_table(struct cli *cli, const struct table_column *shown, const struct verdict_group *groups, size_t n,
		      uint64_t median_shown_ms)
{
	struct table t;

	table_init(&t, cli, shown, COLUMNS);
	for (size_t i = 0; i < n; i++)
		put_group(&t, &groups[i], false);
	if (n != 1)
		put_total(&t, groups, n, median_shown_ms);
	table_end(&t);
}

static int run(struct cli *cli, const struct verb_args *args, struct error *err)
{
	struct verdict_group *groups = NULL;
	struct verdict_counts counts;
	struct table_column half[COLUMNS];
	uint64_t run_id = 0;
	size_t n = 0;
	int r = arg_count(&run_id, &verb_stats, args, "run", 1, INT64_MAX, err);

	if (r == 0)
		r = cli_workspace_to_read(cli, err);
	if (r == 0)
		r = store_verdict_groups(cli->store, (int64_t)run_id, &groups, &n, err);
	if (r == 0)
		r = store_counts(cli->store, (int64_t)run_id, &counts, err);
	if (r == 0 && n == 0 && !cli->json) {
		cli_note(cli, _("no verdicts yet"));
	} else if (r == 0 && !cli->json && cli->columns && cli->columns < WHOLE_COLUMNS) {
		half_of_columns(half, false);
		put_table(cli, half, groups, n, counts.median_shown_ms);
		cli_puts(cli, "\n");
		half_of_columns(half, true);
		put_table(cli, half, groups, n, counts.median_shown_ms);
	} else if (r == 0) {
		put_table(cli, columns, groups, n, counts.median_shown_ms);
	}
	free(groups);
	return r;
}

const struct verb verb_stats = {
	.name = "stats",
	.synopsis = "",
	.help = N_("verdicts, acceptance and pace"),
	.options = options,
	.run = run,
	.more = N_("By kind of item and annotator: the verdicts as they stand, acceptance with its 95 % Wilson interval, items a minute "
		   "(pauses of over five minutes left out), the median time an item was shown, and the decisions in the log."),
};
