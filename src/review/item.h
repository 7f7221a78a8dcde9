/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An item, whole: what a lens draws, `show` prints and an export writes, wherever it comes from (a record of an imported
 * file or a run's row).
 */
#ifndef TAMIS_REVIEW_ITEM_H
#define TAMIS_REVIEW_ITEM_H

#include "store/store.h"

struct item {
	item_ref ref;
	struct hash128 key;
	enum item_kind kind;
	enum verdict suggestion;
	uint8_t lang;
	double score;              /* NaN when none */
	char corpus[64];           /* "" for a run's item */
	int64_t run;               /* 0 for a record */
	uint64_t size;             /* bytes of the whole record; of a mined pair, of both texts */
	bool whole;                /* false: larger than ITEM_WHOLE_LIMIT, `record` holds the head only */
	struct record record;      /* fields live in `arena` */
	struct verdict_state state;
	struct span edited[ROLE_COUNT]; /* what the curator made of a field; p is NULL where nothing (use item_text()) */
	struct item_context *context;   /* what stands beside it in its documents (review/item_context.h), in `arena`; or NULL */
	struct buf raw;            /* the original bytes (head of them when !whole); a run's item: its JSON body */
	struct item_cluster *cluster;   /* KIND_CLUSTER: its members (review/cluster.h), in `arena`; else NULL */
	struct arena arena;
};

#define ITEM_WHOLE_LIMIT ((size_t)8 * 1024 * 1024)

/* Where refs are resolved: opened corpora of one thread's reading, made on demand. */
struct item_source;
struct item_source *item_source_new(struct store *s);
void item_source_free(struct item_source *src);
/* Lets the screen share a live view (one an importer is filling); the caller still closes its own. */
void item_source_use(struct item_source *src, struct corpus_view *view);
/* From now on the texts of a cluster's members, and what stands beside a pair in its documents, are read with it (for drawing it;
 * lists and filters do without). */
void item_source_read_members(struct item_source *src);
struct corpus_view *item_source_view(struct item_source *src, int64_t source_id, struct error *err);

/* Loads and parses `ref` into `item` (init'ed or loaded before).  A record whose content is no longer what was indexed is
 * TAMIS_ECHANGED: its key is computed again from the bytes read. */
void item_init(struct item *item);
int item_load(struct item *item, struct item_source *src, item_ref ref, struct error *err);
/* Refreshes item->state only. */
int item_reload_state(struct item *item, struct item_source *src, struct error *err);
/* After item->state.edit was changed in memory. */
void item_take_edits(struct item *item);
void item_free(struct item *item);

/* The value of `role` after edits: the edited text when the curator changed it, else the record's. */
struct span item_text(const struct item *item, enum role role);

/* The value of a run's item's member by the name it has in the body ("judge", "source.index"); empty where it has none. */
struct span item_field(const struct item *item, const char *name);

/* A pair made by a run that has no instruction (a model refused, its reply could not be used) while nobody has written one: there is
 * nothing to accept. */
bool item_lacks_instruction(const struct item *item);

/* One JSON object with DESIGN section 3's keys; no newline. */
void item_to_json(struct buf *out, const struct item *item);
/* Of an open JSON object: the members verdict, reasons and note. */
void item_put_verdict(struct buf *out, const struct item *item);

#endif
