/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window over a stream: filling, moving, counting lines, hashing what is too long. */
#include "formats/framer.h"

#include <stdlib.h>

#include "base/i18n.h"

#define CHUNK ((size_t)512 * 1024)       /* read at once … */
#define FIRST_CHUNK ((size_t)32 * 1024) /* … growing from this, since most files are small */
#define HOLD                                                                                                 \
	((size_t)4096) /* bytes of a long record not yet hashed, so that its end can still be taken back */

struct framer *framer_new(const struct shape *shape, uint64_t start, uint64_t line, size_t limit)
{
	struct framer *f = xcalloc(1, sizeof *f);

	f->shape = shape;
	f->cutter = cutter_for(shape);
	f->limit = limit < HOLD * 2 ? HOLD * 2 : limit;
	f->base = f->position = start;
	f->line = f->position_line = line;
	f->chunk = FIRST_CHUNK;
	f->hash = hash128_new();
	f->plain = json_plain_choose();
	if (start == 0 && shape->format == FORMAT_CSV)
		f->skip_rows = shape->comments + shape->header;
	f->resumed = start > 0;
	f->line_begin = start;
	return f;
}

void framer_free(struct framer *f)
{
	if (f == NULL)
		return;
	hash128_free(f->hash);
	free(f->window);
	free(f);
}

uint64_t framer_position(const struct framer *f)
{
	return f->position;
}

uint64_t framer_line(const struct framer *f)
{
	return f->position_line;
}

static uint64_t line_at(struct framer *f, size_t to)
{
	while (f->line_at < to) {
		const char *newline = memchr(f->window + f->line_at, '\n', to - f->line_at);

		if (newline == NULL)
			break;
		f->line++;
		f->line_at = (size_t)(newline - f->window) + 1;
	}
	if (f->line_at < to)
		f->line_at = to;
	return f->line;
}

/* Hashes the record's bytes up to `to` and forgets them. */
static void swallow(struct framer *f, size_t to)
{
	if (!f->is_long) {
		f->is_long = true;
		f->hashed = f->begin;
		hash128_reset(f->hash);
		f->sample_len = sizeof f->sample;
		memcpy(f->sample, f->window + f->begin, f->sample_len);
	}
	if (to > f->hashed) {
		hash128_update(f->hash, f->window + f->hashed, to - f->hashed);
		f->hashed = to;
	}
}

/* First byte that must stay in the window. */
static size_t keep_from(const struct framer *f)
{
	size_t keep = f->scan;

	if (f->inside && f->is_long)
		return f->hashed < keep ? f->hashed : keep;
	if (f->inside)
		return f->begin < keep ? f->begin : keep;
	if (f->cutter->by_line && f->line_begin >= f->base && f->line_begin - f->base < keep)
		keep = (size_t)(f->line_begin - f->base);
	return keep;
}

static void move_window(struct framer *f)
{
	size_t keep = keep_from(f);

	if (keep == 0)
		return;
	line_at(f, keep);
	memmove(f->window, f->window + keep, f->have - keep);
	f->base += keep;
	f->have -= keep;
	f->scan -= keep;
	f->line_at -= keep < f->line_at ? keep : f->line_at;
	f->begin -= keep < f->begin ? keep : f->begin;
	f->hashed -= keep < f->hashed ? keep : f->hashed;
}

static void skip_byte_order_mark(struct framer *f)
{
	if (f->base == 0 && f->scan == 0 && f->have >= 3 && memcmp(f->window, "\xef\xbb\xbf", 3) == 0) {
		f->scan = 3;
		f->line_begin = 3;
		f->position = 3;
	}
}

static int fill(struct framer *f, struct stream *s, struct error *err)
{
	bool first = f->base == 0 && f->have == 0;
	size_t from = f->is_long ? f->hashed : f->begin;
	ssize_t got;

	if (f->inside && f->have - from > f->limit)
		swallow(f, f->scan > from + HOLD ? f->scan - HOLD : from);
	move_window(f);
	if (f->cap - f->have < f->chunk) {
		size_t most = (f->have > f->limit ? f->have : f->limit) + 2 * CHUNK;

		f->cap = f->cap ? f->cap * 2 : 2 * f->chunk;
		f->cap = f->cap > most ? most : f->cap;
		f->window = xrealloc(f->window, f->cap);
	}
	do {
		got = stream_read(s, f->window + f->have, f->cap - f->have, err);
		if (got < 0)
			return (int)got;
		f->have += (size_t)got;
	} while (first && got > 0 && f->have < 3);
	f->eof = got == 0;
	if (f->chunk < CHUNK)
		f->chunk *= 2;
	if (first)
		skip_byte_order_mark(f);
	return 0;
}

static void begin(struct framer *f)
{
	f->inside = true;
	f->is_long = false;
	f->begin = f->mark;
	f->begin_at = f->base + f->mark;
	f->begin_line = line_at(f, f->mark);
}

/* The record [begin, mark) is complete: true when it is to be handed out. */
static bool end(struct framer *f, struct framed *out)
{
	bool wanted = true;

	f->inside = false;
	f->line_begin = f->base + f->scan;
	*out = (struct framed){ .at = f->begin_at, .line = f->begin_line };
	out->len = f->base + f->mark - f->begin_at;
	if (f->is_long) {
		swallow(f, f->mark);
		out->long_key = hash128_end(f->hash);
		out->long_sample = span_make(f->sample, f->sample_len);
	} else {
		out->bytes = span_make(f->window + f->begin, f->mark - f->begin);
		if (out->bytes.len > f->limit) {
			swallow(f, f->mark);
			out->bytes = (struct span){ NULL, 0 };
			out->long_key = hash128_end(f->hash);
			out->long_sample = span_make(f->sample, f->sample_len);
		}
		if (f->cutter->skip && out->bytes.p && f->cutter->skip(f, out->bytes))
			wanted = false;
	}
	if (f->skip_rows) {
		f->skip_rows--;
		wanted = false;
	}
	f->position = f->base + f->scan;
	if (f->cutter->one_line && f->line_at < f->scan) { /* no need to look through it again */
		f->line += f->window[f->scan - 1] == '\n';
		f->line_at = f->scan;
	}
	f->position_line = line_at(f, f->scan);
	return wanted;
}

int framer_next(struct framer *f, struct stream *s, struct framed *out, struct error *err)
{
	for (;;) {
		enum cut cut = f->scan < f->have ? f->cutter->step(f) : CUT_MORE;
		int rc;

		if (cut == CUT_MORE && f->eof) {
			if (!f->inside && f->cutter->finish == NULL)
				return 0;
			f->scan = f->have;
			f->mark = f->have;
			cut = f->cutter->finish ? f->cutter->finish(f) : CUT_END;
			if (cut == CUT_MORE)
				return 0;
		}
		switch (cut) {
		case CUT_BEGIN:
			begin(f);
			break;
		case CUT_END:
			if (end(f, out))
				return 1;
			break;
		case CUT_BROKEN:
			return error_set(err, TAMIS_EPARSE, _("line %llu: %s"),
					 (unsigned long long)line_at(f, f->scan), _(f->reason));
		default:
			rc = fill(f, s, err);
			if (rc < 0)
				return rc;
		}
	}
}
