/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record_scan and record_parse: one decoding, two uses. */
#include "formats/decode.h"

#include <math.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/tags.h"
#include "base/utf8.h"
#include "formats/profile.h"

typedef int (*decode_fn)(struct decoder *d, struct span raw, struct record_fault *fault);

static const decode_fn decode_by_format[] = {
	[FORMAT_AUTO] = decode_text,
	[FORMAT_JSONL] = decode_json,
	[FORMAT_JSON] = decode_json,
	[FORMAT_CSV] = decode_csv,
	[FORMAT_TEXT] = decode_text,
	[FORMAT_TMX] = decode_tmx,
	[FORMAT_MOSES] = decode_json, /* the stream unrolls both as JSON Lines */
	[FORMAT_PO] = decode_po,
	[FORMAT_MO] = decode_json,
};

static const struct field no_field;

void decoder_init(struct decoder *d, const struct shape *shape, struct arena *arena, bool all)
{
	*d = (struct decoder){ .shape = shape, .arena = arena, .all = all };
	d->profile = profile_find(shape->profile);
}

void decoder_free(struct decoder *d)
{
	vec_free(&d->fields);
	vec_free(&d->members);
	vec_free(&d->cells);
	tmx_parser_free(d->tmx);
	d->tmx = NULL;
}

int decode_fault(struct record_fault *fault, const char *reason, size_t at)
{
	*fault = (struct record_fault){ .reason = reason, .at = at };
	return TAMIS_EPARSE;
}

bool role_is_content(enum role role)
{
	return role == ROLE_TEXT || (role >= ROLE_SYSTEM && role <= ROLE_TARGET);
}

const struct field *decode_find(const struct decoder *d, enum role role)
{
	return d->first[role] ? &d->fields.v[d->first[role] - 1] : NULL;
}

void decode_drop(struct decoder *d, enum role role)
{
	struct field *f = (struct field *)decode_find(d, role);

	if (f == NULL)
		return;
	memmove(f, f + 1, (size_t)(d->fields.v + d->fields.n - f - 1) * sizeof *f);
	d->fields.n--;
	memset(d->first, 0, sizeof d->first);
	for (size_t i = d->fields.n; i > 0; i--)
		d->first[d->fields.v[i - 1].role] = i;
}

void decode_add(struct decoder *d, enum role role, struct span name, struct span value, bool json)
{
	struct field field = { .role = role, .name = name, .value = value, .json = json };

	if (role_is_content(role) && d->first[role]) {
		d->fields.v[d->first[role] - 1] = field;
		return;
	}
	vec_push(&d->fields, field);
	if (d->first[role] == 0)
		d->first[role] = d->fields.n;
}

const struct shape_column *decode_column(const struct decoder *d, struct span name)
{
	const struct shape *s = d->shape;

	for (size_t i = 0; i < s->n_columns; i++)
		if (s->columns[i].name[0] == (name.len ? name.p[0] : '\0') &&
		    span_is(name, s->columns[i].name))
			return &s->columns[i];
	return NULL;
}

int decode_text(struct decoder *d, struct span raw, struct record_fault *fault)
{
	size_t bad;

	if (!utf8_valid(raw, &bad))
		return decode_fault(fault, N_("not UTF-8"), bad);
	decode_add(d, ROLE_TEXT, span_of("text"), raw, false);
	return 0;
}

/* ---- what a record must have ---- */

static bool shape_has(const struct shape *s, enum role role)
{
	for (size_t i = 0; i < s->n_columns; i++)
		if (s->columns[i].role == role)
			return true;
	return false;
}

static const char *missing_in_pair(const struct decoder *d)
{
	if (decode_find(d, ROLE_SOURCE) == NULL)
		return N_("the source text is missing");
	return decode_find(d, ROLE_TARGET) == NULL ? N_("the target text is missing") : NULL;
}

