/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A sum over content of any size that can be carried on where it ended: XXH3-128 of each block of 256 KiB, mixed with its number
 * and added up.  It tells whether two contents are the same, as XXH3 does (no protection against somebody who wants them to
 * look the same), and a file that has grown is summed by reading what it has gained.
 */
#ifndef TAMIS_BASE_BLOCKSUM_H
#define TAMIS_BASE_BLOCKSUM_H

#include "base/error.h"
#include "base/hash.h"

struct block_sum {
	struct hash128_state *block; /* the block begun */
	uint64_t size;               /* bytes so far */
	uint64_t high, low;          /* of the blocks before */
};

void block_sum_init(struct block_sum *s);
void block_sum_clear(struct block_sum *s);
void block_sum_add(struct block_sum *s, const void *p, size_t n);
/* Of all bytes so far; more can be added after it. */
struct hash128 block_sum_value(struct block_sum *s);

/* `*sum` of the first `from` bytes of an open file (0: of nothing) becomes that of the first `to`.  Reads from the beginning of the
 * block that holds byte `from` on.  TAMIS_EIO when it can't be read or is shorter. */
int block_sum_carry_on(struct hash128 *sum, int fd, uint64_t from, uint64_t to);

#endif
