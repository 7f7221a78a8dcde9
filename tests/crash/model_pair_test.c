/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two processes ask a model for one workspace at the same time: nothing is asked by both.
 *
 * Three rounds, each with two `tamis backtranslate --generator http` started together on a new workspace:
 *   the same command twice         one asks, the other takes its replies; both make the same items
 *   the first of them is killed    -9 in the middle: the other one takes over where it was
 *   commands that share questions  one with --judge: neither asks what the other is asking
 * In none may a question be asked twice under another Idempotency-Key, or after its reply was in the workspace; and a reply is delivered
 * twice at most where one process was killed with replies it had read and not written yet, which is printed. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../unit/loopback.h"
#include "model_bench.h"

enum { LATENCY_MS = 40, PARALLEL = 8 };

struct round {
	const char *name;
	const char *more;  /* an option of the second command */
	bool kill;
};

struct both {
	struct bench bench;
	struct loopback *l;
	char endpoint[64], *workspace;
};

static pid_t start(const struct both *t, const char *output, const char *more)
{
	return bench_run(&t->bench, t->workspace, output,
			 (const char *const[]){ "backtranslate", "log", "-g", "http", "-e", t->endpoint, "-m", "toy", "--least", "40", "--keep-all",
						"--parallel", "8", more, NULL });
}

static void wait_for_questions(struct loopback *l, uint64_t questions)
{
	struct loopback_counts c;

	do {
		usleep(500);
		loopback_counts(l, &c);
	} while (c.questions < questions);
}

/* Items of the run that ended last, and of all that ended. */
static size_t count_items(const char *workspace, size_t *runs_ended)
{
	struct workspace *w;
	struct store *s;
	struct run *runs;
	int64_t *ids = NULL;
	size_t n_runs, n = 0;
	struct error err = { 0 };

	*runs_ended = 0;
	bench_open_store(workspace, &w, &s);
	if (store_run_list(s, &runs, &n_runs, &err) < 0)
		bench_die("runs", &err);
	for (size_t i = 0; i < n_runs; i++) {
		if (runs[i].ended_ms && strcmp(runs[i].pipeline, "backtranslate") == 0) {
			free(ids);
			ids = NULL;
			if (store_item_ids(s, runs[i].id, KIND_INSTRUCTION, "id", &ids, &n, &err) < 0)
				bench_die("items", &err);
			++*runs_ended;
		}
		run_free(&runs[i]);
	}
	free(runs);
	free(ids);
	store_close(s);
	workspace_close(w);
	return n;
}

/* 0, or what is wrong was said. */
static int play(struct both *t, const struct round *r)
{
	char *name = xasprintf("%s.tamis", r->kill ? "killed" : r->more ? "shared" : "same");
	struct loopback_counts c;
	struct rusage usage;
	size_t items, runs;
	pid_t first, second;
	int status, killed = 0;
	bool good;

	t->workspace = bench_path(&t->bench, name);
	t->l = loopback_start(&(struct loopback_script){ .latency_ms = LATENCY_MS });
	if (t->l == NULL)
		exit(77);
	snprintf(t->endpoint, sizeof t->endpoint, "http://127.0.0.1:%u", loopback_port(t->l));
	bench_import(&t->bench, t->workspace);
	first = start(t, "first.out", NULL);
	wait_for_questions(t->l, r->kill ? 4 : 1);
	second = start(t, "second.out", r->more);
	if (r->kill) {
		wait_for_questions(t->l, t->bench.segments / 4);
		kill(first, SIGKILL); /* not waited for yet: it stays a zombie, as under a shell that is busy */
		killed = 1;
	}
	status = bench_wait(second, &usage);
	good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	status = bench_wait(first, &usage);
	good &= r->kill ? WIFSIGNALED(status) : WIFEXITED(status) && WEXITSTATUS(status) == 0;
	loopback_counts(t->l, &c);
	items = count_items(t->workspace, &runs);
	printf("%s: questions %" PRIu64 ", requests %" PRIu64 ", delivered twice %" PRIu64 ", other keys %" PRIu64 ", runs ended %zu, items %zu\n",
	       r->name, c.questions, c.requests, c.paid_twice, c.other_key, runs, items);
	/* Three questions more are the probe's; what was in flight when the first was killed is asked again. */
	good &= items == t->bench.segments && runs == (r->kill ? 1 : 2) && c.other_key == 0 && c.paid_twice <= (r->kill ? PARALLEL : 0);
	good &= c.requests <= c.questions + 1 + (r->kill ? 2 * PARALLEL : 0);
	good &= r->more || c.questions == t->bench.segments + 3;
	loopback_stop(t->l);
	free(t->workspace);
	free(name);
	if (!good)
		printf("%s: failed%s\n", r->name, killed ? " (one was killed)" : "");
	return !good;
}

int main(void)
{
	static const struct round rounds[] = {
		{ "the same command twice", NULL, false },
		{ "the first of them is killed", NULL, true },
		{ "commands that share questions", "--judge", false },
	};
	struct both t = { 0 };
	int failed = 0;

	bench_open(&t.bench, bench_number("TAMIS_MODEL_SEGMENTS", 300), "pair");
	for (size_t i = 0; i < sizeof rounds / sizeof *rounds; i++)
		failed += play(&t, &rounds[i]);
	bench_close(&t.bench);
	return failed != 0;
}
