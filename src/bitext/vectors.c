/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Matrices of sentence embeddings; see vectors.h.
 */
#include "bitext/vectors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/i18n.h"
#include "bitext/half.h"

enum { CHUNK_BYTES = 1 << 20 };

static size_t number_bytes(enum vector_type type)
{
	return type == VECTOR_F32 ? sizeof(float) : sizeof(uint16_t);
}

static size_t row_bytes(const struct vectors *v)
{
	return v->dimensions * number_bytes(v->type);
}

void vectors_init(struct vectors *v, size_t n, size_t dimensions)
{
	*v = (struct vectors){ .n = n, .dimensions = dimensions, .fd = -1, .values = xcalloc(n * dimensions + 1, sizeof(float)) };
}

void vectors_free(struct vectors *v)
{
	if (v->fd >= 0)
		close(v->fd);
	free(v->values);
	free(v->scale);
	free(v->rows);
	*v = (struct vectors){ .fd = -1 };
}

float *vectors_floats(const struct vectors *v)
{
	return v->values;
}

int vectors_pick(struct vectors *v, const uint32_t *rows, size_t n, struct error *err)
{
	for (size_t i = 0; i < n; i++)
		if (rows[i] >= v->n)
			return error_set(err, TAMIS_EUSAGE, _("there are %zu embeddings, but line %u has none"), v->n, rows[i] + 1);
	free(v->rows);
	v->rows = xmalloc((n + 1) * sizeof *v->rows);
	memcpy(v->rows, rows, n * sizeof *rows);
	v->n = n;
	return 0;
}

/* ---- rows as they are stored ---- */

static size_t file_row(const struct vectors *v, size_t i)
{
	return v->rows ? v->rows[i] : i;
}

/* How many rows from `first` on lie one after the other in the file. */
static size_t neighbours_in_file(const struct vectors *v, size_t first, size_t n)
{
	size_t run = 1;

	while (run < n && file_row(v, first + run) == file_row(v, first) + run)
		run++;
	return run;
}

static int read_run(char *out, const struct vectors *v, size_t first, size_t n, char *room, struct error *err)
{
	size_t bytes = row_bytes(v), whole = (n - 1) * v->stride + bytes;
	char *into = v->stride == bytes ? out : room;

	if (fs_pread(v->fd, into, whole, v->at + file_row(v, first) * v->stride) != (ssize_t)whole)
		return error_set(err, TAMIS_EIO, _("the file of embeddings cannot be read any more"));
	for (size_t i = 0; into == room && i < n; i++)
		memcpy(out + i * bytes, room + i * v->stride, bytes);
	return 0;
}

static size_t chunk_rows(const struct vectors *v)
{
	size_t n = CHUNK_BYTES / (v->stride ? v->stride : 1);

	return n ? n : 1;
}

/* Rows out of the file, in its own type. */
static int read_rows(void *out, const struct vectors *v, size_t first, size_t n, struct error *err)
{
	size_t most = chunk_rows(v);
	char *room = v->stride == row_bytes(v) ? NULL : xmalloc(most * v->stride);
	int rc = 0;

	for (size_t done = 0; done < n && rc == 0;) {
		size_t run = neighbours_in_file(v, first + done, n - done < most ? n - done : most);

		rc = read_run((char *)out + done * row_bytes(v), v, first + done, run, room, err);
		done += run;
	}
	free(room);
	return rc;
}

static void widen(float *out, const struct vectors *v, const void *stored, size_t n)
{
	if (v->type == VECTOR_F16)
		half_to_float(out, stored, n);
	else if (v->type == VECTOR_BF16)
		bfloat_to_float(out, stored, n);
	else if (out != stored)
		memcpy(out, stored, n * sizeof *out);
}

/* ---- rows of length 1 ---- */

static float scale_of(const float *row, size_t n)
{
	double sum = 0;

	for (size_t k = 0; k < n; k++)
		sum += (double)row[k] * (double)row[k];
	return sum > 0 && isfinite(sum) ? (float)(1 / sqrt(sum)) : 0;
}

/* The same, and counts the rows that say nothing. */
static float counted_scale(struct vectors *v, const float *row)
{
	float scale = scale_of(row, v->dimensions);

	v->empty += scale == 0;
	return scale;
}

