/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One JSON object into fields: keys looked up in the shape, strings unescaped, chats normalised. */
#include "base/i18n.h"
#include "formats/decode.h"

static struct span unescaped(struct decoder *d, struct span s)
{
	char *copy = arena_alloc(d->arena, s.len + 1);
	size_t n = json_unescape_to(copy, s);

	copy[n] = '\0';
	return span_make(copy, n);
}

static struct span key_of(struct decoder *d, const struct json_member *m)
{
	return m->key_escaped ? unescaped(d, m->key) : m->key;
}

/* The steps of a stepwise answer, or several generations: one text with blank lines between. */
static bool join_strings(struct decoder *d, struct span array, struct span *out)
{
	struct json_member part[64];
	struct json_fault fault;
	struct buf text = BUF_INIT;
	size_t n;

	if (json_scan_array(array, part, 64, &n, &fault) < 0 || n == 0 || n > 64)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (part[i].type != JSON_T_STRING) {
			buf_free(&text);
			return false;
		}
		if (i)
			buf_adds(&text, "\n\n");
		json_unescape(&text, part[i].value);
	}
	*out = arena_span(d->arena, buf_span(&text));
	buf_free(&text);
	return true;
}

static bool add_turns(struct decoder *d, enum role role, struct span name, struct span array)
{
	struct buf turns = BUF_INIT, plain = BUF_INIT;
	bool good = turns_normalise(&turns, &plain, array);

	if (good) {
		decode_add(d, role, name, arena_span(d->arena, buf_span(&turns)), true);
		if (d->sample.len == 0)
			d->sample = arena_span(d->arena, buf_span(&plain));
	}
	buf_free(&turns);
	buf_free(&plain);
	return good;
}

/* A single {"from": …, "value": …} (ShareGPT's chosen and rejected): what it says. */
static bool add_one_turn(struct decoder *d, enum role role, struct span name, struct span object)
{
	struct json_member m[8];
	struct json_fault fault;
	size_t n;

	if (json_scan_object(object, m, 8, &n, &fault) < 0)
		return false;
	for (size_t i = 0; i < n && i < 8; i++) {
		if ((span_is(m[i].key, "value") || span_is(m[i].key, "content")) &&
		    m[i].type == JSON_T_STRING) {
			decode_add(d, role, name, unescaped(d, m[i].value), false);
			return true;
		}
	}
	return false;
}

/* A content field that is an array or object. */
static void add_container(struct decoder *d, enum role role, struct span name, const struct json_member *m)
{
	struct span text;

	if (m->type == JSON_T_OBJECT && add_one_turn(d, role, name, m->value))
		return;
	if (m->type == JSON_T_ARRAY && add_turns(d, role, name, m->value))
		return;
	if (m->type == JSON_T_ARRAY && role != ROLE_MESSAGES && role != ROLE_TEXT &&
	    join_strings(d, m->value, &text))
		decode_add(d, role, name, text, false);
}

static bool is_true_or_false(const struct json_member *m)
{
	return m->type == JSON_T_TRUE || m->type == JSON_T_FALSE;
}

static void add_member(struct decoder *d, enum role role, struct span name, const struct json_member *m)
{
	bool container = m->type == JSON_T_OBJECT || m->type == JSON_T_ARRAY;

	if (m->type == JSON_T_NULL)
		return;
	if (m->type == JSON_T_STRING && role != ROLE_MESSAGES)
		decode_add(d, role, name, m->escaped ? unescaped(d, m->value) : m->value, false);
	else if (role == ROLE_VERDICT && is_true_or_false(m))
		decode_add(d, role, name, span_of(m->type == JSON_T_TRUE ? "accept" : "reject"), false);
	else if (role_is_content(role) && container)
		add_container(d, role, name, m);
	else if (!role_is_content(role))
		decode_add(d, role, name, m->value, container);
}

static bool wants_inside(const struct decoder *d, struct span key)
{
	const struct shape *s = d->shape;

	for (size_t i = 0; key.len && i < s->n_columns; i++) {
		const char *name = s->columns[i].name;

		if (name[0] == key.p[0] && key.len < strlen(name) && memcmp(name, key.p, key.len) == 0 && name[key.len] == '.')
			return true;
	}
	return false;
}

/* Members of a nested object, under dotted names. */
static void add_nested(struct decoder *d, struct span prefix, struct span object)
{
	struct json_member m[64];
	struct json_fault fault;
	size_t n;

	if (json_scan_object(object, m, 64, &n, &fault) < 0)
		return;
	for (size_t i = 0; i < n && i < 64; i++) {
		struct span key = key_of(d, &m[i]);
		char *name = arena_alloc(d->arena, prefix.len + key.len + 2);
		const struct shape_column *c;
		struct span dotted = span_make(name, prefix.len + key.len + 1);

		memcpy(name, prefix.p, prefix.len);
		name[prefix.len] = '.';
		memcpy(name + prefix.len + 1, key.p, key.len);
		name[dotted.len] = '\0';
		c = decode_column(d, dotted);
		if (c || d->all)
			add_member(d, c ? c->role : ROLE_META, dotted, &m[i]);
	}
}

static void add_outer(struct decoder *d, const struct json_member *m)
{
	struct span key = key_of(d, m);
	const struct shape_column *c = decode_column(d, key);

	if (c && c->role != ROLE_META) {
		add_member(d, c->role, key, m);
		return;
	}
	if (m->type == JSON_T_OBJECT && (d->all || wants_inside(d, key))) {
		add_nested(d, key, m->value);
	} else if (m->type == JSON_T_STRING && m->value.len && m->value.p[0] == '{' && wants_inside(d, key)) {
		struct span text = m->escaped ? unescaped(d, m->value) : m->value;
		struct json_member none;
		struct json_fault fault;
		size_t n;

		if (json_scan_object(text, &none, 0, &n, &fault) == 0)
			add_nested(d, key, text);
		else if (d->all)
			add_member(d, ROLE_META, key, m);
	} else if (d->all) {
		add_member(d, ROLE_META, key, m);
	}
}

int decode_json(struct decoder *d, struct span raw, struct record_fault *fault)
{
	struct json_fault why;
	size_t n;

	vec_reserve(&d->members, 64);
	if (json_scan_object(raw, d->members.v, d->members.cap, &n, &why) < 0)
		return decode_fault(fault, why.reason, why.at);
	if (n > d->members.cap) {
		vec_reserve(&d->members, n);
		json_scan_object(raw, d->members.v, d->members.cap, &n, &why);
	}
	d->members.n = n;
	for (size_t i = 0; i < n; i++)
		add_outer(d, &d->members.v[i]);
	return 0;
}
