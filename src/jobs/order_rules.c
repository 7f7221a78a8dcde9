/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A curator's rules about one repository's order, as a JSON setting. */
#include "jobs/order_rules.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/json.h"

static const char *const kind_names[] = { "alias", "hold", "drop" };

static int read_rule(struct order_rules *out, const json_t *rule)
{
	const char *kind = json_string_value(json_array_get(rule, 0));
	const char *from = json_string_value(json_array_get(rule, 1)), *to = json_string_value(json_array_get(rule, 2));

	for (unsigned k = 0; k < 3 && kind && from && to; k++) {
		if (strcmp(kind, kind_names[k]) != 0)
			continue;
		vec_push(&out->list, (struct order_rule){ (enum order_rule_kind)k, xstrdup(from), xstrdup(to) });
		return 0;
	}
	return TAMIS_EPARSE;
}

int order_rules_load(struct order_rules *out, struct store *s, const char *root, struct error *err)
{
	char *real = realpath(root, NULL);
	struct buf value = BUF_INIT;
	json_t *setting, *rule;
	size_t i;
	int rc = 0;

	*out = (struct order_rules){ .key = xasprintf("order rules %s", real ? real : root) };
	free(real);
	if (s == NULL || store_setting_get(s, out->key, &value, NULL) < 0)
		goto done;
	setting = json_loadb(value.p, value.len, 0, NULL);
	out->kinds_off = (unsigned)json_integer_value(json_object_get(setting, "kinds_off"));
	json_array_foreach(json_object_get(setting, "rules"), i, rule)
		if (rc == 0)
			rc = read_rule(out, rule);
	if (setting == NULL || rc)
		rc = error_set(err, TAMIS_ESTORE, _("the setting “%s” is damaged; tamis fsck says more"), out->key);
	json_decref(setting);
done:
	buf_free(&value);
	if (rc)
		order_rules_free(out);
	return rc;
}

int order_rules_save(const struct order_rules *rules, struct store *s, struct error *err)
{
	struct buf out = BUF_INIT;
	int rc;

	buf_addc(&out, '{');
	json_put_int(&out, "kinds_off", (int64_t)rules->kinds_off);
	json_put_key(&out, "rules");
	buf_addc(&out, '[');
	vec_each(&rules->list, i) {
		const struct order_rule *rule = &rules->list.v[i];

		buf_addf(&out, "%s[\"%s\",", i ? "," : "", kind_names[rule->kind]);
		json_put_string(&out, span_of(rule->from));
		buf_addc(&out, ',');
		json_put_string(&out, span_of(rule->to));
		buf_addc(&out, ']');
	}
	buf_adds(&out, "]}");
	rc = store_setting_put(s, rules->key, buf_span(&out), err);
	buf_free(&out);
	return rc;
}

void order_rules_free(struct order_rules *rules)
{
	vec_each(&rules->list, i) {
		free(rules->list.v[i].from);
		free(rules->list.v[i].to);
	}
	vec_free(&rules->list);
	free(rules->key);
	*rules = (struct order_rules){ 0 };
}

/* Takes away the rule of this kind, or what excludes it; true when it was there itself. */
static bool take_away(struct order_rules *rules, enum order_rule_kind kind, struct span from, struct span to)
{
	bool was_there = false;
	size_t kept = 0;

	vec_each(&rules->list, i) {
		struct order_rule *rule = &rules->list.v[i];
		bool same = span_is(from, rule->from) && (kind == ORDER_ALIAS || span_is(to, rule->to)) &&
			    (rule->kind == ORDER_ALIAS) == (kind == ORDER_ALIAS);

		if (!same) {
			rules->list.v[kept++] = *rule;
			continue;
		}
		was_there |= rule->kind == kind && span_is(to, rule->to);
		free(rule->from);
		free(rule->to);
	}
	rules->list.n = kept;
	return was_there;
}

void order_rules_toggle(struct order_rules *rules, enum order_rule_kind kind, struct span from, struct span to)
{
	if (!take_away(rules, kind, from, to))
		vec_push(&rules->list, (struct order_rule){ kind, xstrndup(from.p, from.len), xstrndup(to.p, to.len) });
}

struct code_alias *order_rules_aliases(const struct order_rules *rules, size_t *n)
{
	struct code_alias *out = xcalloc(rules->list.n, sizeof *out);

	*n = 0;
	vec_each(&rules->list, i)
		if (rules->list.v[i].kind == ORDER_ALIAS)
			out[(*n)++] = (struct code_alias){ span_of(rules->list.v[i].from), span_of(rules->list.v[i].to) };
	return out;
}

static struct code_link *find_link(struct code_graph *g, uint32_t from, uint32_t to)
{
	for (uint32_t k = from < g->n ? g->first[from] : 0; from < g->n && k < g->first[from + 1]; k++)
		if (g->links.v[k].to == to)
			return &g->links.v[k];
	return NULL;
}

void order_rules_apply(const struct order_rules *rules, const struct code_repo *repo, struct code_graph *g)
{
	vec_each(&g->links, i)
		g->links.v[i].accepted = g->links.v[i].refused = false;
	vec_each(&rules->list, i) {
		const struct order_rule *rule = &rules->list.v[i];
		struct code_link *link;

		if (rule->kind == ORDER_ALIAS)
			continue;
		link = find_link(g, code_repo_find(repo, span_of(rule->from)), code_repo_find(repo, span_of(rule->to)));
		if (link && rule->kind == ORDER_HOLD)
			link->accepted = true;
		else if (link)
			link->refused = true;
	}
}
