/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tamis undo and redo: the latest steps of this annotator, whole, across sessions. */
#include "config.h"

#include <stdlib.h>

#include "base/i18n.h"
#include "base/json.h"
#include "cli/verb.h"

typedef int (*step_fn)(struct workspace *w, int64_t *count, char label[128], item_ref *first, struct error *err);

static int read_steps(uint64_t *steps, const struct verb_args *args, struct error *err)
{
	char *end = NULL;

	*steps = 1;
	if (args->n_words == 0)
		return 0;
	*steps = strtoull(args->words[0], &end, 10);
	if (args->words[0][0] < '0' || args->words[0][0] > '9' || *end || *steps < 1 || *steps > 1000000)
		return error_set(err, TAMIS_EUSAGE, _("“%s” is no number of steps (1 to 1000000)"), args->words[0]);
	return 0;
}

static void say_step(struct cli *cli, const char *key, int64_t count, const char *label, item_ref first)
{
	struct buf line = BUF_INIT;
	char ref[32] = "";

	if (first != ITEM_REF_NONE)
		item_ref_format(ref, first);
	if (cli->json) {
		buf_addc(&line, '{');
		json_put_int(&line, key, count);
		json_put_member(&line, "step", span_of(label));
		json_put_member(&line, "item", span_of(ref));
		buf_adds(&line, "}\n");
		cli_put(cli, buf_span(&line));
		buf_free(&line);
	} else if (strcmp(key, "undone") == 0) {
		cli_note(cli, PL_("undone: %s %s (%lld item)", "undone: %s %s … (%lld items)", count), label, ref,
			 (long long)count);
	} else {
		cli_note(cli, PL_("done again: %s %s (%lld item)", "done again: %s %s … (%lld items)", count), label, ref,
			 (long long)count);
	}
}

static int run_steps(struct cli *cli, const struct verb_args *args, step_fn step, const char *key, struct error *err)
{
	uint64_t steps, done = 0;
	int r = read_steps(&steps, args, err);

	if (r == 0)
		r = cli_workspace(cli, false, err);
	for (; r == 0 && done < steps; done++) {
		char label[128] = "";
		item_ref first = ITEM_REF_NONE;
		int64_t count = 0;

		r = step(cli->ws, &count, label, &first, err);
		if (r == TAMIS_ENOTFOUND && done > 0) {
			cli_note(cli, _("nothing is left after %llu steps"), (unsigned long long)done);
			return 0;
		}
		if (r == 0)
			say_step(cli, key, count, label, first);
	}
	return r;
}

static int undo(struct cli *cli, const struct verb_args *args, struct error *err)
{
	return run_steps(cli, args, workspace_undo, "undone", err);
}

static int redo(struct cli *cli, const struct verb_args *args, struct error *err)
{
	return run_steps(cli, args, workspace_redo, "redone", err);
}

const struct verb verb_undo = {
	.name = "undo",
	.synopsis = "[N]",
	.help = N_("take the latest verdicts back, N steps"),
	.max_words = 1,
	.run = undo,
	.more = N_("A step is what one key or one command decided, whole: a verdict over a thousand items is one step. Only your own "
		   "steps are undone; the log keeps them."),
};

const struct verb verb_redo = {
	.name = "redo",
	.synopsis = "[N]",
	.help = N_("give undone verdicts again, N steps"),
	.max_words = 1,
	.run = redo,
};
