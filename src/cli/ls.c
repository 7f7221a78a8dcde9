/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tamis ls: what a workspace holds. */
#include "config.h"

#include "cli/ls.h"

#include "base/i18n.h"
#include "base/json.h"
#include "cli/suggest.h"
#include "cli/table.h"
#include "store/requests.h"

#define COLUMNS(array) array, sizeof array / sizeof array[0]

const struct verb verb_ls;

static const struct verb_option options[] = {
	{ .name = "run", .letter = 'r', .value = "N", .help = N_("only what run N made") },
	{ .name = "where", .value = "FILTER", .help = N_("only what matches: lang=zh verdict=none score>=0.5 text~regex") },
	{ .name = "sort", .letter = 's', .value = "KEY", .help = N_("the order; - before a key turns it round"),
	  .choices = "id score -score bytes -bytes" },
	{ .name = "limit", .letter = 'n', .value = "N", .help = N_("at most so many rows") },
	{ .name = NULL },
};

void ls_end(struct table *t)
{
	if (t->rows == 0 && !t->cli->json)
		cli_note(t->cli, _("nothing to list"));
	table_end(t);
}

static bool is_importing(const struct run *runs, size_t n, const char *corpus)
{
	for (size_t i = 0; i < n; i++)
		if (store_run_importing(&runs[i], corpus) && store_run_alive(&runs[i]))
			return true;
	return false;
}

static void free_runs(struct run *runs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		run_free(&runs[i]);
	free(runs);
}

static int ls_corpora(struct cli *cli, const struct ls_request *q, struct error *err)
{
	static const struct table_column columns[] = {
		{ .key = "name", .title = N_("corpus"), .cut = true },
		{ .key = "kind", .title = N_("kind") },
		{ .key = "records", .title = N_("records"), .right = true },
		{ .key = "rejected", .title = N_("rejected"), .right = true },
		{ .key = "bytes", .title = N_("size"), .right = true },
		{ .key = "sources", .title = N_("files"), .right = true },
		{ .key = "state" },
	};
	struct corpus *all = NULL;
	struct run *runs = NULL;
	struct table t;
	size_t n = 0, n_runs = 0;
	int r = store_corpus_list(cli->store, &all, &n, err);

	if (r == 0)
		r = store_run_list(cli->store, &runs, &n_runs, err);
	if (r != 0) {
		free(all);
		return r;
	}
	table_init(&t, cli, COLUMNS(columns));
	for (size_t i = 0; i < n && i < q->limit; i++) {
		table_string(&t, all[i].name);
		table_string(&t, cli->json ? item_kind_name(all[i].kind) : _(item_kind_name(all[i].kind)));
		table_count(&t, all[i].records);
		table_count(&t, all[i].rejected);
		table_bytes(&t, all[i].bytes);
		table_count(&t, all[i].sources);
		table_string(&t, !all[i].indexing ? "ready" : is_importing(runs, n_runs, all[i].name) ? "indexing" : "unfinished");
		if (!table_row(&t))
			break;
	}
	ls_end(&t);
	for (size_t i = 0; i < n && !cli->json; i++)
		if (all[i].indexing && !is_importing(runs, n_runs, all[i].name))
			cli_note(cli, _("%s: unfinished: import again to go on"), all[i].name);
	free_runs(runs, n_runs);
	free(all);
	return 0;
}

/* Untranslated: the words of --json. */
static const char *state_name(enum source_state state)
{
	static const char *const names[] = { "indexing", "ready", "changed", "missing" };

	return (size_t)state < sizeof names / sizeof names[0] ? names[state] : "?";
}

/* The state as the file is now, not as it was when imported. */
static const char *state_now(struct store *s, const struct source *src)
{
	struct error ignored = { 0 };
	int r;

	if (src->state != SOURCE_READY || strcmp(src->path, "-") == 0)
		return state_name(src->state);
	r = source_check(s, src, &ignored);
	if (r == 1)
		return "grown";
	return r == TAMIS_ECHANGED ? "changed" : r == TAMIS_ENOTFOUND ? "missing" : "ready";
}

