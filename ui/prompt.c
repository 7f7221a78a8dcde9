/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line of typing. */
#include "config.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "base/utf8.h"
#include "ui/app.h"
#include "ui/key.h"

#define PROMPT_LIMIT 4096
#define PAST_LIMIT 200

void prompt_open(struct app *app, const struct prompt_type *type, const char *initial)
{
	struct prompt_line *p = &app->prompt;

	p->type = type;
	buf_clear(&p->text);
	buf_clear(&p->choices);
	buf_clear(&p->question);
	buf_adds(&p->text, initial ? initial : "");
	p->cursor = p->text.len;
	p->past_at = p->past.n;
	app_dirty(app);
}

void prompt_question(struct app *app, const char *fmt, ...)
{
	va_list args;
	char *text = NULL;

	buf_clear(&app->prompt.question);
	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) >= 0)
		buf_adds(&app->prompt.question, text);
	va_end(args);
	free(text);
}

void prompt_close(struct app *app)
{
	app->prompt.type = NULL;
	app_dirty(app);
}

void prompt_free(struct prompt_line *p)
{
	buf_free(&p->text);
	buf_free(&p->choices);
	buf_free(&p->question);
	vec_each(&p->past, i)
		free(p->past.v[i]);
	vec_free(&p->past);
}

static void changed(struct app *app)
{
	const struct prompt_type *type = app->prompt.type;

	buf_clear(&app->prompt.choices);
	if (type->changed)
		type->changed(app, app_top(app), app->prompt.text.p);
}

static void accept(struct app *app)
{
	struct prompt_line *p = &app->prompt;
	const struct prompt_type *type = p->type;
	char *text = xstrdup(p->text.p);

	if (text[0] && (p->past.n == 0 || strcmp(p->past.v[p->past.n - 1], text) != 0)) {
		if (p->past.n == PAST_LIMIT) {
			free(p->past.v[0]);
			memmove(p->past.v, p->past.v + 1, --p->past.n * sizeof *p->past.v);
		}
		vec_push(&p->past, xstrdup(text));
	}
	prompt_close(app);
	if (type->accepted)
		type->accepted(app, app_top(app), text);
	free(text);
}

static void cancel(struct app *app)
{
	const struct prompt_type *type = app->prompt.type;

	prompt_close(app);
	if (type->cancelled)
		type->cancelled(app, app_top(app));
}

static size_t before(const struct prompt_line *p)
{
	return p->cursor ? utf8_floor(buf_span(&p->text), p->cursor - 1) : 0;
}

static size_t after(const struct prompt_line *p)
{
	size_t used = utf8_grapheme(span_make(p->text.p + p->cursor, p->text.len - p->cursor));

	return p->cursor + used;
}

static void take_out(struct app *app, size_t from, size_t to)
{
	struct prompt_line *p = &app->prompt;

	if (from >= to)
		return;
	buf_remove(&p->text, from, to - from);
	p->cursor = from;
	changed(app);
}

static size_t word_before(const struct prompt_line *p)
{
	size_t at = p->cursor;

	while (at && p->text.p[at - 1] == ' ')
		at--;
	while (at && p->text.p[at - 1] != ' ' && p->text.p[at - 1] != '/')
		at--;
	return at < p->cursor ? at : at ? at - 1 : 0;
}

static void type_character(struct app *app, int32_t key)
{
	struct prompt_line *p = &app->prompt;
	char bytes[4];
	size_t n = utf8_encode(bytes, (uint32_t)key);
	struct buf text = BUF_INIT;

	if (p->text.len + n > PROMPT_LIMIT)
		return;
	buf_add(&text, p->text.p, p->cursor);
	buf_add(&text, bytes, n);
	buf_add(&text, p->text.p + p->cursor, p->text.len - p->cursor);
	buf_free(&p->text);
	p->text = text;
	p->cursor += n;
	if (!p->pasting)
		changed(app);
}

static void recall(struct app *app, int direction)
{
	struct prompt_line *p = &app->prompt;

	if ((direction < 0 && p->past_at == 0) || (direction > 0 && p->past_at >= p->past.n))
		return;
	p->past_at = direction < 0 ? p->past_at - 1 : p->past_at + 1;
	buf_clear(&p->text);
	if (p->past_at < p->past.n)
		buf_adds(&p->text, p->past.v[p->past_at]);
	p->cursor = p->text.len;
	changed(app);
}

