/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Personal data by form: published test numbers of card issuers, the IBAN registry's examples, the example of GB 11643; and what looks
 * like them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "text/personal.h"

static void finds_each_kind_with_its_bytes(void **state)
{
	static const struct {
		const char *text, *found;
		enum personal what;
	} cases[] = {
		{ "Write to jane.doe+list@mail.uni-jena.de, please.", "jane.doe+list@mail.uni-jena.de", PERSONAL_EMAIL },
		{ "<joe@debian.org>", "joe@debian.org", PERSONAL_EMAIL },
		{ "联系zhang@pku.edu.cn。", "zhang@pku.edu.cn", PERSONAL_EMAIL },
		{ "Call +49 30 90227 1234 today", "+49 30 90227 1234", PERSONAL_PHONE },
		{ "Tel. +44 (0)20 7946 0018.", "+44 (0)20 7946 0018", PERSONAL_PHONE },
		{ "(212) 736-5000", "(212) 736-5000", PERSONAL_PHONE },
		{ "or 212-736-5000, ext. 4", "212-736-5000", PERSONAL_PHONE },
		{ "手机：13912345678。", "13912345678", PERSONAL_PHONE },
		{ "card 4111 1111 1111 1111 ok", "4111 1111 1111 1111", PERSONAL_CARD },
		{ "378282246310005", "378282246310005", PERSONAL_CARD },
		{ "5555-5555-5555-4444", "5555-5555-5555-4444", PERSONAL_CARD },
		{ "6200000000000005", "6200000000000005", PERSONAL_CARD },
		{ "IBAN DE89 3704 0044 0532 0130 00.", "DE89 3704 0044 0532 0130 00", PERSONAL_IBAN },
		{ "GB29NWBK60161331926819", "GB29NWBK60161331926819", PERSONAL_IBAN },
		{ "from 93.184.216.34 at noon", "93.184.216.34", PERSONAL_IP },
		{ "host 2606:2800:220:1:248:1893:25c8:1946.", "2606:2800:220:1:248:1893:25c8:1946", PERSONAL_IP },
		{ "身份证11010519491231002X号", "11010519491231002X", PERSONAL_CN_ID },
		{ "He lives at 1428 Elm Street, Springwood, OH 45011.", "1428 Elm Street, Springwood, OH 45011", PERSONAL_ADDRESS },
		{ "an:\nMusterstraße 12\n10115 Berlin\n", "Musterstraße 12\n10115 Berlin", PERSONAL_ADDRESS },
		{ "habite 12 bis, rue de la Paix, 75002 Paris", "12 bis, rue de la Paix, 75002 Paris", PERSONAL_ADDRESS },
		{ "en Calle Mayor 5, 28013 Madrid.", "Calle Mayor 5, 28013 Madrid", PERSONAL_ADDRESS },
		{ "of 221B Baker Street, London NW1 6XE", "221B Baker Street, London NW1 6XE", PERSONAL_ADDRESS },
		{ "P.O. Box 1234, Portland, OR 97201", "P.O. Box 1234, Portland, OR 97201", PERSONAL_ADDRESS },
		{ "住址：北京市海淀区中关村大街27号。", "北京市海淀区中关村大街27号", PERSONAL_ADDRESS },
		{ "〒150-0001 東京都渋谷区神宮前1-2-3", "〒150-0001 東京都渋谷区神宮前1-2-3", PERSONAL_ADDRESS },
	};
	struct personal_list list = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		personal_find(&list, span_of(cases[i].text));
		if (list.spans.n != 1)
			fail_msg("%s: %zu found", cases[i].text, list.spans.n);
		assert_int_equal(list.spans.v[0].what, cases[i].what);
		assert_true(span_is(span_make(cases[i].text + list.spans.v[0].at, list.spans.v[0].len), cases[i].found));
	}
	vec_free(&list.spans);
}

