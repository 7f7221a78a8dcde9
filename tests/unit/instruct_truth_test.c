/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Segments and the mismatch check against questions and answers that others wrote: the FAQs of Perl (perl-doc), Python (python3-doc)
 * and Debian (debian-faq), and for languages the Debian handbook.  What is not installed is skipped, told so.  TAMIS_TRUTH_ROOT is where
 * packages were unpacked to, when they were not installed. */
#include <ctype.h>
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include <cmocka.h>

#include "base/fs.h"
#include "base/hash.h"
#include "instruct/cut.h"
#include "text/langid.h"

#define PASSING_FAIL 0.03 /* of what people asked and answered may fail one check, and three of a few */
#define WRONG 20u /* questions of others asked of each answer */

struct question {
	struct span text, response;
	uint32_t answer; /* in the retriever */
	size_t file;
	uint8_t lang;
	bool whole;      /* its answer is one segment */
	struct check_results checks;
};

struct faq {
	const char *package, *pattern;
	bool translated;          /* by halves: answers in English under translated questions */
	double failing;           /* share that may fail one check; 0: PASSING_FAIL */
	double random, hard;      /* least areas; only Perl's was looked at while the check was made */
	size_t headings, recovered, overlaps;
	VEC(struct question) questions;
	struct retriever *retriever;
	struct retrieval *retrieval;
	struct arena arena;
};

static int find_files(glob_t *found, const char *pattern)
{
	const char *root = getenv("TAMIS_TRUTH_ROOT");
	char *path = fs_join(root ? root : "/", pattern);
	int rc = glob(path, 0, NULL, found);

	free(path);
	return rc;
}

static bool skipped(const char *package)
{
	print_message("%s is not installed: not measured\n", package);
	return true;
}

static bool is_segment_at(const struct segmentation *s, size_t at)
{
	vec_each(&s->segments, i)
		if (s->segments.v[i].at == at)
			return true;
	return false;
}

/* Bytes of the heading that starts at `i` when it is a question's: `=head2 …` in POD, <hN>…?…</hN> in HTML; 0 for none. */
static size_t question_at(struct span t, size_t i)
{
	struct span rest = span_make(t.p + i, t.len - i);
	const char *end;

	if (span_starts(rest, "=head2 ") && (i == 0 || t.p[i - 1] == '\n'))
		return span_line(&rest).len;
	if (rest.len < 4 || strncasecmp(rest.p, "<h", 2) != 0 || rest.p[2] < '1' || rest.p[2] > '6' || (rest.p[3] != '>' && rest.p[3] != ' '))
		return 0;
	end = memmem(rest.p, rest.len, "</h", 3);
	return end && memchr(rest.p, '?', (size_t)(end - rest.p)) ? (size_t)(end - rest.p) : 0;
}

/* "7.15. How do I …?¶" without what is not the question's. */
static struct span bare(struct span header)
{
	while (header.len && (isdigit((unsigned char)header.p[0]) || strchr(". ", header.p[0]) || (unsigned char)header.p[0] == 0xc2 ||
			      (unsigned char)header.p[0] == 0xa0))
		header = span_make(header.p + 1, header.len - 1);
	return header;
}

static void read_file(struct faq *f, const char *path, size_t number)
{
	struct cut c = { .keep_all = true };
	struct buf text = BUF_INIT;
	size_t end = 0;

	assert_int_equal(fs_read_all(&text, path, 1 << 24, NULL), 0);
	assert_int_equal(cut_document(&c, buf_span(&text), SEGMENT_LEAST, SEGMENT_MOST, NULL), 0);
	for (size_t i = 0; i < text.len; i++)
		if (question_at(buf_span(&text), i)) {
			f->headings++;
			f->recovered += is_segment_at(&c.segmentation, i);
		}
	vec_each(&c.rows, i) {
		const struct text_segment *g = &c.segmentation.segments.v[i];
		struct question *before = f->questions.n ? &f->questions.v[f->questions.n - 1] : NULL;
		struct span header = bare(g->header);

		f->overlaps += g->at < end;
		end = g->at + g->len;
		if (before && before->file == number && span_eq(before->text, header))
			before->whole = false;
		if (question_at(buf_span(&text), g->at) && g->chars > 80)
			vec_push(&f->questions, (struct question){ arena_span(&f->arena, header), arena_span(&f->arena, g->text),
								   cut_retrieve(f->retriever, &c, i), number, c.rows.v[i].lang, true,
								   c.rows.v[i].checks });
	}
	cut_free(&c);
	buf_free(&text);
}

