/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A compiled message catalogue unrolled as JSON Lines: {"source":…,"target":…} and, where there is one,
 * "context" and "plural".  Layout: GNU gettext manual, "The Format of GNU MO Files".  Offsets point anywhere
 * in the file, so it is held in memory, up to a limit no real catalogue comes near; every offset is checked.
 */
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/i18n.h"
#include "base/json.h"
#include "formats/catalogue.h"
#include "formats/stream.h"

#define FILE_LIMIT ((size_t)256 << 20)
#define CONTEXT_END '\004'

struct mo {
	struct buf file;
	bool loaded;
	bool swapped;
	uint32_t count, originals, translations;
	uint32_t next;
	iconv_t converter; /* (iconv_t)-1 for none */
	struct buf out;
	size_t given;
};

static uint32_t word_at(struct span file, size_t at, bool swapped)
{
	uint32_t v;

	memcpy(&v, file.p + at, 4);
	return swapped ? __builtin_bswap32(v) : v;
}

bool mo_sniff(struct span head)
{
	uint32_t v;

	if (head.len < 28)
		return false;
	memcpy(&v, head.p, 4);
	return v == 0x950412deu || v == 0xde120495u;
}

/* String number `i` of the table at `table`; false when it lies outside the file. */
static bool string_at(struct span *out, struct span file, uint32_t table, uint32_t i, bool swapped)
{
	uint64_t entry = (uint64_t)table + 8 * (uint64_t)i;
	uint64_t len, at;

	if (entry + 8 > file.len)
		return false;
	len = word_at(file, (size_t)entry, swapped);
	at = word_at(file, (size_t)entry + 4, swapped);
	if (at > file.len || len > file.len - at)
		return false;
	*out = span_make(file.p + at, (size_t)len);
	return true;
}

struct span mo_header(struct span file)
{
	bool swapped;
	struct span id, text;

	if (!mo_sniff(file))
		return (struct span){ NULL, 0 };
	swapped = word_at(file, 0, false) != 0x950412deu;
	/* originals are sorted: the empty one is the first */
	if (!string_at(&id, file, word_at(file, 12, swapped), 0, swapped) || id.len != 0 ||
	    !string_at(&text, file, word_at(file, 16, swapped), 0, swapped))
		return (struct span){ NULL, 0 };
	return text;
}

struct span catalogue_header(struct span text, const char *name)
{
	size_t n = strlen(name);

	while (text.len) {
		struct span line = span_line(&text);

		if (line.len > n && strncasecmp(line.p, name, n) == 0 && line.p[n] == ':')
			return span_trim(span_make(line.p + n + 1, line.len - n - 1));
	}
	return (struct span){ NULL, 0 };
}

void catalogue_charset(char out[24], struct span header)
{
	struct span type = catalogue_header(header, "Content-Type");
	const char *at = type.len ? memmem(type.p, type.len, "charset=", 8) : NULL;
	struct span name;
	size_t n = 0;

	out[0] = '\0';
	if (at == NULL)
		return;
	name = span_make(at + 8, (size_t)(type.p + type.len - at) - 8);
	while (n < name.len && n < 23 && name.p[n] > ' ' && name.p[n] < 0x7f && name.p[n] != ';' &&
	       name.p[n] != '"')
		n++;
	snprintf(out, 24, "%.*s", (int)n, name.p);
	if (strcasecmp(out, "UTF-8") == 0 || strcasecmp(out, "UTF8") == 0 ||
	    strcasecmp(out, "CHARSET") == 0 || strcasecmp(out, "ASCII") == 0 ||
	    strcasecmp(out, "US-ASCII") == 0)
		out[0] = '\0';
}

static int broken(struct stream *s, struct error *err)
{
	return error_set(err, TAMIS_EPARSE,
			 _("%s: the message catalogue is damaged; the messages before are kept"), s->path);
}

