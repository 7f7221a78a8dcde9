/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The workspace: the only code that speaks SQL.
 *
 * `struct workspace` is what a process shares: the paths, the annotator, the decision writer.  `struct store` is one
 * thread's pair of connections (FILE and FILE-cache); never share one between threads.  Rows come out as the
 * structs below; nothing above this floor sees a statement.
 *
 * FILE: sources, runs, items, decisions (synchronous=FULL).  FILE-cache: line index, blocks of decompressed
 * content, facts (may be deleted at any time between processes: it is made again by re-indexing).
 * Transactions are short (<= 1,000 rows or 20 ms); a second process waits, it does not fail.
 */
#ifndef TAMIS_STORE_STORE_H
#define TAMIS_STORE_STORE_H

#include <stdatomic.h>

#include "base/thread.h"
#include "base/map.h"
#include "base/vec.h"
#include "formats/shape.h"

#define STORE_SCHEMA_VERSION 5
#define STORE_APPLICATION_ID 0x74616d69 /* "tami" */

struct block_sum;
struct workspace;
struct store;

enum workspace_flags { WORKSPACE_CREATE = 1, WORKSPACE_READ_ONLY = 2 };

/* Opens or makes the workspace at `path`.  All failures are TAMIS_ESTORE with what and what to do: not a workspace,
 * newer version, corrupt, no permission, disk full.  An older one is copied to FILE.v<N>.bak and migrated.
 * `annotator` NULL: $TAMIS_ANNOTATOR, else the login name. */
int workspace_open(struct workspace **out, const char *path, unsigned flags, const char *annotator,
		   struct error *err);
void workspace_close(struct workspace *w); /* waits for the decision writer to drain */
const char *workspace_path(const struct workspace *w);
const char *workspace_annotator(const struct workspace *w);
const char *workspace_network_name(const struct workspace *w); /* "NFS" … when on a network file system, else NULL */

int store_open(struct store **out, struct workspace *w, struct error *err);
void store_close(struct store *s);
struct workspace *store_workspace(const struct store *s); /* that it was opened on */
void store_interrupt(struct store *s); /* from any thread: the running statement ends with TAMIS_ECANCEL */

/* ---- corpora and sources ---- */

struct corpus {
	int64_t id;
	char name[64];
	enum item_kind kind;   /* of its records */
	uint64_t records;
	uint64_t rejected;
	uint64_t bytes;        /* content bytes indexed */
	unsigned sources;
	unsigned indexing;     /* of them, those whose import is going on or was cut off */
};

enum source_state { SOURCE_INDEXING = 0, SOURCE_READY = 1, SOURCE_CHANGED = 2, SOURCE_MISSING = 3 };

struct source {
	int64_t id;            /* small integer, > 0, < 2^23 */
	int64_t corpus;
	char *path;            /* absolute; "-" for standard input, whose bytes are kept in FILE */
	char *companion;       /* second file of a Moses pair, or NULL */
	struct shape shape;
	enum source_state state;
	uint64_t size;         /* of the file when indexed */
	int64_t mtime_ns;
	uint64_t inode;
	struct hash128 head;   /* XXH3-128 of its first and last 64 KiB as indexed */
	uint64_t position;     /* content bytes indexed so far: where an interrupted import resumes */
	uint64_t line;         /* and the line number there */
	uint64_t records;
	uint64_t rejected;
};

int store_corpus_get(struct store *s, struct corpus *out, const char *name, struct error *err); /* TAMIS_ENOTFOUND */
int store_corpus_make(struct store *s, struct corpus *out, const char *name, enum item_kind kind, struct error *err);
/* The name of the corpus a source belongs to, and its id. */
int store_corpus_of_source(struct store *s, int64_t source, int64_t *corpus, char name[64], struct error *err);
int store_corpus_list(struct store *s, struct corpus **out, size_t *n, struct error *err); /* caller frees *out */

void source_free(struct source *src);  /* what it owns, not the struct */
int store_source_add(struct store *s, struct source *src, struct error *err); /* sets src->id */
int store_source_find(struct store *s, struct source *out, int64_t corpus, const char *path, struct error *err);
/* The same content under another path: by `head` and size. */
int store_source_find_content(struct store *s, struct source *out, int64_t corpus, const struct hash128 *head,
			      uint64_t size, struct error *err);
