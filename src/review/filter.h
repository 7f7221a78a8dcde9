/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Filters: `lang=zh,en verdict=none score>=0.5 text~colou?r`.
 *
 * Terms are joined by blanks or the word `and`; a term is KEY OP VALUE, a bare /REGEX/ over the record's text, or either with a
 * `!` in front.  Operators: = != ~ !~ < <= > >= (`~` takes a PCRE2 pattern).  A value ends at a blank or is quoted, "…" or '…';
 * after = and != it may be a list with commas, any of which will do.
 *
 *   kind corpus lang verdict annotator     words: verdict=none,flag
 *   score bytes reason                     numbers: bytes>=10000 reason=2
 *   note                                   note~unsure  note="" (none)
 *   id                                     what the file calls it, or the reference tamis shows
 *   text                                   every content field, whatever the kind
 *   a role name                            instruction response source target url … (formats/record.h)
 *   meta.NAME                              any other field, by the file's name for it
 *
 * Terms are tried cheapest first: what the index knows (lang, score, bytes), then verdicts, then text.  Text means the
 * record as imported, before edits; chats are looked at as their JSON with escapes resolved.  Of a record over 8 MiB only the
 * beginning is looked at, as it stands.
 */
#ifndef TAMIS_REVIEW_FILTER_H
#define TAMIS_REVIEW_FILTER_H

#include "review/item.h"

struct filter;
/* Errors say which term and what is wrong with it; TAMIS_EUSAGE. An empty text matches all. */
int filter_parse(struct filter **out, const char *text, struct error *err);
void filter_free(struct filter *f);
bool filter_needs_text(const struct filter *f);
/* The first pattern over text, for marking what matched; NULL when there is none. */
const char *filter_pattern(const struct filter *f);

/* Streams the refs that match, in order, in blocks, to `hit` on the calling thread, whatever the number of threads.  `refs` NULL:
 * every record of `view`; else these, which may be records of `view` (may be NULL then: opened on demand) or runs' items.
 * `scanned` counts what has been looked at so far.  TAMIS_ECANCEL when *cancel became true: the hits so far stand. */
typedef void (*filter_hits_fn)(void *ctx, const item_ref *refs, size_t n, uint64_t scanned);
int filter_scan(const struct filter *f, struct store *s, struct corpus_view *view, const item_ref *refs, size_t n_refs,
		const atomic_bool *cancel, filter_hits_fn hit, void *ctx, struct error *err);

/* One item that is loaded already. */
bool filter_item(const struct filter *f, const struct item *item);

#endif
