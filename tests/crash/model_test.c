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
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../unit/loopback.h"
#include "base/clock.h"
#include "base/fs.h"
#include "store/requests.h"

static struct {
	unsigned segments, kills, latency, faults;
	uint64_t seed;
	char folder[200];
	struct loopback *l;
} test;

static void die(const char *what, const struct error *err)
{
	fprintf(stderr, "%s: %s\n", what, err && err->code ? err->msg : strerror(errno));
	exit(1);
}

static unsigned number(const char *name, unsigned otherwise)
{
	const char *text = getenv(name);

	return text && *text ? (unsigned)strtoul(text, NULL, 10) : otherwise;
}

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

static char *path(const char *name)
{
	return xasprintf("%s/%s", test.folder, name);
}

static void write_corpus(void)
{
	static const char *const words[] = { "harbour", "anchor", "tide", "vessel", "copper", "lantern", "compass", "ladder", "canvas", "timber",
					     "ballast", "rudder", "signal", "current", "channel", "weather", "cable", "engine", "chart", "pilot" };
	char *name = path("corpus.jsonl");
	FILE *f = fopen(name, "w");

	if (f == NULL)
		die(name, NULL);
	for (unsigned i = 0; i < test.segments; i++) {
		fprintf(f, "{\"text\":\"Entry %u of the log.", i);
		for (unsigned k = 0; k < 8; k++) {
			uint64_t r = hash_mix64(i * 8ull + k + 1);

			fprintf(f, " The %s%x by %s%x stays near %s%x while number %u holds.", words[r % 20], (unsigned)(r >> 8 & 0xffff),
				words[r / 20 % 20], (unsigned)(r >> 24 & 0xffff), words[r / 400 % 20], (unsigned)(r >> 40 & 0xffff),
				(unsigned)(r / 8000 % 100000));
		}
		fputs("\"}\n", f);
	}
	if (fclose(f) != 0)
		die(name, NULL);
	free(name);
}

static pid_t run_tamis(const char *workspace, const char *output, const char *const *words)
{
	const char *argv[32] = { "tamis", "-w", workspace, "--json", "-q" };
	char *out = path(output);
	size_t n = 5;
	pid_t pid = fork();

	if (pid < 0)
		die("fork", NULL);
	while (*words)
		argv[n++] = *words++;
	if (pid == 0) {
		int fd = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0600);

		dup2(fd, STDOUT_FILENO);
		execv(getenv("TAMIS"), (char *const *)argv);
		_exit(127);
	}
	free(out);
	return pid;
}

static int wait_for(pid_t pid, struct rusage *usage)
{
	int status;

	while (wait4(pid, &status, 0, usage) < 0)
		if (errno != EINTR)
			die("wait", NULL);
	return status;
}

static void import(const char *workspace)
{
	char *corpus = path("corpus.jsonl");
	struct rusage usage;
	int status = wait_for(run_tamis(workspace, "import.out", (const char *const[]){ "import", corpus, "--corpus", "log", NULL }), &usage);

	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		die("tamis import failed", NULL);
	free(corpus);
}

static pid_t start(const char *workspace, const char *output)
{
	char endpoint[64];
	pid_t pid;

	snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%u", loopback_port(test.l));
	pid = run_tamis(workspace, output,
			(const char *const[]){ "backtranslate", "log", "-g", "http", "-e", endpoint, "-m", "toy", "--least", "40", "--keep-all",
					       "--idle", "1", "--tries", "2", NULL });
	return pid;
}

/* ---- looking at a workspace ---- */

static void open_store(const char *workspace, struct workspace **w, struct store **s)
{
	struct error err = { 0 };

	if (workspace_open(w, workspace, 0, "ann", &err) < 0 || store_open(s, *w, &err) < 0)
		die(workspace, &err);
}

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

	open_store(workspace, &w, &s);
	if (spool_open(&spool, s, no_tokens, &recovered, &err) < 0 || store_requests_each(s, 0, look_at_row, &look, &err) < 0)
		die(workspace, &err);
	spool_close(spool);
	store_close(s);
	workspace_close(w);
	return look;
}

/* Of the latest run of each. */
static uint64_t count_differing(const char *one, const char *other, size_t *items)
{
	struct workspace *w[2];
	struct store *s[2];
	struct run *runs;
	int64_t *ids[2];
	size_t n[2], n_runs;
	uint64_t differing;
	struct error err = { 0 };

	for (int i = 0; i < 2; i++) {
		open_store(i ? other : one, &w[i], &s[i]);
		if (store_run_list(s[i], &runs, &n_runs, &err) < 0 || n_runs == 0 ||
		    store_item_ids(s[i], runs[n_runs - 1].id, KIND_INSTRUCTION, "id", &ids[i], &n[i], &err) < 0)
			die("items", &err);
		for (size_t k = 0; k < n_runs; k++)
			run_free(&runs[k]);
		free(runs);
	}
	*items = n[0];
	differing = n[0] > n[1] ? n[0] - n[1] : n[1] - n[0];
	for (size_t k = 0; k < n[0] && k < n[1]; k++) {
		struct item_row row[2];
		struct buf text[2] = { BUF_INIT, BUF_INIT };

		for (int i = 0; i < 2; i++)
			if (store_item_get(s[i], &row[i], &text[i], ids[i][k], &err) < 0)
				die("item", &err);
		differing += !span_eq(buf_span(&text[0]), buf_span(&text[1])) || !hash128_eq(&row[0].key, &row[1].key);
		buf_free(&text[0]);
		buf_free(&text[1]);
	}
	for (int i = 0; i < 2; i++) {
		free(ids[i]);
		store_close(s[i]);
		workspace_close(w[i]);
	}
	return differing;
}

