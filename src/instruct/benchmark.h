/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Is a text in a benchmark the curator means to evaluate with?  Runs of 13 words, as in Brown et al. 2020 (appendix C): words are
 * terms (terms.h), so case, punctuation and endings don't hide a copy; Han characters count by pairs.  A record with 8 to 12 words
 * is looked for as a whole; shorter ones say nothing.
 *
 * The file is JSON, JSON Lines (every string in it is text) or plain text (paragraphs).
 */
#ifndef TAMIS_INSTRUCT_BENCHMARK_H
#define TAMIS_INSTRUCT_BENCHMARK_H

#include "base/error.h"
#include "instruct/terms.h"

#define BENCHMARK_GRAM 13u
#define BENCHMARK_LEAST 8u

struct benchmark;

/* TAMIS_EIO, TAMIS_ELIMIT over 256 MB, TAMIS_EPARSE when not one run of words is in it. */
int benchmark_open(struct benchmark **out, const char *path, struct error *err);
void benchmark_close(struct benchmark *b);
/* Runs of words known. */
size_t benchmark_grams(const struct benchmark *b);
/* How many of the text's runs of words are in the benchmark; `*at`, `*len` (may be NULL) the bytes of the first. */
unsigned benchmark_hits(const struct benchmark *b, const struct term_list *terms, size_t *at, size_t *len);

#endif
