/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON, in two parts.  Reading: a strict validator that walks the text once, builds no tree and hands out the
 * members of the outermost object as spans (RFC 8259; the bulk path of every import).  Writing: a small
 * emitter that appends to a buf.  Whole trees, where one record is on screen, are jansson's business.
 */
#ifndef TAMIS_BASE_JSON_H
#define TAMIS_BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"

enum json_type {
	JSON_T_NULL,
	JSON_T_FALSE,
	JSON_T_TRUE,
	JSON_T_NUMBER,
	JSON_T_STRING,
	JSON_T_ARRAY,
	JSON_T_OBJECT
};

/* One member of an object, or element of an array (key empty).  Spans point into the scanned text. */
struct json_member {
	struct span key;     /* between the quotes, still escaped */
	struct span value; /* strings: between the quotes, still escaped; others: the whole token or bracketed
			      text */
	enum json_type type;
	bool escaped;        /* a string value that holds at least one backslash */
	bool key_escaped;    /* the same for the key */
};

#define JSON_DEPTH 128 /* nesting accepted, the outermost included */

/* Why a text is not JSON: a constant English reason (mark with N_) and the byte offset. */
struct json_fault {
	const char *reason;
	size_t at;
};

/* Validates the whole of `text` as one object (white space around it allowed) and fills up to `max` members
 * in order; `*n` is how many there were in all.  UTF-8, control bytes and escapes are checked.  Depth is
 * limited to 128. Returns 0 or TAMIS_EPARSE with `*fault` filled. */
int json_scan_object(struct span text, struct json_member *out, size_t max, size_t *n,
		     struct json_fault *fault);

/* The same for an array's elements. */
int json_scan_array(struct span text, struct json_member *out, size_t max, size_t *n,
		    struct json_fault *fault);

/* Appends the unescaped bytes of a string value (validated before by a scan); surrogate pairs are joined, a
 * lone surrogate becomes U+FFFD. */
void json_unescape(struct buf *out, struct span escaped);
/* The same into memory of at least `escaped.len` bytes (unescaping never lengthens) apart from `escaped`; all of them
 * may be written to.  Returns the count. */
size_t json_unescape_to(char *out, struct span escaped);
/* A member's string without its escapes, in the arena where there were any; another value as it is written. */
struct span json_member_text(const struct json_member *m, struct arena *arena);

/* The value of a JSON number, correctly rounded and whatever the locale; false when `s` is not one. */
bool json_read_real(struct span s, double *out);

/* Writer.  `"text"` with quotes, everything needed escaped, UTF-8 kept, malformed bytes as U+FFFD. */
void json_put_string(struct buf *out, struct span s);
/* `"key":` with a comma before it unless the last byte of `out` is '{'. */
void json_put_key(struct buf *out, const char *key);
void json_put_member(struct buf *out, const char *key, struct span value);
void json_put_int(struct buf *out, const char *key, int64_t value);
void json_put_real(struct buf *out, const char *key, double value); /* NaN and infinities become null */
void json_put_bool(struct buf *out, const char *key, bool value);

#endif
