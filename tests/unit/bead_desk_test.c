/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Correcting an alignment: whatever is done, both documents stay covered, each sentence once and in order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jobs/bead_desk.h"
#include "review_fixture.h"

#define LINES 24

static uint64_t state = 1;

static size_t below(size_t n)
{
	state = hash_mix64(state);
	return (size_t)(state % n);
}

static void write_document(const char *path, const char *stem, int lines)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	for (int i = 0; i < lines; i++)
		fprintf(file, "%s %d stands %d times in line %d.\n", stem, i * 37, i * 11 + 5, i + 100);
	assert_int_equal(fclose(file), 0);
}

/* A run that aligned two documents of numbers, and its desk. */
static struct bead_desk *open_desk(struct fixture *f)
{
	char source[128], target[128];
	struct mine_wish wish;
	struct mine_work work;
	struct bead_desk *d;
	struct error err = { 0 };

	fixture_open(f);
	snprintf(source, sizeof source, "%s/source.txt", f->dir);
	snprintf(target, sizeof target, "%s/target.txt", f->dir);
	write_document(source, "Wort", LINES);
	write_document(target, "Mot", LINES - 2);
	wish = (struct mine_wish){ .source = source, .target = target, .source_lang = "de", .target_lang = "fr",
				    .align = true, .threshold = 0 };
	if (mine_work_run(&work, &wish, f->store, NULL, &err) < 0 || mine_work_save(&work, &wish, f->store, NULL, &err) < 0)
		fail_msg("%s", err.msg);
	mine_work_free(&work);
	if (bead_desk_open(&d, f->store, 1, NULL, &err) < 0)
		fail_msg("%s", err.msg);
	return d;
}

static void check_cover(const struct bead_desk *d)
{
	size_t x = 0, y = 0;

	vec_each(&d->beads, i) {
		const struct bead *b = &d->beads.v[i].bead;

		assert_true(b->nx + b->ny > 0 && b->nx <= DESK_SENTENCES && b->ny <= DESK_SENTENCES);
		assert_true(b->nx == 0 || b->x == x);
		assert_true(b->ny == 0 || b->y == y);
		x += b->nx;
		y += b->ny;
	}
	assert_int_equal(x, LINES);
	assert_int_equal(y, LINES - 2);
}

static void step(struct bead_desk *d)
{
	size_t i = below(d->beads.n);
	struct error err = { 0 };

	switch (below(8)) {
	case 0: bead_desk_merge(d, i); break;
	case 1: bead_desk_split(d, i); break;
	case 2: bead_desk_pin(d, i); break;
	case 3: bead_desk_realign(d, &err); break;
	default: bead_desk_shift(d, i, (int)below(2), below(2)); break;
	}
}

static void any_steps_keep_both_documents_whole(void **unused)
{
	struct fixture f;
	struct bead_desk *d = open_desk(&f);

	(void)unused;
	check_cover(d);
	for (int i = 0; i < 600; i++) {
		step(d);
		check_cover(d);
	}
	bead_desk_free(d);
	fixture_close(&f);
}

static void undo_leads_back_to_the_beginning(void **unused)
{
	struct fixture f;
	struct bead_desk *d = open_desk(&f);
	struct desk_bead before[2 * LINES];
	size_t n = d->beads.n;

	(void)unused;
	memcpy(before, d->beads.v, n * sizeof *before);
	for (int i = 0; i < 200; i++)
		step(d);
	while (bead_desk_undo(d))
		check_cover(d);
	assert_int_equal(d->beads.n, n);
	assert_memory_equal(d->beads.v, before, n * sizeof *before);
	bead_desk_free(d);
	fixture_close(&f);
}

