/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of reasons. */
#include "config.h"

#include "review/reasons.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/data.h"
#include "base/fs.h"
#include "base/i18n.h"
#include "base/utf8.h"

#define FILE_LIMIT 65536

static void add_line(struct reasons *out, struct span line)
{
	size_t len;

	line = span_trim(line);
	if (line.len == 0 || line.p[0] == '#' || out->n == REASONS_MAX)
		return;
	len = line.len;
	if (len >= sizeof out->text[0])
		len = utf8_floor(line, sizeof out->text[0] - 1);
	memcpy(out->text[out->n], line.p, len);
	out->text[out->n++][len] = '\0';
}

void reasons_load(struct reasons *out, const char *list)
{
	char *path = list ? data_path_own("reasons", list) : NULL;
	struct buf text = BUF_INIT;
	struct span rest;

	memset(out, 0, sizeof *out);
	if (list && !path)
		path = data_path_shipped("reasons", list);
	if (path && fs_read_all(&text, path, FILE_LIMIT, NULL) == 0 && utf8_valid(buf_span(&text), NULL)) {
		rest = buf_span(&text);
		while (rest.len)
			add_line(out, span_line(&rest));
	}
	buf_free(&text);
	free(path);
}

static bool number_bit(struct span word, uint32_t *bit)
{
	unsigned n = 0;

	for (size_t i = 0; i < word.len; i++) {
		if (word.p[i] < '0' || word.p[i] > '9' || n > REASONS_MAX)
			return false;
		n = 10 * n + (unsigned)(word.p[i] - '0');
	}
	if (n < 1 || n > REASONS_MAX)
		return false;
	*bit = (uint32_t)1 << (n - 1);
	return true;
}

bool reasons_bit(const struct reasons *r, struct span word, uint32_t *bit)
{
	size_t found = 0, which = 0;

	if (word.len == 0)
		return false;
	if (number_bit(word, bit))
		return true;
	for (size_t i = 0; i < r->n; i++) {
		if (strncasecmp(r->text[i], word.p, word.len) != 0)
			continue;
		if (r->text[i][word.len] == '\0') { /* the whole of it: no doubt */
			*bit = (uint32_t)1 << i;
			return true;
		}
		found++;
		which = i;
	}
	if (found == 1)
		*bit = (uint32_t)1 << which;
	return found == 1;
}

void reasons_words(struct buf *out, const struct reasons *r, uint32_t bits)
{
	size_t start = out->len;

	for (unsigned i = 0; i < REASONS_MAX; i++) {
		if (!(bits & (uint32_t)1 << i))
			continue;
		if (out->len > start)
			buf_adds(out, "; ");
		if (i < r->n)
			buf_adds(out, r->text[i]);
		else
			buf_addf(out, _("reason %u"), i + 1);
	}
}
