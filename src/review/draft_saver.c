/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A short list of what is to be written, one entry a field; its first entry is the one being written and stays until it is. */
#include "review/draft_saver.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

struct entry {
	struct hash128 key;
	enum role role;
	struct hash128 base;
	int64_t at_ms;
	char *text;    /* owned; NULL: the draft is dropped */
	size_t len;
};

struct draft_saver {
	struct workspace *workspace;
	pthread_t thread;
	bool running;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	VEC(struct entry) entries;
	bool writing;  /* entries.v[0] is in the thread's hands */
	bool ending;
	struct error failed;
};

/* Waits for an entry; false when there will be none. */
static bool next_entry(struct draft_saver *s, struct entry *out)
{
	bool any;

	pthread_mutex_lock(&s->lock);
	while (s->entries.n == 0 && !s->ending)
		pthread_cond_wait(&s->changed, &s->lock);
	any = s->entries.n > 0;
	if (any)
		*out = s->entries.v[0];
	s->writing = any;
	pthread_mutex_unlock(&s->lock);
	return any;
}

static void entry_written(struct draft_saver *s, const struct error *err)
{
	pthread_mutex_lock(&s->lock);
	if (err->code && !s->failed.code)
		s->failed = *err;
	free(s->entries.v[0].text);
	s->entries.n--;
	memmove(s->entries.v, s->entries.v + 1, s->entries.n * sizeof *s->entries.v);
	s->writing = false;
	pthread_mutex_unlock(&s->lock);
}

static void *run(void *arg)
{
	struct draft_saver *s = arg;
	struct store *store = NULL;
	struct entry e;

	while (next_entry(s, &e)) {
		struct error err = { 0 };

		if (!store && store_open(&store, s->workspace, &err) < 0)
			store = NULL;
		else if (e.text)
			store_text_draft_put(store, &e.key, e.role, &e.base, span_make(e.text, e.len), &err);
		else
			store_text_draft_remove(store, &e.key, e.role, &err);
		entry_written(s, &err);
	}
	store_close(store);
	return NULL;
}

struct draft_saver *draft_saver_new(struct workspace *w)
{
	struct draft_saver *s = xcalloc(1, sizeof *s);

	s->workspace = w;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->changed, NULL);
	return s;
}

void draft_saver_free(struct draft_saver *s)
{
	if (!s)
		return;
	pthread_mutex_lock(&s->lock);
	s->ending = true;
	pthread_cond_signal(&s->changed);
	pthread_mutex_unlock(&s->lock);
	if (s->running)
		pthread_join(s->thread, NULL);
	vec_each(&s->entries, i)
		free(s->entries.v[i].text);
	vec_free(&s->entries);
	pthread_cond_destroy(&s->changed);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

/* The newest entry of a field from number `from` on, or NULL. */
static struct entry *find_entry(struct draft_saver *s, size_t from, const struct hash128 *key, enum role role)
{
	for (size_t i = s->entries.n; i-- > from;)
		if (s->entries.v[i].role == role && hash128_eq(&s->entries.v[i].key, key))
			return &s->entries.v[i];
	return NULL;
}

/* Takes over the entry. */
static void add(struct draft_saver *s, struct entry e)
{
	struct entry *waiting;

	pthread_mutex_lock(&s->lock);
	waiting = find_entry(s, s->writing ? 1 : 0, &e.key, e.role);
	if (waiting) {
		free(waiting->text);
		*waiting = e;
	} else {
		vec_push(&s->entries, e);
	}
	if (!s->running)
		s->running = thread_start(&s->thread, "tamis-draft", run, s, &s->failed) == 0;
	pthread_cond_signal(&s->changed);
	pthread_mutex_unlock(&s->lock);
}

void draft_saver_keep(struct draft_saver *s, const struct hash128 *key, enum role role, const struct hash128 *base, struct span text)
{
	add(s, (struct entry){ *key, role, *base, clock_wall_ms(), xstrndup(text.p ? text.p : "", text.len), text.len });
}

void draft_saver_drop(struct draft_saver *s, const struct hash128 *key, enum role role)
{
	add(s, (struct entry){ .key = *key, .role = role });
}

int draft_saver_find(struct draft_saver *s, struct store *store, struct text_draft *out, struct buf *text, const struct hash128 *key,
		     enum role role, struct error *err)
{
	const struct entry *e;
	int rc = -1;

	pthread_mutex_lock(&s->lock);
	e = find_entry(s, 0, key, role);
	if (e) {
		rc = e->text != NULL;
		*out = (struct text_draft){ e->at_ms, e->base };
		buf_addspan(text, span_make(e->text, e->len));
	}
	pthread_mutex_unlock(&s->lock);
	return e ? rc : store_text_draft_get(store, out, text, key, role, err);
}

int draft_saver_trouble(struct draft_saver *s, struct error *err)
{
	int code;

	pthread_mutex_lock(&s->lock);
	code = s->failed.code;
	if (code)
		*err = s->failed;
	s->failed = (struct error){ 0 };
	pthread_mutex_unlock(&s->lock);
	return code;
}
