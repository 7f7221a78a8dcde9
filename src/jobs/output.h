/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which files may be written for a person who named them.  What is there already is somebody's work: it stays, unless it is an
 * export of tamis that is still as it was written, or the person says that it may go.
 */
#ifndef TAMIS_JOBS_OUTPUT_H
#define TAMIS_JOBS_OUTPUT_H

#include "store/store.h"

/* 0 when `path` may be written: nothing is there, an empty file is, `manifest` (NULL: there is none) is one of tamis and lists it with
 * the size it has, or `force`.  TAMIS_EUSAGE, with what to do, for any other file, for what is no ordinary file, and, whatever
 * `force` says, for what store_guard() keeps (`s` may be NULL). */
int output_check(struct store *s, const char *path, const char *manifest, bool force, struct error *err);
/* The same for what comes with an export, which its manifest doesn't list (the manifest itself): it may go when there is a manifest of
 * tamis. */
int output_check_beside(struct store *s, const char *path, const char *manifest, bool force, struct error *err);

#endif
