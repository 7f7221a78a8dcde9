/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A shape is how to read one source: its container, its format (how bytes fall into records), its profile
 * (which fields play which role), and why we think so.  Recognised from content, never from the extension;
 * the user's options only narrow it.  A shape is plain data: it can be printed, stored as JSON and read back.
 */
#ifndef TAMIS_FORMATS_SHAPE_H
#define TAMIS_FORMATS_SHAPE_H

#include "formats/record.h"

enum container { CONTAINER_NONE, CONTAINER_GZIP, CONTAINER_ZSTD, CONTAINER_XZ, CONTAINER_BZIP2 };
const char *container_name(enum container c);

enum format {
	FORMAT_AUTO = 0,
	FORMAT_JSONL,
	FORMAT_JSON,     /* one array of objects, or one object */
	FORMAT_CSV,      /* delimiter in the shape: ',' ';' '\t' '|' */
	FORMAT_TEXT,     /* plain text, Markdown, source code: split by file, paragraph or line */
	FORMAT_TMX,
	FORMAT_MOSES,    /* two line-aligned files */
	FORMAT_PO,
	FORMAT_MO,
};
const char *format_name(enum format f);
enum format format_from_name(struct span name); /* also "tsv", "markdown"; FORMAT_AUTO when unknown */

enum split { SPLIT_FILE, SPLIT_PARAGRAPH, SPLIT_LINE };

#define SHAPE_COLUMNS 64
#define SHAPE_NAME 64

struct shape {
	enum container container;
	enum format format;
	enum split split;
	bool utf16;                 /* decoded to UTF-8 while reading; not in place */
	char charset[24]; /* another encoding to decode from (iconv's name), "" for UTF-8; not in place */
	char delimiter;             /* FORMAT_CSV */
	bool quoted; /* FORMAT_CSV: cells may stand in quotes (RFC 4180), else every tab splits */
	bool header;                /* FORMAT_CSV: first row names the columns */
	uint32_t comments;          /* FORMAT_CSV: lines with '#' before the first row */
	bool single;                /* FORMAT_JSON: one object, not an array */
	enum item_kind kind;
	char profile[32];           /* "fineweb", "alpaca", "bitextor", "plain" … a row of profiles.c */
	char source_lang[16];       /* bitext: from file names, headers or options; "" unknown */
	char target_lang[16];
	size_t n_columns;           /* fields with a known role, or a CSV's columns in order */
	struct shape_column {
		char name[SHAPE_NAME]; /* top-level key, dotted path one level down, or CSV column */
		enum role role;
	} columns[SHAPE_COLUMNS];
	char reason[240];           /* one sentence for a person, translated when recognised */
};

/* What the user said on the command line; NULL or 0 where nothing. */
struct shape_wish {
	enum format format;
	char delimiter;          /* FORMAT_CSV: '\t' when tab-separated values were asked for; 0: the usual ones */
	const char *split;       /* "file" "paragraph" "line" */
	const char *text_field;
	const char *id_field;
	const char *lang;        /* "en", or "en-zh" for pairs */
};

/* Recognises the file at `path` from its first bytes (up to 256 KiB decompressed, 64 records).  `wish` may be
 * NULL. TAMIS_EUNSUPPORTED names Parquet, Arrow, WARC, PDF and what to convert them with; TAMIS_EPARSE for
 * binary junk. */
int shape_recognise(struct shape *out, const char *path, const struct shape_wish *wish, struct error *err);

/* The same on bytes already at hand (decompressed head; `complete` when it is the whole content). */
int shape_recognise_head(struct shape *out, struct span head, bool complete, const char *name,
			 const struct shape_wish *wish, struct error *err);

void shape_to_json(struct buf *out, const struct shape *shape);
int shape_from_json(struct shape *out, struct span json, struct error *err);

/* True when records of this shape can be read from the file's own bytes by offset and length. */
bool shape_in_place(const struct shape *shape);

/* The other file of a Moses pair: the one beside `path` whose name differs only in the language suffix (X.en
 * and X.fr, or X.en-fr.en and X.en-fr.fr) and that has as many lines.  Appends its path and sets `*first`
 * when `path` is the source side (the first language of the name's pair or of `wish`, else of the two in byte
 * order).  Returns false, adding nothing, when there is none. */
bool shape_companion(struct buf *out, bool *first, const char *path, const struct shape_wish *wish);

#endif
