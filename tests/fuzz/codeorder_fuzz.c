/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Source code: any bytes in any language (the first byte chooses it), masked, extracted, packed, resolved and ordered with two files of
 * its own language beside it; and the same bytes as packed facts. */
#include <stdint.h>
#include <stdlib.h>

#include "base/data.h"
#include "codeorder/resolve.h"
#include "driver.h"

static struct languages *load(void)
{
	char *one = data_path_shipped("languages", "python.lang");
	struct languages *all = NULL;
	struct error err;

	if (one == NULL)
		abort();
	*strrchr(one, '/') = '\0';
	if (languages_load(&all, one, &err) < 0)
		abort();
	free(one);
	return all;
}

static void add(struct code_repo *repo, const struct languages *all, const char *stem, const struct language *l, struct span content)
{
	char *path = l->extensions.n ? xasprintf("%s.%s", stem, l->extensions.v[0]) : xstrdup(l->filenames.v[0]);
	struct code_facts facts = { 0 }, again;
	struct buf packed = BUF_INIT;
	struct span in;

	code_extract(&facts, all, span_of(path), content);
	code_facts_pack(&packed, &facts);
	in = buf_span(&packed);
	if (!code_facts_unpack(&again, all, &in) || in.len)
		abort();
	code_facts_free(&again);
	code_repo_add(repo, span_of(path), &facts, content);
	buf_free(&packed);
	free(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct languages *all; /* kept for the whole run: compiling the rules takes longer than using them */
	struct code_order_options options = { 0 };
	struct code_resolution res;
	struct code_facts facts;
	struct code_order order;
	struct code_repo repo;
	const struct language *l;
	struct span content;

	if (!all)
		all = load();
	if (size < 1 || size > 4096)
		return 0;
	l = languages_get(all, data[0] % languages_count(all));
	content = span_make((const char *)data + 1, size - 1);
	code_repo_init(&repo);
	add(&repo, all, "a/one", l, content);
	add(&repo, all, "b", l, span_make(content.p, content.len / 2));
	add(&repo, all, "a/b/index", l, span_make("", 0));
	code_repo_finish(&repo);
	code_resolve(&res, &repo, NULL, 0);
	code_order_make(&order, &res.graph, &options);
	if (order.outside != order.outside_satisfied)
		abort();
	code_order_free(&order);
	code_resolution_free(&res);
	code_repo_free(&repo);
	if (code_facts_unpack(&facts, all, &content))
		code_facts_free(&facts);
	return 0;
}
