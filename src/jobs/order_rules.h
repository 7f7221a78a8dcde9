/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a curator decided about one repository's order: aliases of names that could not be resolved, links that must hold, links
 * that are left out, kinds of links switched off.  Kept as a setting of the workspace under the tree's real path; the screen changes
 * it, every later order of the same tree follows it.
 */
#ifndef TAMIS_JOBS_ORDER_RULES_H
#define TAMIS_JOBS_ORDER_RULES_H

#include "codeorder/resolve.h"
#include "store/store.h"

enum order_rule_kind { ORDER_ALIAS, ORDER_HOLD, ORDER_DROP };

struct order_rule {
	enum order_rule_kind kind;
	char *from;   /* ALIAS: the name; else the user's path */
	char *to;     /* ALIAS: the file it means; else the dependency's path */
};

struct order_rules {
	VEC(struct order_rule) list;
	unsigned kinds_off;
	char *key;    /* of the setting */
};

/* Reads the rules of the tree at `root`; none when `s` is NULL or nothing was kept. A damaged setting is an error, not a loss. */
int order_rules_load(struct order_rules *out, struct store *s, const char *root, struct error *err);
int order_rules_save(const struct order_rules *rules, struct store *s, struct error *err);
void order_rules_free(struct order_rules *rules);

/* Adds the rule, or takes it away when it is there; a HOLD and a DROP of one link exclude each other. */
void order_rules_toggle(struct order_rules *rules, enum order_rule_kind kind, struct span from, struct span to);
/* The aliases for code_resolve(); the caller frees the array, its spans live as long as the rules. */
struct code_alias *order_rules_aliases(const struct order_rules *rules, size_t *n);
/* Marks the links of the graph that HOLD and DROP rules name. */
void order_rules_apply(const struct order_rules *rules, const struct code_repo *repo, struct code_graph *g);

#endif
