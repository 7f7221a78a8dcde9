/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Foreign names in Chinese: written with a few hundred characters that stand for sounds.  A run of them is one word, and its
 * consonants are compared with those of names in the Latin alphabet (德法多: d f d; Delfador: d l f d r).
 */
#ifndef TAMIS_BITEXT_NAMES_H
#define TAMIS_BITEXT_NAMES_H

#include "bitext/links.h"

/* Whether the character serves to spell foreign names. */
bool name_letter(int32_t cp);

/* How alike a Latin name (lower case) and a run of such characters sound, 0..1; 0 with fewer than two consonants. */
double name_likeness(struct span latin, struct span han);

/* Links between capitalised words of one side and Han names of the other, where neither has a link in `l`. */
void links_add_names(struct link_list *l, const struct side *a, const struct side *b);

#endif
