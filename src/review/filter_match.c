/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One term against one subject. */
#include "review/filter_terms.h"

#include <math.h>

#include "base/json.h"
#include "text/langid.h"

struct matcher **term_matchers(const struct filter *f)
{
	struct matcher **m = xcalloc(f->terms.n + 1, sizeof(*m));

	vec_each(&f->terms, i)
		if (f->terms.v[i].pattern)
			m[i] = matcher_new(f->terms.v[i].pattern);
	return m;
}

void term_matchers_free(const struct filter *f, struct matcher **m)
{
	for (size_t i = 0; m && i < f->terms.n; i++)
		matcher_free(m[i]);
	free(m);
}

bool role_holds_text(enum role role)
{
	switch (role) {
	case ROLE_TEXT:
	case ROLE_SYSTEM:
	case ROLE_INSTRUCTION:
	case ROLE_INPUT:
	case ROLE_RESPONSE:
	case ROLE_MESSAGES:
	case ROLE_CHOSEN:
	case ROLE_REJECTED:
	case ROLE_SOURCE:
	case ROLE_TARGET:
		return true;
	default:
		return false;
	}
}

static bool in_set(const struct term *t, unsigned bit)
{
	return t->set[bit / 64 % 4] >> (bit % 64) & 1;
}

static bool compares(const struct term *t, double value, double with)
{
	switch (t->op) {
	case OP_IS:
		return value == with;
	case OP_LESS:
		return value < with;
	case OP_AT_MOST:
		return value <= with;
	case OP_MORE:
		return value > with;
	case OP_AT_LEAST:
		return value >= with;
	default:
		return false;
	}
}

/* True when `s` is one of the values of a list with commas, or the whole of it. */
static bool is_one_of(const char *list, struct span s)
{
	struct span rest = span_of(list);

	if (span_eq(rest, s))
		return true;
	while (rest.len > 0) {
		const char *comma = memchr(rest.p, ',', rest.len);
		size_t n = comma ? (size_t)(comma - rest.p) : rest.len;

		if (span_eq(span_make(rest.p, n), s))
			return true;
		n += comma ? 1 : 0;
		rest = span_make(rest.p + n, rest.len - n);
	}
	return false;
}

static bool matches(struct matcher *m, struct span s)
{
	size_t start, end;

	return matcher_find(m, s, 0, &start, &end) == 1;
}

static bool text_holds(const struct term *t, struct matcher *m, struct span s)
{
	char number[64];

	if (t->op == OP_MATCHES)
		return matches(m, s);
	if (t->op == OP_IS)
		return is_one_of(t->value, s);
	if (s.len == 0 || s.len >= sizeof number)
		return false;
	memcpy(number, s.p, s.len);
	number[s.len] = '\0';
	return compares(t, strtod(number, NULL), t->number);
}

static bool field_holds(const struct term *t, struct matcher *m, const struct field *f, struct buf *scratch)
{
	if (!f->json)
		return text_holds(t, m, f->value);
	buf_clear(scratch);
	json_unescape(scratch, f->value);
	return text_holds(t, m, buf_span(scratch));
}

/* A field asked for by name: its own name, or its last part (`metadata.url` is meta.url too). */
static bool has_name(const struct field *f, const char *name)
{
	size_t n = strlen(name);

	return span_is(f->name, name) ||
	       (f->name.len > n && f->name.p[f->name.len - n - 1] == '.' && span_ends(f->name, name));
}

static bool asked_for(const struct term *t, const struct field *f)
{
	if (t->class == TERM_TEXT)
		return role_holds_text(f->role);
	if (t->class == TERM_META)
		return has_name(f, t->name);
	return f->role == (t->class == TERM_ID ? ROLE_ID : t->role);
}

bool is_language_role(enum role role)
{
	return role == ROLE_SOURCE_LANG || role == ROLE_TARGET_LANG;
}

/* A language is the same however it is written: zh finds zh_CN, zh-Hant and cmn; but zh_CN finds no zh_TW. */
static bool language_holds(const struct term *t, struct span code)
{
	struct span rest = span_of(t->value);
	uint8_t lang = lang_from_code(code);

	while (lang != LANG_UNKNOWN && rest.len > 0) {
		const char *comma = memchr(rest.p, ',', rest.len);
		struct span word = span_make(rest.p, comma ? (size_t)(comma - rest.p) : rest.len);
		size_t skip = word.len + (comma ? 1 : 0);

		if (word.len <= 3 && lang_from_code(word) == lang)
			return true;
		rest = span_make(rest.p + skip, rest.len - skip);
	}
	return false;
}

