/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fs.h"
#include "review_fixture.h"

struct vt *vt;

static char folder[] = "/tmp/review-XXXXXX";
static char workspace[64];

static void write_file(const char *name, const char *text)
{
	char path[96];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

void run(const char *arguments)
{
	char command[512];

	snprintf(command, sizeof command, "cd %s && %s -q -w %s %s >/dev/null 2>&1", folder, vt_tamis(), workspace, arguments);
	if (system(command) != 0)
		fail_msg("failed: %s", command);
}

static void write_documents(void)
{
	char text[8192] = "";
	size_t n = 0;

	for (int i = 1; i <= 12; i++)
		n += (size_t)snprintf(text + n, sizeof text - n,
				      "{\"id\":\"d%d\",\"text\":\"document number %d\",\"score\":%.2f,\"dump\":\"CC-%d\"}\n", i, i,
				      (double)i / 20, i);
	write_file("docs.jsonl", text);
	n = (size_t)snprintf(text, sizeof text, "{\"text\":\"first line of a long one");
	for (int i = 1; i <= 80; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "\\nline %d", i);
	snprintf(text + n, sizeof text - n, "\"}\n{\"text\":\"evil \\u001b[2J\\u0007 text with \\u200bjoiner\"}\n");
	write_file("long.jsonl", text);
}

int review_prepare(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(workspace, sizeof workspace, "%s/w.tamis", folder);
	write_documents();
	write_file("pairs.tsv", "The file %s has 30 lines.\tDie Datei hat 40 Zeilen.\nHello <b>world</b>\tHallo Welt\n"
				"See http://x.org/a now\tSieh http://x.org/a jetzt\n");
	write_file("prefs.jsonl", "{\"prompt\":\"Say hello\",\"chosen\":\"Hello there, my friend.\",\"rejected\":\"Hello there, you fool.\"}\n"
				  "{\"prompt\":\"Say bye\",\"chosen\":\"Goodbye.\",\"rejected\":\"Bye, whatever.\"}\n");
	return 0;
}

int review_clean(void **state)
{
	char command[96];

	(void)state;
	snprintf(command, sizeof command, "rm -rf %s", folder);
	return system(command);
}

static void remove_workspace(void)
{
	char command[96];

	snprintf(command, sizeof command, "rm -f %s*", workspace);
	assert_int_equal(system(command), 0);
}

int review_fresh(void **state)
{
	(void)state;
	vt = NULL;
	remove_workspace();
	run("import docs.jsonl --corpus docs");
	run("import long.jsonl --corpus long");
	run("import pairs.tsv --corpus pairs --lang en-de");
	run("import prefs.jsonl --corpus prefs");
	return 0;
}

int review_done(void **state)
{
	(void)state;
	vt_free(vt);
	vt = NULL;
	return 0;
}

static bool in_log(const char *text)
{
	char path[96];
	struct buf log = BUF_INIT;
	struct error err = { 0 };
	bool found;

	snprintf(path, sizeof path, "%s-wal", workspace);
	found = fs_read_all(&log, path, 64 << 20, &err) == 0 && log.len > 0 && memmem(log.p, log.len, text, strlen(text));
	buf_free(&log);
	return found;
}

void on_disk(const char *text)
{
	const struct timespec pause = { .tv_nsec = 5000000 };

	for (int i = 0; i < 4000; i++) {
		if (in_log(text))
			return;
		nanosleep(&pause, NULL);
	}
	fail_msg("not on the disk: %s", text);
}

void lose_cache(void)
{
	char command[96];

	snprintf(command, sizeof command, "rm %s-cache*", workspace);
	assert_int_equal(system(command), 0);
}

void start_list(const char *corpus)
{
	const char *const argv[] = { vt_tamis(), "-w", workspace, NULL };

	vt = vt_start(argv, 24, 80, NULL);
	sees(corpus);
}

void start_where(const char *corpus, const char *where)
{
	const char *const argv[] = { vt_tamis(), "-w", workspace, "review", corpus, "--where", where, NULL };

	vt = vt_start(argv, 24, 80, NULL);
	sees("decided");
}

void start(const char *corpus, int rows, int cols, const char *const env[])
{
	const char *const argv[] = { vt_tamis(), "-w", workspace, "review", corpus, NULL };

	vt_free(vt);
	vt = vt_start(argv, rows, cols, env);
	assert_true(vt_wait_row(vt, 0, corpus, 0));
}

void review_at(const char *corpus, int rows, int cols, const char *const env[])
{
	start(corpus, rows, cols, env);
	sees("decided");
}

void review(const char *corpus)
{
	review_at(corpus, 24, 80, NULL);
}

void sees(const char *text)
{
	if (!vt_wait_text(vt, text, 0))
		fail_msg("\"%s\" is not on the screen", text);
}

void status(const char *text)
{
	if (!vt_wait_row(vt, -1, text, 0))
		fail_msg("\"%s\" is not in the status line", text);
}

void types(const char *keys)
{
	vt_type(vt, keys);
}

void leave(void)
{
	types("Q");
	assert_int_equal(vt_wait_exit(vt, 0), 0);
	assert_string_equal(vt_not_sane(vt), "");
}

void shown_by_show(const char *ref, const char *what)
{
	char command[256];
	FILE *out;
	char text[8192];
	size_t n;

	snprintf(command, sizeof command, "%s -w %s --json show %s 2>/dev/null", vt_tamis(), workspace, ref);
	out = popen(command, "r");
	n = fread(text, 1, sizeof text - 1, out);
	text[n] = '\0';
	pclose(out);
	if (!strstr(text, what))
		fail_msg("%s is not in: %s", what, text);
}
