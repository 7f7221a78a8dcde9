/* SPDX-License-Identifier: GPL-3.0-or-later */
/* again FOLDER [KIND…]: what the order screen does when a rule changes, timed: order and windows again, a kind of links switched off and on.
 * Prints files, links, and the milliseconds of the slowest and the median of 9 rounds. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "jobs/order.h"

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	struct order_request req = { .path = argc > 1 ? argv[1] : "." };
	struct order_work work;
	struct error err = { 0 };
	double took[9];
	int rc = order_work_open(&work, &req, NULL, NULL, &err);

	if (rc) {
		fprintf(stderr, "again: %s\n", err.msg);
		return 1;
	}
	req.options.quick = true;
	for (size_t i = 0; i < 9 && rc == 0; i++) {
		double start = now();

		req.options.kinds_off = i % 2 ? 0 : 1u << EDGE_LATE;
		rc = order_work_again(&work, &req, &err);
		took[i] = now() - start;
	}
	qsort(took, 9, sizeof *took, by_value);
	printf("%zu\t%zu\t%.1f\t%.1f\n", work.repo.files.n, work.resolution.graph.links.n, took[8], took[4]);
	order_work_free(&work);
	return rc != 0;
}
