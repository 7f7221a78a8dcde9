/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "bitext/documents.h"
#include "bitext/kin.h"
#include "bitext/names.h"
#include "text/langid.h"

static uint8_t lang(const char *code)
{
	return lang_from_code(span_of(code));
}

struct pair {
	struct lexicon lexicon;
	struct mapstr headwords_a, headwords_b;
	struct side a, b;
	struct link_table links;
};

static void open_pair(struct pair *p, const char *other, const struct span *x, size_t n_x, const struct span *y, size_t n_y,
		      const char *const (*entries)[2], size_t n)
{
	struct link_list list = { { 0 } };

	*p = (struct pair){ .links = { 0 } };
	lexicon_init(&p->lexicon, lang("en"), lang(other));
	for (size_t i = 0; i < n; i++)
		lexicon_add(&p->lexicon, span_of(entries[i][0]), span_of(entries[i][1]));
	headwords_of(&p->headwords_a, &p->lexicon, false);
	headwords_of(&p->headwords_b, &p->lexicon, true);
	side_build(&p->a, lang("en"), x, n_x, &p->headwords_a);
	side_build(&p->b, lang(other), y, n_y, &p->headwords_b);
	links_add_lexicon(&list, &p->a, &p->b, &p->lexicon, &p->headwords_a, &p->headwords_b, 1);
	link_table_build(&p->links, &list, p->a.forms.n);
	link_list_free(&list);
}

static void close_pair(struct pair *p)
{
	link_table_free(&p->links);
	side_free(&p->a);
	side_free(&p->b);
	lexicon_free(&p->lexicon);
	mapstr_free(&p->headwords_a);
	mapstr_free(&p->headwords_b);
}

/* The weight of the link between two words as they are compared, 0 for none. */
static double link_weight(const struct pair *p, const char *x, const char *y, enum link_kind kind)
{
	uint32_t wx = side_word(&p->a, span_of(x)), wy = side_word(&p->b, span_of(y));

	assert_int_not_equal(wx, WORD_NONE);
	assert_int_not_equal(wy, WORD_NONE);
	for (size_t l = p->links.first[wx]; l < p->links.first[wx + 1]; l++)
		if (p->links.links[l].y == wy && p->links.links[l].kind == kind)
			return (double)p->links.links[l].weight;
	return 0;
}

static void a_compound_borrows_from_its_parts(void **state)
{
	static const char *const entries[][2] = { { "garden", "Garten" }, { "chair", "Stuhl" }, { "house", "Haus" } };
	struct span x[] = { span_of("The garden chair of the house") };
	struct span y[] = { span_of("Der Gartenstuhl am Haus") };
	struct pair p;

	(void)state;
	open_pair(&p, "de", x, 1, y, 1, entries, 3);
	assert_true(link_weight(&p, "garden", "gartenstuhl", LINK_KIN) > .3);
	assert_true(link_weight(&p, "chair", "gartenstuhl", LINK_KIN) > .3);
	assert_true(link_weight(&p, "hous", "gartenstuhl", LINK_KIN) <= 0);
	assert_true(link_weight(&p, "hous", "haus", LINK_DICTIONARY) > .9);
	close_pair(&p);
}

static void a_word_borrows_from_one_with_the_same_beginning(void **state)
{
	static const char *const entries[][2] = { { "translate", "traducir" } };
	struct span x[] = { span_of("They translate") };
	struct span y[] = { span_of("traductores") };
	struct pair p;

	(void)state;
	open_pair(&p, "es", x, 1, y, 1, entries, 1);
	assert_true(link_weight(&p, "translat", "traductor", LINK_KIN) > .3);
	close_pair(&p);
}

static void a_han_word_borrows_from_the_words_inside(void **state)
{
	static const char *const entries[][2] = { { "enemy", "敌" }, { "army", "军" }, { "enemy forces", "敌军" } };
	struct span x[] = { span_of("enemy army") };
	struct span y[] = { span_of("敌军") };
	struct pair p;

	(void)state;
	open_pair(&p, "zh", x, 1, y, 1, entries, 3); /* “forces” is not in the text, so the third entry leads nowhere */
	assert_true(link_weight(&p, "enemi", "敌军", LINK_KIN) > .3);
	assert_true(link_weight(&p, "armi", "敌军", LINK_KIN) > .3);
	close_pair(&p);
}

