/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The shape of the tables that share/langid/train.py writes into langid_table.c.  Private to langid.c.
 */
#ifndef TAMIS_TEXT_LANGID_TABLE_H
#define TAMIS_TEXT_LANGID_TABLE_H

enum lang_model_name { MODEL_LATIN, MODEL_CYRILLIC, MODEL_ARABIC, MODEL_DEVANAGARI, LANG_MODELS };

struct lang_model {
	const char *rows;         /* [1 << bits][columns] printable bytes: weight + a constant that cancels out */
	const char (*codes)[4];   /* the language of each column */
	const float *priors;      /* of each column, as a logit: which languages texts are in, before one is read */
	int languages;
	int columns;              /* a multiple of 16; columns from `languages` on always lose */
	int bits;
	float unit;               /* one step of a byte, as a logit */
};

extern const struct lang_model lang_models[LANG_MODELS];

#endif
