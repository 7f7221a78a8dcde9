/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Dictionaries among the machine's packages: freedict under /usr/share/dictd, Ding, EDICT, Unihan; chained through a third language
 * where the direct ones are small.
 */
#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/i18n.h"
#include "bitext/lexicon.h"
#include "text/langid.h"

enum { ENOUGH = 100000, DICTIONARIES_MAX = 1024 };

/* A dictionary that lies on this machine. */
struct place {
	uint8_t a, b;
	char *path;
};

struct places {
	VEC(struct place) places;
};

static const struct {
	char a[4], b[4];
	const char *path, *package;
} single[] = {
	{ "de", "en", "/usr/share/trans/de-en", "trans-de-en" },
	{ "ja", "en", "/usr/share/edict/edict", "edict" },
	{ "zh", "en", "/usr/share/unicode/Unihan_Readings.txt.bz2", "unicode-data" },
};

static uint8_t lang(const char *code, size_t n)
{
	return lang_from_code(span_make(code, n));
}

/* freedict-deu-eng.index */
static void note_freedict(struct places *p, const char *folder, const char *name)
{
	static const char lead[] = "freedict-";
	size_t n = strlen(lead);
	struct place place;

	if (strncmp(name, lead, n) != 0 || strlen(name) != n + strlen("deu-eng.index") || strcmp(name + n + 7, ".index") != 0)
		return;
	place = (struct place){ lang(name + n, 3), lang(name + n + 4, 3), NULL };
	if (place.a == LANG_UNKNOWN || place.b == LANG_UNKNOWN || place.a == place.b)
		return;
	place.path = fs_join(folder, name);
	vec_push(&p->places, place);
}

static int compare_places(const void *a, const void *b)
{
	return strcmp(((const struct place *)a)->path, ((const struct place *)b)->path);
}

static void places_find(struct places *p, const char *root)
{
	char *folder = xasprintf("%s/usr/share/dictd", root);
	DIR *d = opendir(folder);
	struct dirent *entry;

	while (d && (entry = readdir(d)) && p->places.n < DICTIONARIES_MAX)
		note_freedict(p, folder, entry->d_name);
	if (d)
		closedir(d);
	free(folder);
	for (size_t i = 0; i < sizeof single / sizeof *single; i++) {
		char *path = xasprintf("%s%s", root, single[i].path);

		if (access(path, R_OK) == 0)
			vec_push(&p->places, (struct place){ lang(single[i].a, 2), lang(single[i].b, 2), path });
		else
			free(path);
	}
	if (p->places.n)
		qsort(p->places.v, p->places.n, sizeof *p->places.v, compare_places);
}

static void places_free(struct places *p)
{
	vec_each(&p->places, i)
		free(p->places.v[i].path);
	vec_free(&p->places);
}

static bool between(const struct place *p, uint8_t a, uint8_t b)
{
	return (p->a == a && p->b == b) || (p->a == b && p->b == a);
}

/* Ding is where freedict's German-English comes from, EDICT where its Japanese-English does: one of each is enough. */
static bool is_copy(const struct places *all, const struct place *p)
{
	if (!strstr(p->path, "/dictd/"))
		return false;
	vec_each(&all->places, i)
		if (between(&all->places.v[i], p->a, p->b) && !strstr(all->places.v[i].path, "/dictd/"))
			return true;
	return false;
}

/* Definitions of single characters help where there are no words, and blur them where there are. */
static bool is_needless(const struct lexicon *l, const struct place *p)
{
	return l->entries.n >= ENOUGH / 2 && strstr(p->path, "Unihan");
}

static void read_direct(struct lexicon *l, const struct places *all)
{
	vec_each(&all->places, i) {
		const struct place *p = &all->places.v[i];

		/* A damaged dictionary is a smaller lexicon, not a failed run: what was read is listed in l->sources. */
		if (between(p, l->a, l->b) && !is_copy(all, p) && !is_needless(l, p))
			lexicon_read(l, p->path, p->a, p->b, NULL);
	}
}

