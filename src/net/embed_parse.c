/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers of /v1/embeddings; see embed.h. */
#include "net/embed.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "base/i18n.h"

enum { DIMENSIONS_MOST = 1 << 16 };

static int read_row(float **row, size_t *dimensions, json_t *numbers, struct error *err)
{
	size_t n = json_array_size(numbers);

	if (n == 0 || n > DIMENSIONS_MOST || (*dimensions && n != *dimensions))
		return error_set(err, TAMIS_EREMOTE, _("the endpoint gave an embedding of %zu numbers where %zu are expected"), n,
				 *dimensions);
	*dimensions = n;
	free(*row);
	*row = xcalloc(n, sizeof **row);
	for (size_t i = 0; i < n; i++) {
		json_t *number = json_array_get(numbers, i);
		float v = (float)json_number_value(number);

		if (!json_is_number(number) || !isfinite(v))
			return error_set(err, TAMIS_EREMOTE, _("the endpoint gave an embedding whose number %zu is no number"), i + 1);
		(*row)[i] = v;
	}
	return 0;
}

int embed_parse(float **rows, size_t n, size_t *dimensions, struct span answer, struct error *err)
{
	json_error_t fault;
	json_t *root = json_loadb(answer.p, answer.len, 0, &fault), *data = json_object_get(root, "data"), *one;
	size_t i;
	int rc = 0;

	if (!root)
		return error_set(err, TAMIS_EPARSE, _("the endpoint's answer is not JSON, or is cut off: %s"), fault.text);
	if (!json_is_array(data))
		rc = error_set(err, TAMIS_EREMOTE, _("the endpoint's answer holds no \"data\""));
	json_array_foreach(data, i, one) {
		json_t *index = json_object_get(one, "index"), *numbers = json_object_get(one, "embedding");
		size_t at = json_is_integer(index) ? (size_t)json_integer_value(index) : i;

		if (rc == 0 && (at >= n || !json_is_array(numbers)))
			rc = error_set(err, TAMIS_EREMOTE, _("the endpoint's answer is not in the form of /v1/embeddings"));
		if (rc == 0)
			rc = read_row(&rows[at], dimensions, numbers, err);
	}
	for (i = 0; i < n && rc == 0; i++)
		if (!rows[i])
			rc = error_set(err, TAMIS_EREMOTE, _("the endpoint left out text %zu of %zu"), i + 1, n);
	json_decref(root);
	return rc;
}
