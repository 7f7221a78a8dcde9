/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where an import's records come from, as a row of the runs. */
#include "jobs/importer.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "config.h"

static void put_wish(struct buf *json, const struct import_request *req)
{
	const struct shape_wish *wish = &req->wish;
	const struct {
		const char *key, *value;
	} words[] = {
		{ "split", wish->split }, { "text", wish->text_field }, { "id", wish->id_field }, { "lang", wish->lang },
	};

	buf_addc(json, '{');
	if (wish->format != FORMAT_AUTO)
		json_put_member(json, "format", span_of(format_name(wish->format)));
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (words[i].value)
			json_put_member(json, words[i].key, span_of(words[i].value));
	buf_addc(json, '}');
}

int import_begin_run(struct importer *imp, struct error *err)
{
	struct buf parameters = BUF_INIT, inputs = BUF_INIT;
	int rc;

	if (imp->run.id)
		return 0;
	put_wish(&parameters, imp->req);
	buf_addc(&inputs, '{');
	json_put_member(&inputs, "corpus", span_of(imp->corpus.name));
	json_put_key(&inputs, "paths");
	buf_addc(&inputs, '[');
	for (size_t i = 0; i < imp->req->n_paths; i++) {
		buf_adds(&inputs, i ? "," : "");
		json_put_string(&inputs, span_of(imp->req->paths[i]));
	}
	buf_adds(&inputs, "]}");
	snprintf(imp->run.pipeline, sizeof imp->run.pipeline, "import");
	snprintf(imp->run.engine, sizeof imp->run.engine, "%s", PACKAGE_VERSION);
	imp->run.parameters = buf_steal(&parameters, NULL);
	imp->run.inputs = buf_steal(&inputs, NULL);
	rc = store_run_begin(imp->s, &imp->run, err);
	return rc;
}

/* Earlier imports of this corpus that were cut off: nothing of them is left to do. */
static int close_stale(struct importer *imp, struct error *err)
{
	struct corpus corpus;
	struct run *runs = NULL;
	size_t n = 0;
	int rc = store_corpus_get(imp->s, &corpus, imp->corpus.name, err);

	if (rc < 0 || corpus.indexing)
		return rc;
	rc = store_run_list(imp->s, &runs, &n, err);
	for (size_t i = 0; i < n; i++) {
		if (rc == 0 && store_run_importing(&runs[i], corpus.name) && !store_run_alive(&runs[i])) {
			free(runs[i].counts);
			runs[i].counts = xasprintf("{\"continued\":%lld}", (long long)imp->run.id);
			rc = store_run_end(imp->s, &runs[i], err);
		}
		run_free(&runs[i]);
	}
	free(runs);
	return rc;
}

int import_end_run(struct importer *imp, struct error *err)
{
	struct buf counts = BUF_INIT;
	const struct import_result *r = imp->out;
	int rc = close_stale(imp, err);

	if (rc < 0 || imp->run.id == 0)
		return rc;
	buf_addc(&counts, '{');
	json_put_int(&counts, "sources", (int64_t)r->sources);
	json_put_int(&counts, "skipped_sources", (int64_t)r->skipped_sources);
	json_put_int(&counts, "records", (int64_t)r->records);
	json_put_int(&counts, "rejected", (int64_t)r->rejected);
	json_put_int(&counts, "bytes", (int64_t)r->bytes);
	buf_addc(&counts, '}');
	free(imp->run.counts);
	imp->run.counts = buf_steal(&counts, NULL);
	return store_run_end(imp->s, &imp->run, err);
}