static long export_lines(const char *workspace)
{
	struct rusage usage;
	long lines = 0;
	char *name = path("export.out");
	FILE *f;
	int status = wait_for(run_tamis(workspace, "export.out", (const char *const[]){ "export", "instructions", "--format", "alpaca", NULL }),
			      &usage);

	f = fopen(name, "r");
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || f == NULL)
		die("tamis export failed", NULL);
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
	open_store(workspace, &w, &s);
	if (store_item_ids(s, 0, KIND_INSTRUCTION, "id", &ids, &n, &err) < 0)
		die("items", &err);
	for (size_t i = 0; i < n && !out[0]; i++) {
		buf_clear(&text);
		if (store_item_get(s, &row, &text, ids[i], &err) < 0)
			die("item", &err);
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
	status = wait_for(run_tamis(workspace, "label.out", (const char *const[]){ "label", id, "accept", NULL }), &usage);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		die("tamis label failed", NULL);
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
	status = wait_for(pid, &usage);
	return WIFSIGNALED(status);
}

static unsigned kill_and_resume(const char *workspace)
{
	uint64_t *moments = xcalloc(test.kills + 1, sizeof *moments);
	unsigned killed = 0;

	for (unsigned i = 0; i < test.kills; i++)
		moments[i] = hash_mix64(test.seed + i) % (test.segments * 8 / 10 + 1);
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
	int status = wait_for(start(workspace, output), usage);

	if (!WIFEXITED(status) || (WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != 3)) {
		fprintf(stderr, "the last run ended with status %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status));
		exit(1);
	}
}

static int remove_entry(const char *name, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(name);
}

int main(void)
{
	const char *tmp = getenv("TMPDIR");
	struct loopback_counts killed_counts, after;
	struct look look;
	struct rusage usage;
	unsigned killed, port;
	uint64_t differing;
	size_t items;
	long wrongly;
	double ideal, wall;
	char *disturbed, *quiet;

	test.segments = number("TAMIS_MODEL_SEGMENTS", 300);
	test.kills = number("TAMIS_MODEL_KILLS", 4);
	test.latency = number("TAMIS_MODEL_LATENCY", 10);
	test.faults = number("TAMIS_MODEL_FAULTS", 120);
	test.seed = number("TAMIS_CRASH_SEED", (unsigned)clock_steady_us());
	printf("seed %" PRIu64 "\n", test.seed);
	snprintf(test.folder, sizeof test.folder, "%s/tamis-model-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (getenv("TAMIS") == NULL || mkdtemp(test.folder) == NULL)
		die("no program or no folder", NULL);
	disturbed = path("disturbed.tamis");
	quiet = path("quiet.tamis");
	write_corpus();
	import(disturbed);
	import(quiet);
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
		die("the port is taken", NULL);
	finish(quiet, "quiet.out", &usage);
	loopback_counts(test.l, &after);
	differing = count_differing(disturbed, quiet, &items);
	wrongly = count_exported_wrongly(quiet);
	ideal = (double)after.slot_ms / 64e3;
	wall = (double)(after.last_us - after.first_us) / 1e6;
	printf("segments %u items %zu kills %u requests %" PRIu64 " replies %" PRIu64 "\n", test.segments, items, killed, killed_counts.requests,
	       killed_counts.delivered);
	printf("lost %" PRIu64 "\nasked anew %" PRIu64 "\nother keys %" PRIu64 "\ndiffering %" PRIu64 "\nwindow %" PRIu64 "\n", look.lost,
	       killed_counts.known_asked, killed_counts.other_key, differing, killed_counts.paid_twice);
	if (wrongly)
		printf("%ld lines of the export are too many or missing\n", wrongly);
	printf("undisturbed: %.2f s (the last %.2f s of it after all had been asked), the work done at 64 at once %.2f s, ratio %.2f, at once %u,"
	       " client %.2f CPU s, %ld MB\n", wall, (double)(after.last_us - after.fresh_us) / 1e6, ideal, wall / ideal, after.peak, (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6 + (double)usage.ru_stime.tv_sec +
	       (double)usage.ru_stime.tv_usec / 1e6, usage.ru_maxrss / 1024);
	loopback_stop(test.l);
	nftw(test.folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
	free(disturbed);
	free(quiet);
	return look.lost || look.asked || killed_counts.known_asked || killed_counts.other_key || differing || wrongly || items != test.segments ||
	       2 * killed < test.kills;
}
