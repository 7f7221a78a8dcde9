/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Matrices of sentence embeddings; see vectors.h.
 */
#include "bitext/vectors.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"

enum { HEADER_MOST = 1 << 16, DIMENSIONS_MOST = 1 << 16, ROWS_AT_ONCE = 1024 };

static const size_t values_most = (size_t)1 << 36;

void vectors_init(struct vectors *v, size_t n, size_t dimensions)
{
	*v = (struct vectors){ xcalloc(n * dimensions + 1, sizeof(float)), n, dimensions };
}

void vectors_free(struct vectors *v)
{
	free(v->v);
	*v = (struct vectors){ 0 };
}

/* ---- .npy (numpy.lib.format) ---- */

struct npy {
	size_t rows, columns;
	bool half;
};

/* The text header is a Python dict: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), } */
static const char *parse_header(struct npy *out, const char *text)
{
	const char *descr = strstr(text, "'descr'"), *shape = strstr(text, "'shape'"), *order = strstr(text, "'fortran_order'");
	const char *open = shape ? strchr(shape, '(') : NULL;
	char *end;

	if (!descr || !open || !order)
		return N_("its header is damaged");
	order += strcspn(order, ":");
	order += strspn(order, ": ");
	if (strncmp(order, "False", 5) != 0)
		return N_("it is in Fortran order; save it with numpy.ascontiguousarray");
	descr += strlen("'descr'");
	descr += strspn(descr, ": ");
	out->half = !strncmp(descr, "'<f2'", 5);
	if (!out->half && strncmp(descr, "'<f4'", 5) != 0)
		return N_("its numbers are neither float32 nor float16");
	out->rows = strtoull(open + 1, &end, 10);
	if (end == open + 1 || *end != ',')
		return N_("it is not a matrix");
	out->columns = strtoull(end + 1, &end, 10);
	if (*end != ')' || !out->columns || out->columns > DIMENSIONS_MOST || out->rows > values_most / out->columns)
		return N_("it is not a matrix of a size this program reads");
	return NULL;
}

static const char *read_header(struct npy *out, FILE *f)
{
	unsigned char head[12];
	size_t length;
	char *text;
	const char *wrong;

	if (fread(head, 1, 10, f) != 10 || memcmp(head, "\x93NUMPY", 6) != 0)
		return N_("it is no .npy file");
	length = (size_t)head[8] | (size_t)head[9] << 8;
	if (head[6] >= 2) {
		if (fread(head + 10, 1, 2, f) != 2)
			return N_("its header is damaged");
		length |= (size_t)head[10] << 16 | (size_t)head[11] << 24;
	}
	if (length > HEADER_MOST)
		return N_("its header is damaged");
	text = xcalloc(length + 1, 1);
	wrong = fread(text, 1, length, f) == length ? parse_header(out, text) : N_("its header is damaged");
	free(text);
	return wrong;
}

/* IEEE 754 binary16 to binary32. */
static float from_half(uint16_t h)
{
	uint32_t sign = (uint32_t)(h & 0x8000) << 16, exponent = (h >> 10) & 31, fraction = h & 0x3FF, bits;
	float f;

	if (exponent == 0) {
		f = ldexpf((float)fraction, -24);
		return sign ? -f : f;
	}
	bits = exponent == 31 ? sign | 0x7F800000 | fraction << 13 : sign | (exponent + 112) << 23 | fraction << 13;
	memcpy(&f, &bits, sizeof f);
	return f;
}

static bool read_values(struct vectors *out, const struct npy *npy, FILE *f)
{
	size_t total = npy->rows * npy->columns, chunk = ROWS_AT_ONCE * npy->columns;
	uint16_t *half;
	bool whole = true;

	if (!npy->half)
		return fread(out->v, sizeof(float), total, f) == total;
	half = xmalloc(chunk * sizeof *half);
	for (size_t at = 0; at < total && whole; at += chunk) {
		size_t n = total - at < chunk ? total - at : chunk;

		whole = fread(half, sizeof *half, n, f) == n;
		for (size_t i = 0; i < n && whole; i++)
			out->v[at + i] = from_half(half[i]);
	}
	free(half);
	return whole;
}

int vectors_read_npy(struct vectors *out, const char *path, struct error *err)
{
	FILE *f = fopen(path, "rb");
	struct npy npy = { 0 };
	const char *wrong;
	int rc = 0;

	*out = (struct vectors){ 0 };
	if (!f)
		return error_errno(err, TAMIS_EIO, errno, _("cannot read %s"), path);
	wrong = read_header(&npy, f);
	if (wrong) {
		rc = error_set(err, TAMIS_EPARSE, _("%s cannot be read as embeddings: %s"), path, _(wrong));
	} else {
		long here = ftell(f), end;

		fseek(f, 0, SEEK_END);
		end = ftell(f);
		fseek(f, here, SEEK_SET);
		if (end < here || (size_t)(end - here) / (npy.half ? 2 : 4) < npy.rows * npy.columns)
			rc = error_set(err, TAMIS_EPARSE, _("%s is cut off: it announces %zu rows of %zu numbers"), path, npy.rows,
				       npy.columns);
	}
	if (rc == 0) {
		vectors_init(out, npy.rows, npy.columns);
		if (!read_values(out, &npy, f))
			rc = error_set(err, TAMIS_EIO, _("cannot read %s to its end"), path);
	}
	fclose(f);
	if (rc)
		vectors_free(out);
	return rc;
}

int vectors_pick(struct vectors *v, const uint32_t *rows, size_t n, struct error *err)
{
	struct vectors picked;

	for (size_t i = 0; i < n; i++)
		if (rows[i] >= v->n)
			return error_set(err, TAMIS_EUSAGE, _("there are %zu embeddings, but line %u has none"), v->n, rows[i] + 1);
	vectors_init(&picked, n, v->dimensions);
	for (size_t i = 0; i < n; i++)
		memcpy(picked.v + i * v->dimensions, v->v + rows[i] * v->dimensions, v->dimensions * sizeof(float));
	vectors_free(v);
	*v = picked;
	return 0;
}

void vectors_normalise(struct vectors *v)
{
	for (size_t i = 0; i < v->n; i++) {
		float *row = v->v + i * v->dimensions;
		double sum = 0;

		for (size_t k = 0; k < v->dimensions; k++)
			sum += (double)row[k] * (double)row[k];
		if (!(sum > 0) || !isfinite(sum)) {
			memset(row, 0, v->dimensions * sizeof *row);
			continue;
		}
		float scale = (float)(1 / sqrt(sum));

		for (size_t k = 0; k < v->dimensions; k++)
			row[k] *= scale;
	}
}
