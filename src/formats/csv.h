/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows of separated values (RFC 4180, and tab-separated without quotes).  Internal to formats/.
 */
#ifndef TAMIS_FORMATS_CSV_H
#define TAMIS_FORMATS_CSV_H

#include "base/arena.h"
#include "base/vec.h"
#include "formats/shape.h"

struct cells { /* a VEC of borrowed spans */
	struct span *v;
	size_t n;
	size_t cap;
};

/* Splits one row (no line end) into cells, quotes taken off; those with doubled quotes are copied into
 * `arena`.  With `quoted`, false when a quote is not closed or something follows a closing one (the cells are
 * then as good as they can be). */
bool csv_split(struct cells *out, struct arena *arena, struct span row, char delimiter, bool quoted);

/* Cuts the first row off `rest`, without its line end; line ends inside quotes belong to the row. */
struct span csv_row(struct span *rest, char delimiter, bool quoted);

/* Where a table of `width` columns goes on after a quote that nobody closed.  `inside`: the lines it swallowed, from the one
 * after its own.  Returns the offset of the first line of the last stretch in which lines are rows again, inside.len
 * when there is none.  Lines of text in a cell are seldom rows of the right width; a few bad ones do not break a stretch; `least`: how many rows more than
 * three times the others make one. */
size_t csv_resume(struct span inside, char delimiter, size_t width, int64_t least);

/* Guesses delimiter, quoting and whether the first row is a header from the beginning of a file.  False when
 * this is no table: fewer than two columns, or more than a third of the rows of another width than most. `complete`:
 * `head` is the whole file.  `lenient`: somebody says that it is one; the first row alone says how wide, and one column
 * is enough when its name is known. */
bool csv_recognise(struct shape *out, struct span head, bool complete, char delimiter /* 0: any */, bool lenient);

#endif
