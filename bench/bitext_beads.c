/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Alignment measured on document pairs with gold beads, all with one lexicon.
 *	bitext_beads SOURCE-TARGET DICTIONARY FOLDER/NAME.SUFFIX-OF-SOURCE…
 * DICTIONARY is a file, "-" for those of the machine, "none" for none at all.  The other side is NAME.xx, or NAME.TARGET when there is
 * no such file; gold beads are NAME.gold.  Prints strict and lax F1 over all documents, CPU seconds and the bead counts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/thread.h"
#include "bitext/align.h"
#include "text/langid.h"

struct lines {
	struct buf text;
	VEC(struct span) lines;
};

static void stop(const struct error *err)
{
	fprintf(stderr, "%s\n", err->msg);
	exit(1);
}

static void read_lines(struct lines *out, const char *path)
{
	struct error err = { 0 };

	*out = (struct lines){ .text = BUF_INIT };
	if (fs_read_all(&out->text, path, (size_t)1 << 30, &err))
		stop(&err);
	for (struct span rest = buf_span(&out->text); rest.len;)
		vec_push(&out->lines, span_line(&rest));
}

static void free_lines(struct lines *l)
{
	buf_free(&l->text);
	vec_free(&l->lines);
}

static void align_one(struct align_score *sum, struct align_request *r, const char *path, const char *target)
{
	const char *dot = strrchr(path, '.');
	char *other = xasprintf("%.*s.xx", (int)(dot - path), path), *beads = xasprintf("%.*s.gold", (int)(dot - path), path);
	struct lines x, y;
	struct gold_bead *gold = NULL;
	struct alignment a;
	struct align_score s;
	struct error err = { 0 };
	size_t n = 0;

	if (access(other, R_OK) != 0) {
		free(other);
		other = xasprintf("%.*s.%s", (int)(dot - path), path, target);
	}
	read_lines(&x, path);
	read_lines(&y, other);
	r->x = x.lines.v;
	r->n_x = x.lines.n;
	r->y = y.lines.v;
	r->n_y = y.lines.n;
	if (align_read_gold(&gold, &n, beads, &err) || align(&a, r, &err))
		stop(&err);
	align_score(&s, a.beads.v, a.beads.n, gold, n);
	align_score_add(sum, &s);
	alignment_free(&a);
	free(gold);
	free_lines(&x);
	free_lines(&y);
	free(other);
	free(beads);
}

int main(int argc, char **argv)
{
	struct align_request r = { .rounds = 1, .threads = thread_count_default() };
	struct align_score sum = { 0 };
	struct lexicon lexicon;
	struct error err = { 0 };
	char *advice = NULL, *dash = argc > 3 ? strchr(argv[1], '-') : NULL;
	clock_t start;

	if (!dash) {
		fprintf(stderr, "usage: bitext_beads SOURCE-TARGET DICTIONARY FOLDER/NAME.SOURCE…\n");
		return 2;
	}
	*dash = 0;
	r.lang_x = lang_from_code(span_of(argv[1]));
	r.lang_y = lang_from_code(span_of(dash + 1));
	lexicon_init(&lexicon, r.lang_x, r.lang_y);
	if (strcmp(argv[2], "none") != 0) {
		if ((strcmp(argv[2], "-") != 0 && lexicon_read_file(&lexicon, argv[2], &err)) ||
		    lexicon_find(&lexicon, "", &advice, &err))
			stop(&err);
		r.lexicon = &lexicon;
	}
	start = clock();
	for (int i = 3; i < argc; i++)
		align_one(&sum, &r, argv[i], dash + 1);
	printf("strict %.3f (%.3f %.3f) lax %.3f (%.3f %.3f), %d documents, %zu gold beads, %.1f CPU s\n", sum.strict_f1,
	       sum.strict_precision, sum.strict_recall, sum.lax_f1, sum.lax_precision, sum.lax_recall, argc - 3, sum.gold,
	       (double)(clock() - start) / CLOCKS_PER_SEC);
	lexicon_free(&lexicon);
	free(advice);
	return 0;
}
