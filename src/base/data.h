/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files of share/: key maps, themes, lists of reasons.  The shipped ones are in $TAMIS_DATADIR, else in share/ beside or above the
 * executable when it runs from a build folder, else where `make install` put them.  The user's are in
 * $XDG_CONFIG_HOME/tamis (~/.config/tamis).  A name never holds a '/'.
 */
#ifndef TAMIS_BASE_DATA_H
#define TAMIS_BASE_DATA_H

#include "base/buf.h"

/* Path of KIND/NAME, or NULL when there is no such file.  The caller frees. */
char *data_path_shipped(const char *kind, const char *name);
char *data_path_own(const char *kind, const char *name);
/* Names of both, sorted, joined with ", ". */
void data_names(const char *kind, struct buf *out);
/* Where message catalogues are: $TAMIS_LOCALEDIR, locale/ beside the executable in a build folder, else `installed`.  The caller frees. */
char *data_locale_folder(const char *installed);
/* $XDG_STATE_HOME/tamis (~/.local/state/tamis); not made.  The caller frees; NULL when there is no home. */
char *data_state_folder(void);

#endif
