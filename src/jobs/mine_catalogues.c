/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Message catalogues to learn from; see mine_catalogues.h. */
#include "jobs/mine_catalogues.h"

#include <dirent.h>
#include <stdlib.h>

#include "base/fs.h"
#include "formats/reader.h"
#include "text/langid.h"

enum { MESSAGES_MOST = 60000, MESSAGE_BYTES = 500 };

struct learning {
	struct parallel_lines *out;
	struct map64 known;       /* hashes: lines of the piles, and messages taken before */
	bool english_target;
	const char *code;         /* of the other language */
	struct job *job;
};

static void know_lines(struct learning *l, const struct pile *p)
{
	bool made;

	vec_each(&p->text, i)
		map64_at(&l->known, hash64(p->text.v[i].p, p->text.v[i].len, 0), &made);
}

/* Access keys would split words: "_File", "&File". */
static struct span without_keys(struct arena *arena, struct span s)
{
	char *p = arena_alloc(arena, s.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] != '&' && s.p[i] != '_')
			p[n++] = s.p[i];
	p[n] = '\0';
	return span_make(p, n);
}

static void take_message(struct learning *l, struct span english, struct span other)
{
	bool new_english, new_other;

	if (!english.len || !other.len || english.len > MESSAGE_BYTES || other.len > MESSAGE_BYTES || span_eq(english, other))
		return;
	map64_at(&l->known, hash64(english.p, english.len, 0), &new_english);
	map64_at(&l->known, hash64(other.p, other.len, 0), &new_other);
	if (!new_english || !new_other)
		return;
	english = without_keys(&l->out->text, english);
	other = without_keys(&l->out->text, other);
	vec_push(&l->out->source, l->english_target ? other : english);
	vec_push(&l->out->target, l->english_target ? english : other);
}

static void read_catalogue(struct learning *l, const char *path)
{
	struct shape shape;
	struct stream *stream = NULL;
	struct framer *framer;
	struct framed f;

	if (shape_recognise(&shape, path, &(struct shape_wish){ .format = FORMAT_MO }, NULL) != 0 ||
	    stream_open(&stream, &shape, path, NULL, 0, NULL) != 0)
		return;
	framer = framer_new(&shape, 0, 1, 1 << 20);
	while (l->out->source.n < MESSAGES_MOST && framer_next(framer, stream, &f, NULL) > 0) {
		struct arena arena = { 0 };
		struct record r;

		if (f.bytes.p && record_parse(&r, &shape, f.bytes, &arena, NULL) == 0)
			take_message(l, record_value(&r, ROLE_SOURCE), record_value(&r, ROLE_TARGET));
		arena_free(&arena);
	}
	framer_free(framer);
	stream_close(stream);
}

static int ends_in_mo(const struct dirent *e)
{
	return span_ends(span_of(e->d_name), ".mo") && !span_starts(span_of(e->d_name), "iso_");
}

static void read_folder(struct learning *l, const char *locale, const char *name)
{
	char *folder = xasprintf("%s/%s/LC_MESSAGES", locale, name);
	struct dirent **entries = NULL;
	int n = scandir(folder, &entries, ends_in_mo, alphasort);

	for (int i = 0; i < n; i++) {
		char *path = fs_join(folder, entries[i]->d_name);

		if (l->out->source.n < MESSAGES_MOST && !job_cancelled(l->job))
			read_catalogue(l, path);
		free(path);
		free(entries[i]);
	}
	free(entries);
	free(folder);
}

/* "fr", and "fr_CA"; of Chinese only the simplified, unless there is no other. */
static void read_language(struct learning *l, const char *locale)
{
	struct dirent **entries = NULL;
	int n = scandir(locale, &entries, NULL, alphasort);
	size_t length = strlen(l->code);

	for (int i = 0; i < n; i++) {
		const char *name = entries[i]->d_name;

		if (!strncmp(name, l->code, length) && (!name[length] || name[length] == '_') && strcmp(name, "zh_TW") != 0 &&
		    strcmp(name, "zh_HK") != 0)
			read_folder(l, locale, name);
		free(entries[i]);
	}
	free(entries);
}

void catalogues_add(struct parallel_lines *out, const char *root, const struct pile *source, const struct pile *target,
		    struct job *job)
{
	uint8_t english = lang_from_code(span_of("en"));
	struct learning l = { .out = out, .english_target = target->lang == english, .job = job };
	char *locale = xasprintf("%s/usr/share/locale", root);

	if ((source->lang == english) != (target->lang == english)) {
		l.code = lang_code(l.english_target ? source->lang : target->lang);
		know_lines(&l, source);
		know_lines(&l, target);
		read_language(&l, locale);
	}
	map64_free(&l.known);
	free(locale);
}

void parallel_lines_free(struct parallel_lines *p)
{
	vec_free(&p->source);
	vec_free(&p->target);
	arena_free(&p->text);
}
