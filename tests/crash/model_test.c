/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kill -9 while a model is asked: no reply is lost and none is paid for twice.
 *
 * A service of this test's own (tests/unit/loopback.h) misbehaves: 429, 500, 503, cut, reset, stalled and dripping replies, words for
 * JSON, other objects, ten megabytes.  `tamis backtranslate --generator http` asks it about many segments and is killed at random
 * moments; after each kill the rows are looked at as the next run will find them, and the service is told what the client has
 * for good.  A last run goes through; then the same is done once, undisturbed, in another workspace.
 *
 * Printed, and 0 or the test fails:
 *   lost         replies the client had taken whole whose question has no answer in the end
 *   asked anew   questions asked although their reply was in the workspace (rows or spool) when the client died
 *   other keys   questions asked again with another Idempotency-Key: a service that honours it charges once for the same key
 *   differing    items that are not, byte for byte, those of the undisturbed run
 * The ideal schedule is the sum of what the service spent on each try, whether it came to anything or not, over 64: nothing is added for
 * waits that were asked for, nor for the end, when fewer than 64 are left.
 * Printed only: "window", replies that were read from the socket and not written yet when the process died, each paid twice by a
 * service that does not honour Idempotency-Key: no client can write and read in one step; the time between is microseconds.
 *
 * TAMIS_MODEL_SEGMENTS (300), TAMIS_MODEL_KILLS (4), TAMIS_MODEL_LATENCY ms (10), TAMIS_MODEL_FAULTS of a thousand (120), TAMIS_CRASH_SEED. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../unit/loopback.h"
#include "model_bench.h"
#include "base/clock.h"
#include "base/fs.h"
#include "store/requests.h"

static struct {
	struct bench bench;
	unsigned kills, latency, faults;
	uint64_t seed;
	struct loopback *l;
} test;

/* What a question's reply is like depends on the question alone; how its tries fare, on their number too. */
static enum fault misbehave(void *ctx, uint64_t hash, unsigned attempt)
{
	static const enum fault replies[] = { FAULT_NO_JSON, FAULT_WRONG_SCHEMA, FAULT_HUGE };
	static const enum fault tries[] = { FAULT_429, FAULT_429_MS, FAULT_500, FAULT_503, FAULT_CUT, FAULT_RESET, FAULT_DRIP };
	uint64_t dice = hash_mix64(hash), again = hash_mix64(hash + attempt);

	(void)ctx;
	if (dice % 1000 < test.faults / 2)
		return replies[dice / 1000 % 3];
	if (attempt <= 4 && again % 1000 < test.faults)
		return again / 1000 % 97 == 0 ? FAULT_STALL : tries[again / 1000 % 7];
	return FAULT_NONE;
}

static pid_t start(const char *workspace, const char *output)
{
	char endpoint[64];
	pid_t pid;

	snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%u", loopback_port(test.l));
	pid = bench_run(&test.bench, workspace, output,
			(const char *const[]){ "backtranslate", "log", "-g", "http", "-e", endpoint, "-m", "toy", "--least", "40", "--keep-all",
					       "--idle", "1", "--tries", "2", NULL });
	return pid;
}

/* ---- looking at a workspace ---- */

static void no_tokens(struct request_row *row)
{
	(void)row;
}

struct look {
	uint64_t answered, failed, asked, lost;
};

static bool look_at_row(void *ctx, const struct request_row *row)
{
	struct look *look = ctx;

	look->answered += row->state == REQUEST_ANSWERED;
	look->failed += row->state == REQUEST_FAILED;
	look->asked += row->state == REQUEST_ASKED;
	if (row->state == REQUEST_ANSWERED)
		loopback_known(test.l, row->body);
	else
		look->lost += loopback_delivered(test.l, row->body);
	return true;
}

/* As the next run will find it: what the spool holds is in the rows. */
static struct look look_at(const char *workspace)
{
	struct workspace *w;
	struct store *s;
	struct spool *spool;
	struct error err = { 0 };
	struct look look = { 0 };
	uint64_t recovered;

	bench_open_store(workspace, &w, &s);
	if (spool_open(&spool, s, no_tokens, &recovered, &err) < 0 || store_requests_each(s, 0, look_at_row, &look, &err) < 0)
		bench_die(workspace, &err);
	spool_close(spool);
	store_close(s);
	workspace_close(w);
	return look;
}

static long export_lines(const char *workspace)
{
	struct rusage usage;
	long lines = 0;
	char *name = bench_path(&test.bench, "export.out");
	FILE *f;
	int status = bench_wait(bench_run(&test.bench, workspace, "export.out", (const char *const[]){ "export", "instructions", "--format", "alpaca", NULL }),
			      &usage);

	f = fopen(name, "r");
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || f == NULL)
		bench_die("tamis export failed", NULL);
	for (int c = getc(f); c != EOF; c = getc(f))
		lines += c == '\n';
	fclose(f);
	free(name);
	return lines;
}

/* The id of an item that has an instruction. */
static void find_good(char out[24], const char *workspace)
{
	struct workspace *w;
	struct store *s;
	struct error err = { 0 };
	struct buf text = BUF_INIT;
	struct item_row row;
	int64_t *ids;
	size_t n;

	out[0] = '\0';
	bench_open_store(workspace, &w, &s);
	if (store_item_ids(s, 0, KIND_INSTRUCTION, "id", &ids, &n, &err) < 0)
		bench_die("items", &err);
	for (size_t i = 0; i < n && !out[0]; i++) {
		buf_clear(&text);
		if (store_item_get(s, &row, &text, ids[i], &err) < 0)
			bench_die("item", &err);
		if (strstr(text.p, "\"outcome\":\"ok\""))
			snprintf(out, 24, "%lld", (long long)ids[i]);
	}
	free(ids);
	buf_free(&text);
	store_close(s);
	workspace_close(w);
}

