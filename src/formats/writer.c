/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of writers and what they share. */
#include "formats/writer.h"

#include <errno.h>

#include "base/i18n.h"

static const struct writer_format *const formats[] = {
	&writer_jsonl, &writer_csv,      &writer_tsv, &writer_tmx,     &writer_moses, &writer_chat,
	&writer_alpaca, &writer_sharegpt, &writer_dpo, &writer_markdown, &writer_html,
};

const struct writer_format *writer_format_at(size_t i)
{
	return i < sizeof formats / sizeof *formats ? formats[i] : NULL;
}

const struct writer_format *writer_format_find(struct span name)
{
	const struct writer_format *f;

	for (size_t i = 0; (f = writer_format_at(i)) != NULL; i++)
		if (span_is(name, f->name))
			return f;
	return NULL;
}

bool writer_format_takes(const struct writer_format *f, enum item_kind kind)
{
	return (f->kinds >> kind & 1) != 0;
}

int writer_begin(struct writer *w, const struct writer_format *format, FILE *file, FILE *target,
		 enum item_kind kind, bool annotate, const char *source_lang, const char *target_lang,
		 struct error *err)
{
	*w = (struct writer){
		.format = format, .file = file, .target = target, .kind = kind, .annotate = annotate
	};
	buf_init(&w->line);
	if (!writer_format_takes(format, kind))
		return error_set(err, TAMIS_EUSAGE, _("the format %s can't hold items of the kind %s"),
				 format->name, item_kind_name(kind));
	if (format->two_files && target == NULL)
		return error_set(err, TAMIS_EUSAGE, _("the format %s needs two files"), format->name);
	snprintf(w->source_lang, sizeof w->source_lang, "%s", source_lang ? source_lang : "");
	snprintf(w->target_lang, sizeof w->target_lang, "%s", target_lang ? target_lang : "");
	if (format->begin)
		format->begin(w);
	return 0;
}

static int check(const struct writer *w, struct error *err)
{
	if (ferror(w->file) || (w->target && ferror(w->target)))
		return error_errno(err, TAMIS_EIO, errno, _("can't write the export"));
	return 0;
}

void writer_survey(struct writer *w, const struct export_item *item)
{
	if (w->format->survey)
		w->format->survey(w, item);
}

int writer_record(struct writer *w, const struct export_item *item, struct error *err)
{
	bool good;

	buf_clear(&w->line);
	good = w->format->record(w, item);
	if (good)
		w->written++;
	else
		w->left_out++;
	return check(w, err) < 0 ? TAMIS_EIO : good;
}

int writer_end(struct writer *w, struct error *err)
{
	if (w->format->end)
		w->format->end(w);
	buf_free(&w->line);
	if (fflush(w->file) != 0 || (w->target && fflush(w->target) != 0))
		return error_errno(err, TAMIS_EIO, errno, _("can't write the export"));
	return check(w, err);
}

bool export_is_edited(const struct export_item *item, enum role role)
{
	struct span ignored;

	return item->edited && item->edited(item->ctx, role, &ignored);
}

struct span export_original(const struct export_item *item, enum role role)
{
	return record_value(item->record, role);
}

struct span export_named(const struct export_item *item, const char *name)
{
	for (size_t i = 0; i < item->record->n_fields; i++)
		if (span_is(item->record->fields[i].name, name))
			return item->record->fields[i].value;
	return span_make("", 0);
}

struct span export_value(const struct export_item *item, enum role role)
{
	struct span value;

	if (item->edited && item->edited(item->ctx, role, &value))
		return value;
	return export_original(item, role);
}

bool export_is_turns(const struct export_item *item, enum role role)
{
	const struct field *f = record_field(item->record, role);

	return f && f->json && role >= ROLE_SYSTEM && role <= ROLE_REJECTED;
}