static void what_is_locked_and_pinned_survives_aligning_again(void **unused)
{
	struct fixture f;
	struct bead_desk *d = open_desk(&f);
	struct error err = { 0 };
	struct bead locked;
	bool found = false;

	(void)unused;
	assert_true(bead_desk_merge(d, 4));
	locked = d->beads.v[4].bead;
	assert_true(bead_desk_pin(d, 8));
	assert_int_equal(bead_desk_realign(d, &err), 0);
	vec_each(&d->beads, i)
		found |= d->beads.v[i].locked && d->beads.v[i].bead.x == locked.x && d->beads.v[i].bead.nx == locked.nx &&
			 d->beads.v[i].bead.y == locked.y && d->beads.v[i].bead.ny == locked.ny;
	assert_true(found);
	bead_desk_free(d);
	fixture_close(&f);
}

static void saving_and_opening_again_gives_the_same_beads(void **unused)
{
	struct fixture f;
	struct bead_desk *d = open_desk(&f), *again;
	struct error err = { 0 };
	int64_t run;

	(void)unused;
	for (int i = 0; i < 40; i++)
		step(d);
	assert_int_equal(bead_desk_save(&run, d, f.store, NULL, &err), 0);
	assert_int_equal(run, 2);
	if (bead_desk_open(&again, f.store, run, NULL, &err) < 0)
		fail_msg("%s", err.msg);
	check_cover(again);
	for (size_t i = 0, k = 0; i < d->beads.n; i++) {
		const struct bead *b = &d->beads.v[i].bead;

		if (!b->nx || !b->ny)
			continue; /* those alone come back one by one */
		while (k < again->beads.n && !(again->beads.v[k].bead.nx && again->beads.v[k].bead.ny))
			k++;
		assert_true(k < again->beads.n);
		assert_int_equal(again->beads.v[k].bead.x, b->x);
		assert_int_equal(again->beads.v[k].bead.y, b->y);
		assert_int_equal(again->beads.v[k].bead.nx, b->nx);
		assert_int_equal(again->beads.v[k++].bead.ny, b->ny);
	}
	bead_desk_free(d);
	bead_desk_free(again);
	fixture_close(&f);
}

static void reopen(struct bead_desk **d, struct fixture *f)
{
	struct error err = { 0 };

	bead_desk_free(*d);
	if (bead_desk_open(d, f->store, 1, NULL, &err) < 0)
		fail_msg("%s", err.msg);
}

static void same_beads(const struct bead_desk *d, const struct desk_bead *want, size_t n)
{
	assert_int_equal(d->beads.n, n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(d->beads.v[i].bead.x, want[i].bead.x);
		assert_int_equal(d->beads.v[i].bead.y, want[i].bead.y);
		assert_int_equal(d->beads.v[i].bead.nx, want[i].bead.nx);
		assert_int_equal(d->beads.v[i].bead.ny, want[i].bead.ny);
		assert_int_equal(d->beads.v[i].pinned, want[i].pinned);
		assert_int_equal(d->beads.v[i].locked, want[i].locked);
	}
}

static void steps_kept_are_there_again_with_undo(void **unused)
{
	struct fixture f;
	struct bead_desk *d = open_desk(&f);
	struct desk_bead first[2 * LINES], last[2 * LINES];
	size_t n_first = d->beads.n, n_last, steps;
	struct error err = { 0 };

	(void)unused;
	memcpy(first, d->beads.v, n_first * sizeof *first);
	for (int i = 0; i < 60; i++) {
		step(d);
		if (i % 9 == 8)
			bead_desk_undo(d);
		assert_int_equal(bead_desk_keep(d, f.store, &err), 0);
	}
	n_last = d->beads.n;
	steps = d->past.n;
	memcpy(last, d->beads.v, n_last * sizeof *last);
	reopen(&d, &f);
	assert_true(d->resumed && d->changed);
	same_beads(d, last, n_last);
	assert_int_equal(d->past.n, steps);
	while (bead_desk_undo(d))
		check_cover(d);
	same_beads(d, first, n_first);
	assert_false(d->changed);
	assert_int_equal(bead_desk_keep(d, f.store, &err), 0);
	reopen(&d, &f);
	assert_false(d->resumed);
	same_beads(d, first, n_first);
	bead_desk_free(d);
	fixture_close(&f);
}