static void source_row(struct table *t, struct store *s, const struct source *src, const char *corpus)
{
	table_count(t, (uint64_t)src->id);
	table_string(t, corpus);
	table_string(t, state_now(s, src));
	table_string(t, format_name(src->shape.format));
	table_string(t, src->shape.profile);
	table_string(t, container_name(src->shape.container));
	table_count(t, src->records);
	table_count(t, src->rejected);
	table_bytes(t, src->size);
	table_string(t, src->path);
	table_string(t, src->shape.reason);
}

static int ls_sources(struct cli *cli, const struct ls_request *q, struct error *err)
{
	static const struct table_column columns[] = {
		{ .key = "id", .title = N_("id"), .right = true },
		{ .key = "corpus", .title = N_("corpus"), .cut = true },
		{ .key = "state", .title = N_("state") },
		{ .key = "format", .title = N_("format") },
		{ .key = "profile", .title = N_("profile") },
		{ .key = "container" },
		{ .key = "records", .title = N_("records"), .right = true },
		{ .key = "rejected", .title = N_("rejected"), .right = true },
		{ .key = "bytes", .title = N_("size"), .right = true },
		{ .key = "path", .title = N_("file"), .cut = true },
		{ .key = "reason" },
	};
	struct corpus *all = NULL, one;
	struct table t;
	uint64_t shown = 0;
	size_t n = 0;
	int r = store_corpus_list(cli->store, &all, &n, err);

	if (r == 0 && q->corpus)
		r = cli_corpus(cli, &one, q->corpus, err);
	if (r != 0)
		goto done;
	table_init(&t, cli, COLUMNS(columns));
	for (size_t i = 0; i < n && r == 0; i++) {
		int64_t *ids = NULL;
		size_t n_sources = 0;

		if (q->corpus && one.id != all[i].id)
			continue;
		r = store_source_ids(cli->store, all[i].id, &ids, &n_sources, err);
		for (size_t j = 0; j < n_sources && r == 0; j++) {
			struct source source;

			if (shown++ >= q->limit)
				continue;
			r = store_source_get(cli->store, &source, ids[j], err);
			if (r != 0)
				break;
			source_row(&t, cli->store, &source, all[i].name);
			table_row(&t);
			source_free(&source);
		}
		free(ids);
	}
	ls_end(&t);
done:
	free(all);
	return r;
}

static const char *run_state(const struct run *run)
{
	return run->ended_ms ? N_("done") : store_run_alive(run) ? N_("running") : N_("unfinished");
}

static int list_runs(struct cli *cli, const struct ls_request *q, bool unfinished_only, struct error *err)
{
	static const struct table_column columns[] = {
		{ .key = "id", .title = N_("run"), .right = true },
		{ .key = "pipeline", .title = N_("pipeline") },
		{ .key = "state", .title = N_("state") },
		{ .key = "started", .title = N_("started") },
		{ .key = "seconds", .title = N_("time"), .right = true },
		{ .key = "engine", .title = N_("engine"), .cut = true },
		{ .key = "parameters", .title = N_("parameters"), .cut = true },
		{ .key = "inputs" },
		{ .key = "counts", .title = N_("counts"), .cut = true },
	};
	struct run *runs = NULL;
	struct table t;
	size_t n = 0;
	uint64_t shown = 0;
	int r = store_run_list(cli->store, &runs, &n, err);

	if (r != 0)
		return r;
	table_init(&t, cli, COLUMNS(columns));
	for (size_t i = 0; i < n; i++) {
		const struct run *run = &runs[i];

		if ((unfinished_only && run->ended_ms) || (q->run && run->id != q->run) || shown++ >= q->limit)
			continue;
		table_count(&t, (uint64_t)run->id);
		table_string(&t, run->pipeline);
		table_string(&t, cli->json ? run_state(run) : _(run_state(run)));
		table_time(&t, run->started_ms);
		if (run->ended_ms)
			table_seconds(&t, (double)(run->ended_ms - run->started_ms) / 1e3);
		else
			table_none(&t);
		table_string(&t, run->engine);
		table_raw_json(&t, span_of(run->parameters));
		table_raw_json(&t, span_of(run->inputs));
		table_raw_json(&t, span_of(run->counts));
		table_row(&t);
	}
	ls_end(&t);
	free_runs(runs, n);
	return 0;
}

