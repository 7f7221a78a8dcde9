/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers that are not written in plain digits: 三百二十, 第二, 两个, 百分之五, 1万, 五月 and 5月, "three hundred", "twenty-first", "a dozen",
 * "1.5 million", "dreiundzwanzig", "IV", "May".  Number words are known for English, French, German, Spanish and Russian, Han numerals
 * for all languages.  One that stands for something else more often than for a number is none: one, 一, "second" as a time.
 *
 * Read at one place, in time linear in what is read.
 */
#ifndef TAMIS_TEXT_NUMERALS_H
#define TAMIS_TEXT_NUMERALS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct numeral {
	size_t len;               /* bytes */
	uint64_t value;
	bool month;               /* a month of the year, 1 to 12: May is 5月, not 5 */
};

/* A number beginning at byte `at` with a Han numeral, 第, or digits that a Han unit, 月 or a word like "million" follows.  False: none. */
bool numeral_in_signs(struct numeral *out, struct span text, size_t at, uint8_t lang);
/* A number beginning at `at` (false inside a word) with number words or in Roman capitals (two letters or more). */
bool numeral_in_words(struct numeral *out, struct span text, size_t at, uint8_t lang);
/* Whether a word may begin one: numeral_in_words() of others is false. */
bool numeral_word(struct span word, uint8_t lang);

/* Private to numerals: what a word alone is worth, 0 for none. */
enum numeral_kind { NUMERAL_CARDINAL, NUMERAL_ORDINAL, NUMERAL_MONTH };
struct numeral_value {
	uint64_t value;
	enum numeral_kind kind;
};
struct numeral_value numeral_of_word(struct span word, uint8_t lang);

#endif
