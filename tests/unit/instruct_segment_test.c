/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Segments: what each markup gives, and that they never overlap nor leave the source. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/hash.h"
#include "instruct/plain_heading.h"
#include "instruct/segment.h"

static struct segmentation cut(const char *source, enum markup markup, size_t least, size_t most)
{
	struct segmentation s = { 0 };

	assert_int_equal(segmentation_make(&s, span_of(source), markup, least, most, NULL), 0);
	return s;
}

static void assert_span(struct span got, const char *want)
{
	char *text = xstrndup(got.p ? got.p : "", got.len);

	assert_string_equal(text, want);
	free(text);
}

static void cuts_html_at_its_headings_and_skips_what_is_no_text(void **state)
{
	static const char html[] = "<html><head><title>T</title><style>p{}</style></head><body><nav>Home</nav><h1>Guide</h1><p>Intro text.</p>"
				   "<h2>How do I <b>start</b>?</h2><p>Press   the\nbutton &amp; wait.</p><ul><li>one<li>two</ul>"
				   "<script>var x = '<h2>no</h2>';</script><h2>Stop</h2><pre>a\n  b</pre></body></html>";
	struct segmentation s = cut(html, MARKUP_HTML, 5, 40);

	(void)state;
	assert_int_equal(s.segments.n, 3);
	assert_span(s.segments.v[0].path, "Guide");
	assert_span(s.segments.v[0].text, "Intro text.");
	assert_span(s.segments.v[1].path, "Guide › How do I start?");
	assert_span(s.segments.v[1].header, "How do I start?");
	assert_span(s.segments.v[1].text, "Press the button & wait.\n\n- one\n- two");
	assert_memory_equal(html + s.segments.v[1].at, "<h2>How", 7);
	assert_span(s.segments.v[2].text, "```\na\n  b\n```");
	segmentation_free(&s);
}

/* What an item without a word takes back is never another block's. */
static void takes_marks_of_empty_items_back_within_their_block(void **state)
{
	static const char *const html[] = {
		"<ul><ul><ul><ul><ul><ul><ul><ul><li> </li>",
		"<p>Some text.</p><ul><ul><ul><ul><ul><ul><ul><ul><li><h2></h2></li><h2>Next</h2><p>More text.</p>",
		"<p>Some text.</p><ul><ul><ul><ul><ul><ul><ul><ul><li><h2></h2></li>",
		"<h1>A</h1><pre>x<ul><ul><ul><ul><ul><li></pre><h2></h2></li><h2>Next</h2><p>More text.</p>",
	};

	for (size_t i = 0; i < sizeof html / sizeof *html; i++) {
		struct segmentation s = cut(html[i], MARKUP_HTML, 5, 400);

		vec_each(&s.segments, k)
			assert_true(s.segments.v[k].text.len <= strlen(html[i]));
		if (strstr(html[i], "More")) {
			assert_true(s.segments.n > 0);
			assert_true(span_ends(s.segments.v[s.segments.n - 1].text, "More text."));
		}
		segmentation_free(&s);
	}
	(void)state;
}

/* Each end tag looks through all open elements: a page of nothing but those would take hours. */
static void stops_reading_html_that_is_endlessly_deep(void **state)
{
	enum { DEEP = 100000 };
	struct buf html = BUF_INIT;
	struct segmentation s;

	buf_adds(&html, "<h1>A</h1><p>Text that stands before.</p><ol><li><h2>B");
	for (int i = 0; i < DEEP; i++)
		buf_adds(&html, "<b>");
	for (int i = 0; i < DEEP; i++)
		buf_adds(&html, "</i>");
	buf_adds(&html, "<h2>C</h2><p>Text behind.</p>");
	s = cut(html.p, MARKUP_HTML, 5, 400);
	assert_true(s.segments.n > 0);
	assert_true(span_starts(s.segments.v[0].text, "Text that stands before."));
	vec_each(&s.segments, i)
		assert_true(s.segments.v[i].at + s.segments.v[i].len <= html.len);
	segmentation_free(&s);
	buf_free(&html);
	(void)state;
}

