/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tables of both files.  Private to store/.
 */
#ifndef TAMIS_STORE_SCHEMA_H
#define TAMIS_STORE_SCHEMA_H

#include <stddef.h>

/* migrations[v] turns a FILE of version v into one of version v + 1; [0] makes it from nothing. */
extern const char *const schema_migrations[];
extern const size_t schema_n_migrations;

/* FILE-cache is never migrated: one of another layout is thrown away. */
#define CACHE_LAYOUT 2
extern const char schema_cache[];

#endif
