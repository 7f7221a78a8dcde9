/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Things made once that can be made again: bytes by name in the cache. */
#include "store/internal.h"

#include "base/i18n.h"

int store_kept_get(struct store *s, const char *name, struct buf *value, struct error *err)
{
	sqlite3_stmt *stmt;
	int rc = db_query(&s->cache, &stmt, err, "SELECT value FROM kept WHERE name = ?", "t", name);

	if (rc == 0)
		rc = db_step(&s->cache, stmt, err);
	if (rc < 0)
		return cache_fail(s, rc, err);
	if (rc == 0)
		return error_set(err, TAMIS_ENOTFOUND, _("nothing is kept under the name %s"), name);
	buf_addspan(value, db_span(stmt, 0));
	db_done(stmt);
	return 0;
}

int store_kept_put(struct store *s, const char *name, struct span value, struct error *err)
{
	int rc = db_run(&s->cache, err, "INSERT INTO kept VALUES(?, ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value", "tb",
			name, value.p, value.len);

	return cache_fail(s, rc, err);
}
