/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A workspace with four small corpora (docs, long, pairs, prefs), fresh for each test, and the review screen on one of them.
 */
#ifndef TAMIS_TESTS_SCREEN_REVIEW_FIXTURE_H
#define TAMIS_TESTS_SCREEN_REVIEW_FIXTURE_H

#include "vt.h"

extern struct vt *vt; /* the terminal of the test that runs */

/* Of the group, and of each test. */
int review_prepare(void **state);
int review_clean(void **state);
int review_fresh(void **state);
int review_done(void **state);

void run(const char *arguments);         /* the program without a screen, on the workspace; must succeed */
void review(const char *corpus);         /* 24 x 80 */
void review_at(const char *corpus, int rows, int cols, const char *const env[]);
void start(const char *corpus, int rows, int cols, const char *const env[]); /* in any language */
void start_list(const char *corpus);     /* the list of corpora, with the cursor on the first */
void start_where(const char *corpus, const char *where);
void lose_cache(void);                   /* as when FILE was copied alone; nothing runs */
void types(const char *keys);
void sees(const char *text);             /* waits until it is on the screen */
void status(const char *text);           /* in the last row */
void on_disk(const char *text);          /* waits until it is in the workspace's log, as a killed program leaves it */
void leave(void);                        /* everything is on disk and the terminal as it was */
/* What the command line says of an item. */
void shown_by_show(const char *ref, const char *what);

#endif
