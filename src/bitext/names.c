/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sounds of Chinese characters used for names; see names.h.
 */
#include "bitext/names.h"

#include <math.h>

#include "base/utf8.h"

enum { SOUNDS = 24, NAMES_MOST = 6000 };

static const double like_least = .7, long_weight = .8, short_weight = .5;

/* By classes: P for b p, T for d t, K for g k, W for f v w, L for l r, N for m n, S for sibilants, H; a small n closes a syllable. */
static const struct {
	int32_t cp;
	char sound[4];
} letters[] = {
	{ 0x4E01, "Tn" }, { 0x4E18, "S" }, { 0x4E1D, "S" }, { 0x4E39, "Tn" }, { 0x4E3D, "L" }, { 0x4E4C, "W" },
	{ 0x4E54, "S" }, { 0x4E9A, "" }, { 0x4EA8, "Hn" }, { 0x4EC0, "S" }, { 0x4F0A, "" }, { 0x4F11, "S" },
	{ 0x4F26, "Ln" }, { 0x4F2F, "P" }, { 0x4F3D, "S" }, { 0x4F50, "S" }, { 0x4F5B, "W" }, { 0x4F69, "P" },
	{ 0x4FC4, "" }, { 0x4FEE, "S" }, { 0x5112, "L" }, { 0x514B, "K" }, { 0x5170, "Ln" }, { 0x5179, "S" },
	{ 0x5185, "N" }, { 0x5188, "Kn" }, { 0x51E1, "Wn" }, { 0x51EF, "K" }, { 0x5217, "L" }, { 0x5229, "L" },
	{ 0x52A0, "S" }, { 0x52AA, "N" }, { 0x52B3, "L" }, { 0x52C3, "P" }, { 0x52D2, "L" }, { 0x5351, "P" },
	{ 0x5353, "S" }, { 0x535A, "P" }, { 0x5361, "K" }, { 0x5362, "L" }, { 0x5384, "" }, { 0x53E4, "K" },
	{ 0x53F2, "S" }, { 0x53F6, "" }, { 0x5409, "S" }, { 0x5415, "L" }, { 0x54C8, "H" }, { 0x54F2, "S" },
	{ 0x5510, "Tn" }, { 0x5609, "S" }, { 0x56FE, "T" }, { 0x572D, "K" }, { 0x574E, "Kn" }, { 0x5761, "P" },
	{ 0x5766, "Tn" }, { 0x57C3, "" }, { 0x57F9, "P" }, { 0x57FA, "S" }, { 0x5854, "T" }, { 0x585E, "S" },
	{ 0x58A8, "N" }, { 0x590F, "S" }, { 0x591A, "T" }, { 0x592B, "W" }, { 0x5938, "K" }, { 0x5947, "S" },
	{ 0x5948, "N" }, { 0x594E, "K" }, { 0x5951, "S" }, { 0x5965, "" }, { 0x5983, "W" }, { 0x59AE, "N" },
	{ 0x59B2, "T" }, { 0x59C6, "N" }, { 0x59EC, "S" }, { 0x5A01, "W" }, { 0x5A03, "W" }, { 0x5A05, "" },
	{ 0x5A1C, "N" }, { 0x5A55, "S" }, { 0x5B54, "Kn" }, { 0x5B59, "Sn" }, { 0x5B5F, "Nn" }, { 0x5B81, "Nn" },
	{ 0x5B89, "n" }, { 0x5B97, "Sn" }, { 0x5BB0, "S" }, { 0x5BBE, "Pn" }, { 0x5BC6, "N" }, { 0x5BC7, "K" },
	{ 0x5C14, "L" }, { 0x5C1A, "Sn" }, { 0x5C24, "" }, { 0x5C27, "" }, { 0x5C3C, "N" }, { 0x5DF4, "P" },
	{ 0x5E03, "P" }, { 0x5E0C, "S" }, { 0x5E15, "P" }, { 0x5E2D, "S" }, { 0x5E93, "K" }, { 0x5E9E, "Pn" },
	{ 0x5EB7, "Kn" }, { 0x5EC9, "Ln" }, { 0x5EF6, "n" }, { 0x5EF7, "Tn" }, { 0x5F17, "W" }, { 0x5F6D, "Pn" },
	{ 0x5F7C, "P" }, { 0x5FB7, "T" }, { 0x6069, "n" }, { 0x6070, "S" }, { 0x607A, "K" }, { 0x6208, "K" },
	{ 0x6234, "T" }, { 0x624E, "S" }, { 0x6258, "T" }, { 0x626C, "n" }, { 0x62C9, "L" }, { 0x62DC, "P" },
	{ 0x63AA, "S" }, { 0x63D0, "T" }, { 0x6469, "N" }, { 0x654F, "Nn" }, { 0x6566, "Tn" }, { 0x65AF, "S" },
	{ 0x65BD, "S" }, { 0x65FA, "Wn" }, { 0x6602, "n" }, { 0x6606, "Kn" }, { 0x660C, "Sn" }, { 0x666E, "P" },
	{ 0x66FC, "Nn" }, { 0x66FE, "Sn" }, { 0x6714, "S" }, { 0x6717, "Ln" }, { 0x6731, "S" }, { 0x675C, "T" },
	{ 0x6768, "n" }, { 0x6770, "S" }, { 0x677E, "Sn" }, { 0x6797, "Ln" }, { 0x679C, "K" }, { 0x67E5, "S" },
	{ 0x67EF, "K" }, { 0x6839, "Kn" }, { 0x683C, "K" }, { 0x6842, "K" }, { 0x6851, "Sn" }, { 0x6885, "N" },
	{ 0x68B5, "Wn" }, { 0x68EE, "Sn" }, { 0x6B23, "Sn" }, { 0x6B27, "" }, { 0x6BD4, "P" }, { 0x6BD5, "P" },
	{ 0x6C49, "Hn" }, { 0x6C64, "Tn" }, { 0x6C83, "W" }, { 0x6C99, "S" }, { 0x6CD5, "W" }, { 0x6CE2, "P" },
	{ 0x6CF0, "T" }, { 0x6CFD, "S" }, { 0x6D01, "S" }, { 0x6D1B, "L" }, { 0x6D25, "Sn" }, { 0x6D2A, "Hn" },
	{ 0x6E29, "Wn" }, { 0x6F58, "Pn" }, { 0x6FB3, "" }, { 0x7231, "" }, { 0x7279, "T" }, { 0x72C4, "T" },
	{ 0x739B, "N" }, { 0x73BB, "P" }, { 0x73C0, "P" }, { 0x73CA, "Sn" }, { 0x73CD, "Sn" }, { 0x73ED, "Pn" },
	{ 0x742A, "S" }, { 0x7433, "Ln" }, { 0x743C, "Sn" }, { 0x745E, "L" }, { 0x745F, "S" }, { 0x74DC, "K" },
	{ 0x74E6, "W" }, { 0x7518, "Kn" }, { 0x7533, "Sn" }, { 0x767B, "Tn" }, { 0x76AE, "P" }, { 0x76CE, "n" },
	{ 0x76D6, "K" }, { 0x7956, "S" }, { 0x798F, "W" }, { 0x79D1, "K" }, { 0x7A46, "N" }, { 0x7B80, "Sn" },
	{ 0x7C73, "N" }, { 0x7D22, "S" }, { 0x7EA6, "" }, { 0x7EB3, "N" }, { 0x7EBD, "N" }, { 0x7ECD, "S" },
	{ 0x7EEE, "S" }, { 0x7EF4, "W" }, { 0x7F07, "T" }, { 0x7F2A, "N" }, { 0x7F57, "L" }, { 0x7FE0, "S" },
	{ 0x8003, "K" }, { 0x8036, "" }, { 0x8096, "S" }, { 0x80AF, "Kn" }, { 0x80E1, "H" }, { 0x817E, "Tn" },
	{ 0x820D, "S" }, { 0x8212, "S" }, { 0x827E, "" }, { 0x829D, "S" }, { 0x82AC, "Wn" }, { 0x82AD, "P" },
	{ 0x82CF, "S" }, { 0x82F1, "n" }, { 0x8303, "Wn" }, { 0x831C, "S" }, { 0x8328, "S" }, { 0x8339, "L" },
	{ 0x8363, "Ln" }, { 0x8389, "L" }, { 0x838E, "S" }, { 0x83AB, "N" }, { 0x83B1, "L" }, { 0x83F2, "W" },
	{ 0x841D, "L" }, { 0x8428, "S" }, { 0x845B, "K" }, { 0x8482, "T" }, { 0x8499, "Nn" }, { 0x84EC, "Pn" },
	{ 0x857E, "L" }, { 0x8587, "W" }, { 0x871C, "N" }, { 0x897F, "S" }, { 0x8A79, "Sn" }, { 0x8BB8, "S" },
	{ 0x8BFA, "N" }, { 0x8C22, "S" }, { 0x8C6A, "H" }, { 0x8D1D, "P" }, { 0x8D21, "Kn" }, { 0x8D39, "W" },
	{ 0x8D3E, "S" }, { 0x8D5B, "S" }, { 0x8D5E, "Sn" }, { 0x8D6B, "H" }, { 0x8F9B, "Sn" }, { 0x8FBE, "T" },
	{ 0x8FC8, "N" }, { 0x8FE6, "S" }, { 0x8FEA, "T" }, { 0x9053, "T" }, { 0x9093, "Tn" }, { 0x90A6, "Pn" },
	{ 0x91CC, "L" }, { 0x94A6, "Sn" }, { 0x9521, "S" }, { 0x963F, "" }, { 0x9676, "T" }, { 0x9686, "Ln" },
	{ 0x96C4, "Sn" }, { 0x96C5, "" }, { 0x96F7, "L" }, { 0x970D, "H" }, { 0x9732, "L" }, { 0x97E6, "W" },
	{ 0x987F, "Tn" }, { 0x9999, "Sn" }, { 0x9A6C, "N" }, { 0x9B4F, "W" }, { 0x9C81, "L" }, { 0x9C8D, "P" },
	{ 0x9EA6, "N" }, { 0x9ECE, "L" }, { 0x9EDB, "T" }, { 0x9F50, "S" }, { 0x9F99, "Ln" },
};