static void apply_scale(float *row, float scale, size_t n)
{
	if (!(scale > 0))
		memset(row, 0, n * sizeof *row);
	for (size_t k = 0; k < n && scale > 0; k++)
		row[k] *= scale;
}

/* Rows as float32 before scaling. */
static int raw_block(float *out, const struct vectors *v, size_t first, size_t n, struct error *err)
{
	void *room;
	int rc;

	if (v->values) {
		widen(out, v, (const char *)v->values + first * row_bytes(v), n * v->dimensions);
		return 0;
	}
	if (v->type == VECTOR_F32)
		return read_rows(out, v, first, n, err);
	room = xmalloc(n * row_bytes(v) + 1);
	rc = read_rows(room, v, first, n, err);
	if (rc == 0)
		widen(out, v, room, n * v->dimensions);
	free(room);
	return rc;
}

int vectors_block(float *out, const struct vectors *v, size_t first, size_t n, struct error *err)
{
	int rc = raw_block(out, v, first, n, err);

	for (size_t i = 0; i < n && rc == 0 && v->scale; i++)
		apply_scale(out + i * v->dimensions, v->scale[first + i], v->dimensions);
	return rc;
}

int vectors_gather(float *out, const struct vectors *v, const uint32_t *rows, size_t n, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++)
		rc = vectors_block(out + i * v->dimensions, v, rows[i], 1, err);
	return rc;
}

const float *vectors_direct(const struct vectors *v, size_t first)
{
	return v->values && v->type == VECTOR_F32 ? (const float *)v->values + first * v->dimensions : NULL;
}

int vectors_normalise(struct vectors *v, struct error *err)
{
	size_t d = v->dimensions, most = chunk_rows(v);
	float *rows;
	int rc = 0;

	v->empty = 0;
	if (v->values && v->type == VECTOR_F32) {
		float *values = v->values;

		for (size_t i = 0; i < v->n; i++)
			apply_scale(values + i * d, counted_scale(v, values + i * d), d);
		return 0;
	}
	free(v->scale);
	v->scale = xcalloc(v->n + 1, sizeof *v->scale);
	rows = xmalloc(most * d * sizeof *rows);
	for (size_t at = 0; at < v->n && rc == 0; at += most) {
		size_t n = v->n - at < most ? v->n - at : most;

		rc = raw_block(rows, v, at, n, err);
		for (size_t i = 0; i < n && rc == 0; i++)
			v->scale[at + i] = counted_scale(v, rows + i * d);
	}
	free(rows);
	return rc;
}

size_t vectors_bytes(const struct vectors *v, bool half)
{
	return v->n * v->dimensions * (half ? sizeof(uint16_t) : number_bytes(v->type));
}

/* float32 rows of a file, as float16 of length 1. */
static int load_as_half(struct vectors *v, struct error *err)
{
	size_t d = v->dimensions, most = chunk_rows(v);
	uint16_t *halves = xmalloc((v->n * d + 1) * sizeof *halves);
	float *rows = xmalloc(most * d * sizeof *rows);
	int rc = 0;

	for (size_t at = 0; at < v->n && rc == 0; at += most) {
		size_t n = v->n - at < most ? v->n - at : most;

		rc = raw_block(rows, v, at, n, err);
		for (size_t i = 0; i < n && rc == 0; i++)
			apply_scale(rows + i * d, counted_scale(v, rows + i * d), d);
		if (rc == 0)
			half_from_float(halves + at * d, rows, n * d);
	}
	free(rows);
	free(v->values);
	v->values = halves;
	v->type = VECTOR_F16;
	return rc;
}

int vectors_load(struct vectors *v, bool half, struct error *err)
{
	int rc = 0;

	if (half && v->type == VECTOR_F32) {
		rc = load_as_half(v, err);
	} else if (!v->values) {
		void *values = xmalloc(v->n * row_bytes(v) + 1);

		rc = read_rows(values, v, 0, v->n, err);
		v->values = values;
	}
	return rc ? rc : vectors_normalise(v, err);
}

int vectors_widen(struct vectors *v, struct error *err)
{
	float *rows;
	int rc;

	if (v->type == VECTOR_F32)
		return 0;
	rows = xmalloc((v->n * v->dimensions + 1) * sizeof *rows);
	rc = vectors_block(rows, v, 0, v->n, err);
	free(v->values);
	free(v->scale);
	v->values = rows;
	v->scale = NULL;
	v->type = VECTOR_F32;
	return rc;
}
