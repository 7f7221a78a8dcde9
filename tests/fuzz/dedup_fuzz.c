/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a text, a stage's input, a cluster's body or an index: vector and portable tokens agree, and everything else is taken
 * or refused with a sentence. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "dedup/sketches.h"
#include "dedup/stage.h"
#include "driver.h"
#include "review/cluster.h"

static void tokens(struct span text)
{
	struct token_tables *tables = token_tables_new();
	struct shingler a, b;

	shingler_init(&a, tables, (struct shingle_spec){ SHINGLE_WORD, 3 }, CPU_PORTABLE);
	shingler_init(&b, tables, (struct shingle_spec){ SHINGLE_WORD, 3 }, cpu_simd());
	shingler_text(&a, text);
	shingler_text(&b, text);
	if (a.tokens.n != b.tokens.n || a.set.n != b.set.n ||
	    (a.set.n && memcmp(a.set.v, b.set.v, a.set.n * sizeof *a.set.v) != 0))
		abort();
	b.spec.unit = SHINGLE_CHAR;
	shingler_text(&b, text);
	shingler_free(&a);
	shingler_free(&b);
	token_tables_free(tables);
}

static void stage(stage_fn *run, struct span input)
{
	struct stage_options o;
	struct error err = { 0 };
	FILE *in = fmemopen((void *)(uintptr_t)input.p, input.len, "r"), *out = fopen("/dev/null", "w");

	stage_options_init(&o);
	if (in && out && run(in, out, &o, &err) < 0 && err.msg[0] == '\0')
		abort();
	if (in)
		fclose(in);
	if (out)
		fclose(out);
}

static void body(struct span text)
{
	struct arena arena = { 0 };
	struct item_cluster c;
	struct error err = { 0 };
	struct buf said = BUF_INIT;

	if (cluster_parse(&c, text, &arena, &err) == 0) {
		cluster_apply(&c, text);
		cluster_text(&said, &c);
		if (cluster_apply(&c, buf_span(&said)) > c.n)
			abort();
	} else if (err.msg[0] == '\0') {
		abort();
	}
	buf_free(&said);
	arena_free(&arena);
}

static void index_file(struct span bytes)
{
	char path[] = "/tmp/dedup-fuzz-XXXXXX";
	int fd = mkstemp(path);
	struct sketches s;
	struct hash128 *key;

	if (fd < 0)
		return;
	if (write(fd, bytes.p, bytes.len) == (ssize_t)bytes.len && sketches_load_any(&s, &key, path, NULL) == 0) {
		free(key);
		sketches_free(&s);
	}
	close(fd);
	unlink(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static stage_fn *const stages[] = { stage_sign, stage_bucket, stage_edges, stage_attach, stage_verify, stage_star, stage_local };
	struct span rest;
	unsigned what;

	if (size < 2)
		return 0;
	rest = span_make((const char *)data + 1, size - 1);
	what = data[0] % 10;
	if (what < 7)
		stage(stages[what], rest);
	else if (what == 7)
		body(rest);
	else if (what == 8)
		index_file(rest);
	else
		tokens(rest);
	return 0;
}
