/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a record is, once its bytes are understood: a kind, and fields with roles.  A field's role is what the
 * rest of tamis cares about; its name is what the file called it.
 *
 * Two ways to read a record's bytes under a shape (formats/shape.h):
 *   record_scan   the bulk path: validates, finds the texts, hashes them.  No tree, no allocation per record.
 *   record_parse  one record for the screen or an engine: all fields, decoded, in an arena.
 */
#ifndef TAMIS_FORMATS_RECORD_H
#define TAMIS_FORMATS_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/hash.h"

struct shape;

/* Kinds of things a person can judge.  Stored in workspaces by these numbers: append only. */
enum item_kind {
	KIND_NONE = 0,
	KIND_DOCUMENT = 1,
	KIND_CLUSTER = 2,
	KIND_BITEXT = 3,
	KIND_INSTRUCTION = 4,
	KIND_ORDER = 5,
	KIND_REGION = 6,
	KIND_FINDING = 7,
};

const char *item_kind_name(enum item_kind kind);      /* "document" … the word of --json and `ls` */
enum item_kind item_kind_from_name(struct span name); /* accepts the plural; KIND_NONE when unknown */

enum role {
	ROLE_META = 0,    /* anything not below; shown in the metadata pane */
	ROLE_ID,
	ROLE_TEXT,        /* a document's text */
	ROLE_LANG,
	ROLE_SCORE,
	ROLE_URL,
	ROLE_SYSTEM,      /* instruction kind from here … */
	ROLE_INSTRUCTION,
	ROLE_INPUT,
	ROLE_RESPONSE,
	ROLE_MESSAGES,    /* a JSON array of turns, normalised to [{"role":…,"content":…}] */
	ROLE_CHOSEN,      /* text, or normalised turns when `json` */
	ROLE_REJECTED,
	ROLE_SOURCE,      /* bitext kind from here … */
	ROLE_TARGET,
	ROLE_SOURCE_LANG,
	ROLE_TARGET_LANG,
	ROLE_CLUSTER,     /* a duplicate-group id another tool wrote */
	ROLE_VERDICT,     /* another tool's accept/reject/ignore, shown as the suggestion */
	ROLE_COUNT
};

const char *role_name(enum role role); /* "text", "instruction" … stable, used in --json and exports */

struct field {
	enum role role;
	struct span name;  /* as the file named it; dotted for nested ("metadata.lang") */
	struct span value; /* UTF-8 text, or JSON when `json`; may hold any control byte the data holds */
	bool json;
};

struct record {
	enum item_kind kind;
	struct span raw;   /* the record's own bytes, borrowed from the caller */
	struct field *fields;
	size_t n_fields;
	double score;      /* NaN when the record brings none */
};

/* First field with `role`, or NULL. */
const struct field *record_field(const struct record *r, enum role role);
/* Its value, or an empty span. */
struct span record_value(const struct record *r, enum role role);
/* A document's text, else the first text there is of source and response; empty without one. */
struct span record_main_text(const struct record *r);

/* Decodes all fields of one record (without line end or separators) into `arena`.  0 or TAMIS_EPARSE. */
int record_parse(struct record *out, const struct shape *shape, struct span raw, struct arena *arena,
		 struct error *err);

/* The key of a parsed record: the same as record_scan gives (see below). */
struct hash128 record_key(const struct record *r);

/* What the index keeps of a record.  `key` is XXH3-128 over the kind and the decoded content fields that are
 * not empty, each with its role and length, in role order: the same for the same content whatever the file
 * around it. */
struct record_facts {
	struct hash128 key;
	struct span lang;      /* what the record's language field says ("en", "zh-TW"), else empty; valid as `sample` */
	float score;           /* NaN when none */
	uint32_t text_bytes;   /* decoded bytes of the content fields, saturating */
	struct span
		sample; /* up to 512 bytes of main text; valid until the next scan with the same scanner */
};

/* A scanner holds scratch memory for one thread's record_scan calls. */
struct record_scanner;
struct record_scanner *record_scanner_new(const struct shape *shape); /* `shape` must outlive it */
void record_scanner_free(struct record_scanner *s);

/* Why a record was kept out.  `reason` is a constant marked with N_; `at` is a byte offset inside the record.
 */
struct record_fault {
	const char *reason;
	size_t at;
	size_t fields, wanted; /* a row: how many fields it has and should have; 0: it is not about that */
};

/* The fields with a role (no ROLE_META) of a record, for looking through many: values are borrowed from `raw`
 * or the scanner's memory and die at its next use.  Returns as record_scan(). */
int record_texts(struct record_scanner *s, struct span raw, struct record *out, struct record_fault *fault);

/* 0, or TAMIS_EPARSE with `*fault`: broken JSON, bad UTF-8, missing field, NUL, over-long. Where the
 * record names no language, the importer guesses it from `sample`. */
int record_scan(struct record_scanner *s, struct span raw, struct record_facts *out,
		struct record_fault *fault);

#endif
