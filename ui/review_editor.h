/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A small editor for a text of several lines, inside a screen: typing, moving, wrapped rows, characters of any width.  It knows no
 * keys beyond those of typing; saving and leaving are actions of the screen.  What cannot be drawn is shown as a token
 * and can be moved over and deleted like any character.
 */
#ifndef TAMIS_UI_REVIEW_EDITOR_H
#define TAMIS_UI_REVIEW_EDITOR_H

#include "ui/draw.h"

struct editor;

/* Texts over this size are for $EDITOR. */
#define EDITOR_LIMIT ((size_t)256 * 1024)

struct editor *editor_new(struct span text);
void editor_free(struct editor *e);
/* True when the key was one of typing. */
bool editor_key(struct editor *e, int32_t key);
struct span editor_text(const struct editor *e); /* until the next key */
bool editor_changed(const struct editor *e);
unsigned editor_changes(const struct editor *e); /* another number after each change; the same within a paste */
void editor_set(struct editor *e, struct span text); /* still compared with the one it was opened with */
/* Draws into the rectangle and places the terminal's cursor. */
void editor_draw(struct app *app, struct rect area, struct editor *e);

#endif
