/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What tests that run `tamis backtranslate --generator http` as real processes share: a folder with a corpus made by code, the
 * processes, a look at what they left.  Each function ends the test, with a sentence, when it can't do its work.
 */
#ifndef TAMIS_TESTS_CRASH_MODEL_BENCH_H
#define TAMIS_TESTS_CRASH_MODEL_BENCH_H

#include <sys/resource.h>
#include <sys/types.h>

#include "store/store.h"

struct bench {
	char folder[200];
	unsigned segments; /* of the corpus: each a record of its own, all different */
};

/* A new folder under TMPDIR with the corpus, to be removed by bench_close(). */
void bench_open(struct bench *b, unsigned segments, const char *name);
void bench_close(struct bench *b);
void bench_die(const char *what, const struct error *err) __attribute__((noreturn));
unsigned bench_number(const char *name, unsigned otherwise);          /* of the environment */
char *bench_path(const struct bench *b, const char *name);            /* in the folder; to be freed */
/* Starts `tamis -w workspace --json -q words…`, its standard output in the folder's `output`. */
pid_t bench_run(const struct bench *b, const char *workspace, const char *output, const char *const *words);
int bench_wait(pid_t pid, struct rusage *usage);                      /* the status */
void bench_import(const struct bench *b, const char *workspace);      /* the corpus, as "log" */
void bench_open_store(const char *workspace, struct workspace **w, struct store **s);
/* Instruction items of the latest run of each workspace that are not the same, byte for byte; `*items` of the first. */
uint64_t bench_count_differing(const char *one, const char *other, size_t *items);

#endif
