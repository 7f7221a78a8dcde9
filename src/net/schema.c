/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A subset of JSON Schema. */
#include "net/schema.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/i18n.h"

enum { DEPTH = 64 };

struct checking {
	char *why;
	size_t size;
	struct buf path;
	unsigned depth;
};

static bool check(struct checking *c, const json_t *value, const json_t *schema);

static bool wrong(struct checking *c, const char *what)
{
	snprintf(c->why, c->size, "%s: %s", c->path.p, _(what));
	return false;
}

static bool is_type(const json_t *value, const char *type)
{
	static const struct {
		const char *name;
		json_type type;
	} types[] = {
		{ "object", JSON_OBJECT }, { "array", JSON_ARRAY }, { "string", JSON_STRING }, { "integer", JSON_INTEGER },
		{ "number", JSON_REAL }, { "number", JSON_INTEGER }, { "boolean", JSON_TRUE }, { "boolean", JSON_FALSE }, { "null", JSON_NULL },
	};

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (strcmp(type, types[i].name) == 0 && json_typeof(value) == types[i].type)
			return true;
	return false;
}

static bool check_type(struct checking *c, const json_t *value, const json_t *type)
{
	size_t i;
	json_t *one;

	if (json_is_string(type) && !is_type(value, json_string_value(type)))
		return wrong(c, N_("of another type"));
	if (!json_is_array(type))
		return true;
	json_array_foreach(type, i, one)
		if (json_is_string(one) && is_type(value, json_string_value(one)))
			return true;
	return wrong(c, N_("of another type"));
}

static bool check_listed(struct checking *c, const json_t *value, const json_t *list, const json_t *only)
{
	size_t i;
	json_t *one;

	if (only && !json_equal((json_t *)value, (json_t *)only))
		return wrong(c, N_("not the one value allowed"));
	if (!json_is_array(list))
		return true;
	json_array_foreach(list, i, one)
		if (json_equal((json_t *)value, one))
			return true;
	return wrong(c, N_("not in the list of values"));
}

/* Against the numbers named `least` and `most`. */
static bool check_range(struct checking *c, const json_t *schema, double n, const char *least, const char *most)
{
	const json_t *low = json_object_get(schema, least), *high = json_object_get(schema, most);

	if (json_is_number(low) && n < json_number_value(low))
		return wrong(c, N_("too small"));
	if (json_is_number(high) && n > json_number_value(high))
		return wrong(c, N_("too large"));
	return true;
}

static size_t code_points(const json_t *string)
{
	const char *p = json_string_value(string);
	size_t n = 0;

	for (size_t i = 0; i < json_string_length(string); i++)
		n += ((unsigned char)p[i] & 0xc0) != 0x80;
	return n;
}

static bool check_inside(struct checking *c, const json_t *value, const json_t *schema, const char *key, size_t index)
{
	size_t len = c->path.len;
	bool good;

	if (key)
		buf_addf(&c->path, ".%.40s", key);
	else
		buf_addf(&c->path, "[%zu]", index);
	good = check(c, value, schema);
	buf_truncate(&c->path, len);
	return good;
}

static bool check_object(struct checking *c, const json_t *value, const json_t *schema)
{
	const json_t *properties = json_object_get(schema, "properties"), *others = json_object_get(schema, "additionalProperties");
	const json_t *required = json_object_get(schema, "required");
	const char *key;
	json_t *one;
	size_t i;

	json_array_foreach(required, i, one)
		if (json_is_string(one) && json_object_get(value, json_string_value(one)) == NULL)
			return wrong(c, N_("a member is missing"));
	json_object_foreach((json_t *)value, key, one) {
		const json_t *of = json_object_get(properties, key);

		if (of == NULL && json_is_false(others))
			return wrong(c, N_("has a member too many"));
		if (of == NULL)
			of = others;
		if (!check_inside(c, one, of, key, 0))
			return false;
	}
	return true;
}

static bool check_array(struct checking *c, const json_t *value, const json_t *schema)
{
	const json_t *items = json_object_get(schema, "items");
	size_t i;
	json_t *one;

	if (!check_range(c, schema, (double)json_array_size(value), "minItems", "maxItems"))
		return false;
	json_array_foreach(value, i, one)
		if (!check_inside(c, one, items, NULL, i))
			return false;
	return true;
}

static bool check_value(struct checking *c, const json_t *value, const json_t *schema)
{
	if (!check_type(c, value, json_object_get(schema, "type")) ||
	    !check_listed(c, value, json_object_get(schema, "enum"), json_object_get(schema, "const")))
		return false;
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return check_object(c, value, schema);
	case JSON_ARRAY:
		return check_array(c, value, schema);
	case JSON_STRING:
		return check_range(c, schema, (double)code_points(value), "minLength", "maxLength");
	case JSON_INTEGER:
	case JSON_REAL:
		return check_range(c, schema, json_number_value(value), "minimum", "maximum");
	default:
		return true;
	}
}

static bool check(struct checking *c, const json_t *value, const json_t *schema)
{
	bool good;

	if (!json_is_object(schema))
		return true;
	if (c->depth == DEPTH)
		return wrong(c, N_("nested too deeply"));
	c->depth++;
	good = check_value(c, value, schema);
	c->depth--;
	return good;
}

bool schema_check(const json_t *value, const json_t *schema, char *why, size_t size)
{
	struct checking c = { .why = why, .size = size, .path = BUF_INIT };
	bool good;

	buf_addc(&c.path, '$');
	good = check(&c, value, schema);
	buf_free(&c.path);
	return good;
}