static void what_was_saved_as_a_run_is_no_draft_any_more(void **unused)
{
	struct fixture f;
	struct bead_desk *d = open_desk(&f);
	struct error err = { 0 };
	size_t n = d->beads.n;
	int64_t run;

	(void)unused;
	assert_true(bead_desk_merge(d, 2));
	assert_int_equal(bead_desk_save(&run, d, f.store, NULL, &err), 0);
	assert_false(d->changed);
	reopen(&d, &f);
	assert_int_equal(d->beads.n, n);
	assert_false(d->resumed);
	assert_true(bead_desk_merge(d, 5));
	assert_int_equal(bead_desk_keep(d, f.store, &err), 0);
	reopen(&d, &f);
	assert_true(d->resumed);
	assert_int_equal(d->beads.n, n - 1);
	bead_desk_free(d);
	fixture_close(&f);
}

static void two_sessions_do_not_mix_their_steps(void **unused)
{
	struct fixture f;
	struct bead_desk *d = open_desk(&f), *other;
	struct error err = { 0 };

	(void)unused;
	assert_int_equal(bead_desk_open(&other, f.store, 1, NULL, &err), 0);
	assert_true(bead_desk_merge(d, 2));
	assert_true(bead_desk_merge(other, 4));
	assert_int_equal(bead_desk_keep(d, f.store, &err), 0);
	assert_int_equal(bead_desk_keep(other, f.store, &err), TAMIS_ECHANGED);
	assert_int_equal(other->unkept.n, 1);
	bead_desk_free(other);
	reopen(&d, &f);
	assert_true(d->beads.v[2].locked);
	assert_false(d->beads.v[4].locked);
	bead_desk_free(d);
	fixture_close(&f);
}

static void a_draft_that_does_not_fit_is_left_alone(void **unused)
{
	static const char *const bad[] = { "{\"at\":0,\"out\":1,\"in\":[]}", "{\"at\":99999,\"out\":1,\"in\":[]}", "\"undo\"", "not JSON",
					   "{\"at\":0,\"out\":1,\"in\":[[0,0,200,1,2,null,0]]}", "{\"at\":-1,\"out\":0,\"in\":[]}" };
	struct fixture f;
	struct bead_desk *d = open_desk(&f);
	struct error err = { 0 };
	size_t n = d->beads.n;

	(void)unused;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(store_draft_append(f.store, &d->draft, span_of(bad[i]), &err), 0);
		reopen(&d, &f);
		assert_true(d->draft_lost);
		assert_false(d->changed);
		assert_int_equal(d->beads.n, n);
		assert_int_equal(d->draft.steps, 0);
	}
	bead_desk_free(d);
	fixture_close(&f);
}

