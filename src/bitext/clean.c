/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cleaning with reasons; see clean.h.
 */
#include "bitext/clean.h"

#include <stdio.h>

#include "base/i18n.h"
#include "base/utf8.h"
#include "text/langid.h"

enum { LETTERS_LEAST = 3, BYTES_MOST = 2000, BOILERPLATE_BYTES = 120, LANGUAGE_BYTES = 40, RATIO_MOST = 6, UNTRANSLATED_LETTERS = 48, COPIED_WORDS = 6 };

static const float language_sure = .9F;

static const struct {
	const char *name, *text;
} reasons[CLEAN_REASONS] = {
	{ "ok", N_("kept") },
	{ "short", N_("too short") },
	{ "long", N_("too long") },
	{ "markup", N_("markup left over") },
	{ "few_letters", N_("hardly any letters") },
	{ "other_language", N_("another language") },
	{ "boilerplate", N_("boilerplate") },
	{ "repeated", N_("repeated word for word") },
	{ "duplicate", N_("seen before") },
	{ "copy", N_("a copy of the source") },
	{ "length_ratio", N_("lengths that do not fit") },
	{ "encoding", N_("not UTF-8") },
};

const char *clean_reason_name(enum clean_reason r)
{
	return reasons[r].name;
}

const char *clean_reason_text(enum clean_reason r)
{
	return reasons[r].text;
}

void cleaner_init(struct cleaner *c, uint8_t lang, bool duplicates)
{
	*c = (struct cleaner){ .lang = lang, .duplicates = duplicates };
}

void cleaner_free(struct cleaner *c)
{
	map128_free(&c->seen);
}

struct looks {
	size_t letters, signs, tags;
	struct buf level;         /* lower case, one '0' for digits, one ' ' for anything else */
	size_t wide;    /* what Chinese, Japanese and Korean have of `letters` */
};

static void level_put(struct buf *out, const char *bytes, size_t n)
{
	if (n == 1 && (*bytes == ' ' || *bytes == '0') && out->len && out->p[out->len - 1] == *bytes)
		return;
	buf_add(out, bytes, n);
}

