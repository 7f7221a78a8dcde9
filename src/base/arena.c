/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Allocations that die together, in a list of blocks. */
#include "base/arena.h"

#include <stdlib.h>

#include "base/error.h"

#define BLOCK_SIZE ((size_t)64 * 1024)

struct arena_block {
	struct arena_block *next;
	size_t cap;
	_Alignas(16) char data[];
};

void *arena_alloc(struct arena *a, size_t size)
{
	size_t need = (size + 15) & ~(size_t)15;

	if (a->head == NULL || a->head->cap - a->used < need) {
		size_t cap = need > BLOCK_SIZE ? need : BLOCK_SIZE;
		struct arena_block *block = xmalloc(sizeof *block + cap);

		block->cap = cap;
		block->next = a->head;
		a->head = block;
		a->used = 0;
	}
	a->used += need;
	return a->head->data + a->used - need;
}

struct span arena_span(struct arena *a, struct span s)
{
	char *copy = arena_alloc(a, s.len + 1);

	if (s.len)
		memcpy(copy, s.p, s.len);
	copy[s.len] = '\0';
	return span_make(copy, s.len);
}

char *arena_strdup(struct arena *a, const char *s)
{
	struct span copy = arena_span(a, span_of(s));

	return (char *)copy.p;
}

void arena_clear(struct arena *a)
{
	while (a->head && a->head->next) {
		struct arena_block *next = a->head->next;

		free(a->head);
		a->head = next;
	}
	a->used = 0;
}

void arena_free(struct arena *a)
{
	arena_clear(a);
	free(a->head);
	a->head = NULL;
}

void arena_join(struct arena *a, struct arena *from)
{
	struct arena_block **end = &a->head;

	if (a->head == NULL)
		a->used = from->used;
	while (*end)
		end = &(*end)->next;
	*end = from->head;
	*from = (struct arena){ 0 };
}

size_t arena_bytes(const struct arena *a)
{
	size_t bytes = 0;

	for (const struct arena_block *b = a->head; b; b = b->next)
		bytes += sizeof *b + b->cap;
	return bytes;
}
