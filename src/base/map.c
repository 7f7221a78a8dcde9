/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Open-addressing hash maps; deletion shifts the following run back, so there are no tombstones. */
#include "base/map.h"

#include <stdlib.h>

#include "base/error.h"

struct map64_slot {
	uint64_t key;
	uint64_t value;
	bool used;
};

struct map128_slot {
	struct hash128 key;
	uint64_t value;
	bool used;
};

struct mapstr_slot {
	struct span key;
	uint64_t hash;
	uint64_t value;
	bool used;
};

static uint64_t hash_of_128(const struct hash128 *key)
{
	uint64_t h;

	memcpy(&h, key->b, sizeof h);
	return h;
}

/* One body for the two fixed-key maps: they differ in key type, hash and equality only. */
#define DEFINE_MAP(name, key_type, pass, hash_of, equal, deref)                                    \
	static struct name##_slot *name##_probe(const struct name *m, pass key)                    \
	{                                                                                          \
		size_t i = (size_t)hash_of(key) & (m->cap - 1);                                    \
                                                                                                   \
		while (m->slots[i].used && !equal(m->slots[i].key, key))                           \
			i = (i + 1) & (m->cap - 1);                                                \
		return &m->slots[i];                                                               \
	}                                                                                          \
                                                                                                   \
	static void name##_grow(struct name *m)                                                    \
	{                                                                                          \
		struct name old = *m;                                                              \
                                                                                                   \
		m->cap = old.cap ? old.cap * 2 : 16;                                               \
		m->slots = xcalloc(m->cap, sizeof *m->slots);                                      \
		for (size_t i = 0; i < old.cap; i++)                                               \
			if (old.slots[i].used)                                                     \
				*name##_probe(m, deref(old.slots[i].key)) = old.slots[i];          \
		free(old.slots);                                                                   \
	}                                                                                          \
                                                                                                   \
	uint64_t *name##_at(struct name *m, pass key, bool *made)                                  \
	{                                                                                          \
		struct name##_slot *slot;                                                          \
                                                                                                   \
		if (m->n >= m->cap / 4 * 3)                                                        \
			name##_grow(m);                                                            \
		slot = name##_probe(m, key);                                                       \
		if (made)                                                                          \
			*made = !slot->used;                                                       \
		if (!slot->used) {                                                                 \
			*slot = (struct name##_slot){ .key = *(const key_type *)key_ref(key),      \
						      .used = true };                              \
			m->n++;                                                                    \
		}                                                                                  \
		return &slot->value;                                                               \
	}                                                                                          \
                                                                                                   \
	uint64_t *name##_find(const struct name *m, pass key)                                      \
	{                                                                                          \
		struct name##_slot *slot;                                                          \
                                                                                                   \
		if (m->n == 0)                                                                     \
			return NULL;                                                               \
		slot = name##_probe(m, key);                                                       \
		return slot->used ? &slot->value : NULL;                                           \
	}                                                                                          \
                                                                                                   \
	bool name##_remove(struct name *m, pass key)                                               \
	{                                                                                          \
		struct name##_slot *slot;                                                          \
		size_t hole, i;                                                                    \
                                                                                                   \
		if (m->n == 0)                                                                     \
			return false;                                                              \
		slot = name##_probe(m, key);                                                       \
		if (!slot->used)                                                                   \
			return false;                                                              \
		hole = (size_t)(slot - m->slots);                                                  \
		for (i = (hole + 1) & (m->cap - 1); m->slots[i].used; i = (i + 1) & (m->cap - 1)) { \
			size_t home = (size_t)hash_of(deref(m->slots[i].key)) & (m->cap - 1);      \
                                                                                                   \
			if (((i - home) & (m->cap - 1)) < ((i - hole) & (m->cap - 1)))             \
				continue;                                                          \
			m->slots[hole] = m->slots[i];                                              \
			hole = i;                                                                  \
		}                                                                                  \
		m->slots[hole].used = false;                                                       \
		m->n--;                                                                            \
		return true;                                                                       \
	}                                                                                          \
                                                                                                   \
	bool name##_next(const struct name *m, size_t *pos, key_type *key, uint64_t *value)        \
	{                                                                                          \
		for (; *pos < m->cap; (*pos)++) {                                                  \
			if (!m->slots[*pos].used)                                                  \
				continue;                                                          \
			*key = m->slots[*pos].key;                                                 \
			*value = m->slots[(*pos)++].value;                                         \
			return true;                                                               \
		}                                                                                  \
		return false;                                                                      \
	}                                                                                          \
                                                                                                   \
	void name##_free(struct name *m)                                                           \
	{                                                                                          \
		free(m->slots);                                                                    \
		*m = (struct name){ 0 };                                                           \
	}

#define equal_u64(a, b) ((a) == (b))
#define equal_h128(a, b) hash128_eq(&(a), (b))
#define itself(x) (x)
#define address_of(x) (&(x))

#define key_ref(k) (&(k))
DEFINE_MAP(map64, uint64_t, uint64_t, hash_mix64, equal_u64, itself)
#undef key_ref
#define key_ref(k) (k)
DEFINE_MAP(map128, struct hash128, const struct hash128 *, hash_of_128, equal_h128, address_of)

static struct mapstr_slot *mapstr_probe(const struct mapstr *m, struct span key, uint64_t hash)
{
	size_t i = (size_t)hash & (m->cap - 1);

	while (m->slots[i].used && !(m->slots[i].hash == hash && span_eq(m->slots[i].key, key)))
		i = (i + 1) & (m->cap - 1);
	return &m->slots[i];
}

static void mapstr_grow(struct mapstr *m)
{
	struct mapstr_slot *old = m->slots;
	size_t cap = m->cap;

	m->cap = cap ? cap * 2 : 16;
	m->slots = xcalloc(m->cap, sizeof *m->slots);
	for (size_t i = 0; i < cap; i++)
		if (old[i].used)
			*mapstr_probe(m, old[i].key, old[i].hash) = old[i];
	free(old);
}

uint64_t *mapstr_at(struct mapstr *m, struct span key, bool *made)
{
	uint64_t hash = hash64(key.p, key.len, 0);
	struct mapstr_slot *slot;

	if (m->n >= m->cap / 4 * 3)
		mapstr_grow(m);
	slot = mapstr_probe(m, key, hash);
	if (made)
		*made = !slot->used;
	if (!slot->used) {
		slot->key = arena_span(&m->keys, key);
		slot->hash = hash;
		slot->used = true;
		m->n++;
	}
	return &slot->value;
}

uint64_t *mapstr_find(const struct mapstr *m, struct span key)
{
	struct mapstr_slot *slot;

	if (m->n == 0)
		return NULL;
	slot = mapstr_probe(m, key, hash64(key.p, key.len, 0));
	return slot->used ? &slot->value : NULL;
}

bool mapstr_next(const struct mapstr *m, size_t *pos, struct span *key, uint64_t *value)
{
	for (; *pos < m->cap; (*pos)++) {
		if (!m->slots[*pos].used)
			continue;
		*key = m->slots[*pos].key;
		*value = m->slots[(*pos)++].value;
		return true;
	}
	return false;
}

void mapstr_free(struct mapstr *m)
{
	free(m->slots);
	arena_free(&m->keys);
	*m = (struct mapstr){ 0 };
}
