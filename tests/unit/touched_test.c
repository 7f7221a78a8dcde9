/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sources too large to be looked through each time: what was only touched is the same, what has other bytes is not. */
#include "scratch.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/blocksum.h"
#include "store/internal.h"

static char *large_file(const struct scratch *t)
{
	struct buf text = BUF_INIT;
	char *path;

	for (unsigned i = 0; i < 20000; i++)
		buf_addf(&text, "{\"id\":\"d%u\",\"text\":\"This is document %u of the test and %u is its number\"}\n", i, i, i * 7);
	path = scratch_file(t, "a.jsonl", buf_span(&text));
	buf_free(&text);
	return path;
}

static int64_t summed(struct scratch *t)
{
	int64_t n = 0;
	struct error err = {0};

	GOOD(db_int(&t->s->db, &n, 0, &err, "SELECT sum(size) FROM source_sum", ""));
	return n;
}

/* Some bytes in the middle, where neither head nor tail sees them, become others; the time as well, so that nothing else tells. */
static void overwrite(const char *path, long at, const char *bytes, time_t when)
{
	const struct timespec times[2] = { { .tv_sec = when }, { .tv_sec = when } };
	FILE *file = fopen(path, "r+b");

	assert_non_null(file);
	fseek(file, at, SEEK_SET);
	fputs(bytes, file);
	fclose(file);
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static int read_again(struct scratch *t, struct error *err)
{
	struct buf bytes = BUF_INIT;
	struct corpus_view *view;
	int rc;

	scratch_reopen(t);
	view = scratch_view(t, "c");
	rc = corpus_view_read(view, t->s, 3, 0, 1000, &bytes, err);
	corpus_view_close(view);
	buf_free(&bytes);
	return rc;
}

static void a_large_file_is_changed_when_its_bytes_are(void **state)
{
	struct scratch *t = *state;
	char *path = large_file(t);
	struct import_result r;
	struct error err = {0};
	struct stat st;
	FILE *file;

	GOOD(scratch_import(t, path, &r, &err));
	assert_int_equal(stat(path, &st), 0);
	assert_true(st.st_size > 1024 * 1024);
	assert_int_equal(summed(t), st.st_size);
	overwrite(path, 500000, "", 1000000000);
	GOOD(read_again(t, &err));
	GOOD(scratch_import(t, path, &r, &err));
	assert_int_equal(r.skipped_sources, 1);

	file = fopen(path, "a"); /* it grows, and is touched again */
	assert_non_null(file);
	fputs("{\"text\":\"the last of all\"}\n", file);
	fclose(file);
	GOOD(scratch_import(t, path, &r, &err));
	assert_int_equal(r.records, 1);
	assert_int_equal(summed(t), st.st_size + 27);
	overwrite(path, 500000, "", 1100000000);
	GOOD(read_again(t, &err));

	overwrite(path, 500000, "Z", 1200000000);
	assert_int_equal(read_again(t, &err), TAMIS_ECHANGED);
	free(path);
}

/* ---- the sum itself ---- */

#define LARGEST ((size_t)1200 * 1024)

static struct hash128 sum_of(const char *bytes, size_t n, size_t piece)
{
	struct block_sum s;
	struct hash128 out;

	block_sum_init(&s);
	for (size_t at = 0; at < n; at += piece)
		block_sum_add(&s, bytes + at, n - at < piece ? n - at : piece);
	out = block_sum_value(&s);
	block_sum_clear(&s);
	return out;
}

static void sums_are_of_the_bytes_however_they_come(void **state)
{
	static const size_t sizes[] = { 1, 262143, 262144, 262145, 600000, 1048576, LARGEST };
	struct scratch *t = *state;
	char *bytes = xmalloc(LARGEST), *path;
	int fd;

	for (size_t i = 0; i < LARGEST; i++)
		bytes[i] = (char)(hash_mix64(i) >> 56);
	path = scratch_file(t, "bytes", span_make(bytes, LARGEST));
	fd = open(path, O_RDONLY);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct hash128 whole = sum_of(bytes, sizes[i], LARGEST), pieces = sum_of(bytes, sizes[i], 77777);

		assert_true(hash128_eq(&whole, &pieces));
		for (size_t k = 0; k <= i; k++) {
			struct hash128 sum = sum_of(bytes, sizes[k], LARGEST), from_nothing;

			assert_int_equal(block_sum_carry_on(&sum, fd, sizes[k], sizes[i]), 0);
			assert_true(hash128_eq(&sum, &whole));
			assert_int_equal(block_sum_carry_on(&from_nothing, fd, 0, sizes[i]), 0);
			assert_true(hash128_eq(&from_nothing, &whole));
		}
	}
	assert_int_equal(block_sum_carry_on(&(struct hash128){ { 0 } }, fd, 0, LARGEST + 1), TAMIS_EIO);
	close(fd);
	free(path);
	free(bytes);
}

static void sums_see_each_byte_and_where_it_stands(void **state)
{
	char *bytes = xcalloc(1, LARGEST);
	struct hash128 zeros = sum_of(bytes, LARGEST, LARGEST), a, b;

	(void)state;
	bytes[100] = 1;
	a = sum_of(bytes, LARGEST, LARGEST);
	bytes[100] = 0;
	bytes[100 + 262144] = 1; /* the same block, one further */
	b = sum_of(bytes, LARGEST, LARGEST);
	assert_false(hash128_eq(&a, &b));
	assert_false(hash128_eq(&a, &zeros));
	assert_false(hash128_eq(&b, &zeros));
	free(bytes);
}

#define T(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_large_file_is_changed_when_its_bytes_are),
		T(sums_are_of_the_bytes_however_they_come),
		T(sums_see_each_byte_and_where_it_stands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
