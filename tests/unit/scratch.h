/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For tests with a workspace: a folder of their own, a workspace in it, files, and failures told with their sentence.
 */
#ifndef TAMIS_TESTS_UNIT_SCRATCH_H
#define TAMIS_TESTS_UNIT_SCRATCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fs.h"
#include "jobs/import.h"

struct scratch {
	char *folder;
	char *file; /* of the workspace */
	struct workspace *w;
	struct store *s;
};

/* A call that must succeed; its error is printed when it does not. */
#define GOOD(call)                                                                                  \
	do {                                                                                        \
		int good_rc = (call);                                                               \
		if (good_rc < 0)                                                                    \
			print_error("%s: %d %s\n", #call, good_rc, err.msg);                        \
		assert_true(good_rc >= 0);                                                          \
	} while (0)

static inline void scratch_open(struct scratch *t)
{
	struct error err = {0};

	GOOD(workspace_open(&t->w, t->file, WORKSPACE_CREATE, "ann", &err));
	GOOD(store_open(&t->s, t->w, &err));
}

static inline void scratch_close(struct scratch *t)
{
	store_close(t->s);
	workspace_close(t->w);
	t->s = NULL;
	t->w = NULL;
}

static inline void scratch_reopen(struct scratch *t)
{
	scratch_close(t);
	scratch_open(t);
}

static inline int scratch_setup(void **state)
{
	struct scratch *t = xcalloc(1, sizeof *t);
	const char *tmp = getenv("TMPDIR");

	t->folder = fs_join(tmp && *tmp ? tmp : "/tmp", "tamis-test-XXXXXX");
	if (mkdtemp(t->folder) == NULL)
		return -1;
	t->file = fs_join(t->folder, "w.tamis");
	scratch_open(t);
	*state = t;
	return 0;
}

static inline int scratch_remove(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline int scratch_teardown(void **state)
{
	struct scratch *t = *state;

	scratch_close(t);
	nftw(t->folder, scratch_remove, 8, FTW_DEPTH | FTW_PHYS);
	free(t->file);
	free(t->folder);
	free(t);
	return 0;
}

/* Writes `content` to NAME in the folder; the caller frees the path. */
static inline char *scratch_file(const struct scratch *t, const char *name, struct span content)
{
	char *path = fs_join(t->folder, name);
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(content.p, 1, content.len, file), content.len);
	assert_int_equal(fclose(file), 0);
	return path;
}

/* Imports one path into corpus "c". */
static inline int scratch_import(const struct scratch *t, const char *path, struct import_result *out, struct error *err)
{
	char *paths[] = { (char *)path };
	struct import_request req = { .paths = paths, .n_paths = 1, .corpus = "c" };

	return import_run(NULL, t->s, &req, out, err);
}

static inline struct corpus_view *scratch_view(const struct scratch *t, const char *corpus)
{
	struct error err = {0};
	struct corpus_view *view;
	struct corpus c;

	GOOD(store_corpus_get(t->s, &c, corpus, &err));
	GOOD(corpus_view_open(&view, t->s, c.id, &err));
	return view;
}

static inline struct hash128 scratch_key(unsigned n)
{
	return hash128(&n, sizeof n);
}

static inline struct decision scratch_verdict(unsigned n, enum verdict verdict)
{
	return (struct decision){ .key = scratch_key(n), .kind = KIND_DOCUMENT, .fields = DECISION_VERDICT,
				  .verdict = verdict, .shown_ms = 100 };
}

static inline enum verdict scratch_verdict_of(const struct scratch *t, unsigned n)
{
	struct hash128 key = scratch_key(n);
	struct verdict_state st;
	struct error err = {0};
	enum verdict v;

	GOOD(store_verdict_get(t->s, &st, &key, &err));
	v = st.verdict;
	verdict_state_free(&st);
	return v;
}

static inline void scratch_count_problem(void *ctx, const char *problem)
{
	print_message("fsck: %s\n", problem);
	++*(int *)ctx;
}

/* A workspace that fsck finds fault with fails the test. */
static inline void scratch_fsck(const struct scratch *t)
{
	struct error err = {0};
	int n = 0;

	GOOD(store_fsck(t->s, scratch_count_problem, &n, &err));
	assert_int_equal(n, 0);
}

#endif
