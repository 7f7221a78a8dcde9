/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A step of the tour: the machine's message catalogues are mined with their pairing hidden, and compared with the truth. */
#include "config.h"

#include <math.h>
#include <stdio.h>

#include "base/i18n.h"
#include "cli/demo.h"
#include "jobs/mine.h"

enum { MOST = 6000 };

struct hidden_job {
	const char *corpus;
	struct mine_score score;
	size_t lexicon, messages, sides;
	bool missing;             /* nothing to mine */
};

static int mine_hidden(struct job *job, struct store *s, void *arg, struct error *err)
{
	struct hidden_job *h = arg;
	struct mine_wish wish = MINE_WISH_DEFAULT;
	struct mine_work w;
	int rc = mine_work_hidden(&w, &h->score, &wish, h->corpus, MOST, s, job, err);

	h->missing = rc == TAMIS_ENOTFOUND || rc == TAMIS_EUSAGE;
	if (rc == 0) {
		h->lexicon = w.lexicon.entries.n;
		h->messages = w.messages;
		h->sides = w.source.text.n;
		rc = mine_work_save(&w, &wish, s, job, err);
		mine_work_free(&w);
	}
	return h->missing ? 0 : rc;
}

int demo_mine(struct demo *demo, struct demo_result *out, struct error *err)
{
	struct hidden_job h = { .corpus = demo->bitext };
	int rc = 0;

	out->unit = N_("pairs");
	if (demo->bitext[0])
		rc = job_run(demo->cli->ws, _("mining messages with their pairing hidden"), mine_hidden, &h,
			     demo->cli->quiet || demo->cli->json, err);
	if (rc)
		return rc;
	if (!demo->bitext[0] || h.missing) {
		out->skipped = true;
		snprintf(out->what, sizeof out->what, _("no pairs of sentences in two languages to hide and find again"));
		return 0;
	}
	out->count = h.score.right;
	snprintf(out->what, sizeof out->what,
		 _("true pairs found of %zu hidden among %zu sentences a side: precision %.2f, recall %.2f (dictionaries: %zu entries, other "
		   "messages: %zu)"),
		 h.score.gold, h.sides, h.score.precision, h.score.recall, h.lexicon, h.messages);
	return 0;
}
