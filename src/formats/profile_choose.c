/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which profile the first records fit, and which role each of their keys has. */
#include <stdio.h>
#include <string.h>

#include "formats/profile.h"

/* ---- scoring ---- */

/* Empty arrays say nothing about what the others hold. */
#define NEUTRAL V_LIST

static bool type_fits(const struct key_stat *k, int allowed)
{
	size_t right = 0, wrong = 0;

	for (unsigned bit = 0; bit < VALUE_TYPES; bit++) {
		if (allowed & (1 << bit))
			right += k->by_type[bit];
		else if (!(NEUTRAL & (1 << bit)))
			wrong += k->by_type[bit];
	}
	return right > 0 && wrong * 3 <= right;
}

const struct key_stat *histogram_match(const struct histogram *h, const char *key)
{
	if (key[0] != '*')
		return histogram_get(h, span_of(key));
	vec_each(&h->keys, i)
		if (span_ends(span_of(h->keys.v[i].name), key + 1))
			return &h->keys.v[i];
	return NULL;
}

/* Score of one row; 0 when it does not fit. */
static int profile_score(const struct profile *p, const struct histogram *h)
{
	int score = 0, any_keys = 0, any_found = 0;

	for (size_t i = 0; i < PROFILE_KEYS && p->keys[i].key; i++) {
		const struct profile_key *want = &p->keys[i];
		const struct key_stat *have = histogram_match(h, want->key);
		bool fits = have && type_fits(have, want->types);

		any_keys += want->need == ANY;
		if (want->need == NEED && !(fits && have->count * 2 >= h->records))
			return 0;
		if (want->need == NOT && fits)
			return 0;
		if (want->need == ANY && fits)
			any_found++;
		if (fits)
			score += want->need == NEED || (want->need == ANY && any_found == 1) ? 3 : 1;
	}
	return any_keys && !any_found ? 0 : score;
}

static const struct profile *best_profile(const struct histogram *h)
{
	const struct profile *best = NULL, *p;
	int best_score = 0;

	for (size_t i = 0; (p = profile_at(i)) != NULL; i++) {
		int score = profile_score(p, h);

		if (score > best_score) {
			best = p;
			best_score = score;
		}
	}
	return best;
}

/* ---- roles ---- */

static struct shape_column *column_find(struct shape *s, const char *name)
{
	for (size_t i = 0; i < s->n_columns; i++)
		if (strcmp(s->columns[i].name, name) == 0)
			return &s->columns[i];
	return NULL;
}

static bool has_role(const struct shape *s, enum role role)
{
	for (size_t i = 0; i < s->n_columns; i++)
		if (s->columns[i].role == role)
			return true;
	return false;
}

/* A table's columns are all there in order; a JSON shape lists only those with a role. */
static void set_role(struct shape *s, const char *name, enum role role)
{
	struct shape_column *c = column_find(s, name);

	if (c == NULL) {
		if (s->format == FORMAT_CSV || s->n_columns == SHAPE_COLUMNS || role == ROLE_META)
			return;
		c = &s->columns[s->n_columns++];
		snprintf(c->name, sizeof c->name, "%s", name);
	}
	c->role = role;
}

static bool is_word_in(const char *name, const char *const *words, size_t n)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < n; i++) {
		size_t w = strlen(words[i]);

		if (len > 0 && name[len - 1] == 's' && len - 1 >= w &&
		    strncmp(name + len - 1 - w, words[i], w) == 0 &&
		    (len - 1 == w || name[len - 2 - w] == '_' || name[len - 2 - w] == '.'))
			return true;
		if (len >= w && strcmp(name + len - w, words[i]) == 0 &&
		    (len == w || name[len - w - 1] == '_' || name[len - w - 1] == '.'))
			return true;
	}
	return false;
}

static bool names_score(const char *name)
{
	static const char *const words[] = { "score",  "prob",  "confidence", "quality",   "rating",
					     "margin", "laser", "bicleaner",  "similarity" };

	return is_word_in(name, words, sizeof words / sizeof *words);
}

static bool names_language(const char *name)
{
	static const char *const words[] = { "lang", "language", "lang_code", "xml:lang" };
	const char *last = strrchr(name, '.');

	name = last ? last + 1 : name;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(name, words[i]) == 0)
			return true;
	return false;
}

static bool names_id(const char *name)
{
	static const char *const words[] = { "id", "_id", "uuid", "doc_id", "idx", "index", "key" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(name, words[i]) == 0)
			return true;
	return false;
}

static bool holds_numbers(const struct key_stat *k)
{
	return type_fits(k, V_NUMBER) || (k->count && k->numeric * 10 >= k->count * 9);
}

/* Roles by what a key is called and holds, for keys the row says nothing about. */
static void add_guessed_roles(struct shape *s, const struct histogram *h)
{
	vec_each(&h->keys, i) {
		const struct key_stat *k = &h->keys.v[i];
		const struct shape_column *c = column_find(s, k->name);

		if (c && c->role != ROLE_META)
			continue;
		if (!has_role(s, ROLE_SCORE) && names_score(k->name) && holds_numbers(k))
			set_role(s, k->name, ROLE_SCORE);
		else if (!has_role(s, ROLE_LANG) && names_language(k->name) && type_fits(k, V_STRING))
			set_role(s, k->name, ROLE_LANG);
		else if (!has_role(s, ROLE_URL) && k->urls && k->urls * 2 >= k->count)
			set_role(s, k->name, ROLE_URL);
		else if (!has_role(s, ROLE_ID) && names_id(k->name) && type_fits(k, V_STRING | V_NUMBER))
			set_role(s, k->name, ROLE_ID);
	}
}