static const char *missing_in_instruction(const struct decoder *d)
{
	const struct shape *s = d->shape;

	if (decode_find(d, ROLE_MESSAGES))
		return NULL;
	if (decode_find(d, ROLE_CHOSEN) || shape_has(s, ROLE_CHOSEN)) {
		if (decode_find(d, ROLE_CHOSEN) == NULL)
			return N_("the chosen response is missing");
		return decode_find(d, ROLE_REJECTED) == NULL ? N_("the rejected response is missing") : NULL;
	}
	if (shape_has(s, ROLE_MESSAGES))
		return N_("the messages are missing or are no chat turns");
	if (shape_has(s, ROLE_RESPONSE))
		return decode_find(d, ROLE_RESPONSE) == NULL ? N_("the response is missing") : NULL;
	return decode_find(d, ROLE_INSTRUCTION) == NULL ? N_("the instruction is missing") : NULL;
}

static const char *missing(const struct decoder *d)
{
	switch (d->shape->kind) {
	case KIND_BITEXT: return missing_in_pair(d);
	case KIND_INSTRUCTION: return missing_in_instruction(d);
	default: return decode_find(d, ROLE_TEXT) == NULL ? N_("the text is missing") : NULL;
	}
}

/* A pair that does not name a language itself has that of its file. */
static void add_language(struct decoder *d, enum role role, const char *lang)
{
	if (lang[0] && decode_find(d, role) == NULL)
		decode_add(d, role, span_of(role_name(role)), span_of(lang), false);
}

int decode_record(struct decoder *d, struct span raw, struct record_fault *fault)
{
	const char *reason;
	int rc;

	vec_clear(&d->fields);
	memset(d->first, 0, sizeof d->first);
	d->sample = (struct span){ NULL, 0 };
	rc = decode_by_format[d->shape->format](d, raw, fault);
	if (rc < 0)
		return rc;
	if (d->profile && d->profile->refine)
		d->profile->refine(d);
	if (d->all && d->shape->kind == KIND_BITEXT) {
		add_language(d, ROLE_SOURCE_LANG, d->shape->source_lang);
		add_language(d, ROLE_TARGET_LANG, d->shape->target_lang);
	}
	reason = missing(d);
	if (reason)
		return decode_fault(fault, reason, 0);
	vec_each(&d->fields, i) {
		const struct field *f = &d->fields.v[i];
		bool as_written = f->value.p >= raw.p && f->value.p < raw.p + raw.len;

		if (d->shape->format == FORMAT_JSONL && as_written)
			continue; /* JSON holds no control bytes but escaped ones */
		if (role_is_content(f->role) && f->value.len && memchr(f->value.p, '\0', f->value.len))
			return decode_fault(fault, N_("a NUL character in the text"), 0);
	}
	return 0;
}

/* ---- facts ---- */

/* Reads the number of a score field written bare or in quotes. */
double fields_score(const struct field *f, size_t n)
{
	double v;

	for (size_t i = 0; i < n; i++)
		if (f[i].role == ROLE_SCORE && json_read_real(span_trim(f[i].value), &v))
			return v;
	return NAN;
}

static void hash_field(struct hash128_state *h, enum role role, struct span value)
{
	unsigned char head[9] = { (unsigned char)role };

	for (int i = 0; i < 8; i++)
		head[1 + i] = (unsigned char)((uint64_t)value.len >> (8 * i));
	hash128_update(h, head, sizeof head);
	if (value.len)
		hash128_update(h, value.p, value.len);
}

static struct hash128 key_of(struct hash128_state *h, enum item_kind kind, const struct field *f, size_t n)
{
	unsigned char first = (unsigned char)kind;
	const struct field *by_role[ROLE_COUNT] = { NULL };

	hash128_reset(h);
	hash128_update(h, &first, 1);
	for (size_t i = 0; i < n; i++)
		if (by_role[f[i].role] == NULL)
			by_role[f[i].role] = &f[i];
	for (int role = 0; role < ROLE_COUNT; role++)
		if (by_role[role] && by_role[role]->value.len && role_is_content((enum role)role))
			hash_field(h, (enum role)role, by_role[role]->value);
	return hash128_end(h);
}

struct hash128 record_key(const struct record *r)
{
	struct hash128_state *h = hash128_new();
	struct hash128 key = key_of(h, r->kind, r->fields, r->n_fields);

	hash128_free(h);
	return key;
}

