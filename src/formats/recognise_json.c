/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON: one object a line, one array of objects, or objects one after the other; and which profile they fit.
 */
#include <stdio.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/utf8.h"
#include "formats/profile.h"
#include "formats/recognise.h"

#define SAMPLE 64

struct sample {
	struct histogram histogram;
	size_t good, bad, opened;
};

static void note_record(void *ctx, struct span record)
{
	struct sample *s = ctx;

	if (histogram_add_json(&s->histogram, record))
		s->good++;
	else
		s->bad++;
}

/* ---- a record longer than the head ---- */

struct open_state {
	char close[JSON_DEPTH];
	size_t depth;
	bool in_string;
};

static bool follow(struct open_state *o, struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (o->in_string) {
			if (c == '\\')
				i++;
			else if (c == '"')
				o->in_string = false;
			continue;
		}
		if (c == '"')
			o->in_string = true;
		if (c == '{' || c == '[') {
			if (o->depth == JSON_DEPTH)
				return false;
			o->close[o->depth++] = c == '{' ? '}' : ']';
		} else if ((c == '}' || c == ']') && o->depth > 0) {
			o->depth--;
		}
	}
	return true;
}

/* Closes what the cut left open, so that the keys before it can be looked at. */
static bool note_cut_record(struct sample *sample, struct span cut)
{
	static const char *const endings[] = { "", "\"", "\":null", "null", ":null", "\"\":null" };
	struct open_state open = { .depth = 0 };
	struct buf text = BUF_INIT;
	bool good = false;
	size_t bad;

	if (!utf8_valid(cut, &bad))
		cut.len = bad;
	for (size_t back = 0; back < 6 && back < cut.len && !good; back++) {
		struct span part = span_make(cut.p, cut.len - back); /* an escape may be cut too */

		open = (struct open_state){ .depth = 0 };
		if (!follow(&open, part))
			break;
		for (size_t i = 0; i < sizeof endings / sizeof *endings && !good; i++) {
			buf_clear(&text);
			buf_addspan(&text, part);
			buf_adds(&text, endings[i]);
			for (size_t d = open.depth; d > 0; d--)
				buf_addc(&text, open.close[d - 1]);
			good = histogram_add_json(&sample->histogram, buf_span(&text));
		}
	}
	buf_free(&text);
	sample->good += good;
	return good;
}

/* ---- the reason ---- */

static void list_keys(char *out, size_t size, const struct profile *p, const struct histogram *h)
{
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < PROFILE_KEYS && p->keys[i].key && n + 1 < size; i++) {
		const struct profile_key *k = &p->keys[i];
		const struct key_stat *have =
			k->need == NEED || k->need == ANY ? histogram_match(h, k->key) : NULL;

		if (have)
			n += (size_t)snprintf(out + n, size - n, "%s%s", n ? ", " : "", have->name);
	}
	if (n >= size) /* cut between characters */
		out[utf8_floor(span_make(out, size), size - 4)] = '\0';
}

static int explain(struct shape *out, const struct profile *p, const struct histogram *h, const char *text,
		   const char *what)
{
	char keys[100];

	if (p == NULL && text[0] == '\0')
		return 0;
	if (p == NULL) {
		set_reason(out, _("%s of an unknown tool; “%s” holds the most text and is taken as the text"),
			   what, text);
		return 1;
	}
	list_keys(keys, sizeof keys, p, h);
	if (text[0])
		set_reason(out, _("%s: %s, by the keys %s; “%s” is taken as the text"), what, _(p->origin),
			   keys, text);
	else if (keys[0])
		set_reason(out, _("%s: %s, by the keys %s"), what, _(p->origin), keys);
	else
		set_reason(out, "%s: %s", what, _(p->origin));
	return 1;
}

int finish_with_profile(struct shape *out, const struct head *h, const struct histogram *histogram,
			const char *what, struct error *err)
{
	const char *text, *wanted = h->wish ? h->wish->text_field : NULL;
	const struct profile *p;

	if (wanted && histogram->records && histogram_get(histogram, span_of(wanted)) == NULL)
		return error_set(err, TAMIS_EUSAGE, _("%s: no record at the beginning has a field “%s”"),
				 h->name, wanted);
	p = profile_choose(out, histogram, h->wish, &text);
	if (p && p->refused)
		return error_set(err, TAMIS_EUNSUPPORTED, "%s: %s", h->name, _(p->origin));
	if (out->kind == KIND_BITEXT)
		set_languages(out, h);
	if (!explain(out, p, histogram, text, what))
		return error_set(err, TAMIS_EPARSE, _("%s: no field of its records holds text"), h->name);
	return 1;
}

/* ---- recognition ---- */

/* How many of the sampled lines look like objects, whether or not they are. */
static void note_line(void *ctx, struct span record)
{
	struct sample *s = ctx;

	note_record(s, record);
	s->opened += span_starts(span_trim(record), "{");
}

/* JSON Lines: at least half of the first lines are an object each, or every one begins as an object and some
 * are one.  The others are rejected one by one. */
static bool try_lines(struct shape *out, const struct head *h, struct sample *s)
{
	out->format = FORMAT_JSONL;
	sample_records(out, h, SAMPLE, note_line, s);
	if (s->good > 0)
		return s->good >= s->bad || s->opened == s->good + s->bad;
	return s->bad == 0 && span_starts(span_trim(h->bytes), "{") &&
	       memchr(h->bytes.p, '\n', h->bytes.len) == NULL && note_cut_record(s, h->bytes);
}

static bool try_values(struct shape *out, const struct head *h, struct sample *s, bool array)
{
	out->format = FORMAT_JSON;
	sample_records(out, h, SAMPLE, note_record, s);
	if (s->good == 0 && s->bad == 0 && !h->complete) {
		struct span first = h->bytes;

		if (array)
			first = span_make(memchr(first.p, '{', first.len), 0);
		first.len = (size_t)(h->bytes.p + h->bytes.len - first.p);
		if (note_cut_record(s, first))
			out->single = !array;
	} else if (!array && h->complete && s->good == 1 && s->bad == 0) {
		out->single = true;
	}
	return s->good > 0 && s->good >= s->bad;
}

static void forget(struct sample *s)
{
	histogram_free(&s->histogram);
	*s = (struct sample){ .good = 0 };
}

int recognise_json(struct shape *out, const struct head *h, struct error *err)
{
	struct span text = span_trim(h->bytes);
	struct sample s = { .good = 0 };
	const char *what = NULL;
	bool array = text.len > 1 && text.p[0] == '[';
	struct shape blank = *out;
	int rc = 0;

	if (text.len < 2)
		return 0;
	if (array) /* of objects, or the first line of JSON Lines, kept out of them */
		array = span_starts(span_trim(span_make(text.p + 1, text.len - 1)), "{");
	if (!array && try_lines(out, h, &s))
		what = N_("JSON Lines");
	if (what == NULL && (array || text.p[0] == '{')) {
		*out = blank;
		forget(&s);
		if (try_values(out, h, &s, array))
			what = array	     ? N_("a JSON array")
			       : out->single ? N_("one JSON object")
					     : N_("JSON objects");
	}
	if (what)
		rc = finish_with_profile(out, h, &s.histogram, _(what), err);
	else
		*out = blank;
	forget(&s);
	return rc;
}