static bool has(const struct places *all, uint8_t a, uint8_t b)
{
	vec_each(&all->places, i)
		if (between(&all->places.v[i], a, b))
			return true;
	return false;
}

static void chain_through(struct lexicon *l, const struct places *all, uint8_t third)
{
	struct lexicon first, second;
	size_t before = l->entries.n;

	lexicon_init(&first, l->a, third);
	lexicon_init(&second, third, l->b);
	read_direct(&first, all);
	read_direct(&second, all);
	lexicon_chain(l, &first, &second);
	if (l->entries.n > before)
		buf_addf(&l->sources, _("chained through %s (%zu)\n"), lang_code(third), l->entries.n - before);
	lexicon_free(&first);
	lexicon_free(&second);
}

/* For Chinese: what Japanese shares with it.  Returns the entries that came of it. */
static size_t borrow_kanji(struct lexicon *l, const struct places *all)
{
	uint8_t chinese = lang("zho", 3), japanese = lang("jpn", 3);
	bool of_b = l->b == chinese;
	struct lexicon shared;
	size_t before = l->entries.n;

	if ((l->a != chinese && !of_b) || l->a == japanese || l->b == japanese)
		return 0;
	lexicon_init(&shared, of_b ? l->a : japanese, of_b ? japanese : l->b);
	read_direct(&shared, all);
	lexicon_add_kanji(l, &shared, of_b);
	if (l->entries.n > before)
		buf_addf(&l->sources, _("words shared with %s (%zu)\n"), lang_code(japanese), l->entries.n - before);
	lexicon_free(&shared);
	return l->entries.n - before;
}

/* Names what Debian packages between the two languages; `shared`: what Chinese has in common with Japanese has been read already. */
static char *advise(uint8_t a, uint8_t b, bool shared)
{
	const char *x = lang_iso3(a), *y = lang_iso3(b);

	if (shared && (!strcmp(x, "zho") || !strcmp(y, "zho")))
		return xasprintf(_("no packaged dictionary of Chinese words is known: give CC-CEDICT with --lexicon FILE"));
	if (!strcmp(x, "zho") || !strcmp(y, "zho"))
		return xasprintf(_("no packaged dictionary of Chinese words is known: give CC-CEDICT with --lexicon FILE, and install "
				   "edict, whose Japanese words it shares, and unicode-data for single characters"));
	for (size_t i = 0; i < sizeof single / sizeof *single; i++)
		if (between(&(struct place){ lang(single[i].a, 2), lang(single[i].b, 2), NULL }, a, b))
			return xasprintf(_("for a better lexicon install the package %s"), single[i].package);
	return xasprintf(_("for a better lexicon install dict-freedict-%s-%s or dict-freedict-%s-%s where they exist, or "
			   "trans-de-en with dict-freedict-deu-%s to chain through German"),
			 x, y, y, x, strcmp(x, "eng") ? x : y);
}

int lexicon_find(struct lexicon *l, const char *root, char **advice, struct error *err)
{
	struct places all = { { 0 } };
	bool bare = l->entries.n < ENOUGH / 2; /* the user has given no dictionary, or a small one */
	size_t shared;

	*advice = NULL;
	if (l->a == l->b)
		return error_set(err, TAMIS_EUSAGE, _("both sides are %s: there is nothing to translate"), lang_code(l->a));
	places_find(&all, root);
	shared = bare ? borrow_kanji(l, &all) : 0;
	read_direct(l, &all);
	for (unsigned third = 1; third < 255 && l->entries.n < ENOUGH; third++)
		if (third != l->a && third != l->b && has(&all, l->a, (uint8_t)third) && has(&all, (uint8_t)third, l->b))
			chain_through(l, &all, (uint8_t)third);
	if (l->entries.n < ENOUGH || shared)
		*advice = advise(l->a, l->b, shared);
	places_free(&all);
	return 0;
}
