/* SPDX-License-Identifier: GPL-3.0-or-later */
/* main() of a fuzz target: runs the seeds, then searches by mutation, guided by edge coverage where the build counts it.
 *
 * The search is the plain one: take a kept input, change it a few times (flip, overwrite, insert, delete, repeat, splice with another
 * input, put in an interesting token), run it, keep it when it reached an edge no input had reached.  The random numbers
 * come from -seed, so a run can be repeated. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/vec.h"
#include "driver.h"

#define EDGES 65536u
#define INPUT_MAX 65536u /* of a changed copy; seeds may be larger */
#define SECONDS_PER_INPUT 10u

struct input {
	char *bytes;
	size_t len;
};

static struct {
	unsigned char edge[EDGES];
	size_t edges;
	bool reached_new;
	struct input *kept;
	size_t n_kept, cap_kept;
	struct buf now;      /* the input running */
	char crash_file[300];
	uint64_t random;
	uint64_t runs;
} fuzz;

static const char *const tokens[] = {
	"{", "}", "[", "]", "\"", "\\", "\\u0000", "\\ud800", "\xef\xbb\xbf", "\xc0\x80", "\xf4\x90\x80\x80", "\xe2\x80\x8d",
	"\r\n", "\t", ",", ":", "null", "true", "1e999", "-0", "9223372036854775808", "<!DOCTYPE", "<!--", "]]>", "&#0;", "<", "/>",
	"\x1f\x8b\x08", "\x28\xb5\x2f\xfd", ("\xfd" "7zXZ"), "BZh9", "msgid \"", "msgstr[0] \"", "\"\"", "\x1b[", "%s", "\xff\xfe", "(?:", "*+",
};

