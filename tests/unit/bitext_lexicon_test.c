/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>

#include "base/fs.h"
#include "bitext/lexicon.h"
#include "bitext/tokens.h"
#include "text/langid.h"

static uint8_t lang(const char *code)
{
	return lang_from_code(span_of(code));
}

/* Writes `text` to a new temporary file; the caller frees the name after unlinking. */
static char *temporary(const char *name, const void *text, size_t n)
{
	char *folder = xstrdup("/tmp/tamis-lexicon-XXXXXX"), *path;
	FILE *f;

	assert_non_null(mkdtemp(folder));
	path = fs_join(folder, name);
	f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, n, f), n);
	fclose(f);
	free(folder);
	return path;
}

static void discard(char *path)
{
	unlink(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
	free(path);
}

static bool has(const struct lexicon *l, const char *a, const char *b)
{
	vec_each(&l->entries, i)
		if (span_is(l->entries.v[i].a, a) && span_is(l->entries.v[i].b, b))
			return true;
	return false;
}

static void read_text(struct lexicon *l, const char *from, const char *to, const char *text)
{
	char *path = temporary("dictionary", text, strlen(text));
	struct error err = { 0 };

	assert_int_equal(lexicon_read(l, path, lang(from), lang(to), &err), 0);
	discard(path);
}

static void reads_ding_columns_and_alternatives(void **state)
{
	struct lexicon l;

	(void)state;
	lexicon_init(&l, lang("en"), lang("de"));
	read_text(&l, "de", "en", "# comment\nAbholstelle {f} [transp.] | Abholstellen {pl} :: pick-up point; pickup point [Am.] | pick-up points\n");
	assert_true(has(&l, "pick-up point", "Abholstelle"));
	assert_true(has(&l, "pickup point", "Abholstelle"));
	assert_true(has(&l, "pick-up points", "Abholstellen"));
	assert_false(has(&l, "pick-up points", "Abholstelle"));
	lexicon_free(&l);
}

static void reads_edict_cedict_and_columns(void **state)
{
	struct lexicon l;

	(void)state;
	lexicon_init(&l, lang("ja"), lang("en"));
	read_text(&l, "ja", "en", "食べる [たべる] /(v1,vt) (1) to eat/(2) to live on/(P)/\n");
	assert_true(has(&l, "食べる", "eat"));
	assert_true(has(&l, "たべる", "live on"));
	lexicon_free(&l);
	lexicon_init(&l, lang("en"), lang("zh"));
	read_text(&l, "zh", "en", "# CC-CEDICT\n傳統 传统 [chuan2 tong3] /tradition/traditional/\n");
	assert_true(has(&l, "tradition", "传统"));
	assert_true(has(&l, "traditional", "傳統"));
	lexicon_free(&l);
	lexicon_init(&l, lang("en"), lang("fr"));
	read_text(&l, "en", "fr", "house\tmaison\nthe cat\tchat\n");
	assert_true(has(&l, "house", "maison"));
	assert_true(has(&l, "cat", "chat"));
	lexicon_free(&l);
}

static void reads_definitions_of_unihan(void **state)
{
	struct lexicon l;

	(void)state;
	lexicon_init(&l, lang("en"), lang("zh"));
	read_text(&l, "zh", "en",
		  "# Unihan\nU+4E00\tkDefinition\tone; a, an\nU+4E00\tkMandarin\tyī\nU+XYZ\tkDefinition\tnothing\n"
		  "U+5E25\tkDefinition\tcommander, commander-in-chief\n");
	assert_true(has(&l, "one", "一"));
	assert_true(has(&l, "commander-in-chief", "帥") || has(&l, "commander-in-chief", "帅"));
	assert_false(has(&l, "yī", "一"));
	lexicon_free(&l);
}

static void reads_edict_in_its_old_encoding(void **state)
{
	static const char euc[] = "\xbf\xc9\xa4\xd9\xa4\xeb [\xa4\xbf\xa4\xd9\xa4\xeb] /to eat/\n";
	struct lexicon l;

	(void)state;
	lexicon_init(&l, lang("ja"), lang("en"));
	read_text(&l, "ja", "en", euc);
	assert_true(has(&l, "たべる", "eat"));
	lexicon_free(&l);
}

static void reads_dictd_with_senses_and_definitions(void **state)
{
	static const char dict[] = "Gru\xc3\x9f /gr/ <n, masc>\n1. salut, bonjour\nein Wort\n2. compliments\nDose\nboîte\n";
	static const char index[] = "00databaseinfo\tA\tB\nDose\tBA\tM\nGru\xc3\x9f\tA\t/\n";
	char *path = temporary("x.index", index, sizeof index - 1);
	char *data = xasprintf("%.*s.dict", (int)(strlen(path) - 6), path);
	struct lexicon l;
	struct error err = { 0 };
	FILE *f = fopen(data, "wb");

	(void)state;
	assert_non_null(f);
	fputs(dict, f);
	fclose(f);
	lexicon_init(&l, lang("de"), lang("fr"));
	assert_int_equal(lexicon_read(&l, path, lang("de"), lang("fr"), &err), 0);
	assert_true(has(&l, "Gru\xc3\x9f", "salut"));
	assert_true(has(&l, "Gru\xc3\x9f", "bonjour"));
	assert_true(has(&l, "Gru\xc3\x9f", "compliments"));
	assert_false(has(&l, "Gru\xc3\x9f", "ein Wort"));
	lexicon_free(&l);
	unlink(data);
	free(data);
	discard(path);
}

static void refuses_what_is_no_dictionary_and_the_wrong_languages(void **state)
{
	struct lexicon l;
	struct error err = { 0 };
	char *path = temporary("x", "just prose\n", 11);

	(void)state;
	lexicon_init(&l, lang("en"), lang("de"));
	assert_int_equal(lexicon_read(&l, path, lang("en"), lang("de"), &err), TAMIS_EPARSE);
	err = (struct error){ 0 };
	assert_int_equal(lexicon_read(&l, path, lang("en"), lang("fr"), &err), TAMIS_EUSAGE);
	err = (struct error){ 0 };
	assert_int_equal(lexicon_read(&l, "/nonexistent/dictionary", lang("en"), lang("de"), &err), TAMIS_EIO);
	lexicon_free(&l);
	discard(path);
}

/* Large enough to be cut into parts, with one line longer than a part. */
static void a_large_dictionary_keeps_the_order_of_its_lines(void **state)
{
	enum { LINES = 60000, LONG = 30000 };
	struct buf text = BUF_INIT;
	struct lexicon l, chained, back;

	(void)state;
	for (size_t i = 0; i < LINES; i++) {
		buf_addf(&text, "word%zu\tmot%zu", i, i);
		for (size_t k = 0; i == LONG && k < 200000; k++)
			buf_adds(&text, "\tx");
		buf_addc(&text, '\n');
	}
	lexicon_init(&l, lang("en"), lang("fr"));
	read_text(&l, "en", "fr", text.p);
	assert_int_equal(l.entries.n, LINES);
	for (size_t i = 0; i < LINES; i++) {
		char a[32], b[32];

		snprintf(a, sizeof a, "word%zu", i);
		snprintf(b, sizeof b, "mot%zu", i);
		assert_true(span_is(l.entries.v[i].a, a) && span_is(l.entries.v[i].b, b));
	}
	lexicon_init(&back, lang("fr"), lang("de"));
	lexicon_init(&chained, lang("en"), lang("de"));
	for (size_t i = LINES; i-- > 0;) {
		lexicon_add(&back, l.entries.v[i].b, l.entries.v[i / 2].a);
		lexicon_add(&back, l.entries.v[i].b, l.entries.v[i / 2].a); /* told once */
	}
	lexicon_chain(&chained, &l, &back);
	assert_int_equal(chained.entries.n, LINES);
	for (size_t i = 0; i < LINES; i++)
		assert_true(span_eq(chained.entries.v[i].a, l.entries.v[i].a) && span_eq(chained.entries.v[i].b, l.entries.v[i / 2].a));
	lexicon_free(&l);
	lexicon_free(&back);
	lexicon_free(&chained);
	buf_free(&text);
}

static void tells_the_direction_of_a_file_from_its_words(void **state)
{
	static const char cedict[] = "傳統 传统 [chuan2 tong3] /tradition/traditional/\n得標 得标 [de2 biao1] /to win a bid/\n";
	static const char columns[] = "the house of my father\tla maison de mon père\nsome more words of English\tencore quelques mots de français\n";
	char *chinese = temporary("cedict", cedict, sizeof cedict - 1), *french = temporary("columns", columns, sizeof columns - 1);
	struct lexicon l;
	struct error err = { 0 };

	(void)state;
	lexicon_init(&l, lang("en"), lang("zh"));
	assert_int_equal(lexicon_read_file(&l, chinese, &err), 0);
	assert_true(has(&l, "tradition", "传统"));
	lexicon_free(&l);
	lexicon_init(&l, lang("fr"), lang("en"));
	assert_int_equal(lexicon_read_file(&l, french, &err), 0);
	assert_true(has(&l, "la maison de mon père", "house of my father"));
	lexicon_free(&l);
	discard(chinese);
	discard(french);
}

static void chains_through_a_third_language(void **state)
{
	struct lexicon first, second, out;

	(void)state;
	lexicon_init(&first, lang("en"), lang("de"));
	lexicon_init(&second, lang("de"), lang("ru"));
	lexicon_init(&out, lang("en"), lang("ru"));
	lexicon_add(&first, span_of("greeting"), span_of("Gruß"));
	lexicon_add(&first, span_of("house"), span_of("Haus"));
	lexicon_add(&second, span_of("Gruß"), span_of("привет"));
	lexicon_chain(&out, &first, &second);
	assert_int_equal(out.entries.n, 1);
	assert_true(has(&out, "greeting", "привет"));
	lexicon_free(&first);
	lexicon_free(&second);
	lexicon_free(&out);
}

static void japanese_words_in_han_become_chinese_ones(void **state)
{
	struct lexicon japanese, out;

	(void)state;
	lexicon_init(&japanese, lang("en"), lang("ja"));
	lexicon_init(&out, lang("en"), lang("zh"));
	lexicon_add(&japanese, span_of("economy"), span_of("経済"));
	lexicon_add(&japanese, span_of("library"), span_of("図書館")); /* the second and third traditional ones as well */
	lexicon_add(&japanese, span_of("eat"), span_of("食べる"));
	lexicon_add(&japanese, span_of("mountain"), span_of("山"));
	lexicon_add(&japanese, span_of("memory"), span_of("メモリー"));
	lexicon_add_kanji(&out, &japanese, true);
	assert_int_equal(out.entries.n, 2);
	assert_true(has(&out, "economy", "经济"));
	assert_true(has(&out, "library", "图书馆"));
	lexicon_free(&japanese);
	lexicon_free(&out);
}

static void assert_forms(const char *code, const struct mapstr *headwords, const char *text, const char *const *expected)
{
	struct tokenizer *t = tokenizer_new(lang(code), headwords);
	struct token_list list = { { 0 }, BUF_INIT };

	tokens_cut(t, &list, span_of(text));
	for (size_t i = 0; expected[i]; i++) {
		assert_true(i < list.tokens.n);
		assert_true(span_is(list.tokens.v[i].form, expected[i]));
		assert_true(expected[i + 1] || list.tokens.n == i + 1);
	}
	token_list_free(&list);
	tokenizer_free(t);
}

#define FORMS(...) (const char *const[]){ __VA_ARGS__, NULL }

static void tokens_are_stemmed_and_numbers_meet_whatever_their_separators(void **state)
{
	(void)state;
	assert_forms("en", NULL, "The houses cost 1,000.50 in 2021.", FORMS("the", "hous", "cost", "#100050", "in", "#2021"));
	assert_forms("de", NULL, "H\xc3\xa4user 1.000,50", FORMS("haus", "#100050"));
	assert_forms("ru", NULL, "Windows и дома", FORMS("window", "дом"));
}

static void tokens_of_han_follow_the_longest_headword(void **state)
{
	struct mapstr headwords = { 0 };

	(void)state;
	headwords_add(&headwords, span_of("图形"));
	headwords_add(&headwords, span_of("图形界面"));
	assert_forms("zh", &headwords, "图形界面和图形", FORMS("图形界面", "和", "图形"));
	assert_forms("ja", &headwords, "コンピュータの図", FORMS("コンピュータ", "図"));
	mapstr_free(&headwords);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_ding_columns_and_alternatives),
		cmocka_unit_test(reads_edict_cedict_and_columns),
		cmocka_unit_test(reads_definitions_of_unihan),
		cmocka_unit_test(reads_edict_in_its_old_encoding),
		cmocka_unit_test(reads_dictd_with_senses_and_definitions),
		cmocka_unit_test(refuses_what_is_no_dictionary_and_the_wrong_languages),
		cmocka_unit_test(tells_the_direction_of_a_file_from_its_words),
		cmocka_unit_test(chains_through_a_third_language),
		cmocka_unit_test(a_large_dictionary_keeps_the_order_of_its_lines),
		cmocka_unit_test(japanese_words_in_han_become_chinese_ones),
		cmocka_unit_test(tokens_are_stemmed_and_numbers_meet_whatever_their_separators),
		cmocka_unit_test(tokens_of_han_follow_the_longest_headword),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
