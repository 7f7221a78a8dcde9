/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Filters: `lang=zh verdict=none score>=0.5 text~colou?r`.  Terms are joined by "and"; a term is KEY OP VALUE, or a bare
 * /REGEX/ over the record's text, or !TERM.  Keys: kind corpus lang verdict reason note annotator score bytes text id url, any
 * role name, or meta.NAME.  Operators: = != ~ (PCRE2) !~ < <= > >=.  Values may be quoted.  Terms over the index (lang, verdict,
 * score, bytes) are tried before any record is read; a pure literal is looked for in raw bytes first when that is sound.
 */
#ifndef TAMIS_REVIEW_FILTER_H
#define TAMIS_REVIEW_FILTER_H

#include "review/item.h"

struct filter;
/* Errors say which term and what is wrong with it; TAMIS_EUSAGE. An empty text matches all. */
int filter_parse(struct filter **out, const char *text, struct error *err);
void filter_free(struct filter *f);
bool filter_needs_text(const struct filter *f);

/* Streams the refs that match, in order, in blocks, to `hit` on the calling thread.  `refs` NULL: every record of `view`. */
typedef void (*filter_hits_fn)(void *ctx, const item_ref *refs, size_t n, uint64_t scanned);
int filter_scan(const struct filter *f, struct store *s, struct corpus_view *view, const item_ref *refs, size_t n_refs,
		const atomic_bool *cancel, filter_hits_fn hit, void *ctx, struct error *err);

#endif
