/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of store/ share.  Private to store/.
 */
#ifndef TAMIS_STORE_INTERNAL_H
#define TAMIS_STORE_INTERNAL_H

#include "store/db.h"
#include "store/store.h"

/* Rows of one transaction at most, so that nobody waits long behind it. */
#define STORE_SLICE 1000

struct writer;

struct workspace {
	char *path;
	char *cache_path;
	char *annotator;
	const char *network; /* NULL, or the network file system's name */
	unsigned flags;
	bool immutable;      /* read-only disk: no lock files can be made */
	struct hash128 uid;  /* ties FILE-cache to FILE */
	struct writer *writer;
	atomic_uint forgotten; /* counts store_source_forget(): what stores remember may be of before */
	pthread_mutex_t undo_lock;
	struct store *undo_store; /* made at the first undo */
	pthread_mutex_t own_lock;
	bool opened;         /* `before` is known */
	int64_t before;      /* the last step of the log when the first store was opened */
	VEC(int64_t) own;    /* steps made through this workspace, ascending: all others were made elsewhere */
};

#define STORE_FILES 16
#define STORE_BLOCKS 8

struct store {
	struct workspace *w;
	struct db db;    /* FILE */
	int64_t data_version; /* of FILE when store_changed_elsewhere() looked last; 0: never */
	int64_t steps_seen;
	struct db cache; /* FILE-cache */
	/* Recently used, so that reading neighbours costs no second look-up. */
	uint64_t clock;
	unsigned forgotten;
	struct open_file {
		int64_t source;
		uint64_t size;
		int64_t mtime_ns;
		int fd;
		uint64_t used;
	} files[STORE_FILES];
	struct open_block {
		int64_t source;
		uint64_t number;
		bool kept;
		struct buf content;
		uint64_t used;
	} blocks[STORE_BLOCKS];
	struct fact_cache {
		int64_t source; /* 0: empty */
		uint32_t number;
		uint32_t n;
		struct record_fact *fact;
	} facts;
	int64_t token_source; /* last source whose token was looked up */
	int64_t token;
};

/* migrate.c */
int migrate(struct db *db, const char *const *steps, size_t n_steps, bool create, struct error *err);

/* cache.c */
int cache_open(struct store *s, struct error *err);
/* A failed statement on the cache: throws the cache away when it is damaged, and says so. */
int cache_fail(struct store *s, int rc, struct error *err);

/* source.c */
int source_token(struct store *s, int64_t source, int64_t *token, struct error *err);
/* How far the cache has indexed a source; zeros when it knows nothing of it. */
struct progress {
	uint64_t position, line, records, rejected;
};
int source_check_fd(struct store *s, const struct source *src, int fd, struct error *err);
int source_head(int fd, uint64_t size, struct hash128 *out);
int source_progress(struct store *s, int64_t source, int64_t token, struct progress *out, struct error *err);

/* blocks.c: content bytes [at, at + n) of a source; fewer at its end. */
int block_read(struct store *s, int64_t source, bool kept, uint64_t at, size_t n, struct buf *out, struct error *err);
void store_forget_check(struct store *s);
void store_files_close(struct store *s, int64_t source); /* 0: all */

/* index.c */
int chunk_places_load(struct store *s, int64_t source, uint32_t number, uint64_t *out, uint32_t *n, struct error *err);
int chunk_facts_load(struct store *s, int64_t source, uint32_t number, const struct record_fact **out, uint32_t *n,
		     struct error *err);
int long_record_get(struct store *s, int64_t source, uint64_t number, uint64_t *len, struct error *err);

/* decisions.c: inside a transaction of `db`. */
struct step {
	int64_t id;
	int kind;          /* enum step_kind */
	int64_t target;    /* of an undo or redo, else 0 */
	const char *annotator;
	const char *label;
	int64_t before;    /* of a large step: the log's next seq when it began; else 0 */
};
enum step_kind { STEP_DO = 0, STEP_UNDO = 1, STEP_REDO = 2, STEP_MERGE = 3 };
enum step_state { STEP_FILLING = 0, STEP_FINISHED = 1, STEP_APPLIED = 2 };
int step_insert(struct db *db, struct step *step, enum step_state state, struct error *err);
/* At the first store: remembers where the log ended. */
void workspace_note_log(struct workspace *w, struct db *db);
/* Remembers a step as made here; before it is committed. */
void workspace_own_step(struct workspace *w, int64_t step);
/* Large steps are walked by key, STORE_SLICE rows at a time: neighbours in the indexes change together, which costs a fiftieth of the
 * pages that the order of decision does.  `at` is the last key done; begin with a zeroed cursor.  1 and the key up to
 * which the next slice goes, 0 at the end. */
struct step_cursor {
	struct hash128 at;
	size_t n; /* 16, or 0 at the beginning */
};
int step_slice(struct db *db, int64_t step, const struct step_cursor *done, struct step_cursor *upto, struct error *err);
int question_get(struct db *db, struct buf *out, struct error *err);
/* True when a finished step is not all in `current` yet. */
int pending_steps(struct db *db, bool *any, struct error *err);
/* Brings `current` up to date with every finished step, in transactions of its own. */
int pending_apply(struct db *db, struct error *err);
/* Appends one decision under `step`; `current` follows at once, or, of a large step, at pending_apply().  What has been
 * decided since a large step began is newer than it and stays. */
int decision_append(struct db *db, const struct step *step, const struct decision *d, const char *question, bool pending,
		    struct error *err);

/* bulk.c: who fills a step ("pid start-time", "" when there is no such process), so that what a dead process left
 * is told from what a living one is at. */
#define OWNER_SIZE 48
void process_identity(char out[OWNER_SIZE], long pid);

/* SQL: runs a and b are of the same command, but for what it may spend and whether it asks again. */
#define RUN_SAME \
	"a.pipeline = b.pipeline AND CASE WHEN json_valid(a.parameters) AND json_valid(b.parameters)" \
	" THEN json_remove(a.parameters, '$.budget', '$.again') = json_remove(b.parameters, '$.budget', '$.again') ELSE 0 END"
/* Marks a filled step as finished: from then on it counts. */
int step_finish(struct db *db, int64_t step, struct error *err);
int step_drop(struct db *db, int64_t step, struct error *err);
/* Removes steps whose process died while it filled them.  `*n` steps removed. */
int bulk_clean(struct db *db, size_t *n, struct error *err);

/* writer.c */
/* Takes the connection over (zeroes `db`), unless the workspace is for reading only. */
int writer_start(struct workspace *w, struct db *db, bool fresh, struct error *err);
void writer_stop(struct workspace *w);

#endif
