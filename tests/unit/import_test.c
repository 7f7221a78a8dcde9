/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Import: what becomes records, what is rejected, what happens when files or the cache change. */
#include "scratch.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <zlib.h>

#include "base/json.h"
#include "review/item.h"

/* N good documents; a record is "document I" in words that differ. */
static void put_lines(struct buf *out, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++)
		buf_addf(out, "{\"id\":\"d%u\",\"text\":\"This is document %u of the test and %u is its number\"}\n", i, i, i * 7);
}

static char *lines_file(const struct scratch *t, const char *name, unsigned from, unsigned to)
{
	struct buf text = BUF_INIT;
	char *path;

	put_lines(&text, from, to);
	path = scratch_file(t, name, buf_span(&text));
	buf_free(&text);
	return path;
}

static void append(const char *path, const char *text)
{
	FILE *file = fopen(path, "ab");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

/* Everything a view says of its records, as one digest: for comparing indexes. */
static struct hash128 digest(const struct scratch *t, const char *corpus, uint64_t *count)
{
	struct corpus_view *view = scratch_view(t, corpus);
	struct hash128_state *h = hash128_new();
	struct hash128 out;
	struct error err = {0};

	*count = corpus_view_count(view);
	for (uint64_t i = 0; i < *count; i++) {
		struct record_place place;
		struct record_fact fact;
		struct buf bytes = BUF_INIT;

		GOOD(corpus_view_place(view, t->s, i, &place, &err));
		GOOD(corpus_view_facts(view, t->s, i, 1, &fact, &err));
		GOOD(corpus_view_read(view, t->s, i, 0, SIZE_MAX, &bytes, &err));
		hash128_update(h, &place.at, sizeof place.at);
		hash128_update(h, &place.len, sizeof place.len);
		hash128_update(h, fact.key.b, sizeof fact.key.b);
		hash128_update(h, &fact.lang, 1);
		hash128_update(h, bytes.p, bytes.len);
		buf_free(&bytes);
	}
	out = hash128_end(h);
	hash128_free(h);
	corpus_view_close(view);
	return out;
}

static void good_records_come_in_and_bad_ones_are_listed(void **state)
{
	struct scratch *t = *state;
	char *path = scratch_file(t, "a.jsonl", span_of("{\"text\":\"one is good\"}\n{broken\n{\"text\":\"two is good\"}\n"
							"{\"other\":1}\n"));
	struct import_result r;
	struct rejected *rows;
	struct error err = {0};
	size_t n;

	GOOD(scratch_import(t, path, &r, &err));
	assert_int_equal(r.records, 2);
	assert_int_equal(r.rejected, 2);
	GOOD(store_rejected_list(t->s, 0, 10, &rows, &n, &err));
	assert_int_equal(n, 2);
	assert_int_equal(rows[0].line, 2);
	assert_true(rows[0].byte >= 24);
	assert_int_equal(rows[1].line, 4);
	assert_true(rows[1].reason[0] != '\0');
	free(rows);
	free(path);
	scratch_fsck(t);
}

static void the_same_file_again_doubles_nothing(void **state)
{
	struct scratch *t = *state;
	char *path = lines_file(t, "a.jsonl", 0, 100);
	struct import_result r;
	struct error err = {0};
	uint64_t n;

	GOOD(scratch_import(t, path, &r, &err));
	GOOD(scratch_import(t, path, &r, &err));
	assert_int_equal(r.skipped_sources, 1);
	assert_int_equal(r.records, 0);
	digest(t, "c", &n);
	assert_int_equal(n, 100);
	free(path);
}

static void a_grown_file_goes_on_where_it_ended(void **state)
{
	struct scratch *t = *state;
	char *path = lines_file(t, "a.jsonl", 0, 20000);
	struct buf more = BUF_INIT;
	struct import_result r;
	struct error err = {0};
	struct hash128 grown, whole;
	uint64_t n;

	GOOD(scratch_import(t, path, &r, &err));
	put_lines(&more, 20000, 40000);
	append(path, more.p);
	GOOD(scratch_import(t, path, &r, &err));
	assert_int_equal(r.records, 20000);
	grown = digest(t, "c", &n);
	assert_int_equal(n, 40000);
	scratch_close(t);
	unlink(t->file);
	scratch_open(t);
	GOOD(scratch_import(t, path, &r, &err));
	whole = digest(t, "c", &n);
	assert_true(hash128_eq(&grown, &whole));
	buf_free(&more);
	free(path);
	scratch_fsck(t);
}

static void a_file_that_ended_within_a_line_is_indexed_anew_when_it_grows(void **state)
{
	struct scratch *t = *state;
	char *path = scratch_file(t, "a.jsonl", span_of("{\"text\":\"whole line\"}\n{\"text\":\"cut he"));
	struct import_result r;
	struct error err = {0};
	uint64_t n;

	GOOD(scratch_import(t, path, &r, &err));
	assert_int_equal(r.rejected, 1);
	append(path, "re\"}\n");
	GOOD(scratch_import(t, path, &r, &err));
	digest(t, "c", &n);
	assert_int_equal(n, 2);
	free(path);
}

static void a_changed_file_is_reported_and_can_be_imported_again(void **state)
{
	struct scratch *t = *state;
	char *path = lines_file(t, "a.jsonl", 0, 50);
	struct import_result r;
	struct corpus_view *view;
	struct buf bytes = BUF_INIT;
	struct error err = {0};
	uint64_t n;

	GOOD(scratch_import(t, path, &r, &err));
	free(path);
	path = lines_file(t, "a.jsonl", 100, 140);
	scratch_reopen(t);
	view = scratch_view(t, "c");
	assert_int_equal(corpus_view_read(view, t->s, 3, 0, 1000, &bytes, &err), TAMIS_ECHANGED);
	assert_non_null(strstr(err.msg, "a.jsonl"));
	assert_non_null(strstr(err.msg, "import it again"));
	corpus_view_close(view);
	GOOD(scratch_import(t, path, &r, &err));
	assert_int_equal(r.records, 40);
	digest(t, "c", &n);
	assert_int_equal(n, 40);
	buf_free(&bytes);
	free(path);
	scratch_fsck(t);
}

static void a_small_file_that_was_only_touched_is_read_on(void **state)
{
	struct scratch *t = *state;
	char *path = lines_file(t, "a.jsonl", 0, 50);
	const struct timespec times[2] = { { .tv_sec = 1000000000 }, { .tv_sec = 1000000000 } };
	struct import_result r;
	struct corpus_view *view;
	struct buf bytes = BUF_INIT;
	struct error err = {0};
	FILE *file;

	GOOD(scratch_import(t, path, &r, &err));
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
	scratch_reopen(t);
	view = scratch_view(t, "c");
	GOOD(corpus_view_read(view, t->s, 3, 0, 1000, &bytes, &err));
	corpus_view_close(view);
	file = fopen(path, "r+b"); /* as many bytes, but others */
	assert_non_null(file);
	fseek(file, 20, SEEK_SET);
	fputs("ZZZ", file);
	fclose(file);
	scratch_reopen(t);
	view = scratch_view(t, "c");
	assert_int_equal(corpus_view_read(view, t->s, 3, 0, 1000, &bytes, &err), TAMIS_ECHANGED);
	corpus_view_close(view);
	buf_free(&bytes);
	free(path);
}

static void a_record_overwritten_under_us_is_not_shown(void **state)
{
	struct scratch *t = *state;
	char *path = lines_file(t, "a.jsonl", 0, 50);
	struct item_source *items = item_source_new(t->s);
	struct import_result r;
	struct item item;
	struct error err = {0};
	FILE *file;

	GOOD(scratch_import(t, path, &r, &err));
	item_init(&item);
	GOOD(item_load(&item, items, item_ref_record(1, 3), &err));
	file = fopen(path, "r+b"); /* same size, and already opened by us */
	assert_non_null(file);
	fseek(file, (long)(item.size * 4), SEEK_SET);
	fputs("ZZZ", file);
	fclose(file);
	assert_int_equal(item_load(&item, items, item_ref_record(1, 4), &err), TAMIS_ECHANGED);
	item_free(&item);
	item_source_free(items);
	free(path);
}

static void a_moved_file_is_followed(void **state)
{
	struct scratch *t = *state;
	char *path = lines_file(t, "a.jsonl", 0, 50), *moved = fs_join(t->folder, "b.jsonl");
	struct import_result r;
	struct error err = {0};
	uint64_t n;

	GOOD(scratch_import(t, path, &r, &err));
	assert_int_equal(rename(path, moved), 0);
	GOOD(scratch_import(t, moved, &r, &err));
	assert_int_equal(r.skipped_sources, 1);
	digest(t, "c", &n);
	assert_int_equal(n, 50);
	free(path);
	free(moved);
}

static void a_file_that_cannot_be_read_changes_nothing(void **state)
{
	struct scratch *t = *state;
	char *path = lines_file(t, "a.jsonl", 0, 5), *missing = fs_join(t->folder, "missing.jsonl");
	char *paths[] = { path, missing };
	struct import_request req = { .paths = paths, .n_paths = 2 };
	struct import_result r;
	struct corpus *list;
	struct error err = {0};
	size_t n;

	assert_int_equal(import_run(NULL, t->s, &req, &r, &err), TAMIS_EIO);
	assert_non_null(strstr(err.msg, "missing.jsonl"));
	GOOD(store_corpus_list(t->s, &list, &n, &err));
	assert_int_equal(n, 0);
	free(list);
	free(path);
	free(missing);
}

static void a_parquet_file_is_refused_alone_and_listed_in_a_folder(void **state)
{
	struct scratch *t = *state;
	char *folder = fs_join(t->folder, "in"), *parquet, *good, *hidden;
	struct import_result r;
	struct rejected *rows;
	struct error err = {0};
	size_t n;

	assert_int_equal(mkdir(folder, 0700), 0);
	parquet = scratch_file(t, "in/a.parquet", span_of("PAR1\25\4\25\20PAR1"));
	good = lines_file(t, "in/b.jsonl", 0, 5);
	hidden = lines_file(t, "in/.c.jsonl", 0, 5);
	assert_int_equal(scratch_import(t, parquet, &r, &err), TAMIS_EUNSUPPORTED);
	GOOD(scratch_import(t, folder, &r, &err));
	assert_int_equal(r.records, 5);
	assert_int_equal(r.rejected, 1);
	GOOD(store_rejected_list(t->s, 0, 10, &rows, &n, &err));
	assert_int_equal(n, 1);
	assert_non_null(strstr(rows[0].reason, "arquet"));
	free(rows);
	GOOD(scratch_import(t, folder, &r, &err));
	assert_int_equal(r.skipped_sources, 2);
	free(parquet);
	free(good);
	free(hidden);
	free(folder);
	scratch_fsck(t);
}

static void a_link_beside_its_file_is_the_same_source(void **state)
{
	struct scratch *t = *state;
	char *folder = fs_join(t->folder, "in"), *link = fs_join(folder, "b.jsonl"), *loop = fs_join(folder, "loop"), *path;
	struct import_result r;
	struct error err = {0};

	assert_int_equal(mkdir(folder, 0700), 0);
	path = lines_file(t, "in/a.jsonl", 0, 5);
	assert_int_equal(symlink("a.jsonl", link), 0);
	assert_int_equal(symlink(".", loop), 0);
	GOOD(scratch_import(t, folder, &r, &err));
	assert_int_equal(r.sources, 1);
	assert_int_equal(r.records, 5);
	free(folder);
	free(link);
	free(loop);
	free(path);
}

static void compressed_content_reads_back_from_blocks(void **state)
{
	struct scratch *t = *state;
	char *plain = lines_file(t, "a.jsonl", 0, 30000), *packed = fs_join(t->folder, "p.jsonl.gz");
	struct import_request req = { .n_paths = 1, .paths = &plain, .corpus = "plain" };
	struct buf text = BUF_INIT;
	struct import_result r;
	struct error err = {0};
	struct hash128 a, b;
	uint64_t n;
	gzFile gz = gzopen(packed, "wb1");

	GOOD(fs_read_all(&text, plain, 1 << 24, &err));
	assert_int_equal(gzwrite(gz, text.p, (unsigned)text.len), (int)text.len);
	gzclose(gz);
	GOOD(import_run(NULL, t->s, &req, &r, &err));
	req.paths = &packed;
	req.corpus = "packed";
	GOOD(import_run(NULL, t->s, &req, &r, &err));
	assert_int_equal(r.records, 30000);
	a = digest(t, "plain", &n);
	b = digest(t, "packed", &n);
	assert_true(hash128_eq(&a, &b));
	buf_free(&text);
	free(plain);
	free(packed);
	scratch_fsck(t);
}

static void a_lost_cache_is_made_again_and_nothing_else_is_lost(void **state)
{
	struct scratch *t = *state;
	char *path = lines_file(t, "a.jsonl", 0, 20000), *cache = xasprintf("%s-cache", t->file);
	struct decision d = scratch_verdict(1, VERDICT_ACCEPT);
	struct import_result r;
	struct error err = {0};
	struct hash128 before, after;
	uint64_t n;

	GOOD(scratch_import(t, path, &r, &err));
	before = digest(t, "c", &n);
	workspace_decide(t->w, &d, 1, "");
	GOOD(workspace_flush(t->w, &err));
	assert_false(import_refresh_needed(t->s, 0));
	scratch_close(t);
	assert_int_equal(unlink(cache), 0);
	scratch_open(t);
	assert_true(import_refresh_needed(t->s, 0));
	GOOD(import_refresh(NULL, t->s, 0, &r, &err));
	assert_int_equal(r.records, 20000);
	after = digest(t, "c", &n);
	assert_true(hash128_eq(&before, &after));
	assert_int_equal(scratch_verdict_of(t, 1), VERDICT_ACCEPT);
	assert_false(import_refresh_needed(t->s, 0));
	free(path);
	free(cache);
	scratch_fsck(t);
}

static void a_view_on_the_screen_fills_again_after_the_cache_was_lost(void **state)
{
	struct scratch *t = *state;
	char *path = lines_file(t, "a.jsonl", 0, 20000), *cache = xasprintf("%s-cache", t->file);
	struct corpus_view *view;
	struct buf bytes = BUF_INIT;
	struct import_result r;
	struct error err = {0};

	GOOD(scratch_import(t, path, &r, &err));
	scratch_close(t);
	unlink(cache);
	scratch_open(t);
	view = scratch_view(t, "c");
	assert_int_equal(corpus_view_count(view), 0);
	GOOD(import_refresh_view(NULL, t->s, view, &err));
	assert_int_equal(corpus_view_count(view), 20000);
	assert_false(corpus_view_indexing(view));
	GOOD(corpus_view_read(view, t->s, 19999, 0, 14, &bytes, &err));
	assert_string_equal(bytes.p, "{\"id\":\"d19999\"");
	corpus_view_close(view);
	buf_free(&bytes);
	free(path);
	free(cache);
}

static void a_damaged_cache_is_thrown_away_and_made_again(void **state)
{
	struct scratch *t = *state;
	char *path = lines_file(t, "a.jsonl", 0, 2000), *cache = xasprintf("%s-cache", t->file);
	struct import_result r;
	struct error err = {0};
	uint64_t n;
	FILE *file;

	GOOD(scratch_import(t, path, &r, &err));
	scratch_close(t);
	file = fopen(cache, "r+b");
	for (int i = 0; i < 4000; i++)
		putc("garbage"[i % 7], file);
	fclose(file);
	scratch_open(t);
	GOOD(import_refresh(NULL, t->s, 0, &r, &err));
	digest(t, "c", &n);
	assert_int_equal(n, 2000);
	free(path);
	free(cache);
	scratch_fsck(t);
}

static void the_index_is_the_same_for_any_number_of_threads(void **state)
{
	struct scratch *t = *state;
	char *path = lines_file(t, "a.jsonl", 0, 40000);
	struct import_request req = { .n_paths = 1, .paths = &path };
	struct import_result r;
	struct error err = {0};
	struct hash128 a, b;
	uint64_t n;

	setenv("TAMIS_THREADS", "1", 1);
	req.corpus = "one";
	GOOD(import_run(NULL, t->s, &req, &r, &err));
	setenv("TAMIS_THREADS", "5", 1);
	req.corpus = "five";
	GOOD(import_run(NULL, t->s, &req, &r, &err));
	unsetenv("TAMIS_THREADS");
	a = digest(t, "one", &n);
	b = digest(t, "five", &n);
	assert_true(hash128_eq(&a, &b));
	free(path);
}

struct seen {
	struct corpus_view *view;
	uint64_t at_first;
};

static void take_view(void *ctx, struct corpus_view *view)
{
	struct seen *seen = ctx;

	assert_null(seen->view);
	seen->view = view;
	seen->at_first = corpus_view_count(view);
	assert_true(corpus_view_indexing(view));
}

static void the_first_64_records_are_published_before_the_rest(void **state)
{
	struct scratch *t = *state;
	char *path = lines_file(t, "a.jsonl", 0, 40000);
	struct seen seen = {0};
	struct import_request req = { .n_paths = 1, .paths = &path, .corpus = "c", .on_view = take_view, .ctx = &seen };
	struct buf bytes = BUF_INIT;
	struct import_result r;
	struct error err = {0};

	GOOD(import_run(NULL, t->s, &req, &r, &err));
	assert_int_equal(seen.at_first, 64);
	assert_int_equal(corpus_view_count(seen.view), 40000);
	assert_false(corpus_view_indexing(seen.view));
	GOOD(corpus_view_read(seen.view, t->s, 39999, 0, 20, &bytes, &err));
	assert_string_equal(bytes.p, "{\"id\":\"d39999\",\"text");
	corpus_view_close(seen.view);
	buf_free(&bytes);
	free(path);
}

static void a_record_longer_than_16_mib_keeps_its_exact_length(void **state)
{
	struct scratch *t = *state;
	struct buf text = BUF_INIT, tail = BUF_INIT;
	struct corpus_view *view;
	struct record_place place;
	struct import_result r;
	struct error err = {0};
	size_t length;
	char *path;

	buf_adds(&text, "{\"text\":\"");
	buf_fill(&text, 'x', (size_t)20 << 20);
	buf_adds(&text, "\"}");
	length = text.len;
	buf_adds(&text, "\n{\"text\":\"after it\"}\n");
	path = scratch_file(t, "long.jsonl", buf_span(&text));
	GOOD(scratch_import(t, path, &r, &err));
	assert_int_equal(r.records, 2);
	view = scratch_view(t, "c");
	GOOD(corpus_view_place(view, t->s, 0, &place, &err));
	assert_int_equal(place.len, length);
	GOOD(corpus_view_read(view, t->s, 0, length - 3, 100, &tail, &err));
	assert_string_equal(tail.p, "x\"}");
	buf_clear(&tail);
	GOOD(corpus_view_read(view, t->s, 1, 0, 100, &tail, &err));
	assert_string_equal(tail.p, "{\"text\":\"after it\"}");
	corpus_view_close(view);
	buf_free(&text);
	buf_free(&tail);
	free(path);
}

static void bytes_from_a_pipe_are_kept_in_the_workspace(void **state)
{
	struct scratch *t = *state;
	char *path = lines_file(t, "a.jsonl", 0, 9000), *cache = xasprintf("%s-cache", t->file);
	struct import_result r;
	struct error err = {0};
	struct hash128 before, after;
	uint64_t n;
	int saved = dup(STDIN_FILENO);

	assert_non_null(freopen(path, "rb", stdin));
	GOOD(scratch_import(t, "-", &r, &err));
	assert_int_equal(r.records, 9000);
	unlink(path);
	before = digest(t, "c", &n);
	scratch_close(t);
	unlink(cache);
	scratch_open(t);
	GOOD(import_refresh(NULL, t->s, 0, &r, &err));
	after = digest(t, "c", &n);
	assert_int_equal(n, 9000);
	assert_true(hash128_eq(&before, &after));
	dup2(saved, STDIN_FILENO);
	close(saved);
	free(path);
	free(cache);
	scratch_fsck(t);
}

static void two_line_aligned_files_are_pairs_whichever_is_given(void **state)
{
	struct scratch *t = *state;
	char *en = scratch_file(t, "x.en-fr.en", span_of("The house is red.\nGood morning to you.\nThe end of it.\n"));
	char *fr = scratch_file(t, "x.en-fr.fr", span_of("La maison est rouge.\nBonjour à vous.\nLa fin.\n"));
	struct import_result r;
	struct item_source *items;
	struct item item;
	struct error err = {0};
	struct buf json = BUF_INIT;

	GOOD(scratch_import(t, fr, &r, &err));
	assert_int_equal(r.kind, KIND_BITEXT);
	assert_int_equal(r.records, 3);
	GOOD(scratch_import(t, en, &r, &err));
	assert_int_equal(r.records, 0);
	items = item_source_new(t->s);
	item_init(&item);
	GOOD(item_load(&item, items, item_ref_record(1, 1), &err));
	assert_true(span_is(item_text(&item, ROLE_SOURCE), "Good morning to you."));
	assert_true(span_is(item_text(&item, ROLE_TARGET), "Bonjour à vous."));
	item_to_json(&json, &item);
	assert_non_null(strstr(json.p, "\"target\":{"));
	item_free(&item);
	item_source_free(items);
	buf_free(&json);
	free(en);
	free(fr);
}

static void an_edit_is_what_the_item_says(void **state)
{
	struct scratch *t = *state;
	char *path = lines_file(t, "a.jsonl", 0, 3);
	struct item_source *items = item_source_new(t->s);
	struct decision d = { .fields = DECISION_EDIT, .edit = "{\"text\":\"better \\u00e9\"}" };
	struct import_result r;
	struct item item;
	struct error err = {0};

	GOOD(scratch_import(t, path, &r, &err));
	item_init(&item);
	GOOD(item_load(&item, items, item_ref_record(1, 1), &err));
	d.key = item.key;
	workspace_decide(t->w, &d, 1, "edit");
	GOOD(workspace_flush(t->w, &err));
	GOOD(item_reload_state(&item, items, &err));
	assert_true(span_is(item_text(&item, ROLE_TEXT), "better é"));
	assert_true(span_starts(record_value(&item.record, ROLE_TEXT), "This is document 1"));
	item_free(&item);
	item_source_free(items);
	free(path);
}

static void fsck_finds_a_damaged_chunk_of_the_index(void **state)
{
	struct scratch *t = *state;
	char *path = lines_file(t, "a.jsonl", 0, 300), *cache = xasprintf("%s-cache", t->file);
	struct buf bytes = BUF_INIT;
	struct import_result r;
	struct error err = {0};
	uint64_t place = place_pack(0, 79);
	FILE *file;
	char *at;
	int n = 0;

	GOOD(scratch_import(t, path, &r, &err));
	scratch_close(t);
	GOOD(fs_read_all(&bytes, cache, 1 << 24, &err));
	(void)place;
	{
		struct corpus_view *view;
		struct record_place second;

		scratch_open(t);
		view = scratch_view(t, "c");
		GOOD(corpus_view_place(view, t->s, 1, &second, &err));
		place = place_pack(second.at, second.len);
		corpus_view_close(view);
		scratch_close(t);
	}
	at = memmem(bytes.p, bytes.len, &place, sizeof place);
	assert_non_null(at);
	file = fopen(cache, "r+b");
	fseek(file, at - bytes.p, SEEK_SET);
	putc(*at ^ 1, file);
	fclose(file);
	scratch_open(t);
	GOOD(store_fsck(t->s, scratch_count_problem, &n, &err));
	assert_true(n > 0);
	assert_true(import_refresh_needed(t->s, 0));
	GOOD(import_refresh(NULL, t->s, 0, &r, &err));
	scratch_fsck(t);
	buf_free(&bytes);
	free(path);
	free(cache);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)
	const struct CMUnitTest tests[] = {
		T(good_records_come_in_and_bad_ones_are_listed),
		T(the_same_file_again_doubles_nothing),
		T(a_grown_file_goes_on_where_it_ended),
		T(a_file_that_ended_within_a_line_is_indexed_anew_when_it_grows),
		T(a_changed_file_is_reported_and_can_be_imported_again),
		T(a_small_file_that_was_only_touched_is_read_on),
		T(a_record_overwritten_under_us_is_not_shown),
		T(a_moved_file_is_followed),
		T(a_file_that_cannot_be_read_changes_nothing),
		T(a_parquet_file_is_refused_alone_and_listed_in_a_folder),
		T(a_link_beside_its_file_is_the_same_source),
		T(compressed_content_reads_back_from_blocks),
		T(a_lost_cache_is_made_again_and_nothing_else_is_lost),
		T(a_view_on_the_screen_fills_again_after_the_cache_was_lost),
		T(a_damaged_cache_is_thrown_away_and_made_again),
		T(the_index_is_the_same_for_any_number_of_threads),
		T(the_first_64_records_are_published_before_the_rest),
		T(a_record_longer_than_16_mib_keeps_its_exact_length),
		T(bytes_from_a_pipe_are_kept_in_the_workspace),
		T(two_line_aligned_files_are_pairs_whichever_is_given),
		T(an_edit_is_what_the_item_says),
		T(fsck_finds_a_damaged_chunk_of_the_index),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
