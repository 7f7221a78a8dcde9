/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tamis stage segment: JSON Lines of documents to JSON Lines of sentences, with the language of the document. */
#include "config.h"

#include <stdlib.h>

#include "base/i18n.h"
#include "base/json.h"
#include "cli/stage.h"
#include "text/langid.h"
#include "text/segment.h"

enum { MEMBERS = 256 };

struct segmenting {
	const char *text_field, *id_field;
	const char *side;                  /* "x" or "y": lines for stage embed; NULL: JSON Lines */
	struct segmenter *segmenters[256]; /* by language, opened when first needed */
	struct sentence_ranges ranges;
	struct buf id, text, line;
	FILE *out;
};

static int segmenter_for(struct segmenting *s, uint8_t lang, struct error *err)
{
	return s->segmenters[lang] ? 0 : segmenter_open(&s->segmenters[lang], lang, err);
}

static void put_object(struct segmenting *s, uint8_t lang, size_t i, struct span text)
{
	buf_addc(&s->line, '{');
	json_put_member(&s->line, "id", buf_span(&s->id));
	json_put_int(&s->line, "index", (int64_t)i);
	json_put_int(&s->line, "byte", (int64_t)(text.p - s->text.p));
	json_put_member(&s->line, "lang", span_of(lang_code(lang)));
	json_put_member(&s->line, "text", text);
	buf_adds(&s->line, "}\n");
}

/* Tabs and line ends become spaces: they would cut the line. */
static void put_plain(struct segmenting *s, struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		buf_addc(&s->line, text.p[i] == '\t' || text.p[i] == '\n' || text.p[i] == '\r' ? ' ' : text.p[i]);
}

static void put_fields(struct segmenting *s, size_t i, struct span text)
{
	buf_addf(&s->line, "%s\t", s->side);
	put_plain(s, buf_span(&s->id));
	buf_addf(&s->line, ":%zu\t", i);
	put_plain(s, text);
	buf_addc(&s->line, '\n');
}

static int put_sentences(struct segmenting *s, struct error *err)
{
	uint8_t lang = lang_guess(buf_span(&s->text), NULL);
	int rc = segmenter_for(s, lang, err);

	if (rc)
		return rc;
	vec_clear(&s->ranges.ranges);
	segment(s->segmenters[lang], &s->ranges, buf_span(&s->text));
	vec_each(&s->ranges.ranges, i) {
		struct sentence_range r = s->ranges.ranges.v[i];

		buf_clear(&s->line);
		if (s->side)
			put_fields(s, i, span_make(s->text.p + r.at, r.len));
		else
			put_object(s, lang, i, span_make(s->text.p + r.at, r.len));
		if (fwrite(s->line.p, 1, s->line.len, s->out) != s->line.len)
			return error_set(err, TAMIS_EIO, _("standard output cannot be written"));
	}
	return 0;
}

static int take_line(struct segmenting *s, struct span line, uint64_t number, struct error *err)
{
	struct json_member members[MEMBERS];
	struct json_fault fault;
	size_t n = 0;

	if (json_scan_object(line, members, MEMBERS, &n, &fault) != 0)
		return error_set(err, TAMIS_EPARSE, _("standard input, line %llu, byte %zu: %s"), (unsigned long long)number, fault.at,
				 _(fault.reason));
	buf_clear(&s->id);
	buf_clear(&s->text);
	for (size_t i = 0; i < n && i < MEMBERS; i++) {
		if (span_is(members[i].key, s->text_field) && members[i].type == JSON_T_STRING)
			json_unescape(&s->text, members[i].value);
		else if (span_is(members[i].key, s->id_field))
			json_unescape(&s->id, members[i].value);
	}
	return put_sentences(s, err);
}

int stage_run_segment(struct cli *cli, const struct verb_args *args, FILE *in, FILE *out, struct error *err)
{
	const char *text = arg_value(&verb_stage, args, "text"), *id = arg_value(&verb_stage, args, "id");
	struct segmenting s = { .text_field = text ? text : "text", .id_field = id ? id : "id", .out = out };
	int rc = arg_choice(&s.side, &verb_stage, args, "side", err);
	char *line = NULL;
	size_t room = 0;
	uint64_t number = 0;
	ssize_t n;

	(void)cli;
	buf_init(&s.id);
	buf_init(&s.text);
	buf_init(&s.line);
	while (rc == 0 && (n = getline(&line, &room, in)) >= 0) {
		struct span whole = span_trim(span_make(line, (size_t)n));

		number++;
		if (whole.len)
			rc = take_line(&s, whole, number, err);
	}
	free(line);
	for (size_t i = 0; i < 256; i++)
		segmenter_close(s.segmenters[i]);
	vec_free(&s.ranges.ranges);
	buf_free(&s.id);
	buf_free(&s.text);
	buf_free(&s.line);
	return rc;
}