static bool record_holds(const struct term *t, struct matcher *m, const struct subject *s, struct buf *scratch)
{
	char ref[32];
	bool any = false;

	if (t->class == TERM_ID) {
		item_ref_format(ref, s->ref);
		if (text_holds(t, m, span_of(ref)))
			return true;
	}
	for (size_t i = 0; s->record && i < s->record->n_fields; i++) {
		const struct field *f = &s->record->fields[i];

		if (!asked_for(t, f))
			continue;
		any = true;
		if (field_holds(t, m, f, scratch))
			return true;
		if (t->op == OP_IS && is_language_role(f->role) && language_holds(t, f->value))
			return true;
	}
	return !any && t->op == OP_IS && *t->value == '\0'; /* url="" is true of a record without one */
}

static bool state_holds(const struct term *t, struct matcher *m, const struct subject *s)
{
	const struct verdict_state *st = s->state;

	if (t->class == TERM_REASON)
		return st && ((uint64_t)st->reasons & t->set[0]) != 0;
	if (t->class == TERM_NOTE)
		return text_holds(t, m, span_of(st && st->note ? st->note : ""));
	return text_holds(t, m, span_of(st ? st->annotator : ""));
}

bool term_holds(const struct term *t, struct matcher *m, const struct subject *s, struct buf *scratch)
{
	bool holds = false;

	switch (t->class) {
	case TERM_KIND:
		holds = in_set(t, s->kind);
		break;
	case TERM_CORPUS:
		holds = text_holds(t, m, span_of(s->corpus));
		break;
	case TERM_LANG:
		holds = in_set(t, s->lang) || (s->target_lang != LANG_UNKNOWN && in_set(t, s->target_lang));
		break;
	case TERM_SCORE:
		/* the index keeps scores as floats: 0.9 must be 0.9 on both sides, wherever the score comes from */
		holds = !isnan(s->score) && compares(t, (double)(float)s->score, (double)(float)t->number);
		break;
	case TERM_BYTES:
		holds = compares(t, (double)s->bytes, t->number);
		break;
	case TERM_VERDICT:
		holds = in_set(t, s->verdict);
		break;
	case TERM_REASON:
	case TERM_NOTE:
	case TERM_ANNOTATOR:
		holds = state_holds(t, m, s);
		break;
	case TERM_ID:
	case TERM_ROLE:
	case TERM_META:
	case TERM_TEXT:
		holds = record_holds(t, m, s, scratch);
		break;
	}
	return holds != t->negated;
}

static uint64_t content_bytes(const struct record *r)
{
	uint64_t n = 0;

	for (size_t i = 0; i < r->n_fields; i++)
		if (role_holds_text(r->fields[i].role))
			n += r->fields[i].value.len;
	return n;
}

void item_subject(struct subject *s, const struct item *item)
{
	struct span target = item->kind == KIND_BITEXT ? record_value(&item->record, ROLE_TARGET_LANG) : span_of("");

	*s = (struct subject){
		.target_lang = lang_from_code(target),
		.ref = item->ref, .kind = item->kind, .corpus = item->corpus, .lang = item->lang, .score = item->score,
		.bytes = content_bytes(&item->record), .verdict = item->state.verdict, .state = &item->state,
		.record = &item->record,
	};
}

bool terms_hold(const struct filter *f, struct matcher **m, const struct subject *s, struct buf *scratch)
{
	vec_each(&f->terms, i)
		if (!term_holds(&f->terms.v[i], m[i], s, scratch))
			return false;
	return true;
}

bool filter_item(const struct filter *f, const struct item *item)
{
	struct matcher **m = term_matchers(f);
	struct buf scratch = BUF_INIT;
	struct subject s;
	bool holds;

	item_subject(&s, item);
	holds = terms_hold(f, m, &s, &scratch);
	term_matchers_free(f, m);
	buf_free(&scratch);
	return holds;
}
