/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tamis ls documents …: items of one kind, streamed; sorted only when asked, then sixteen bytes an item are kept. */
#include "config.h"

#include "cli/ls.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "cli/print.h"
#include "cli/table.h"
#include "review/filter.h"
#include "text/langid.h"

#define HEAD_COLUMNS 72

static const struct table_column columns[] = {
	{ .title = N_("id") },
	{ .title = N_("from"), .cut = true },
	{ .title = N_("lang") },
	{ .title = N_("bytes"), .right = true },
	{ .title = N_("score"), .right = true },
	{ .title = N_("verdict") },
	{ .title = N_("text"), .cut = true },
};

/* Of pairs that were compared by words and by embeddings. */
static const struct table_column columns_twice_compared[] = {
	{ .title = N_("id") },
	{ .title = N_("from"), .cut = true },
	{ .title = N_("lang") },
	{ .title = N_("bytes"), .right = true },
	{ .title = N_("score"), .right = true },
	{ .title = N_("lexical"), .right = true },
	{ .title = N_("cosine"), .right = true },
	{ .title = N_("verdict") },
	{ .title = N_("text"), .cut = true },
};

struct ranked {
	double key;
	item_ref ref;
};

struct listing {
	struct cli *cli;
	const struct ls_request *q;
	struct filter *filter;
	struct item_source *source;
	struct corpus_view *view;      /* of the records being scanned, NULL for items of runs */
	struct item item;
	struct table table;
	bool twice_compared;           /* the table has columns for both similarities */
	atomic_bool *stop;
	uint64_t shown;
	VEC(struct ranked) ranked;
	struct error *err;
	int code;
};

/* ---- rows ---- */

static double number_of(const json_t *body, const char *key)
{
	const json_t *value = json_object_get(body, key);

	return json_is_number(value) ? json_number_value(value) : NAN;
}

/* Both similarities, from the body of a run's item; none of a record. */
static void table_similarities(struct table *t, const struct item *item)
{
	json_t *body = item->run ? json_loadb(item->raw.p, item->raw.len, JSON_ALLOW_NUL, NULL) : NULL;

	table_real(t, number_of(body, "lexical"), 3);
	table_real(t, number_of(body, "cosine"), 3);
	json_decref(body);
}

static void table_item(struct listing *l)
{
	const struct item *item = &l->item;
	struct table *t = &l->table;
	struct buf head = BUF_INIT;
	char ref[32], from[80];

	item_ref_format(ref, item->ref);
	snprintf(from, sizeof from, _("run %lld"), (long long)item->run);
	print_head(&head, item, l->cli->columns ? l->cli->columns : HEAD_COLUMNS);
	table_string(t, ref);
	table_string(t, item->corpus[0] ? item->corpus : from);
	table_string(t, item->lang == LANG_UNKNOWN ? NULL : lang_code(item->lang));
	table_count(t, item->size);
	table_real(t, item->score, 3);
	if (l->twice_compared)
		table_similarities(t, item);
	table_string(t, print_verdict(item->state.verdict));
	table_text(t, buf_span(&head));
	buf_free(&head);
}

static bool show(struct listing *l, item_ref ref)
{
	bool ok = true;

	if (l->shown >= l->q->limit)
		return false;
	l->code = item_load(&l->item, l->source, ref, l->err);
	if (l->code != 0)
		return false;
	l->shown++;
	if (l->cli->json) {
		print_item(l->cli, &l->item, true);
	} else {
		table_item(l);
		ok = table_row(&l->table);
	}
	return ok && !l->cli->gone && l->shown < l->q->limit;
}

/* ---- sorting ---- */

static int by_key(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->ref < y->ref ? -1 : x->ref > y->ref;
}

static void keep_best(struct listing *l, uint64_t limit)
{
	qsort(l->ranked.v, l->ranked.n, sizeof *l->ranked.v, by_key);
	if (l->ranked.n > limit)
		l->ranked.n = (size_t)limit;
}

