/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From arguments to a verb or the screen, and from its end to an exit status. */
#include "config.h"

#include "cli/verb.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/i18n.h"
#include "cli/args.h"
#include "cli/help.h"
#include "cli/suggest.h"
#include "jobs/import.h"

#define WORKSPACE_DEFAULT "workspace.tamis"
#define THREADS_MAX 1024

const struct verb_option cli_options[] = {
	{ .name = "workspace", .letter = 'w', .value = "FILE",
	  .help = N_("the workspace (default: $TAMIS_WORKSPACE, else workspace.tamis)") },
	{ .name = "json", .help = N_("print one JSON object a line") },
	{ .name = "quiet", .letter = 'q', .help = N_("no progress and no messages but errors") },
	{ .name = "threads", .letter = 'j', .value = "N", .help = N_("how many threads work (default: all processors)") },
	{ .name = "linear", .help = N_("review line by line, without a screen") },
	{ .name = "batch", .value = "FILE", .help = N_("screen: replay the actions written in FILE") },
	{ .name = "record", .value = "FILE", .help = N_("screen: write the actions to FILE") },
	{ .name = "theme", .value = "NAME", .help = N_("screen: colours by name or file") },
	{ .name = "keys", .value = "NAME", .help = N_("screen: key map by name or file") },
	{ .name = "list-keys", .help = N_("screen: print all actions and their keys") },
	{ .name = "help", .letter = 'h', .help = N_("say how it is used") },
	{ .name = "version", .letter = 'V', .help = N_("print the version") },
	{ .name = NULL },
};

const struct verb *verb_find(const char *name)
{
	for (size_t i = 0; verbs[i]; i++)
		if (strcmp(verbs[i]->name, name) == 0)
			return verbs[i];
	return NULL;
}

/* On a full disk there is no room for the files that readers and writers share; without a log beside it, FILE says all there is. */
static bool is_full_without_log(const char *path)
{
	char *log = xasprintf("%s-wal", path);
	struct stat st;
	bool logged = stat(log, &st) == 0 && st.st_size > 0;

	free(log);
	return !logged && access(path, R_OK) == 0 && fs_is_full(path);
}

/* A file, or a disk, that is not ours to write, or can't be written. */
static bool can_only_be_read(const char *path)
{
	if (is_full_without_log(path))
		return true;
	return access(path, W_OK) != 0 && (errno == EROFS || errno == EACCES || errno == EPERM) && access(path, R_OK) == 0;
}

static int open_workspace(struct cli *cli, unsigned flags, struct error *err)
{
	const char *network;
	int r;

	if (cli->store)
		return 0;
	if (!(flags & WORKSPACE_CREATE) && access(cli->workspace, F_OK) != 0 && errno == ENOENT)
		return error_set(err, TAMIS_ESTORE,
				 _("there is no workspace %s: name one with -w, or make it with tamis import"),
				 cli->workspace);
	cli->read_only = flags & WORKSPACE_READ_ONLY;
	r = workspace_open(&cli->ws, cli->workspace, flags, NULL, err);
	if (r != 0)
		return r;
	network = workspace_network_name(cli->ws);
	if (network)
		cli_note(cli, _("%s lies on a network file system (%s): use it from one machine at a time"), cli->workspace,
			 network);
	return store_open(&cli->store, cli->ws, err);
}

int cli_workspace(struct cli *cli, bool create, struct error *err)
{
	return open_workspace(cli, create ? WORKSPACE_CREATE : 0, err);
}

int cli_workspace_to_read(struct cli *cli, struct error *err)
{
	return open_workspace(cli, can_only_be_read(cli->workspace) ? WORKSPACE_READ_ONLY : 0, err);
}

void cli_close(struct cli *cli)
{
	if (cli->store)
		store_close(cli->store);
	if (cli->ws)
		workspace_close(cli->ws);
	cli->store = NULL;
	cli->ws = NULL;
}

struct refresh {
	int64_t corpus;
	struct import_result result;
};

static int refresh(struct job *job, struct store *s, void *arg, struct error *err)
{
	struct refresh *w = arg;

	return import_refresh(job, s, w->corpus, &w->result, err);
}

