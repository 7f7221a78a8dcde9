/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Edits put in place. */
#include "formats/splice.h"

#include "base/json.h"
#include "base/vec.h"

#define DEPTH_MAX 8
#define TURNS_MAX 512
#define TURN_MEMBERS 32

typedef VEC(struct json_member) member_list;

struct splice {
	struct buf *out;
	const struct export_item *item;
	struct buf name;   /* dotted, of the member at hand */
	unsigned placed;   /* bit per role */
};

static bool scan_members(member_list *out, struct span text, bool object)
{
	int (*scan)(struct span, struct json_member *, size_t, size_t *, struct json_fault *) =
		object ? json_scan_object : json_scan_array;
	struct json_fault fault;
	size_t n;

	vec_reserve(out, 64);
	if (scan(text, out->v, out->cap, &n, &fault) < 0)
		return false;
	if (n > out->cap) {
		vec_reserve(out, n);
		scan(text, out->v, out->cap, &n, &fault);
	}
	out->n = n;
	return true;
}

static const char *value_begin(const struct json_member *m)
{
	return m->type == JSON_T_STRING ? m->value.p - 1 : m->value.p;
}

static const char *value_end(const struct json_member *m)
{
	return m->value.p + m->value.len + (m->type == JSON_T_STRING);
}

/* The edited role whose field is called what `name` says, or ROLE_META; with `inside`, whose name begins so. */
static enum role edited_role(const struct splice *s, bool inside)
{
	const struct record *r = s->item->record;
	struct span name = buf_span(&s->name);

	for (size_t i = 0; i < r->n_fields; i++) {
		const struct field *f = &r->fields[i];

		if (f->role == ROLE_META || !export_is_edited(s->item, f->role) || record_field(r, f->role) != f)
			continue;
		if (inside ? f->name.len > name.len && f->name.p[name.len] == '.' && span_eq(span_make(f->name.p, name.len), name)
			   : span_eq(f->name, name))
			return f->role;
	}
	return ROLE_META;
}

/* ---- chats ---- */

static bool same_text(const struct json_member *m, struct span text)
{
	struct buf plain = BUF_INIT;
	bool same;

	if (m->type != JSON_T_STRING)
		return false;
	json_unescape(&plain, m->value);
	same = span_eq(buf_span(&plain), text);
	buf_free(&plain);
	return same;
}

/* `role` and `content` of a normalised turn, still escaped. */
static bool read_turn(struct span turn, struct span *role, struct span *content)
{
	struct json_member m[4];
	struct json_fault fault;
	size_t n;

	if (json_scan_object(turn, m, 4, &n, &fault) < 0 || n != 2 || m[0].type != JSON_T_STRING || m[1].type != JSON_T_STRING)
		return false;
	*role = m[0].value;
	*content = m[1].value;
	return true;
}

/* The string of a turn, as the file has it, that says `before` becomes `after` (both escaped). */
static bool splice_turn(struct buf *out, struct span turn, struct span before, struct span after)
{
	struct json_member m[TURN_MEMBERS];
	struct json_fault fault;
	struct buf text = BUF_INIT;
	size_t n;
	bool found = false;

	if (json_scan_object(turn, m, TURN_MEMBERS, &n, &fault) < 0)
		return false;
	json_unescape(&text, before);
	for (size_t i = 0; i < n && i < TURN_MEMBERS && !found; i++) {
		if (!(span_is(m[i].key, "content") || span_is(m[i].key, "value")) || !same_text(&m[i], buf_span(&text)))
			continue;
		buf_add(out, turn.p, (size_t)(m[i].value.p - turn.p));
		buf_addspan(out, after);
		buf_add(out, m[i].value.p + m[i].value.len, (size_t)(turn.p + turn.len - m[i].value.p - m[i].value.len));
		found = true;
	}
	buf_free(&text);
	return found;
}

/* The turns of `raw` with the contents that were edited.  False unless they are the turns of before, one for one. */
static bool splice_turns(struct buf *out, struct span raw, struct span before, struct span after)
{
	member_list turn = { 0 }, old = { 0 }, new = { 0 };
	const char *from = raw.p;
	bool good = scan_members(&turn, raw, false) && scan_members(&old, before, false) && scan_members(&new, after, false) &&
		    turn.n == old.n && turn.n == new.n && turn.n <= TURNS_MAX;

	for (size_t i = 0; good && i < turn.n; i++) {
		struct span old_role, new_role, old_content, new_content;

		good = read_turn(old.v[i].value, &old_role, &old_content) && read_turn(new.v[i].value, &new_role, &new_content) &&
		       span_eq(old_role, new_role);
		buf_add(out, from, (size_t)(turn.v[i].value.p - from));
		if (good && span_eq(old_content, new_content))
			buf_addspan(out, turn.v[i].value);
		else
			good = good && splice_turn(out, turn.v[i].value, old_content, new_content);
		from = turn.v[i].value.p + turn.v[i].value.len;
	}
	buf_add(out, from, (size_t)(raw.p + raw.len - from));
	vec_free(&turn);
	vec_free(&old);
	vec_free(&new);
	return good;
}

