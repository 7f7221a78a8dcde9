/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The steps of recognition.  Each looks at the decompressed, decoded beginning of a source and either fills
 * the shape or says no.  Internal to formats/.
 */
#ifndef TAMIS_FORMATS_RECOGNISE_H
#define TAMIS_FORMATS_RECOGNISE_H

#include "formats/shape.h"

struct head {
	struct span bytes;             /* UTF-8, without byte order mark */
	bool complete;                 /* the whole content */
	const char *name;              /* for messages and language codes in file names */
	const struct shape_wish *wish; /* may be NULL */
	const char *path;              /* to look beyond the beginning; NULL: there is no file */
	enum container container;
};

/* Is the content larger than TEXT_WHOLE?  Reads on in a compressed file to know; without a file: when it is not complete. */
#define TEXT_WHOLE ((size_t)8 * 1024 * 1024)
bool head_is_large(const struct head *h);

/* 1: recognised; 0: not this; negative: recognised and refused. */
int recognise_json(struct shape *out, const struct head *h, struct error *err);
int recognise_table(struct shape *out, const struct head *h, char delimiter, bool lenient,
		    struct error *err); /* see csv_recognise() */
int recognise_tmx(struct shape *out, const struct head *h, struct error *err);
int recognise_po(struct shape *out, const struct head *h, struct error *err);
int recognise_mo(struct shape *out, const struct head *h, struct error *err);
int recognise_text(struct shape *out, const struct head *h, struct error *err); /* always 1 */

/* True when `path` is one half of a Moses pair; fills the shape. */
bool recognise_moses(struct shape *out, const char *path, struct span head, const struct shape_wish *wish);

/* Formats refused by name: Parquet, Arrow, WARC, PDF, archives …; 0 or TAMIS_EUNSUPPORTED. */
int refuse_by_magic(struct span head, const char *name, struct error *err);

/* Sets the reason to what was recognised, wrapped in what it is packed in. */
void set_reason(struct shape *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Language codes of a pair: the wish ("en-zh"), else what the name says ("corpus.en-fr.tsv"). */
void set_languages(struct shape *out, const struct head *h);

/* The last step for records with named fields: profile, roles, languages, reason.  `what` is translated. */
struct histogram;
int finish_with_profile(struct shape *out, const struct head *h, const struct histogram *histogram,
			const char *what, struct error *err);

/* Copies the name of a language or encoding; empties `out` when `s` is too long or holds anything but
 * letters, digits and
 * "-_.:@". */
void set_code(char *out, size_t size, struct span s);

/* Sets a column of a shape that has no names of its own. */
void set_column(struct shape *out, const char *name, enum role role);

/* Calls `each` for up to `max` records of the head under `shape` (the last one, when the head is cut, left
 * out). */
void sample_records(const struct shape *shape, const struct head *h, size_t max,
		    void (*each)(void *ctx, struct span record), void *ctx);

#endif
