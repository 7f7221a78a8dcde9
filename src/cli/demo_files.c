/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding the tour's files. */
#include "config.h"

#include "cli/demo.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/map.h"

#define MO_MAGIC 0x950412deu

static int visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* Names in a folder, in byte order whatever the locale. */
static int list_folder(struct dirent ***out, const char *folder)
{
	int n = scandir(folder, out, visible, by_bytes);

	if (n < 0)
		*out = NULL;
	return n < 0 ? 0 : n;
}

static void free_list(struct dirent **list, int n)
{
	for (int i = 0; i < n; i++)
		free(list[i]);
	free(list);
}

static bool is_file(const char *path, struct stat *st)
{
	return stat(path, st) == 0 && S_ISREG(st->st_mode) && st->st_size > 0 && access(path, R_OK) == 0;
}

static void add_path(struct demo_paths *out, char *path)
{
	out->v = xreallocarray(out->v, out->n + 1, sizeof *out->v);
	out->v[out->n++] = path;
}

/* Adds `path` unless the same file is there under another name. */
static void add_file(struct demo_paths *out, struct map64 *seen, char *path)
{
	struct stat st;
	bool made = false;

	if (is_file(path, &st))
		map64_at(seen, hash_mix64((uint64_t)st.st_dev) ^ (uint64_t)st.st_ino, &made);
	if (made)
		add_path(out, path);
	else
		free(path);
}

void demo_find_documents(struct demo_paths *out, const char *folder)
{
	struct dirent **packages, **licences;
	struct map64 seen = { 0 };
	char *common = xasprintf("%s/../common-licenses", folder);
	int n = list_folder(&packages, folder), n_licences = list_folder(&licences, common);

	*out = (struct demo_paths){ 0 };
	for (int i = 0; i < n_licences; i++)
		add_file(out, &seen, fs_join(common, licences[i]->d_name));
	for (int i = 0; i < n; i++)
		add_file(out, &seen, xasprintf("%s/%s/copyright", folder, packages[i]->d_name));
	free_list(packages, n);
	free_list(licences, n_licences);
	map64_free(&seen);
	free(common);
}

void demo_paths_free(struct demo_paths *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->v[i]);
	free(p->v);
	*p = (struct demo_paths){ 0 };
}

/* Messages a catalogue says it has: its header's third word, in either byte order. */
static uint64_t count_messages(const char *path)
{
	uint32_t head[3] = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return 0;
	if (fs_pread(fd, head, sizeof head, 0) != (ssize_t)sizeof head)
		head[0] = 0;
	close(fd);
	if (head[0] == MO_MAGIC)
		return head[2];
	return head[0] == __builtin_bswap32(MO_MAGIC) ? __builtin_bswap32(head[2]) : 0;
}

/* The catalogues of one language with messages in them; returns how many messages. */
static uint64_t catalogues_of(struct demo_paths *out, const char *folder, const char *language)
{
	char *messages = xasprintf("%s/%s/LC_MESSAGES", folder, language);
	struct dirent **files;
	int n = list_folder(&files, messages);
	uint64_t total = 0;

	*out = (struct demo_paths){ 0 };
	for (int i = 0; i < n; i++) {
		size_t len = strlen(files[i]->d_name);
		char *path = fs_join(messages, files[i]->d_name);
		struct stat st;
		uint64_t count = len > 3 && strcmp(files[i]->d_name + len - 3, ".mo") == 0 && is_file(path, &st)
					 ? count_messages(path) : 0;

		total += count;
		if (count > 1)
			add_path(out, path);
		else
			free(path);
	}
	free_list(files, n);
	free(messages);
	return total;
}

/* Tries "zh_CN.UTF-8", then "zh_CN", then "zh"; English is no other language. */
static bool try_language(struct demo_paths *out, char language[16], const char *folder, const char *wanted)
{
	static const char *const ends[] = { ".@", "_.@" };

	if (!wanted || strncmp(wanted, "en", 2) == 0 || strcmp(wanted, "C") == 0 || strncmp(wanted, "C.", 2) == 0 ||
	    strcmp(wanted, "POSIX") == 0 || strchr(wanted, '/'))
		return false;
	for (size_t i = 0; i < 2; i++) {
		snprintf(language, 16, "%.*s", (int)strcspn(wanted, ends[i]), wanted);
		if (language[0] && catalogues_of(out, folder, language) > 0)
			return true;
		demo_paths_free(out);
	}
	return false;
}

/* The language with the most messages; the first in byte order of several. */
static void richest_language(struct demo_paths *out, char language[16], const char *folder)
{
	struct dirent **languages;
	int n = list_folder(&languages, folder);
	uint64_t most = 0;

	for (int i = 0; i < n; i++) {
		const char *name = languages[i]->d_name;
		struct demo_paths paths;
		uint64_t count;

		if (strncmp(name, "en", 2) == 0 || strlen(name) > 15)
			continue;
		count = catalogues_of(&paths, folder, name);
		if (count > most) {
			most = count;
			snprintf(language, 16, "%.15s", name);
			demo_paths_free(out);
			*out = paths;
		} else {
			demo_paths_free(&paths);
		}
	}
	free_list(languages, n);
}

void demo_find_catalogues(struct demo_paths *out, char language[16], const char *folder, const char *wanted)
{
	static const char *const variables[] = { "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG" };

	*out = (struct demo_paths){ 0 };
	if (try_language(out, language, folder, wanted))
		return;
	for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
		const char *value = getenv(variables[i]);
		char first[32];

		if (!value || !*value)
			continue;
		snprintf(first, sizeof first, "%.*s", (int)strcspn(value, ":"), value);
		if (try_language(out, language, folder, first))
			return;
	}
	language[0] = '\0';
	richest_language(out, language, folder);
}
