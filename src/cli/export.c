/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tamis export: what was accepted, back into files. */
#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "jobs/export.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/json.h"
#include "cli/table.h"
#include "cli/verb.h"
#include "review/scores.h"

const struct verb verb_export;

static const struct verb_option options[] = {
	{ .name = "accepted", .letter = 'a', .help = N_("only what is accepted") },
	{ .name = "deduplicated", .help = N_("without the duplicates of the latest dedup run, as you judged them") },
	{ .name = "calibrated", .help = N_("only what has the threshold kept with the run, or more (tamis calibrate)") },
	{ .name = "where", .value = "FILTER", .help = N_("only what matches") },
	{ .name = "run", .letter = 'r', .value = "N", .help = N_("the items run N made; of a kind that no corpus holds, the latest run's by default") },
	{ .name = "format", .letter = 'f', .value = "FORMAT", .help = N_("default: jsonl"),
	  .choices = "jsonl csv tsv tmx moses chat alpaca sharegpt dpo markdown html" },
	{ .name = "to", .letter = 'o', .value = "PATH", .help = N_("write there, with a manifest beside it (default: standard output)") },
	{ .name = "force", .help = N_("write over a file that is there and is no export of tamis") },
	{ .name = "tags", .help = N_("chat, alpaca, sharegpt, dpo: a system message tells what was made from texts from what people wrote") },
	{ .name = "annotate", .help = N_("add each record's verdict, reasons, note and edit as a member _tamis") },
	{ .name = NULL },
};

struct export_work {
	struct export_request request;
	char *where; /* with the threshold; NULL: as asked for */
	struct export_result result;
};

static int work(struct job *job, struct store *s, void *arg, struct error *err)
{
	struct export_work *w = arg;

	return export_run(job, s, &w->request, &w->result, err);
}

/* Kinds that no corpus holds were made by runs: without --run the latest one is meant. */
static int latest_run(struct cli *cli, struct export_request *q, struct error *err)
{
	struct corpus *corpora = NULL;
	struct run *runs = NULL;
	size_t n_corpora, n_runs = 0;
	bool held = false;
	int r = store_corpus_list(cli->store, &corpora, &n_corpora, err);

	for (size_t i = 0; r == 0 && i < n_corpora; i++)
		held |= corpora[i].kind == q->kind;
	free(corpora);
	if (r == 0 && !held)
		r = store_run_list(cli->store, &runs, &n_runs, err);
	for (size_t i = 0; r == 0 && i < n_runs; i++) {
		int64_t *ids = NULL;
		size_t n = 0;

		if (runs[i].ended_ms && runs[i].id > q->run)
			r = store_item_ids(cli->store, runs[i].id, q->kind, "id", &ids, &n, err);
		if (n)
			q->run = runs[i].id;
		free(ids);
	}
	for (size_t i = 0; i < n_runs; i++)
		run_free(&runs[i]);
	free(runs);
	return r;
}

/* The word is a kind ("bitext") or a corpus; a corpus of that name wins. */
static int read_what(struct cli *cli, struct export_request *q, const char *word, struct error *err)
{
	struct corpus corpus;
	enum item_kind kind = item_kind_from_name(span_of(word));
	int r = store_corpus_get(cli->store, &corpus, word, err);

	if (r == 0) {
		q->corpus = word;
		q->kind = q->run ? kind : KIND_NONE;
		return 0;
	}
	if (r != TAMIS_ENOTFOUND || kind == KIND_NONE)
		return cli_corpus(cli, &corpus, word, err);
	*err = (struct error){ 0 };
	q->kind = kind;
	return q->run ? 0 : latest_run(cli, q, err);
}

static int read_request(struct cli *cli, struct export_request *q, const struct verb_args *args, struct error *err)
{
	uint64_t run_id = 0;
	int r = arg_count(&run_id, &verb_export, args, "run", 1, INT64_MAX, err);

	if (r == 0)
		r = arg_choice(&q->format, &verb_export, args, "format", err);
	if (r == 0)
		r = cli_workspace_to_read(cli, err);
	if (r != 0)
		return r;
	q->run = (int64_t)run_id;
	q->where = arg_value(&verb_export, args, "where");
	q->to = arg_value(&verb_export, args, "to");
	q->accepted = arg_flag(&verb_export, args, "accepted");
	q->deduplicated = arg_flag(&verb_export, args, "deduplicated");
	q->force = arg_flag(&verb_export, args, "force");
	q->annotate = arg_flag(&verb_export, args, "annotate");
	q->tags = arg_flag(&verb_export, args, "tags");
	return read_what(cli, q, args->words[0], err);
}

