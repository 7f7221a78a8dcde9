/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tamis import: files into a corpus. */
#include "config.h"

#include "jobs/import.h"

#include <errno.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/json.h"
#include "cli/table.h"
#include "cli/verb.h"

#define SHAPES_SHOWN 5

const struct verb verb_import;

static const struct verb_option options[] = {
	{ .name = "corpus", .letter = 'c', .value = "NAME", .help = N_("the corpus (default: named after the first path)") },
	{ .name = "format", .letter = 'f', .value = "FORMAT", .help = N_("read as this instead of recognising"),
	  .choices = "jsonl json csv tsv text markdown tmx moses po mo" },
	{ .name = "split", .value = "UNIT", .help = N_("what is one record of plain text"), .choices = "file paragraph line" },
	{ .name = "text", .value = "FIELD", .help = N_("the field that holds the text") },
	{ .name = "id", .value = "FIELD", .help = N_("the field that holds the record's own id") },
	{ .name = "lang", .value = "CODE", .help = N_("the language, or both of a pair as in en-zh") },
	{ .name = NULL },
};

struct import_work {
	struct import_request request;
	struct import_result result;
};

static int work(struct job *job, struct store *s, void *arg, struct error *err)
{
	struct import_work *w = arg;

	return import_run(job, s, &w->request, &w->result, err);
}

static int read_wish(struct shape_wish *wish, const struct verb_args *args, struct error *err)
{
	const char *format = NULL;
	int r = arg_choice(&format, &verb_import, args, "format", err);

	if (r == 0)
		r = arg_choice(&wish->split, &verb_import, args, "split", err);
	if (r != 0)
		return r;
	if (format) {
		wish->format = format_from_name(span_of(format));
		wish->delimiter = strcmp(format, "tsv") == 0 ? '\t' : 0;
	}
	wish->text_field = arg_value(&verb_import, args, "text");
	wish->id_field = arg_value(&verb_import, args, "id");
	wish->lang = arg_value(&verb_import, args, "lang");
	return 0;
}

/* The newest source there is: those this import adds have higher numbers. */
static int newest_source(struct cli *cli, int64_t *newest, struct error *err)
{
	int64_t *ids = NULL;
	size_t n = 0;
	int r = store_source_ids(cli->store, 0, &ids, &n, err);

	*newest = 0;
	for (size_t i = 0; i < n; i++)
		if (ids[i] > *newest)
			*newest = ids[i];
	free(ids);
	return r;
}

/* How each new source was read, and why: the answer to "is this what I meant?". */
static int say_shapes(struct cli *cli, int64_t corpus, int64_t newer_than, struct error *err)
{
	int64_t *ids = NULL;
	size_t n = 0, fresh = 0;
	int r = store_source_ids(cli->store, corpus, &ids, &n, err);

	for (size_t i = 0; i < n && r == 0; i++) {
		struct source source;

		if (ids[i] <= newer_than || fresh++ >= SHAPES_SHOWN)
			continue;
		r = store_source_get(cli->store, &source, ids[i], err);
		if (r != 0)
			break;
		if (source.shape.reason[0]) /* else it was rejected as a whole, and the reason follows */
			cli_note(cli, "%s: %s", source.path, source.shape.reason);
		source_free(&source);
	}
	if (r == 0 && fresh > SHAPES_SHOWN)
		cli_note(cli, _("… and %zu more files"), fresh - SHAPES_SHOWN);
	free(ids);
	return r;
}

/* Those of this import: others of the corpus were said when they came. */
static int say_rejected(struct cli *cli, const struct import_result *res, struct error *err)
{
	const struct rejected *rows = res->shown;
	struct source source = { 0 };
	int r = 0;

	for (size_t i = 0; i < res->n_shown && r == 0; i++) {
		if (source.id != rows[i].source) {
			source_free(&source);
			source = (struct source){ 0 };
			r = store_source_get(cli->store, &source, rows[i].source, err);
		}
		if (r != 0)
			break;
		if (rows[i].line) /* else it is the whole file, and the reason names it */
			cli_warn(cli, "%s:%llu: %s", source.path, (unsigned long long)rows[i].line, _(rows[i].reason));
		else
			cli_warn(cli, "%s", _(rows[i].reason));
	}
	if (res->rejected > res->n_shown)
		cli_warn(cli, _("… tamis ls rejected lists all of them"));
	source_free(&source);
	return r;
}

