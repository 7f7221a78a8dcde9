/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines, documents, and the first stage: signatures. */
#include "dedup/stage_inner.h"

#include <nettle/base64.h>

#include "base/i18n.h"
#include "base/json.h"

void stage_options_init(struct stage_options *o)
{
	*o = (struct stage_options){ .threshold = 800000, .shingle = { SHINGLE_WORD, 5 }, .text_field = "text",
				     .id_field = "id", .source = "-" };
}

/* ---- documents ---- */

static void put_value(struct buf *out, const struct json_member *m)
{
	buf_clear(out);
	if (m->type == JSON_T_STRING && m->escaped)
		json_unescape(out, m->value);
	else
		buf_addspan(out, m->value);
}

int stage_document_read(struct stage_document *d, const struct line_reader *r, const struct stage_options *o,
			struct error *err)
{
	struct json_member m[128];
	struct json_fault fault;
	bool found = false;
	size_t n = 0;

	if (json_scan_object(r->text, m, 128, &n, &fault) != 0)
		return error_set(err, TAMIS_EPARSE, _("line %llu, byte %zu: %s"), (unsigned long long)r->number, fault.at,
				 _(fault.reason));
	buf_clear(&d->id);
	for (size_t i = 0; i < n && i < 128; i++) {
		if (span_is(m[i].key, o->id_field))
			put_value(&d->id, &m[i]);
		if (!span_is(m[i].key, o->text_field) || m[i].type != JSON_T_STRING)
			continue;
		put_value(&d->text, &m[i]);
		found = true;
	}
	if (!found)
		return error_set(err, TAMIS_EPARSE, _("line %llu has no text in “%s”; name the field with --text"),
				 (unsigned long long)r->number, o->text_field);
	if (d->id.len == 0)
		buf_addf(&d->id, "%s:%012llx", o->source, (unsigned long long)r->at);
	if (memchr(d->id.p, '\t', d->id.len) || memchr(d->id.p, '\n', d->id.len))
		return error_set(err, TAMIS_EPARSE, _("line %llu: a document's id must not hold tabs or line ends"),
				 (unsigned long long)r->number);
	return 0;
}

struct hash128 stage_entity(const struct sketch *s)
{
	return s->n_tokens ? s->normal : s->raw;
}

struct banding stage_banding(const struct stage_options *o)
{
	return o->banding.bands ? o->banding : banding_choose((double)o->threshold / THRESHOLD_ONE, 0.995);
}

/* ---- sign ---- */

static void put_set(FILE *out, const char *entity, const hash_vec *set, struct buf *scratch)
{
	size_t bytes = set->n * sizeof *set->v;

	buf_clear(scratch);
	buf_reserve(scratch, BASE64_ENCODE_RAW_LENGTH(bytes));
	for (size_t i = 0; i < set->n; i++)
		set->v[i] = htole64(set->v[i]);
	base64_encode_raw(scratch->p, bytes, (const uint8_t *)set->v);
	fprintf(out, "%s\t0\t%.*s\n", entity, (int)BASE64_ENCODE_RAW_LENGTH(bytes), scratch->p);
}

static void put_bands(FILE *out, const char *entity, const struct sketch *s, const uint32_t slots[SKETCH_K], struct banding b)
{
	for (unsigned band = 0; s->n_shingles && band < b.bands; band++)
		fprintf(out, "b%03u:%016llx\t%s\t%u\t%016llx%016llx\n", band, (unsigned long long)band_key(slots, b, band), entity,
			s->n_shingles, (unsigned long long)s->bits[0], (unsigned long long)s->bits[1]);
}

int stage_sign(FILE *in, FILE *out, const struct stage_options *o, struct error *err)
{
	struct line_reader r = { .in = in };
	struct stage_document d = { BUF_INIT, BUF_INIT };
	struct token_tables *tables = token_tables_new();
	struct buf scratch = BUF_INIT;
	struct banding b = stage_banding(o);
	struct sketcher k;
	uint32_t slots[SKETCH_K];
	char entity[33];
	int rc;

	sketcher_init(&k, tables, o->shingle, o->scheme, cpu_simd());
	while ((rc = line_next(&r, err)) > 0 && (rc = stage_document_read(&d, &r, o, err)) == 0) {
		struct sketch s;
		struct hash128 e;

		sketch_text(&k, &s, slots, buf_span(&d.text));
		e = stage_entity(&s);
		hash128_hex(entity, &e);
		if (o->sets) {
			if (s.n_shingles)
				put_set(out, entity, &k.shingler.set, &scratch);
			continue;
		}
		put_bands(out, entity, &s, slots, b);
		fprintf(out, "d:%s\t%s\t%u\t%u\n", entity, d.id.p, s.n_tokens, s.n_shingles);
	}
	sketcher_free(&k);
	token_tables_free(tables);
	buf_free(&d.id);
	buf_free(&d.text);
	buf_free(&scratch);
	line_free(&r);
	return rc ? rc : stage_end(out, err);
}
