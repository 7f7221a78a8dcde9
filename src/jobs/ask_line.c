/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "jobs/ask_line.h"

#include <jansson.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/json.h"

void ask_line_init(struct ask_line *a)
{
	*a = (struct ask_line){ .request.generator = GENERATOR_HTTP };
}

void ask_line_free(struct ask_line *a)
{
	arena_free(&a->texts);
	ask_line_init(a);
}

void ask_line_corpus(struct ask_line *a, const char *corpus)
{
	a->request.corpus = arena_strdup(&a->texts, corpus);
}

/* ---- of a run ---- */

static const char *text_of(struct ask_line *a, const json_t *parameters, const char *name)
{
	const char *text = json_string_value(json_object_get(parameters, name));

	return text && *text ? arena_strdup(&a->texts, text) : NULL;
}

static int64_t number_of(const json_t *parameters, const char *name)
{
	json_int_t n = json_integer_value(json_object_get(parameters, name));

	return n > 0 ? n : 0;
}

static bool flag_of(const json_t *parameters, const char *name)
{
	return json_is_true(json_object_get(parameters, name));
}

int ask_line_of_run(struct ask_line *out, const struct run *run, struct error *err)
{
	json_t *p = json_loads(run->parameters ? run->parameters : "", 0, NULL);
	const char *generator = json_string_value(json_object_get(p, "generator"));
	struct backtranslate_request *q = &out->request;
	int rc = 0;

	ask_line_free(out);
	if (strcmp(run->pipeline, BACKTRANSLATE_PIPELINE) != 0 || !generator || strcmp(generator, "http") != 0)
		rc = error_set(err, TAMIS_EUSAGE, _("run %lld asked no model"), (long long)run->id);
	else
		*q = (struct backtranslate_request){
			.corpus = text_of(out, p, "corpus"), .lang = text_of(out, p, "lang"), .types = (unsigned)number_of(p, "types"),
			.least = (size_t)number_of(p, "least"), .most = (size_t)number_of(p, "most"), .n = (uint64_t)number_of(p, "n"),
			.keep_all = flag_of(p, "keep_all"), .benchmark = text_of(out, p, "benchmark"), .generator = GENERATOR_HTTP,
			.model = { .endpoint = text_of(out, p, "endpoint"), .model = text_of(out, p, "model"),
				   .tries = (unsigned)number_of(p, "tries"), .budget = number_of(p, "budget"), .judge = flag_of(p, "judge"),
				   .rewrite = flag_of(p, "rewrite"), .again = flag_of(p, "again") } };
	json_decref(p);
	return rc;
}

/* ---- of a line ---- */

static const struct flag {
	const char *word;
	size_t at; /* in struct backtranslate_model */
} flags[] = {
	{ "judge", offsetof(struct backtranslate_model, judge) },
	{ "rewrite", offsetof(struct backtranslate_model, rewrite) },
	{ "again", offsetof(struct backtranslate_model, again) },
};

/* Numbers, in the order of struct figures. */
static const struct {
	const char *name;
	uint64_t most;
} figures[] = { { "n=", UINT32_MAX }, { "budget=", INT64_MAX / 4 }, { "tries=", 10 }, { "parallel=", 1024 } };

struct figures {
	uint64_t n, budget, tries, parallel;
};

static bool read_figure(uint64_t *out, struct span word, const char *name, uint64_t most)
{
	uint64_t n = 0;

	word = span_make(word.p + strlen(name), word.len - strlen(name));
	if (word.len == 0 || word.len > 18)
		return false;
	for (size_t i = 0; i < word.len; i++) {
		if (word.p[i] < '0' || word.p[i] > '9')
			return false;
		n = n * 10 + (uint64_t)(word.p[i] - '0');
	}
	*out = n;
	return n > 0 && n <= most;
}

static int read_word(struct backtranslate_request *q, struct figures *f, struct ask_line *a, struct span word, struct error *err)
{
	uint64_t *const values[] = { &f->n, &f->budget, &f->tries, &f->parallel };

	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		if (span_is(word, flags[i].word)) {
			*(bool *)((char *)&q->model + flags[i].at) = true;
			return 0;
		}
	for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
		if (span_starts(word, figures[i].name) && read_figure(values[i], word, figures[i].name, figures[i].most))
			return 0;
	if (span_starts(word, "lang=") && word.len > 5) {
		q->lang = arena_span(&a->texts, span_make(word.p + 5, word.len - 5)).p;
		return 0;
	}
	return error_set(err, TAMIS_EUSAGE, _("“%.*s” is none of judge, rewrite, again, n=N, budget=TOKENS, tries=N, parallel=N, lang=CODE"),
			 (int)(word.len < 40 ? word.len : 40), word.p);
}

static struct span next_word(struct span *rest)
{
	struct span word;
	size_t n = 0;

	*rest = span_trim(*rest);
	while (n < rest->len && rest->p[n] != ' ' && rest->p[n] != '\t')
		n++;
	word = span_make(rest->p, n);
	*rest = span_make(rest->p + n, rest->len - n);
	return word;
}

int ask_line_read(struct ask_line *out, const char *line, struct error *err)
{
	struct span rest = span_of(line), endpoint = next_word(&rest), model = next_word(&rest), word;
	struct backtranslate_request q = out->request;
	struct figures f = { 0 };
	struct buf url = BUF_INIT;
	int rc = 0;

	q.lang = NULL;
	q.model = (struct backtranslate_model){ .endpoint = arena_span(&out->texts, endpoint).p, .model = arena_span(&out->texts, model).p };
	if (endpoint.len == 0 || model.len == 0)
		rc = error_set(err, TAMIS_EUSAGE, _("an address and the name of a model are needed: http://localhost:8080 NAME"));
	if (rc == 0)
		rc = chat_url(&url, q.model.endpoint, err);
	while (rc == 0 && (word = next_word(&rest)).len)
		rc = read_word(&q, &f, out, word, err);
	buf_free(&url);
	if (rc < 0)
		return rc;
	q.n = f.n;
	q.model.budget = (int64_t)f.budget;
	q.model.tries = (unsigned)f.tries;
	q.model.parallel = (unsigned)f.parallel;
	out->request = q;
	return 0;
}

void ask_line_put(struct buf *out, const struct backtranslate_request *q)
{
	const struct backtranslate_model *m = &q->model;
	const uint64_t values[] = { q->n, (uint64_t)m->budget, m->tries, m->parallel };

	buf_addf(out, "%s %s", m->endpoint ? m->endpoint : "", m->model ? m->model : "");
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		if (*(const bool *)((const char *)m + flags[i].at))
			buf_addf(out, " %s", flags[i].word);
	for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
		if (values[i])
			buf_addf(out, " %s%llu", figures[i].name, (unsigned long long)values[i]);
	if (q->lang)
		buf_addf(out, " lang=%s", q->lang);
}
