/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The record index: chunks, views, and views that grow while others read. */
#include "scratch.h"

#define RECORDS (INDEX_CHUNK * 2 + 1000)

/* Record i of the made-up source lies at 100 i and is 10 + i % 50 long. */
static struct record_fact fact_of(uint32_t i)
{
	return (struct record_fact){ .key = scratch_key(i), .score = (float)i, .text_bytes = i, .lang = (uint8_t)(i % 100) };
}

static struct source made_source(struct scratch *t, const char *corpus, const char *path)
{
	struct source src = { .path = xstrdup(path), .line = 1 };
	struct error err = {0};
	struct corpus c;

	src.shape.format = FORMAT_JSONL;
	src.shape.kind = KIND_DOCUMENT;
	GOOD(store_corpus_make(t->s, &c, corpus, KIND_DOCUMENT, &err));
	src.corpus = c.id;
	GOOD(store_source_add(t->s, &src, &err));
	return src;
}

/* Fills chunk `number` up to `n` records and saves it. */
static void save_chunk(struct scratch *t, struct source *src, struct index_chunk *chunk, uint32_t number, uint32_t n)
{
	struct error err = {0};

	for (uint32_t i = chunk->n; i < n; i++) {
		uint32_t record = number * INDEX_CHUNK + i;

		chunk->place[i] = place_pack(record * 100ull, 10 + record % 50);
		chunk->fact[i] = fact_of(record);
	}
	chunk->n = n;
	src->records = (uint64_t)number * INDEX_CHUNK + n;
	src->position = src->records * 100;
	GOOD(store_chunk_save(t->s, src, number, chunk, NULL, 0, &err));
}

static void fill(struct scratch *t, struct source *src, uint32_t records)
{
	struct index_chunk *chunk = xcalloc(1, sizeof *chunk);

	for (uint32_t number = 0; number * INDEX_CHUNK < records; number++) {
		uint32_t left = records - number * INDEX_CHUNK;

		chunk->n = 0;
		save_chunk(t, src, chunk, number, left < INDEX_CHUNK ? left : INDEX_CHUNK);
	}
	free(chunk);
}

static void check_record(const struct record_place *place, const struct record_fact *fact, uint32_t i)
{
	struct record_fact want = fact_of(i);

	assert_int_equal(place->at, i * 100ull);
	assert_int_equal(place->len, 10 + i % 50);
	assert_true(hash128_eq(&fact->key, &want.key));
	assert_true(fact->score == want.score);
	assert_int_equal(fact->text_bytes, want.text_bytes);
	assert_int_equal(fact->lang, want.lang);
}

static void chunks_come_back_across_their_borders(void **state)
{
	struct scratch *t = *state;
	struct source src = made_source(t, "c", "/made");
	struct record_place *places = xcalloc(RECORDS, sizeof *places);
	struct record_fact *facts = xcalloc(RECORDS, sizeof *facts);
	struct corpus_view *view;
	struct error err = {0};

	fill(t, &src, RECORDS);
	scratch_reopen(t);
	view = scratch_view(t, "c");
	assert_int_equal(corpus_view_count(view), RECORDS);
	GOOD(corpus_view_places(view, t->s, 0, RECORDS, places, &err));
	GOOD(corpus_view_facts(view, t->s, 0, RECORDS, facts, &err));
	for (uint32_t i = 0; i < RECORDS; i += 97)
		check_record(&places[i], &facts[i], i);
	GOOD(corpus_view_facts(view, t->s, INDEX_CHUNK - 1, 2, facts, &err));
	check_record(&places[INDEX_CHUNK], &facts[1], INDEX_CHUNK);
	assert_int_equal(corpus_view_facts(view, t->s, RECORDS, 1, facts, &err), TAMIS_ENOTFOUND);
	corpus_view_close(view);
	free(places);
	free(facts);
	source_free(&src);
}

static void records_are_numbered_through_all_sources(void **state)
{
	struct scratch *t = *state;
	struct source a = made_source(t, "c", "/a"), b = made_source(t, "c", "/b");
	struct corpus_view *view;
	uint64_t i = 0;

	fill(t, &a, 10);
	fill(t, &b, 20);
	view = scratch_view(t, "c");
	assert_int_equal(corpus_view_count(view), 30);
	assert_int_equal(corpus_view_ref(view, 9), item_ref_record(a.id, 9));
	assert_int_equal(corpus_view_ref(view, 10), item_ref_record(b.id, 0));
	assert_int_equal(corpus_view_ref(view, 30), ITEM_REF_NONE);
	assert_true(corpus_view_find(view, item_ref_record(b.id, 19), &i));
	assert_int_equal(i, 29);
	assert_false(corpus_view_find(view, item_ref_record(b.id, 20), &i));
	assert_string_equal(corpus_view_source(view, item_ref_record(b.id, 0))->path, "/b");
	corpus_view_close(view);
	source_free(&a);
	source_free(&b);
}