/* Of the questions whose answers are whole, how many fail each check: those of lengths are a matter of what is wanted. */
static size_t count_failures(struct faq *f, size_t failed[CHECKS])
{
	struct instructions_seen *seen = instructions_seen_new();
	struct pair_reader *reader = pair_reader_new(f->retriever, NULL);
	size_t all = 0;

	instructions_seen_expect(seen, f->questions.n);
	vec_each(&f->questions, i) {
		struct question *q = &f->questions.v[i];

		if (!q->whole)
			continue;
		checks_of_pair(&q->checks, reader, seen, &(struct asked_pair){ q->text, q->response, q->answer, q->lang, LANG_UNKNOWN });
		for (unsigned c = 0; c < CHECKS; c++)
			failed[c] += q->checks.of[c].measured && q->checks.of[c].outcome == OUTCOME_FAIL;
		all++;
	}
	failed[CHECK_SHORT] = failed[CHECK_LONG] = 0;
	if (f->translated)
		failed[CHECK_LANGUAGE] = failed[CHECK_MARGIN] = 0;
	pair_reader_free(reader);
	instructions_seen_free(seen);
	return all;
}

static double measure(struct faq *f, size_t question, size_t answer, bool margin)
{
	struct retrieved r;

	retrieval_ask(f->retrieval, &r, f->questions.v[question].text, f->questions.v[answer].answer, f->questions.v[answer].lang);
	if (!margin)
		return r.own;
	return r.margin == r.margin ? r.margin : -1;
}

/* The chance that a right question scores above a wrong one; `hard`: one of the same file. */
static double area(struct faq *f, bool hard, bool margin)
{
	size_t n = f->questions.n, pairs = n * WRONG;
	double *wrong = xcalloc(pairs, sizeof *wrong), won = 0;
	uint64_t seed = 7;

	for (size_t i = 0; i < pairs; i++) {
		size_t other, tries = 0;

		do {
			seed = hash_mix64(seed);
			other = seed % n;
		} while ((other == i / WRONG || (hard && f->questions.v[other].file != f->questions.v[i / WRONG].file)) && tries++ < 5000);
		wrong[i] = measure(f, other, i / WRONG, margin);
	}
	for (size_t i = 0; i < n; i++) {
		double right = measure(f, i, i, margin);

		for (size_t k = 0; k < pairs; k++)
			won += right > wrong[k] ? 1 : right == wrong[k] ? 0.5 : 0;
	}
	free(wrong);
	return won / ((double)n * (double)pairs);
}

/* Another name of a file before. */
static bool is_known(const glob_t *found, size_t i)
{
	char *path = realpath(found->gl_pathv[i], NULL);
	bool known = false;

	for (size_t k = 0; k < i && !known; k++) {
		char *other = realpath(found->gl_pathv[k], NULL);

		known = strcmp(path, other) == 0;
		free(other);
	}
	free(path);
	return known;
}

static void recovers_questions_and_tells_wrong_ones(void **state)
{
	struct faq *f = *state;
	glob_t found = { 0 };
	size_t failed[CHECKS] = { 0 }, asked;
	double random, hard;

	f->retriever = retriever_new();
	f->retrieval = retrieval_new(f->retriever);
	find_files(&found, f->pattern);
	for (size_t i = 0; i < found.gl_pathc; i++)
		if (!is_known(&found, i))
			read_file(f, found.gl_pathv[i], i);
	globfree(&found);
	if (f->questions.n == 0 && skipped(f->package)) {
		retrieval_free(f->retrieval);
		retriever_free(f->retriever);
		skip();
	}
	random = area(f, false, true);
	hard = area(f, true, true);
	print_message("%s: %zu of %zu questions, %zu overlaps; AUC %.4f, same file %.4f; by score alone %.4f, %.4f\n", f->package, f->recovered,
		      f->headings, f->overlaps, random, hard, area(f, false, false), area(f, true, false));
	asked = count_failures(f, failed);
	for (unsigned c = 0; c < CHECKS; c++) {
		if (failed[c])
			print_message("%s: %zu of %zu fail %s\n", f->package, failed[c], asked, check_name((enum check)c));
		assert_true(failed[c] <= 3 || (double)failed[c] <= (f->failing ? f->failing : PASSING_FAIL) * (double)asked);
	}
	assert_int_equal(f->overlaps, 0);
	assert_true(f->recovered * 100 >= f->headings * 95);
	assert_true(random >= f->random);
	assert_true(hard >= f->hard);
	retrieval_free(f->retrieval);
	retriever_free(f->retriever);
	vec_free(&f->questions);
	arena_free(&f->arena);
}

struct told {
	size_t right, english, other;
};