static uint64_t next_random(void)
{
	uint64_t z = fuzz.random += 0x9e3779b97f4a7c15u; /* splitmix64 */
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static size_t below(size_t n)
{
	return n ? (size_t)(next_random() % n) : 0;
}

UNCOUNTED static void on_edge(uintptr_t pc)
{
	size_t slot = ((pc >> 1) * 2654435761u >> 8) % EDGES;
	if (!fuzz.edge[slot]) {
		fuzz.edge[slot] = 1;
		fuzz.edges++;
		fuzz.reached_new = true;
	}
}

/* ---- an input that ends the program is kept ---- */

static void save_crash(void)
{
	int fd = open(fuzz.crash_file, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd < 0)
		return;
	ssize_t n = write(fd, fuzz.now.p, fuzz.now.len);
	(void)n;
	close(fd);
}

static void on_signal(int number)
{
	save_crash();
	signal(number, SIG_DFL);
	raise(number == SIGALRM ? SIGABRT : number);
}

/* Sanitizers leave through here. */
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static void watch_for_death(const char *name)
{
	snprintf(fuzz.crash_file, sizeof fuzz.crash_file, "fuzz-%s-crash", name);
	signal(SIGABRT, on_signal);
	signal(SIGALRM, on_signal);
	if (__sanitizer_set_death_callback)
		__sanitizer_set_death_callback(save_crash);
	else
		signal(SIGSEGV, on_signal);
}

static void run_now(void)
{
	/* A copy of exactly this size, so that reading one byte too far is seen. */
	uint8_t *copy = xmalloc(fuzz.now.len ? fuzz.now.len : 1);
	memcpy(copy, fuzz.now.p, fuzz.now.len);
	alarm(SECONDS_PER_INPUT);
	fuzz.reached_new = false;
	LLVMFuzzerTestOneInput(copy, fuzz.now.len);
	alarm(0);
	fuzz.runs++;
	free(copy);
}

static void keep_now(void)
{
	if (fuzz.n_kept == fuzz.cap_kept) {
		fuzz.cap_kept = fuzz.cap_kept ? 2 * fuzz.cap_kept : 64;
		fuzz.kept = xrealloc(fuzz.kept, fuzz.cap_kept * sizeof *fuzz.kept);
	}
	struct input *input = &fuzz.kept[fuzz.n_kept++];
	input->bytes = xmalloc(fuzz.now.len + 1);
	input->len = fuzz.now.len;
	memcpy(input->bytes, fuzz.now.p, fuzz.now.len);
}

/* ---- seeds ---- */

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int run_seed_file(const char *path)
{
	struct error err = { 0 };
	buf_clear(&fuzz.now);
	if (fs_read_all(&fuzz.now, path, 64u << 20, &err) < 0) {
		fprintf(stderr, "%s: can't be read\n", path);
		return 1;
	}
	run_now();
	if (fuzz.now.len <= INPUT_MAX)
		keep_now();
	return 0;
}

static int run_seeds(const char *path)
{
	struct stat st;
	if (stat(path, &st) != 0) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return 1;
	}
	if (!S_ISDIR(st.st_mode))
		return run_seed_file(path);
	struct dirent **entries;
	int n = scandir(path, &entries, NULL, by_name);
	int bad = n < 0;
	for (int i = 0; i < n; i++) {
		if (entries[i]->d_name[0] != '.') {
			char *file = fs_join(path, entries[i]->d_name);
			bad |= run_seeds(file);
			free(file);
		}
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	return bad;
}

/* ---- changes ---- */

static void insert_at(size_t at, const char *bytes, size_t n)
{
	if (fuzz.now.len + n > INPUT_MAX)
		return;
	/* The bytes may be part of the input itself. */
	char *copy = xmalloc(n ? n : 1);
	memcpy(copy, bytes, n);
	buf_fill(&fuzz.now, ' ', n);
	memmove(fuzz.now.p + at + n, fuzz.now.p + at, fuzz.now.len - n - at);
	memcpy(fuzz.now.p + at, copy, n);
	free(copy);
}

static void flip_bit(size_t at)
{
	if (fuzz.now.len)
		fuzz.now.p[at] = (char)(fuzz.now.p[at] ^ (1 << below(8)));
}

static void overwrite_byte(size_t at)
{
	static const unsigned char edges[] = { 0, 1, 0x7f, 0x80, 0xff, '\n', '\r', '\t', '"', '\\', '{', '<', ' ', '0', '-' };
	if (fuzz.now.len)
		fuzz.now.p[at] = (char)(below(2) ? edges[below(sizeof edges)] : (unsigned char)below(256));
}

static void delete_range(size_t at)
{
	size_t rest = fuzz.now.len - at;
	if (fuzz.now.len)
		buf_remove(&fuzz.now, at, 1 + below(rest < 32 ? rest : below(2) ? 32 : rest));
}

static void repeat_range(size_t at)
{
	size_t rest = fuzz.now.len - at;
	if (rest)
		insert_at(at, fuzz.now.p + at, 1 + below(rest < 256 ? rest : 256));
}

static void insert_token(size_t at)
{
	const char *token = tokens[below(sizeof tokens / sizeof *tokens)];
	insert_at(at, token, strlen(token));
}

static void insert_nul(size_t at)
{
	insert_at(at, "\0\0\0\0", 1 + below(4));
}

static void insert_other(size_t at)
{
	const struct input *other = &fuzz.kept[below(fuzz.n_kept)];
	size_t from = below(other->len);
	insert_at(at, other->bytes + from, below(other->len - from + 1));
}

static void change(void)
{
	static void (*const changes[])(size_t) = { flip_bit,	 overwrite_byte, overwrite_byte, delete_range,
						   repeat_range, insert_token,	 insert_token,	 insert_nul, insert_other };
	for (size_t n = 1 + below(5); n > 0; n--)
		changes[below(sizeof changes / sizeof *changes)](below(fuzz.now.len));
}

static void search(double seconds)
{
	int64_t until = clock_steady_us() + (int64_t)(seconds * 1e6);
	if (fuzz.n_kept == 0) {
		buf_clear(&fuzz.now);
		keep_now();
	}
	while (clock_steady_us() < until) {
		/* Every other time one of the newest: what was just reached leads on. */
		size_t recent = fuzz.n_kept < 16 ? fuzz.n_kept : 16;
		size_t pick = below(2) ? below(fuzz.n_kept) : fuzz.n_kept - 1 - below(recent);
		buf_clear(&fuzz.now);
		buf_add(&fuzz.now, fuzz.kept[pick].bytes, fuzz.kept[pick].len);
		change();
		run_now();
		if (fuzz.reached_new)
			keep_now();
	}
}

/* "…/NAME_fuzz" -> NAME */
static void target_name(char *name, size_t size, const char *program)
{
	const char *slash = strrchr(program, '/');
	snprintf(name, size, "%s", slash ? slash + 1 : program);
	char *end = strstr(name, "_fuzz");
	if (end)
		*end = '\0';
}

int main(int argc, char **argv)
{
	char name[128];
	target_name(name, sizeof name, argv[0]);
	watch_for_death(name);
	buf_init(&fuzz.now);
#ifdef HAVE_EDGE_COVERAGE
	fuzz_edge = on_edge;
#else
	(void)on_edge;
#endif
	const char *wish = getenv("TAMIS_FUZZ_SECONDS");
	double seconds = argc > 1 ? 0 : wish ? atof(wish) : 1;
	int bad = 0, paths = 0;
	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], "-seconds=", 9) == 0)
			seconds = atof(argv[i] + 9);
		else if (strncmp(argv[i], "-seed=", 6) == 0)
			fuzz.random = strtoull(argv[i] + 6, NULL, 10);
		else
			bad |= run_seeds(argv[i]), paths++;
	}
	const char *source = getenv("SRCDIR");
	char *seeds = NULL;
	if (paths == 0 && source && asprintf(&seeds, "%s/tests/fuzz/seeds/%s", source, name) > 0 && access(seeds, R_OK) == 0)
		bad |= run_seeds(seeds);
	free(seeds);
	search(seconds);
	printf("%s: %llu runs, %zu inputs kept, %zu edges\n", name, (unsigned long long)fuzz.runs, fuzz.n_kept, fuzz.edges);
	for (size_t i = 0; i < fuzz.n_kept; i++)
		free(fuzz.kept[i].bytes);
	free(fuzz.kept);
	buf_free(&fuzz.now);
	return bad;
}
