/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cutters that live in files of their own.  Internal to formats/.
 */
#ifndef TAMIS_FORMATS_CUTTERS_H
#define TAMIS_FORMATS_CUTTERS_H

#include "formats/framer.h"

extern const struct cutter cutter_tmx; /* <tu> elements: cut_tmx.c */
extern const struct cutter cutter_po;  /* catalogue entries: cut_po.c */

#endif