/* Adds up what the segments of one translation are told to be. */
static void tell(struct told *out, const char *folder, uint8_t lang)
{
	char *pattern = fs_join(folder, "*.html");
	struct segmentation s = { 0 };
	glob_t files = { 0 };

	glob(pattern, 0, NULL, &files);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		struct buf text = BUF_INIT;

		assert_int_equal(fs_read_all(&text, files.gl_pathv[i], 1 << 24, NULL), 0);
		assert_int_equal(segmentation_make(&s, buf_span(&text), MARKUP_HTML, 200, SEGMENT_MOST, NULL), 0);
		vec_each(&s.segments, k) {
			uint8_t guess = s.segments.v[k].chars < 200 ? LANG_UNKNOWN : lang_guess(s.segments.v[k].text, NULL);

			if (s.segments.v[k].chars < 200)
				continue;
			out->right += guess == lang;
			out->english += guess != lang && guess == lang_from_code(span_of("en"));
			out->other += guess != lang && guess != lang_from_code(span_of("en"));
		}
		buf_free(&text);
	}
	segmentation_free(&s);
	globfree(&files);
	free(pattern);
}

/* What is not translated stands there in English: a third language is an error. */
static void tells_the_languages_of_a_handbook(void **state)
{
	static const char *const languages[] = { "en-US", "de-DE", "es-ES", "fr-FR", "it-IT", "ja-JP", "pt-BR", "ru-RU", "zh-CN", "nb-NO" };
	struct told all = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof languages / sizeof *languages; i++) {
		struct told t = { 0 };
		char pattern[200];
		glob_t found = { 0 };

		snprintf(pattern, sizeof pattern, "usr/share/doc/debian-handbook/html/%s", languages[i]);
		if (find_files(&found, pattern) == 0)
			tell(&t, found.gl_pathv[0], lang_from_code(span_make(languages[i], 2)));
		globfree(&found);
		print_message("%s %zu, English %zu, other %zu\n", languages[i], t.right, t.english, t.other);
		all.right += t.right;
		all.english += i ? t.english : 0;
		all.other += t.other;
	}
	if (all.right == 0 && skipped("debian-handbook"))
		skip();
	assert_true(all.other * 50 <= all.right); /* Norwegian is told as Danish now and then */
	assert_true(all.right > all.english);
}

int main(void)
{
	static struct faq faqs[] = {
		{ .package = "perl-doc", .pattern = "usr/share/perl/*/pod/perlfaq[1-9].pod", .random = 0.96, .hard = 0.94 },
		{ .package = "python3-doc", .pattern = "usr/share/doc/python3*/html/faq/*.html", .random = 0.96, .hard = 0.94 },
		{ .package = "debian-faq", .pattern = "usr/share/doc/debian/FAQ/*.en.html", .random = 0.93, .hard = 0.87 },
		{ .package = "debian-faq-fr", .pattern = "usr/share/doc/debian/FAQ/fr/*.html", .random = 0.91, .hard = 0.85, .translated = true },
		{ .package = "debian-faq-de", .pattern = "usr/share/doc/debian/FAQ/de/*.html", .random = 0.89, .hard = 0.82, .translated = true },
		{ .package = "debian-faq-ru", .pattern = "usr/share/doc/debian/FAQ/ru/*.html", .random = 0.88, .hard = 0.82, .translated = true },
		{ .package = "debian-faq-ja", .pattern = "usr/share/doc/debian/FAQ/ja/*.html", .failing = 0.08, .random = 0.90, .hard = 0.82, .translated = true },
		{ .package = "zsh-doc", .pattern = "usr/share/doc/zsh-common/html/FAQ0*.html", .random = 0.93, .hard = 0.89 },
	};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(recovers_questions_and_tells_wrong_ones, &faqs[0]),
		cmocka_unit_test_prestate(recovers_questions_and_tells_wrong_ones, &faqs[1]),
		cmocka_unit_test_prestate(recovers_questions_and_tells_wrong_ones, &faqs[2]),
		cmocka_unit_test_prestate(recovers_questions_and_tells_wrong_ones, &faqs[3]),
		cmocka_unit_test_prestate(recovers_questions_and_tells_wrong_ones, &faqs[4]),
		cmocka_unit_test_prestate(recovers_questions_and_tells_wrong_ones, &faqs[5]),
		cmocka_unit_test_prestate(recovers_questions_and_tells_wrong_ones, &faqs[6]),
		cmocka_unit_test_prestate(recovers_questions_and_tells_wrong_ones, &faqs[7]),
		cmocka_unit_test(tells_the_languages_of_a_handbook),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
