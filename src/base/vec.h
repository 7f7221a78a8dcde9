/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A growing array of any type: `VEC(struct thing) things = {0};`.  A zeroed vec is empty and valid.
 * Elements move when it grows: keep indexes, not pointers.  vec_free() frees the array, not what its elements own.
 */
#ifndef TAMIS_BASE_VEC_H
#define TAMIS_BASE_VEC_H

#include <stddef.h>
#include <stdlib.h>

#include "base/error.h"

#define VEC(type)                                                                                  \
	struct {                                                                                   \
		type *v;                                                                           \
		size_t n;                                                                          \
		size_t cap;                                                                        \
	}

static inline void *vec_grow_raw(void *v, size_t want, size_t *cap, size_t size)
{
	size_t c = *cap ? *cap : 8;

	while (c < want)
		c += c / 2;
	*cap = c;
	return xreallocarray(v, c, size);
}

/* Makes room for `want` elements in all. */
#define vec_reserve(vec, want)                                                                     \
	((size_t)(want) <= (vec)->cap                                                              \
		 ? (void)0                                                                         \
		 : (void)((vec)->v = vec_grow_raw((vec)->v, (size_t)(want), &(vec)->cap, sizeof *(vec)->v)))

/* Appends `...` (an expression, which may read the vec; a compound literal may hold commas). */
#define vec_push(vec, ...)                                                                         \
	do {                                                                                       \
		vec_reserve((vec), (vec)->n + 1);                                                  \
		(vec)->v[(vec)->n] = (__VA_ARGS__);                                                \
		(vec)->n++;                                                                        \
	} while (0)

#define vec_clear(vec) ((void)((vec)->n = 0))
#define vec_free(vec) (free((vec)->v), (vec)->v = NULL, (vec)->n = (vec)->cap = 0)
#define vec_each(vec, it) for (size_t it = 0; it < (vec)->n; it++)

#endif
