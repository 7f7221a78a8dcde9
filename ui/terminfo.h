/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What terminfo says about a terminal type.  Apart from terminal.c because <term.h> defines macros with everyday names.
 */
#ifndef TAMIS_UI_TERMINFO_H
#define TAMIS_UI_TERMINFO_H

#include <stdbool.h>

#include "base/buf.h"

enum terminfo_type { TERMINFO_UNKNOWN, TERMINFO_NO_CURSOR, TERMINFO_GOOD };
enum terminfo_type terminfo_check(const char *type, int fd);
/* The terminal in use: what ends full-screen work and resets attributes and cursor, without padding. */
void terminfo_restore_string(struct buf *out);

#endif
