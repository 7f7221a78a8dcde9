/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every import form of every language, read from tests/fixtures/codeorder/: `@ path` begins a file, `> user dependency kind` an expected
 * link, `% name` names the repository; the links found must be exactly those. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/fs.h"
#include "codeorder/resolve.h"

static struct languages *all;

struct lines {
	char **v;
	size_t n;
	size_t cap;
};

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_file(struct code_repo *repo, const char *path, const struct buf *content)
{
	struct code_facts facts = { 0 };

	if (path == NULL)
		return;
	code_extract(&facts, all, span_of(path), buf_span(content));
	code_repo_add(repo, span_of(path), &facts, buf_span(content));
}

static void read_fixture(struct code_repo *repo, struct lines *expected, const char *file)
{
	struct buf text = BUF_INIT, content = BUF_INIT;
	struct error err = { 0 };
	char *path = NULL;
	struct span rest;
	bool started = false;

	assert_int_equal(fs_read_all(&text, file, 1 << 20, &err), 0);
	for (rest = buf_span(&text); rest.len;) {
		struct span line = span_line(&rest);

		if (span_starts(line, "@ ")) {
			add_file(repo, path, &content);
			free(path);
			path = xstrndup(line.p + 2, line.len - 2);
			buf_clear(&content);
			started = true;
		} else if (span_starts(line, "% ")) {
			repo->name = arena_span(&repo->arena, span_make(line.p + 2, line.len - 2));
		} else if (span_starts(line, "> ")) {
			vec_push(expected, xstrndup(line.p + 2, line.len - 2));
		} else if (started) {
			buf_addspan(&content, line);
			buf_addc(&content, '\n');
		}
	}
	add_file(repo, path, &content);
	free(path);
	buf_free(&text);
	buf_free(&content);
}

static void free_lines(struct lines *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->v[i]);
	vec_free(l);
}

/* Says which links are missing and which are too many, all of them. */
static int compare(const char *file, struct lines *expected, struct lines *found)
{
	size_t i = 0, k = 0;
	int wrong = 0;

	qsort(expected->v, expected->n, sizeof *expected->v, by_text);
	qsort(found->v, found->n, sizeof *found->v, by_text);
	while (i < expected->n || k < found->n) {
		int order = i == expected->n ? 1 : k == found->n ? -1 : strcmp(expected->v[i], found->v[k]);

		if (order < 0)
			print_error("%s: missing %s\n", file, expected->v[i]), wrong++;
		if (order > 0)
			print_error("%s: not expected %s\n", file, found->v[k]), wrong++;
		i += order <= 0;
		k += order >= 0;
	}
	return wrong;
}

static int check_fixture(const char *file)
{
	struct code_repo repo;
	struct code_resolution res;
	struct lines expected = { 0 }, found = { 0 };
	int wrong;

	code_repo_init(&repo);
	read_fixture(&repo, &expected, file);
	code_repo_finish(&repo);
	code_resolve(&res, &repo, NULL, 0);
	vec_each(&res.graph.links, i) {
		const struct code_link *l = &res.graph.links.v[i];

		vec_push(&found, xasprintf("%s %s %s", repo.files.v[l->from].path.p, repo.files.v[l->to].path.p,
					   code_edge_name((enum code_edge)l->kind)));
	}
	wrong = compare(file, &expected, &found);
	assert_true(expected.n > 0);
	free_lines(&expected);
	free_lines(&found);
	code_resolution_free(&res);
	code_repo_free(&repo);
	return wrong;
}

static void resolves_every_form_of_every_language(void **state)
{
	char *folder = xasprintf("%s/tests/fixtures/codeorder", getenv("SRCDIR"));
	struct dirent **names;
	int n = scandir(folder, &names, NULL, alphasort), wrong = 0, fixtures = 0;

	(void)state;
	assert_true(n > 0);
	for (int i = 0; i < n; i++) {
		char *file = fs_join(folder, names[i]->d_name);

		if (span_ends(span_of(file), ".txt")) {
			wrong += check_fixture(file);
			fixtures++;
		}
		free(file);
		free(names[i]);
	}
	free(names);
	free(folder);
	/* a language without a fixture is a language nobody has checked; Python has two */
	assert_int_equal(fixtures, languages_count(all) + 1);
	assert_int_equal(wrong, 0);
}

