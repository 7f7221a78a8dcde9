/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Verdicts on samples: the files of one weakly connected group are one sample, and are decided together as one step. */
#include "config.h"

#include "base/i18n.h"
#include "ui/order_inside.h"
#include "ui/verdicts.h"

static void decide(struct app *app, struct screen *s, enum verdict verdict)
{
	struct order_state *o = s->state;
	VEC(struct decision) decisions = { 0 };
	uint32_t here;

	if (!order_file_here(o, &here)) {
		app_say(app, STYLE_WARNING, _("Verdicts are given in the list of files; Tab goes there."));
		return;
	}
	for (uint32_t i = 0; i < o->n_shown; i++) {
		uint32_t file = o->shown[i];

		if (o->work->order.group[file] != o->work->order.group[here])
			continue;
		vec_push(&decisions, (struct decision){
			.key = order_item_key(o->work, file),
			.kind = KIND_ORDER,
			.fields = DECISION_VERDICT,
			.verdict = verdict,
		});
	}
	verdicts_submit(app, decisions.v, decisions.n, verdict);
	app_say(app, verdict_style(verdict), PL_("%s: a sample of %zu file", "%s: a sample of %zu files", decisions.n),
		_(verdict_name(verdict)), decisions.n);
	vec_free(&decisions);
}

void order_do_accept(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	decide(app, s, VERDICT_ACCEPT);
}

void order_do_reject(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	decide(app, s, VERDICT_REJECT);
}

void order_do_skip(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	decide(app, s, VERDICT_SKIP);
}

void order_do_flag(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	decide(app, s, VERDICT_FLAG);
}

void order_do_undecide(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	decide(app, s, VERDICT_NONE);
}