static void complete(struct app *app)
{
	struct prompt_line *p = &app->prompt;

	if (!p->type->complete)
		return;
	buf_clear(&p->choices);
	p->type->complete(app, &p->text, &p->choices);
	p->cursor = p->text.len;
	if (p->type->changed)
		p->type->changed(app, app_top(app), p->text.p);
}

static void paste_key(struct app *app, int32_t key)
{
	struct prompt_line *p = &app->prompt;

	if (key == SPECIAL_PASTE_END) {
		p->pasting = false;
		changed(app);
	} else if (key == '\r' || key == '\t') {
		type_character(app, ' ');
	} else if (key_is_text(key)) {
		type_character(app, key);
	}
}

bool prompt_key(struct app *app, int32_t key)
{
	struct prompt_line *p = &app->prompt;

	app_dirty(app);
	if (p->pasting) {
		paste_key(app, key);
		return true;
	}
	if (p->type->key && p->type->key(app, app_top(app), key))
		return true;
	switch (key) {
	case SPECIAL_PASTE_BEGIN: p->pasting = true; return true;
	case '\r': accept(app); return true;
	case 27:
	case KEY_CTRL_OF('g'):
	case KEY_CTRL_OF('c'): cancel(app); return true;
	case '\t': complete(app); return true;
	case SPECIAL_UP: recall(app, -1); return true;
	case SPECIAL_DOWN: recall(app, 1); return true;
	case SPECIAL_LEFT:
	case KEY_CTRL_OF('b'): p->cursor = before(p); return true;
	case SPECIAL_RIGHT:
	case KEY_CTRL_OF('f'): p->cursor = after(p); return true;
	case SPECIAL_HOME:
	case KEY_CTRL_OF('a'): p->cursor = 0; return true;
	case SPECIAL_END:
	case KEY_CTRL_OF('e'): p->cursor = p->text.len; return true;
	case SPECIAL_BACKSPACE: take_out(app, before(p), p->cursor); return true;
	case SPECIAL_DELETE:
	case KEY_CTRL_OF('d'): take_out(app, p->cursor, after(p)); return true;
	case KEY_CTRL_OF('u'): take_out(app, 0, p->cursor); return true;
	case KEY_CTRL_OF('k'): take_out(app, p->cursor, p->text.len); return true;
	case KEY_CTRL_OF('w'): take_out(app, word_before(p), p->cursor); return true;
	default: break;
	}
	if (key_is_text(key))
		type_character(app, key);
	return true;
}

/* ---- file names ---- */

struct completing {
	struct buf *choices;
	char *common;
	size_t n;
};

static void add_choice(struct completing *c, const char *name)
{
	size_t same = 0;

	c->n++;
	if (c->choices->len < 1000)
		buf_addf(c->choices, "%s%s", c->choices->len ? "  " : "", name);
	if (!c->common) {
		c->common = xstrdup(name);
		return;
	}
	while (c->common[same] && c->common[same] == name[same])
		same++;
	c->common[utf8_floor(span_make(c->common, strlen(c->common)), same)] = '\0';
}

static void choose_from(struct completing *c, const char *folder, const char *start)
{
	struct dirent **entries = NULL;
	int n = scandir(folder, &entries, NULL, alphasort);
	size_t len = strlen(start);

	for (int i = 0; i < n; i++) {
		const char *name = entries[i]->d_name;
		bool hidden = name[0] == '.' && start[0] != '.';

		if (!hidden && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && strncmp(name, start, len) == 0) {
			char *path = fs_join(folder, name);
			struct stat st;
			char *shown = xasprintf("%s%s", name, stat(path, &st) == 0 && S_ISDIR(st.st_mode) ? "/" : "");

			add_choice(c, shown);
			free(shown);
			free(path);
		}
		free(entries[i]);
	}
	free(entries);
}

void prompt_complete_path(struct app *app, struct buf *text, struct buf *choices)
{
	const char *slash = strrchr(text->p, '/');
	size_t at = slash ? (size_t)(slash - text->p) + 1 : 0;
	char *folder = at ? xstrndup(text->p, at) : xstrdup(".");
	char *start = xstrdup(text->p + at);
	struct completing c = { choices, NULL, 0 };
	const char *home = getenv("HOME");

	(void)app;
	if (home && folder[0] == '~' && folder[1] == '/') {
		char *whole = xasprintf("%s%s", home, folder + 1);

		free(folder);
		folder = whole;
	}
	choose_from(&c, folder, start);
	if (c.common) {
		buf_truncate(text, at);
		buf_adds(text, c.common);
	}
	if (c.n < 2)
		buf_clear(choices);
	free(c.common);
	free(folder);
	free(start);
}
