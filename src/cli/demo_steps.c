/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The steps of the tour, in order. */
#include "config.h"

#include "cli/demo.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "jobs/import.h"
#include "review/filter.h"

#define SAMPLE 40

/* ---- importing ---- */

struct import_work {
	struct import_request request;
	struct import_result result;
};

static int import_work(struct job *job, struct store *s, void *arg, struct error *err)
{
	struct import_work *w = arg;

	return import_run(job, s, &w->request, &w->result, err);
}

static int import_paths(struct demo *demo, struct import_work *w, const char *title, struct error *err)
{
	return job_run(demo->cli->ws, title, import_work, w, demo->cli->quiet || demo->cli->json, err);
}

static int step_documents(struct demo *demo, struct demo_result *out, struct error *err)
{
	struct import_work w = { .request.corpus = DEMO_DOCUMENTS,
				 .request.wish = { .format = FORMAT_TEXT, .split = "file" } };
	struct demo_paths paths;
	int r;

	demo_find_documents(&paths, demo->documents);
	out->unit = N_("documents");
	if (paths.n == 0) {
		snprintf(out->what, sizeof out->what,
			 _("no copyright notes under %s: a minimal image leaves them out; any package brings its own"),
			 demo->documents);
		out->skipped = true;
		return 0;
	}
	w.request.paths = paths.v;
	w.request.n_paths = paths.n;
	r = import_paths(demo, &w, _("reading copyright notes and licences"), err);
	out->count = w.result.records;
	snprintf(out->what, sizeof out->what, _("copyright notes and licences of this machine into corpus %s"), DEMO_DOCUMENTS);
	demo_paths_free(&paths);
	return r;
}

/* "zh_CN.UTF-8" is served by zh, "deu" is not by de. */
static bool is_of_language(const char *wanted, const char *found)
{
	size_t n = strlen(found);

	return strncmp(wanted, found, n) == 0 && (!wanted[n] || strchr("_.@", wanted[n]));
}

static int step_bitext(struct demo *demo, struct demo_result *out, struct error *err)
{
	char language[16] = "", pair[32];
	struct import_work w = { 0 };
	struct demo_paths paths;
	int r;

	demo_find_catalogues(&paths, language, demo->catalogues, demo->language);
	if (demo->language && paths.n && !is_of_language(demo->language, language))
		cli_warn(demo->cli, _("no catalogues in %s under %s: taking %s"), demo->language, demo->catalogues, language);
	out->unit = N_("pairs");
	if (paths.n == 0) {
		snprintf(out->what, sizeof out->what,
			 _("no message catalogues under %s: apt-get install iso-codes brings some (where dpkg is told to leave "
			   "them out, /etc/dpkg/dpkg.cfg.d says so)"),
			 demo->catalogues);
		out->skipped = true;
		return 0;
	}
	snprintf(demo->bitext, sizeof demo->bitext, "messages-%s", language);
	snprintf(pair, sizeof pair, "en-%s", language);
	w.request.corpus = demo->bitext;
	w.request.wish = (struct shape_wish){ .format = FORMAT_MO, .lang = pair };
	w.request.paths = paths.v;
	w.request.n_paths = paths.n;
	r = import_paths(demo, &w, _("reading message catalogues"), err);
	out->count = w.result.records;
	snprintf(out->what, sizeof out->what, _("English messages and their translation (%s) into corpus %s"), language,
		 demo->bitext);
	demo_paths_free(&paths);
	return r;
}

/* ---- reading ---- */

static void count_hits(void *ctx, const item_ref *refs, size_t n, uint64_t scanned)
{
	uint64_t *count = ctx;

	(void)refs;
	(void)scanned;
	*count += n;
}

static int count_matching(struct demo *demo, uint64_t *count, const char *corpus_name, const char *where, struct error *err)
{
	struct corpus_view *view = NULL;
	struct filter *filter = NULL;
	struct corpus corpus;
	int r = cli_corpus(demo->cli, &corpus, corpus_name, err);

	if (r == 0)
		r = corpus_view_open(&view, demo->cli->store, corpus.id, err);
	if (r == 0)
		r = filter_parse(&filter, where, err);
	if (r == 0)
		r = filter_scan(filter, demo->cli->store, view, NULL, 0, cli_stop(), count_hits, count, err);
	if (filter)
		filter_free(filter);
	if (view)
		corpus_view_close(view);
	return r;
}

bool demo_has_corpus(struct demo *demo, const char *name)
{
	struct corpus corpus;

	return name[0] && store_corpus_get(demo->cli->store, &corpus, name, NULL) == 0;
}

int demo_skip(struct demo_result *out)
{
	out->skipped = true;
	snprintf(out->what, sizeof out->what, _("left out: its corpus is missing"));
	return 0;
}

