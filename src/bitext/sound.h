/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a word roughly sounds, in a small Latin alphabet: accents off, Cyrillic, Greek and katakana spelled out, letters that
 * languages exchange folded (c k q, y i j, w v, ph f, doubled letters).  It finds cognates that spelling hides, inside
 * one script (Kontext, context) and across (механизм, mechanism).
 */
#ifndef TAMIS_BITEXT_SOUND_H
#define TAMIS_BITEXT_SOUND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define SOUND_MAX 32

/* Writes at most SOUND_MAX letters; returns how many, 0 for a word in a script it cannot spell. */
size_t sound_of(char out[SOUND_MAX], struct span word);

/* The consonants alone, as Japanese hears them (l is r, v is b, m is n, r before consonants and at the end silent).
 * `katakana` tells whether the word is written so; returns the count. */
size_t sound_skeleton(char out[SOUND_MAX], struct span word, bool *katakana);

#endif
