/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Removals of a run, clusters judged and edited taken into account. */
#include "jobs/dedup_removed.h"

#include <math.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/json.h"

/* Does a run's inputs, {"corpora":[{"name":…},…]}, name the corpus? */
static bool names(const char *inputs, const char *corpus)
{
	struct json_member top[8], *list, m[8];
	struct json_fault fault;
	size_t n = 0, n_list = 0, n_m = 0;
	bool found = false;

	if (inputs == NULL || json_scan_object(span_of(inputs), top, 8, &n, &fault) < 0)
		return false;
	for (size_t i = 0; i < n && i < 8; i++) {
		if (!span_is(top[i].key, "corpora") || json_scan_array(top[i].value, NULL, 0, &n_list, &fault) < 0)
			continue;
		list = xcalloc(n_list + 1, sizeof *list);
		if (json_scan_array(top[i].value, list, n_list, &n_list, &fault) < 0)
			n_list = 0;
		for (size_t k = 0; k < n_list && !found; k++) {
			if (json_scan_object(list[k].value, m, 8, &n_m, &fault) < 0)
				continue;
			for (size_t j = 0; j < n_m && j < 8; j++) {
				struct buf name = BUF_INIT;

				json_unescape(&name, m[j].value);
				found |= span_is(m[j].key, "name") && strcmp(name.p, corpus) == 0;
				buf_free(&name);
			}
		}
		free(list);
	}
	return found;
}

int dedup_run_of_corpus(int64_t *run, struct store *s, const char *corpus, struct error *err)
{
	struct run *runs;
	size_t n;
	int rc = store_run_list(s, &runs, &n, err);

	*run = 0;
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < n; i++) {
		if (runs[i].id > *run && runs[i].ended_ms && strcmp(runs[i].pipeline, "dedup") == 0 && names(runs[i].inputs, corpus))
			*run = runs[i].id;
		run_free(&runs[i]);
	}
	free(runs);
	return *run ? 0 : error_set(err, TAMIS_ENOTFOUND, _("%s was never deduplicated: run tamis dedup %s first"), corpus, corpus);
}

/* The curator's text of who stays, appended to `out`; false when there is none. */
static bool edited_text(struct buf *out, const char *edit)
{
	struct json_member m[ROLE_COUNT];
	struct json_fault fault;
	size_t n = 0;

	if (edit == NULL || json_scan_object(span_of(edit), m, ROLE_COUNT, &n, &fault) < 0)
		return false;
	for (size_t i = 0; i < n && i < ROLE_COUNT; i++) {
		if (!span_is(m[i].key, role_name(ROLE_CLUSTER)) || m[i].type != JSON_T_STRING)
			continue;
		json_unescape(out, m[i].value);
		return true;
	}
	return false;
}

/* `judged`: the curator accepted or edited it.  Else another tool's member that is less like the keeper than the threshold stays. */
static void take_cluster(struct dedup_removals *out, const struct item_cluster *c, bool judged)
{
	size_t keeper = 0;

	while (keeper < c->n && !c->member[keeper].keep)
		keeper++;
	for (size_t i = 0; i < c->n && keeper < c->n; i++) {
		const struct cluster_member *m = &c->member[i];
		bool chosen = keeper != 0; /* the run's own keeper stands first */

		bool contains = span_is(m->why, "contains"); /* a test item's: however little of the document it is */

		if (m->keep || (!judged && !contains && m->similarity < c->threshold - 1e-9))
			continue;
		vec_push(&out->list, (struct dedup_removal){ .ref = m->ref, .keeper = c->member[keeper].ref, .key = m->key,
							     .similarity = chosen ? NAN : m->similarity,
							     .containment = chosen ? NAN : m->containment,
							     .covers = chosen ? NAN : m->covers, .run = out->run,
							     .chosen = chosen });
		*map64_at(&out->at, m->ref, NULL) = out->list.n;
	}
}

static int load_item(struct dedup_removals *out, struct store *s, int64_t id, struct arena *arena, struct buf *text,
		     struct error *err)
{
	struct verdict_state state = { 0 };
	struct buf edit = BUF_INIT;
	struct item_cluster c;
	struct item_row row;
	int rc;

	buf_clear(text);
	arena_clear(arena);
	rc = store_item_get(s, &row, text, id, err);
	if (rc == 0)
		rc = cluster_parse(&c, span_make(row.body, row.body_len), arena, err);
	if (rc == 0)
		rc = store_verdict_get(s, &state, &row.key, err);
	if (rc == 0 && state.verdict != VERDICT_REJECT) {
		bool edited = edited_text(&edit, state.edit);

		if (edited)
			cluster_apply(&c, buf_span(&edit));
		take_cluster(out, &c, edited || state.verdict == VERDICT_ACCEPT);
	}
	verdict_state_free(&state);
	buf_free(&edit);
	return rc;
}

int dedup_removals_load(struct dedup_removals *out, struct store *s, int64_t run, struct error *err)
{
	struct arena arena = { 0 };
	struct buf text = BUF_INIT;
	int64_t *ids;
	size_t n;
	int rc = store_item_ids(s, run, KIND_CLUSTER, "id", &ids, &n, err);

	*out = (struct dedup_removals){ .run = run };
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = load_item(out, s, ids[i], &arena, &text, err);
	free(ids);
	arena_free(&arena);
	buf_free(&text);
	if (rc)
		dedup_removals_free(out);
	return rc;
}

void dedup_removals_free(struct dedup_removals *r)
{
	map64_free(&r->at);
	vec_free(&r->list);
	*r = (struct dedup_removals){ 0 };
}

const struct dedup_removal *dedup_removal_of(const struct dedup_removals *r, item_ref ref, const struct hash128 *key)
{
	const uint64_t *at = map64_find(&r->at, ref);

	if (at == NULL || !hash128_eq(&r->list.v[*at - 1].key, key))
		return NULL;
	return &r->list.v[*at - 1];
}

void dedup_removal_json(struct buf *out, const struct dedup_removal *r)
{
	char text[40];

	buf_addc(out, '{');
	item_ref_format(text, r->ref);
	json_put_member(out, "document", span_of(text));
	hash128_hex(text, &r->key);
	json_put_member(out, "key", span_of(text));
	item_ref_format(text, r->keeper);
	json_put_member(out, "keeper", span_of(text));
	json_put_real(out, "similarity", r->similarity);
	json_put_real(out, "containment", r->containment);
	json_put_real(out, "covers", r->covers);
	json_put_bool(out, "chosen", r->chosen);
	json_put_int(out, "run", r->run);
	buf_addc(out, '}');
}
