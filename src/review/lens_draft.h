/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is shown of an instruction pair that a run made: the judge's scores, the gates, the rewritten response and the source it
 * was made from.  Each draws nothing for items that have none. 
 */
#ifndef TAMIS_REVIEW_LENS_DRAFT_H
#define TAMIS_REVIEW_LENS_DRAFT_H

#include "review/lens_parts.h"

/* "judge 3.8  swapped 2.1: they disagree …" and the judge's reason; gates that failed or warn, each with value and threshold; how a
 * reply that could not be used ended. */
void lens_scores(struct sheet *out, const struct item *item, const struct lens_view *view);
/* The second response: as a word diff against the first, or (`in_place`) whole; numbers, dates and names that only one of the
 * two has are listed, in place marked too. */
void lens_rewritten(struct sheet *out, const struct item *item, const struct lens_view *view, bool in_place);
/* The path of headings, the text before and after, and the segment itself where it is not the response. */
void lens_source(struct sheet *out, const struct item *item, const struct lens_view *view);

/* The rewritten response; empty where there is none. */
struct span draft_rewritten(const struct item *item);

#endif
