/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Features of the candidates of a set with gold, as share/bitext/train.py reads them.
 *	bitext_features LANG FOLDER/NAME [DICTIONARY [SEED [RESCORER]]] > DOMAIN.LANG.tsv
 * reads NAME.en, NAME.xx and NAME.gold; "-" for no dictionary of one's own or no seed; SEED.en and SEED.xx are parallel.  The
 * weights of RESCORER choose the pairs that are learned from; without it the margin does.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/fs.h"
#include "base/thread.h"
#include "bitext/mine.h"
#include "text/langid.h"

struct lines {
	struct buf text;
	VEC(struct span) lines;
};

static void read_lines(struct lines *out, const char *base, const char *suffix)
{
	char *path = xasprintf("%s%s", base, suffix);
	struct error err = { 0 };

	buf_init(&out->text);
	if (fs_read_all(&out->text, path, (size_t)1 << 30, &err)) {
		fprintf(stderr, "%s\n", err.msg);
		exit(1);
	}
	for (struct span rest = buf_span(&out->text); rest.len;)
		vec_push(&out->lines, span_line(&rest));
	free(path);
}

static void read_gold(struct map64 *out, const char *base)
{
	struct lines gold = { .text = BUF_INIT };

	read_lines(&gold, base, ".gold");
	vec_each(&gold.lines, i) {
		unsigned x, y;
		bool made;

		if (sscanf(gold.lines.v[i].p, "%u\t%u", &x, &y) == 2)
			*map64_at(out, (uint64_t)x << 32 | y, &made) = 1;
	}
}

static void print_candidates(const struct mining *m, const struct map64 *gold)
{
	struct feature_context context = mining_context(m);

	printf("pairs\t%zu\ngold\tx\ty\tmutual", gold->n);
	for (size_t k = 0; k < feature_count(); k++)
		printf("\t%s", feature_name(k));
	putchar('\n');
	vec_each(&m->candidates, i) {
		const struct candidate *c = &m->candidates.v[i].candidate;
		float f[FEATURES_MAX];

		if (c->rank_x > 1 && c->rank_y > 1)
			continue;
		features_of(f, c, &context);
		printf("%d\t%u\t%u\t%d", map64_find(gold, (uint64_t)c->edge.x << 32 | c->edge.y) != NULL, c->edge.x, c->edge.y,
		       !c->rank_x && !c->rank_y);
		for (size_t k = 0; k < feature_count(); k++)
			printf("\t%.5g", (double)f[k]);
		putchar('\n');
	}
}

int main(int argc, char **argv)
{
	struct mine_request r = MINE_REQUEST_DEFAULT;
	struct lines x = { 0 }, y = { 0 }, seed_x = { 0 }, seed_y = { 0 };
	struct map64 gold = { 0 };
	struct lexicon lexicon;
	struct rescorer rescorer;
	struct mining m;
	struct error err = { 0 };
	char *advice = NULL;

	if (argc < 3) {
		fprintf(stderr, "usage: bitext_features LANG FOLDER/NAME [DICTIONARY [SEED [RESCORER]]]\n");
		return 2;
	}
	r.lang_x = lang_from_code(span_of("en"));
	r.lang_y = lang_from_code(span_of(argv[1]));
	lexicon_init(&lexicon, r.lang_x, r.lang_y);
	if ((argc > 3 && strcmp(argv[3], "-") != 0 && lexicon_read_file(&lexicon, argv[3], &err)) ||
	    lexicon_find(&lexicon, "", &advice, &err)) {
		fprintf(stderr, "%s\n", err.msg);
		return 1;
	}
	read_lines(&x, argv[2], ".en");
	read_lines(&y, argv[2], ".xx");
	read_gold(&gold, argv[2]);
	if (argc > 5) {
		if (rescorer_read(&rescorer, argv[5], &err)) {
			fprintf(stderr, "%s\n", err.msg);
			return 1;
		}
		r.rescorer = &rescorer;
	}
	if (argc > 4 && strcmp(argv[4], "-") != 0) {
		read_lines(&seed_x, argv[4], ".en");
		read_lines(&seed_y, argv[4], ".xx");
	}
	r.x = x.lines.v;
	r.n_x = x.lines.n;
	r.y = y.lines.v;
	r.n_y = y.lines.n;
	r.seed_x = seed_x.lines.v;
	r.seed_y = seed_y.lines.v;
	r.n_seed = seed_x.lines.n < seed_y.lines.n ? seed_x.lines.n : seed_y.lines.n;
	r.lexicon = &lexicon;
	r.threads = thread_count_default();
	if (mine(&m, &r, &err)) {
		fprintf(stderr, "%s\n", err.msg);
		return 1;
	}
	print_candidates(&m, &gold);
	return 0;
}
