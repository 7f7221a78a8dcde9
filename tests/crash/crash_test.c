/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kill -9 while labelling: what was acknowledged is there afterwards.
 *
 * Each round starts a child that decides item after item (one by one, several at once, in large steps, and takes some back)
 * and writes a line for each decision that was acknowledged as durable.  At a random moment it is killed; then
 * the workspace is opened and every line is checked against it.  In every second round an import runs in the
 * same process.  A second part kills imports until one gets through, and compares its index with one that nobody
 * disturbed.
 *
 * TAMIS_CRASH_ROUNDS: how many (200).  TAMIS_CRASH_SEED: of the moments.  The last lines are "rounds N", "acknowledged N", "lost N". */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "jobs/import.h"

#define LINES 40000u
#define KEYS_PER_ROUND 100000u
#define BULK 700u

static struct hash128 key_of(uint32_t n)
{
	return hash128(&n, sizeof n);
}

static enum verdict verdict_of(uint32_t n)
{
	return (enum verdict)(1 + n % 4);
}

static void die(const char *what, const struct error *err)
{
	fprintf(stderr, "%s: %s\n", what, err ? err->msg : strerror(errno));
	exit(1);
}

/* ---- the child ---- */

/* Tickets are handed out one after the other, so a ring from ticket to its first key and their number is enough. */
#define RING 4096
struct labeller {
	struct workspace *w;
	struct store *s;
	struct {
		uint32_t first, n;
	} ring[RING];
	pthread_mutex_t lock;
	uint32_t next;
	uint64_t state;
};

static void say(const char *sign, uint32_t first, uint32_t n)
{
	char line[64];
	int len = snprintf(line, sizeof line, "%s %" PRIu32 " %" PRIu32 "\n", sign, first, n);

	if (write(STDOUT_FILENO, line, (size_t)len) != len) /* one write: whole or not at all */
		_exit(2);
}

static void durable(void *ctx, int64_t ticket, const struct error *err)
{
	struct labeller *l = ctx;
	uint32_t first, n;

	if (err)
		_exit(3);
	pthread_mutex_lock(&l->lock);
	first = l->ring[ticket % RING].first;
	n = l->ring[ticket % RING].n;
	pthread_mutex_unlock(&l->lock);
	say("+", first, n);
}

static struct decision decision_of(uint32_t n)
{
	return (struct decision){ .key = key_of(n), .kind = KIND_DOCUMENT, .fields = DECISION_VERDICT | DECISION_NOTE,
				  .verdict = verdict_of(n), .note = "seen" };
}

static void decide(struct labeller *l, uint32_t n)
{
	struct decision d[8];
	int64_t ticket;

	for (uint32_t i = 0; i < n; i++)
		d[i] = decision_of(l->next + i);
	pthread_mutex_lock(&l->lock);
	ticket = workspace_decide(l->w, d, n, "label");
	l->ring[ticket % RING].first = l->next;
	l->ring[ticket % RING].n = n;
	pthread_mutex_unlock(&l->lock);
	l->next += n;
}

static void decide_many(struct labeller *l)
{
	struct decision *d = xcalloc(BULK, sizeof *d);
	struct error err = {0};
	struct bulk_step *bulk;

	for (uint32_t i = 0; i < BULK; i++)
		d[i] = decision_of(l->next + i);
	if (bulk_begin(&bulk, l->s, "many", &err) < 0 || bulk_add(bulk, d, BULK, &err) < 0 ||
	    bulk_end(bulk, true, NULL, &err) < 0)
		die("bulk", &err);
	say("+", l->next, BULK);
	l->next += BULK;
	free(d);
}

static void take_back(struct labeller *l)
{
	struct error err = {0};
	uint32_t last = l->next;

	decide(l, 1);
	if (workspace_flush(l->w, &err) < 0)
		die("flush", &err);
	say("?", last, 1);
	if (workspace_undo(l->w, NULL, NULL, NULL, &err) < 0)
		die("undo", &err);
	say("-", last, 1);
}

