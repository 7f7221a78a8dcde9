/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The filter language: text to terms. */
#include "review/filter_terms.h"

#include <errno.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "text/langid.h"

static const struct {
	const char *name;
	enum term_class class;
} keys[] = {
	{ "kind", TERM_KIND },     { "corpus", TERM_CORPUS }, { "lang", TERM_LANG },           { "verdict", TERM_VERDICT },
	{ "reason", TERM_REASON }, { "note", TERM_NOTE },     { "annotator", TERM_ANNOTATOR }, { "score", TERM_SCORE },
	{ "bytes", TERM_BYTES },   { "text", TERM_TEXT },     { "id", TERM_ID },
};

static const struct {
	const char *sign;
	enum term_op op;
	bool negated;
} ops[] = {
	{ "!=", OP_IS, true },         { "!~", OP_MATCHES, true }, { "<=", OP_AT_MOST, false }, { ">=", OP_AT_LEAST, false },
	{ "=", OP_IS, false },         { "~", OP_MATCHES, false }, { "<", OP_LESS, false },     { ">", OP_MORE, false },
};

static bool key_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("_.-", c)) ||
	       (unsigned char)c >= 0x80;
}

static int unknown_key(struct span key, struct error *err)
{
	return error_set(err, TAMIS_EUSAGE,
			 _("filter: \"%.*s\" is not a key; there are kind corpus lang verdict reason note annotator score bytes "
			   "text id url, the roles (instruction, source …) and meta.NAME"),
			 (int)key.len, key.p);
}

static int find_key(struct term *t, struct span key, struct error *err)
{
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		if (span_is(key, keys[i].name)) {
			t->class = keys[i].class;
			return 0;
		}
	}
	if (span_starts(key, "meta.") && key.len > 5) {
		t->class = TERM_META;
		t->name = xstrndup(key.p + 5, key.len - 5);
		return 0;
	}
	for (enum role r = ROLE_ID; r < ROLE_COUNT; r++) {
		if (span_is(key, role_name(r))) {
			t->class = TERM_ROLE;
			t->role = r;
			return 0;
		}
	}
	return unknown_key(key, err);
}

static int find_op(struct term *t, struct span key, struct span *rest, struct error *err)
{
	for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
		if (!span_starts(*rest, ops[i].sign))
			continue;
		t->op = ops[i].op;
		t->negated = t->negated != ops[i].negated;
		*rest = span_make(rest->p + strlen(ops[i].sign), rest->len - strlen(ops[i].sign));
		return 0;
	}
	return error_set(err, TAMIS_EUSAGE, _("filter: after \"%.*s\" write = != ~ !~ < <= > or >=; to look for it in the text, /%.*s/"),
			 (int)key.len, key.p, (int)key.len, key.p);
}

/* Takes a value up to a blank, or a quoted one (\" and \\ inside). */
static int take_value(struct span *rest, char **out, struct error *err)
{
	struct buf value = BUF_INIT;
	char quote = rest->len > 0 && (rest->p[0] == '"' || rest->p[0] == '\'') ? rest->p[0] : '\0';
	size_t at = quote ? 1 : 0;

	while (at < rest->len && (quote ? rest->p[at] != quote : rest->p[at] != ' ' && rest->p[at] != '\t')) {
		if (quote && rest->p[at] == '\\' && at + 1 < rest->len && (rest->p[at + 1] == quote || rest->p[at + 1] == '\\'))
			at++;
		buf_addc(&value, rest->p[at++]);
	}
	if (quote && at >= rest->len) {
		buf_free(&value);
		return error_set(err, TAMIS_EUSAGE, _("filter: the quote %c is not closed"), quote);
	}
	at += quote ? 1 : 0;
	*rest = span_make(rest->p + at, rest->len - at);
	*out = buf_steal(&value, NULL);
	return 0;
}

/* /REGEX/ with \/ for a slash. */
static int take_pattern(struct term *t, struct span *rest, struct error *err)
{
	struct buf value = BUF_INIT;
	size_t at = 1;

	while (at < rest->len && rest->p[at] != '/') {
		if (rest->p[at] == '\\' && at + 1 < rest->len) {
			if (rest->p[at + 1] != '/')
				buf_addc(&value, '\\');
			at++;
		}
		buf_addc(&value, rest->p[at++]);
	}
	t->class = TERM_TEXT;
	t->op = OP_MATCHES;
	t->value = buf_steal(&value, NULL);
	if (at >= rest->len)
		return error_set(err, TAMIS_EUSAGE, _("filter: the pattern /%s is not closed with a /"), t->value);
	*rest = span_make(rest->p + at + 1, rest->len - at - 1);
	return 0;
}

/* ---- values ---- */

/* The bit of one word of a closed list, or -1. */
static int word_bit(enum term_class class, struct span word)
{
	bool known = true;
	int bit = -1;

	if (class == TERM_KIND) {
		enum item_kind kind = item_kind_from_name(word);

		bit = kind == KIND_NONE ? -1 : (int)kind;
	} else if (class == TERM_VERDICT) {
		bit = span_is(word, "none") ? VERDICT_NONE : (int)verdict_from_name(word, &known);
	} else if (class == TERM_LANG) {
		uint8_t lang = lang_from_code(word);

		bit = lang != LANG_UNKNOWN || span_is(word, "und") ? (int)lang : -1;
	} else if (class == TERM_REASON) {
		char number[4] = "";

		memcpy(number, word.p, word.len < 3 ? word.len : 3);
		bit = atoi(number) >= 1 && atoi(number) <= 32 ? atoi(number) - 1 : -1;
	}
	return known ? bit : -1;
}