/* ---- members ---- */

/* An array of one text, with another text in it. */
static bool splice_only(struct buf *out, struct span array, struct span text)
{
	member_list m = { 0 };
	bool only = scan_members(&m, array, false) && m.n == 1 && m.v[0].type == JSON_T_STRING;

	if (only) {
		buf_add(out, array.p, (size_t)(value_begin(&m.v[0]) - array.p));
		json_put_string(out, text);
		buf_add(out, value_end(&m.v[0]), (size_t)(array.p + array.len - value_end(&m.v[0])));
	}
	vec_free(&m);
	return only;
}

/* One turn, or a list of answers with one in it. */
static bool put_container(struct splice *s, enum role role, const struct json_member *m)
{
	struct buf before = BUF_INIT, after = BUF_INIT;
	bool put = false;

	if (m->type == JSON_T_OBJECT) {
		json_put_string(&before, export_original(s->item, role));
		json_put_string(&after, export_value(s->item, role));
		put = splice_turn(s->out, m->value, span_make(before.p + 1, before.len - 2), span_make(after.p + 1, after.len - 2));
	} else if (m->type == JSON_T_ARRAY) {
		put = splice_only(s->out, m->value, export_value(s->item, role));
	}
	buf_free(&before);
	buf_free(&after);
	return put;
}

static bool put_edited(struct splice *s, const struct json_member *m)
{
	enum role role = edited_role(s, false);
	size_t length = s->out->len;

	if (role == ROLE_META)
		return false;
	if (!export_is_turns(s->item, role)) {
		if (m->type == JSON_T_STRING)
			json_put_string(s->out, export_value(s->item, role));
		else if (!put_container(s, role, m))
			return false;
	} else if (m->type != JSON_T_ARRAY ||
		   !splice_turns(s->out, m->value, export_original(s->item, role), export_value(s->item, role))) {
		buf_truncate(s->out, length);
		buf_addspan(s->out, export_value(s->item, role));
	}
	s->placed |= 1u << role;
	return true;
}

static bool put_object(struct splice *s, struct span raw, unsigned depth);

static void put_member(struct splice *s, const struct json_member *m, unsigned depth)
{
	if (put_edited(s, m))
		return;
	if (m->type == JSON_T_OBJECT && depth < DEPTH_MAX && edited_role(s, true) != ROLE_META && put_object(s, m->value, depth + 1))
		return;
	buf_add(s->out, value_begin(m), (size_t)(value_end(m) - value_begin(m)));
}

static bool put_object(struct splice *s, struct span raw, unsigned depth)
{
	member_list m = { 0 };
	const char *from = raw.p, *last = NULL;
	size_t prefix = s->name.len;

	if (!scan_members(&m, raw, true)) {
		vec_free(&m);
		return false;
	}
	vec_each(&m, i) {
		if (depth == 0 && span_is(m.v[i].key, "_tamis")) {
			/* with the comma before it, or after it when it is the first */
			buf_add(s->out, from, (size_t)((last ? last : m.v[i].key.p - 1) - from));
			from = last || i + 1 == m.n ? value_end(&m.v[i]) : m.v[i + 1].key.p - 1;
			continue;
		}
		buf_add(s->out, from, (size_t)(value_begin(&m.v[i]) - from));
		if (depth)
			buf_addc(&s->name, '.');
		json_unescape(&s->name, m.v[i].key);
		put_member(s, &m.v[i], depth);
		buf_truncate(&s->name, prefix);
		from = last = value_end(&m.v[i]);
	}
	buf_add(s->out, from, (size_t)(raw.p + raw.len - from));
	vec_free(&m);
	return true;
}

bool splice_edits(struct buf *out, const struct export_item *item, struct span raw)
{
	struct splice s = { .out = out, .item = item };
	unsigned wanted = 0;
	bool good;

	for (int role = 0; role < ROLE_COUNT; role++)
		if (export_is_edited(item, (enum role)role))
			wanted |= 1u << role;
	buf_init(&s.name);
	good = put_object(&s, raw, 0);
	buf_free(&s.name);
	return good && (wanted & ~s.placed) == 0;
}