static void fences_listings_of_html(void **state)
{
	static const char html[] = "<h1>A</h1>Type:<pre>\n\n$ ls\n  x  </pre>then<pre> </pre><pre>a ```b``` c</pre><pre>p<h2>B</h2>q</pre>r";
	struct buf long_one = BUF_INIT;
	struct segmentation s = cut(html, MARKUP_HTML, 5, 400);

	(void)state;
	assert_int_equal(s.segments.n, 1);
	assert_span(s.segments.v[0].text, "Type:\n\n```\n$ ls\n  x\n```\n\nthen\n\n~~~\na ```b``` c\n~~~\n\n```\np\n```\n\nB\n\nq\n\nr");
	segmentation_free(&s);
	buf_adds(&long_one, "<pre>");
	for (unsigned i = 0; i < 100; i++)
		buf_adds(&long_one, "A text of the time when everything was kept in its lines.\n\n");
	buf_adds(&long_one, "</pre>");
	s = cut(long_one.p, MARKUP_HTML, 600, 3000);
	assert_true(s.segments.n >= 2);
	vec_each(&s.segments, i)
		assert_true(memmem(s.segments.v[i].text.p, s.segments.v[i].text.len, "```", 3) == NULL);
	segmentation_free(&s);
	buf_free(&long_one);
}

static void marks_items_as_they_are_numbered(void **state)
{
	static const char html[] = "<h1>A</h1><p>Do:</p><ol><li><p>one</p><p>more</p></li><li>two<ul><li>deep</li><li> </li></ul></li>"
				   "<li></li></ol><p>then</p><ol start=7><li>seven</ol>end";
	struct segmentation s = cut(html, MARKUP_HTML, 5, 400);

	(void)state;
	assert_int_equal(s.segments.n, 1);
	assert_span(s.segments.v[0].text, "Do:\n\n1. one\n\nmore\n\n2. two\n  - deep\n\nthen\n\n7. seven\n\nend");
	segmentation_free(&s);
}

static void cuts_no_title_off_what_it_stands_above(void **state)
{
	struct buf text = BUF_INIT;
	struct segmentation s;

	(void)state;
	buf_adds(&text, "<h1>Disks</h1>");
	for (unsigned i = 0; i < 12; i++)
		buf_addf(&text, "<div><b>NOTE Number %u</b></div><p>%s %s %s</p><p>So type:</p><pre>mdadm --number %u</pre>", i,
			 "The first sentence of the note says what a disk is.", "The second one says what it is not.",
			 "A third one is there because notes are long.", i);
	s = cut(text.p, MARKUP_HTML, 200, 700);
	assert_true(s.segments.n >= 3);
	vec_each(&s.segments, i) {
		assert_true(span_starts(s.segments.v[i].text, "NOTE Number"));
		assert_true(span_ends(s.segments.v[i].text, "```"));
	}
	segmentation_free(&s);
	buf_free(&text);
}

static void takes_the_largest_subtree_that_fits(void **state)
{
	static const char md[] = "# A\n\nOne.\n\n## B\n\nTwo.\n\n## C\n\nThree.\n\n# D\n\nFour.\n";
	struct segmentation s = cut(md, MARKUP_MARKDOWN, 3, 100);

	(void)state;
	assert_int_equal(s.segments.n, 2);
	assert_span(s.segments.v[0].text, "One.\n\nB\n\nTwo.\n\nC\n\nThree.");
	assert_int_equal(s.segments.v[0].at, 0);
	assert_int_equal(s.segments.v[0].at + s.segments.v[0].len, strstr(md, "Three.") - md + 6);
	assert_span(s.segments.v[1].header, "D");
	segmentation_free(&s);
}

static void gives_each_question_a_segment_of_its_own(void **state)
{
	struct segmentation s = cut("# FAQ\n\n## Why?\n\nBecause.\n\n## How?\n\nSo.\n", MARKUP_MARKDOWN, 3, 1000);

	(void)state;
	assert_int_equal(s.segments.n, 2);
	assert_span(s.segments.v[0].path, "FAQ › Why?");
	assert_span(s.segments.v[1].text, "So.");
	segmentation_free(&s);
}

