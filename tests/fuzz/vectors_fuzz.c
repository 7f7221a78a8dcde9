/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of embeddings: any bytes as .npy or .safetensors; what is accepted must be readable to its last number. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bitext/vectors.h"
#include "driver.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	static char path[32];
	struct vectors v;
	struct error err = { 0 };

	if (fd < 0) {
		fd = memfd_create("vectors", 0);
		snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	}
	if (fd < 0 || ftruncate(fd, 0) || pwrite(fd, data, size, 0) != (ssize_t)size)
		return 0;
	if (vectors_open(&v, path, size && data[size - 1] == 'b' ? "b" : NULL, &err) == 0 &&
	    (vectors_load(&v, size % 2, &err) != 0 || v.n * v.dimensions > size))
		abort();
	vectors_free(&v);
	return 0;
}