static uint32_t draw(uint64_t *state, uint32_t below)
{
	*state += 0x9e3779b97f4a7c15u;
	return (uint32_t)(hash_mix64(*state) % below);
}

static int label(const char *file, uint32_t first, uint64_t seed, char *import)
{
	struct labeller l = { .next = first, .state = seed };
	struct import_request request = { .paths = &import, .n_paths = 1 };
	struct jobs *jobs;
	struct error err = {0};

	pthread_mutex_init(&l.lock, NULL);
	if (workspace_open(&l.w, file, WORKSPACE_CREATE, "crash", &err) < 0 || store_open(&l.s, l.w, &err) < 0)
		die("child", &err);
	workspace_on_durable(l.w, durable, &l);
	jobs = jobs_new(l.w, NULL);
	if (*import)
		jobs_start(jobs, "import", import_job, &request, NULL);
	say("=", first, 0);
	while (l.next < first + KEYS_PER_ROUND - BULK) {
		uint32_t what = draw(&l.state, 100);

		if (what < 3)
			decide_many(&l);
		else if (what < 10)
			take_back(&l);
		else
			decide(&l, what < 30 ? 1 + draw(&l.state, 8) : 1);
		if (what % 8 == 0 && workspace_flush(l.w, &err) < 0)
			die("flush", &err);
	}
	poll(NULL, 0, 1000000); /* all keys used: wait for the end */
	return 0;
}

static int import_one(const char *file, char *path)
{
	struct import_request request = { .paths = &path, .n_paths = 1, .corpus = "c" };
	struct import_result result;
	struct workspace *w;
	struct store *s;
	struct error err = {0};

	if (workspace_open(&w, file, WORKSPACE_CREATE, "crash", &err) < 0 || store_open(&s, w, &err) < 0 ||
	    import_run(NULL, s, &request, &result, &err) < 0)
		die("import", &err);
	store_close(s);
	workspace_close(w);
	return 0;
}

/* ---- the parent ---- */

struct book {
	uint8_t *acked;   /* by key: 1 decided, 2 being undone, 3 undone */
	uint32_t keys;
	uint64_t acknowledged, lost;
	struct buf partial;
};

static pid_t start(char *const argv[], int *out)
{
	int fds[2] = { -1, -1 };
	pid_t pid;

	if (out && pipe2(fds, O_CLOEXEC) != 0)
		die("pipe", NULL);
	pid = fork();
	if (pid < 0)
		die("fork", NULL);
	if (pid == 0) {
		if (out)
			dup2(fds[1], STDOUT_FILENO);
		execv("/proc/self/exe", argv);
		_exit(127);
	}
	if (out) {
		close(fds[1]);
		*out = fds[0];
	}
	return pid;
}

static void note(struct book *b, struct span line)
{
	uint32_t first, n;
	char sign;

	if (sscanf(line.p, "%c %" SCNu32 " %" SCNu32, &sign, &first, &n) != 3)
		die("a line that can't be read", NULL);
	for (uint32_t i = first; i < first + n && i < b->keys; i++)
		b->acked[i] = sign == '+' ? 1 : sign == '?' ? 2 : 3;
	if (sign == '+')
		b->acknowledged += n;
}

static void take_lines(struct book *b)
{
	struct span rest = buf_span(&b->partial);
	size_t used = 0;

	while (memchr(rest.p, '\n', rest.len)) {
		struct span line = span_line(&rest);

		note(b, line);
		used = (size_t)(rest.p - b->partial.p);
	}
	buf_remove(&b->partial, 0, used);
}