/* What is sorted by, smaller first; what has no score comes last. */
static int sort_key(struct listing *l, item_ref ref, double *key)
{
	const char *sort = l->q->sort;
	bool down = sort[0] == '-';
	struct record_fact fact;
	double value;
	uint64_t i;

	if (!corpus_view_find(l->view, ref, &i))
		return error_set(l->err, TAMIS_ENOTFOUND, _("a record went away while it was listed"));
	if (corpus_view_facts(l->view, l->cli->store, i, 1, &fact, l->err) != 0)
		return l->err->code;
	value = strcmp(sort + down, "score") == 0 ? (double)fact.score : (double)fact.text_bytes;
	*key = isnan(value) ? INFINITY : down ? -value : value;
	return 0;
}

static bool rank(struct listing *l, item_ref ref)
{
	struct ranked r = { .ref = ref };

	l->code = sort_key(l, ref, &r.key);
	if (l->code != 0)
		return false;
	vec_push(&l->ranked, r);
	if (l->q->limit < SIZE_MAX / 4 && l->ranked.n >= 2 * l->q->limit + 1000)
		keep_best(l, l->q->limit);
	return true;
}

/* ---- walking ---- */

static void hit(void *ctx, const item_ref *refs, size_t n, uint64_t scanned)
{
	struct listing *l = ctx;
	bool sorts = l->view && l->q->sort && strcmp(l->q->sort, "id") != 0;

	(void)scanned;
	for (size_t i = 0; i < n && !atomic_load(l->stop); i++)
		if (!(sorts ? rank(l, refs[i]) : show(l, refs[i])))
			atomic_store(l->stop, true);
}

static int scan(struct listing *l, const item_ref *refs, size_t n)
{
	int r = filter_scan(l->filter, l->cli->store, l->view, refs, n, l->stop, hit, l, l->err);

	if (l->code != 0)
		return l->code;
	if (r == TAMIS_ECANCEL && !cli_was_interrupted()) {
		*l->err = (struct error){ 0 };
		r = 0;
	}
	return r;
}

static int list_corpus(struct listing *l, const struct corpus *corpus)
{
	int r = cli_refresh(l->cli, corpus->id, l->err);

	if (r == 0)
		r = corpus_view_open(&l->view, l->cli->store, corpus->id, l->err);
	if (r != 0)
		return r;
	item_source_use(l->source, l->view);
	r = scan(l, NULL, 0);
	if (r == 0 && l->ranked.n) {
		keep_best(l, l->q->limit);
		for (size_t i = 0; i < l->ranked.n && show(l, l->ranked.v[i].ref); i++)
			;
		r = l->code;
	}
	return r;
}

static int list_records(struct listing *l)
{
	struct corpus *all = NULL, one;
	size_t n = 0;
	int r = l->q->corpus ? cli_corpus(l->cli, &one, l->q->corpus, l->err) : 0;

	if (r == 0)
		r = store_corpus_list(l->cli->store, &all, &n, l->err);
	for (size_t i = 0; i < n && r == 0 && !atomic_load(l->stop); i++) {
		if (all[i].kind != l->q->kind || (l->q->corpus && all[i].id != one.id))
			continue;
		r = list_corpus(l, &all[i]);
		item_source_free(l->source);
		l->source = item_source_new(l->cli->store);
		corpus_view_close(l->view);
		l->view = NULL;
		vec_clear(&l->ranked);
	}
	free(all);
	return r;
}

static int list_run_items(struct listing *l)
{
	const char *order = l->q->sort ? l->q->sort : "id";
	int64_t *ids = NULL;
	item_ref *refs;
	size_t n = 0;
	int r;

	if (strstr(order, "bytes"))
		order = "id";
	r = store_item_ids(l->cli->store, l->q->run, l->q->kind, order, &ids, &n, l->err);
	if (r != 0)
		return r;
	refs = xcalloc(n + 1, sizeof *refs);
	for (size_t i = 0; i < n; i++)
		refs[i] = item_ref_item(ids[i]);
	if (n)
		r = scan(l, refs, n);
	free(refs);
	free(ids);
	return r;
}

