/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model_bench.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/hash.h"

void bench_die(const char *what, const struct error *err)
{
	fprintf(stderr, "%s: %s\n", what, err && err->code ? err->msg : strerror(errno));
	exit(1);
}

unsigned bench_number(const char *name, unsigned otherwise)
{
	const char *text = getenv(name);

	return text && *text ? (unsigned)strtoul(text, NULL, 10) : otherwise;
}

char *bench_path(const struct bench *b, const char *name)
{
	return xasprintf("%s/%s", b->folder, name);
}

static void write_corpus(const struct bench *b)
{
	static const char *const words[] = { "harbour", "anchor", "tide", "vessel", "copper", "lantern", "compass", "ladder", "canvas", "timber",
					     "ballast", "rudder", "signal", "current", "channel", "weather", "cable", "engine", "chart", "pilot" };
	char *name = bench_path(b, "corpus.jsonl");
	FILE *f = fopen(name, "w");

	if (f == NULL)
		bench_die(name, NULL);
	for (unsigned i = 0; i < b->segments; i++) {
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
		bench_die(name, NULL);
	free(name);
}

pid_t bench_run(const struct bench *b, const char *workspace, const char *output, const char *const *words)
{
	const char *argv[32] = { "tamis", "-w", workspace, "--json", "-q" };
	char *out = bench_path(b, output);
	size_t n = 5;
	pid_t pid = fork();

	if (pid < 0)
		bench_die("fork", NULL);
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

int bench_wait(pid_t pid, struct rusage *usage)
{
	int status;

	while (wait4(pid, &status, 0, usage) < 0)
		if (errno != EINTR)
			bench_die("wait", NULL);
	return status;
}

void bench_import(const struct bench *b, const char *workspace)
{
	char *corpus = bench_path(b, "corpus.jsonl");
	struct rusage usage;
	int status = bench_wait(bench_run(b, workspace, "import.out", (const char *const[]){ "import", corpus, "--corpus", "log", NULL }), &usage);

	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		bench_die("tamis import failed", NULL);
	free(corpus);
}

void bench_open_store(const char *workspace, struct workspace **w, struct store **s)
{
	struct error err = { 0 };

	if (workspace_open(w, workspace, 0, "ann", &err) < 0 || store_open(s, *w, &err) < 0)
		bench_die(workspace, &err);
}

/* Of the latest run of each. */
uint64_t bench_count_differing(const char *one, const char *other, size_t *items)
{
	struct workspace *w[2];
	struct store *s[2];
	struct run *runs;
	int64_t *ids[2];
	size_t n[2], n_runs;
	uint64_t differing;
	struct error err = { 0 };

	for (int i = 0; i < 2; i++) {
		bench_open_store(i ? other : one, &w[i], &s[i]);
		if (store_run_list(s[i], &runs, &n_runs, &err) < 0 || n_runs == 0 ||
		    store_item_ids(s[i], runs[n_runs - 1].id, KIND_INSTRUCTION, "id", &ids[i], &n[i], &err) < 0)
			bench_die("items", &err);
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
				bench_die("item", &err);
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

static int remove_entry(const char *name, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(name);
}

void bench_open(struct bench *b, unsigned segments, const char *name)
{
	const char *tmp = getenv("TMPDIR");

	b->segments = segments;
	snprintf(b->folder, sizeof b->folder, "%s/tamis-%s-XXXXXX", tmp && *tmp ? tmp : "/tmp", name);
	if (getenv("TAMIS") == NULL || mkdtemp(b->folder) == NULL)
		bench_die("no program or no folder", NULL);
	write_corpus(b);
}

void bench_close(struct bench *b)
{
	nftw(b->folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}