int cli_refresh(struct cli *cli, int64_t corpus, struct error *err)
{
	struct refresh w = { .corpus = corpus };

	if (!import_refresh_needed(cli->store, corpus))
		return 0;
	if (cli->read_only)
		return error_set(err, TAMIS_ESTORE, _("%s: its index is missing and can't be made where nothing can be written; copy it elsewhere"),
				 cli->workspace);
	return job_run(cli->ws, _("indexing again what the cache has lost"), refresh, &w, cli->quiet, err);
}

static int set_threads(struct cli *cli, const char *text, struct error *err)
{
	char *end = NULL;
	unsigned long n = strtoul(text, &end, 10);

	if (text[0] < '0' || text[0] > '9' || *end || n < 1 || n > THREADS_MAX)
		return error_set(err, TAMIS_EUSAGE, _("--threads: “%s” is not a whole number from 1 to %d"), text, THREADS_MAX);
	cli->threads = (unsigned)n;
	/* Engines ask thread_count_default() on their own. */
	setenv("TAMIS_THREADS", text, 1);
	return 0;
}

static void take(const char **out, const struct args *args, const char *name)
{
	const char *value = args_common(args, name);

	if (value)
		*out = value;
}

/* Takes the common options over; they may stand before and after the verb. */
static int apply_common(struct cli *cli, const struct args *args, struct error *err)
{
	const char *threads = args_common(args, "threads");
	const char *workspace = args_common(args, "workspace");

	if (workspace) {
		cli->workspace = workspace;
		cli->workspace_named = true;
	}
	take(&cli->batch, args, "batch");
	take(&cli->record, args, "record");
	take(&cli->theme, args, "theme");
	take(&cli->keys, args, "keys");
	cli->json |= args_common(args, "json") != NULL;
	cli->quiet |= args_common(args, "quiet") != NULL;
	cli->linear |= args_common(args, "linear") != NULL;
	return threads ? set_threads(cli, threads, err) : 0;
}

static int unknown_verb(const char *word, struct error *err)
{
	struct suggest s;

	suggest_init(&s, word);
	for (size_t i = 0; verbs[i]; i++)
		suggest_offer(&s, verbs[i]->name);
	if (s.nearest)
		return error_set(err, TAMIS_EUSAGE, _("“%s” is neither a verb nor a file; did you mean %s?"), word, s.nearest);
	return error_set(err, TAMIS_EUSAGE, _("“%s” is neither a verb nor a file; tamis help lists the verbs"), word);
}

static int run_verb(struct cli *cli, const struct verb *verb, int argc, char *const *argv, struct error *err)
{
	struct args args;
	int r = args_parse(&args, verb, argc, argv, NULL, err);

	if (r != 0)
		return r;
	if (args_common(&args, "help")) {
		help_verb(cli, verb);
		args_free(&args);
		return 0;
	}
	r = apply_common(cli, &args, err);
	if (r == 0)
		r = args_check_words(verb, &args.of_verb, err);
	if (r == 0)
		r = verb->run(cli, &args.of_verb, err);
	args_free(&args);
	return r;
}

int cli_run_verb(struct cli *cli, const char *const *argv, struct error *err)
{
	const struct verb *verb = verb_find(argv[0]);
	char **copy;
	int argc = 0, r;

	if (!verb)
		return unknown_verb(argv[0], err);
	while (argv[argc + 1])
		argc++;
	copy = xcalloc((size_t)argc + 1, sizeof *copy);
	for (int i = 0; i < argc; i++)
		copy[i] = xstrdup(argv[i + 1]);
	r = run_verb(cli, verb, argc, copy, err);
	for (int i = 0; i < argc; i++)
		free(copy[i]);
	free(copy);
	return r;
}

static int run_screen(struct cli *cli, const struct screen_request *request, struct error *err)
{
	int r;

	if (!cli->batch && !isatty(STDOUT_FILENO))
		return error_set(err, TAMIS_EUSAGE,
				 _("the screen needs a terminal; tamis help lists what works without one, tamis --linear "
				   "reviews line by line"));
	r = cli_workspace(cli, true, err);
	return r != 0 ? r : cli->screen(cli, request, err);
}

/* No verb: the screen, importing the files named; or the line-by-line loop. */
static int run_face(struct cli *cli, int argc, char **argv, struct error *err)
{
	struct screen_request request = { .paths = argc ? argv : NULL, .n_paths = (size_t)argc };
	const char *review[] = { "review", NULL };
	int r;

	if (cli->linear) {
		const char **import = xcalloc((size_t)argc + 2, sizeof *import);

		import[0] = "import";
		for (int i = 0; i < argc; i++)
			import[i + 1] = argv[i];
		r = argc ? cli_run_verb(cli, import, err) : 0;
		free(import);
		return r == 0 || r == CLI_SOME_REJECTED ? cli_run_verb(cli, review, err) : r;
	}
	return run_screen(cli, &request, err);
}