int store_source_get(struct store *s, struct source *out, int64_t id, struct error *err);
/* A struct source is several KiB: of many, ask for the ids and get one after the other. */
int store_source_ids(struct store *s, int64_t corpus, int64_t **out, size_t *n, struct error *err); /* corpus 0: all */
int store_source_list(struct store *s, int64_t corpus, struct source **out, size_t *n, struct error *err);
/* Saves path, shape, state, size, mtime, inode, head, records, rejected (position and line: store_chunk_save). */
int store_source_update(struct store *s, const struct source *src, struct error *err);
/* Several sources, chunks and rejected rows in one transaction of each file, for trees of small files.  Others wait until it
 * ends: 20 ms is long.  What was saved is kept by store_batch_end() even after a failure. */
int store_batch_begin(struct store *s, struct error *err);
int store_batch_end(struct store *s, struct error *err);

/* Compares with the file as it is now: 0 same, 1 grown at the end (prefix unchanged), or TAMIS_ECHANGED/ENOTFOUND.  A file whose
 * time alone is another is the same when its bytes are: they are all read to know, once, since the new time is remembered. */
int source_check(struct store *s, const struct source *src, struct error *err);
/* The sum of a source's bytes: that of `seen` when it has passed over all of them, else read from the file; without `seen`
 * (NULL) only what came after the sum that is kept.  Nothing to do for small files and standard input.  A file that can't be read is no failure. */
int store_source_sum(struct store *s, const struct source *src, struct block_sum *seen, struct error *err);

/* How many of a corpus' finished sources are no longer the files that were imported.  Files that look the same (size and time) are not
 * read; TAMIS_ECANCEL when *cancel (may be NULL) became true. */
struct corpus_health {
	int64_t corpus;
	unsigned changed, missing, grown;
};
int store_corpus_health(struct store *s, int64_t corpus, const atomic_bool *cancel, struct corpus_health *out, struct error *err);

/* Fills size, mtime, inode and head from the file as it is now. */
int source_stat(struct source *src, struct error *err);
/* Ids of finished sources whose index the cache has lost.  Caller frees. */
int store_source_stale(struct store *s, int64_t corpus, int64_t **out, size_t *n, struct error *err); /* corpus 0: all */

/* A record kept out of a source. */
struct rejected {
	int64_t source;
	uint64_t line;
	uint64_t byte;
	char reason[160];
};

/* ---- the record index ----
 *
 * Resident: 8 bytes a record (40 bits offset, 24 bits length, saturating), loaded by chunk on demand.
 * Saved beside it per chunk: the facts.  One writer (the importer) appends; readers on other threads see a
 * record once index_count() includes it. */

#define INDEX_CHUNK 16384u

struct record_fact {
	struct hash128 key;
	float score;
	uint32_t text_bytes;
	uint8_t lang;
};

/* One chunk on its way to or from the cache. `n` <= INDEX_CHUNK.  A record of INDEX_LENGTH_MAX bytes or more has its exact
 * length in `longs`. */
#define INDEX_OFFSET_BITS 40
#define INDEX_LENGTH_MAX 0xffffffu
struct long_record {
	uint32_t i; /* in the chunk */
	uint64_t len;
};
struct index_chunk {
	uint32_t n;
	uint64_t place[INDEX_CHUNK];
	struct record_fact fact[INDEX_CHUNK];
	VEC(struct long_record) longs;
};

static inline uint64_t place_pack(uint64_t at, uint64_t len)
{
	return at << 24 | (len < INDEX_LENGTH_MAX ? len : INDEX_LENGTH_MAX);
}

/* Saves chunk `number` of a source together with its position, line, counts and rejected rows in one short transaction
 * of the cache: what a resumed import starts from.  A partly filled last chunk is simply saved again, fuller;
 * `longs` may repeat what was saved before.  The source row in FILE is not touched: store_source_update() at the end. */
int store_chunk_save(struct store *s, const struct source *src, uint32_t number, const struct index_chunk *chunk,
		     const struct rejected *rejected, size_t n_rejected, struct error *err);

/* The other way, for going on with a partly filled chunk; its `longs` stay empty. */
int store_chunk_load(struct store *s, int64_t source, uint32_t number, struct index_chunk *chunk, struct error *err);

/* Content of a source that is not in place: kept as zstd blocks in the cache.  Block n holds content bytes [n, n + 1) *
 * STORE_BLOCK; a partly filled last one is saved again, fuller. */
#define STORE_BLOCK ((size_t)512 * 1024)
int store_block_save(struct store *s, int64_t source, uint64_t number, struct span content, struct error *err);
/* The bytes of a source that has no file behind it (standard input): same blocks, in FILE. */
int store_kept_save(struct store *s, int64_t source, uint64_t number, struct span content, struct error *err);
/* Writes what was kept to `fd`, for indexing it anew. */
int store_kept_write(struct store *s, int64_t source, int fd, struct error *err);
/* Drops the cached index, blocks and rejected list of a source (before indexing it anew). */
int store_source_forget(struct store *s, int64_t source, struct error *err);

