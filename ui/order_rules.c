/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the curator changes on the order screen: rules, kinds, windows, the order itself.  All is kept with the workspace at once. */
#include "config.h"

#include <stdlib.h>

#include "base/i18n.h"
#include "ui/order_inside.h"

/* Recomputes and keeps the rules. `names_changed`: imports are resolved anew. */
static void changed(struct app *app, struct order_state *o, bool names_changed)
{
	struct error err = { 0 };
	int rc = names_changed ? order_work_resolve(o->work, &o->request, &err) : order_work_again(o->work, &o->request, &err);

	if (rc == 0)
		rc = order_rules_save(&o->work->rules, app->store, &err);
	if (rc)
		app_fail(app, &err);
	if (o->compared.n) {
		struct code_order_options options = { .kind = o->compared_kind, .quick = true, .kinds_off = o->work->rules.kinds_off };

		code_order_free(&o->compared);
		code_order_make(&o->compared, &o->work->resolution.graph, &options);
	}
	order_refresh(o);
	app_dirty(app);
}

static void link_rule(struct app *app, struct screen *s, enum order_rule_kind kind, const char *said)
{
	struct order_state *o = s->state;
	const struct code_link *cut = order_cut_here(o);
	const struct code_repo *repo = &o->work->repo;

	if (cut == NULL) {
		app_say(app, STYLE_WARNING, _("Choose a link first: Tab shows the cut links."));
		return;
	}
	order_rules_toggle(&o->work->rules, kind, repo->files.v[cut->from].path, repo->files.v[cut->to].path);
	app_say(app, STYLE_TEXT, "%s", said);
	changed(app, o, false);
}

void order_do_hold(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	link_rule(app, s, ORDER_HOLD, _("This link is to hold: another of its cycle is cut."));
}

void order_do_drop(struct app *app, struct screen *s, const char *argument)
{
	struct order_state *o = s->state;
	const struct order_rule *rule = order_rule_here(o);

	(void)argument;
	if (rule) {
		enum order_rule_kind kind = rule->kind;
		char *from = xstrdup(rule->from), *to = xstrdup(rule->to); /* the rule's own go with it */

		order_rules_toggle(&o->work->rules, kind, span_of(from), span_of(to));
		free(from);
		free(to);
		app_say(app, STYLE_TEXT, _("The rule is taken back."));
		changed(app, o, kind == ORDER_ALIAS);
		return;
	}
	link_rule(app, s, ORDER_DROP, _("This link is left out of the order."));
}

static void alias_accepted(struct app *app, struct screen *s, const char *text)
{
	(void)s;
	if (text[0])
		app_do(app, ACTION_ALIAS, text);
}

static const struct prompt_type alias_prompt = {
	.label = N_("means"),
	.hint = N_("path of the file that this import means"),
	.accepted = alias_accepted,
};

void order_do_alias(struct app *app, struct screen *s, const char *argument)
{
	struct order_state *o = s->state;
	const struct code_unresolved *u = order_unresolved_here(o);
	const char *first;

	if (u == NULL) {
		app_say(app, STYLE_WARNING, _("Choose an unresolved import first: Tab shows them."));
		return;
	}
	first = u->candidates.n ? o->work->repo.files.v[u->candidates.v[0]].path.p : "";
	if (!argument[0]) {
		prompt_open(app, &alias_prompt, first);
		return;
	}
	if (code_repo_find(&o->work->repo, span_of(argument)) == CODE_NO_FILE) {
		app_say(app, STYLE_WARNING, _("%s is no file of this repository"), argument);
		return;
	}
	order_rules_toggle(&o->work->rules, ORDER_ALIAS, u->name, span_of(argument));
	changed(app, o, true);
}

static void kinds_accepted(struct app *app, struct screen *s, const char *text)
{
	(void)s;
	if (text[0])
		app_do(app, ACTION_KINDS, text);
}

static const struct prompt_type kinds_prompt = {
	.label = N_("kind of links"),
	.hint = N_("late conditional type reexport symbol pair test structure: on or off"),
	.accepted = kinds_accepted,
};

void order_do_kinds(struct app *app, struct screen *s, const char *argument)
{
	struct order_state *o = s->state;

	if (!argument[0]) {
		prompt_open(app, &kinds_prompt, "");
		return;
	}
	for (unsigned k = 0; k < EDGE_KINDS; k++) {
		if (strcmp(argument, code_edge_name((enum code_edge)k)) != 0)
			continue;
		o->work->rules.kinds_off ^= 1u << k;
		changed(app, o, false);
		return;
	}
	app_say(app, STYLE_WARNING, _("“%s” is no kind of link"), argument);
}

static void order_accepted(struct app *app, struct screen *s, const char *text)
{
	(void)s;
	if (text[0])
		app_do(app, ACTION_ORDER, text);
}

static const struct prompt_type order_prompt = { .label = N_("order"), .hint = N_("deps users path random deepseek"),
						 .accepted = order_accepted };

void order_do_order(struct app *app, struct screen *s, const char *argument)
{
	struct order_state *o = s->state;

	if (!argument[0])
		prompt_open(app, &order_prompt, "");
	else if (code_order_kind_from_name(&o->request.options.kind, span_of(argument)))
		app_say(app, STYLE_WARNING, _("“%s” is no order; deps, users, path, random and deepseek are"), argument);
	else
		changed(app, o, false);
}

static void budget_accepted(struct app *app, struct screen *s, const char *text)
{
	(void)s;
	if (text[0])
		app_do(app, ACTION_BUDGET, text);
}

static const struct prompt_type budget_prompt = { .label = N_("tokens of a window"), .accepted = budget_accepted };

void order_do_budget(struct app *app, struct screen *s, const char *argument)
{
	struct order_state *o = s->state;
	long long tokens;

	if (!argument[0]) {
		prompt_open(app, &budget_prompt, "");
		return;
	}
	tokens = atoll(argument);
	if (tokens < 256 || tokens > 1 << 30) {
		app_say(app, STYLE_WARNING, _("a window holds 256 to 1073741824 tokens"));
		return;
	}
	o->request.budget = (uint64_t)tokens;
	changed(app, o, false);
}

void order_do_bundle(struct app *app, struct screen *s, const char *argument)
{
	struct order_state *o = s->state;

	(void)argument;
	o->request.bundle = !o->request.bundle;
	changed(app, o, false);
}

static void compare_accepted(struct app *app, struct screen *s, const char *text)
{
	(void)s;
	if (text[0])
		app_do(app, ACTION_COMPARE, text);
}

static const struct prompt_type compare_prompt = { .label = N_("compare with"), .hint = N_("deps users path random deepseek, or none"),
						   .accepted = compare_accepted };

void order_do_compare(struct app *app, struct screen *s, const char *argument)
{
	struct order_state *o = s->state;
	struct code_order_options options = { .quick = true, .kinds_off = o->work->rules.kinds_off };

	if (!argument[0]) {
		prompt_open(app, &compare_prompt, "");
		return;
	}
	app_dirty(app);
	code_order_free(&o->compared);
	if (strcmp(argument, "none") == 0)
		return;
	if (code_order_kind_from_name(&options.kind, span_of(argument))) {
		app_say(app, STYLE_WARNING, _("“%s” is no order; deps, users, path, random and deepseek are"), argument);
		return;
	}
	o->compared_kind = options.kind;
	code_order_make(&o->compared, &o->work->resolution.graph, &options);
}