static int ls_runs(struct cli *cli, const struct ls_request *q, struct error *err)
{
	return list_runs(cli, q, false, err);
}

/* Jobs of a process that is not this one are seen by what they left unfinished in the workspace. */
static int ls_jobs(struct cli *cli, const struct ls_request *q, struct error *err)
{
	return list_runs(cli, q, true, err);
}

static int ls_rejected(struct cli *cli, const struct ls_request *q, struct error *err)
{
	static const struct table_column columns[] = {
		{ .key = "file", .title = N_("file"), .cut = true },
		{ .key = "line", .title = N_("line"), .right = true },
		{ .key = "byte", .title = N_("byte"), .right = true },
		{ .key = "reason", .title = N_("reason") },
	};
	struct corpus corpus = { 0 };
	struct rejected *rows = NULL;
	struct source src = { 0 };
	struct table t;
	size_t n = 0;
	int r = q->corpus ? cli_corpus(cli, &corpus, q->corpus, err) : 0;

	if (r == 0)
		r = store_rejected_list(cli->store, corpus.id, q->limit > SIZE_MAX ? SIZE_MAX : (size_t)q->limit, &rows, &n, err);
	if (r != 0)
		return r;
	table_init(&t, cli, COLUMNS(columns));
	for (size_t i = 0; i < n && r == 0; i++) {
		if (src.id != rows[i].source) {
			source_free(&src);
			src = (struct source){ 0 };
			r = store_source_get(cli->store, &src, rows[i].source, err);
			if (r != 0)
				break;
		}
		table_string(&t, src.path);
		table_count(&t, rows[i].line);
		table_count(&t, rows[i].byte);
		table_string(&t, cli->json ? rows[i].reason : _(rows[i].reason));
		if (!table_row(&t))
			break;
	}
	ls_end(&t);
	source_free(&src);
	free(rows);
	return r;
}

struct request_listing {
	struct cli *cli;
	struct table t;
	uint64_t left;
};

static bool list_request(void *ctx, const struct request_row *r)
{
	struct request_listing *l = ctx;
	struct table *t = &l->t;

	if (l->left-- == 0)
		return false;
	table_count(t, (uint64_t)r->id);
	table_count(t, (uint64_t)r->run);
	table_string(t, r->purpose);
	table_string(t, request_state_name(r->state));
	table_string(t, r->outcome);
	table_count(t, (uint64_t)r->status);
	table_count(t, r->attempts);
	table_count(t, (uint64_t)r->prompt_tokens);
	table_count(t, (uint64_t)r->completion_tokens);
	table_seconds(t, (double)r->latency_ms / 1e3);
	table_string(t, r->model);
	table_string(t, r->why);
	table_string(t, r->endpoint);
	table_string(t, r->key);
	table_text(t, r->body);
	table_text(t, r->reply);
	return table_row(t);
}

/* What was asked of models, whichever way it ended. */
static int ls_requests(struct cli *cli, const struct ls_request *q, struct error *err)
{
	static const struct table_column columns[] = {
		{ .key = "id", .title = N_("id"), .right = true },
		{ .key = "run", .title = N_("run"), .right = true },
		{ .key = "purpose", .title = N_("purpose") },
		{ .key = "state", .title = N_("state") },
		{ .key = "outcome", .title = N_("outcome") },
		{ .key = "status", .title = N_("status"), .right = true },
		{ .key = "tries", .title = N_("tries"), .right = true },
		{ .key = "prompt_tokens", .title = N_("in"), .right = true },
		{ .key = "completion_tokens", .title = N_("out"), .right = true },
		{ .key = "seconds", .title = N_("time"), .right = true },
		{ .key = "model", .title = N_("model"), .cut = true },
		{ .key = "why", .title = N_("why"), .cut = true },
		{ .key = "endpoint" },
		{ .key = "key" },
		{ .key = "body" },
		{ .key = "reply" },
	};
	struct request_listing l = { .cli = cli, .left = q->limit };
	int r;

	table_init(&l.t, cli, COLUMNS(columns));
	r = store_requests_each(cli->store, q->run, list_request, &l, err);
	ls_end(&l.t);
	return r;
}