int store_rejected_list(struct store *s, int64_t corpus, size_t limit, struct rejected **out, size_t *n,
			struct error *err); /* corpus 0: all */

/* A corpus opened for reading: shared between threads, counted.  Records are numbered 0..count-1 through all sources, in
 * the order the sources were added. */
struct corpus_view;

int corpus_view_open(struct corpus_view **out, struct store *s, int64_t corpus, struct error *err);
/* Another owner: each closes once. */
struct corpus_view *corpus_view_share(struct corpus_view *v);
void corpus_view_close(struct corpus_view *v);
uint64_t corpus_view_count(const struct corpus_view *v);
int64_t corpus_view_corpus(const struct corpus_view *v);
bool corpus_view_indexing(const struct corpus_view *v);
/* Makes what an importer of this process has added visible without reading the cache: the importer calls these. */
void corpus_view_set_indexing(struct corpus_view *v, bool indexing);
void corpus_view_add_source(struct corpus_view *v, const struct source *src);
void corpus_view_append(struct corpus_view *v, int64_t source, const struct index_chunk *chunk, uint32_t from,
			uint32_t to);

/* References: what the UI, the queues and the command line pass around.
 * A record is "<source>.<number>" (number from 1); a run's item is "<id>". */
typedef uint64_t item_ref;

#define ITEM_REF_NONE ((item_ref)0)
item_ref item_ref_record(int64_t source, uint64_t number0); /* number from 0 */
item_ref item_ref_item(int64_t id);
bool item_ref_is_record(item_ref ref);
int64_t item_ref_source(item_ref ref);
uint64_t item_ref_number(item_ref ref); /* from 0 */
int64_t item_ref_id(item_ref ref);
void item_ref_format(char out[32], item_ref ref);
item_ref item_ref_parse(struct span text); /* ITEM_REF_NONE when malformed */

item_ref corpus_view_ref(const struct corpus_view *v, uint64_t i);
/* The other way; false when the record is not in this corpus. */
bool corpus_view_find(const struct corpus_view *v, item_ref ref, uint64_t *i);
const struct source *corpus_view_source(const struct corpus_view *v, item_ref ref); /* lives as long as the view */

/* Where record i lies.  Calls for one view may come from several threads, each with its own store. */
struct record_place {
	item_ref ref;
	uint64_t at;   /* content byte */
	uint64_t len;  /* exact */
};
int corpus_view_place(struct corpus_view *v, struct store *s, uint64_t i, struct record_place *out, struct error *err);
/* The places of records [from, from + n) at once, for scan passes. */
int corpus_view_places(struct corpus_view *v, struct store *s, uint64_t from, size_t n, struct record_place *out,
		       struct error *err);
/* Facts of records [from, from + n), all in one chunk run; n may span chunks. */
int corpus_view_facts(struct corpus_view *v, struct store *s, uint64_t from, size_t n, struct record_fact *out,
		      struct error *err);
/* Appends up to `limit` bytes of the record, from byte `skip` of it, to `out`.  TAMIS_ECHANGED when the file is no longer
 * what was indexed (checked by size, mtime and inode at first touch, and whenever a read comes back short). */
int corpus_view_read(struct corpus_view *v, struct store *s, uint64_t i, uint64_t skip, size_t limit, struct buf *out,
		     struct error *err);
/* Sequential content of a whole source for scan passes: the caller closes the fd; -1 when not in place. */
int corpus_view_source_fd(struct corpus_view *v, struct store *s, int64_t source);

/* ---- runs and items ---- */

struct run {
	int64_t id;
	char pipeline[24];    /* "import" "dedup" "mine" … */
	char *parameters;     /* canonical JSON; owned by the struct */
	char engine[32];      /* engine version */
	char *inputs;         /* JSON: corpora with their counts and hashes */
	char *counts;         /* JSON summary when ended; before, the process that is at it */
	int64_t started_ms;
	int64_t ended_ms;     /* 0 while running or when it was interrupted */
};
void run_free(struct run *r);
int store_run_begin(struct store *s, struct run *r, struct error *err); /* sets id */
int store_run_end(struct store *s, struct run *r, struct error *err);
int store_run_get(struct store *s, struct run *out, int64_t id, struct error *err);
int store_run_list(struct store *s, struct run **out, size_t *n, struct error *err);
/* The latest run with the pipeline, engine, parameters and inputs of `r` that has not ended and whose process is gone becomes this process's:
 * 1 with id and start filled, 0 when there is none. */
