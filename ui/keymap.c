/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading key maps and looking keys up. */
#include "config.h"

#include <stdio.h>

#include "base/data.h"
#include "base/fs.h"
#include "base/i18n.h"
#include "ui/key.h"
#include "ui/keymap.h"

#define KEYMAP_LIMIT 262144

static struct span next_word(struct span *rest)
{
	struct span word;
	size_t i = 0;

	*rest = span_trim(*rest);
	while (i < rest->len && rest->p[i] != ' ' && rest->p[i] != '\t')
		i++;
	word = span_make(rest->p, i);
	*rest = span_trim(span_make(rest->p + i, rest->len - i));
	return word;
}

static void add_default_keys(struct keymap *m, const struct action *a)
{
	struct span rest = span_of(a->keys);

	while (rest.len) {
		struct span word = next_word(&rest);

		vec_push(&m->bindings, (struct binding){ a->screens, key_from_name(word), 0, a->id, "" });
	}
}

void keymap_defaults(struct keymap *m)
{
	static const char *const digits[] = { "1", "2", "3", "4", "5", "6", "7", "8", "9" };

	vec_clear(&m->bindings);
	arena_clear(&m->arena);
	snprintf(m->name, sizeof m->name, "default");
	for (const struct action *a = actions; a->id != ACTION_NONE; a++)
		add_default_keys(m, a);
	for (size_t i = 0; i < 9; i++)
		vec_push(&m->bindings, (struct binding){ ON(REVIEW), digits[i][0], 0, ACTION_REASON, digits[i] });
	for (size_t i = 0; i < 9; i++)
		vec_push(&m->bindings, (struct binding){ ON(REVIEW), digits[i][0] | KEY_META, 0, ACTION_REASON_BEFORE, digits[i] });
}

/* NULL when the line is good (or has nothing), else what is wrong with it. */
static const char *parse_line(struct keymap *m, struct span line)
{
	struct binding b = { 0 };
	struct span word = next_word(&line);
	int screen;

	if (word.len == 0 || word.p[0] == '#')
		return NULL;
	screen = screen_from_name(word);
	if (screen < 0 && !span_is(word, "*"))
		return _("the first word must be a screen or *");
	b.screens = screen < 0 ? ON_ANY : 1u << screen;
	b.key = key_from_name(next_word(&line));
	if (b.key == 0)
		return _("the second word must be a key, like j, C-d, space or pgdn");
	word = next_word(&line);
	b.action = action_from_name(word);
	if (b.action == ACTION_NONE && !span_is(word, "none")) {
		b.second = key_from_name(word);
		word = next_word(&line);
		b.action = action_from_name(word);
	}
	if (b.action == ACTION_NONE && !span_is(word, "none"))
		return _("no such action; tamis --list-keys names them all");
	b.argument = line.len ? arena_span(&m->arena, line).p : "";
	vec_push(&m->bindings, b);
	return NULL;
}

void keymap_parse(struct keymap *m, struct span text, const char *file, keymap_report report, void *ctx)
{
	for (size_t number = 1; text.len; number++) {
		const char *fault = parse_line(m, span_line(&text));
		char said[400];

		if (!fault)
			continue;
		snprintf(said, sizeof said, "%.200s:%zu: %s", file, number, fault);
		report(ctx, said);
	}
}

static int parse_file(struct keymap *m, const char *path, keymap_report report, void *ctx, struct error *err)
{
	struct buf text = BUF_INIT;
	int code = fs_read_all(&text, path, KEYMAP_LIMIT, err);

	if (code == 0)
		keymap_parse(m, buf_span(&text), path, report, ctx);
	buf_free(&text);
	return code;
}

int keymap_load(struct keymap *m, const char *name, keymap_report report, void *ctx, struct error *err)
{
	char *shipped = strchr(name, '/') ? xstrdup(name) : data_path_shipped("keys", name);
	char *own = strchr(name, '/') ? NULL : data_path_own("keys", name);
	int code = 0;

	keymap_defaults(m);
	if (!shipped && !own && strcmp(name, "default") != 0) {
		struct buf names = BUF_INIT;

		data_names("keys", &names);
		code = error_set(err, TAMIS_ENOTFOUND, _("there is no key map '%s'; there are: %s"), name, names.p);
		buf_free(&names);
		goto done;
	}
	if (shipped)
		code = parse_file(m, shipped, report, ctx, err);
	if (code == 0 && own)
		code = parse_file(m, own, report, ctx, err);
	snprintf(m->name, sizeof m->name, "%s", name);
done:
	free(shipped);
	free(own);
	return code;
}

