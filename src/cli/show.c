/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tamis show: one item whole. */
#include "config.h"

#include "base/i18n.h"
#include "cli/print.h"
#include "cli/verb.h"

const struct verb verb_show;

static const struct verb_option options[] = {
	{ .name = "raw", .letter = 'r', .help = N_("the record's original bytes and nothing else") },
	{ .name = "meta", .letter = 'm', .help = N_("the metadata as well") },
	{ .name = NULL },
};

static int put_raw(struct cli *cli, struct item_source *src, const struct item *item, struct error *err)
{
	struct corpus_view *view;
	uint64_t i;
	int r = 0;

	if (!item_ref_is_record(item->ref) || item->whole) {
		cli_put(cli, buf_span(&item->raw));
		return 0;
	}
	/* Larger than what is loaded whole: copied in pieces. */
	view = item_source_view(src, item_ref_source(item->ref), err);
	if (!view || !corpus_view_find(view, item->ref, &i))
		return err->code ? err->code : error_set(err, TAMIS_ENOTFOUND, _("the record is gone"));
	for (uint64_t at = 0; at < item->size && r == 0 && !cli->gone;) {
		struct buf piece = BUF_INIT;

		r = corpus_view_read(view, cli->store, i, at, (size_t)1 << 20, &piece, err);
		cli_put(cli, buf_span(&piece));
		at += piece.len;
		if (r == 0 && piece.len == 0)
			r = error_set(err, TAMIS_ECHANGED, _("the record ended early: its file has changed"));
		buf_free(&piece);
	}
	return r;
}

static int show_one(struct cli *cli, struct item_source *src, const char *word, const struct verb_args *args,
		    struct error *err)
{
	struct item item;
	item_ref ref;
	int r = cli_ref(&ref, word, err);

	if (r != 0)
		return r;
	item_init(&item);
	r = item_load(&item, src, ref, err);
	if (r == 0) {
		if (arg_flag(&verb_show, args, "raw")) {
			r = put_raw(cli, src, &item, err);
			if (args->n_words > 1)
				cli_puts(cli, "\n");
		} else {
			print_item(cli, &item, arg_flag(&verb_show, args, "meta"));
		}
	}
	item_free(&item);
	return r;
}

static int run(struct cli *cli, const struct verb_args *args, struct error *err)
{
	struct item_source *src;
	int r = cli_workspace_to_read(cli, err);

	if (r != 0)
		return r;
	src = item_source_new(cli->store);
	item_source_read_members(src);
	for (size_t i = 0; i < args->n_words && r == 0; i++) {
		if (i && !cli->json && !arg_flag(&verb_show, args, "raw"))
			cli_puts(cli, "\n");
		r = show_one(cli, src, args->words[i], args, err);
	}
	item_source_free(src);
	return r;
}

const struct verb verb_show = {
	.name = "show",
	.synopsis = "ID…",
	.help = N_("print items whole"),
	.options = options,
	.min_words = 1,
	.max_words = -1,
	.run = run,
	.more = N_("An id is what ls prints: SOURCE.NUMBER for a record of an imported file, a number for an item a run made. On a "
		   "terminal the item is drawn as on the screen; in a pipe each field follows its name, unchanged."),
};
