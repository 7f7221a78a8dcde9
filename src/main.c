/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options, locale, and the choice of a face. */
#include "config.h"

#include <getopt.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/log.h"
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

static int run_screen(struct app_options *options, const char *path, struct error *err)
{
	int r = workspace_open(&options->workspace, path, WORKSPACE_CREATE, NULL, err);

	if (r == 0)
		r = store_open(&options->store, options->workspace, err);
	if (r == 0)
		r = app_run(options, err);
	if (options->store)
		store_close(options->store);
	if (options->workspace)
		workspace_close(options->workspace);
	return r;
}

int main(int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "workspace", required_argument, NULL, 'w' }, { "theme", required_argument, NULL, 't' },
		{ "keys", required_argument, NULL, 'k' },      { "batch", required_argument, NULL, 'b' },
		{ "record", required_argument, NULL, 'r' },    { "list-keys", no_argument, NULL, 'l' },
		{ NULL, 0, NULL, 0 },
	};
	const char *path = getenv("TAMIS_WORKSPACE");
	struct app_options options = { 0 };
	struct error err = { 0 };
	int c, r;

	set_locale();
	log_init();
	while ((c = getopt_long(argc, argv, "w:", long_options, NULL)) != -1) {
		switch (c) {
		case 'w': path = optarg; break;
		case 't': options.theme = optarg; break;
		case 'k': options.keys = optarg; break;
		case 'b': options.batch = optarg; break;
		case 'r': options.record = optarg; break;
		case 'l': return keymap_print(stdout) < 0 ? 1 : 0;
		default: return 2;
		}
	}
	options.paths = argv + optind;
	options.n_paths = (size_t)(argc - optind);
	r = run_screen(&options, path && path[0] ? path : "workspace.tamis", &err);
	if (r >= 0)
		return r;
	fprintf(stderr, "tamis: %s\n", err.msg);
	return error_exit_status(r);
}