static bool ascii_letter(int32_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool opens_tag(struct span s, size_t i)
{
	return i + 1 < s.len && (s.p[i + 1] == '/' || ascii_letter(s.p[i + 1])) && memchr(s.p + i, '>', s.len - i);
}

static bool is_entity(struct span rest)
{
	return span_starts(rest, "&lt;") || span_starts(rest, "&gt;") || span_starts(rest, "&amp;") || span_starts(rest, "&nbsp;");
}

static void look(struct looks *l, struct span s)
{
	size_t used;

	for (size_t i = 0; i < s.len; i += used) {
		int32_t cp = utf8_decode(span_make(s.p + i, s.len - i), &used);
		char low = (char)(cp | 0x20);

		if (ascii_letter(cp)) {
			l->letters++;
			level_put(&l->level, &low, 1);
		} else if (cp >= 0xC0 && cp != 0xD7 && cp != 0xF7 && !(cp >= 0x2000 && cp < 0x2C00) && !(cp >= 0x3000 && cp < 0x3041) &&
			   !(cp >= 0xFF00 && cp < 0xFF21)) {
			l->letters += cp >= 0x2E80 ? 2 : 1;
			l->wide += (cp >= 0x3041 && cp < 0xD7B0) || (cp >= 0x20000 && cp < 0x31350) ? 2 : 0;
			level_put(&l->level, s.p + i, used);
		} else {
			l->signs += cp != ' ';
			level_put(&l->level, cp >= '0' && cp <= '9' ? "0" : " ", 1);
		}
		if ((cp == '<' && opens_tag(s, i)) || (cp == '&' && is_entity(span_make(s.p + i, s.len - i))))
			l->tags++;
	}
}

/* The levelled form without spaces at its ends: a final dot makes no difference. */
static struct span levelled(const struct looks *l)
{
	return span_trim(buf_span(&l->level));
}

static bool writes_latin(uint8_t lang)
{
	static const char others[] = " zh ja ko ru uk be bg sr mk kk mn el he yi ar fa ur ps hi mr ne bn pa gu ta te kn ml si th lo my km ka hy am ";
	char code[8];

	snprintf(code, sizeof code, " %.4s ", lang_code(lang));
	return strstr(others, code) == NULL;
}

static bool is_cjk(uint8_t lang)
{
	const char *code = lang_code(lang);

	return !strcmp(code, "zh") || !strcmp(code, "ja") || !strcmp(code, "ko");
}

/* Of a short sentence only the script is a proof. */
static bool other_language(const struct cleaner *c, struct span s, const struct looks *l)
{
	float sure;
	uint8_t lang;

	if (c->lang == LANG_UNKNOWN)
		return false;
	if (4 * l->wide >= l->letters && writes_latin(c->lang))
		return true;
	/* A sentence nobody translated, but for a term in it. */
	if (is_cjk(c->lang) && l->letters - l->wide >= UNTRANSLATED_LETTERS && 6 * l->wide < l->letters)
		return true;
	lang = lang_guess(s, &sure);
	return lang != c->lang && lang != LANG_UNKNOWN && sure >= language_sure &&
	       (s.len >= LANGUAGE_BYTES || (writes_latin(c->lang) && !writes_latin(lang)));
}

/* What stands on every page, in lower case; a short sentence with one of these says nothing else. */
static bool is_boilerplate(struct span level, size_t bytes)
{
	static const char *const phrases[] = {
		"all rights reserved", "copyright c ", "terms of use", "terms of service", "privacy policy", "click here", "we use cookies",
		"uses cookies", "skip to content", "back to top", "subscribe to our newsletter", "powered by wordpress",
		"alle rechte vorbehalten", "nutzungsbedingungen", "datenschutzerkl", "klicken sie hier", "verwendet cookies",
		"tous droits r", "conditions d utilisation", "cliquez ici", "utilise des cookies", "mentions l",
		"todos los derechos reservados", "haga clic aqu", "utiliza cookies", "aviso legal",
		"все права защищены", "нажмите здесь", "использует файлы cookie", "版权所有", "保留所有权利", "点击这里", "隐私政策",
		"無断転載", "ここをクリック", "プライバシーポリシー",
	};

	for (size_t i = 0; bytes <= BOILERPLATE_BYTES && i < sizeof phrases / sizeof *phrases; i++)
		if (memmem(level.p, level.len, phrases[i], strlen(phrases[i])))
			return true;
	return false;
}

static enum clean_reason judge(struct cleaner *c, struct span s, struct looks *l)
{
	look(l, s);
	if (l->letters < LETTERS_LEAST)
		return l->signs > l->letters ? CLEAN_FEW_LETTERS : CLEAN_SHORT;
	if (s.len > BYTES_MOST)
		return CLEAN_LONG;
	if (l->tags)
		return CLEAN_MARKUP;
	if (l->signs > 2 * l->letters)
		return CLEAN_FEW_LETTERS;
	if (is_boilerplate(levelled(l), s.len))
		return CLEAN_BOILERPLATE;
	if (other_language(c, s, l))
		return CLEAN_OTHER_LANGUAGE;
	if (c->duplicates) {
		struct span level = levelled(l);
		struct hash128 key = hash128(level.p, level.len);
		uint64_t written = hash64(s.p, s.len, 0);
		bool made;
		uint64_t *first = map128_at(&c->seen, &key, &made);

		if (!made)
			return *first == written ? CLEAN_REPEATED : CLEAN_DUPLICATE;
		*first = written;
	}
	return CLEAN_OK;
}

enum clean_reason clean_sentence(struct cleaner *c, struct span s)
{
	struct looks l = { .level = BUF_INIT };
	enum clean_reason r = judge(c, span_trim(s), &l);

	c->counts[r]++;
	buf_free(&l.level);
	return r;
}

/* Levelled forms that are equal: the "translation" repeats the source. */
/* The next word of a levelled text. */
static struct span take_word(struct span *rest)
{
	size_t n = 0;
	struct span word;

	while (n < rest->len && rest->p[n] != ' ')
		n++;
	word = span_make(rest->p, n);
	n += n < rest->len;
	*rest = span_make(rest->p + n, rest->len - n);
	return word;
}

/* Most words of the target are the source's, one after the other: left as it was but for a name or a reference. */
static bool mostly_copied(struct span source, struct span target)
{
	size_t words = 0, copied = 0;
	struct span rest = source;

	while (target.len) {
		struct span word = take_word(&target), found;

		if (word.len == 0)
			continue;
		words++;
		for (struct span look = rest; look.len;) {
			found = take_word(&look);
			if (span_eq(found, word)) {
				rest = look;
				copied++;
				break;
			}
		}
	}
	return words >= COPIED_WORDS && 3 * copied >= 2 * words;
}

enum clean_reason clean_pair(struct span source, struct span target)
{
	struct looks x = { .level = BUF_INIT }, y = { .level = BUF_INIT };
	enum clean_reason r = CLEAN_OK;

	look(&x, span_trim(source));
	look(&y, span_trim(target));
	if (span_eq(levelled(&x), levelled(&y)) || mostly_copied(levelled(&x), levelled(&y)))
		r = CLEAN_COPY;
	else if (x.letters > RATIO_MOST * (y.letters + 3) || y.letters > RATIO_MOST * (x.letters + 3))
		r = CLEAN_LENGTH_RATIO;
	buf_free(&x.level);
	buf_free(&y.level);
	return r;
}