static void leaves_examples_versions_and_wrong_checksums_alone(void **state)
{
	static const char *const texts[] = {
		"user@example.com, root@localhost, git@github.com:a/b.git, x@y, @decorator, a @ b",
		"127.0.0.1 192.168.1.77 10.200.3.4 192.0.2.55 0.0.0.0 255.255.255.0 224.0.0.251",
		"version 5.36.0.1, OID 2.5.4.10, 1.2.3.4.5, section 10.12.14.16",
		"4111 1111 1111 1112", "4111111111111111111111", "1234567890123456", "0000 0000 0000 0000",
		"DE89 3704 0044 0532 0130 01", "XX89370400440532013000",
		"110105194912310021", "110105194913310021",
		"(212) 555-0142", "+0000 +1 +12 345", "2021-05-03 12:30:45", "1-2-3-4-5-6-7-8-9", "3.14159265358979",
		"std::vector::iterator a::b::c 2001:db8::1 fe80::1 ::1 12:30:45",
		"0x4111111111111111 /4111111111111111", "x+4915112345678",
		"mail zsh-users-subscribe@zsh.org, info@debian.org, submit@bugs.debian.org, valgrind@valgrind.org, you@your.org",
		"<20141116001628.GO32192@teltox.donarmstrong.com>", "as said in 3.43.8.1 and 3.43.6.2", "(123) 456-7890",
		"Free Software Foundation, Inc., 51 Franklin Street, Fifth Floor, Boston, MA 02110-1301 USA",
		"On Main Street 12 people met in 2004 Boston was hot", "In 1998 Debian released hamm", "port 10115 Berlin mirror",
		"Jane Austen wrote Emma.", "Copyright 2012 Jan Poettering\n2013 Dan Lane 2014 Paris", "第27号公告", "请看第3章第12节", "use 80211 Networks on 5 Ghz Way",
	};
	struct personal_list list = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		personal_find(&list, span_of(texts[i]));
		if (list.spans.n)
			fail_msg("%s: %s at %zu", texts[i], personal_name(list.spans.v[0].what), list.spans.v[0].at);
	}
	vec_free(&list.spans);
}

static void names_who_can_be_reached(void **state)
{
	static const struct {
		const char *text, *name; /* NULL: none beside what can be reached */
	} cases[] = {
		{ "Jane Doe <jane@uni-jena.de>", "Jane Doe" },
		{ "Please ask Jean-Luc O'Brien, +49 30 90227 1234.", "Jean-Luc O'Brien" },
		{ "John Q. Public\n1428 Elm Street\nSpringwood, OH 45011", "John Q. Public" },
		{ "Debian Bugs <joe@debian.org>", NULL },
		{ "Call +49 30 90227 1234", NULL },
	};
	struct personal_list list = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		personal_find(&list, span_of(cases[i].text));
		assert_int_equal(list.spans.n, cases[i].name ? 2 : 1);
		if (cases[i].name == NULL)
			continue;
		assert_int_equal(list.spans.v[0].what, PERSONAL_NAME);
		assert_true(span_is(span_make(cases[i].text + list.spans.v[0].at, list.spans.v[0].len), cases[i].name));
	}
	vec_free(&list.spans);
}

static void gives_spans_in_order_and_apart(void **state)
{
	static const char text[] = "a@b.de 93.184.216.34 b@c.fr +49 30 90227 1234 c@d.it";
	struct personal_list list = { 0 };
	size_t end = 0;

	(void)state;
	personal_find(&list, span_of(text));
	assert_int_equal(list.spans.n, 5);
	vec_each(&list.spans, i) {
		assert_true(list.spans.v[i].at >= end);
		end = list.spans.v[i].at + list.spans.v[i].len;
	}
	personal_find(&list, span_make(NULL, 0));
	assert_int_equal(list.spans.n, 0);
	vec_free(&list.spans);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_each_kind_with_its_bytes),
		cmocka_unit_test(names_who_can_be_reached),
		cmocka_unit_test(leaves_examples_versions_and_wrong_checksums_alone),
		cmocka_unit_test(gives_spans_in_order_and_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
