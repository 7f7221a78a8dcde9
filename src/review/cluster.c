/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clusters: body to members, and the text that says who stays. */
#include "review/cluster.h"

#include <math.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/map.h"

#define FIELDS_MAX 32

static double number_of(const struct json_member *m)
{
	char text[40];

	if (m->type != JSON_T_NUMBER || m->value.len >= sizeof text)
		return NAN;
	memcpy(text, m->value.p, m->value.len);
	text[m->value.len] = '\0';
	return strtod(text, NULL);
}

static int parse_member(struct cluster_member *out, struct span object, struct arena *arena)
{
	struct json_member field[FIELDS_MAX];
	struct json_fault fault;
	size_t n = 0;

	*out = (struct cluster_member){ .similarity = NAN, .containment = NAN, .covers = NAN };
	if (json_scan_object(object, field, FIELDS_MAX, &n, &fault) < 0)
		return TAMIS_EPARSE;
	for (size_t i = 0; i < n && i < FIELDS_MAX; i++) {
		const struct json_member *m = &field[i];

		if (span_is(m->key, "document"))
			out->ref = item_ref_parse(json_member_text(m, arena));
		else if (span_is(m->key, "name"))
			out->name = json_member_text(m, arena);
		else if (span_is(m->key, "corpus"))
			out->corpus = json_member_text(m, arena);
		else if (span_is(m->key, "why"))
			out->why = json_member_text(m, arena);
		else if (span_is(m->key, "also") && m->type == JSON_T_ARRAY)
			out->also = m->value;
		else if (span_is(m->key, "key"))
			hash128_parse(&out->key, m->value);
		else if (span_is(m->key, "similarity"))
			out->similarity = number_of(m);
		else if (span_is(m->key, "containment"))
			out->containment = number_of(m);
		else if (span_is(m->key, "covers"))
			out->covers = number_of(m);
	}
	return out->ref == ITEM_REF_NONE ? TAMIS_EPARSE : 0;
}

static int parse_members(struct item_cluster *out, struct span array, struct arena *arena)
{
	struct json_fault fault;
	struct json_member *m;
	size_t n = 0;
	int rc;

	if (json_scan_array(array, NULL, 0, &n, &fault) < 0)
		return TAMIS_EPARSE;
	m = xcalloc(n + 1, sizeof *m);
	rc = json_scan_array(array, m, n, &n, &fault);
	out->member = arena_alloc(arena, (n + 1) * sizeof *out->member);
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = m[i].type == JSON_T_OBJECT ? parse_member(&out->member[out->n++], m[i].value, arena) : TAMIS_EPARSE;
	free(m);
	return rc;
}

int cluster_parse(struct item_cluster *out, struct span body, struct arena *arena, struct error *err)
{
	struct json_member field[FIELDS_MAX];
	struct json_fault fault;
	item_ref keep = ITEM_REF_NONE;
	size_t n = 0;
	int rc = json_scan_object(body, field, FIELDS_MAX, &n, &fault);

	*out = (struct item_cluster){ .threshold = NAN };
	for (size_t i = 0; i < n && i < FIELDS_MAX && rc == 0; i++) {
		if (span_is(field[i].key, "keep"))
			keep = item_ref_parse(json_member_text(&field[i], arena));
		else if (span_is(field[i].key, "threshold"))
			out->threshold = number_of(&field[i]);
		else if (span_is(field[i].key, "flags") && field[i].type == JSON_T_ARRAY)
			out->flags = field[i].value;
		else if (span_is(field[i].key, "members") && field[i].type == JSON_T_ARRAY)
			rc = parse_members(out, field[i].value, arena);
	}
	for (size_t i = 0; i < out->n; i++)
		out->member[i].keep = keep == ITEM_REF_NONE ? i == 0 : out->member[i].ref == keep;
	if (rc < 0 || out->n == 0)
		return error_set(err, TAMIS_EPARSE, _("the cluster's body is damaged"));
	return 0;
}

void cluster_text(struct buf *out, const struct item_cluster *c)
{
	char ref[32];

	for (size_t i = 0; i < c->n; i++) {
		const struct cluster_member *m = &c->member[i];

		item_ref_format(ref, m->ref);
		buf_addf(out, "%s %s", m->keep ? "keep" : "drop", ref);
		if (!m->keep && !isnan(m->similarity))
			buf_addf(out, "  %.3f", m->similarity);
		buf_adds(out, "  ");
		for (size_t k = 0; k < m->name.len; k++)
			buf_addc(out, m->name.p[k] == '\n' || m->name.p[k] == '\r' ? ' ' : m->name.p[k]);
		buf_addc(out, '\n');
	}
}

static struct span next_word(struct span *rest)
{
	size_t n = 0;
	struct span word;

	while (rest->len && (*rest->p == ' ' || *rest->p == '\t')) {
		rest->p++;
		rest->len--;
	}
	while (n < rest->len && rest->p[n] != ' ' && rest->p[n] != '\t')
		n++;
	word = span_make(rest->p, n);
	rest->p += n;
	rest->len -= n;
	return word;
}

size_t cluster_apply(struct item_cluster *c, struct span text)
{
	struct map64 wanted = { 0 };
	size_t stay = 0;

	while (text.len) {
		struct span line = span_line(&text);
		struct span word = next_word(&line);
		bool keep = span_is(word, "keep");
		item_ref ref;

		if (!keep && !span_is(word, "drop"))
			continue;
		ref = item_ref_parse(next_word(&line));
		if (ref != ITEM_REF_NONE)
			*map64_at(&wanted, ref, NULL) = keep ? 2 : 1;
	}
	for (size_t i = 0; i < c->n; i++) {
		const uint64_t *want = map64_find(&wanted, c->member[i].ref);

		stay += want ? *want == 2 : c->member[i].keep;
	}
	for (size_t i = 0; i < c->n && stay; i++) {
		const uint64_t *want = map64_find(&wanted, c->member[i].ref);

		if (want)
			c->member[i].keep = *want == 2;
	}
	map64_free(&wanted);
	if (stay == 0)
		for (size_t i = 0; i < c->n; i++)
			stay += c->member[i].keep;
	return stay;
}
