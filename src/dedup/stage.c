/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines, documents, and the first stage: signatures. */
#include "dedup/stage_inner.h"

#include <errno.h>
#include <nettle/base64.h>

#include "base/i18n.h"
#include "base/json.h"

void stage_options_init(struct stage_options *o)
{
	*o = (struct stage_options){ .threshold = 800000, .shingle = { SHINGLE_WORD, 5 }, .text_field = "text",
				     .id_field = "id", .source = "-" };
}

/* ---- lines ---- */

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