/* What a model wrote leaves when a person accepted it: nothing before, then one. */
static long count_exported_wrongly(const char *workspace)
{
	struct rusage usage;
	long wrongly = export_lines(workspace);
	char id[24];
	int status;

	find_good(id, workspace);
	status = bench_wait(bench_run(&test.bench, workspace, "label.out", (const char *const[]){ "label", id, "accept", NULL }), &usage);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		bench_die("tamis label failed", NULL);
	return wrongly + (export_lines(workspace) != 1);
}

/* ---- the test ---- */

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Kills it when so many questions have their reply; false when it ended before. */
static bool kill_at(pid_t pid, uint64_t questions, uint64_t dice)
{
	struct loopback_counts c;
	struct rusage usage;
	int status;

	do {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return false;
		usleep(500);
		loopback_counts(test.l, &c);
	} while (c.questions < questions);
	usleep((useconds_t)(dice % 3000));
	kill(pid, SIGKILL);
	status = bench_wait(pid, &usage);
	return WIFSIGNALED(status);
}

static unsigned kill_and_resume(const char *workspace)
{
	uint64_t *moments = xcalloc(test.kills + 1, sizeof *moments);
	unsigned killed = 0;

	for (unsigned i = 0; i < test.kills; i++)
		moments[i] = hash_mix64(test.seed + i) % (test.bench.segments * 8 / 10 + 1);
	qsort(moments, test.kills, sizeof *moments, by_size);
	for (unsigned i = 0; i < test.kills; i++) {
		if (kill_at(start(workspace, "killed.out"), moments[i], hash_mix64(test.seed + 1000 + i)))
			killed++;
		look_at(workspace);
	}
	free(moments);
	return killed;
}

static void finish(const char *workspace, const char *output, struct rusage *usage)
{
	int status = bench_wait(start(workspace, output), usage);

	if (!WIFEXITED(status) || (WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != 3)) {
		fprintf(stderr, "the last run ended with status %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status));
		exit(1);
	}
}

int main(void)
{
	struct loopback_counts killed_counts, after;
	struct look look;
	struct rusage usage;
	unsigned killed, port;
	uint64_t differing;
	size_t items;
	long wrongly;
	double ideal, wall;
	char *disturbed, *quiet;

	test.kills = bench_number("TAMIS_MODEL_KILLS", 4);
	test.latency = bench_number("TAMIS_MODEL_LATENCY", 10);
	test.faults = bench_number("TAMIS_MODEL_FAULTS", 120);
	test.seed = bench_number("TAMIS_CRASH_SEED", (unsigned)clock_steady_us());
	printf("seed %" PRIu64 "\n", test.seed);
	bench_open(&test.bench, bench_number("TAMIS_MODEL_SEGMENTS", 300), "model");
	disturbed = bench_path(&test.bench, "disturbed.tamis");
	quiet = bench_path(&test.bench, "quiet.tamis");
	bench_import(&test.bench, disturbed);
	bench_import(&test.bench, quiet);
	test.l = loopback_start(&(struct loopback_script){ .latency_ms = test.latency, .fault = misbehave });
	if (test.l == NULL) {
		printf("no loopback network here\n");
		return 77;
	}
	killed = kill_and_resume(disturbed);
	finish(disturbed, "disturbed.out", &usage);
	look = look_at(disturbed);
	loopback_counts(test.l, &killed_counts);
	port = loopback_port(test.l);
	loopback_stop(test.l);

	test.l = loopback_start(&(struct loopback_script){ .port = port, .latency_ms = test.latency, .fault = misbehave });
	if (test.l == NULL)
		bench_die("the port is taken", NULL);
	finish(quiet, "quiet.out", &usage);
	loopback_counts(test.l, &after);
	differing = bench_count_differing(disturbed, quiet, &items);
	wrongly = count_exported_wrongly(quiet);
	ideal = (double)after.slot_ms / 64e3;
	wall = (double)(after.last_us - after.first_us) / 1e6;
	printf("segments %u items %zu kills %u requests %" PRIu64 " replies %" PRIu64 "\n", test.bench.segments, items, killed, killed_counts.requests,
	       killed_counts.delivered);
	printf("lost %" PRIu64 "\nasked anew %" PRIu64 "\nother keys %" PRIu64 "\ndiffering %" PRIu64 "\nwindow %" PRIu64 "\n", look.lost,
	       killed_counts.known_asked, killed_counts.other_key, differing, killed_counts.paid_twice);
	if (wrongly)
		printf("%ld lines of the export are too many or missing\n", wrongly);
	printf("undisturbed: %.2f s (the last %.2f s of it after all had been asked), the work done at 64 at once %.2f s, ratio %.2f, at once %u,"
	       " client %.2f CPU s, %ld MB\n", wall, (double)(after.last_us - after.fresh_us) / 1e6, ideal, wall / ideal, after.peak, (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6 + (double)usage.ru_stime.tv_sec +
	       (double)usage.ru_stime.tv_usec / 1e6, usage.ru_maxrss / 1024);
	loopback_stop(test.l);
	bench_close(&test.bench);
	free(disturbed);
	free(quiet);
	return look.lost || look.asked || killed_counts.known_asked || killed_counts.other_key || differing || wrongly || items != test.bench.segments ||
	       2 * killed < test.kills;
}