/* Whether `word`, which is no file, is a corpus of the workspace, if there is one. */
static bool names_corpus(struct cli *cli, const char *word, struct corpus *out)
{
	struct error unused = { 0 };

	return access(word, F_OK) != 0 && cli_workspace(cli, false, &unused) == 0 &&
	       store_corpus_get(cli->store, out, word, &unused) == 0;
}

/* A corpus' name where a verb could stand: its records on the screen, or line by line. */
static int run_corpus(struct cli *cli, const struct corpus *corpus, struct error *err)
{
	struct screen_request request = { .corpus = corpus->id };

	if (cli->linear)
		return cli_run_verb(cli, (const char *const[]){ "review", corpus->name, NULL }, err);
	return run_screen(cli, &request, err);
}

/* Every word that is not a verb must be a file that is there. */
static int check_files(int argc, char **argv, struct error *err)
{
	struct stat st;

	for (int i = 0; i < argc; i++)
		if (strcmp(argv[i], "-") != 0 && stat(argv[i], &st) != 0)
			return i == 0 && !strchr(argv[i], '/') ? unknown_verb(argv[i], err)
							       : error_errno(err, TAMIS_EIO, errno, "%s", argv[i]);
	return 0;
}

static int dispatch(struct cli *cli, int argc, char **argv, struct error *err)
{
	struct args args;
	int used = 0;
	int r = args_parse(&args, NULL, argc, argv, &used, err);
	bool help, version, keys;
	struct corpus corpus;

	if (r != 0)
		return r;
	help = args_common(&args, "help") != NULL;
	version = args_common(&args, "version") != NULL;
	keys = args_common(&args, "list-keys") != NULL;
	r = apply_common(cli, &args, err);
	args_free(&args);
	if (r != 0)
		return r;
	argc -= used;
	argv += used;
	if (version)
		return cli_run_verb(cli, (const char *const[]){ "version", NULL }, err);
	if (keys)
		return cli->list_keys() < 0 ? error_errno(err, TAMIS_EIO, EIO, _("standard output")) : 0;
	if (help) {
		if (argc && verb_find(argv[0]))
			help_verb(cli, verb_find(argv[0]));
		else
			help_all(cli);
		return 0;
	}
	if (argc && verb_find(argv[0]))
		return run_verb(cli, verb_find(argv[0]), argc - 1, argv + 1, err);
	if (argc == 1 && names_corpus(cli, argv[0], &corpus))
		return run_corpus(cli, &corpus, err);
	r = check_files(argc, argv, err);
	return r != 0 ? r : run_face(cli, argc, argv, err);
}

static void look_at_terminal(struct cli *cli)
{
	struct winsize size;
	const char *columns = getenv("COLUMNS");

	cli->terminal = isatty(STDOUT_FILENO);
	cli->columns = 0;
	if (!cli->terminal)
		return;
	cli->columns = 80;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		cli->columns = size.ws_col;
	else if (columns && atoi(columns) > 0)
		cli->columns = atoi(columns);
}

int cli_main(struct cli *cli, int argc, char **argv)
{
	struct error err = { 0 };
	const char *from_environment = getenv("TAMIS_WORKSPACE");
	int r;

	signal(SIGXFSZ, SIG_IGN); /* seen as EFBIG */
	signal(SIGPIPE, SIG_IGN); /* a reader that leaves is seen as EPIPE: what is being made is finished first */
	if (!cli->workspace)
		cli->workspace = from_environment && *from_environment ? from_environment : WORKSPACE_DEFAULT;
	look_at_terminal(cli);
	r = dispatch(cli, argc, argv, &err);
	cli_flush(cli);
	cli_close(cli);
	if (r >= 0 && cli->write_errno)
		r = error_errno(&err, TAMIS_EIO, cli->write_errno, _("standard output"));
	if (r < 0 && cli->gone && r != TAMIS_ESTORE)
		r = 0;
	if (r >= 0)
		return r;
	cli_warn(cli, "%s", err.msg[0] ? err.msg : _("failed without saying why"));
	return error_exit_status(r);
}