static const struct field *main_field(const struct decoder *d)
{
	static const enum role order[] = { ROLE_TEXT,	  ROLE_SOURCE,	 ROLE_MESSAGES,
					   ROLE_RESPONSE, ROLE_CHOSEN,	 ROLE_INSTRUCTION };

	for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
		const struct field *f = decode_find(d, order[i]);

		if (f && (f->value.len || order[i] == ROLE_INSTRUCTION))
			return f;
	}
	return &no_field;
}

struct record_scanner {
	struct decoder decoder;
	struct arena arena;
	struct hash128_state *hash;
};

struct record_scanner *record_scanner_new(const struct shape *shape)
{
	struct record_scanner *s = xcalloc(1, sizeof *s);

	decoder_init(&s->decoder, shape, &s->arena, false);
	s->hash = hash128_new();
	return s;
}

void record_scanner_free(struct record_scanner *s)
{
	if (s == NULL)
		return;
	decoder_free(&s->decoder);
	arena_free(&s->arena);
	hash128_free(s->hash);
	free(s);
}

enum { PAGE_WORDS = 4096 };

/* The words of a page, not its tags, say what language it is in. */
static struct span sample_of(struct record_scanner *s, struct span text)
{
	if (tags_lead(text)) {
		char *words = arena_alloc(&s->arena, PAGE_WORDS);
		size_t half;

		text = span_make(words, tags_strip(words, PAGE_WORDS, text));
		half = utf8_floor(text, text.len / 2);
		if (text.len > 2 * DECODE_SAMPLE) /* a page begins with what is on all of its site's pages */
			text = span_make(text.p + half, text.len - half);
	}
	if (text.len > DECODE_SAMPLE)
		text.len = utf8_floor(text, DECODE_SAMPLE);
	return text;
}

int record_scan(struct record_scanner *s, struct span raw, struct record_facts *out,
		struct record_fault *fault)
{
	struct decoder *d = &s->decoder;
	const struct field *best;
	uint64_t bytes = 0;
	int rc;

	arena_clear(&s->arena);
	rc = decode_record(d, raw, fault);
	if (rc < 0)
		return rc;
	best = main_field(d);
	out->sample = sample_of(s, best->json ? d->sample : best->value);
	out->lang = (struct span){ NULL, 0 };
	vec_each(&d->fields, i) {
		if (role_is_content(d->fields.v[i].role))
			bytes += d->fields.v[i].value.len;
		else if (d->fields.v[i].role == ROLE_LANG)
			out->lang = d->fields.v[i].value;
	}
	out->text_bytes = bytes > UINT32_MAX ? UINT32_MAX : (uint32_t)bytes;
	out->score = (float)fields_score(d->fields.v, d->fields.n);
	out->key = key_of(s->hash, d->shape->kind, d->fields.v, d->fields.n);
	return 0;
}

int record_texts(struct record_scanner *s, struct span raw, struct record *out, struct record_fault *fault)
{
	struct decoder *d = &s->decoder;
	int rc;

	arena_clear(&s->arena);
	rc = decode_record(d, raw, fault);
	if (rc == 0)
		*out = (struct record){ .kind = d->shape->kind,
					.raw = raw,
					.fields = d->fields.v,
					.n_fields = d->fields.n,
					.score = fields_score(d->fields.v, d->fields.n) };
	return rc;
}

int record_parse(struct record *out, const struct shape *shape, struct span raw, struct arena *arena,
		 struct error *err)
{
	struct record_fault fault = { .reason = NULL };
	struct decoder d;
	int rc;

	decoder_init(&d, shape, arena, true);
	rc = decode_record(&d, raw, &fault);
	if (rc < 0) {
		error_set(err, rc, _("%s (at byte %zu of the record)"), _(fault.reason), fault.at);
		goto done;
	}
	*out = (struct record){ .kind = shape->kind, .raw = raw, .n_fields = d.fields.n };
	out->fields = arena_alloc(arena, (d.fields.n + 1) * sizeof *out->fields);
	if (d.fields.n)
		memcpy(out->fields, d.fields.v, d.fields.n * sizeof *out->fields);
	out->score = fields_score(d.fields.v, d.fields.n);
done:
	decoder_free(&d);
	return rc;
}
