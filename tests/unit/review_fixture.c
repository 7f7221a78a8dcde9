/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "jobs/import.h"
#include "review_fixture.h"

static void must(int rc, const struct error *err)
{
	if (rc < 0)
		fail_msg("%s", err->msg);
}

static void open_workspace(struct fixture *f)
{
	struct error err = { 0 };

	must(workspace_open(&f->workspace, f->path, WORKSPACE_CREATE, "tester", &err), &err);
	must(store_open(&f->store, f->workspace, &err), &err);
}

static void close_workspace(struct fixture *f)
{
	if (f->view)
		corpus_view_close(f->view);
	f->view = NULL;
	store_close(f->store);
	workspace_close(f->workspace);
}

void fixture_open(struct fixture *f)
{
	*f = (struct fixture){ .dir = "/tmp/tamis-review-XXXXXX" };
	if (!mkdtemp(f->dir))
		fail_msg("no temporary folder");
	snprintf(f->path, sizeof f->path, "%s/w.tamis", f->dir);
	open_workspace(f);
}

void fixture_reopen(struct fixture *f)
{
	struct error err = { 0 };
	bool had_view = f->view != NULL;

	close_workspace(f);
	open_workspace(f);
	if (had_view)
		must(corpus_view_open(&f->view, f->store, f->corpus.id, &err), &err);
}

void fixture_close(struct fixture *f)
{
	char *command;

	close_workspace(f);
	command = xasprintf("rm -rf '%s'", f->dir);
	assert_int_equal(system(command), 0);
	free(command);
}

void fixture_import(struct fixture *f, const char *name, struct span text, const char *corpus)
{
	char path[160], *paths[] = { path };
	struct import_request request = { .paths = paths, .n_paths = 1, .corpus = corpus };
	struct import_result result;
	struct error err = { 0 };
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", f->dir, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(text.p, 1, text.len, file), text.len);
	assert_int_equal(fclose(file), 0);
	must(import_run(NULL, f->store, &request, &result, &err), &err);
	must(store_corpus_get(f->store, &f->corpus, corpus, &err), &err);
	if (f->view)
		corpus_view_close(f->view);
	f->view = NULL;
	must(corpus_view_open(&f->view, f->store, f->corpus.id, &err), &err);
}

item_ref fixture_ref(const struct fixture *f, uint64_t i)
{
	return corpus_view_ref(f->view, i);
}
