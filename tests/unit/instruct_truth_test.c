/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Segments and the mismatch check against questions and answers that others wrote: Perl's FAQ (package perl-doc).  Skipped where it is
 * not installed. */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/fs.h"
#include "base/hash.h"
#include "instruct/retrieve.h"
#include "instruct/segment.h"

#define WRONG 20u /* questions of others asked of each answer */

struct question {
	struct span text;
	uint32_t answer; /* in the retriever */
	size_t file;
};

struct faq {
	size_t headings, recovered;
	VEC(struct question) questions;
	struct retriever *retriever;
	struct arena arena;
};

static bool is_heading_at(const struct segmentation *s, size_t at)
{
	vec_each(&s->segments, i)
		if (s->segments.v[i].at == at)
			return true;
	return false;
}

static void read_file(struct faq *f, const char *path, size_t number)
{
	struct segmentation s = { 0 };
	struct buf text = BUF_INIT;
	struct span rest;

	assert_int_equal(fs_read_all(&text, path, 1 << 24, NULL), 0);
	assert_int_equal(markup_guess(buf_span(&text)), MARKUP_POD);
	assert_int_equal(segmentation_make(&s, buf_span(&text), MARKUP_POD, SEGMENT_LEAST, SEGMENT_MOST, NULL), 0);
	for (rest = buf_span(&text); rest.len;) {
		struct span line = span_line(&rest);

		if (!span_starts(line, "=head2 "))
			continue;
		f->headings++;
		f->recovered += is_heading_at(&s, (size_t)(line.p - text.p));
	}
	vec_each(&s.segments, i) {
		const struct text_segment *g = &s.segments.v[i];

		if (span_starts(span_make(text.p + g->at, g->len), "=head2 ") && g->chars > 80)
			vec_push(&f->questions, (struct question){ arena_span(&f->arena, g->header), retriever_add(f->retriever, g->text), number });
	}
	segmentation_free(&s);
	buf_free(&text);
}

static double margin(struct faq *f, size_t question, size_t answer)
{
	struct retrieved r;

	retriever_ask(f->retriever, &r, f->questions.v[question].text, f->questions.v[answer].answer);
	return r.margin == r.margin ? r.margin : -1;
}

/* The chance that a right question scores above a wrong one; `hard`: one of the same file. */
static double area(struct faq *f, bool hard)
{
	size_t n = f->questions.n, pairs = n * WRONG;
	double *wrong = xcalloc(pairs, sizeof *wrong), won = 0;
	uint64_t seed = 7;

	for (size_t i = 0; i < pairs; i++) {
		size_t other;

		do {
			seed = hash_mix64(seed);
			other = seed % n;
		} while (other == i / WRONG || (hard && f->questions.v[other].file != f->questions.v[i / WRONG].file));
		wrong[i] = margin(f, other, i / WRONG);
	}
	for (size_t i = 0; i < n; i++) {
		double right = margin(f, i, i);

		for (size_t k = 0; k < pairs; k++)
			won += right > wrong[k] ? 1 : right == wrong[k] ? 0.5 : 0;
	}
	free(wrong);
	return won / ((double)n * (double)pairs);
}

static void recovers_questions_and_tells_wrong_ones(void **state)
{
	struct faq f = { .retriever = retriever_new() };
	glob_t found = { 0 };
	double random, hard;

	(void)state;
	glob("/usr/share/perl/*/pod/perlfaq[1-9].pod", 0, NULL, &found);
	for (size_t i = 0; i < found.gl_pathc; i++)
		read_file(&f, found.gl_pathv[i], i);
	if (f.headings == 0) {
		globfree(&found);
		retriever_free(f.retriever);
		skip();
	}
	random = area(&f, false);
	hard = area(&f, true);
	print_message("%zu of %zu headings; AUC %.4f, same file %.4f\n", f.recovered, f.headings, random, hard);
	assert_true(f.recovered * 100 >= f.headings * 95);
	assert_true(random >= 0.955);
	assert_true(hard >= 0.93);
	globfree(&found);
	retriever_free(f.retriever);
	vec_free(&f.questions);
	arena_free(&f.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(recovers_questions_and_tells_wrong_ones) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