static void leaves_markdown_fences_whole(void **state)
{
	struct segmentation s = cut("Setext\n======\n\n```\n# not a heading\n```\n\nAfter.\n", MARKUP_MARKDOWN, 3, 1000);

	(void)state;
	assert_int_equal(s.segments.n, 1);
	assert_span(s.segments.v[0].header, "Setext");
	assert_span(s.segments.v[0].text, "```\n# not a heading\n```\n\nAfter.");
	segmentation_free(&s);
}

static void reads_pod_codes_items_and_leaves_code_out(void **state)
{
	static const char pod[] = "package X;\n\n=head1 Open a B<file>?\n\nUse C<open> or L<IO::File|perl>, S<a E<lt> b>X<index>:\n\n"
				  "    open my $f;\n\n=over\n\n=item * First C<< $a <=> $b >> thing\n\n=back\n\n=cut\n\nsub x { }\n";
	struct segmentation s = cut(pod, MARKUP_POD, 3, 1000);

	(void)state;
	assert_int_equal(s.segments.n, 1);
	assert_span(s.segments.v[0].header, "Open a file?");
	assert_span(s.segments.v[0].text,
		    "Use `open` or IO::File, a < b:\n\n    open my $f;\n\n- First `$a <=> $b` thing");
	segmentation_free(&s);
}

static void gathers_and_cuts_plain_paragraphs(void **state)
{
	struct segmentation s = cut("First words here.\n\nSecond words here.\n\nThird words that are here.\n\nBuilding\n\nRun make.\n", MARKUP_PLAIN, 20, 45);

	(void)state;
	assert_int_equal(s.segments.n, 3);
	assert_span(s.segments.v[0].text, "First words here.\n\nSecond words here.");
	assert_span(s.segments.v[1].text, "Third words that are here.");
	assert_span(s.segments.v[2].header, "Building");
	segmentation_free(&s);
}

/* Every piece reads the same in the source, all under `header`, none over `most` characters, and together they are all of it. */
static void assert_pieces(const char *source, const struct segmentation *s, const char *header, size_t least, size_t most)
{
	size_t end = 0;

	vec_each(&s->segments, i) {
		const struct text_segment *piece = &s->segments.v[i];
		struct span bytes = span_make(source + piece->at, piece->len);

		assert_span(piece->header, header);
		assert_true(piece->chars <= most && piece->chars >= least);
		assert_true(piece->at >= end);
		assert_true(span_ends(bytes, "\xe3\x80\x82") || span_ends(bytes, ".") || span_ends(bytes, "\xe2\x80\x9d"));
		assert_true(bytes.len >= piece->text.len);
		assert_memory_equal(bytes.p + bytes.len - piece->text.len, piece->text.p, piece->text.len);
		for (size_t gap = end; i && gap < piece->at; gap++)
			assert_true(source[gap] == ' ' || source[gap] == '\n');
		end = piece->at + piece->len;
	}
}

static void cuts_a_long_leaf_between_paragraphs(void **state)
{
	struct buf md = BUF_INIT;
	struct segmentation s;

	(void)state;
	buf_adds(&md, "# Anchors\n\n");
	for (int i = 0; i < 40; i++)
		buf_addf(&md, "Anchor %d holds in sand. It weighs %d kilograms, as does its\nrope of hemp. A rope is long.\n\n", i, i * 7);
	s = cut(md.p, MARKUP_MARKDOWN, 600, 1000);
	assert_true(s.segments.n >= 4);
	assert_pieces(md.p, &s, "Anchors", 600, 1000);
	vec_each(&s.segments, i)
		assert_true(span_starts(s.segments.v[i].text, "Anchor "));
	segmentation_free(&s);
	buf_free(&md);
}

