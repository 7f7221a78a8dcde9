/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Items on standard output. */
#include "config.h"

#include "cli/print.h"

#include <math.h>

#include "base/i18n.h"
#include "text/langid.h"

const char *print_verdict(enum verdict verdict)
{
	return verdict == VERDICT_NONE ? "-" : verdict_name(verdict);
}

void print_sheet(struct cli *cli, const struct sheet *sheet)
{
	struct buf line = BUF_INIT;

	vec_each(&sheet->lines, i) {
		const struct sheet_line *l = &sheet->lines.v[i];

		buf_clear(&line);
		for (uint32_t p = l->first; p < l->first + l->n; p++)
			buf_adds(&line, sheet->pieces.v[p].text);
		while (line.len && line.p[line.len - 1] == ' ')
			buf_truncate(&line, line.len - 1);
		buf_addc(&line, '\n');
		if (!cli_put(cli, buf_span(&line)))
			break;
	}
	buf_free(&line);
}

void print_head(struct buf *out, const struct item *item, int columns)
{
	struct sheet sheet = { 0 };

	lens_head(&sheet, item, columns);
	vec_each(&sheet.pieces, i)
		buf_adds(out, sheet.pieces.v[i].text);
	sheet_free(&sheet);
}

static void put_heading(struct cli *cli, const struct item *item)
{
	char ref[32];

	item_ref_format(ref, item->ref);
	cli_putf(cli, "%s  %s", ref, item_kind_name(item->kind));
	if (item->corpus[0])
		cli_putf(cli, "  %s", item->corpus);
	if (item->run)
		cli_putf(cli, _("  run %lld"), (long long)item->run);
	if (item->lang != LANG_UNKNOWN)
		cli_putf(cli, "  %s", lang_code(item->lang));
	cli_putf(cli, _("  %llu bytes"), (unsigned long long)item->size);
	if (!isnan(item->score))
		cli_putf(cli, _("  score %.4g"), item->score);
	cli_putf(cli, _("  verdict %s\n"), print_verdict(item->state.verdict));
	if (item->state.note)
		cli_putf(cli, _("note: %s\n"), item->state.note);
}

static void put_fields(struct cli *cli, const struct item *item, bool meta)
{
	for (size_t i = 0; i < item->record.n_fields; i++) {
		const struct field *f = &item->record.fields[i];
		struct span value = f->role == ROLE_META ? f->value : item_text(item, f->role);

		if (f->role == ROLE_META && !meta && !item->run)
			continue;
		cli_put(cli, f->name.len ? f->name : span_of(role_name(f->role)));
		/* A text of several lines starts on a line of its own. */
		cli_puts(cli, memchr(value.p ? value.p : "", '\n', value.len) ? ":\n" : ": ");
		cli_put(cli, value);
		cli_puts(cli, "\n");
	}
}

void print_item(struct cli *cli, const struct item *item, bool meta)
{
	struct lens_view view = { .columns = cli->columns, .meta = meta };
	struct sheet sheet = { 0 };
	struct buf json = BUF_INIT;

	if (cli->json) {
		item_to_json(&json, item);
		buf_addc(&json, '\n');
		cli_put(cli, buf_span(&json));
		buf_free(&json);
		return;
	}
	if (cli->terminal) {
		lens_draw(&sheet, item, &view);
		print_sheet(cli, &sheet);
		sheet_free(&sheet);
	} else {
		put_heading(cli, item);
		put_fields(cli, item, meta);
	}
}