/* The consonants of a character's sound, NULL when it is not used for names. */
static const char *consonants_of(int32_t cp)
{
	size_t low = 0, high = sizeof letters / sizeof *letters;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (letters[middle].cp < cp)
			low = middle + 1;
		else
			high = middle;
	}
	return low < sizeof letters / sizeof *letters && letters[low].cp == cp ? letters[low].sound : NULL;
}

bool name_letter(int32_t cp)
{
	return consonants_of(cp) != NULL;
}

/* ---- consonants; lower case: may be left out ---- */

static bool is_vowel(char c)
{
	return c && strchr("aeiouy", c);
}

static size_t of_han(char out[SOUNDS], struct span han)
{
	size_t n = 0, used;

	for (size_t i = 0; i < han.len; i += used) {
		const char *sound = consonants_of(utf8_decode(span_make(han.p + i, han.len - i), &used));

		if (!sound)
			return 0;
		for (; *sound && n < SOUNDS; sound++)
			out[n++] = *sound;
	}
	return n;
}

static const struct {
	const char *from, *to;
} spelled[] = {
	{ "sch", "S" }, { "tch", "S" }, { "sh", "S" }, { "ch", "S" }, { "th", "D" }, { "ph", "W" }, { "wh", "W" }, { "gh", "h" },
	{ "kn", "N" },  { "ck", "K" },  { "ce", "S" }, { "ci", "S" }, { "cy", "S" }, { "ge", "J" }, { "gi", "J" }, { "qu", "K" },
	{ "x", "KS" },  { "b", "P" },   { "p", "P" },  { "d", "T" },  { "t", "T" },  { "c", "K" },  { "k", "K" },  { "g", "K" },
	{ "q", "K" },   { "f", "W" },   { "v", "W" },  { "w", "W" },  { "l", "L" },  { "r", "L" },  { "m", "N" },  { "n", "N" },
	{ "s", "S" },   { "z", "S" },   { "j", "S" },  { "h", "h" },
};