/* The paragraphs of a Chinese novel: one a line, no empty line between them; and one alone that is too long. */
static void cuts_chinese_without_empty_lines_at_lines_and_sentences(void **state)
{
	struct buf text = BUF_INIT;
	struct segmentation s;

	(void)state;
	for (int i = 0; i < 100; i++)
		buf_addf(&text, "老人在海边住了%d年。他每天出海打鱼，从不休息。“今天的风很大。”\n", i);
	s = cut(text.p, MARKUP_PLAIN, 600, 1000);
	assert_true(s.segments.n >= 3);
	assert_pieces(text.p, &s, "", 600, 1000);
	vec_each(&s.segments, i)
		assert_true(span_starts(s.segments.v[i].text, "老人"));
	segmentation_free(&s);
	buf_clear(&text);
	for (int i = 0; i < 100; i++)
		buf_addf(&text, "老人在海边住了%d年。他每天出海打鱼，从不休息。", i);
	s = cut(text.p, MARKUP_PLAIN, 600, 1000);
	assert_true(s.segments.n >= 2);
	assert_pieces(text.p, &s, "", 600, 1000);
	segmentation_free(&s);
	buf_free(&text);
}

static void finds_the_pieces_of_html_in_its_source(void **state)
{
	struct buf html = BUF_INIT;
	struct segmentation s;

	(void)state;
	buf_adds(&html, "<html><body><h1>Anchors</h1>");
	for (int i = 0; i < 60; i++)
		buf_addf(&html, "<p>Anchor <b>%d</b> holds &amp; weighs %d kilograms.</p>\n", i, i * 7);
	buf_adds(&html, "</body></html>");
	s = cut(html.p, MARKUP_HTML, 600, 1000);
	assert_true(s.segments.n >= 2);
	vec_each(&s.segments, i) {
		const struct text_segment *piece = &s.segments.v[i];
		const char *number = strstr(html.p + piece->at, "<b>");

		assert_span(piece->path, "Anchors");
		assert_true(piece->chars >= 600 && piece->chars <= 1000);
		assert_int_equal(strtol(number + 3, NULL, 10), strtol(piece->text.p + 7, NULL, 10));
	}
	segmentation_free(&s);
	buf_free(&html);
}

static void leaves_whole_what_has_no_border(void **state)
{
	struct buf md = BUF_INIT;
	struct segmentation s;

	(void)state;
	buf_adds(&md, "# Listing\n\n```\n");
	for (int i = 0; i < 100; i++)
		buf_addf(&md, "Line %d. And.\n\n", i);
	buf_adds(&md, "```\n");
	s = cut(md.p, MARKUP_MARKDOWN, 600, 1000);
	assert_int_equal(s.segments.n, 1);
	assert_true(s.segments.v[0].chars > 1000);
	segmentation_free(&s);
	buf_free(&md);
}

#define PROSE "The sea was calm and the boat lay still. He had caught nothing for days.\n\n"
#define CHINESE "老人在海边住了很多年。\n他每天出海打鱼，从不休息。\n"

static void assert_paths(const char *source, const char *const *paths)
{
	struct segmentation s = cut(source, MARKUP_PLAIN, 20, 90);
	size_t n = 0;

	for (; paths[n]; n++) {
		assert_true(n < s.segments.n);
		assert_span(s.segments.v[n].path, paths[n]);
	}
	assert_int_equal(s.segments.n, n);
	segmentation_free(&s);
}

static void reads_the_chapters_of_books(void **state)
{
	(void)state;
	/* The table of contents is none; the title of a chapter may stand below it. */
	assert_paths("CHAPTER I.\n\nCHAPTER II.\n\nCHAPTER III.\n\nPART ONE\n\nCHAPTER I.\n\n" PROSE "CHAPTER II\nThe Boat\n\n" PROSE
		     "PART TWO\n\nChapter 3: The Storm\n\n" PROSE,
		     (const char *const[]){ "", "", "PART ONE › CHAPTER I.", "PART ONE › CHAPTER II The Boat", "PART TWO › Chapter 3: The Storm", NULL });
	assert_paths("第一卷\n\n第一章\n" CHINESE CHINESE CHINESE "第二章 风暴\n" CHINESE CHINESE "第十三章：归来\n" CHINESE CHINESE,
		     (const char *const[]){ "第一卷 › 第一章", "第一卷 › 第二章 风暴", "第一卷 › 第十三章：归来", NULL });
}

