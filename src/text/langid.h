/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Language identification, fast enough for every record of an import (about a microsecond), good enough to filter by.
 * A language is a small stable number (stored in indexes: append only) with an ISO 639-1 or -3 code.
 */
#ifndef TAMIS_TEXT_LANGID_H
#define TAMIS_TEXT_LANGID_H

#include <stdint.h>

#include "base/buf.h"

#define LANG_UNKNOWN 0

const char *lang_code(uint8_t lang);        /* "en", "zh"; "und" for LANG_UNKNOWN */
const char *lang_iso3(uint8_t lang);        /* "eng", "zho" */
uint8_t lang_from_code(struct span code);   /* also "en-US", "zho", "eng_Latn"; LANG_UNKNOWN when not known */

/* Guesses from up to the first 512 bytes of `text`.  `*confidence` (may be NULL) in 0..1.  Thread-safe. */
uint8_t lang_guess(struct span text, float *confidence);

#endif