int store_run_adopt(struct store *s, struct run *r, struct error *err);
/* This process is not at the run any more, though it has not ended: the next same command adopts it. */
int store_run_release(struct store *s, int64_t run, struct error *err);
bool store_run_living(struct store *s, int64_t run); /* there is such a run, and it is alive (store_run_alive) */
/* The first living run begun before `run` whose pipeline and parameters are the same, but for `budget` and `again`; 0: none. */
int store_run_ahead(struct store *s, int64_t run, int64_t *ahead, struct error *err);
/* The keys of a run's items: key -> id. */
int store_item_keys(struct store *s, int64_t run, struct map128 *out, struct error *err);
bool store_run_alive(const struct run *r); /* not ended, and its process is still there */
/* The same for imports: whether `r` is one into the corpus of this name that has not ended. */
bool store_run_importing(const struct run *r, const char *corpus);

/* What a pipeline made for a person to judge.  `body` is the kind's JSON (DESIGN section 3's fields). */
struct item_row {
	int64_t id;
	int64_t run;
	enum item_kind kind;
	struct hash128 key;
	double score;          /* NaN when none */
	uint8_t suggestion;    /* enum verdict */
	const char *body;
	size_t body_len;
};
/* Appends in order, in short transactions. */
int store_items_add(struct store *s, int64_t run, const struct item_row *rows, size_t n, struct error *err);
/* `body` is appended to `text` and points into it. */
int store_item_get(struct store *s, struct item_row *out, struct buf *text, int64_t id, struct error *err);
/* Every item of a run in the order it was added; the body is valid during the call.  A negative return ends it. */
typedef int (*item_row_fn)(void *ctx, const struct item_row *row, struct error *err);
int store_items_each(struct store *s, int64_t run, item_row_fn each, void *ctx, struct error *err);
/* Ids of a run's (0: every run's) items of a kind, ordered: "id", "score", "-score". Caller frees. */
int store_item_ids(struct store *s, int64_t run, enum item_kind kind, const char *order, int64_t **out, size_t *n,
		   struct error *err);

/* ---- decisions ---- */

enum verdict { VERDICT_NONE = 0, VERDICT_ACCEPT = 1, VERDICT_REJECT = 2, VERDICT_SKIP = 3, VERDICT_FLAG = 4 };
const char *verdict_name(enum verdict v);     /* "accept" … untranslated word of --json */
enum verdict verdict_from_name(struct span name, bool *ok);

/* The state of an item, derived from the log.  Owned strings; verdict_state_free(). */
struct verdict_state {
	enum verdict verdict;
	uint32_t reasons;     /* bit n-1: reason n of the kind's list in share/reasons/ */
	char *note;           /* NULL when none */
	char *edit;           /* JSON object role -> text, NULL when none */
	char annotator[48];
	int64_t at_ms;
	int64_t seq;          /* of the latest decision; 0 when untouched */
};
void verdict_state_free(struct verdict_state *st);

enum decision_field { DECISION_VERDICT = 1, DECISION_REASONS = 2, DECISION_NOTE = 4, DECISION_EDIT = 8 };

/* One change asked for.  Strings are copied by decision_submit(). */
struct decision {
	struct hash128 key;
	item_ref ref;          /* where it was judged, for showing and export */
	enum item_kind kind;
	unsigned fields;       /* which of the below change */
	enum verdict verdict;
	uint32_t reasons;
	const char *note;
	const char *edit;
	uint32_t shown_ms;     /* how long it had been on screen */
};

/* Decisions go to the workspace's writer thread; they are applied in order.  All decisions of one call are one step for undo.
 * The writer commits what is queued in one durable transaction and then calls each listener (on its own thread) with the
 * ticket; from then on the step survives anything.  Returns the ticket (> 0). */
