/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Regular expressions (PCRE2 with JIT), safe to let a person type: invalid ones are reported with the position, matching has limits
 * on steps and memory, so that no pattern hangs the program, and malformed UTF-8 in a subject simply never matches.  Case matters
 * unless the pattern says (?i); \w, \d and \b know Unicode.  A compiled pattern may be shared between threads; each
 * thread matches with its own matcher.
 */
#ifndef TAMIS_TEXT_PATTERN_H
#define TAMIS_TEXT_PATTERN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

struct pattern;

/* TAMIS_EUSAGE: "at character 5: missing closing parenthesis".  Settings that start a pattern, (*…), are refused: they could
 * switch off what keeps matching safe. */
int pattern_compile(struct pattern **out, struct span text, struct error *err);
void pattern_free(struct pattern *p);
/* What PCRE2's error `code` means, translated where people meet it. */
void pattern_fault(char out[160], int code);

/* For looking into JSON before it is decoded.  True when every text that matches is made of characters that JSON's short escapes
 * (\n \" \\ \/ …) never stand for and no assertion looks at its neighbours: then a string value without \u escapes
 * that doesn't match as it stands can't match after decoding. */
bool pattern_raw_safe(const struct pattern *p);

/* Bytes that are in every text that matches, made of such characters; empty when there are none to be found.  Where they are not, and
 * no \u escapes, nothing matches, however the rest of the pattern looks. */
struct span pattern_needle(const struct pattern *p);

struct matcher;
struct matcher *matcher_new(const struct pattern *p); /* `p` must outlive it */
void matcher_free(struct matcher *m);

/* Finds the first match that starts at `from` or later: 1 with [*start, *end), 0 when there is none, TAMIS_ELIMIT when a limit was
 * hit.  Bytes before `from` are seen by assertions. */
int matcher_find(struct matcher *m, struct span subject, size_t from, size_t *start, size_t *end);

#endif