static void dictionaries_of_the_run_are_used_again(void **unused)
{
	struct fixture f;
	struct bead_desk *d = open_desk(&f), *again;
	char own[128], source[128], target[128];
	const char *lexicons[] = { own, NULL };
	struct mine_wish wish = { .source = source, .target = target, .source_lang = "de", .target_lang = "fr", .align = true,
				  .lexicons = lexicons };
	struct mine_work work;
	struct error err = { 0 };
	int64_t run;
	FILE *file;

	(void)unused;
	bead_desk_free(d);
	snprintf(own, sizeof own, "%s/own.tsv", f.dir);
	snprintf(source, sizeof source, "%s/source.txt", f.dir);
	snprintf(target, sizeof target, "%s/target.txt", f.dir);
	file = fopen(own, "w");
	assert_non_null(file);
	fputs("Wort\tmot\nZeile\tligne\n", file);
	assert_int_equal(fclose(file), 0);
	if (mine_work_run(&work, &wish, f.store, NULL, &err) < 0 || mine_work_save(&work, &wish, f.store, NULL, &err) < 0)
		fail_msg("%s", err.msg);
	run = work.run;
	mine_work_free(&work);
	if (bead_desk_open(&d, f.store, run, NULL, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(d->work.lexicon.entries.n, 2); /* and none of the machine's */
	assert_int_equal(bead_desk_save(&run, d, f.store, NULL, &err), 0);
	if (bead_desk_open(&again, f.store, run, NULL, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(again->work.lexicon.entries.n, 2);
	assert_int_equal(remove(own), 0);
	bead_desk_free(again);
	assert_int_equal(bead_desk_open(&again, f.store, run, NULL, &err), TAMIS_ECHANGED);
	assert_null(again);
	assert_non_null(strstr(err.msg, "own.tsv"));
	bead_desk_free(d);
	fixture_close(&f);
}

/* A row for each line, alike for lines of the same number; the second document lacks the last two. */
static void write_vectors(const char *path, int lines)
{
	static const char header[] = "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, 32), }";
	FILE *file = fopen(path, "wb");
	char head[119];

	assert_non_null(file);
	memset(head, ' ', sizeof head - 1);
	head[snprintf(head, sizeof head, header, lines)] = ' ';
	head[sizeof head - 1] = '\n';
	fwrite("\x93NUMPY\x01\0w", 1, 10, file);
	fwrite(head, 1, sizeof head - 1, file);
	fputc('\n', file);
	for (int i = 0; i < lines; i++)
		for (int d = 0; d < 32; d++) {
			float v = d == i ? 1 : .05F * (float)((i * 7 + d * 5) % 3);

			fwrite(&v, sizeof v, 1, file);
		}
	assert_int_equal(fclose(file), 0);
}

static void embeddings_of_the_run_are_used_again_and_words_said(void **unused)
{
	struct fixture f;
	char source[160], target[160], x[160], y[160];
	struct mine_wish wish;
	struct mine_work work;
	struct bead_desk *d;
	struct error err = { 0 };

	(void)unused;
	fixture_open(&f);
	snprintf(source, sizeof source, "%s/source.txt", f.dir);
	snprintf(target, sizeof target, "%s/target.txt", f.dir);
	snprintf(x, sizeof x, "%s/x.npy", f.dir);
	snprintf(y, sizeof y, "%s/y.npy", f.dir);
	write_document(source, "Wort", LINES);
	write_document(target, "Mot", LINES - 2);
	write_vectors(x, LINES);
	write_vectors(y, LINES - 2);
	wish = (struct mine_wish){ .source = source, .target = target, .source_lang = "de", .target_lang = "fr", .align = true,
				    .source_vectors = x, .target_vectors = y };
	if (mine_work_run(&work, &wish, f.store, NULL, &err) < 0 || mine_work_save(&work, &wish, f.store, NULL, &err) < 0)
		fail_msg("%s", err.msg);
	assert_null(work.vectors);
	mine_work_free(&work);
	if (bead_desk_open(&d, f.store, 1, NULL, &err) < 0)
		fail_msg("%s", err.msg);
	assert_null(d->by_words);
	assert_non_null(d->work.alignment.vectors_x);
	assert_true(bead_desk_pin(d, 5));
	assert_int_equal(bead_desk_realign(d, &err), 0);
	check_cover(d);
	bead_desk_free(d);
	assert_int_equal(remove(y), 0);
	if (bead_desk_open(&d, f.store, 1, NULL, &err) < 0)
		fail_msg("%s", err.msg);
	assert_non_null(strstr(d->by_words, "y.npy"));
	assert_null(d->work.alignment.vectors_x);
	bead_desk_free(d);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_steps_keep_both_documents_whole),
		cmocka_unit_test(undo_leads_back_to_the_beginning),
		cmocka_unit_test(what_is_locked_and_pinned_survives_aligning_again),
		cmocka_unit_test(saving_and_opening_again_gives_the_same_beads),
		cmocka_unit_test(steps_kept_are_there_again_with_undo),
		cmocka_unit_test(what_was_saved_as_a_run_is_no_draft_any_more),
		cmocka_unit_test(two_sessions_do_not_mix_their_steps),
		cmocka_unit_test(a_draft_that_does_not_fit_is_left_alone),
		cmocka_unit_test(dictionaries_of_the_run_are_used_again),
		cmocka_unit_test(embeddings_of_the_run_are_used_again_and_words_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