static void reads_the_sections_of_papers(void **state)
{
	(void)state;
	assert_paths("Abstract\nWe catch fish with nets of hemp and report of it.\n\n1 Introduction\n\n" PROSE "2 Method\n\n2.1 Nets\n\n" PROSE
		     "2.2 Boats and Ropes\n\n" PROSE "References\n\n" PROSE,
		     (const char *const[]){ "Abstract", "1 Introduction", "2 Method › 2.1 Nets", "2 Method › 2.2 Boats and Ropes", "References", NULL });
}

static void takes_no_list_table_or_sentence_for_a_chapter(void **state)
{
	static const char *const lines[] = { "Chapter 12 describes the boat.", "Part one of the plan", "CHAPTER I ........ 12", "CHAPTER IV  12",
					     "Chapter 3, in which nothing happens", "Part of it", "Book club", "第三章介绍了方法", "第三，风很大",
					     "第二章 风暴……12", "第一节课", "第三章 他说：“风很大。”", "Chapter Mix", "3.5  12  14", "Table 3.2 Results",
					     "3.2 results of it", "1999 Winners", "Abstract of it", "2.1 Ends like a sentence.", "1.2.3.4.5 Too Deep",
					     "Chapter 5 is long. It tells of boats.", "Part 2 of 3", "10.5 |  Nets", "", "第", "第章", "CHAPTER ", "3." };

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		if (plain_heading_read(span_of(lines[i])).kind != PLAIN_NONE)
			fail_msg("taken for a heading: %s", lines[i]);
	/* Steps, releases and one word alone are no paper. */
	assert_paths("1. Wash\n\n" PROSE "2. Dry\n\n" PROSE, (const char *const[]){ "1. Wash", "2. Dry", NULL });
	assert_int_equal(plain_heading_read(span_of("3.2 Experiments")).level, 4);
	struct plain_candidate steps[] = { { .heading = plain_heading_read(span_of("1. Wash")), .text_follows = true },
					   { .heading = plain_heading_read(span_of("2. Dry")), .text_follows = true },
					   { .heading = plain_heading_read(span_of("Background")), .text_follows = true } };
	struct plain_candidate releases[] = { { .heading = plain_heading_read(span_of("2.1 Released")), .text_follows = true },
					      { .heading = plain_heading_read(span_of("2.0 Released")), .text_follows = true } };
	plain_headings_settle(steps, 3);
	plain_headings_settle(releases, 2);
	for (size_t i = 0; i < 3; i++)
		assert_true(steps[i].heading.kind != PLAIN_NONE && !steps[i].kept);
	for (size_t i = 0; i < 2; i++)
		assert_true(releases[i].heading.kind != PLAIN_NONE && !releases[i].kept);
}

static void reads_manual_pages_of_both_kinds(void **state)
{
	static const char man[] = ".\\\" comment\n.TH FROB 1 2020\n.SH NAME\nfrob \\- turn \\fIthings\\fR round\n.SH OPTIONS\n.TP\n.BR \\-v \", \" "
				  "\\-\\-verbose\nSay more.\n.PP\nSee\n.BR ls (1).\n.SS \"Exit status\"\n.nf\n0 good\n1 bad\n.fi\n";
	static const char mdoc[] = ".Dd May 3, 2021\n.Dt FROB 1\n.Os\n.Sh NAME\n.Nm frob\n.Nd turn things round\n.Sh SYNOPSIS\n.Nm\n.Op Fl v\n"
				   ".Ar file ...\n.Sh DESCRIPTION\n.Nm\nturns\n.Ar file ,\nsee\n.Xr ls 1 .\n.Bl -tag\n.It Fl v , Fl -verbose\nSay "
				   "more.\n.El\n";
	struct segmentation s = cut(man, MARKUP_MAN, 3, 40);

	(void)state;
	assert_int_equal(s.segments.n, 3);
	assert_span(s.segments.v[0].path, "FROB(1) › NAME");
	assert_span(s.segments.v[0].text, "frob - turn things round");
	assert_span(s.segments.v[1].header, "OPTIONS");
	assert_span(s.segments.v[1].text, "- -v, --verbose\nSay more.\n\nSee ls(1).");
	assert_span(s.segments.v[2].path, "FROB(1) › OPTIONS › Exit status");
	assert_span(s.segments.v[2].text, "0 good\n    1 bad");
	assert_memory_equal(man + s.segments.v[2].at, ".SS", 3);
	segmentation_free(&s);
	s = cut(mdoc, MARKUP_MAN, 3, 60);
	assert_int_equal(s.segments.n, 3);
	assert_span(s.segments.v[0].text, "frob – turn things round");
	assert_span(s.segments.v[1].text, "frob [-v] file ...");
	assert_span(s.segments.v[2].text, "frob turns file, see ls(1).\n\n- -v, --verbose\nSay more.");
	segmentation_free(&s);
}

