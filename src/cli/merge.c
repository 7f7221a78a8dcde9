/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tamis merge: another curator's decisions. */
#include "config.h"

#include "base/i18n.h"
#include "base/json.h"
#include "cli/verb.h"

static int run(struct cli *cli, const struct verb_args *args, struct error *err)
{
	struct merge_counts counts = { 0 };
	struct buf line = BUF_INIT;
	int r = cli_workspace(cli, false, err);

	if (r == 0)
		r = store_merge(cli->store, args->words[0], &counts, err);
	if (r != 0)
		return r;
	if (cli->json) {
		buf_addc(&line, '{');
		json_put_int(&line, "decisions", (int64_t)counts.decisions);
		json_put_int(&line, "known", (int64_t)counts.known);
		json_put_int(&line, "conflicts", (int64_t)counts.conflicts);
		buf_adds(&line, "}\n");
		cli_put(cli, buf_span(&line));
	} else {
		cli_note(cli, _("%llu new decisions, %llu known already, %llu conflicts"), (unsigned long long)counts.decisions,
			 (unsigned long long)counts.known, (unsigned long long)counts.conflicts);
		if (counts.conflicts)
			cli_note(cli, _("items in conflict are flagged: tamis review --where verdict=flag"));
		if (counts.one_name)
			cli_note(cli, _("both annotators have the same name; the notes tell them apart by their workspaces' names"));
	}
	buf_free(&line);
	return 0;
}

const struct verb verb_merge = {
	.name = "merge",
	.synopsis = "FILE",
	.help = N_("bring another workspace's decisions in"),
	.min_words = 1,
	.max_words = 1,
	.run = run,
	.more = N_("The same items are known by their content, wherever their files lie. Merging twice changes nothing. Items two "
		   "curators judged differently are flagged and become a queue."),
};
