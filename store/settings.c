/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Settings: small JSON values by key. */
#include "store/internal.h"

#include "base/i18n.h"

int store_setting_get(struct store *s, const char *key, struct buf *value, struct error *err)
{
	sqlite3_stmt *stmt;
	int rc = db_query(&s->db, &stmt, err, "SELECT value FROM setting WHERE name = ?", "t", key);

	if (rc == 0)
		rc = db_step(&s->db, stmt, err);
	if (rc < 0)
		return rc;
	if (rc == 0)
		return error_set(err, TAMIS_ENOTFOUND, _("no setting is named %s"), key);
	buf_addspan(value, db_span(stmt, 0));
	db_done(stmt);
	return 0;
}

int store_setting_put(struct store *s, const char *key, struct span value, struct error *err)
{
	return db_run(&s->db, err, "INSERT INTO setting VALUES(?, CAST(? AS TEXT))"
				   " ON CONFLICT(name) DO UPDATE SET value = excluded.value",
		      "tb", key, value.p, value.len);
}
