/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An arena: many small allocations that die together.  A zeroed arena is valid and empty.
 * Memory is aligned to 16 bytes and not zeroed.  Not thread-safe: one arena, one thread.
 */
#ifndef TAMIS_BASE_ARENA_H
#define TAMIS_BASE_ARENA_H

#include <stddef.h>

#include "base/buf.h"

struct arena {
	struct arena_block *head;
	size_t used; /* bytes used of the head block */
};

void *arena_alloc(struct arena *a, size_t size);
char *arena_strdup(struct arena *a, const char *s);
struct span arena_span(struct arena *a, struct span s); /* a copy, followed by a NUL */
void arena_clear(struct arena *a);                      /* forgets all, keeps one block */
void arena_free(struct arena *a);
void arena_join(struct arena *a, struct arena *from);    /* takes over all of `from`, which is empty then */
size_t arena_bytes(const struct arena *a);              /* it takes in all */

#endif
