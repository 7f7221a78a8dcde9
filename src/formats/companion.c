/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The two line-aligned files of a Moses pair find each other by name: the same but for the language. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "base/i18n.h"
#include "base/utf8.h"
#include "formats/recognise.h"
#include "formats/stream.h"

#define COUNT_LIMIT                                                                                          \
	((uint64_t)64 << 20) /* larger files are not read twice: the name decides, the import counts */

/* ISO 639-1, without those that are rather the ending of program text (sh, ts, cs and pl are kept: their
 * companion must have as many lines). */
static const char iso639[] =
	" aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de "
	"dv dz ee el en eo "
	"es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is "
	"it iu ja jv ka kg "
	"ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na "
	"nb nd ne ng nl nn "
	"no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq "
	"sr ss st su sv sw "
	"ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu ";

struct parts {
	struct span stem;   /* up to and with the '.' before the language */
	struct span lang;
	struct span ending; /* ".gz" or nothing */
};

static bool is_language(struct span code)
{
	char key[5];

	if (code.len > 3 && (code.p[2] == '_' || code.p[2] == '-') && code.len <= 8)
		code.len = 2;
	if (code.len != 2)
		return false;
	snprintf(key, sizeof key, " %.2s ", code.p);
	return strstr(iso639, key) != NULL;
}

static struct span ending_of(struct span name)
{
	static const char *const endings[] = { ".gz", ".zst", ".xz", ".bz2", ".txt" };

	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (span_ends(name, endings[i]))
			return span_make(name.p + name.len - strlen(endings[i]), strlen(endings[i]));
	return span_make(name.p + name.len, 0);
}

static bool split_name(struct parts *out, struct span name)
{
	struct span bare;
	const char *dot;

	out->ending = ending_of(name);
	bare = span_make(name.p, name.len - out->ending.len);
	dot = bare.len ? memrchr(bare.p, '.', bare.len) : NULL;
	if (dot == NULL || dot == bare.p)
		return false;
	out->stem = span_make(bare.p, (size_t)(dot - bare.p) + 1);
	out->lang = span_make(dot + 1, bare.len - out->stem.len);
	return is_language(out->lang);
}

/* "X.en-fr." names both languages itself: their order is that of the pair. */
static bool stem_pair(struct span stem, struct span lang, struct span *first, struct span *second)
{
	const char *dash, *dot;

	stem.len--;
	dash = stem.len ? memrchr(stem.p, '-', stem.len) : NULL;
	if (dash == NULL)
		return false;
	*second = span_make(dash + 1, (size_t)(stem.p + stem.len - dash) - 1);
	dot = memrchr(stem.p, '.', (size_t)(dash - stem.p));
	dot = dot ? dot + 1 : stem.p;
	*first = span_make(dot, (size_t)(dash - dot));
	return is_language(*first) && is_language(*second) &&
	       (span_eq(lang, *first) || span_eq(lang, *second));
}

static bool in_wish(const struct shape_wish *wish, struct span lang, bool *first)
{
	const char *dash = wish && wish->lang ? strchr(wish->lang, '-') : NULL;

	if (dash == NULL)
		return false;
	*first = span_eq(lang, span_make(wish->lang, (size_t)(dash - wish->lang)));
	return *first || span_is(lang, dash + 1);
}

/* Lines of a file's decompressed content; false when it can't be read or is larger than is worth it. */
static bool count_lines(uint64_t *out, const char *path)
{
	char *chunk = xmalloc(65536), magic[8];
	struct stream *s = NULL;
	struct error err = { 0 };
	char last = '\n';
	ssize_t got;
	bool good = false;

	*out = 0;
	if (stream_open_raw(&s, CONTAINER_NONE, path, 0, &err) < 0)
		goto done;
	got = stream_read_full(s, magic, sizeof magic, &err);
	stream_close(s);
	s = NULL;
	if (got < 0 || stream_open_raw(&s, container_sniff(span_make(magic, (size_t)got)), path, 0, &err) < 0)
		goto done;
	while ((got = stream_read(s, chunk, 65536, &err)) > 0) {
		for (const char *p = chunk; (p = memchr(p, '\n', (size_t)(chunk + got - p))) != NULL; p++)
			(*out)++;
		last = chunk[got - 1];
	}
	good = got == 0;
	*out += last != '\n';
done:
	if (s)
		stream_close(s);
	free(chunk);
	return good;
}