static void reads_latex_by_its_headings(void **state)
{
	static const char tex[] = "\\documentclass{article}\\title{On \\emph{Anchors}}\n\\begin{document}\n\\section{Kinds}\\label{k}\nAnchors hold --- in "
				  "``sand''\\footnote{No {rock}.}. % gone\nLet $x^2$ be, 50\\% of it.\n\\begin{figure}X\\end{figure}\n\\subsection*{How?}\n"
				  "\\begin{itemize}\n\\item Plough\n\\end{itemize}\n\\begin{verbatim}\n\\drop{a}\n\\end{verbatim}\n\\end{document}\nrest";
	struct segmentation s = cut(tex, MARKUP_LATEX, 3, 200);

	(void)state;
	assert_int_equal(s.segments.n, 2);
	assert_span(s.segments.v[0].path, "On Anchors › Kinds");
	assert_span(s.segments.v[0].text, "Anchors hold — in “sand”. Let $x^2$ be, 50% of it.");
	assert_span(s.segments.v[1].path, "On Anchors › Kinds › How?");
	assert_memory_equal(tex + s.segments.v[1].at, "\\subsection*{How?}", 18);
	assert_non_null(memmem(s.segments.v[1].text.p, s.segments.v[1].text.len, "- Plough", 8));
	assert_non_null(memmem(s.segments.v[1].text.p, s.segments.v[1].text.len, "    \\drop{a}", 12));
	segmentation_free(&s);
}

static void cuts_code_by_function_with_its_comment(void **state)
{
	static const char c[] = "#include <stdio.h>\n\n/* Says\n * hello. */\nint hello(void)\n{\n\tif (1) {\n\t\tputs(\"a\");\n\t}\n\treturn 0;\n}\n\n"
				"static int table[] = { 1 };\n\nvoid other(int x) {\n\tx++;\n}\n";
	static const char python[] = "import os\n\nclass A(B):\n    \"\"\"Has\n        parts (two):\n            deep\n    \"\"\"\n\n    @property\n    def one(self):\n"
				     "        return 1\n\n    def two(self):\n        for x in y:\n            f(x)\n\ndef last():\n    pass\n";
	struct segmentation s = cut(c, MARKUP_CODE, 3, 1000);

	(void)state;
	assert_int_equal(s.segments.n, 2);
	assert_span(s.segments.v[0].header, "int hello(void)");
	assert_memory_equal(c + s.segments.v[0].at, "/* Says", 7);
	assert_true(span_ends(s.segments.v[0].text, "return 0;\n}"));
	assert_span(s.segments.v[1].text, "void other(int x) {\n\tx++;\n}");
	segmentation_free(&s);
	s = cut(python, MARKUP_CODE, 3, 100);
	assert_int_equal(s.segments.n, 3);
	assert_span(s.segments.v[0].path, "class A(B) › def one(self)");
	assert_true(span_starts(span_trim(s.segments.v[0].text), "@property"));
	assert_true(span_ends(s.segments.v[1].text, "f(x)"));
	assert_span(s.segments.v[2].path, "def last()");
	segmentation_free(&s);
	s = cut(python, MARKUP_CODE, 3, 1000);
	assert_int_equal(s.segments.n, 2);
	segmentation_free(&s);
}

