/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows for people and for programs, written once: with --json each row is one object a line whose keys are the columns' keys;
 * else a table with a heading, aligned by display width (CJK counts two), cut to the terminal's width, whole in a pipe.
 *
 * It streams: widths are taken from the first TABLE_LOOKAHEAD rows, later rows only push their own line out of line.
 * Cells are given in the order of the columns; table_row() ends a row.
 */
#ifndef TAMIS_CLI_TABLE_H
#define TAMIS_CLI_TABLE_H

#include "base/vec.h"
#include "cli/verb.h"

#define TABLE_LOOKAHEAD 200

struct table_column {
	const char *key;    /* of --json; NULL: only for people */
	const char *title;  /* N_(); NULL: only in --json */
	bool right;         /* numbers stand to the right */
	bool cut;           /* may lose its end when the terminal is narrow */
};

struct table {
	struct cli *cli;
	const struct table_column *columns;
	size_t n_columns;
	size_t at;                   /* the next cell's column */
	struct buf json;             /* the row being made */
	struct buf text;             /* cells of waiting rows, one after the other */
	VEC(uint32_t) ends;          /* end of each cell in `text` */
	int *widths;
	bool settled;                /* widths are final, rows go out at once */
	uint64_t rows;
};

void table_init(struct table *t, struct cli *cli, const struct table_column *columns, size_t n_columns);
void table_text(struct table *t, struct span data);          /* made safe, on one line */
void table_string(struct table *t, const char *text);        /* NULL: as table_none() */
void table_count(struct table *t, uint64_t n);
void table_real(struct table *t, double x, int decimals);    /* NaN: as table_none() */
void table_percent(struct table *t, double share);           /* "93.1 %"; the share itself in JSON; NaN: none */
void table_bytes(struct table *t, uint64_t n);               /* "1.2 MB"; bytes in JSON */
void table_time(struct table *t, int64_t wall_ms);           /* 0: none */
void table_seconds(struct table *t, double s);               /* "1.25 s"; seconds in JSON */
void table_raw_json(struct table *t, struct span json);      /* a JSON value as it is; for people its text */
void table_none(struct table *t);                            /* "-", null */
bool table_row(struct table *t);                             /* false: nobody reads any more */
void table_end(struct table *t);                             /* prints what waits, frees */

/* "1.2 MB": three digits or fewer, powers of 1000. */
void format_bytes(char out[16], uint64_t n);

#endif