/* Reads what the child says until `until` (then kills it) and on to the end of the pipe. */
static void listen_and_kill(struct book *b, pid_t pid, int fd, int64_t after_us)
{
	int64_t until = 0;
	bool killed = false;

	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int64_t now = clock_steady_us(), left = until ? until - now : 10000000;
		char bytes[65536];
		ssize_t n;

		if (until && left <= 0 && !killed) {
			kill(pid, SIGKILL);
			killed = true;
		}
		if (poll(&p, 1, killed ? -1 : (int)(left / 1000)) <= 0)
			continue;
		n = read(fd, bytes, sizeof bytes);
		if (n <= 0)
			break;
		if (until == 0)
			until = clock_steady_us() + after_us; /* it is at work now */
		buf_add(&b->partial, bytes, (size_t)n);
		take_lines(b);
	}
	close(fd);
	if (!killed) {
		fprintf(stderr, "the child ended by itself\n");
		exit(1);
	}
	waitpid(pid, NULL, 0);
	buf_clear(&b->partial);
}

static void check_keys(struct book *b, struct store *s, uint32_t from, uint32_t to)
{
	struct map128 map = {0};
	struct error err = {0};

	if (store_verdict_map(s, &map, &err) < 0)
		die("verdicts", &err);
	for (uint32_t n = from; n < to; n++) {
		struct hash128 key;
		uint64_t *found;

		if (b->acked[n] == 0)
			continue;
		key = key_of(n);
		found = map128_find(&map, &key);
		if ((b->acked[n] == 1 && (found == NULL || *found != verdict_of(n))) || (b->acked[n] == 3 && found)) {
			fprintf(stderr, "item %" PRIu32 ": acknowledged as %u, found %u\n", n, b->acked[n] == 1 ? verdict_of(n) : 0,
				found ? (unsigned)*found : 0);
			b->lost++;
		}
	}
	map128_free(&map);
}

static void complain(void *ctx, const char *problem)
{
	(void)ctx;
	fprintf(stderr, "fsck: %s\n", problem);
}

static void check(struct book *b, const char *file, uint32_t from, uint32_t to, bool fsck)
{
	struct workspace *w;
	struct store *s;
	struct error err = {0};
	int problems;

	if (workspace_open(&w, file, 0, "crash", &err) < 0 || store_open(&s, w, &err) < 0)
		die("after a crash", &err);
	check_keys(b, s, from, to);
	if (fsck) {
		problems = store_fsck(s, complain, NULL, &err);
		if (problems < 0)
			die("fsck", &err);
		b->lost += (uint64_t)problems;
	}
	store_close(s);
	workspace_close(w);
}

static void labelling(struct book *b, const char *folder, const char *import, uint32_t rounds, uint64_t seed)
{
	char *file = fs_join(folder, "crash.tamis"), first[16], child_seed[24];

	for (uint32_t i = 0; i < rounds; i++) {
		char *argv[] = { (char *)"crash_test", (char *)"label", file, first, child_seed,
				 (char *)(i % 2 ? import : ""), NULL };
		uint32_t from = i * KEYS_PER_ROUND;
		int out;
		pid_t pid;

		snprintf(first, sizeof first, "%" PRIu32, from);
		snprintf(child_seed, sizeof child_seed, "%" PRIu64, seed + i);
		pid = start(argv, &out);
		listen_and_kill(b, pid, out, 1000 + draw(&seed, 60000));
		check(b, file, from, from + KEYS_PER_ROUND, i % 50 == 49);
	}
	check(b, file, 0, b->keys, true);
	free(file);
}

static struct hash128 digest_index(const char *file)
{
	struct hash128_state *h = hash128_new();
	struct record_place place;
	struct record_fact fact;
	struct corpus_view *view;
	struct corpus corpus;
	struct workspace *w;
	struct store *s;
	struct error err = {0};
	struct hash128 out;

	if (workspace_open(&w, file, 0, "crash", &err) < 0 || store_open(&s, w, &err) < 0 ||
	    store_corpus_get(s, &corpus, "c", &err) < 0 || corpus_view_open(&view, s, corpus.id, &err) < 0)
		die("digest", &err);
	for (uint64_t i = 0; i < corpus_view_count(view); i++) {
		if (corpus_view_place(view, s, i, &place, &err) < 0 || corpus_view_facts(view, s, i, 1, &fact, &err) < 0)
			die("digest", &err);
		hash128_update(h, &place, sizeof place);
		hash128_update(h, fact.key.b, sizeof fact.key.b);
	}
	hash128_update(h, &corpus.records, sizeof corpus.records);
	hash128_update(h, &corpus.rejected, sizeof corpus.rejected);
	out = hash128_end(h);
	hash128_free(h);
	corpus_view_close(view);
	store_close(s);
	workspace_close(w);
	return out;
}