static void guesses_the_markup(void **state)
{
	(void)state;
	assert_int_equal(markup_guess(span_of("<!DOCTYPE html>\n<p>x")), MARKUP_HTML);
	assert_int_equal(markup_guess(span_of("=head1 NAME\n\nx")), MARKUP_POD);
	assert_int_equal(markup_guess(span_of("# Title\n\nSome\ntext\n\n## More\n")), MARKUP_MARKDOWN);
	assert_int_equal(markup_guess(span_of("#!/bin/sh\n# comment\nls\n# more\nls\n")), MARKUP_PLAIN);
	assert_int_equal(markup_guess(span_of("Just text.")), MARKUP_PLAIN);
	assert_int_equal(markup_guess(span_of("'\\\" t\n.TH A 1\n")), MARKUP_MAN);
	assert_int_equal(markup_guess(span_of("% a\n\\documentclass{x}\n")), MARKUP_LATEX);
	assert_int_equal(markup_guess(span_of("import os\n\ndef f(a):\n    b = a\n    return b\n\nf(1)\n")), MARKUP_CODE);
	assert_int_equal(markup_guess(span_of("# A\n\nimport of goods (many);\n\n## B\n\nText.\n")), MARKUP_MARKDOWN);
}

static void refuses_limits_that_leave_no_room(void **state)
{
	struct segmentation s = { 0 };
	struct error err = { 0 };

	(void)state;
	assert_int_equal(segmentation_make(&s, span_of("x"), MARKUP_PLAIN, 10, 10, &err), TAMIS_EUSAGE);
	assert_true(err.msg[0] != '\0');
	segmentation_free(&s);
}

/* Random documents of pieces that begin and end things, in every markup. */
static void never_overlaps_and_stays_inside_the_source(void **state)
{
	static const char *const pieces[] = { "<h1>", "</h1>", "<h2>", "</h2>", "<p>", "<pre>", "</pre>", "<nav>", "</nav>", "<", ">", "&lt;", "&",
					      "\n\n", "\n", "# ", "## ", "=head1 ", "=head2 ", "=cut\n\n", "=item ", "===\n", "---\n", "```\n", "word ",
					      "Title", "C<", "L<a|", ">>", "\xe4\xb8\xad", "\xff", "?", "<!--", "-->", "<script>", "<li>", "<td a='<h2'>", "</html>", "<body>",
					      ".SH A\n", ".TP\n", ".Fl a\n", "\\fB", ".nf\n", ".Sh\n", "\\section{", "}", "\\begin{verbatim}",
					      "\\end{verbatim}", "$", "\\item", "%", "\nint f(a)\n{\n", "\n  x;\n", "def g(b):\n", "    pass\n", "// c\n", "\n\nCHAPTER I.\n\n", "\nPART II\n", "第三章\n",
					      "\n\n1.2 Nets\n\n", "\n\nAbstract\n", "。", "A. " };
	uint64_t seed = 1;

	(void)state;
	for (int round = 0; round < 7000; round++) {
		struct segmentation s = { 0 };
		struct buf text = BUF_INIT;
		size_t end = 0;

		for (seed = hash_mix64(seed); text.len < 10 + seed % 600;) {
			seed = hash_mix64(seed);
			buf_adds(&text, pieces[seed % (sizeof pieces / sizeof *pieces)]);
		}
		assert_int_equal(segmentation_make(&s, buf_span(&text), (enum markup)(round % MARKUPS), 5, 60, NULL), 0);
		vec_each(&s.segments, i) {
			assert_true(s.segments.v[i].at >= end);
			assert_true(s.segments.v[i].len > 0);
			end = s.segments.v[i].at + s.segments.v[i].len;
			assert_true(end <= text.len);
		}
		segmentation_free(&s);
		buf_free(&text);
	}
}