static int load(struct stream *s, struct mo *m, struct error *err)
{
	char charset[24];
	struct span file;
	ssize_t got;

	m->loaded = true;
	do {
		buf_reserve(&m->file, 256 * 1024);
		got = stream_read(s->below, m->file.p + m->file.len, 256 * 1024, err);
		if (got < 0)
			return (int)got;
		m->file.len += (size_t)got;
		if (m->file.len > FILE_LIMIT)
			return error_set(err, TAMIS_ELIMIT,
					 _("%s: a message catalogue over 256 MiB is not read"), s->path);
	} while (got > 0);
	file = buf_span(&m->file);
	if (!mo_sniff(file))
		return broken(s, err);
	m->swapped = word_at(file, 0, false) != 0x950412deu;
	m->count = word_at(file, 8, m->swapped);
	m->originals = word_at(file, 12, m->swapped);
	m->translations = word_at(file, 16, m->swapped);
	catalogue_charset(charset, mo_header(file));
	if (charset[0])
		m->converter = iconv_open("UTF-8", charset);
	return 0;
}

/* The text in UTF-8; in `scratch` when it had to be converted. */
static struct span converted(struct mo *m, struct buf *scratch, struct span text)
{
	char *in = (char *)text.p, *out;
	size_t left = text.len, room = text.len * 4;

	if (m->converter == (iconv_t)-1 || text.len == 0)
		return text;
	buf_clear(scratch);
	buf_reserve(scratch, room);
	out = scratch->p;
	iconv(m->converter, NULL, NULL, NULL, NULL);
	if (iconv(m->converter, &in, &left, &out, &room) == (size_t)-1)
		return text; /* what is not what it says is for the scanner to reject */
	scratch->len = (size_t)(out - scratch->p);
	return buf_span(scratch);
}

static void put(struct mo *m, struct buf *scratch, const char *key, struct span text)
{
	json_put_member(&m->out, key, converted(m, scratch, text));
}

/* Cuts the first of the NUL-separated forms off `*forms`. */
static struct span first_form(struct span *forms)
{
	const char *nul = forms->len ? memchr(forms->p, '\0', forms->len) : NULL;
	struct span first = span_make(forms->p, nul ? (size_t)(nul - forms->p) : forms->len);
	size_t used = first.len + (nul != NULL);

	*forms = span_make(forms->p + used, forms->len - used);
	return first;
}

static void put_message(struct mo *m, struct span id, struct span text)
{
	struct buf scratch = BUF_INIT;
	const char *end = id.len ? memchr(id.p, CONTEXT_END, id.len) : NULL;
	struct span context = { NULL, 0 };

	if (end) {
		context = span_make(id.p, (size_t)(end - id.p));
		id = span_make(end + 1, id.len - context.len - 1);
	}
	buf_clear(&m->out);
	m->given = 0;
	buf_addc(&m->out, '{');
	put(m, &scratch, "source", first_form(&id));
	put(m, &scratch, "target", first_form(&text));
	if (end)
		put(m, &scratch, "context", context);
	if (id.len)
		put(m, &scratch, "plural", id);
	buf_adds(&m->out, "}\n");
	buf_free(&scratch);
}

static ssize_t mo_read(struct stream *s, void *p, size_t n, struct error *err)
{
	struct mo *m = s->state;
	struct span file, id, text;

	if (!m->loaded) {
		int rc = load(s, m, err);

		if (rc < 0)
			return rc;
	}
	file = buf_span(&m->file);
	while (m->given == m->out.len) {
		if (m->next >= m->count)
			return 0;
		if (!string_at(&id, file, m->originals, m->next, m->swapped) ||
		    !string_at(&text, file, m->translations, m->next, m->swapped))
			return broken(s, err);
		m->next++;
		if (id.len && text.len && text.p[0]) /* not the header, and translated */
			put_message(m, id, text);
	}
	if (n > m->out.len - m->given)
		n = m->out.len - m->given;
	memcpy(p, m->out.p + m->given, n);
	m->given += n;
	return (ssize_t)n;
}

static void mo_close(struct stream *s)
{
	struct mo *m = s->state;

	if (m->converter != (iconv_t)-1)
		iconv_close(m->converter);
	buf_free(&m->file);
	buf_free(&m->out);
	free(m);
}

struct stream *stream_mo(struct stream *below)
{
	struct mo *m = xcalloc(1, sizeof *m);

	buf_init(&m->file);
	buf_init(&m->out);
	m->converter = (iconv_t)-1;
	return stream_layer(below, mo_read, mo_close, m);
}
