/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One record's bytes into fields with roles, per format.  record_scan and record_parse both go through this,
 * so the key of an index and the fields on screen can't disagree.  Internal to formats/.
 *
 * A decoder belongs to one thread.  Values are borrowed from the record's bytes where nothing had to be
 * decoded, else from the decoder's arena; both must outlive their use.
 */
#ifndef TAMIS_FORMATS_DECODE_H
#define TAMIS_FORMATS_DECODE_H

#include "base/json.h"
#include "base/vec.h"
#include "formats/csv.h"
#include "formats/shape.h"

#define DECODE_SAMPLE 512

struct profile;
struct tmx_parser;

struct decoder {
	const struct shape *shape;
	const struct profile *profile; /* the row shape->profile names, or NULL */
	struct arena *arena;
	bool all;                      /* record_parse: also what no role asks for */
	VEC(struct field) fields;
	size_t first[ROLE_COUNT];      /* 1 + index of the first field with each role; 0: none */
	struct span sample; /* plain text of chat turns, when a field is made of them; else empty */
	VEC(struct json_member) members;
	struct cells cells;
	struct tmx_parser *tmx;
};

void decoder_init(struct decoder *d, const struct shape *shape, struct arena *arena, bool all);
void decoder_free(struct decoder *d);

/* Fills d->fields from `raw`, and checks what every kind of record must have.  0 or TAMIS_EPARSE. */
int decode_record(struct decoder *d, struct span raw, struct record_fault *fault);

/* For the formats: appends a field (a second value for a content role replaces the first). */
void decode_add(struct decoder *d, enum role role, struct span name, struct span value, bool json);
/* Drops the field with this role, if there is one. */
void decode_drop(struct decoder *d, enum role role);
const struct field *decode_find(const struct decoder *d, enum role role);
int decode_fault(struct record_fault *fault, const char *reason, size_t at);
/* Column of the shape called `name`, or NULL. */
const struct shape_column *decode_column(const struct decoder *d, struct span name);

/* True for the roles that make up a record's key. */
bool role_is_content(enum role role);
/* The value of the first numeric score field, or NaN. */
double fields_score(const struct field *f, size_t n);

/* One per format. */
int decode_json(struct decoder *d, struct span raw, struct record_fault *fault);
int decode_csv(struct decoder *d, struct span raw, struct record_fault *fault);
int decode_text(struct decoder *d, struct span raw, struct record_fault *fault);
int decode_tmx(struct decoder *d, struct span raw, struct record_fault *fault);
int decode_po(struct decoder *d, struct span raw, struct record_fault *fault);
void tmx_parser_free(struct tmx_parser *p);

/* A chat's turns, in any of the shapes pipelines write ({role, content}, {from, value}, content in parts,
 * tool calls), appended to `out` as [{"role":…,"content":…}]; `plain` (may be NULL) gets the first
 * DECODE_SAMPLE bytes of what they say.  False when `array` is not turns. */
bool turns_normalise(struct buf *out, struct buf *plain, struct span array);
/* Appends one normalised turn; `out` ends in '[' or a turn. */
void turns_add(struct buf *out, struct span role, struct span content);
/* Splits what two normalised chats share at their beginning: byte lengths of the shared turns (0 when none),
 * without the comma after them. */
size_t turns_shared(struct span a, struct span b);

#endif
