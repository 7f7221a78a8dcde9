/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of reasons. */
#include "config.h"

#include "review/reasons.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/data.h"
#include "base/fs.h"
#include "base/i18n.h"
#include "base/utf8.h"

#define FILE_LIMIT 65536

static void add_line(char text[REASONS_MAX][96], size_t *n, struct span line)
{
	size_t len;

	line = span_trim(line);
	if (line.len == 0 || line.p[0] == '#' || *n == REASONS_MAX)
		return;
	len = line.len;
	if (len >= sizeof text[0])
		len = utf8_floor(line, sizeof text[0] - 1);
	memcpy(text[*n], line.p, len);
	text[(*n)++][len] = '\0';
}

/* Returns how many there are. */
static size_t read_list(char text[REASONS_MAX][96], const char *path)
{
	struct buf file = BUF_INIT;
	struct span rest;
	size_t n = 0;

	if (path && fs_read_all(&file, path, FILE_LIMIT, NULL) == 0 && utf8_valid(buf_span(&file), NULL)) {
		rest = buf_span(&file);
		while (rest.len)
			add_line(text, &n, span_line(&rest));
	}
	buf_free(&file);
	return n;
}

/* The list's name in the language messages are in: "document.zh"; NULL when that is the list itself. */
static char *translated_name(const char *list)
{
	const char *locale = setlocale(LC_MESSAGES, NULL), *wanted = getenv("LANGUAGE");
	size_t n;

	if (!locale || strcmp(locale, "C") == 0 || strcmp(locale, "POSIX") == 0) /* as gettext has it */
		return NULL;
	if (wanted && *wanted)
		locale = wanted;
	n = strspn(locale, "abcdefghijklmnopqrstuvwxyz");
	return n > 0 ? xasprintf("%s.%.*s", list, (int)n, locale) : NULL;
}

/* The user's own list comes before any shipped one, whatever its language. */
static char *path_of(const char *list, const char *translated)
{
	char *path = translated ? data_path_own("reasons", translated) : NULL;

	if (!path)
		path = data_path_own("reasons", list);
	if (!path && translated)
		path = data_path_shipped("reasons", translated);
	return path ? path : data_path_shipped("reasons", list);
}

void reasons_load(struct reasons *out, const char *list)
{
	char *translated, *plain, *path;
	size_t n;

	memset(out, 0, sizeof *out);
	if (!list)
		return;
	translated = translated_name(list);
	plain = path_of(list, NULL);
	path = path_of(list, translated);
	n = read_list(out->plain, plain);
	out->n = read_list(out->text, path);
	for (; out->n < n; out->n++) /* reasons that were not translated */
		memcpy(out->text[out->n], out->plain[out->n], sizeof out->text[0]);
	free(translated);
	free(plain);
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

static bool begins(const char *text, struct span word)
{
	return strncasecmp(text, word.p, word.len) == 0;
}

bool reasons_bit(const struct reasons *r, struct span word, uint32_t *bit)
{
	size_t found = 0, which = 0;

	if (word.len == 0)
		return false;
	if (number_bit(word, bit))
		return true;
	for (size_t i = 0; i < r->n; i++) {
		const char *text = begins(r->text[i], word) ? r->text[i] : r->plain[i];

		if (!begins(text, word))
			continue;
		if (text[word.len] == '\0') { /* the whole of it: no doubt */
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