static bool same_lines(const char *a, const char *b)
{
	struct stat sa, sb;
	uint64_t na, nb;

	if (stat(a, &sa) < 0 || stat(b, &sb) < 0 || !S_ISREG(sa.st_mode) || !S_ISREG(sb.st_mode) ||
	    sa.st_size == 0)
		return false;
	if ((uint64_t)sa.st_size > COUNT_LIMIT || (uint64_t)sb.st_size > COUNT_LIMIT)
		return true;
	return count_lines(&na, a) && count_lines(&nb, b) && na == nb;
}

/* Could `name` be the other half of `mine`? */
static bool is_other_half(const struct parts *mine, const char *name, struct parts *theirs,
			  const struct shape_wish *wish)
{
	struct span first, second;
	bool ignored;

	if (!split_name(theirs, span_of(name)) || !span_eq(mine->stem, theirs->stem) ||
	    !span_eq(mine->ending, theirs->ending) || span_eq(mine->lang, theirs->lang))
		return false;
	if (stem_pair(mine->stem, mine->lang, &first, &second))
		return span_eq(theirs->lang, first) || span_eq(theirs->lang, second);
	return !(wish && wish->lang && strchr(wish->lang, '-')) || in_wish(wish, theirs->lang, &ignored);
}

static bool is_first(const struct parts *mine, struct span theirs, const struct shape_wish *wish)
{
	struct span first, second;
	bool by_wish;

	if (in_wish(wish, mine->lang, &by_wish))
		return by_wish;
	if (stem_pair(mine->stem, mine->lang, &first, &second))
		return span_eq(mine->lang, first);
	return span_cmp(mine->lang, theirs) < 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

bool shape_companion(struct buf *out, bool *first, const char *path, const struct shape_wish *wish)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash ? xstrndup(path, slash == path ? 1 : (size_t)(slash - path)) : xstrdup(".");
	struct parts mine, theirs;
	struct dirent **entry = NULL;
	bool found = false;
	int n = 0;

	if (split_name(&mine, span_of(slash ? slash + 1 : path)))
		n = scandir(dir, &entry, NULL, by_name);
	for (int i = 0; i < n; i++) {
		if (!found && is_other_half(&mine, entry[i]->d_name, &theirs, wish)) {
			char *other = slash ? fs_join(dir, entry[i]->d_name) : xstrdup(entry[i]->d_name);

			found = same_lines(path, other);
			if (found) {
				buf_adds(out, other);
				*first = is_first(&mine, theirs.lang, wish);
			}
			free(other);
		}
		free(entry[i]);
	}
	free(entry);
	free(dir);
	return found;
}

bool recognise_moses(struct shape *out, const char *path, struct span head, const struct shape_wish *wish)
{
	const char *slash = strrchr(path, '/');
	struct buf other = BUF_INIT;
	struct parts mine, theirs;
	bool first, found;

	if (wish && wish->format != FORMAT_AUTO && wish->format != FORMAT_MOSES)
		return false;
	if (wish && wish->split)
		return false;
	if (head.len == 0 || memchr(head.p, '\0', head.len) || !shape_companion(&other, &first, path, wish))
		return false;
	found = split_name(&mine, span_of(slash ? slash + 1 : path));
	slash = strrchr(other.p, '/');
	found = found && split_name(&theirs, span_of(slash ? slash + 1 : other.p));
	if (found) {
		struct span source = first ? mine.lang : theirs.lang,
			    target = first ? theirs.lang : mine.lang;

		out->format = FORMAT_MOSES;
		out->kind = KIND_BITEXT;
		snprintf(out->profile, sizeof out->profile, "moses");
		snprintf(out->source_lang, sizeof out->source_lang, "%.*s", (int)source.len, source.p);
		snprintf(out->target_lang, sizeof out->target_lang, "%.*s", (int)target.len, target.p);
		set_column(out, "source", ROLE_SOURCE);
		set_column(out, "target", ROLE_TARGET);
		set_reason(out, _("two line-aligned files (Moses), %s to %s, with as many lines each"),
			   out->source_lang, out->target_lang);
	}
	buf_free(&other);
	return found;
}
