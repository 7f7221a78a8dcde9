/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Source code by its definitions, in whatever language: a line with deeper lines after it, the comment and the attributes
 * straight above, and what closes it, by indentation.  One that is longer than `most` characters gives way to the definitions inside
 * it.  What lies between definitions (imports, tables) is no segment.
 */
#ifndef TAMIS_INSTRUCT_CODE_H
#define TAMIS_INSTRUCT_CODE_H

#include "instruct/segment.h"

/* Looks like source code: definitions, and most lines read like statements. */
bool code_guess(struct span source);
/* Adds the segments: header the first line of the definition, path the ones around it, text the source as it is. */
void code_segments(struct segmentation *out, struct span source, size_t most);

#endif
