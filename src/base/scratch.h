/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Room on disk for what memory has no room for: nameless files in $TMPDIR (else /tmp), and arrays that lie in such a file.
 */
#ifndef TAMIS_BASE_SCRATCH_H
#define TAMIS_BASE_SCRATCH_H

#include <stddef.h>

#include "base/error.h"

/* A file without a name: read and write, gone when closed.  Negative TAMIS_EIO on failure. */
int scratch_file(struct error *err);

/* Zeroed memory that lies in a file of its own.  TAMIS_EIO when the disk has no room for it. */
int scratch_map(void **out, size_t bytes, struct error *err);
/* Takes it out of memory until it is touched again; it keeps its contents. */
void scratch_rest(void *p, size_t bytes);
void scratch_unmap(void *p, size_t bytes); /* NULL is fine */

#endif