/* The key that holds the most text: of those that hold strings throughout, or `mixed`, of those that hold some (the records
 * with something else there are kept out). */
static const struct key_stat *largest_string(const struct histogram *h, const struct shape *s, bool mixed)
{
	const struct key_stat *best = NULL;

	vec_each(&h->keys, i) {
		const struct key_stat *k = &h->keys.v[i];

		if (k->bytes == 0 || k->urls * 2 > k->count || (!mixed && !type_fits(k, V_STRING)))
			continue;
		if (s->format == FORMAT_CSV && column_find((struct shape *)s, k->name) == NULL)
			continue;
		if (best == NULL || k->bytes > best->bytes)
			best = k;
	}
	return best;
}

/* ---- pairs whose keys are language codes: {"en": …, "fr": …}, also inside "translation" ---- */

static bool looks_like_language(const char *key)
{
	size_t n = strspn(key, "abcdefghijklmnopqrstuvwxyz");

	if (strcmp(key, "id") == 0)
		return false;
	return n == 2 && (key[2] == '\0' || ((key[2] == '_' || key[2] == '-') && strlen(key) <= 8));
}

static bool choose_languages(struct shape *out, const struct histogram *h)
{
	const struct key_stat *pair[2] = { NULL, NULL };
	size_t n = 0;

	vec_each(&h->keys, i) {
		const struct key_stat *k = &h->keys.v[i];
		const char *dot = strchr(k->name, '.');
		const char *code = dot && strncmp(k->name, "translation.", 12) == 0 ? dot + 1 : k->name;

		if (!looks_like_language(code) || !type_fits(k, V_STRING) || k->count * 2 < h->records)
			continue;
		if (n < 2)
			pair[n] = k;
		n++;
	}
	if (n != 2)
		return false;
	for (size_t i = 0; i < 2; i++) {
		const char *dot = strchr(pair[i]->name, '.');

		set_role(out, pair[i]->name, i == 0 ? ROLE_SOURCE : ROLE_TARGET);
		snprintf(i == 0 ? out->source_lang : out->target_lang, sizeof out->source_lang, "%.8s",
			 dot ? dot + 1 : pair[i]->name);
	}
	return true;
}

/* ---- putting it together ---- */

static void apply_profile(struct shape *out, const struct profile *p, const struct histogram *h)
{
	out->kind = p->kind;
	snprintf(out->profile, sizeof out->profile, "%s", p->name);
	for (size_t i = 0; i < PROFILE_KEYS && p->keys[i].key; i++) {
		const struct profile_key *want = &p->keys[i];
		const struct key_stat *have = histogram_match(h, want->key);

		if (want->need == NOT || have == NULL || !type_fits(have, want->types))
			continue;
		if (want->role == ROLE_META || !has_role(out, want->role))
			set_role(out, have->name, want->role);
	}
}

static void apply_wish(struct shape *out, const struct shape_wish *wish)
{
	if (wish && wish->id_field) {
		for (size_t i = 0; i < out->n_columns; i++)
			if (out->columns[i].role == ROLE_ID)
				out->columns[i].role = ROLE_META;
		set_role(out, wish->id_field, ROLE_ID);
	}
}

/* The field a document's text is in: the user's, or the largest. */
static const char *apply_text(struct shape *out, const struct histogram *h, const struct shape_wish *wish)
{
	const struct key_stat *largest = largest_string(h, out, false);
	const char *name;

	if (largest == NULL && out->format != FORMAT_CSV)
		largest = largest_string(h, out, true);
	name = wish && wish->text_field ? wish->text_field : largest ? largest->name : "";

	out->kind = KIND_DOCUMENT;
	if (name[0])
		set_role(out, name, ROLE_TEXT);
	return name;
}

const struct profile *profile_choose(struct shape *out, const struct histogram *h,
				     const struct shape_wish *wish, const char **text)
{
	const struct profile *p = wish && wish->text_field ? NULL : best_profile(h);
	bool pairs = p == NULL || (p->kind == KIND_DOCUMENT && strcmp(p->name, "text") == 0);

	*text = "";
	if (pairs && !(wish && wish->text_field) && choose_languages(out, h)) {
		out->kind = KIND_BITEXT;
		p = profile_find("bitext");
		snprintf(out->profile, sizeof out->profile, "%s", p->name);
	} else if (p) {
		apply_profile(out, p, h);
		if (p->kind == KIND_DOCUMENT && !has_role(out, ROLE_TEXT) && !p->refused)
			*text = apply_text(out, h, wish);
	} else {
		snprintf(out->profile, sizeof out->profile, "generic");
		*text = apply_text(out, h, wish);
	}
	apply_wish(out, wish);
	add_guessed_roles(out, h);
	return p;
}
