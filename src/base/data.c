/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the data files lie. */
#include "config.h"

#include "base/data.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fs.h"

/* An XDG folder of ours, or NULL. */
static char *xdg_folder(const char *variable, const char *below_home)
{
	const char *base = getenv(variable);
	const char *home = getenv("HOME");

	if (base && base[0] == '/')
		return xasprintf("%s/tamis", base);
	if (home && home[0] == '/')
		return xasprintf("%s/%s/tamis", home, below_home);
	return NULL;
}

static bool has_keys_and_themes(const char *folder)
{
	char *keys = fs_join(folder, "keys/default");
	bool yes = access(keys, R_OK) == 0;

	free(keys);
	return yes;
}

/* The folder the running program lies in; NULL when the system doesn't tell. */
static char *executable_folder(void)
{
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
	char *slash;

	if (n <= 0)
		return NULL;
	exe[n] = '\0';
	slash = strrchr(exe, '/');
	if (!slash)
		return NULL;
	*slash = '\0';
	return xstrdup(exe);
}

/* share/ of the source tree, when the program was not installed: looked for from the executable upward. */
static char *beside_executable(void)
{
	static const char *const places[] = { "share", "../share", "../../share" };
	char *exe = executable_folder();

	for (size_t i = 0; exe && i < sizeof places / sizeof *places; i++) {
		char *folder = fs_join(exe, places[i]);

		if (has_keys_and_themes(folder)) {
			free(exe);
			return folder;
		}
		free(folder);
	}
	free(exe);
	return NULL;
}

char *data_locale_folder(const char *installed)
{
	const char *forced = getenv("TAMIS_LOCALEDIR");
	char *exe, *built;

	if (forced && forced[0])
		return xstrdup(forced);
	exe = executable_folder();
	built = exe ? fs_join(exe, "locale") : NULL;
	free(exe);
	if (built && access(built, R_OK) == 0)
		return built;
	free(built);
	return xstrdup(installed);
}

static char *shipped_folder(void)
{
	const char *forced = getenv("TAMIS_DATADIR");
	char *near;

	if (forced && forced[0])
		return xstrdup(forced);
	near = beside_executable();
	return near ? near : xstrdup(PKGDATADIR);
}

/* FOLDER/KIND/NAME if it can be read; takes `folder`. */
static char *readable(char *folder, const char *kind, const char *name)
{
	char *path;

	if (!folder || strchr(name, '/') || name[0] == '\0' || name[0] == '.') {
		free(folder);
		return NULL;
	}
	path = xasprintf("%s/%s/%s", folder, kind, name);
	free(folder);
	if (access(path, R_OK) == 0)
		return path;
	free(path);
	return NULL;
}

char *data_path_shipped(const char *kind, const char *name)
{
	return readable(shipped_folder(), kind, name);
}

char *data_path_own(const char *kind, const char *name)
{
	return readable(xdg_folder("XDG_CONFIG_HOME", ".config"), kind, name);
}

char *data_state_folder(void)
{
	return xdg_folder("XDG_STATE_HOME", ".local/state");
}

static int shown(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name);

	return entry->d_name[0] != '.' && entry->d_name[n - 1] != '~';
}

static void add_names(char *folder, const char *kind, struct buf *out)
{
	struct dirent **entries = NULL;
	char *path = folder ? fs_join(folder, kind) : NULL;
	int n = path ? scandir(path, &entries, shown, alphasort) : 0;

	for (int i = 0; i < n; i++) {
		if (!strstr(out->p, entries[i]->d_name))
			buf_addf(out, "%s%s", out->len ? ", " : "", entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	free(path);
	free(folder);
}

void data_names(const char *kind, struct buf *out)
{
	add_names(shipped_folder(), kind, out);
	add_names(xdg_folder("XDG_CONFIG_HOME", ".config"), kind, out);
}
