/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of the reader share.
 */
#ifndef TAMIS_UI_READER_INSIDE_H
#define TAMIS_UI_READER_INSIDE_H

#include "ui/app.h"
#include "ui/pager.h"
#include "ui/reader.h"

/* A text is shown by a pager; a pair or an instruction as its lens lays it out. */
enum reader_mode { READER_TEXT, READER_SHEET };

/* Counting hits ends at so many, or after so many bytes: from there on it is "or more". */
#define READER_HITS 1000
#define READER_COUNTED (64u << 20)

struct reader {
	struct reader_request from;
	uint64_t record;
	struct record_place place;
	const struct source *source;
	enum reader_mode mode;
	bool raw, meta;
	const char *note;             /* why it is not shown as it should be, or NULL */

	struct item item;             /* when it is small enough to be parsed */
	bool has_item;
	struct pager pager;
	struct sheet sheet;
	int sheet_columns;            /* it was laid out for, 0: not yet */
	size_t sheet_top;
	int rows;                     /* of text on the screen */

	char *typed;                  /* what is searched for, or NULL */
	struct pattern *pattern;
	struct matcher *matcher;
	bool searching, backward;
	uint64_t search_at;
	uint64_t hit;                 /* offset of the current one, UINT64_MAX none */
	bool counting;                /* how many there are, in the background */
	uint64_t hits, count_at;
	bool seeking_end;
	uint64_t seek_at;
	struct error failed;
};

/* reader_load.c: what to show of the record under the list's cursor. */
void reader_load(struct app *app, struct reader *r);
/* reader_draw.c */
void reader_draw(struct app *app, struct screen *s, struct rect area);
void reader_title(struct app *app, struct screen *s, struct buf *out);
void reader_status(struct app *app, struct screen *s, struct buf *out);
/* reader_search.c */
int reader_set_pattern(struct reader *r, const char *typed, struct error *err); /* "" or NULL: none */
void reader_count_anew(struct reader *r); /* the text or the pattern is another one */
void reader_do_search(struct app *app, struct screen *s, const char *argument);
void reader_do_next_hit(struct app *app, struct screen *s, const char *argument);
void reader_do_previous_hit(struct app *app, struct screen *s, const char *argument);
bool reader_idle(struct app *app, struct screen *s);

#endif