static void names_are_one_word_and_meet_by_sound(void **state)
{
	struct span x[] = { span_of("We met Delfador and Konrad"), span_of("Then Delfador left with Konrad"), span_of("They saw Chantal") };
	struct span y[] = { span_of("我们遇见了德法多和康拉德"), span_of("看到了香黛尔") };
	struct pair p;

	(void)state;
	open_pair(&p, "zh", x, 3, y, 2, NULL, 0);
	assert_true(link_weight(&p, "delfador", "德法多", LINK_SOUND) > .5);
	assert_true(link_weight(&p, "konrad", "康拉德", LINK_SOUND) > .5);
	assert_true(link_weight(&p, "chantal", "香黛尔", LINK_SOUND) > .5);
	assert_true(link_weight(&p, "delfador", "康拉德", LINK_SOUND) <= 0);
	assert_true(link_weight(&p, "met", "德法多", LINK_SOUND) <= 0); /* no name */
	close_pair(&p);
}

/* Spellings by the Xinhua tables of names. */
static void likeness_ranks_the_right_name_first(void **state)
{
	static const char *const names[][2] = {
		{ "shakespeare", "莎士比亚" }, { "washington", "华盛顿" }, { "clinton", "克林顿" }, { "roosevelt", "罗斯福" },
		{ "madonna", "麦当娜" },       { "gandalf", "甘道夫" },    { "napoleon", "拿破仑" }, { "kennedy", "肯尼迪" },
		{ "robert", "罗伯特" },        { "charles", "查尔斯" },    { "elizabeth", "伊丽莎白" }, { "martin", "马丁" },
		{ "jackson", "杰克逊" },       { "wilson", "威尔逊" },     { "thomas", "托马斯" }, { "david", "大卫" },
		{ "catherine", "凯瑟琳" },     { "alexander", "亚历山大" }, { "diana", "戴安娜" }, { "patrick", "帕特里克" },
	};
	size_t n = sizeof names / sizeof *names, right = 0, known = 0;

	(void)state;
	for (size_t j = 0; j < n; j++) {
		size_t best = n;
		double most = 0;

		for (size_t i = 0; i < n; i++) {
			double like = name_likeness(span_of(names[i][0]), span_of(names[j][1]));

			if (like > most) {
				most = like;
				best = i;
			}
		}
		known += best < n; /* not all characters are in the table */
		right += best == j;
	}
	assert_true(known >= 8);
	assert_true(right * 10 >= known * 9);
}

/* Three stories each side in another order; the fourth of each has no translation. */
static void documents_find_their_translation(void **state)
{
	static const char *const entries[][2] = {
		{ "kar", "lum" }, { "ber", "sof" }, { "tin", "rag" }, { "pol", "wek" }, { "dus", "hin" }, { "mox", "jep" },
		{ "fal", "nut" }, { "gir", "vob" }, { "hup", "cas" }, { "jen", "dil" }, { "kop", "fum" }, { "lar", "gyp" },
	};
	struct span x[] = { span_of("kar ber tin"), span_of("ber tin kar ber"), span_of("pol dus mox"), span_of("mox pol dus"),
			    span_of("fal gir hup"), span_of("hup fal fal gir"), span_of("jen jen jen") };
	struct span y[] = { span_of("nut vob cas"), span_of("cas nut nut vob"), span_of("lum sof rag"), span_of("sof rag lum sof"),
			    span_of("gyp gyp gyp"), span_of("wek hin jep"), span_of("jep wek hin") };
	static const uint32_t of_x[] = { 0, 0, 1, 1, 2, 2, 3 }, of_y[] = { 0, 0, 1, 1, 2, 3, 3 };
	static const uint32_t partner[] = { 1, 3, 0 };
	struct mine_request r = MINE_REQUEST_DEFAULT;
	struct lexicon lexicon;
	struct mining m;
	struct document_pairs pairs;

	(void)state;
	lexicon_init(&lexicon, lang("en"), lang("sw"));
	for (size_t i = 0; i < sizeof entries / sizeof *entries; i++)
		lexicon_add(&lexicon, span_of(entries[i][0]), span_of(entries[i][1]));
	r.lang_x = lang("en");
	r.lang_y = lang("sw");
	r.x = x;
	r.y = y;
	r.n_x = r.n_y = 7;
	r.lexicon = &lexicon;
	mine_prepare(&m, &r);
	assert_true(documents_pair(&pairs, &m, of_x, of_y, 2, NULL));
	assert_int_equal(pairs.pairs.n, 3);
	vec_each(&pairs.pairs, i)
		assert_int_equal(pairs.pairs.v[i].y, partner[pairs.pairs.v[i].x]);
	document_pairs_free(&pairs);
	mining_free(&m);
	lexicon_free(&lexicon);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_compound_borrows_from_its_parts),
		cmocka_unit_test(a_word_borrows_from_one_with_the_same_beginning),
		cmocka_unit_test(a_han_word_borrows_from_the_words_inside),
		cmocka_unit_test(names_are_one_word_and_meet_by_sound),
		cmocka_unit_test(likeness_ranks_the_right_name_first),
		cmocka_unit_test(documents_find_their_translation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
