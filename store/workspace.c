/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening a workspace, and one thread's connections to it. */
#include "store/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/i18n.h"
#include "base/log.h"
#include "store/schema.h"

static char *default_annotator(void)
{
	const char *name = getenv("TAMIS_ANNOTATOR");
	struct passwd entry, *found = NULL;
	char text[4096];

	if (name && *name)
		return xstrndup(name, 47);
	if (getpwuid_r(getuid(), &entry, text, sizeof text, &found) == 0 && found)
		return xstrndup(found->pw_name, 47);
	return xasprintf("uid-%lu", (unsigned long)getuid());
}

static int refuse_missing(const struct workspace *w, struct error *err)
{
	if (w->flags & WORKSPACE_CREATE && !(w->flags & WORKSPACE_READ_ONLY))
		return 0;
	return error_set(err, TAMIS_ESTORE, _("%s: no workspace here; make one with `tamis import FILE…`, or name one with -w"),
			 w->path);
}

/* What SQLite would say in its own words, said in ours: a folder, some other file, no permission. */
static int look_at_file(const struct workspace *w, struct error *err)
{
	static const char magic[16] = "SQLite format 3";
	char head[16];
	struct stat st;
	ssize_t n;
	int fd;

	if (stat(w->path, &st) != 0) {
		if (errno == ENOENT)
			return refuse_missing(w, err);
		return error_errno(err, TAMIS_ESTORE, errno, _("%s: can't be opened"), w->path);
	}
	if (S_ISDIR(st.st_mode))
		return error_set(err, TAMIS_ESTORE, _("%s: a folder, not a workspace file"), w->path);
	if (!S_ISREG(st.st_mode))
		return error_set(err, TAMIS_ESTORE, _("%s: not a workspace (not an ordinary file)"), w->path);
	fd = open(w->path, (w->flags & WORKSPACE_READ_ONLY ? O_RDONLY : O_RDWR) | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, TAMIS_ESTORE, errno, _("%s: can't be opened"), w->path);
	n = fs_pread(fd, head, sizeof head, 0);
	close(fd);
	if (n < 0)
		return error_errno(err, TAMIS_ESTORE, errno, _("%s: can't be read"), w->path);
	if (n == 0)
		return refuse_missing(w, err);
	if (n < (ssize_t)sizeof head || memcmp(head, magic, sizeof head) != 0)
		return error_set(err, TAMIS_ESTORE, _("%s: not a tamis workspace; to import it: tamis import %s"), w->path,
				 w->path);
	return 0;
}

static int open_file(struct workspace *w, struct db *db, struct error *err)
{
	unsigned flags = w->flags & WORKSPACE_READ_ONLY ? DB_READ_ONLY : DB_CREATE;
	int64_t version;
	int rc = db_open(db, w->path, flags | (w->immutable ? DB_IMMUTABLE : 0), err);

	if (rc == 0)
		rc = db_int(db, &version, 0, err, "PRAGMA user_version", ""); /* the first read finds what is wrong */
	if (rc == 0 && !(flags & DB_READ_ONLY))
		rc = db_exec(db, "PRAGMA journal_size_limit=16777216; PRAGMA foreign_keys=ON; PRAGMA cache_size=-1024", err);
	if (rc < 0)
		db_close(db);
	return rc;
}

/* Journal and durability, but never of a database that is somebody else's. */
static int configure_file(const struct workspace *w, struct db *db, bool *fresh, struct error *err)
{
	int64_t version, application, tables;
	int rc = db_int(db, &version, 0, err, "PRAGMA user_version", "");

	if (rc == 0)
		rc = db_int(db, &application, 0, err, "PRAGMA application_id", "");
	if (rc == 0)
		rc = db_int(db, &tables, 0, err, "SELECT count(*) FROM sqlite_schema", "");
	*fresh = rc == 0 && version == 0 && application == 0 && tables == 0;
	if (rc < 0 || w->flags & WORKSPACE_READ_ONLY)
		return rc;
	if (*fresh && w->flags & WORKSPACE_CREATE)
		return db_exec(db, "PRAGMA synchronous=OFF; PRAGMA journal_mode=WAL", err);
	return application == STORE_APPLICATION_ID ? db_exec(db, "PRAGMA synchronous=FULL", err) : 0;
}

/* The first transaction of a new file is not synced: rows are on the screen sooner, and the writer thread
 * syncs before it acknowledges anything. */
