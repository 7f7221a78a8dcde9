/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One line of typing on the status line: for filters, goto, notes, paths, the palette's pattern.  Pasted text goes in as text,
 * line ends as blanks.  While a prompt is open it gets all keys; the screen above stays visible.
 */
#ifndef TAMIS_UI_PROMPT_H
#define TAMIS_UI_PROMPT_H

#include "base/buf.h"
#include "base/vec.h"

struct app;
struct screen;

struct prompt_type {
	const char *label;     /* N_(): "filter" */
	const char *hint;      /* N_(), dim, shown while the line is empty; or NULL */
	/* Each may be NULL.  `text` is the line, NUL-terminated. */
	void (*changed)(struct app *app, struct screen *s, const char *text);           /* after each edit */
	void (*accepted)(struct app *app, struct screen *s, const char *text);          /* enter */
	void (*cancelled)(struct app *app, struct screen *s);                           /* esc, C-g, C-c */
	/* Sees a key before the line does; true when it took it. */
	bool (*key)(struct app *app, struct screen *s, int32_t key);
	/* tab: replaces the line in place; may list the choices in `choices` (shown above the line, separated by two blanks). */
	void (*complete)(struct app *app, struct buf *text, struct buf *choices);
};

struct prompt_line {
	const struct prompt_type *type; /* NULL: no prompt is open */
	struct buf text;
	struct buf choices;
	struct buf question;            /* safe, translated: shown instead of the type's label, when not empty */
	size_t cursor;                  /* byte in text */
	bool pasting;
	VEC(char *) past;               /* earlier lines, all prompts */
	size_t past_at;
};

void prompt_open(struct app *app, const struct prompt_type *type, const char *initial);
/* What is asked, when that needs figures: until the prompt closes. */
void prompt_question(struct app *app, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void prompt_close(struct app *app); /* without calling anything */
bool prompt_key(struct app *app, int32_t key);
void prompt_free(struct prompt_line *p);

/* A `complete` for file names. */
void prompt_complete_path(struct app *app, struct buf *text, struct buf *choices);

#endif