/* Kills imports of the same file until one ends; each goes on where the last was killed. */
static uint64_t importing(const char *folder, const char *path, uint64_t seed)
{
	char *quiet = fs_join(folder, "quiet.tamis"), *file = fs_join(folder, "killed.tamis");
	char *calm[] = { (char *)"crash_test", (char *)"import", quiet, (char *)path, NULL };
	char *wild[] = { (char *)"crash_test", (char *)"import", file, (char *)path, NULL };
	struct hash128 a, b;
	int status = -1, kills = 0;

	waitpid(start(calm, NULL), &status, 0);
	while (kills < 60) {
		pid_t pid = start(wild, NULL);

		if (kills < 40) {
			poll(NULL, 0, 2 + (int)draw(&seed, 40));
			kill(pid, SIGKILL);
		}
		waitpid(pid, &status, 0);
		if (!WIFSIGNALED(status))
			break;
		kills++;
	}
	a = digest_index(quiet);
	b = digest_index(file);
	printf("import killed %d times\n", kills);
	free(quiet);
	free(file);
	if (status == 0 && hash128_eq(&a, &b))
		return 0;
	fprintf(stderr, "the index of a killed import differs\n");
	return 1;
}

static char *write_lines(const char *folder, const char *name, uint32_t lines)
{
	char *path = fs_join(folder, name);
	FILE *file = fopen(path, "w");

	if (file == NULL)
		die(path, NULL);
	for (uint32_t i = 0; i < lines; i++)
		if (i % 1000 == 999)
			fputs("{\"broken\": \n", file);
		else
			fprintf(file, "{\"id\": %" PRIu32 ", \"text\": \"Document %" PRIu32 " of a corpus, with words enough to be "
				"told from the others by its number %" PRIu32 " and nothing else.\"}\n", i, i, i * 13);
	fclose(file);
	return path;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static uint32_t setting(const char *name, uint32_t otherwise)
{
	const char *value = getenv(name);

	return value && atoi(value) > 0 ? (uint32_t)atoi(value) : otherwise;
}

int main(int argc, char **argv)
{
	uint32_t rounds = setting("TAMIS_CRASH_ROUNDS", 200);
	uint64_t seed = setting("TAMIS_CRASH_SEED", 1);
	const char *tmp = getenv("TMPDIR");
	struct book b = { .keys = rounds * KEYS_PER_ROUND, .partial = BUF_INIT };
	char *folder, *small, *large;

	if (argc == 6 && strcmp(argv[1], "label") == 0)
		return label(argv[2], (uint32_t)strtoul(argv[3], NULL, 10), strtoull(argv[4], NULL, 10), argv[5]);
	if (argc == 4 && strcmp(argv[1], "import") == 0)
		return import_one(argv[2], argv[3]);
	folder = fs_join(tmp && *tmp ? tmp : "/tmp", "tamis-crash-XXXXXX");
	if (mkdtemp(folder) == NULL)
		die(folder, NULL);
	b.acked = xcalloc(b.keys, 1);
	small = write_lines(folder, "small.jsonl", LINES);
	large = write_lines(folder, "large.jsonl", LINES * 5);
	labelling(&b, folder, small, rounds, seed);
	b.lost += importing(folder, large, seed);
	printf("rounds %" PRIu32 "\nacknowledged %" PRIu64 "\nlost %" PRIu64 "\n", rounds, b.acknowledged, b.lost);
	nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(b.acked);
	buf_free(&b.partial);
	free(small);
	free(large);
	free(folder);
	return b.lost || b.acknowledged == 0;
}
