/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a queue was left.  Saving is a durable write, which may take longer than a key may; so a thread of its own does it,
 * keeps only the newest position, and writes at most every two seconds and at the end. */
#include "review/deck_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/json.h"

#define PAUSE_S 2

struct deck_saver {
	struct workspace *workspace;
	char key[48];
	pthread_t thread;
	bool running;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool noted, ending;
	item_ref ref;
	size_t position;
};

/* The same question asked again is the same queue. */
static void name_queue(char key[48], const struct deck_spec *spec)
{
	struct buf text = BUF_INIT;
	char hex[33];
	struct hash128 h;

	buf_addf(&text, "%lld %lld %d %d %llu %llu %d %s", (long long)spec->corpus, (long long)spec->run, (int)spec->kind,
		 (int)spec->order, (unsigned long long)spec->seed, (unsigned long long)spec->sample, (int)spec->undecided_only,
		 spec->where ? spec->where : "");
	if (spec->queue)
		buf_addf(&text, " %s %.6g", spec->queue->name, spec->threshold);
	h = hash128(text.p, text.len);
	hash128_hex(hex, &h);
	snprintf(key, 48, "queue/%s", hex);
	buf_free(&text);
}

static void save(struct deck_saver *s, struct store *store, item_ref ref, size_t position)
{
	struct buf value = BUF_INIT;
	char name[32];

	item_ref_format(name, ref);
	buf_addc(&value, '{');
	json_put_member(&value, "ref", span_of(name));
	json_put_int(&value, "position", (int64_t)position);
	buf_addc(&value, '}');
	store_setting_put(store, s->key, buf_span(&value), NULL); /* failing loses a place in a queue, nothing else */
	buf_free(&value);
}

/* Waits for a note; false when there will be none. */
static bool next_note(struct deck_saver *s, item_ref *ref, size_t *position)
{
	bool any;

	pthread_mutex_lock(&s->lock);
	while (!s->noted && !s->ending)
		pthread_cond_wait(&s->changed, &s->lock);
	any = s->noted;
	*ref = s->ref;
	*position = s->position;
	s->noted = false;
	pthread_mutex_unlock(&s->lock);
	return any;
}

static void pause_between(struct deck_saver *s)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += PAUSE_S;
	pthread_mutex_lock(&s->lock);
	while (!s->ending && pthread_cond_timedwait(&s->changed, &s->lock, &until) == 0)
		continue;
	pthread_mutex_unlock(&s->lock);
}

static void *run(void *arg)
{
	struct deck_saver *s = arg;
	struct store *store = NULL;
	item_ref ref;
	size_t position;

	while (next_note(s, &ref, &position)) {
		if (!store && store_open(&store, s->workspace, NULL) < 0)
			break;
		save(s, store, ref, position);
		pause_between(s);
	}
	if (store)
		store_close(store);
	return NULL;
}

struct deck_saver *deck_saver_new(struct workspace *w, const struct deck_spec *spec)
{
	struct deck_saver *s = xcalloc(1, sizeof *s);

	s->workspace = w;
	name_queue(s->key, spec);
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->changed, NULL);
	return s;
}

void deck_saver_note(struct deck_saver *s, item_ref ref, size_t position)
{
	pthread_mutex_lock(&s->lock);
	s->noted = true;
	s->ref = ref;
	s->position = position;
	if (!s->running)
		s->running = thread_start(&s->thread, "tamis-place", run, s, NULL) == 0;
	pthread_cond_signal(&s->changed);
	pthread_mutex_unlock(&s->lock);
}

void deck_saver_free(struct deck_saver *s)
{
	if (!s)
		return;
	pthread_mutex_lock(&s->lock);
	s->ending = true;
	pthread_cond_signal(&s->changed);
	pthread_mutex_unlock(&s->lock);
	if (s->running)
		pthread_join(s->thread, NULL);
	pthread_cond_destroy(&s->changed);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

bool deck_saver_read(const struct deck_saver *s, struct store *store, item_ref *ref, size_t *position)
{
	struct buf value = BUF_INIT;
	struct json_member m[4];
	struct json_fault fault;
	size_t n = 0;
	bool found = false;

	*ref = ITEM_REF_NONE;
	*position = 0;
	if (store_setting_get(store, s->key, &value, NULL) == 0 &&
	    json_scan_object(buf_span(&value), m, 4, &n, &fault) == 0) {
		for (size_t i = 0; i < n && i < 4; i++) {
			if (span_is(m[i].key, "ref"))
				*ref = item_ref_parse(m[i].value);
			else if (span_is(m[i].key, "position"))
				*position = (size_t)strtoull(m[i].value.p, NULL, 10);
		}
		found = *ref != ITEM_REF_NONE;
	}
	buf_free(&value);
	return found;
}
