/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One item asked about again: another draft of its instruction, its score as it stands now, or its response rewritten.  The question
 * is a row like those of a run and belongs to the item's run; the item itself is left alone: what came is the caller's to use.
 *
 * A draft or a rewriting known already is not taken: each call is another sample (the seed goes on).  A score that is known, of the
 * very same texts, is.
 */
#ifndef TAMIS_JOBS_ASK_ITEM_H
#define TAMIS_JOBS_ASK_ITEM_H

#include "instruct/judge.h"
#include "jobs/asker.h"

enum item_task { ITEM_DRAFT, ITEM_JUDGE, ITEM_REWRITE, ITEM_TASKS };
const char *item_task_name(enum item_task t); /* "draft" "judge" "rewrite" */

struct item_question {
	enum item_task task;
	int64_t run;                 /* the item's */
	const char *endpoint, *model, *key;
	enum draft_type type;        /* of the item */
	struct prompt_fields fields; /* text: the segment; instruction, input, response as they are now */
};

struct item_answer {
	struct buf instruction, response; /* of a draft both when the text is its input; of a rewriting the response */
	struct judgement judgement;
	int64_t tokens;
};

void item_answer_init(struct item_answer *a);
void item_answer_free(struct item_answer *a);
/* TAMIS_EREMOTE when the service failed or none of three replies could be used, with the reason. */
int ask_item(struct item_answer *out, struct job *job, struct store *s, const struct item_question *q, struct error *err);

#endif