/* Whatever the bytes, the mask has their length and their newlines, and code outside of comments and strings is kept. */
static void masks_any_bytes_to_the_same_length(void **state)
{
	static const char pieces[] = "\"'`/*#{}<>=\\\n\r aR(q%[-]$@!_EOF|;:,.x1";
	char in[257], out[258];
	uint64_t number = 7;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		const struct language *l = languages_get(all, (size_t)round % languages_count(all));
		size_t n = hash_mix64(number++) % 256;

		for (size_t i = 0; i < n; i++)
			in[i] = pieces[hash_mix64(number++) % (sizeof pieces - 1)];
		out[n] = 'Z';
		mask_source(out, &l->lexis, span_make(in, n));
		assert_int_equal(out[n], 'Z');
		for (size_t i = 0; i < n; i++) {
			if ((in[i] == '\n') != (out[i] == '\n'))
				fail_msg("%s: newline moved at %zu", l->name, i);
			if (out[i] != in[i] && out[i] != ' ' && out[i] != MASK_STRING)
				fail_msg("%s: byte %zu became %d", l->name, i, out[i]);
		}
	}
}

static void tells_what_is_not_worth_ordering(void **state)
{
	static const struct { const char *path, *content; enum code_role role; } cases[] = {
		{ "a/b.py", "import os\n", CODE_SOURCE },
		{ "tests/test_b.py", "import os\n", CODE_TEST },
		{ "src/b.test.ts", "x\n", CODE_TEST },
		{ "node_modules/x/index.js", "x\n", CODE_VENDORED },
		{ "package-lock.json", "{}\n", CODE_LOCK },
		{ "package.json", "{}\n", CODE_MANIFEST },
		{ "README.md", "# x\n", CODE_DOCUMENT },
		{ "g.go", "// Code generated by x. DO NOT EDIT.\npackage g\n", CODE_GENERATED },
		{ "m.min.js", "var a;\n", CODE_MINIFIED },
		{ "notes", "plain\n", CODE_OTHER },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct code_facts facts = { 0 };

		code_extract(&facts, all, span_of(cases[i].path), span_of(cases[i].content));
		if (facts.role != cases[i].role)
			fail_msg("%s is %s", cases[i].path, code_role_name(facts.role));
		code_facts_free(&facts);
	}
	struct code_facts binary = { 0 };
	code_extract(&binary, all, span_of("x.c"), span_make("a\0b", 3));
	assert_int_equal(binary.role, CODE_BINARY);
	code_facts_free(&binary);
}

static void packs_facts_and_refuses_damaged_ones(void **state)
{
	const char *source = "import a.b\nfrom . import c\ndef f():\n    import d\n";
	struct code_facts facts = { 0 }, again;
	struct buf packed = BUF_INIT;
	struct span in;

	(void)state;
	code_extract(&facts, all, span_of("x.py"), span_of(source));
	code_facts_pack(&packed, &facts);
	in = buf_span(&packed);
	assert_true(code_facts_unpack(&again, all, &in));
	assert_int_equal(in.len, 0);
	assert_int_equal(again.references.n, 3);
	assert_int_equal(again.references.v[2].edge, facts.references.v[2].edge);
	assert_true(span_eq(again.references.v[0].names, facts.references.v[0].names));
	code_facts_free(&again);
	for (size_t n = 0; n < packed.len; n++) {
		in = span_make(packed.p, n);
		assert_false(code_facts_unpack(&again, all, &in));
	}
	for (size_t i = 0; i < packed.len; i++) {
		packed.p[i] = (char)(packed.p[i] ^ 0x55);
		in = buf_span(&packed);
		if (code_facts_unpack(&again, all, &in))
			code_facts_free(&again);
		packed.p[i] = (char)(packed.p[i] ^ 0x55);
	}
	buf_free(&packed);
	code_facts_free(&facts);
}

static int load(void **state)
{
	char *folder = xasprintf("%s/languages", getenv("TAMIS_DATADIR"));
	struct error err = { 0 };
	int rc = languages_load(&all, folder, &err);

	(void)state;
	if (rc)
		print_error("%s\n", err.msg);
	free(folder);
	return rc;
}

static int unload(void **state)
{
	(void)state;
	languages_free(all);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(resolves_every_form_of_every_language),
		cmocka_unit_test(masks_any_bytes_to_the_same_length),
		cmocka_unit_test(tells_what_is_not_worth_ordering),
		cmocka_unit_test(packs_facts_and_refuses_damaged_ones),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
