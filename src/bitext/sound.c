/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rough sounds of words; see sound.h.
 */
#include "bitext/sound.h"

#include <stdint.h>
#include <utf8proc.h>

#include "base/utf8.h"

/* U+0430 … U+045F */
static const char cyrillic[][4] = {
	"a", "b", "v", "g", "d", "e", "i", "z", "i", "i", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "h", "k", "h",
	"s", "s", "", "i", "", "e", "iu", "ia", "e", "e", "d", "g", "e", "d", "i", "i", "i", "l", "n", "h", "k", "i", "u", "d",
};

/* U+03B1 … U+03C9 */
static const char greek[][4] = {
	"a", "v", "g", "d", "e", "z", "i", "t", "i", "k", "l", "m", "n", "ks", "o", "p", "r", "s", "s", "t", "i", "f", "h", "ps", "o",
};

/* U+30A1 … U+30F6 */
static const char kana[][4] = {
	"a", "a", "i", "i", "u", "u", "e", "e", "o", "o", "ka", "ga", "ki", "gi", "ku", "gu", "ke", "ge", "ko", "go", "sa", "za",
	"si", "ji", "su", "zu", "se", "ze", "so", "zo", "ta", "da", "ci", "ji", "", "tu", "zu", "te", "de", "to", "do", "na", "ni",
	"nu", "ne", "no", "ha", "ba", "pa", "hi", "bi", "pi", "fu", "bu", "pu", "he", "be", "pe", "ho", "bo", "po", "ma", "mi", "mu",
	"me", "mo", "ia", "ia", "iu", "iu", "io", "io", "ra", "ri", "ru", "re", "ro", "ua", "ua", "i", "e", "o", "n", "bu", "ka", "ke",
};

/* Spells one code point; NULL for what it cannot.  `ascii` receives letters that need no table. */
static const char *spell(int32_t cp, char ascii[2])
{
	utf8proc_int32_t parts[8];
	int boundary = 0;

	ascii[1] = 0;
	if (cp >= 'a' && cp <= 'z') {
		ascii[0] = (char)cp;
		return ascii;
	}
	if (cp < 0x80)
		return "";
	if (cp >= 0x430 && cp <= 0x45F)
		return cyrillic[cp - 0x430];
	if (cp >= 0x3B1 && cp <= 0x3C9)
		return greek[cp - 0x3B1];
	if (cp >= 0x30A1 && cp <= 0x30F6)
		return kana[cp - 0x30A1];
	if (cp == 0x30FC)
		return "";
	if (utf8proc_decompose_char(cp, parts, 8, UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT, &boundary) < 1 || parts[0] == cp)
		return NULL;
	return spell(parts[0], ascii);
}

static bool spell_word(char out[2 * SOUND_MAX], size_t *n, struct span word)
{
	size_t used;

	*n = 0;
	for (size_t i = 0; i < word.len && *n < 2 * SOUND_MAX - 4; i += used) {
		char ascii[2];
		int32_t cp = utf8_decode(span_make(word.p + i, word.len - i), &used);
		const char *s = cp < 0 ? NULL : spell(cp, ascii);

		if (!s)
			return false;
		for (; *s; s++)
			out[(*n)++] = *s;
	}
	out[*n] = 0;
	return true;
}

/* Spellings that languages exchange; longest first. */
static const struct {
	const char *from, *to;
} exchanges[] = {
	{ "ph", "f" }, { "th", "t" }, { "ch", "h" }, { "sh", "s" }, { "ck", "k" }, { "qu", "kv" }, { "ou", "u" },
	{ "c", "k" },  { "q", "k" },  { "x", "ks" }, { "y", "i" },  { "j", "i" },  { "w", "v" },
};

static size_t exchange(char out[SOUND_MAX], const char *word)
{
	size_t n = 0;

	while (*word && n < SOUND_MAX - 2) {
		const char *to = NULL;
		size_t take = 1;

		for (size_t k = 0; k < sizeof exchanges / sizeof *exchanges && !to; k++) {
			size_t len = strlen(exchanges[k].from);

			if (!strncmp(word, exchanges[k].from, len)) {
				to = exchanges[k].to;
				take = len;
			}
		}
		for (size_t k = 0; to ? to[k] != 0 : k == 0; k++) {
			char c = to ? to[k] : *word;

			if (!n || out[n - 1] != c)
				out[n++] = c;
		}
		word += take;
	}
	return n;
}

size_t sound_of(char out[SOUND_MAX], struct span word)
{
	char letters[2 * SOUND_MAX];
	size_t n;

	return spell_word(letters, &n, word) ? exchange(out, letters) : 0;
}

/* The consonant an English spelling stands for to a Japanese ear; 0 for none. */
static char heard(const char *w, size_t *take)
{
	*take = 1;
	if (!strncmp(w, "tion", 4) || !strncmp(w, "sion", 4))
		return 's';
	if ((w[0] == 's' || w[0] == 't' || w[0] == 'c' || w[0] == 'p') && w[1] == 'h') {
		*take = 2;
		return w[0] == 'p' ? 'f' : w[0] == 'c' ? 'c' : 's';
	}
	switch (w[0]) {
	case 'c':
		return w[1] == 'e' || w[1] == 'i' || w[1] == 'y' ? 's' : 'k';
	case 'g':
		return w[1] == 'e' || w[1] == 'i' ? 'j' : 'g';
	case 'r':
		return w[1] && strchr("aeiouy", w[1]) ? 'r' : 0;
	case 'q':
		return 'k';
	case 'l':
		return 'r';
	case 'v':
		return 'b';
	case 'm':
		return 'n';
	case 'z':
	case 'x':
		return 's';
	case 'a': case 'e': case 'i': case 'o': case 'u': case 'w': case 'y':
		return 0;
	default:
		return w[0];
	}
}

static char heard_kana(const char *w)
{
	switch (w[0]) {
	case 'a': case 'e': case 'i': case 'o': case 'u':
		return 0;
	case 'm':
		return 'n';
	case 'z':
		return 's';
	default:
		return w[0];
	}
}

size_t sound_skeleton(char out[SOUND_MAX], struct span word, bool *katakana)
{
	char letters[2 * SOUND_MAX];
	size_t n, count = 0, used, take;
	int32_t first = utf8_decode(word, &used);

	*katakana = first >= 0x30A1 && first <= 0x30FC;
	if ((!*katakana && first >= 0x80) || !spell_word(letters, &n, word))
		return 0;
	for (size_t i = 0; i < n && count < SOUND_MAX - 1; i += take) {
		take = 1;
		char c = *katakana ? heard_kana(letters + i) : heard(letters + i, &take);

		if (c && !(count && out[count - 1] == c && !*katakana))
			out[count++] = c;
		if (!*katakana && letters[i] == 'x' && count < SOUND_MAX - 1) {
			out[count - 1] = 'k';
			out[count++] = 's';
		}
	}
	return count;
}
