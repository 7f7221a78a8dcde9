/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Making FILE, and bringing an older one up to date: a copy first, then all steps in one transaction. */
#include "store/internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/log.h"

static int back_up(struct db *db, int64_t version, struct error *err)
{
	char *name = xasprintf("%s.v%" PRId64 ".bak", db->path, version);
	char *temporary = xasprintf("%s.%ld.tmp", name, (long)getpid());
	struct buf sql = BUF_INIT;
	int64_t now = version;
	int rc;

	unlink(temporary);
	buf_adds(&sql, "VACUUM INTO ");
	db_quote(&sql, temporary);
	rc = db_exec(db, sql.p, err);
	if (rc == 0)
		rc = db_int(db, &now, 0, err, "PRAGMA user_version", "");
	if (rc == 0 && now != version) /* another process was first: its copy is the one of that version */
		unlink(temporary);
	else if (rc == 0 && rename(temporary, name) != 0)
		rc = error_errno(err, TAMIS_ESTORE, errno, _("%s: can't be written"), name);
	if (rc == 0 && now == version)
		log_line("migrate: %s kept before version %" PRId64 " is changed", name, version);
	if (rc < 0)
		unlink(temporary);
	buf_free(&sql);
	free(temporary);
	free(name);
	return rc;
}

static int refuse_newer(const struct db *db, int64_t version, size_t n_steps, struct error *err)
{
	return error_set(err, TAMIS_ESTORE,
			 _("%s: made by a newer tamis (version %" PRId64 " of the file, this one knows %zu); "
			   "update tamis"), db->path, version, n_steps);
}

static int run_steps(struct db *db, const char *const *steps, size_t n_steps, struct error *err)
{
	int64_t version;
	char pragma[80];
	int rc = db_begin(db, err);

	if (rc < 0)
		return rc;
	rc = db_int(db, &version, 0, err, "PRAGMA user_version", ""); /* again: another process may have been first */
	if (rc == 0 && version > (int64_t)n_steps)
		rc = refuse_newer(db, version, n_steps, err);
	for (size_t v = (size_t)version; rc == 0 && v < n_steps; v++)
		rc = db_exec(db, steps[v], err);
	snprintf(pragma, sizeof pragma, "PRAGMA application_id=%d; PRAGMA user_version=%zu", STORE_APPLICATION_ID, n_steps);
	if (rc == 0)
		rc = db_exec(db, pragma, err);
	return db_end(db, rc, err);
}

int migrate(struct db *db, const char *const *steps, size_t n_steps, bool create, struct error *err)
{
	int64_t version, application, tables;
	int rc = db_int(db, &application, 0, err, "PRAGMA application_id", "");

	if (rc == 0)
		rc = db_int(db, &version, 0, err, "PRAGMA user_version", "");
	if (rc == 0)
		rc = db_int(db, &tables, 0, err, "SELECT count(*) FROM sqlite_schema", "");
	if (rc < 0)
		return rc;
	if (application != STORE_APPLICATION_ID && !(application == 0 && version == 0 && tables == 0 && create))
		return error_set(err, TAMIS_ESTORE,
				 _("%s: a database, but not a tamis workspace; name another file with -w"), db->path);
	if (version > (int64_t)n_steps)
		return refuse_newer(db, version, n_steps, err);
	if (version == (int64_t)n_steps)
		return 0;
	if (sqlite3_db_readonly(db->handle, "main"))
		return error_set(err, TAMIS_ESTORE,
				 _("%s: made by an older tamis; open it once where it can be written"), db->path);
	if (version > 0 && (rc = back_up(db, version, err)) < 0)
		return rc;
	return run_steps(db, steps, n_steps, err);
}
