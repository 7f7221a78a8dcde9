/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of an import share: import.c (the whole), import_source.c (one source), import_run.c (provenance),
 * import_refresh.c (an index made again).  Private to jobs/.
 */
#ifndef TAMIS_JOBS_IMPORTER_H
#define TAMIS_JOBS_IMPORTER_H

#include "jobs/import_plan.h"
#include "jobs/import_scan.h"

struct importer {
	struct job *job;
	struct store *s;
	const struct import_request *req;
	struct import_result *out;
	struct corpus corpus;
	struct corpus_view *view;
	bool handed;           /* the receiver has its view */
	struct import_scan scan;
	struct run run;        /* id 0 until something is to be indexed */
	int64_t batch_us;      /* when the open batch was begun */
};

/* import_run.c: the run is begun before the first source is indexed, so that an import that is cut off can be
 * seen, and ended with its counts; the end closes those that were cut off before. */
int import_begin_run(struct importer *imp, struct error *err);
int import_end_run(struct importer *imp, struct error *err);

/* import_source.c */
void import_hand_over(void *ctx /* struct importer */); /* gives the view to who asked for it, once */
bool import_can_be_named(const char *path);             /* false: its bytes are kept in FILE */
int import_recognise(struct importer *imp, struct shape *shape, const struct import_file *file, struct error *err);
const char *import_content_path(const struct source *src, const struct import_file *file);
/* Indexes from where src stands and saves how it ended. */
int import_index_source(struct importer *imp, struct source *src, const char *path, struct error *err);
int import_refuse_source(struct importer *imp, struct source *src, const char *why, struct error *err);
int import_one_file(struct importer *imp, const struct import_file *file, struct error *err);

/* import.c */
void import_finish(struct importer *imp);

#endif
