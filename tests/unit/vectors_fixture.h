/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of embeddings share: random numbers of a seed, and files. */
#ifndef TAMIS_TESTS_VECTORS_FIXTURE_H
#define TAMIS_TESTS_VECTORS_FIXTURE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"

static uint64_t random_state;

static unsigned random_below(unsigned n)
{
	random_state = hash_mix64(random_state);
	return (unsigned)(random_state >> 33) % n;
}

static void write_file(char path[32], const void *bytes, size_t n)
{
	int fd;

	strcpy(path, "/tmp/tamis-vectors-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, n), (ssize_t)n);
	close(fd);
}

#endif
