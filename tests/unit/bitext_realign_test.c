/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Aligning again with what was measured before: the same as all done anew, whatever the pins and their order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/hash.h"
#include "bitext/align.h"
#include "text/langid.h"

enum { LINES = 150, PINS = 12, TRIES = 40 };

struct documents {
	struct buf text;
	struct span x[LINES], y[LINES];
	size_t n_x, n_y;
};

static uint64_t state = 7;

static unsigned below(unsigned n)
{
	state = hash_mix64(state);
	return (unsigned)(state >> 33) % n;
}

/* Numbers that stand on both sides; now and then a sentence is missing on one of them, and once a whole passage. */
static void write_documents(struct documents *d)
{
	size_t at[2 * LINES + 1] = { 0 }, n = 0;

	*d = (struct documents){ .text = BUF_INIT };
	for (unsigned i = 0; i < LINES; i++) {
		bool x = below(9) != 0, y = below(9) != 0 && (i < 60 || i > 85);

		if (x)
			buf_addf(&d->text, "Wort %u steht %u mal bei %u.", i * 37, i % 9 * 11 + 5, i + 100);
		at[++n] = d->text.len;
		if (y)
			buf_addf(&d->text, "Mot %u est %u fois sous %u.", i * 37, i % 9 * 11 + 5, i + 100);
		at[++n] = d->text.len;
	}
	for (size_t i = 0; i < n; i++) {
		struct span line = span_make(d->text.p + at[i], at[i + 1] - at[i]);

		if (line.len && i % 2)
			d->y[d->n_y++] = line;
		else if (line.len)
			d->x[d->n_x++] = line;
	}
}

static void align_them(struct alignment *out, const struct documents *d, bool again)
{
	struct error err = { 0 };
	struct align_request r = { .lang_x = lang_from_code(span_of("de")), .lang_y = lang_from_code(span_of("fr")), .x = d->x,
				   .y = d->y, .n_x = d->n_x, .n_y = d->n_y, .threads = 2, .rounds = 1, .again = again };

	assert_int_equal(align(out, &r, &err), 0);
}

static void assert_same(const struct alignment *a, const struct alignment *b)
{
	assert_int_equal(a->beads.n, b->beads.n);
	for (size_t i = 0; i < a->beads.n; i++) {
		const struct bead *p = &a->beads.v[i], *q = &b->beads.v[i];

		assert_true(p->x == q->x && p->y == q->y && p->nx == q->nx && p->ny == q->ny);
		assert_true(p->s >= q->s && p->s <= q->s && p->cost >= q->cost && p->cost <= q->cost);
	}
	assert_true(a->confidence >= b->confidence && a->confidence <= b->confidence);
}

static int by_both(const void *a, const void *b)
{
	const struct pin *p = a, *q = b;

	if (p->x != q->x)
		return p->x < q->x ? -1 : 1;
	return p->y < q->y ? -1 : p->y > q->y;
}

/* At a bead's beginning, beside one, or anywhere; some cross others. */
static struct pin any_pin(const struct alignment *a)
{
	const struct bead *b = &a->beads.v[below((unsigned)a->beads.n)];
	uint32_t aside = below(4) ? 0 : 1 + below(20);

	if (below(6) == 0)
		return (struct pin){ below((unsigned)a->a.n + 1), below((unsigned)a->b.n + 1) };
	return (struct pin){ b->x, b->y + aside };
}

static void any_pins_give_what_a_computation_of_the_whole_gives(void **unused)
{
	struct documents d;
	struct alignment kept, whole;
	struct pin pins[PINS];
	struct error err = { 0 };
	size_t n = 0;

	(void)unused;
	write_documents(&d);
	align_them(&kept, &d, true);
	for (int i = 0; i < TRIES; i++) {
		if (n == PINS || (n && below(3) == 0)) {
			size_t gone = below((unsigned)n);

			memmove(pins + gone, pins + gone + 1, (n-- - gone - 1) * sizeof *pins);
		} else {
			pins[n++] = any_pin(&kept);
			qsort(pins, n, sizeof *pins, by_both);
		}
		align_them(&whole, &d, false);
		assert_null(whole.pass);
		assert_int_equal(align_again(&kept, pins, n, 1, &err), 0);
		assert_int_equal(align_again(&whole, pins, n, 2, &err), 0);
		assert_same(&kept, &whole);
		alignment_free(&whole);
	}
	alignment_free(&kept);
	buf_free(&d.text);
}

static void without_pins_the_first_beads_come_back(void **unused)
{
	struct documents d;
	struct alignment first, again;
	struct pin pin;
	struct error err = { 0 };

	(void)unused;
	write_documents(&d);
	align_them(&first, &d, true);
	align_them(&again, &d, true);
	pin = (struct pin){ 20, 40 };
	assert_int_equal(align_again(&again, &pin, 1, 1, &err), 0);
	vec_clear(&again.beads); /* whoever takes the beads away does no harm */
	assert_int_equal(align_again(&again, NULL, 0, 1, &err), 0);
	assert_same(&again, &first);
	alignment_free(&first);
	alignment_free(&again);
	buf_free(&d.text);
}

static void pins_are_boundaries(void **unused)
{
	struct documents d;
	struct alignment a;
	struct error err = { 0 };

	(void)unused;
	write_documents(&d);
	align_them(&a, &d, true);
	for (uint32_t x = 5; x < a.a.n; x += 25) {
		struct pin pin = { x, (uint32_t)(a.b.n - x) }; /* mostly far from the path */
		bool boundary = false;

		if (x > a.b.n)
			break;
		assert_int_equal(align_again(&a, &pin, 1, 1, &err), 0);
		vec_each(&a.beads, i)
			boundary |= a.beads.v[i].x == pin.x && a.beads.v[i].y == pin.y;
		assert_true(boundary);
	}
	alignment_free(&a);
	buf_free(&d.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_pins_give_what_a_computation_of_the_whole_gives),
		cmocka_unit_test(without_pins_the_first_beads_come_back),
		cmocka_unit_test(pins_are_boundaries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
