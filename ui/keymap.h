/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Key maps: which key does what on which screen.  Made from the defaults of the action table, then share/keys/NAME, then the
 * user's file of the same name; a later line wins.  A line is `SCREEN KEY [KEY] ACTION [ARGUMENT]`, SCREEN a name or `*`;
 * ACTION `none` takes a binding away.  Lines that can't be read are reported with file:line and skipped.
 */
#ifndef TAMIS_UI_KEYMAP_H
#define TAMIS_UI_KEYMAP_H

#include <stdio.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/vec.h"
#include "ui/action.h"

struct binding {
	uint32_t screens;
	int32_t key, second;   /* second 0: one key is enough */
	enum action_id action;
	const char *argument;  /* "" when none */
};

struct keymap {
	char name[64];
	VEC(struct binding) bindings; /* the last that matches wins */
	struct arena arena;
};

typedef void (*keymap_report)(void *ctx, const char *message); /* one bad line */

void keymap_defaults(struct keymap *m);
/* Adds the lines of `text` (named `file` in reports). */
void keymap_parse(struct keymap *m, struct span text, const char *file, keymap_report report, void *ctx);
/* Defaults, then the map `name` (a path when it holds a '/'). TAMIS_ENOTFOUND with what names exist. */
int keymap_load(struct keymap *m, const char *name, keymap_report report, void *ctx, struct error *err);
void keymap_free(struct keymap *m);
/* The defaults as a key map file, with what each action does as a comment: `tamis --list-keys`, share/keys/default, and what
 * tamis-keys(7) is made from.  0, or -1 when it can't be written. */
int keymap_print(FILE *file);

/* NULL when nothing is bound; `*prefix` tells that a second key is waited for. */
const struct binding *keymap_find(const struct keymap *m, enum screen_id screen, int32_t key, int32_t second, bool *prefix);
/* The first key bound to an action on a screen, as shown in help; "" when none. */
void keymap_key_of(const struct keymap *m, enum screen_id screen, enum action_id action, const char *argument, char out[48]);
/* All of them, separated by blanks. */
void keymap_keys_of(const struct keymap *m, enum screen_id screen, enum action_id action, struct buf *out);

#endif
