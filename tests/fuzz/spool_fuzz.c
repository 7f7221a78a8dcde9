/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as the spool a killed process left: whole records up to the first torn one are brought in, each reply to its row and
 * unchanged, and the file is empty afterwards.  Each input is read twice: as it is, and with the sums of its records made right, which no
 * search finds by itself. */
#include <fcntl.h>
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/hash.h"
#include "store/requests.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LEN_AT = 8, KEY_AT = 24, KEY = 64, HEAD = KEY_AT + KEY, SUM = 8 };

static struct {
	char folder[200], *file, *spool;
	struct workspace *w;
	struct store *s;
	char key[KEY + 1];
} bench;

static int remove_entry(const char *name, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(name);
}

static void clear_away(void)
{
	store_close(bench.s);
	workspace_close(bench.w);
	nftw(bench.folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
	free(bench.file);
	free(bench.spool);
}

static void must(bool good)
{
	if (!good)
		abort();
}

static void set_up(void)
{
	const char *tmp = getenv("TMPDIR");
	struct error err = { 0 };

	snprintf(bench.folder, sizeof bench.folder, "%s/tamis-spool-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	must(mkdtemp(bench.folder) != NULL);
	bench.file = xasprintf("%s/w.tamis", bench.folder);
	bench.spool = xasprintf("%s-replies-0a", bench.file);
	must(workspace_open(&bench.w, bench.file, WORKSPACE_CREATE, "fuzz", &err) == 0);
	must(store_open(&bench.s, bench.w, &err) == 0);
	atexit(clear_away);
}

/* A question whose reply the spool may hold. */
static void ask(void)
{
	struct run run = { .pipeline = "backtranslate", .engine = "fuzz", .parameters = xstrdup("{}"), .inputs = xstrdup("{}") };
	struct request_row row = { .purpose = "draft", .endpoint = "http://localhost", .model = "toy", .body = { "{}", 2 } };
	struct error err = { 0 };

	must(store_run_begin(bench.s, &run, &err) == 0);
	row.run = run.id;
	memcpy(row.key, bench.key, sizeof row.key);
	must(store_requests_save(bench.s, NULL, 0, &row, 1, NULL, &err) == 0);
	run_free(&run);
}

/* Where the record at `at` ends by what it says; 0 when there is none.  Its sum is made right with `mend`. */
static size_t record_end(struct buf *bytes, size_t at, bool mend)
{
	uint64_t len, sum, said;

	if (bytes->len - at < HEAD + SUM || memcmp(bytes->p + at, "TMSR", 4) != 0)
		return 0;
	memcpy(&len, bytes->p + at + LEN_AT, sizeof len);
	if (len > bytes->len - at - HEAD - SUM)
		return 0;
	sum = hash64(bytes->p + at, HEAD + (size_t)len, 0);
	if (mend)
		memcpy(bytes->p + at + HEAD + len, &sum, SUM);
	memcpy(&said, bytes->p + at + HEAD + len, SUM);
	return said == sum ? at + HEAD + (size_t)len + SUM : 0;
}

static void no_tokens(struct request_row *row)
{
	(void)row;
}

static void recover(struct buf *bytes, bool mend)
{
	uint64_t whole = 0, recovered = 0;
	struct error err = { 0 };
	struct spool *spool;
	int fd = open(bench.spool, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	for (size_t at = 0, end; (end = record_end(bytes, at, mend)) != 0; at = end)
		whole++;
	must(fd >= 0 && fs_write_all(fd, bytes->p, bytes->len) == 0 && close(fd) == 0);
	must(spool_open(&spool, bench.s, no_tokens, &recovered, &err) == 0);
	must(recovered == whole);
	must(access(bench.spool, F_OK) == 0);
	spool_close(spool);
	must(access(bench.spool, F_OK) != 0);
}

/* The reply of the first record is the question's. */
static void check_row(const struct buf *bytes, size_t end)
{
	struct request_row row;
	struct buf text = BUF_INIT;
	struct error err = { 0 };

	must(store_request_find(bench.s, &row, &text, bench.key, &err) == 1);
	must(row.state == REQUEST_ANSWERED && span_eq(row.reply, span_make(bytes->p + HEAD, end - SUM - HEAD)));
	buf_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint64_t inputs;
	struct buf bytes = BUF_INIT;
	size_t end;

	if (bench.s == NULL)
		set_up();
	buf_add(&bytes, data, size);
	recover(&bytes, false);
	snprintf(bench.key, sizeof bench.key, "%064llx", (unsigned long long)++inputs);
	if (bytes.len >= HEAD)
		memcpy(bytes.p + KEY_AT, bench.key, KEY);
	end = record_end(&bytes, 0, true);
	if (end)
		ask();
	recover(&bytes, true);
	if (end)
		check_row(&bytes, end);
	buf_free(&bytes);
	return 0;
}
