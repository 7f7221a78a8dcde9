/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums of blocks. */
#include "base/blocksum.h"

#include <stdlib.h>

#include "base/fs.h"

#define BLOCK ((uint64_t)256 * 1024)

static uint64_t load(const uint8_t b[8])
{
	uint64_t x = 0;

	for (int i = 0; i < 8; i++)
		x = x << 8 | b[i];
	return x;
}

static void store(uint8_t b[8], uint64_t x)
{
	for (int i = 7; i >= 0; i--, x >>= 8)
		b[i] = (uint8_t)x;
}

/* What a block adds to the sum: the same bytes elsewhere add something else. */
static void weigh(uint64_t *high, uint64_t *low, const struct hash128 *digest, uint64_t number)
{
	*high = hash_mix64(load(digest->b) ^ hash_mix64(2 * number));
	*low = hash_mix64(load(digest->b + 8) ^ hash_mix64(2 * number + 1));
}

void block_sum_init(struct block_sum *s)
{
	*s = (struct block_sum){ .block = hash128_new() };
}

void block_sum_clear(struct block_sum *s)
{
	hash128_free(s->block);
	*s = (struct block_sum){ 0 };
}

static void end_block(struct block_sum *s)
{
	struct hash128 digest = hash128_end(s->block);
	uint64_t high, low;

	weigh(&high, &low, &digest, (s->size - 1) / BLOCK);
	s->high += high;
	s->low += low;
	hash128_reset(s->block);
}

void block_sum_add(struct block_sum *s, const void *p, size_t n)
{
	const char *at = p;

	while (n) {
		uint64_t room = BLOCK - s->size % BLOCK;
		size_t take = n < room ? n : (size_t)room;

		hash128_update(s->block, at, take);
		s->size += take;
		at += take;
		n -= take;
		if (s->size % BLOCK == 0)
			end_block(s);
	}
}

struct hash128 block_sum_value(struct block_sum *s)
{
	struct hash128 out, digest;
	uint64_t high = 0, low = 0;

	if (s->size % BLOCK) {
		digest = hash128_end(s->block);
		weigh(&high, &low, &digest, s->size / BLOCK);
	}
	store(out.b, s->high + high);
	store(out.b + 8, s->low + low);
	return out;
}

int block_sum_carry_on(struct hash128 *sum, int fd, uint64_t from, uint64_t to)
{
	uint64_t at = from - from % BLOCK, high = 0, low = 0;
	char *bytes = xmalloc(BLOCK);
	struct block_sum s;

	block_sum_init(&s);
	s.size = at;
	if (from) {
		s.high = load(sum->b);
		s.low = load(sum->b + 8);
	}
	while (at < to) {
		size_t n = (size_t)(to - at < BLOCK ? to - at : BLOCK);
		ssize_t got = fs_pread(fd, bytes, n, at);

		if (got != (ssize_t)n) {
			free(bytes);
			block_sum_clear(&s);
			return TAMIS_EIO;
		}
		if (from > at) { /* the block that was open: what it had added is taken off again */
			struct hash128 digest = hash128(bytes, (size_t)(from - at));

			weigh(&high, &low, &digest, at / BLOCK);
			s.high -= high;
			s.low -= low;
		}
		block_sum_add(&s, bytes, n);
		at += n;
	}
	*sum = block_sum_value(&s);
	free(bytes);
	block_sum_clear(&s);
	return 0;
}