static int search_step(struct demo *demo, struct demo_result *out, const char *corpus, const char *where, const char *unit,
		       struct error *err)
{
	out->unit = unit;
	if (!demo_has_corpus(demo, corpus))
		return demo_skip(out);
	snprintf(out->what, sizeof out->what, _("filter %s over %s"), where, corpus);
	return count_matching(demo, &out->count, corpus, where, err);
}

static int step_search(struct demo *demo, struct demo_result *out, struct error *err)
{
	return search_step(demo, out, DEMO_DOCUMENTS, "/(?i)gnu\\s+general\\s+public/", N_("documents"), err);
}

static int step_placeholders(struct demo *demo, struct demo_result *out, struct error *err)
{
	return search_step(demo, out, demo->bitext, "source~%s target!~%s", N_("pairs"), err);
}

/* ---- judging ---- */

/* Judges a seeded random sample by a rule a person could follow: does the document name a licence of its text? */
static int judge_sample(struct demo *demo, struct deck *deck, struct demo_result *out, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < deck_count(deck) && r == 0; i++) {
		struct decision change = { .fields = DECISION_VERDICT };
		const struct item *item;
		struct span text;
		bool ignored;

		deck_go(deck, i);
		item = deck_item(deck, err);
		if (!item)
			return err->code;
		text = item_text(item, ROLE_TEXT);
		change.verdict = text.len && memmem(text.p, text.len, "License", 7) ? VERDICT_ACCEPT : VERDICT_REJECT;
		r = deck_decide(deck, &change, false, false, &ignored, err);
		out->count += r == 0;
	}
	return r == 0 ? workspace_flush(demo->cli->ws, err) : r;
}

static int step_review(struct demo *demo, struct demo_result *out, struct error *err)
{
	struct deck_spec spec = { .kind = KIND_DOCUMENT, .order = DECK_RANDOM, .seed = 1, .sample = SAMPLE };
	struct corpus corpus;
	struct deck *deck = NULL;
	struct deck_stats st;
	int r;

	out->unit = N_("verdicts");
	if (!demo_has_corpus(demo, DEMO_DOCUMENTS))
		return demo_skip(out);
	r = cli_corpus(demo->cli, &corpus, DEMO_DOCUMENTS, err);
	spec.corpus = corpus.id;
	if (r == 0)
		r = deck_open(&deck, demo->cli->ws, demo->cli->store, &spec, NULL, cli_stop(), err);
	if (r == 0)
		r = judge_sample(demo, deck, out, err);
	if (r == 0) {
		deck_stats(deck, &st);
		snprintf(out->what, sizeof out->what,
			 _("a random sample judged (has it the word License?): %zu accepted, %.0f %% (%.0f to %.0f)"), st.accepted,
			 100 * st.acceptance, 100 * st.low, 100 * st.high);
	}
	if (deck)
		deck_free(deck);
	return r;
}

static int step_undo(struct demo *demo, struct demo_result *out, struct error *err)
{
	char label[128] = "";
	item_ref first = ITEM_REF_NONE;
	int64_t undone = 0, redone = 0;
	int r;

	out->unit = N_("verdicts");
	if (!demo_has_corpus(demo, DEMO_DOCUMENTS))
		return demo_skip(out);
	r = workspace_undo(demo->cli->ws, &undone, label, &first, err);
	if (r == 0)
		r = workspace_redo(demo->cli->ws, &redone, label, &first, err);
	out->count = (uint64_t)redone;
	snprintf(out->what, sizeof out->what, _("the last step taken back and done again"));
	return r;
}

/* ---- checking ---- */

static void ignore_problem(void *ctx, const char *problem)
{
	snprintf(ctx, 160, "%s", problem);
}

static int step_fsck(struct demo *demo, struct demo_result *out, struct error *err)
{
	char first[160] = "";
	int r = store_fsck(demo->cli->store, ignore_problem, first, err);

	out->unit = N_("problems");
	out->count = r > 0 ? (uint64_t)r : 0;
	snprintf(out->what, sizeof out->what, r > 0 ? _("the workspace checked: %s") : _("the workspace checked"), first);
	return r < 0 ? r : 0;
}

const struct demo_step demo_steps[] = {
	{ "import-documents", true, step_documents },
	{ "import-bitext", true, step_bitext },
	{ "search", false, step_search },
	{ "filter-bitext", false, step_placeholders },
	{ "review", false, step_review },
	{ "undo-redo", false, step_undo },
	{ "dedup", false, demo_dedup },
	{ "order", false, demo_order },
	{ "mine", false, demo_mine },
	{ "backtranslate", false, demo_instruct },
	{ "export-documents", false, demo_export_documents },
	{ "export-bitext", false, demo_export_bitext },
	{ "fsck", false, step_fsck },
	{ .name = NULL },
};
