/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Personal data by its form: what can be told from the characters alone, checksums included.  Postal addresses are told by a street with a
 * number and a postcode with its town (English, German, French, Spanish, Italian, Dutch and Scandinavian ways; Chinese and Japanese
 * ones), names only where they stand right before an address, a telephone number or an e-mail address: elsewhere a name is mostly
 * somebody's whom the text is about.
 *
 * What is reserved for examples is left alone: example.org, 555-01xx, 192.0.2.0/24, private and loopback addresses; and what is nobody's in
 * particular: mailboxes of offices and lists (info@, bug-make@, …-subscribe@), numbers of messages, addresses of organisations.
 * Four small numbers with dots are taken for a version.
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
	PERSONAL_ADDRESS, /* postal */
	PERSONAL_NAME,    /* beside one of the above */
	PERSONALS
};

const char *personal_name(enum personal p); /* "e-mail" "phone" "card" "iban" "ip" "cn-id" "address" "name" */

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
