/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files to browse. */
#include "config.h"

#include "shelf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/shelf-XXXXXX";
static int workspaces;

const char *shelf_path(const char *name)
{
	static char path[256];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

void shelf_write(const char *name, const char *text)
{
	FILE *file = fopen(shelf_path(name), "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void write_documents(FILE *file)
{
	for (int i = 1; i <= 60; i++) {
		fprintf(file, "{\"id\": \"d%d\", \"score\": %.2f, \"text\": \"Document %d begins here.", i, i / 100.0, i);
		if (i == 7)
			fprintf(file, " There is a needle in it.");
		if (i == 9)
			fprintf(file, " \\u001b[31mred\\u001b]0;title\\u0007 \\u009b2J \\u202eright\\u200b \\r\\bover");
		for (int k = 0; k < 12 * (i % 5); k++)
			fprintf(file, i % 3 == 0 ? " 语言模型的训练数据" : " word%d", k);
		fprintf(file, "\"}\n");
	}
}

static void write_long(FILE *file)
{
	fprintf(file, "{\"id\": \"long\", \"text\": \"It begins with \\\"quotes\\\" and goes on");
	for (int i = 0; i < 500000; i++)
		fprintf(file, " word%d\\n%s", i, i == 499000 ? " needle " : "");
	fprintf(file, "The very end\"}\n{\"id\": \"short\", \"text\": \"The short one\"}\n");
}

static int write_with(const char *name, void (*write)(FILE *file))
{
	FILE *file = fopen(shelf_path(name), "w");

	if (!file)
		return -1;
	write(file);
	return fclose(file);
}

int shelf_make(void **state)
{
	(void)state;
	if (!mkdtemp(folder) || write_with("shelf.jsonl", write_documents) != 0 || write_with("long.jsonl", write_long) != 0)
		return -1;
	shelf_write("pairs.tsv", "The cat sleeps.\tLe chat dort.\nIt rains in 2024.\tIl pleut en 2023.\n"
				 "Good morning to all of you.\tBonjour à tous.\n");
	shelf_write("qa.jsonl", "{\"instruction\": \"Name a colour\", \"input\": \"\", \"output\": \"Blue is one.\"}\n"
				"{\"instruction\": \"Add two and two\", \"input\": \"\", \"output\": \"Four.\"}\n");
	return 0;
}

int shelf_clean(void **state)
{
	char command[300];

	(void)state;
	snprintf(command, sizeof command, "rm -rf %s", folder);
	return system(command);
}

static struct vt *start(const char *file, int rows, int cols, const char *const env[], const char *option, const char *value)
{
	char workspace[256], path[256];
	const char *argv[8] = { vt_tamis(), "-w", workspace };
	int n = 3;

	snprintf(workspace, sizeof workspace, "%s/w%d.tamis", folder, workspaces);
	if (option)
		argv[n++] = option;
	if (value)
		argv[n++] = value;
	if (file) {
		snprintf(path, sizeof path, "%s/%s", folder, file);
		argv[n++] = path;
	}
	return vt_start(argv, rows, cols, env);
}

struct vt *shelf_open(const char *file, int rows, int cols, const char *const env[])
{
	struct vt *vt;

	workspaces++;
	vt = start(file, rows, cols, env, NULL, NULL);
	if (rows < 4)
		return vt;
	assert_true(vt_wait_row(vt, 0, "tamis", 0));
	if (file)
		assert_true(vt_wait_row(vt, 0, "record", 0));
	return vt;
}

struct vt *shelf_again(int rows, int cols, const char *const env[], const char *option, const char *value)
{
	struct vt *vt = start(NULL, rows, cols, env, option, value);

	assert_true(vt_wait_row(vt, 0, "tamis", 0));
	return vt;
}

void shelf_leave(struct vt *vt)
{
	vt_type(vt, "Q");
	assert_int_equal(vt_wait_exit(vt, 0), 0);
	assert_string_equal(vt_not_sane(vt), "");
	vt_free(vt);
}