static int prepare_file(struct workspace *w, struct db *db, bool *fresh, struct error *err)
{
	sqlite3_stmt *stmt;
	size_t cleaned = 0;
	int rc = configure_file(w, db, fresh, err);

	if (rc == 0)
		rc = migrate(db, schema_migrations, schema_n_migrations, w->flags & WORKSPACE_CREATE, err);
	if (rc == 0)
		rc = db_query(db, &stmt, err, "SELECT value FROM meta WHERE name = 'uid'", "");
	if (rc == 0 && (rc = db_step(db, stmt, err)) > 0) {
		rc = 0;
		db_hash(&w->uid, stmt, 0);
		db_done(stmt);
	}
	if (rc == 0 && !(w->flags & WORKSPACE_READ_ONLY) && !*fresh) {
		rc = bulk_clean(db, &cleaned, err);
		if (rc == 0)
			rc = pending_apply(db, err);
	}
	return rc;
}

static void remove_empty(const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == 0)
		unlink(path);
}

/* The connection that made and looked at the file goes to the decision writer. */
static int open_checked(struct workspace *w, struct db *db, bool *fresh, struct error *err)
{
	int rc = look_at_file(w, err);

	if (rc < 0)
		return rc;
	rc = open_file(w, db, err);
	if (rc < 0 && w->flags & WORKSPACE_READ_ONLY) {
		w->immutable = true; /* a read-only disk can't hold the lock files */
		rc = open_file(w, db, err);
	}
	if (rc == 0)
		rc = prepare_file(w, db, fresh, err);
	if (rc < 0 && w->flags & WORKSPACE_CREATE && fs_is_full(w->path))
		remove_empty(w->path); /* it could be begun, but nothing written */
	return rc;
}

static const char *network_of(const char *path)
{
	char *copy = xstrdup(path);
	const char *name = NULL;

	if (!fs_is_network(dirname(copy), &name))
		name = NULL;
	free(copy);
	return name;
}

int workspace_open(struct workspace **out, const char *path, unsigned flags, const char *annotator, struct error *err)
{
	struct workspace *w = xcalloc(1, sizeof *w);
	struct db db = {0};
	bool fresh = false;
	int rc;

	*out = NULL;
	w->path = xstrdup(path);
	w->cache_path = xasprintf("%s-cache", path);
	w->annotator = annotator && *annotator ? xstrndup(annotator, 47) : default_annotator();
	w->flags = flags;
	w->network = network_of(path);
	pthread_mutex_init(&w->undo_lock, NULL);
	pthread_mutex_init(&w->own_lock, NULL);
	rc = open_checked(w, &db, &fresh, err);
	if (rc == 0)
		rc = writer_start(w, &db, fresh, err);
	db_close(&db);
	if (rc < 0) {
		workspace_close(w);
		return TAMIS_ESTORE;
	}
	if (w->network)
		log_line("workspace: %s lies on a network file system (%s)", path, w->network);
	*out = w;
	return 0;
}

void workspace_close(struct workspace *w)
{
	if (w == NULL)
		return;
	writer_stop(w);
	store_close(w->undo_store);
	pthread_mutex_destroy(&w->undo_lock);
	pthread_mutex_destroy(&w->own_lock);
	vec_free(&w->own);
	free(w->path);
	free(w->cache_path);
	free(w->annotator);
	free(w);
}

const char *workspace_path(const struct workspace *w)
{
	return w->path;
}

const char *workspace_annotator(const struct workspace *w)
{
	return w->annotator;
}

const char *workspace_network_name(const struct workspace *w)
{
	return w->network;
}

int store_open(struct store **out, struct workspace *w, struct error *err)
{
	struct store *s = xcalloc(1, sizeof *s);
	int rc;

	*out = NULL;
	s->w = w;
	for (size_t i = 0; i < STORE_FILES; i++)
		s->files[i].fd = -1;
	for (size_t i = 0; i < STORE_BLOCKS; i++)
		buf_init(&s->blocks[i].content);
	rc = open_file(w, &s->db, err);
	if (rc == 0 && !(w->flags & WORKSPACE_READ_ONLY))
		rc = db_exec(&s->db, "PRAGMA synchronous=FULL", err);
	if (rc == 0)
		rc = cache_open(s, err);
	if (rc < 0) {
		store_close(s);
		return rc;
	}
	workspace_note_log(w, &s->db);
	*out = s;
	return 0;
}

struct workspace *store_workspace(const struct store *s)
{
	return s->w;
}

void store_close(struct store *s)
{
	if (s == NULL)
		return;
	store_files_close(s, 0);
	for (size_t i = 0; i < STORE_BLOCKS; i++)
		buf_free(&s->blocks[i].content);
	free(s->facts.fact);
	db_close(&s->cache);
	db_close(&s->db);
	free(s);
}

void store_interrupt(struct store *s)
{
	sqlite3_interrupt(s->db.handle);
	sqlite3_interrupt(s->cache.handle);
}
