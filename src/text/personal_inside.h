/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files that look for personal data share.  Private to src/text/personal*.c.
 */
#ifndef TAMIS_TEXT_PERSONAL_INSIDE_H
#define TAMIS_TEXT_PERSONAL_INSIDE_H

#include "text/personal.h"

/* Appends e-mail addresses: personal_mail.c. */
void personal_find_emails(struct personal_list *out, struct span text);
/* Appends postal addresses: personal_address.c. */
void personal_find_addresses(struct personal_list *out, struct span text);
/* Appends the names that stand right before a span there is: personal_address.c. */
void personal_find_names(struct personal_list *out, struct span text);

#endif
