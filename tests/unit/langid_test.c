/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "text/langid.h"

static void assert_language(const char *code, const char *text)
{
	float sure;
	uint8_t lang = lang_guess(span_of(text), &sure);

	assert_string_equal(lang_code(lang), code);
	assert_true(sure > 0 && sure <= 1);
}

static void tells_languages_of_one_script_apart(void **state)
{
	(void)state;
	assert_language("en", "The committee will meet again on Thursday to vote on the new budget.");
	assert_language("de", "Der Ausschuss trifft sich am Donnerstag wieder, um über den Haushalt abzustimmen.");
	assert_language("fr", "Le comité se réunira de nouveau jeudi pour voter le nouveau budget.");
	assert_language("es", "El comité volverá a reunirse el jueves para votar el nuevo presupuesto.");
	assert_language("pl", "Komisja spotka się ponownie w czwartek, aby głosować nad nowym budżetem.");
	assert_language("ru", "Комитет снова соберётся в четверг, чтобы проголосовать за новый бюджет.");
	assert_language("uk", "Комітет знову збереться у четвер, щоб проголосувати за новий бюджет.");
	assert_language("fa", "کمیته روز پنجشنبه دوباره تشکیل جلسه می‌دهد تا درباره بودجه رأی‌گیری کند.");
}

static void lets_the_script_decide_where_it_can(void **state)
{
	(void)state;
	assert_language("zh", "委员会将于星期四再次开会，对新预算进行表决。");
	assert_language("ja", "委員会は木曜日に再び開かれ、新しい予算について採決する。");
	assert_language("ko", "위원회는 목요일에 다시 모여 새 예산안을 표결할 것이다.");
	assert_language("el", "Η επιτροπή θα συνεδριάσει ξανά την Πέμπτη.");
	assert_language("th", "คณะกรรมการจะประชุมอีกครั้งในวันพฤหัสบดี");
}

static void knows_nothing_of_text_without_letters(void **state)
{
	float sure = 1;

	(void)state;
	assert_int_equal(lang_guess(span_of(""), &sure), LANG_UNKNOWN);
	assert_int_equal(lang_guess(span_of("12 345,67 --- !!!"), &sure), LANG_UNKNOWN);
	assert_true(sure == 0);
	assert_int_equal(lang_guess(span_of("\xff\xfe\x80\x80\xc3"), NULL), LANG_UNKNOWN);
}

static void knows_nothing_of_one_letter_again_and_again(void **state)
{
	static const char *const same[] = { "aaaaaaaa", "Aaa aaa!", "哈哈哈哈哈哈", "яяяяяя", "xxx xxx xxx 12", "=====a=====", "ррр, ррр" };
	float sure;

	(void)state;
	for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
		sure = 1;
		assert_int_equal(lang_guess(span_of(same[i]), &sure), LANG_UNKNOWN);
		assert_true(sure == 0);
	}
	assert_string_equal(lang_code(lang_guess(span_of("你好，世界"), NULL)), "zh");
}

static void is_less_sure_of_mixed_text(void **state)
{
	float pure, mixed;

	(void)state;
	assert_int_equal(lang_guess(span_of("Вчера мы долго говорили о погоде и о новых книгах."), &pure),
			 lang_guess(span_of("Вчера мы долго говорили о погоде и о новых книгах, see the manual"), &mixed));
	assert_true(mixed < pure);
}

static void reads_every_way_to_write_a_code(void **state)
{
	static const char *const english[] = { "en", "EN", "eng", "en-US", "en_GB.UTF-8", "eng_Latn" };
	static const char *const chinese[] = { "zh", "zho", "cmn_Hans", "zh-Hant", "zh_CN@pinyin" };

	(void)state;
	for (size_t i = 0; i < sizeof english / sizeof *english; i++)
		assert_string_equal(lang_code(lang_from_code(span_of(english[i]))), "en");
	for (size_t i = 0; i < sizeof chinese / sizeof *chinese; i++)
		assert_string_equal(lang_code(lang_from_code(span_of(chinese[i]))), "zh");
	assert_int_equal(lang_from_code(span_of("")), LANG_UNKNOWN);
	assert_int_equal(lang_from_code(span_of("english")), LANG_UNKNOWN);
	assert_int_equal(lang_from_code(span_of("xx")), LANG_UNKNOWN);
	assert_string_equal(lang_code(LANG_UNKNOWN), "und");
	assert_string_equal(lang_code(255), "und");
}

static void every_number_and_code_agree(void **state)
{
	(void)state;
	for (unsigned i = 1; i < 255 && lang_from_code(span_of(lang_code((uint8_t)i))) != LANG_UNKNOWN; i++)
		assert_int_equal(lang_from_code(span_of(lang_code((uint8_t)i))), i);
	assert_true(lang_from_code(span_of("yue")) > 90);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_languages_of_one_script_apart),
		cmocka_unit_test(lets_the_script_decide_where_it_can),
		cmocka_unit_test(knows_nothing_of_text_without_letters),
		cmocka_unit_test(knows_nothing_of_one_letter_again_and_again),
		cmocka_unit_test(is_less_sure_of_mixed_text),
		cmocka_unit_test(reads_every_way_to_write_a_code),
		cmocka_unit_test(every_number_and_code_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