static size_t of_latin(char out[SOUNDS], struct span latin)
{
	size_t n = 0;

	for (size_t i = 0; i < latin.len;) {
		size_t k = 0, len = 1;

		while (k < sizeof spelled / sizeof *spelled &&
		       !span_starts(span_make(latin.p + i, latin.len - i), spelled[k].from))
			k++;
		if (k < sizeof spelled / sizeof *spelled) {
			char next;

			len = strlen(spelled[k].from);
			next = i + len < latin.len ? latin.p[i + len] : 0;
			len -= len > 1 && is_vowel(spelled[k].from[len - 1]);
			for (const char *c = spelled[k].to; *c && n < SOUNDS; c++)
				if (!n || out[n - 1] != *c)
					out[n++] = (*c == 'L' || *c == 'N') && !is_vowel(next) ? (char)(*c | 0x20) : *c;
		}
		i += len;
	}
	return n;
}

static double exchange_cost(char latin, char han)
{
	char x = (char)(latin & ~0x20), y = (char)(han & ~0x20);

	if (x == y)
		return 0;
	if (x == 'D')
		return y == 'S' || y == 'T' ? .1 : 1;
	if (x == 'J')
		return y == 'S' || y == 'K' ? .1 : 1;
	return (x == 'H' && y == 'K') || (x == 'W' && y == 'P') ? .6 : 1;
}

