/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names a person types, found in the workspace. */
#include "config.h"

#include "base/i18n.h"
#include "cli/suggest.h"
#include "cli/verb.h"

static int unknown_corpus(struct cli *cli, const char *name, struct error *err)
{
	struct corpus *all = NULL;
	struct suggest s;
	size_t n = 0;
	int r = store_corpus_list(cli->store, &all, &n, err);

	if (r != 0)
		return r;
	suggest_init(&s, name);
	for (size_t i = 0; i < n; i++)
		suggest_offer(&s, all[i].name);
	*err = (struct error){ 0 };
	if (s.nearest)
		r = error_set(err, TAMIS_ENOTFOUND, _("no corpus “%s” in %s; did you mean %s?"), name, cli->workspace, s.nearest);
	else
		r = error_set(err, TAMIS_ENOTFOUND, _("no corpus “%s” in %s; tamis ls corpora lists them"), name, cli->workspace);
	free(all);
	return r;
}

int cli_corpus(struct cli *cli, struct corpus *out, const char *name, struct error *err)
{
	int r = store_corpus_get(cli->store, out, name, err);

	return r == TAMIS_ENOTFOUND ? unknown_corpus(cli, name, err) : r;
}

int cli_corpus_or_only(struct cli *cli, struct corpus *out, const char *name, struct error *err)
{
	struct corpus *all = NULL;
	size_t n = 0;
	int r;

	if (name)
		return cli_corpus(cli, out, name, err);
	r = store_corpus_list(cli->store, &all, &n, err);
	if (r != 0)
		return r;
	if (n == 1)
		*out = all[0];
	else if (n == 0)
		r = error_set(err, TAMIS_ENOTFOUND, _("%s holds no corpus yet: tamis import FILE makes one"), cli->workspace);
	else
		r = error_set(err, TAMIS_EUSAGE, _("%s holds %zu corpora: name one (tamis ls corpora lists them)"),
			      cli->workspace, n);
	free(all);
	return r;
}

int cli_ref(item_ref *out, const char *word, struct error *err)
{
	*out = item_ref_parse(span_of(word));
	if (*out == ITEM_REF_NONE)
		return error_set(err, TAMIS_EUSAGE, _("“%s” is no id: records are SOURCE.NUMBER as in 1.20, items of a run a number"),
				 word);
	return 0;
}