static void knows_a_file_by_its_name_and_a_text_by_its_lines(void **state)
{
	static const struct {
		const char *name, *text;
		enum markup markup;
	} cases[] = {
		{ "a/README.md", "int main(void)\n{\n\treturn 0;\n}\n", MARKUP_MARKDOWN },
		{ "a/page.HTML.gz", "No tags", MARKUP_HTML },
		{ "a/b.tar.rst", "No heading", MARKUP_RST },
		{ "FAQ", "# Use\n\n```\nint a = 1;\nint b = 2;\n```\n", MARKUP_MARKDOWN },
		{ "", "Title\n=====\n\n.. note:: Mind this.\n\nText.\n", MARKUP_RST },
		{ "", "Just words and nothing else.\n", MARKUP_PLAIN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(markup_of_file(span_of(cases[i].name), span_of(cases[i].text)), cases[i].markup);
}

static void reads_restructured_text_by_the_order_of_its_signs(void **state)
{
	static const char text[] = "=====\nMoors\n=====\n\n.. _moors:\n\n.. toctree::\n   :maxdepth: 2\n\n   ropes\n\nHow to moor a boat at a quay.\n\n"
				   "Ropes\n-----\n\nTake long ropes.\n\nKnots\n~~~~~\n\nTie a bowline.\n\nFenders\n-------\n\nHang them out.\n";
	struct segmentation s = cut(text, MARKUP_RST, 3, 20);
	static const char *const paths[] = { "Moors", "Moors › Ropes", "Moors › Ropes › Knots", "Moors › Fenders" };

	(void)state;
	assert_int_equal(s.segments.n, 4);
	for (size_t i = 0; i < 4; i++)
		assert_true(span_is(s.segments.v[i].path, paths[i]));
	assert_null(memmem(s.segments.v[0].text.p, s.segments.v[0].text.len, "maxdepth", 8));
	segmentation_free(&s);
}

static void reads_markdown_as_it_is_found(void **state)
{
	static const char text[] = "---\ntitle: Anchors\ndate: 2020\n---\n\n# Anchors in C#\n\nSome hold in sand.\nOthers in mud.\n---\n"
				   "The rule above is none of a heading.\n\n   ## Ploughs ##\n\nThey turn.\n";
	struct segmentation s = cut(text, MARKUP_MARKDOWN, 3, 90);

	(void)state;
	assert_int_equal(s.segments.n, 2);
	assert_true(span_is(s.segments.v[0].header, "Anchors in C#"));
	assert_true(span_is(s.segments.v[1].path, "Anchors in C# › Ploughs"));
	segmentation_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_a_file_by_its_name_and_a_text_by_its_lines),
		cmocka_unit_test(reads_restructured_text_by_the_order_of_its_signs),
		cmocka_unit_test(reads_markdown_as_it_is_found),
		cmocka_unit_test(cuts_html_at_its_headings_and_skips_what_is_no_text),
		cmocka_unit_test(takes_marks_of_empty_items_back_within_their_block),
		cmocka_unit_test(stops_reading_html_that_is_endlessly_deep),
		cmocka_unit_test(fences_listings_of_html),
		cmocka_unit_test(marks_items_as_they_are_numbered),
		cmocka_unit_test(cuts_no_title_off_what_it_stands_above),
		cmocka_unit_test(takes_the_largest_subtree_that_fits),
		cmocka_unit_test(gives_each_question_a_segment_of_its_own),
		cmocka_unit_test(leaves_markdown_fences_whole),
		cmocka_unit_test(reads_pod_codes_items_and_leaves_code_out),
		cmocka_unit_test(gathers_and_cuts_plain_paragraphs),
		cmocka_unit_test(cuts_a_long_leaf_between_paragraphs),
		cmocka_unit_test(cuts_chinese_without_empty_lines_at_lines_and_sentences),
		cmocka_unit_test(finds_the_pieces_of_html_in_its_source),
		cmocka_unit_test(leaves_whole_what_has_no_border),
		cmocka_unit_test(reads_the_chapters_of_books),
		cmocka_unit_test(reads_the_sections_of_papers),
		cmocka_unit_test(takes_no_list_table_or_sentence_for_a_chapter),
		cmocka_unit_test(reads_manual_pages_of_both_kinds),
		cmocka_unit_test(reads_latex_by_its_headings),
		cmocka_unit_test(cuts_code_by_function_with_its_comment),
		cmocka_unit_test(guesses_the_markup),
		cmocka_unit_test(refuses_limits_that_leave_no_room),
		cmocka_unit_test(never_overlaps_and_stays_inside_the_source),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
