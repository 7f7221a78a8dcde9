/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "instruct/benchmark.h"

#include <jansson.h>

#include "base/hash.h"
#include "base/i18n.h"
#include "base/map.h"
#include "base/utf8.h"
#include "formats/reader.h"

#define FILE_MOST ((size_t)256 << 20)
#define DEPTH 32

struct benchmark {
	struct map64 grams;
	bool lengths[BENCHMARK_GRAM + 1]; /* of runs that are there */
	struct term_reader *reader;
	struct term_list terms;
};

static uint64_t gram_at(const struct term_list *terms, size_t i, size_t n)
{
	uint64_t hash = n;

	for (size_t k = i; k < i + n; k++)
		hash = hash_mix64(hash ^ terms->terms.v[k].id);
	return hash;
}

static void add_text(struct benchmark *b, struct span text)
{
	size_t n;

	terms_read(b->reader, &b->terms, text);
	n = b->terms.terms.n < BENCHMARK_GRAM ? b->terms.terms.n : BENCHMARK_GRAM;
	if (n < BENCHMARK_LEAST)
		return;
	b->lengths[n] = true;
	for (size_t i = 0; i + n <= b->terms.terms.n; i++)
		*map64_at(&b->grams, gram_at(&b->terms, i, n), NULL) = 1;
}

/* Every string in the value. */
static void add_value(struct benchmark *b, const json_t *value, unsigned depth)
{
	const char *key;
	json_t *member;
	size_t i;

	if (json_is_string(value))
		add_text(b, span_make(json_string_value(value), json_string_length(value)));
	if (depth == DEPTH)
		return;
	json_array_foreach(value, i, member)
		add_value(b, member, depth + 1);
	json_object_foreach((json_t *)(uintptr_t)value, key, member)
		add_value(b, member, depth + 1);
}

static bool add_json(struct benchmark *b, struct span text)
{
	json_t *value = json_loadb(text.p, text.len, JSON_ALLOW_NUL, NULL);

	if (value)
		add_value(b, value, 0);
	json_decref(value);
	return value != NULL;
}

/* Lines of JSON each for itself; other lines together up to a blank one. */
static void add_lines(struct benchmark *b, struct span rest)
{
	struct span paragraph = { rest.p, 0 };

	while (rest.len) {
		struct span line = span_line(&rest), text = span_trim(line);
		bool json = text.len && strchr("{[", text.p[0]) && add_json(b, text);

		if (text.len && !json) {
			paragraph.p = paragraph.len ? paragraph.p : line.p;
			paragraph.len = (size_t)(line.p + line.len - paragraph.p);
			continue;
		}
		if (paragraph.len)
			add_text(b, paragraph);
		paragraph.len = 0;
	}
	if (paragraph.len)
		add_text(b, paragraph);
}

/* A picture or a program would be read as words nobody ever writes, and guard against nothing. */
static int refuse_binary(struct span text, const char *path, struct error *err)
{
	const char *zero = text.len ? memchr(text.p, '\0', text.len) : NULL;
	size_t bad = zero ? (size_t)(zero - text.p) : 0, line = 1;

	if (!zero && utf8_valid(text, &bad))
		return 0;
	for (size_t i = 0; i < bad; i++)
		line += text.p[i] == '\n';
	return error_set(err, TAMIS_EPARSE, _("%s:%zu is not UTF-8 text: a benchmark is JSON or text"), path, line);
}

int benchmark_open(struct benchmark **out, const char *path, struct error *err)
{
	struct benchmark *b = xcalloc(1, sizeof *b);
	struct buf file = BUF_INIT;
	struct span text;
	int rc = stream_read_all(&file, path, FILE_MOST, err);

	*out = NULL;
	b->reader = term_reader_new();
	text = span_trim(buf_span(&file));
	if (rc == 0)
		rc = refuse_binary(buf_span(&file), path, err);
	if (rc == 0 && !(text.len && strchr("{[", text.p[0]) && add_json(b, text)))
		add_lines(b, text);
	if (rc == 0 && b->grams.n == 0)
		rc = error_set(err, TAMIS_EPARSE, _("%s: there is no text of at least %u words in this benchmark"), path, BENCHMARK_LEAST);
	if (rc == 0)
		*out = b;
	else
		benchmark_close(b);
	buf_free(&file);
	return rc;
}

void benchmark_close(struct benchmark *b)
{
	if (b == NULL)
		return;
	map64_free(&b->grams);
	term_reader_free(b->reader);
	vec_free(&b->terms.terms);
	free(b);
}

size_t benchmark_grams(const struct benchmark *b)
{
	return b->grams.n;
}

unsigned benchmark_hits(const struct benchmark *b, const struct term_list *terms, size_t *at, size_t *len)
{
	unsigned hits = 0;
	size_t first = SIZE_MAX, last = 0;

	for (size_t n = BENCHMARK_LEAST; n <= BENCHMARK_GRAM; n++)
		for (size_t i = 0; b->lengths[n] && i + n <= terms->terms.n; i++) {
			if (!map64_find(&b->grams, gram_at(terms, i, n)))
				continue;
			hits++;
			if (i < first) {
				first = i;
				last = i + n - 1;
			}
		}
	if (hits && at)
		*at = terms->terms.v[first].at;
	if (hits && len)
		*len = terms->terms.v[last].at + terms->terms.v[last].len - terms->terms.v[first].at;
	return hits;
}
