/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A folder with files to browse, made anew for each test program, and tamis started on them.
 *
 * shelf.jsonl: 60 documents, "Document N begins here. …" with score N/100; every third is Chinese; number 7 says "needle"; number 9
 * holds control sequences.  long.jsonl: one document whose line is 8 MB, "needle" near its end.  pairs.tsv and qa.jsonl: bitext
 * pairs and instructions.
 */
#ifndef TAMIS_TESTS_SCREEN_SHELF_H
#define TAMIS_TESTS_SCREEN_SHELF_H

#include "vt.h"

int shelf_make(void **state);
int shelf_clean(void **state);
/* Path of a file in the folder; valid until the next call. */
const char *shelf_path(const char *name);
/* Writes a file there. */
void shelf_write(const char *name, const char *text);

/* A new workspace each time, opened on one of the files (NULL: on none), once its first row is on the screen. */
struct vt *shelf_open(const char *file, int rows, int cols, const char *const env[]);
/* The same workspace as last time. */
struct vt *shelf_again(int rows, int cols, const char *const env[], const char *option, const char *value);
/* Q, and everything as it was. */
void shelf_leave(struct vt *vt);

#endif
