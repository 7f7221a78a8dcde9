/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of embeddings, and 16-bit numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "bitext/half.h"
#include "bitext/vectors.h"
#include "vectors_fixture.h"

/* ---- files ---- */

/* Opens and loads; on success the two rows are 3 4 and -5 12, before they are scaled. */
static void assert_read(const void *bytes, size_t n, const char *tensor, int expected)
{
	static const float truth[4] = { .6F, .8F, -5 / 13.F, 12 / 13.F };
	char path[32];
	struct vectors v;
	struct error err = { 0 };
	float rows[4];
	int rc;

	write_file(path, bytes, n);
	rc = vectors_open(&v, path, tensor, &err);
	if (rc == 0)
		rc = vectors_load(&v, false, &err);
	if (rc != expected)
		fail_msg("%d instead of %d: %s", rc, expected, err.msg);
	if (rc == 0) {
		assert_int_equal(v.n, 2);
		assert_int_equal(v.dimensions, 2);
		assert_int_equal(vectors_block(rows, &v, 0, 2, &err), 0);
		for (size_t i = 0; i < 4; i++)
			assert_true(fabsf(rows[i] - truth[i]) < 1e-3F);
	} else {
		assert_true(err.msg[0] != '\0');
	}
	vectors_free(&v);
	unlink(path);
}

#define NPY(header, data) "\x93NUMPY\x01\x00\x46\x00" header data
#define F32 "\0\0\x40\x40\0\0\x80\x40\0\0\xa0\xc0\0\0\x40\x41"
#define F16 "\x00\x42\x00\x44\x00\xc5\x00\x4a"
#define BF16 "\x40\x40\x80\x40\xa0\xc0\x40\x41"

static void npy_files_are_read_and_damaged_ones_refused(void **state)
{
	static const char good[] = NPY("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }           ", F32);
	static const char half[] = NPY("{'descr': '<f2', 'fortran_order': False, 'shape': (2, 2), }           ", F16);
	static const char huge[] = NPY("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999, 4), } ", F32);
	static const char flat[] = NPY("{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }             ", F32);
	static const char wide[] = NPY("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2), }           ", F32);
	static const char fortran[] = NPY("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }            ", F32);

	(void)state;
	assert_read(good, sizeof good - 1, NULL, 0);
	assert_read(half, sizeof half - 1, NULL, 0);
	assert_read(good, sizeof good - 3, NULL, TAMIS_EPARSE);
	assert_read(good, 20, NULL, TAMIS_EPARSE);
	assert_read(huge, sizeof huge - 1, NULL, TAMIS_EPARSE);
	assert_read(flat, sizeof flat - 1, NULL, TAMIS_EPARSE);
	assert_read(wide, sizeof wide - 1, NULL, TAMIS_EPARSE);
	assert_read(fortran, sizeof fortran - 1, NULL, TAMIS_EPARSE);
	assert_read("nothing", 7, NULL, TAMIS_EPARSE);
	assert_read("neither of the two kinds", 24, NULL, TAMIS_EPARSE);
}

/* A .safetensors file of a header and 16 bytes of data. */
static void assert_tensors(const char *header, const char *data, size_t n, const char *tensor, int expected)
{
	struct buf file = BUF_INIT;
	uint64_t length = strlen(header);

	for (int i = 0; i < 8; i++)
		buf_addc(&file, (char)(length >> (8 * i)));
	buf_adds(&file, header);
	buf_add(&file, data, n);
	assert_read(file.p, file.len, tensor, expected);
	buf_free(&file);
}

#define TENSOR(name, dtype, shape, from, to) "\"" name "\":{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":[" from "," to "]}"

static void safetensors_files_are_read_in_all_three_kinds_of_numbers(void **state)
{
	(void)state;
	assert_tensors("{" TENSOR("emb", "F32", "[2,2]", "0", "16") "}", F32, 16, NULL, 0);
	assert_tensors("{" TENSOR("emb", "F16", "[2,2]", "0", "8") "}  ", F16, 8, NULL, 0);
	assert_tensors("{\"__metadata__\":{\"a\":\"b\"}," TENSOR("emb", "BF16", "[2,2]", "0", "8") "}", BF16, 8, "emb", 0);
	/* A vector and a matrix of whole numbers beside it leave no doubt; two matrices do. */
	assert_tensors("{" TENSOR("bias", "F32", "[1]", "0", "4") "," TENSOR("ids", "I64", "[2,2]", "0", "4") ","
		       TENSOR("emb", "F32", "[2,2]", "4", "20") "}", "1234" F32, 20, NULL, 0);
	assert_tensors("{" TENSOR("a", "F32", "[2,2]", "0", "16") "," TENSOR("b", "F32", "[2,2]", "16", "32") "}", F32 F32, 32, NULL,
		       TAMIS_EUSAGE);
	assert_tensors("{" TENSOR("a", "F32", "[2,2]", "0", "16") "," TENSOR("b", "F32", "[2,2]", "16", "32") "}", F32 F32, 32, "b", 0);
}