static int read_words(struct term *t, const char *key, struct error *err)
{
	struct span rest = span_of(t->value);

	while (rest.len > 0) {
		const char *comma = memchr(rest.p, ',', rest.len);
		size_t n = comma ? (size_t)(comma - rest.p) : rest.len;
		int bit = word_bit(t->class, span_make(rest.p, n));

		if (bit < 0)
			return error_set(err, TAMIS_EUSAGE, _("filter: \"%.*s\" is not a value of %s"), (int)n, rest.p, key);
		t->set[bit / 64] |= (uint64_t)1 << (bit % 64);
		n += comma ? 1 : 0;
		rest = span_make(rest.p + n, rest.len - n);
	}
	return 0;
}

static int read_number(struct term *t, const char *key, struct error *err)
{
	char *end;

	errno = 0;
	t->number = strtod(t->value, &end);
	if (end == t->value || *end || errno)
		return error_set(err, TAMIS_EUSAGE, _("filter: \"%s\" is not a number (%s)"), t->value, key);
	return 0;
}

static int compile(struct term *t, struct error *err)
{
	int rc = pattern_compile(&t->pattern, span_of(t->value), err);

	if (rc < 0)
		error_prefix(err, _("filter: pattern \"%s\""), t->value);
	return rc;
}

static int read_value(struct term *t, const char *key, struct error *err)
{
	bool words = t->class == TERM_KIND || t->class == TERM_VERDICT || t->class == TERM_LANG || t->class == TERM_REASON;
	bool numbers = t->class == TERM_SCORE || t->class == TERM_BYTES;

	if (t->op == OP_MATCHES) {
		if (words || numbers)
			return error_set(err, TAMIS_EUSAGE, _("filter: %s takes = or !=, not a pattern"), key);
		return compile(t, err);
	}
	if (t->op != OP_IS && !numbers && t->class != TERM_META && t->class != TERM_ROLE)
		return error_set(err, TAMIS_EUSAGE, _("filter: %s has no order; use = or !="), key);
	if (words)
		return read_words(t, key, err);
	if (numbers || t->op != OP_IS)
		return read_number(t, key, err);
	return 0;
}

/* ---- terms ---- */

static void term_free(struct term *t)
{
	free(t->name);
	free(t->value);
	pattern_free(t->pattern);
}

static struct span skip_blanks(struct span s)
{
	while (s.len > 0 && (*s.p == ' ' || *s.p == '\t' || *s.p == '\n'))
		s = span_make(s.p + 1, s.len - 1);
	return s;
}

static int take_term(struct term *t, struct span *rest, struct error *err)
{
	size_t n = 0;
	char *key;
	int rc;

	while (rest->len > 0 && *rest->p == '!') {
		t->negated = !t->negated;
		*rest = skip_blanks(span_make(rest->p + 1, rest->len - 1));
	}
	if (rest->len > 0 && *rest->p == '/') {
		rc = take_pattern(t, rest, err);
		return rc < 0 ? rc : compile(t, err);
	}
	while (n < rest->len && key_char(rest->p[n]))
		n++;
	if (n == 0)
		return error_set(err, TAMIS_EUSAGE, _("filter: a term is missing at \"%.*s\""),
				 rest->len > 40 ? 40 : (int)rest->len, rest->p);
	key = xstrndup(rest->p, n);
	*rest = skip_blanks(span_make(rest->p + n, rest->len - n));
	rc = find_op(t, span_of(key), rest, err);
	if (rc == 0)
		rc = find_key(t, span_of(key), err);
	if (rc == 0) {
		*rest = skip_blanks(*rest);
		rc = take_value(rest, &t->value, err);
	}
	if (rc == 0)
		rc = read_value(t, key, err);
	free(key);
	return rc;
}

static bool skip_and(struct span *rest)
{
	if (!span_starts(*rest, "and") || (rest->len > 3 && rest->p[3] != ' ' && rest->p[3] != '\t'))
		return false;
	*rest = skip_blanks(span_make(rest->p + 3, rest->len - 3));
	return true;
}

/* Keeps the order of terms that cost the same. */
static void insert_by_cost(struct filter *f, struct term t)
{
	size_t at = f->terms.n;

	vec_push(&f->terms, t);
	while (at > 0 && f->terms.v[at - 1].class > t.class) {
		f->terms.v[at] = f->terms.v[at - 1];
		at--;
	}
	f->terms.v[at] = t;
	if (t.class > f->dearest)
		f->dearest = t.class;
}

int filter_parse(struct filter **out, const char *text, struct error *err)
{
	struct filter *f = xcalloc(1, sizeof *f);
	struct span rest = skip_blanks(span_of(text ? text : ""));

	*out = NULL;
	while (rest.len > 0) {
		struct term t = { 0 };
		int rc;

		if (f->terms.n > 0 && skip_and(&rest) && rest.len == 0)
			break;
		rc = take_term(&t, &rest, err);
		if (rc < 0) {
			term_free(&t);
			filter_free(f);
			return rc;
		}
		insert_by_cost(f, t);
		rest = skip_blanks(rest);
	}
	*out = f;
	return 0;
}

void filter_free(struct filter *f)
{
	if (!f)
		return;
	vec_each(&f->terms, i)
		term_free(&f->terms.v[i]);
	vec_free(&f->terms);
	free(f);
}

bool filter_needs_text(const struct filter *f)
{
	return f->terms.n > 0 && f->dearest >= TERM_ID;
}

const char *filter_pattern(const struct filter *f)
{
	vec_each(&f->terms, i) {
		const struct term *t = &f->terms.v[i];

		if (t->op == OP_MATCHES && !t->negated && (t->class == TERM_TEXT || t->class == TERM_ROLE))
			return t->value;
	}
	return NULL;
}