static double sounds_alike(const char *x, size_t nx, const char *y, size_t ny)
{
	double row[SOUNDS + 1], before, longest = (double)(nx > ny ? nx : ny);

	if (nx < 2 || ny < 2)
		return 0;
	row[0] = 0;
	for (size_t j = 0; j < ny; j++)
		row[j + 1] = row[j] + (y[j] >= 'a' ? .3 : 1);
	for (size_t i = 0; i < nx; i++) {
		double drop = x[i] >= 'a' ? .2 : 1;

		before = row[0];
		row[0] += drop;
		for (size_t j = 0; j < ny; j++) {
			double here = before + exchange_cost(x[i], y[j]);

			before = row[j + 1];
			here = fmin(here, row[j + 1] + drop);
			row[j + 1] = fmin(here, row[j] + (y[j] >= 'a' ? .3 : 1));
		}
	}
	return 1 - row[ny] / longest;
}

double name_likeness(struct span latin, struct span han)
{
	char x[SOUNDS], y[SOUNDS];

	return sounds_alike(x, of_latin(x, latin), y, of_han(y, han));
}

/* ---- links ---- */

struct heard {
	uint32_t word;
	char sounds[SOUNDS];
	size_t n;
};

struct name_list {
	VEC(struct heard) words;
};

static bool is_han_name(struct span form)
{
	size_t used, n = 0;

	for (size_t i = 0; i < form.len; i += used, n++)
		if (!name_letter(utf8_decode(span_make(form.p + i, form.len - i), &used)))
			return false;
	return n >= 2;
}

static void list_names(struct name_list *out, const struct side *s, const bool *linked, bool han)
{
	vec_each(&s->forms, w) {
		struct span form = s->forms.v[w];
		struct heard heard = { .word = (uint32_t)w };

		if (!s->df[w] || linked[w] || !(han ? is_han_name(form) : form.p[0] >= 'a' && form.p[0] <= 'z' && s->name[w]))
			continue;
		heard.n = han ? of_han(heard.sounds, form) : of_latin(heard.sounds, form);
		vec_push(&out->words, heard);
	}
}

static void link_names(struct link_list *l, const struct side *latin, const bool *linked_latin, const struct side *han,
		       const bool *linked_han, bool han_is_b)
{
	struct name_list xs = { { 0 } }, ys = { { 0 } };

	list_names(&ys, han, linked_han, true);
	if (ys.words.n)
		list_names(&xs, latin, linked_latin, false);
	for (size_t i = 0; i < xs.words.n && xs.words.n < NAMES_MOST && ys.words.n < NAMES_MOST; i++) {
		for (size_t j = 0; j < ys.words.n; j++) {
			const struct heard *p = &xs.words.v[i], *q = &ys.words.v[j];
			uint32_t x = p->word, y = q->word;
			double like = sounds_alike(p->sounds, p->n, q->sounds, q->n);
			double weight = like * (han->forms.v[y].len > 6 ? long_weight : short_weight);

			if (like >= like_least)
				vec_push(&l->links, han_is_b ? (struct link){ x, y, (float)weight, LINK_SOUND }
							     : (struct link){ y, x, (float)weight, LINK_SOUND });
		}
	}
	vec_free(&xs.words);
	vec_free(&ys.words);
}

void links_add_names(struct link_list *l, const struct side *a, const struct side *b)
{
	bool *linked_a = xcalloc(a->forms.n + 1, sizeof *linked_a), *linked_b = xcalloc(b->forms.n + 1, sizeof *linked_b);

	vec_each(&l->links, i) {
		if (l->links.v[i].kind == LINK_DICTIONARY) {
			linked_a[l->links.v[i].x] = true;
			linked_b[l->links.v[i].y] = true;
		}
	}
	link_names(l, a, linked_a, b, linked_b, true);
	link_names(l, b, linked_b, a, linked_a, false);
	free(linked_a);
	free(linked_b);
}
