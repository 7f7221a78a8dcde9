/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Profiles: the field names that pipelines and annotation tools write, one row each in profiles.c.  Adding
 * one is adding a row.
 *
 * Recognition: the first records give a histogram of keys and types; a row scores +3 for each required key
 * that at least half of the records have with a right type, +3 for its first `ANY` key, +1 for each further
 * or optional one; a missing required key, a wrong type or a key that contradicts it vetoes the row.  The
 * highest score wins, the earlier row when equal.
 */
#ifndef TAMIS_FORMATS_PROFILE_H
#define TAMIS_FORMATS_PROFILE_H

#include "base/vec.h"
#include "formats/shape.h"

/* What values of a key look like; a set. */
enum value_type {
	V_STRING = 1 << 0,
	V_NUMBER = 1 << 1,
	V_BOOL = 1 << 2,
	V_OBJECT = 1 << 3,
	V_LIST = 1 << 4,    /* an empty array, or of anything else than below */
	V_STRINGS = 1 << 5, /* an array of strings … */
	V_NUMBERS = 1 << 6,
	V_BOOLS = 1 << 7,
	V_TURNS = 1 << 8,   /* … of {role, content} */
	V_FROM = 1 << 9,    /* … of {from, value} */
	V_LISTS = 1 << 10,  /* … of arrays */
	V_OBJECTS = 1 << 11,/* … of other objects */
	V_FROM_ONE = 1 << 12, /* one {from, value} */
	V_ANY = -1,
};
#define VALUE_TYPES 13

enum need { NEED = 1, ANY, MAY, NOT };

struct profile_key {
	const char *key;   /* top-level, or dotted one level down; "*.x": any key with this ending */
	enum need need;
	int types;         /* of enum value_type; for NOT: the types that contradict */
	enum role role;
};

struct decoder;

#define PROFILE_KEYS 16

struct profile {
	const char *name;    /* stored in workspaces: stable */
	const char *origin;  /* what it is, for the reason sentence; N_() */
	enum item_kind kind;
	bool refused;        /* recognised in order to say what to import instead */
	void (*refine)(
		struct decoder *d); /* after decoding a record: what field names alone can't say; or NULL */
	struct profile_key keys[PROFILE_KEYS];
};

const struct profile *profile_find(const char *name); /* NULL when there is none */
const struct profile *profile_at(size_t i);           /* NULL past the end */

/* refine functions, in refine.c */
void refine_history(struct decoder *d);      /* Alpaca's history: earlier turns in front */
void refine_rated(struct decoder *d);        /* UltraFeedback: best and worst of several generations */
void refine_shared_prompt(struct decoder *d);/* preference without a prompt: what both begin with */
void refine_annotations(struct decoder *d);  /* Label Studio: skipped tasks, first choice */
void refine_labels(struct decoder *d);       /* Potato: the decision in its nested map */
void refine_fasttext(struct decoder *d);     /* "__label__a text" */

/* ---- histogram ---- */

struct key_stat {
	char name[SHAPE_NAME];
	size_t by_type[VALUE_TYPES]; /* how often each value_type was seen, by bit number */
	size_t count;        /* records that have it (null does not count) */
	size_t bytes;        /* of its string values */
	size_t numeric;      /* string values that are numbers */
	size_t urls;         /* string values that begin with http:// or https:// */
	size_t order;        /* of first sight */
};

struct histogram {
	VEC(struct key_stat) keys;
	size_t records;
};

/* Adds one record; false when it is not an object. */
bool histogram_add_json(struct histogram *h, struct span object);
/* Adds one value of a table. */
void histogram_add_cell(struct histogram *h, struct span name, struct span cell);
void histogram_free(struct histogram *h);
const struct key_stat *histogram_get(const struct histogram *h, struct span name);
/* The same for a profile's key, which may be "*.ending". */
const struct key_stat *histogram_match(const struct histogram *h, const char *key);

/* Chooses the profile and fills kind, profile, columns of `out` (keys of a JSON record; a table's columns are
 * there in order already and only get roles); `wish` may be NULL.  Returns the row, or NULL for the generic
 * fallback;
 * `*text` is then the name of the field taken as the text ("" when there is no string at all). */
const struct profile *profile_choose(struct shape *out, const struct histogram *h,
				     const struct shape_wish *wish, const char **text);

#endif
