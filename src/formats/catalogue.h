/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The header entry of a gettext catalogue (the translation of the empty string).  Internal to formats/.
 */
#ifndef TAMIS_FORMATS_CATALOGUE_H
#define TAMIS_FORMATS_CATALOGUE_H

#include "base/buf.h"

/* Value of "Name: value" in header text, trimmed; empty when it is not there. */
struct span catalogue_header(struct span text, const char *name);

/* The charset a header names, when it is one that must be converted; "" for UTF-8, ASCII and none. */
void catalogue_charset(char out[24], struct span header);

/* The header text of a .mo file in memory (it points into `file`); empty when there is none. */
struct span mo_header(struct span file);

/* True when `head` begins like a .mo file of either byte order. */
bool mo_sniff(struct span head);

#endif
