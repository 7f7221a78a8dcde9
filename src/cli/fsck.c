/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tamis fsck: is the workspace sound? */
#include "config.h"

#include "base/i18n.h"
#include "base/json.h"
#include "cli/verb.h"

static void report(void *ctx, const char *problem)
{
	struct cli *cli = ctx;
	struct buf line = BUF_INIT;

	if (cli->json) {
		buf_addc(&line, '{');
		json_put_member(&line, "problem", span_of(problem));
		buf_adds(&line, "}\n");
		cli_put(cli, buf_span(&line));
	} else {
		cli_put_data(cli, span_of(problem));
		cli_puts(cli, "\n");
	}
	buf_free(&line);
}

static int run(struct cli *cli, const struct verb_args *args, struct error *err)
{
	int r = cli_workspace_to_read(cli, err);

	(void)args;
	if (r == 0)
		r = store_fsck(cli->store, report, cli, err);
	if (r < 0)
		return r;
	if (cli->json)
		cli_putf(cli, "{\"problems\":%d}\n", r);
	else if (r == 0)
		cli_note(cli, _("%s is sound"), cli->workspace);
	else
		cli_note(cli, PL_("%d problem in %s", "%d problems in %s", r), r, cli->workspace);
	return r > 0 ? 1 : 0;
}

const struct verb verb_fsck = {
	.name = "fsck",
	.synopsis = "",
	.help = N_("check that the workspace is sound"),
	.run = run,
	.more = N_("Checks the database's integrity, references, hashes, and that every source is still the file that was imported. "
		   "One line per problem; the exit status is 1 when there is one."),
};