/* Adds the threshold kept with the run to the filter. */
static int add_threshold(struct cli *cli, struct export_work *w, struct error *err)
{
	struct export_request *q = &w->request;
	double threshold = q->run ? scores_kept_threshold(cli->store, q->run) : NAN;

	if (!q->run)
		return error_set(err, TAMIS_EUSAGE, _("--calibrated is for the items of a run: add --run"));
	if (isnan(threshold))
		return error_set(err, TAMIS_EUSAGE, _("no threshold is kept with run %lld: tamis calibrate %lld --keep, or C on the screen"),
				 (long long)q->run, (long long)q->run);
	w->where = xasprintf("score>=%.17g %s", threshold, q->where ? q->where : "");
	q->where = w->where;
	return 0;
}

static void put_summary(struct cli *cli, const struct export_request *q, const struct export_result *res, double seconds)
{
	bool to_file = q->to && strcmp(q->to, "-") != 0;
	struct buf line = BUF_INIT;
	char bytes[16];

	if (cli->json) {
		buf_addc(&line, '{');
		json_put_member(&line, "to", span_of(to_file ? q->to : "-"));
		json_put_member(&line, "format", span_of(q->format ? q->format : "jsonl"));
		json_put_int(&line, "seen", (int64_t)res->seen);
		json_put_int(&line, "written", (int64_t)res->written);
		json_put_int(&line, "bytes", (int64_t)res->bytes);
		json_put_int(&line, "edited", (int64_t)res->edited);
		json_put_int(&line, "edits_left_out", (int64_t)res->edits_left_out);
		json_put_int(&line, "skipped", (int64_t)res->skipped);
		if (res->unedited)
			json_put_int(&line, "unedited", (int64_t)res->unedited);
		if (q->deduplicated)
			json_put_int(&line, "duplicates", (int64_t)res->duplicates);
		if (res->drafts)
			json_put_int(&line, "drafts", (int64_t)res->drafts);
		json_put_member(&line, "sha256", span_of(res->sha256));
		json_put_member(&line, "manifest", span_of(res->manifest));
		json_put_real(&line, "seconds", seconds);
		buf_adds(&line, "}");
		/* Standard output is the exported data, nothing else. */
		if (to_file)
			cli_putf(cli, "%s\n", line.p);
		else
			cli_note(cli, "%s", line.p);
		buf_free(&line);
		return;
	}
	format_bytes(bytes, res->bytes);
	cli_note(cli, _("%llu of %llu written (%s) to %s"), (unsigned long long)res->written, (unsigned long long)res->seen,
		 bytes, to_file ? q->to : _("standard output"));
	if (q->deduplicated)
		cli_note(cli, PL_("%llu duplicate left out", "%llu duplicates left out", res->duplicates),
			 (unsigned long long)res->duplicates);
	if (res->drafts)
		cli_note(cli, PL_("%llu draft left out: nobody has accepted or edited it", "%llu drafts left out: nobody has accepted or edited them",
				  res->drafts),
			 (unsigned long long)res->drafts);
	if (res->edits_left_out)
		cli_note(cli, PL_("%llu edited record is too large and went out as its original bytes",
				  "%llu edited records are too large and went out as their original bytes", res->edits_left_out),
			 (unsigned long long)res->edits_left_out);
	if (res->edited)
		cli_note(cli, PL_("%llu with your edit", "%llu with your edits", res->edited), (unsigned long long)res->edited);
	if (res->unedited)
		cli_note(cli, PL_("%llu left out: its answer was not edited, so there is none to prefer",
				  "%llu left out: their answers were not edited, so there is none to prefer", res->unedited),
			 (unsigned long long)res->unedited);
	if (res->skipped > res->unedited)
		cli_note(cli, _("%llu have no place in this format"), (unsigned long long)(res->skipped - res->unedited));
	if (res->partial)
		cli_note(cli, _("%llu have fields this format leaves out; jsonl keeps all"), (unsigned long long)res->partial);
	if (res->manifest[0])
		cli_note(cli, _("manifest: %s"), res->manifest);
}

static int run(struct cli *cli, const struct verb_args *args, struct error *err)
{
	struct export_work w = { 0 };
	int64_t start = clock_steady_us();
	int r = read_request(cli, &w.request, args, err);

	if (r == 0 && arg_flag(&verb_export, args, "calibrated"))
		r = add_threshold(cli, &w, err);
	if (r == 0)
		r = cli_refresh(cli, 0, err);
	if (r == 0)
		r = job_run(cli->ws, _("exporting"), work, &w, cli->quiet || cli->json, err);
	if (w.result.reader_gone) /* as with any other verb, no failure */
		cli->gone = true;
	if (r == 0)
		put_summary(cli, &w.request, &w.result, (double)(clock_steady_us() - start) / 1e6);
	free(w.where);
	return r;
}

const struct verb verb_export = {
	.name = "export",
	.synopsis = "KIND|CORPUS",
	.help = N_("write items back into files"),
	.options = options,
	.min_words = 1,
	.max_words = 1,
	.run = run,
	.more = N_("JSON Lines keep the identical bytes each record had, but for texts that were edited. The other formats write records anew. "
		   "A file appears under its name only when it is complete and on disk."),
	.words = "documents bitext instructions clusters order",
};
