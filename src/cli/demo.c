/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tamis demo: a tour on the machine's own files. */
#include "config.h"

#include "cli/demo.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/i18n.h"
#include "cli/table.h"

const struct verb verb_demo;

static const struct verb_option options[] = {
	{ .name = "keep", .letter = 'k', .help = N_("keep the temporary workspace and say where it is") },
	{ .name = "lang", .value = "CODE", .help = N_("the language beside English") },
	{ .name = "documents", .value = "DIR", .help = N_("where the packages' folders are (default: /usr/share/doc)") },
	{ .name = "catalogues", .value = "DIR", .help = N_("where the message catalogues are (default: /usr/share/locale)") },
	{ .name = "sources", .value = "DIR", .help = N_("a source tree to order (default: Python's or Perl's)") },
	{ .name = NULL },
};

static const struct table_column columns[] = {
	{ .key = "step", .title = N_("step") },
	{ .key = "count", .title = N_("count"), .right = true },
	{ .key = "unit", .title = N_("of") },
	{ .key = "seconds", .title = N_("time"), .right = true },
	{ .key = "state" },
	{ .key = "what", .title = N_("what"), .cut = true },
};

static int run_step(struct demo *demo, const struct demo_step *step, struct table *t, struct error *err)
{
	struct demo_result result = { 0 };
	int64_t start = clock_steady_us();
	int r = step->run(demo, &result, err);

	if (r == TAMIS_ECANCEL || r == TAMIS_ESTORE)
		return r;
	table_string(t, step->name);
	if (result.skipped || r != 0)
		table_none(t);
	else
		table_count(t, result.count);
	if (result.unit)
		table_string(t, demo->cli->json ? result.unit : _(result.unit));
	else
		table_none(t);
	table_seconds(t, (double)(clock_steady_us() - start) / 1e6);
	table_string(t, r != 0 ? "failed" : result.skipped ? "skipped" : "done");
	table_string(t, r != 0 ? err->msg : result.what);
	table_row(t);
	if (result.skipped && demo->cli->terminal) /* the table may have cut what to do about it */
		cli_note(demo->cli, "%s", result.what);
	return r;
}

/* A step that fails is said in its row and by the exit status; the tour goes on. */
static int run_steps(struct demo *demo, bool before_screen, struct error *err)
{
	struct table t;
	struct error failure = { 0 };
	int r = 0;

	table_init(&t, demo->cli, columns, sizeof columns / sizeof columns[0]);
	for (const struct demo_step *step = demo_steps; step->name && r != TAMIS_ECANCEL && r != TAMIS_ESTORE; step++) {
		if (before_screen && !step->before_screen)
			continue;
		*err = (struct error){ 0 };
		r = run_step(demo, step, &t, err);
		if (r != 0 && !failure.code) {
			failure = *err;
			error_prefix(&failure, "%s", step->name);
			failure.code = r;
		}
	}
	table_end(&t);
	*err = failure;
	return failure.code;
}

/* The temporary folder holds files only: the workspace and the exports. */
static void remove_folder(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		char *path = fs_join(folder, entry->d_name);

		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			unlink(path);
		free(path);
	}
	if (dir)
		closedir(dir);
	rmdir(folder);
}

static int make_folder(char **out, struct error *err)
{
	const char *base = getenv("TMPDIR");
	char *folder = xasprintf("%s/tamis-demo-XXXXXX", base && *base ? base : "/tmp");

	if (!mkdtemp(folder)) {
		error_errno(err, TAMIS_EIO, errno, "%s", folder);
		free(folder);
		return TAMIS_EIO;
	}
	*out = folder;
	return 0;
}

static int tour(struct demo *demo, struct error *err)
{
	struct cli *cli = demo->cli;
	struct screen_request request = { .guide = true };
	bool screen = cli->terminal && isatty(STDIN_FILENO) && !cli->linear && !cli->json;
	int r = cli_workspace(cli, true, err);

	if (r == 0)
		r = run_steps(demo, screen, err);
	if (r != 0 || !screen)
		return r;
	cli_flush(cli);
	return cli->screen(cli, &request, err);
}

static int run(struct cli *cli, const struct verb_args *args, struct error *err)
{
	struct demo demo = { .cli = cli, .documents = arg_value(&verb_demo, args, "documents"),
			     .catalogues = arg_value(&verb_demo, args, "catalogues"),
			     .sources = arg_value(&verb_demo, args, "sources"),
			     .language = arg_value(&verb_demo, args, "lang") };
	bool keep = arg_flag(&verb_demo, args, "keep") || cli->workspace_named;
	char *workspace = NULL;
	int r = make_folder(&demo.folder, err);

	if (r != 0)
		return r;
	if (!demo.documents)
		demo.documents = "/usr/share/doc";
	if (!demo.catalogues)
		demo.catalogues = "/usr/share/locale";
	if (!cli->workspace_named) {
		workspace = fs_join(demo.folder, "workspace.tamis");
		cli->workspace = workspace;
	}
	r = tour(&demo, err);
	cli_close(cli);
	if (keep)
		cli_note(cli, _("workspace %s, exports in %s"), cli->workspace, demo.folder);
	else
		remove_folder(demo.folder);
	if (!keep && cli->terminal)
		cli_note(cli, _("the tour's workspace is gone; tamis -w FILE demo keeps one"));
	free(demo.folder);
	free(workspace);
	return r;
}

const struct verb verb_demo = {
	.name = "demo",
	.synopsis = "",
	.help = N_("a tour on this machine's own files"),
	.options = options,
	.run = run,
	.more = N_("Reads copyright notes and licences as documents and installed message catalogues as bitext into a temporary workspace "
		   "(or the one -w names). On a terminal the screen opens then, with a short guide; otherwise the steps go on without "
		   "it and a table says what was done."),
};