typedef void (*durable_fn)(void *ctx, int64_t ticket, const struct error *err);
/* Adds a listener (up to 8); workspace_off_durable() takes it away and returns when it is no longer being called. */
void workspace_on_durable(struct workspace *w, durable_fn durable, void *ctx);
void workspace_off_durable(struct workspace *w, durable_fn durable, void *ctx);
int64_t workspace_decide(struct workspace *w, const struct decision *d, size_t n, const char *label);
/* Large steps: rows streamed in several transactions under one step that counts only when finished. */
struct bulk_step;
int bulk_begin(struct bulk_step **out, struct store *s, const char *label, struct error *err);
int bulk_add(struct bulk_step *b, const struct decision *d, size_t n, struct error *err);
int bulk_end(struct bulk_step *b, bool keep, int64_t *count, struct error *err);
/* Undo and redo of this annotator's latest step, whole, across sessions; undo prefers the steps made through `w`, and after
 * them takes only what was there when `w` was opened: not what another session has done meanwhile.  `*count` items changed, `*label` copied.
 * TAMIS_ENOTFOUND when there is nothing left. */
int workspace_undo(struct workspace *w, int64_t *count, char label[128], item_ref *first, struct error *err);
int workspace_redo(struct workspace *w, int64_t *count, char label[128], item_ref *first, struct error *err);
/* 1 when a step was made by another process (or through another `struct workspace`) since the last call with this store, else 0; the
 * first call only remembers.  Costs microseconds when nothing was written. */
int store_changed_elsewhere(struct store *s, struct error *err);
/* Waits until everything submitted is durable (or failed: then the error). */
int workspace_flush(struct workspace *w, struct error *err);

int store_verdict_get(struct store *s, struct verdict_state *out, const struct hash128 *key, struct error *err);
/* All current verdicts as key -> verdict, for filters and queues over whole corpora. */
int store_verdict_map(struct store *s, struct map128 *out, struct error *err);
/* The items whose current state holds an edit: key -> seq. */
int store_edit_map(struct store *s, struct map128 *out, struct error *err);
/* Latest decisions, newest first, for the history strip and `stats`. */
struct decision_row {
	int64_t seq;
	int64_t step;
	int64_t at_ms;
	struct hash128 key;
	item_ref ref;
	enum item_kind kind;
	enum verdict verdict;
	enum verdict previous;
	uint32_t reasons;
	uint32_t shown_ms;
	bool undone;
	char annotator[48];
	char label[64];
};
int store_history(struct store *s, size_t limit, struct decision_row **out, size_t *n, struct error *err);

struct verdict_counts {
	uint64_t by[5];        /* by enum verdict; [0] unused */
	uint64_t decisions;    /* rows of the log */
	uint64_t undone;
	uint64_t median_shown_ms;
};
int store_counts(struct store *s, int64_t run, struct verdict_counts *out, struct error *err); /* run 0: all */

/* Verdicts as they stand and the pace they were given at, one row per kind of item and annotator, in that order. */
struct verdict_group {
	enum item_kind kind;
	char annotator[48];
	uint64_t by[5];           /* current verdicts by enum verdict; [0] unused */
	uint64_t decisions;       /* rows of the log */
	uint64_t undone;
	uint64_t timed;           /* decisions whose time on screen is known … */
	uint64_t active_ms;       /* … and the time they took, pauses of over five minutes left out */
	uint64_t median_shown_ms;
};
int store_verdict_groups(struct store *s, int64_t run, struct verdict_group **out, size_t *n,
			 struct error *err); /* run 0: all; caller frees *out */

/* ---- small things ---- */

/* Before a file is written: TAMIS_EUSAGE when `path` is one of the workspace's own files (or has the name of one, or lies in the
 * folder of its signatures) or of those its records are read from, by whatever name or link.  Else 0. */
int store_guard(struct store *s, const char *path, struct error *err);

/* Settings of this workspace (queue positions, seeds, aliases): JSON values by key. */
int store_setting_get(struct store *s, const char *key, struct buf *value, struct error *err); /* ENOTFOUND */
int store_setting_put(struct store *s, const char *key, struct span value, struct error *err);

/* Bytes by name in the cache: what took long to make and can be made again (a repository's facts, signatures). ENOTFOUND. */
int store_kept_get(struct store *s, const char *name, struct buf *value, struct error *err);
int store_kept_put(struct store *s, const char *name, struct span value, struct error *err);

/* One line per problem to `report`; returns the number of problems, or negative. */
int store_fsck(struct store *s, void (*report)(void *ctx, const char *problem), void *ctx, struct error *err);
/* Brings another workspace's decisions in (idempotent); conflicts (same key, other verdict) are counted and flagged,
 * with the reasons and notes of both.  One step: undoing it brings back what held here.  one_name: items both sides judged apart
 * under one annotator's name; their notes tell them apart by the workspaces' names. */
struct merge_counts { uint64_t decisions, known, conflicts, one_name; };
int store_merge(struct store *s, const char *other_path, struct merge_counts *out, struct error *err);

#endif
