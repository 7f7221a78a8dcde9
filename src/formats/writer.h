/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Records out again, one at a time and in bounded memory: the formats of `tamis export`, a row each in the
 * table of writer.c.  A writer only formats; choosing records, temporary files, renaming and manifests are
 * the exporter's.
 *
 * Texts are asked for by role, so that a curator's edits apply in every format alike.
 */
#ifndef TAMIS_FORMATS_WRITER_H
#define TAMIS_FORMATS_WRITER_H

#include <stdio.h>

#include "formats/shape.h"

/* One record on its way out.  Everything is borrowed for the call. */
struct export_item {
	const struct shape *shape;    /* of the source it came from */
	const struct record *record;  /* record_parse's result; its `raw` are the original bytes */
	/* The edited text of a role: true and `*value` when the curator changed it.  NULL: nothing is edited.
	 * A field that is chat turns is edited as such (normalised JSON). */
	bool (*edited)(const void *ctx, enum role role, struct span *value);
	const void *ctx;
	struct span annotation;       /* a JSON object for `_tamis` (--annotate), or empty */
	struct span tag;              /* a system message for instructions that bring none (--tags), or empty */
};

struct writer;

struct writer_format {
	const char *name;      /* of --format: stable */
	const char *extension; /* of the file written, without dot */
	const char *what;      /* N_(): for the list in help */
	unsigned kinds;        /* bit 1 << KIND_… for each kind it can express */
	bool two_files;        /* source and target apart (Moses) */
	void (*begin)(struct writer *w);
	bool (*record)(struct writer *w,
		       const struct export_item *item); /* false: it has not what the format needs */
	void (*end)(struct writer *w);
	/* Tables: looks at a record that will be written, for its columns.  NULL: the format needs no look before. */
	void (*survey)(struct writer *w, const struct export_item *item);
};

const struct writer_format *writer_format_find(struct span name); /* NULL when unknown */
const struct writer_format *writer_format_at(size_t i);           /* NULL past the end */
bool writer_format_takes(const struct writer_format *f, enum item_kind kind);

#define WRITER_COLUMNS_MAX 4096 /* of a table, beside those of its kind */

struct writer_columns; /* writer_rows.c */

struct writer {
	const struct writer_format *format;
	FILE *file;
	FILE *target;          /* of a format with two files, else NULL */
	enum item_kind kind;
	bool annotate;
	char source_lang[16];  /* for formats that name them once (TMX); "" is written as "und" */
	char target_lang[16];
	struct buf line;       /* scratch */
	uint64_t written;
	uint64_t left_out;     /* records that lack what the format needs */
	uint64_t partial;      /* written without their fields that have no column: more than WRITER_COLUMNS_MAX names, or not surveyed */
	struct writer_columns *columns; /* of tables, beside those of the kind */
	bool headed;           /* the first row of a table is written */
	uint64_t unedited;     /* of these, those whose answer nobody edited, so that there is none to prefer (dpo) */
};

/* Starts writing; borrows the files.  `source_lang` and `target_lang` may be NULL.  TAMIS_EUSAGE when the
 * format can't express the kind or a file is missing. */
int writer_begin(struct writer *w, const struct writer_format *format, FILE *file, FILE *target,
		 enum item_kind kind, bool annotate, const char *source_lang, const char *target_lang,
		 struct error *err);
/* Before any record is written, each of them in the same order: a table has a column for every name it meets here, in that order,
 * after those of the kind.  Nothing for formats without a survey. */
void writer_survey(struct writer *w, const struct export_item *item);
/* 1 written, 0 left out (and counted), TAMIS_EIO when the file refuses. */
int writer_record(struct writer *w, const struct export_item *item, struct error *err);
/* Writes what comes at the end, flushes, frees the scratch memory (also after failures).  0 or TAMIS_EIO. */
int writer_end(struct writer *w, struct error *err);

/* ---- for the formats ---- */

/* The text of a role, edits applied; empty when there is none. */
struct span export_value(const struct export_item *item, enum role role);
/* The field of this name, whatever its role; empty when there is none. */
struct span export_named(const struct export_item *item, const char *name);
/* The text before edits. */
struct span export_original(const struct export_item *item, enum role role);
bool export_is_edited(const struct export_item *item, enum role role);
/* True when the value of this role is normalised chat turns. */
bool export_is_turns(const struct export_item *item, enum role role);

extern const struct writer_format writer_jsonl, writer_csv, writer_tsv, writer_tmx, writer_moses, writer_chat,
	writer_alpaca, writer_sharegpt, writer_dpo, writer_markdown, writer_html;

#endif