static void put_summary(struct cli *cli, const struct import_result *res, double seconds)
{
	struct buf line = BUF_INIT;
	char bytes[16];

	if (cli->json) {
		buf_addc(&line, '{');
		json_put_member(&line, "corpus", span_of(res->corpus));
		json_put_member(&line, "kind", span_of(item_kind_name(res->kind)));
		json_put_int(&line, "sources", (int64_t)res->sources);
		json_put_int(&line, "skipped_sources", (int64_t)res->skipped_sources);
		json_put_int(&line, "records", (int64_t)res->records);
		json_put_int(&line, "rejected", (int64_t)res->rejected);
		json_put_int(&line, "media", (int64_t)res->media);
		json_put_int(&line, "bytes", (int64_t)res->bytes);
		json_put_real(&line, "seconds", seconds);
		buf_adds(&line, "}\n");
		cli_put(cli, buf_span(&line));
		buf_free(&line);
		return;
	}
	format_bytes(bytes, res->bytes);
	cli_note(cli, PL_("corpus %s: %llu new records of kind %s (%s) from %llu file, %llu rejected, %llu files known already",
			  "corpus %s: %llu new records of kind %s (%s) from %llu files, %llu rejected, %llu files known already",
			  res->sources),
		 res->corpus, (unsigned long long)res->records, _(item_kind_name(res->kind)), bytes,
		 (unsigned long long)res->sources, (unsigned long long)res->rejected,
		 (unsigned long long)res->skipped_sources);
	if (res->media)
		cli_note(cli, PL_("%llu file in folders left out by its name (picture, font, sound, film or program): import it by its own path",
				  "%llu files in folders left out by their names (pictures, fonts, sound, film, programs): import them by "
				  "their own paths",
				  res->media),
			 (unsigned long long)res->media);
}

/* What can't be read fails before a workspace is made for it. */
static int check_paths(const struct verb_args *args, struct error *err)
{
	for (size_t i = 0; i < args->n_words; i++)
		if (strcmp(args->words[i], "-") != 0 && access(args->words[i], R_OK) != 0)
			return error_errno(err, TAMIS_EIO, errno, _("%s: can't be opened"), args->words[i]);
	return 0;
}

static int run(struct cli *cli, const struct verb_args *args, struct error *err)
{
	struct import_work w = { 0 };
	struct corpus corpus;
	int64_t start = clock_steady_us(), before = 0;
	char **paths;
	int r = read_wish(&w.request.wish, args, err);

	if (r == 0)
		r = check_paths(args, err);
	if (r == 0)
		r = cli_workspace(cli, true, err);
	if (r == 0)
		r = newest_source(cli, &before, err);
	if (r != 0)
		return r;
	paths = xcalloc(args->n_words + 1, sizeof *paths);
	for (size_t i = 0; i < args->n_words; i++)
		paths[i] = xstrdup(args->words[i]);
	w.request.paths = paths;
	w.request.n_paths = args->n_words;
	w.request.corpus = arg_value(&verb_import, args, "corpus");
	r = job_run(cli->ws, _("importing"), work, &w, cli->quiet || cli->json, err);
	for (size_t i = 0; i < args->n_words; i++)
		free(paths[i]);
	free(paths);
	if (r != 0)
		return r;
	put_summary(cli, &w.result, (double)(clock_steady_us() - start) / 1e6);
	if (store_corpus_get(cli->store, &corpus, w.result.corpus, err) != 0)
		return err->code;
	r = cli->json ? 0 : say_shapes(cli, corpus.id, before, err);
	if (r == 0 && w.result.rejected)
		r = say_rejected(cli, &w.result, err);
	if (r != 0)
		return r;
	return w.result.rejected ? CLI_SOME_REJECTED : 0;
}

const struct verb verb_import = {
	.name = "import",
	.synopsis = "PATH…",
	.help = N_("read files, folders or standard input (-) into a corpus"),
	.options = options,
	.min_words = 1,
	.max_words = -1,
	.run = run,
	.more = N_("Formats are recognised by content and the reason is said: JSON Lines, JSON arrays, CSV, TSV, plain text, Markdown, "
		   "source code, TMX, Moses pairs, gettext catalogues, each also inside gzip, zstd, xz or bzip2. Plain files stay "
		   "where they are. A file imported before is skipped, one that has grown is read from where it ended, an "
		   "interrupted import goes on. Records that can't be read are kept out and listed; the exit status is then 3."),
};