static const struct {
	const char *word;
	enum item_kind kind;
	int (*list)(struct cli *cli, const struct ls_request *q, struct error *err);
} kinds[] = {
	{ "corpora", KIND_NONE, ls_corpora },
	{ "sources", KIND_NONE, ls_sources },
	{ "documents", KIND_DOCUMENT, ls_items },
	{ "clusters", KIND_CLUSTER, ls_items },
	{ "bitext", KIND_BITEXT, ls_items },
	{ "instructions", KIND_INSTRUCTION, ls_items },
	{ "order", KIND_ORDER, ls_items },
	{ "regions", KIND_REGION, ls_items },
	{ "findings", KIND_FINDING, ls_items },
	{ "runs", KIND_NONE, ls_runs },
	{ "jobs", KIND_NONE, ls_jobs },
	{ "rejected", KIND_NONE, ls_rejected },
	{ "requests", KIND_NONE, ls_requests },
};

#define KIND_WORDS "corpora sources documents clusters bitext instructions order regions findings runs jobs rejected requests"

static int read_request(struct ls_request *q, const struct verb_args *args, struct error *err)
{
	uint64_t run_id = 0;
	int r;

	*q = (struct ls_request){ .word = args->words[0], .corpus = args->n_words > 1 ? args->words[1] : NULL,
				  .limit = UINT64_MAX };
	r = arg_count(&q->limit, &verb_ls, args, "limit", 0, UINT64_MAX, err);
	if (r == 0)
		r = arg_count(&run_id, &verb_ls, args, "run", 1, INT64_MAX, err);
	if (r == 0)
		r = arg_choice(&q->sort, &verb_ls, args, "sort", err);
	q->run = (int64_t)run_id;
	q->where = arg_value(&verb_ls, args, "where");
	return r;
}

static int run(struct cli *cli, const struct verb_args *args, struct error *err)
{
	struct ls_request q;
	struct suggest s;
	int r = read_request(&q, args, err);

	if (r != 0)
		return r;
	suggest_init(&s, q.word);
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		suggest_offer(&s, kinds[i].word);
		if (strcmp(kinds[i].word, q.word) == 0 ||
		    (kinds[i].kind && kinds[i].kind == item_kind_from_name(span_of(q.word)))) {
			q.kind = kinds[i].kind;
			if (kinds[i].list != ls_items && (q.where || q.sort))
				return error_set(err, TAMIS_EUSAGE, _("--where and --sort are for items, not for %s"), q.word);
			r = cli_workspace_to_read(cli, err);
			return r != 0 ? r : kinds[i].list(cli, &q, err);
		}
	}
	if (s.nearest)
		return error_set(err, TAMIS_EUSAGE, _("ls can't list “%s”; did you mean %s?"), q.word, s.nearest);
	return error_set(err, TAMIS_EUSAGE, _("ls can't list “%s”; it lists: %s"), q.word, KIND_WORDS);
}

const struct verb verb_ls = {
	.name = "ls",
	.synopsis = "KIND [CORPUS]",
	.help = N_("list what the workspace holds"),
	.options = options,
	.min_words = 1,
	.max_words = 2,
	.run = run,
	.more = N_("KIND is corpora, sources (files and how they were recognised), documents, clusters, bitext, instructions, order, "
		   "regions, findings, runs, jobs (what is running or was left unfinished), rejected (records kept out of an "
		   "import, with line, byte and reason) or requests (what was asked of models, and how it ended)."),
	.words = KIND_WORDS,
};
