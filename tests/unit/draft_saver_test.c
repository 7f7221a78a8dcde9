/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drafts of texts: the newest is there at once and after leaving, one a field, nobody else's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "review/draft_saver.h"
#include "review_fixture.h"

static const struct hash128 base = { { 1, 2 } };

static void has(struct fixture *f, struct draft_saver *s, struct hash128 key, enum role role, const char *wanted)
{
	struct buf text = BUF_INIT;
	struct text_draft draft = { 0 };
	struct error err = { 0 };
	int rc = s ? draft_saver_find(s, f->store, &draft, &text, &key, role, &err)
		   : store_text_draft_get(f->store, &draft, &text, &key, role, &err);

	assert_int_equal(rc, wanted ? 1 : 0);
	if (wanted) {
		assert_true(span_is(buf_span(&text), wanted));
		assert_true(hash128_eq(&draft.base, &base));
		assert_true(draft.at_ms > 0);
	}
	buf_free(&text);
}

static void the_newest_text_is_found_at_once_and_after_leaving(void **state)
{
	const struct hash128 one = { { 3, 4 } }, other = { { 3, 5 } };
	struct draft_saver *s;
	struct fixture f;
	struct error err = { 0 };
	char text[32];

	(void)state;
	fixture_open(&f);
	s = draft_saver_new(f.workspace);
	has(&f, s, one, ROLE_TEXT, NULL);
	for (int i = 0; i < 2000; i++) {
		snprintf(text, sizeof text, "text %d", i);
		draft_saver_keep(s, &one, ROLE_TEXT, &base, span_of(text));
		has(&f, s, one, ROLE_TEXT, text);
	}
	draft_saver_keep(s, &one, ROLE_SOURCE, &base, span_of("source"));
	draft_saver_keep(s, &other, ROLE_TEXT, &base, span_of(""));
	draft_saver_keep(s, &other, ROLE_SOURCE, &base, span_of("not for long"));
	draft_saver_drop(s, &other, ROLE_SOURCE);
	has(&f, s, other, ROLE_SOURCE, NULL);
	draft_saver_free(s);
	fixture_reopen(&f);
	has(&f, NULL, one, ROLE_TEXT, "text 1999");
	has(&f, NULL, one, ROLE_SOURCE, "source");
	has(&f, NULL, other, ROLE_TEXT, "");
	has(&f, NULL, other, ROLE_SOURCE, NULL);
	assert_int_equal(store_text_draft_remove(f.store, &one, ROLE_TEXT, &err), 0);
	has(&f, NULL, one, ROLE_TEXT, NULL);
	has(&f, NULL, one, ROLE_SOURCE, "source");
	fixture_close(&f);
}

static void a_draft_is_its_annotators_own(void **state)
{
	const struct hash128 key = { { 3, 4 } };
	struct draft_saver *s;
	struct workspace *theirs;
	struct fixture f;
	struct error err = { 0 };

	(void)state;
	fixture_open(&f);
	assert_int_equal(workspace_open(&theirs, f.path, 0, "somebody-else", &err), 0);
	s = draft_saver_new(theirs);
	draft_saver_keep(s, &key, ROLE_TEXT, &base, span_of("theirs"));
	draft_saver_free(s);
	workspace_close(theirs);
	has(&f, NULL, key, ROLE_TEXT, NULL);
	fixture_close(&f);
}

static void what_cannot_be_written_is_told_once(void **state)
{
	const struct hash128 key = { { 3, 4 } };
	struct draft_saver *s;
	struct workspace *w;
	struct fixture f;
	struct error err = { 0 };
	int code = 0;

	(void)state;
	fixture_open(&f);
	assert_int_equal(workspace_open(&w, f.path, WORKSPACE_READ_ONLY, NULL, &err), 0);
	s = draft_saver_new(w);
	draft_saver_keep(s, &key, ROLE_TEXT, &base, span_of("lost"));
	while ((code = draft_saver_trouble(s, &err)) == 0)
		continue;
	assert_true(code < 0);
	assert_true(err.msg[0] != '\0');
	assert_int_equal(draft_saver_trouble(s, &err), 0);
	draft_saver_free(s);
	workspace_close(w);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_newest_text_is_found_at_once_and_after_leaving),
		cmocka_unit_test(a_draft_is_its_annotators_own),
		cmocka_unit_test(what_cannot_be_written_is_told_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
