/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers as people read them, wherever a sentence is made.
 */
#ifndef TAMIS_BASE_WORDS_H
#define TAMIS_BASE_WORDS_H

#include <stdint.h>

void words_count(char out[32], uint64_t n); /* "1,260,000" */

#endif