static void a_partly_filled_chunk_is_saved_again_fuller(void **state)
{
	struct scratch *t = *state;
	struct source src = made_source(t, "c", "/made");
	struct index_chunk *chunk = xcalloc(1, sizeof *chunk);
	struct record_place place;
	struct record_fact fact;
	struct corpus_view *view;
	struct error err = {0};

	save_chunk(t, &src, chunk, 0, 5);
	view = scratch_view(t, "c");
	GOOD(corpus_view_facts(view, t->s, 4, 1, &fact, &err));
	corpus_view_close(view);
	save_chunk(t, &src, chunk, 0, 500);
	view = scratch_view(t, "c");
	GOOD(corpus_view_place(view, t->s, 499, &place, &err));
	GOOD(corpus_view_facts(view, t->s, 499, 1, &fact, &err)); /* not from what was read when it held five */
	check_record(&place, &fact, 499);
	corpus_view_close(view);
	free(chunk);
	source_free(&src);
}

static void an_old_cache_row_of_another_source_with_the_same_number_is_not_believed(void **state)
{
	struct scratch *t = *state;
	struct source src = made_source(t, "c", "/made");
	struct corpus_view *view;
	struct source again;
	struct error err = {0};

	fill(t, &src, 10);
	/* The workspace is put back from a copy made before: its cache knows a source 1 that it does not. */
	assert_int_equal(src.id, 1);
	src.position = 0;
	GOOD(store_source_get(t->s, &again, 1, &err));
	assert_int_equal(again.records, 10);
	source_free(&again);
	source_free(&src);
	scratch_close(t);
	unlink(t->file);
	scratch_open(t);
	src = made_source(t, "c", "/other");
	assert_int_equal(src.id, 1);
	view = scratch_view(t, "c");
	assert_int_equal(corpus_view_count(view), 0);
	corpus_view_close(view);
	source_free(&src);
}

struct reader {
	struct workspace *w;
	struct corpus_view *view;
	atomic_bool stop;
	atomic_int bad;
};

static void *read_while_it_grows(void *arg)
{
	struct reader *r = arg;
	struct error err = {0};
	struct store *s;
	uint64_t seen = 0;

	if (store_open(&s, r->w, &err) < 0)
		return NULL;
	while (!atomic_load(&r->stop)) {
		uint64_t n = corpus_view_count(r->view);
		struct record_place place;

		if (n < seen)
			atomic_fetch_add(&r->bad, 1);
		seen = n;
		if (n == 0)
			continue;
		if (corpus_view_place(r->view, s, n - 1, &place, &err) < 0 || place.at != (n - 1) * 100)
			atomic_fetch_add(&r->bad, 1);
	}
	store_close(s);
	return NULL;
}

static void readers_see_whole_records_while_a_view_grows(void **state)
{
	struct scratch *t = *state;
	struct source src = made_source(t, "c", "/made");
	struct index_chunk *chunk = xcalloc(1, sizeof *chunk);
	struct reader r = { .w = t->w, .view = scratch_view(t, "c") };
	pthread_t threads[2];
	struct error err = {0};

	for (size_t i = 0; i < 2; i++)
		GOOD(thread_start(&threads[i], "reader", read_while_it_grows, &r, &err));
	for (uint32_t number = 0; number < 3; number++) {
		chunk->n = 0;
		for (uint32_t to = 64; to <= INDEX_CHUNK; to += 1020) {
			uint32_t from = chunk->n;

			save_chunk(t, &src, chunk, number, to);
			corpus_view_append(r.view, src.id, chunk, from, to);
		}
		if (chunk->n < INDEX_CHUNK) {
			uint32_t from = chunk->n;

			save_chunk(t, &src, chunk, number, INDEX_CHUNK);
			corpus_view_append(r.view, src.id, chunk, from, INDEX_CHUNK);
		}
	}
	atomic_store(&r.stop, true);
	for (size_t i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(atomic_load(&r.bad), 0);
	assert_int_equal(corpus_view_count(r.view), 3 * INDEX_CHUNK);
	corpus_view_close(r.view);
	free(chunk);
	source_free(&src);
}

static void a_source_indexed_anew_starts_from_nothing_in_the_view(void **state)
{
	struct scratch *t = *state;
	struct source src = made_source(t, "c", "/made");
	struct index_chunk *chunk = xcalloc(1, sizeof *chunk);
	struct corpus_view *view;
	struct record_place place;
	struct error err = {0};

	fill(t, &src, 2000);
	view = scratch_view(t, "c");
	GOOD(corpus_view_place(view, t->s, 1999, &place, &err));
	GOOD(store_source_forget(t->s, src.id, &err));
	src.records = 0;
	corpus_view_add_source(view, &src);
	assert_int_equal(corpus_view_count(view), 0);
	chunk->n = 3;
	for (uint32_t i = 0; i < 3; i++)
		chunk->place[i] = place_pack(7 * i, 1);
	corpus_view_append(view, src.id, chunk, 0, 3);
	GOOD(corpus_view_place(view, t->s, 2, &place, &err));
	assert_int_equal(place.at, 14);
	corpus_view_close(view);
	free(chunk);
	source_free(&src);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)
	const struct CMUnitTest tests[] = {
		T(chunks_come_back_across_their_borders),
		T(records_are_numbered_through_all_sources),
		T(a_partly_filled_chunk_is_saved_again_fuller),
		T(an_old_cache_row_of_another_source_with_the_same_number_is_not_believed),
		T(readers_see_whole_records_while_a_view_grows),
		T(a_source_indexed_anew_starts_from_nothing_in_the_view),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