static void safetensors_files_that_lie_are_refused(void **state)
{
	static const struct {
		const char *header;
		int expected;
	} bad[] = {
		{ "{" TENSOR("emb", "F32", "[2,2]", "0", "15") "}", TAMIS_EPARSE },
		{ "{" TENSOR("emb", "F32", "[2,2]", "16", "0") "}", TAMIS_EPARSE },
		{ "{" TENSOR("emb", "F32", "[3,2]", "0", "24") "}", TAMIS_EPARSE },
		{ "{" TENSOR("emb", "F32", "[2,2]", "4", "20") "}", TAMIS_EPARSE },
		{ "{" TENSOR("emb", "F32", "[4294967296,4294967296]", "0", "0") "}", TAMIS_EPARSE },
		{ "{" TENSOR("emb", "F32", "[-2,2]", "0", "16") "}", TAMIS_EPARSE },
		{ "{" TENSOR("emb", "F32", "[2e0,2]", "0", "16") "}", TAMIS_EPARSE },
		{ "{" TENSOR("emb", "F32", "[2,2]", "0", "99999999999999999999") "}", TAMIS_EPARSE },
		{ "{\"emb\":[1]}", TAMIS_EPARSE },
		{ "{\"emb\":{\"dtype\":\"F32\"}}", TAMIS_EPARSE },
		{ "{" TENSOR("emb", "F32", "[2,2]", "0", "16"), TAMIS_EPARSE },
		{ "{}", TAMIS_EUNSUPPORTED },
		{ "{" TENSOR("emb", "F64", "[1,2]", "0", "16") "}", TAMIS_EUNSUPPORTED },
		{ "{" TENSOR("emb", "F32", "[4]", "0", "16") "}", TAMIS_EUNSUPPORTED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_tensors(bad[i].header, F32, 16, NULL, bad[i].expected);
	assert_tensors("{" TENSOR("emb", "F32", "[2,2]", "0", "16") "}", F32, 16, "other", TAMIS_EUSAGE);
	assert_tensors("{" TENSOR("emb", "F64", "[1,2]", "0", "16") "}", F32, 16, "emb", TAMIS_EUNSUPPORTED);
	assert_read("\xff\xff\xff\xff\xff\xff\xff\x7f{\"a\":1}", 15, NULL, TAMIS_EPARSE);
}

/* ---- 16-bit numbers ---- */

static float float_of_bits(uint32_t bits)
{
	float f;

	memcpy(&f, &bits, sizeof f);
	return f;
}

/* The nearest half by trying all of them: the definition. */
static void assert_nearest(float f)
{
	uint16_t found;
	float back, all;
	double best = INFINITY;

	half_from_float(&found, &f, 1);
	half_to_float(&back, &found, 1);
	for (uint32_t h = 0; h < 0x10000; h++) {
		uint16_t candidate = (uint16_t)h;

		half_to_float(&all, &candidate, 1);
		if (isfinite(all) && fabs((double)all - (double)f) < best)
			best = fabs((double)all - (double)f);
	}
	assert_true(fabs((double)back - (double)f) <= best);
}

static void halves_are_the_nearest_and_the_same_with_and_without_f16c(void **state)
{
	enum { N = 4099 };
	float values[N], a[N], b[N];
	uint16_t fast[N], portable[N];

	(void)state;
	random_state = 7;
	for (size_t i = 0; i < N; i++) {
		uint32_t exponent = 90 + random_below(55);

		values[i] = float_of_bits(random_below(2) << 31 | exponent << 23 | (random_below(1 << 23) & (i % 3 ? 0x7FFFFFU : 0x7FE000U)));
	}
	values[0] = 65504;
	values[1] = 65519;
	values[2] = 65520;
	values[3] = 5.9604645e-8F / 2;
	values[4] = INFINITY;
	values[5] = 6.1035156e-5F;
	values[6] = 0;
	values[7] = float_of_bits(0x387FFFFF); /* rounds up into the normal numbers */
	half_from_float(fast, values, N);
	half_to_float(a, fast, N);
	setenv("TAMIS_SIMD", "none", 1);
	half_from_float(portable, values, N);
	half_to_float(b, portable, N);
	unsetenv("TAMIS_SIMD");
	assert_memory_equal(fast, portable, sizeof fast);
	assert_memory_equal(a, b, sizeof a);
	for (size_t i = 10; i < 40; i++)
		if (fabsf(values[i]) < 65504)
			assert_nearest(values[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(npy_files_are_read_and_damaged_ones_refused),
		cmocka_unit_test(safetensors_files_are_read_in_all_three_kinds_of_numbers),
		cmocka_unit_test(safetensors_files_that_lie_are_refused),
		cmocka_unit_test(halves_are_the_nearest_and_the_same_with_and_without_f16c),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
