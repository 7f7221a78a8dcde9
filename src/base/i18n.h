/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every text a person sees goes through _() (or N_() in a const table, then _() where it is shown).
 */
#ifndef TAMIS_BASE_I18N_H
#define TAMIS_BASE_I18N_H

#include <libintl.h>

#define _(text) gettext(text)
#define N_(text) (text)
/* Plural forms: PL_("%zu item", "%zu items", n). */
#define PL_(one, many, n) ngettext(one, many, (unsigned long)(n))

#endif
