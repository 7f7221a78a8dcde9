/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Personal data by its form: what can be told from the characters alone, checksums included.  Names and postal addresses can't, and are
 * not looked for.  What is reserved for examples is left alone: example.org, 555-01xx, 192.0.2.0/24, private and loopback addresses;
 * four small numbers with dots are taken for a version.
 */
#ifndef TAMIS_TEXT_PERSONAL_H
#define TAMIS_TEXT_PERSONAL_H

#include "base/buf.h"
#include "base/vec.h"

enum personal {
	PERSONAL_EMAIL,
	PERSONAL_PHONE,   /* +CC …, (NNN) NNN-NNNN, NNN-NNN-NNNN, Chinese mobile numbers */
	PERSONAL_CARD,    /* payment cards: issuer's prefix, length and Luhn's digit (ISO/IEC 7812-1) */
	PERSONAL_IBAN,    /* country's length and mod 97 (ISO 13616) */
	PERSONAL_IP,      /* public IPv4 and IPv6 addresses */
	PERSONAL_CN_ID,   /* Chinese resident identity numbers: date and check character (GB 11643) */
	PERSONALS
};

const char *personal_name(enum personal p); /* "e-mail" "phone" "card" "iban" "ip" "cn-id" */

struct personal_span {
	size_t at, len;
	enum personal what;
};

struct personal_list {
	VEC(struct personal_span) spans;
};

/* Replaces `out`: in the order of the text, none over another. */
void personal_find(struct personal_list *out, struct span text);

#endif
