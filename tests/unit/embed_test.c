/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The embeddings client. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "net/embed.h"

static void answers_of_endpoints_are_put_in_order_and_checked(void **state)
{
	static const char good[] = "{\"data\":[{\"index\":1,\"embedding\":[3,4]},{\"index\":0,\"embedding\":[1,2]}]}";
	static const char *const bad[] = {
		"", "[]", "{\"data\":[]}", "{\"data\":[{\"index\":7,\"embedding\":[1]}]}", "{\"data\":[{\"index\":0,\"embedding\":\"x\"}]}",
		"{\"data\":[{\"index\":0,\"embedding\":[1,2]},{\"index\":1,\"embedding\":[1]}]}",
	};
	float *rows[2] = { NULL, NULL };
	size_t dimensions = 0;
	struct error err = { 0 };

	(void)state;
	assert_int_equal(embed_parse(rows, 2, &dimensions, span_of(good), &err), 0);
	assert_int_equal(dimensions, 2);
	assert_true(rows[0][0] < 1.5F && rows[1][1] > 3.5F);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		free(rows[0]);
		free(rows[1]);
		rows[0] = rows[1] = NULL;
		dimensions = 0;
		err = (struct error){ 0 };
		assert_int_equal(embed_parse(rows, 2, &dimensions, span_of(bad[i]), &err), TAMIS_EREMOTE);
		assert_true(err.msg[0] != '\0');
	}
	free(rows[0]);
	free(rows[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_of_endpoints_are_put_in_order_and_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
