/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which keys the first records have, and what their values look like. */
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "formats/profile.h"

#define KEYS_LIMIT 512 /* different keys noticed; a file of generated keys must not make recognition slow */

const struct key_stat *histogram_get(const struct histogram *h, struct span name)
{
	vec_each(&h->keys, i)
		if (span_is(name, h->keys.v[i].name))
			return &h->keys.v[i];
	return NULL;
}

static struct key_stat *stat_for(struct histogram *h, struct span name)
{
	struct key_stat *found = (struct key_stat *)histogram_get(h, name);

	if (found)
		return found;
	if (name.len >= SHAPE_NAME || memchr(name.p, '\0', name.len) || h->keys.n >= KEYS_LIMIT)
		return NULL;
	vec_push(&h->keys, (struct key_stat){ .order = h->keys.n });
	found = &h->keys.v[h->keys.n - 1];
	memcpy(found->name, name.p, name.len);
	return found;
}

static bool has_keys(struct span object, const char *a, const char *b)
{
	struct json_member m[32];
	struct json_fault fault;
	unsigned seen = 0;
	size_t n;

	if (json_scan_object(object, m, 32, &n, &fault) < 0)
		return false;
	for (size_t i = 0; i < n && i < 32; i++)
		seen |= span_is(m[i].key, a) ? 1u : span_is(m[i].key, b) ? 2u : 0u;
	return seen == 3;
}

static int object_type(struct span object)
{
	if (has_keys(object, "from", "value"))
		return V_FROM_ONE;
	return V_OBJECT;
}

static int array_type(struct span array)
{
	struct json_member first;
	struct json_fault fault;
	size_t n;

	if (json_scan_array(array, &first, 1, &n, &fault) < 0 || n == 0)
		return V_LIST;
	switch (first.type) {
	case JSON_T_STRING: return V_STRINGS;
	case JSON_T_NUMBER: return V_NUMBERS;
	case JSON_T_TRUE: case JSON_T_FALSE: return V_BOOLS;
	case JSON_T_ARRAY: return V_LISTS;
	case JSON_T_OBJECT: break;
	default: return V_LIST;
	}
	if (has_keys(first.value, "role", "content") || has_keys(first.value, "role", "tool_calls"))
		return V_TURNS;
	return has_keys(first.value, "from", "value") ? V_FROM : V_OBJECTS;
}

static int value_type(const struct json_member *m)
{
	switch (m->type) {
	case JSON_T_STRING: return V_STRING;
	case JSON_T_NUMBER: return V_NUMBER;
	case JSON_T_TRUE: case JSON_T_FALSE: return V_BOOL;
	case JSON_T_ARRAY: return array_type(m->value);
	case JSON_T_OBJECT: return object_type(m->value);
	default: return 0;
	}
}

static void note(struct key_stat *k, int type, struct span value)
{
	double number;

	if (k == NULL || type == 0)
		return;
	k->by_type[__builtin_ctz((unsigned)type)]++;
	k->count++;
	if (type != V_STRING)
		return;
	k->bytes += value.len;
	k->numeric += json_read_real(span_trim(value), &number);
	if (span_starts(value, "http://") || span_starts(value, "https://"))
		k->urls++;
}

static void add_members(struct histogram *h, struct span object, struct span prefix);

/* An object, or a string that holds one (datatrove's metadata, written so by some). */
static void add_nested(struct histogram *h, const struct json_member *m, struct span key)
{
	if (m->type == JSON_T_OBJECT) {
		add_members(h, m->value, key);
	} else if (m->type == JSON_T_STRING && m->value.len && m->value.p[0] == '{') {
		struct buf text = BUF_INIT;

		json_unescape(&text, m->value);
		add_members(h, buf_span(&text), key);
		buf_free(&text);
	}
}

static void add_members(struct histogram *h, struct span object, struct span prefix)
{
	struct json_member *m;
	struct buf name = BUF_INIT;
	struct json_fault fault;
	size_t n = 0;

	if (json_scan_object(object, NULL, 0, &n, &fault) < 0 || n == 0)
		return;
	n = n < KEYS_LIMIT ? n : KEYS_LIMIT;
	m = xreallocarray(NULL, n, sizeof *m);
	json_scan_object(object, m, n, &n, &fault);
	n = n < KEYS_LIMIT ? n : KEYS_LIMIT;
	for (size_t i = 0; i < n; i++) {
		buf_clear(&name);
		if (prefix.len) {
			buf_addspan(&name, prefix);
			buf_addc(&name, '.');
		}
		json_unescape(&name, m[i].key);
		note(stat_for(h, buf_span(&name)), value_type(&m[i]), m[i].value);
		if (prefix.len == 0)
			add_nested(h, &m[i], buf_span(&name));
	}
	buf_free(&name);
	free(m);
}

bool histogram_add_json(struct histogram *h, struct span object)
{
	struct json_member none;
	struct json_fault fault;
	size_t n;

	if (json_scan_object(object, &none, 0, &n, &fault) < 0)
		return false;
	h->records++;
	add_members(h, object, (struct span){ NULL, 0 });
	return true;
}

void histogram_add_cell(struct histogram *h, struct span name, struct span cell)
{
	double number;

	if (cell.len == 0)
		return;
	if (json_read_real(span_trim(cell), &number))
		note(stat_for(h, name), V_NUMBER, cell);
	else if (span_is(cell, "True") || span_is(cell, "False") || span_is(cell, "true") ||
		 span_is(cell, "false"))
		note(stat_for(h, name), V_BOOL, cell);
	else
		note(stat_for(h, name), V_STRING, cell);
}

void histogram_free(struct histogram *h)
{
	vec_free(&h->keys);
	h->records = 0;
}
