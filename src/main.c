/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Locale, log, and the two faces introduced to each other: the command line asks for the screen, main opens it. */
#include "config.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/log.h"
#include "cli/verb.h"
#include "ui/app.h"

static void set_locale(void)
{
	const char *catalogues = getenv("TAMIS_LOCALEDIR");

	if (!setlocale(LC_ALL, ""))
		setlocale(LC_ALL, "C.UTF-8");
	if (strcmp(setlocale(LC_CTYPE, NULL), "C") == 0 || strcmp(setlocale(LC_CTYPE, NULL), "POSIX") == 0)
		setlocale(LC_CTYPE, "C.UTF-8");
	setlocale(LC_NUMERIC, "C"); /* numbers are written and read one way */
	bindtextdomain(PACKAGE, catalogues && catalogues[0] ? catalogues : LOCALEDIR);
	bind_textdomain_codeset(PACKAGE, "UTF-8");
	textdomain(PACKAGE);
}

static int open_screen(struct cli *cli, const struct screen_request *request, struct error *err)
{
	const struct app_options options = {
		.workspace = cli->ws,
		.store = cli->store,
		.theme = cli->theme,
		.keys = cli->keys,
		.batch = cli->batch,
		.record = cli->record,
		.paths = request->paths,
		.n_paths = request->n_paths,
		.queue = request->queue,
		.where = request->where,
		.sample = request->sample,
		.guide = request->guide,
		.threads = cli->threads,
	};

	return app_run(&options, err);
}

static int list_keys(void)
{
	return keymap_print(stdout);
}

int main(int argc, char **argv)
{
	struct cli cli = { .screen = open_screen, .list_keys = list_keys };

	set_locale();
	log_init();
	return cli_main(&cli, argc - 1, argv + 1);
}
