/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Locale, and the choice of a face. */
#include "config.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>

#include "base/data.h"
#include "base/error.h"
#include "base/i18n.h"
#include "base/log.h"
#include "cli/verb.h"
#include "ui/app.h"

/* The screen, asked for by the command line. */
static int open_screen(struct cli *cli, const struct screen_request *request, struct error *err)
{
	struct app_options options = {
		.theme = cli->theme,
		.keys = cli->keys,
		.batch = cli->batch,
		.record = cli->record,
		.threads = cli->threads,
		.paths = request->paths,
		.n_paths = request->n_paths,
		.corpus = request->corpus,
		.queue = request->queue,
		.where = request->where,
		.sample = request->sample,
		.order = request->order,
		.seed = request->seed,
		.undecided = request->undecided,
		.next = request->next,
		.threshold = request->threshold,
		.guide = request->guide,
	};

	if (cli_workspace(cli, true, err) < 0)
		return err->code;
	options.workspace = cli->ws;
	options.store = cli->store;
	return app_run(&options, err);
}

/* A machine may lack the locale that LANG names (a server seldom has more than one): the text is UTF-8 all the same, and the messages are
 * still wanted in that language, which gettext takes from LANGUAGE. */
static void stand_in_for_missing_locale(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	const char *wanted = NULL;

	for (size_t i = 0; i < sizeof names / sizeof *names && !(wanted && wanted[0]); i++)
		wanted = getenv(names[i]);
	setlocale(LC_ALL, "C.UTF-8");
	if (wanted && wanted[0] && wanted[0] != 'C') {
		char *language = xstrndup(wanted, strcspn(wanted, ".@"));
		const char *set = getenv("LANGUAGE");

		setenv("LANGUAGE", language, !(set && set[0])); /* set but empty counts as unset */
		free(language);
	}
}

static int list_keys(void)
{
	return keymap_print(stdout);
}

static void set_locale(void)
{
	char *catalogues = data_locale_folder(LOCALEDIR);

	if (!setlocale(LC_ALL, ""))
		stand_in_for_missing_locale();
	if (strcmp(setlocale(LC_CTYPE, NULL), "C") == 0 || strcmp(setlocale(LC_CTYPE, NULL), "POSIX") == 0)
		setlocale(LC_CTYPE, "C.UTF-8");
	setlocale(LC_NUMERIC, "C"); /* numbers are written and read one way */
	bindtextdomain(PACKAGE, catalogues);
	bind_textdomain_codeset(PACKAGE, "UTF-8");
	textdomain(PACKAGE);
	free(catalogues);
}

int main(int argc, char **argv)
{
	struct cli cli = { .screen = open_screen, .list_keys = list_keys };

	set_locale();
	log_init();
	xmlInitParser(); /* while there is one thread: two that use it for the first time at once would wait for each other */
	return cli_main(&cli, argc - 1, argv + 1);
}