void keymap_free(struct keymap *m)
{
	vec_free(&m->bindings);
	arena_free(&m->arena);
}

const struct binding *keymap_find(const struct keymap *m, enum screen_id screen, int32_t key, int32_t second, bool *prefix)
{
	*prefix = false;
	for (size_t i = m->bindings.n; i-- > 0;) {
		const struct binding *b = &m->bindings.v[i];

		if (!(b->screens & (1u << screen)) || b->key != key)
			continue;
		if (second == 0 && b->second != 0) {
			*prefix = true;
			return NULL;
		}
		if (b->second == second)
			return b->action == ACTION_NONE ? NULL : b;
	}
	return NULL;
}

static void binding_text(const struct binding *b, char out[48])
{
	char first[24], second[24] = "";

	key_label(first, b->key);
	if (b->second)
		key_label(second, b->second);
	snprintf(out, 48, "%s%s%s", first, b->second ? " " : "", second);
}

/* Still what the key does on this screen, and not taken over by a later line. */
static bool is_live(const struct keymap *m, enum screen_id screen, const struct binding *b)
{
	bool prefix;

	return (b->screens & (1u << screen)) && keymap_find(m, screen, b->key, b->second, &prefix) == b;
}

void keymap_key_of(const struct keymap *m, enum screen_id screen, enum action_id action, const char *argument, char out[48])
{
	out[0] = '\0';
	for (size_t i = 0; i < m->bindings.n; i++) {
		const struct binding *b = &m->bindings.v[i];

		if (b->action != action || !is_live(m, screen, b))
			continue;
		if (argument && strcmp(argument, b->argument) != 0)
			continue;
		binding_text(b, out);
		return;
	}
}

void keymap_keys_of(const struct keymap *m, enum screen_id screen, enum action_id action, struct buf *out)
{
	char text[48];

	for (size_t i = 0; i < m->bindings.n; i++) {
		const struct binding *b = &m->bindings.v[i];

		if (b->action != action || !is_live(m, screen, b))
			continue;
		binding_text(b, text);
		if (out->len)
			buf_addc(out, ' ');
		buf_adds(out, text);
	}
}

static void print_action(FILE *file, const struct action *a)
{
	struct span rest = span_of(a->keys);

	fprintf(file, "\n# %s%s%s: %s\n", a->name, a->argument ? " " : "", a->argument ? a->argument : "", a->help);
	while (rest.len) {
		struct span key = next_word(&rest);

		for (int screen = 0; screen < SCREEN_COUNT; screen++)
			if (a->screens != ON_ANY && (a->screens & (1u << screen)))
				fprintf(file, "%-10s %-6.*s %s\n", screen_names[screen], (int)key.len, key.p, a->name);
		if (a->screens == ON_ANY)
			fprintf(file, "%-10s %-6.*s %s\n", "*", (int)key.len, key.p, a->name);
	}
}

int keymap_print(FILE *file)
{
	fprintf(file, "# SPDX-License-Identifier: GPL-3.0-or-later\n#\n"
		      "# The default key map, as tamis --list-keys prints it: SCREEN KEY [KEY] ACTION [ARGUMENT]; SCREEN * is every\n"
		      "# screen, a later line wins, the action none takes a key away.  Your own lines go to\n"
		      "# $XDG_CONFIG_HOME/tamis/keys/default (see tamis-keys(7)).\n");
	for (const struct action *a = actions; a->id != ACTION_NONE; a++)
		print_action(file, a);
	fprintf(file, "\n");
	for (int n = 1; n <= 9; n++)
		fprintf(file, "%-10s %-6d reason %d\n", screen_names[SCREEN_REVIEW], n, n);
	return ferror(file) || fflush(file) ? -1 : 0;
}
