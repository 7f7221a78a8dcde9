/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Framers from the inside.  The core (framer.c) owns a window of content bytes, moves it along the stream,
 * counts lines and hashes what is too long to hold; a cutter (cutters.c, one per way of dividing content)
 * only says where records begin and end.  Internal to formats/.
 */
#ifndef TAMIS_FORMATS_FRAMER_H
#define TAMIS_FORMATS_FRAMER_H

#include "base/json_kernel.h"
#include "formats/reader.h"

struct framer;

enum cut {
	CUT_MORE,  /* nothing decided: needs bytes after the window; bytes from `scan` on are kept for it */
	CUT_BEGIN, /* a record begins at `mark` */
	CUT_END,   /* the record ends before `mark`; `scan` is where to go on */
	CUT_BROKEN,/* what follows can't be divided; `reason` says why */
};

struct cutter {
	/* Looks at bytes [scan, have) and moves `scan`. */
	enum cut (*step)(struct framer *f);
	/* At the end of the content with all bytes seen, inside a record: where it ends (sets `mark`). NULL:
	 * at `have`. */
	enum cut (*finish)(struct framer *f);
	/* A whole record that is to be skipped silently; NULL: none. */
	bool (*skip)(const struct framer *f, struct span record);
	bool by_line; /* between records the window keeps what follows `line_begin` */
	bool one_line; /* a record holds no line end but the one after it */
};

struct framer {
	const struct shape *shape;
	const struct cutter *cutter;
	size_t limit;

	char *window;
	size_t cap, have;
	size_t chunk;     /* how much to ask of the stream next */
	size_t scan;      /* first byte no cutter has looked at */
	size_t mark;
	uint64_t base;    /* content offset of window[0] */
	bool eof;
	bool inside;      /* in a record, which began at `begin` */
	size_t begin;
	uint64_t begin_at, begin_line;
	const char *reason;

	size_t line_at;   /* window index up to which newlines are counted in `line` */
	uint64_t line;

	bool is_long;     /* the record's bytes before `hashed` are gone */
	size_t hashed;
	struct hash128_state *hash;
	char sample[512];
	size_t sample_len;

	uint64_t position, position_line;
	uint32_t skip_rows; /* comments and the header of a table */

	/* the cutters' own */
	json_plain_fn plain;
	unsigned depth;      /* JSON: open brackets */
	bool in_string;      /* JSON: within a string; CSV: within quotes */
	bool in_array;       /* JSON: the outer [ has been seen */
	bool closed;         /* JSON: and its ] */
	bool resumed;        /* JSON: began in the middle; whether in an array is not known */
	bool scalar;         /* JSON: the value is no container */
	bool cell_start;     /* CSV: a quote here opens a quoted cell */
	bool suspect;        /* CSV: a cell over several lines whose closing quote is followed by something else */
	size_t cells;        /* CSV: of the row, so far */
	uint64_t quote_at;   /* CSV: content offset of the quote that opened this cell */
	bool spans;          /* CSV: a cell of this row goes over several lines … */
	uint64_t span_at;    /* … and the first of them was opened here */
	bool nonblank;       /* lines: this line holds something */
	uint64_t line_begin; /* paragraphs, PO: content offset of the line begun */
	uint64_t text_end;   /* … of the end of the last line that holds something */
	bool translated;     /* PO: msgstr was seen */
	bool comment;        /* TMX: within <!-- --> */
	bool in_tag;         /* TMX: within <tu … > */
};

const struct cutter *cutter_for(const struct shape *shape);

#endif
