/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tab-separated lines; see tabbed.h. */
#include "formats/tabbed.h"

#include <errno.h>
#include <stdlib.h>

#include "base/i18n.h"

int line_next(struct line_reader *r, struct error *err)
{
	for (;;) {
		ssize_t got = getline(&r->line, &r->cap, r->in);

		if (got < 0) {
			if (ferror(r->in))
				return error_errno(err, TAMIS_EIO, errno, _("standard input can't be read"));
			return 0;
		}
		r->number++;
		r->at = r->next;
		r->next += (uint64_t)got;
		r->text = span_make(r->line, (size_t)got);
		while (r->text.len && (r->line[r->text.len - 1] == '\n' || r->line[r->text.len - 1] == '\r'))
			r->text.len--;
		if (r->text.len)
			break;
	}
	r->n_fields = 0;
	for (struct span rest = r->text; r->n_fields < FIELDS_MAX;) {
		const char *tab = memchr(rest.p, '\t', rest.len);
		size_t n = tab ? (size_t)(tab - rest.p) : rest.len;

		r->field[r->n_fields++] = span_make(rest.p, n);
		if (tab == NULL)
			break;
		rest = span_make(tab + 1, rest.len - n - 1);
	}
	return 1;
}

void line_free(struct line_reader *r)
{
	free(r->line);
}

int line_wrong(const struct line_reader *r, const char *wanted, struct error *err)
{
	return error_set(err, TAMIS_EPARSE, _("line %llu: expected %s"), (unsigned long long)r->number, wanted);
}

bool field_number(uint64_t *out, struct span field, unsigned base)
{
	char text[24], *end;

	if (field.len == 0 || field.len >= sizeof text)
		return false;
	memcpy(text, field.p, field.len);
	text[field.len] = '\0';
	*out = strtoull(text, &end, (int)base);
	return *end == '\0' && *text != '-' && *text != '+' && *text != ' ';
}

int stage_end(FILE *out, struct error *err)
{
	if (fflush(out) != 0 || ferror(out))
		return error_errno(err, TAMIS_EIO, errno, _("standard output can't be written"));
	return 0;
}
