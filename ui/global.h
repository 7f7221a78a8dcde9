/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The actions every screen has.
 */
#ifndef TAMIS_UI_GLOBAL_H
#define TAMIS_UI_GLOBAL_H

#include "ui/screen.h"

extern const struct action_handler global_handlers[];

#endif
