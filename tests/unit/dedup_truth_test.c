/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine against the truth about real text: this machine's copyright files, changelogs, licenses and manual pages.
 *
 * Truth is made without the engine: words by the C library's idea of a letter, five in a row joined by spaces, an inverted
 * index over those strings, counts added up for every pair.  Texts are ASCII, where both ideas of a word are the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ctype.h>
#include <glob.h>
#include <stdio.h>
#include <zlib.h>

#include "base/map.h"
#include "dedup/dedup.h"

#define TEXTS_MAX 1500u
#define BYTES_MAX 60000u

static const char *const patterns[] = { "/usr/share/common-licenses/*", "/usr/share/doc/*/copyright",
					"/usr/share/doc/*/changelog.Debian.gz", "/usr/share/doc/*/changelog.gz",
					"/usr/share/man/man1/*.gz", "/usr/share/man/man7/*.gz" };

struct truth {
	VEC(struct span) texts;
	struct arena arena;
	struct mapstr ids;                 /* shingle -> its number + 1 */
	VEC(hash_vec) postings;            /* [number]: texts */
	VEC(hash_vec) sets;                /* [text]: numbers */
};

static bool is_ascii(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)p[i] >= 0x80 || p[i] == '\0')
			return false;
	return n > 0;
}

static void read_text(struct truth *t, const char *path)
{
	static char text[BYTES_MAX];
	gzFile f = gzopen(path, "rb");
	int n = f ? gzread(f, text, sizeof text) : -1;

	if (f)
		gzclose(f);
	if (n > 0 && is_ascii(text, (size_t)n))
		vec_push(&t->texts, arena_span(&t->arena, span_make(text, (size_t)n)));
}

static void read_texts(struct truth *t)
{
	for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
		glob_t found = { 0 };
		size_t share = (i + 1) * TEXTS_MAX / (sizeof patterns / sizeof *patterns);

		if (glob(patterns[i], 0, NULL, &found) == 0)
			for (size_t k = 0; k < found.gl_pathc && t->texts.n < share; k++)
				read_text(t, found.gl_pathv[k]);
		globfree(&found);
	}
}

/* Adds the shingle to the text's set unless it is the last text the posting names. */
static void add_shingle(struct truth *t, struct span shingle, uint64_t text)
{
	bool made;
	uint64_t *id = mapstr_at(&t->ids, shingle, &made);
	hash_vec *posting;

	if (made) {
		vec_push(&t->postings, (hash_vec){ 0 });
		*id = t->postings.n;
	}
	posting = &t->postings.v[*id - 1];
	if (posting->n && posting->v[posting->n - 1] == text)
		return;
	vec_push(posting, text);
	vec_push(&t->sets.v[text], *id - 1);
}

/* The next word, in lower case; empty at the end. */
static void next_word(struct buf *word, struct span *rest)
{
	buf_clear(word);
	for (; rest->len; rest->p++, rest->len--) {
		unsigned char c = (unsigned char)*rest->p;

		if (isalnum(c) || c == '_')
			buf_addc(word, (char)tolower(c));
		else if (word->len)
			break;
	}
}

static void make_set(struct truth *t, uint64_t text)
{
	struct buf words[5], shingle = BUF_INIT;
	struct span rest = t->texts.v[text];
	size_t n = 0;

	for (int i = 0; i < 5; i++)
		buf_init(&words[i]);
	for (;;) {
		next_word(&words[n % 5], &rest);
		if (words[n % 5].len == 0 && n >= 5)
			break;
		if (words[n % 5].len)
			n++;
		if (n < 5 && rest.len)
			continue;
		buf_clear(&shingle);
		for (size_t i = n < 5 ? 0 : n - 5; i < n; i++)
			buf_addf(&shingle, "%s ", words[i % 5].p);
		if (n)
			add_shingle(t, buf_span(&shingle), text);
		if (rest.len == 0)
			break;
	}
	for (int i = 0; i < 5; i++)
		buf_free(&words[i]);
	buf_free(&shingle);
}

static void make_truth(struct truth *t)
{
	read_texts(t);
	vec_each(&t->texts, i)
		vec_push(&t->sets, (hash_vec){ 0 });
	vec_each(&t->texts, i)
		make_set(t, i);
}

static void truth_free(struct truth *t)
{
	vec_each(&t->postings, i)
		vec_free(&t->postings.v[i]);
	vec_each(&t->sets, i)
		vec_free(&t->sets.v[i]);
	vec_free(&t->postings);
	vec_free(&t->sets);
	vec_free(&t->texts);
	mapstr_free(&t->ids);
	arena_free(&t->arena);
}

/* Shared shingles of text `a` with each text. */
static void count_common(const struct truth *t, size_t a, uint32_t *common)
{
	memset(common, 0, t->texts.n * sizeof *common);
	vec_each(&t->sets.v[a], i) {
		const hash_vec *posting = &t->postings.v[t->sets.v[a].v[i]];

		vec_each(posting, p)
			common[posting->v[p]]++;
	}
}

static const struct edge *find_edge(const struct dedup_result *r, size_t a, size_t b)
{
	vec_each(&r->edges, i)
		if (r->edges.v[i].a == a && r->edges.v[i].b == b)
			return &r->edges.v[i];
	return NULL;
}

struct tally {
	size_t pairs, found;
};

/* Every pair of texts that stand for themselves, truth beside finding. */
static struct tally compare(const struct truth *t, const struct dedup_result *r)
{
	uint32_t *common = xcalloc(t->texts.n, sizeof *common);
	struct tally tally = { 0 };

	for (size_t a = 0; a < t->texts.n; a++) {
		count_common(t, a, common);
		assert_int_equal(common[a], r->sketches.fact[a].n_shingles);
		for (size_t b = a + 1; b < t->texts.n; b++) {
			bool alike = jaccard_reaches(common[b], t->sets.v[a].n, t->sets.v[b].n, r->threshold);
			const struct edge *e = alike || common[b] ? find_edge(r, a, b) : NULL;

			if (e)
				assert_int_equal(e->common, common[b]);
			if (r->exact[a] != a || r->exact[b] != b)
				continue;
			assert_true(alike || e == NULL);
			tally.pairs += alike;
			tally.found += e != NULL;
		}
		if (r->star.keeper[a] != a)
			assert_true(jaccard_reaches(common[r->star.keeper[a]], t->sets.v[a].n,
						    t->sets.v[r->star.keeper[a]].n, r->threshold));
	}
	free(common);
	return tally;
}

static void finds_what_an_exact_join_finds(void **state)
{
	struct truth t = { 0 };
	struct dedup_source source;
	struct dedup_options o;
	struct dedup_result r;
	struct tally tally;

	(void)state;
	make_truth(&t);
	if (t.texts.n < 50) {
		truth_free(&t);
		skip();
	}
	dedup_source_texts(&source, t.texts.v, (uint32_t)t.texts.n);
	for (int scheme = 0; scheme < 2; scheme++) {
		dedup_options_init(&o);
		o.scheme = (enum minhash_scheme)scheme;
		assert_int_equal(dedup_run(&r, &source, &o, NULL), 0);
		tally = compare(&t, &r);
		print_message("%zu texts, %zu pairs with J >= 0.8, %zu found\n", t.texts.n, tally.pairs, tally.found);
		assert_true((double)tally.found >= 0.995 * (double)tally.pairs);
		dedup_result_free(&r);
	}
	truth_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(finds_what_an_exact_join_finds) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