/* A run makes items of one kind: asking it for another one is a mistake, not an empty list. */
static int check_kind(const struct run *run, const struct ls_request *q, struct error *err)
{
	static const struct {
		const char *pipeline;
		enum item_kind kind;
		const char *word; /* of ls */
	} made[] = {
		{ "dedup", KIND_CLUSTER, "clusters" },
		{ "mine", KIND_BITEXT, "bitext" },
		{ "backtranslate", KIND_INSTRUCTION, "instructions" },
		{ "order", KIND_ORDER, "order" },
	};

	if (strcmp(run->pipeline, "import") == 0)
		return error_set(err, TAMIS_ENOTFOUND, _("run %lld is an import: list what it brought with tamis ls %s CORPUS"),
				 (long long)q->run, q->word);
	for (size_t i = 0; i < sizeof made / sizeof *made; i++)
		if (strcmp(run->pipeline, made[i].pipeline) == 0 && q->kind != made[i].kind)
			return error_set(err, TAMIS_ENOTFOUND, _("run %lld (%s) made no %s: tamis ls %s --run %lld lists what it made"),
					 (long long)q->run, run->pipeline, q->word, made[i].word, (long long)q->run);
	return 0;
}

static int check(struct cli *cli, const struct ls_request *q, struct error *err)
{
	struct run run = { 0 };
	int r;

	if (!q->run)
		return 0;
	if (q->corpus)
		return error_set(err, TAMIS_EUSAGE, _("a run's items belong to no corpus: leave out --run or %s"), q->corpus);
	r = store_run_get(cli->store, &run, q->run, err);
	if (r == 0) {
		r = check_kind(&run, q, err);
		run_free(&run);
	}
	return r;
}

/* Whether the run mined by embeddings: its pairs have a cosine beside what their words say. */
static bool mined_by_vectors(const struct run *run)
{
	json_t *parameters = strcmp(run->pipeline, "mine") == 0 ? json_loads(run->parameters ? run->parameters : "", 0, NULL) : NULL;
	const char *embedder = json_string_value(json_object_get(parameters, "embedder"));
	bool vectors = embedder && strcmp(embedder, "lexical") != 0;

	json_decref(parameters);
	return vectors;
}

static int choose_columns(struct listing *l)
{
	struct run *runs = NULL;
	size_t n = 0;
	int r = 0;

	if (l->q->kind == KIND_BITEXT && !l->q->corpus && !l->cli->json)
		r = store_run_list(l->cli->store, &runs, &n, l->err);
	for (size_t i = 0; i < n; i++) {
		if (!l->q->run || runs[i].id == l->q->run)
			l->twice_compared |= mined_by_vectors(&runs[i]);
		run_free(&runs[i]);
	}
	free(runs);
	if (l->twice_compared)
		table_init(&l->table, l->cli, columns_twice_compared, sizeof columns_twice_compared / sizeof columns_twice_compared[0]);
	else
		table_init(&l->table, l->cli, columns, sizeof columns / sizeof columns[0]);
	return r;
}

int ls_items(struct cli *cli, const struct ls_request *q, struct error *err)
{
	struct listing l = { .cli = cli, .q = q, .err = err };
	int r = check(cli, q, err);

	if (r == 0)
		r = filter_parse(&l.filter, q->where ? q->where : "", err);
	if (r != 0)
		return r;
	l.stop = cli_stop();
	l.source = item_source_new(cli->store);
	item_init(&l.item);
	r = choose_columns(&l);
	if (r == 0 && q->limit > 0 && !q->run)
		r = list_records(&l);
	if (r == 0 && q->limit > 0 && !q->corpus && !atomic_load(l.stop))
		r = list_run_items(&l);
	if (r == 0 && cli_was_interrupted())
		r = error_set(err, TAMIS_ECANCEL, _("interrupted"));
	ls_end(&l.table);
	item_free(&l.item);
	item_source_free(l.source);
	filter_free(l.filter);
	vec_free(&l.ranked);
	return r;
}
