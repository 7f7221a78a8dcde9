/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the cache has lost is indexed again. */
#include "jobs/importer.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/log.h"

bool import_refresh_needed(struct store *s, int64_t corpus)
{
	int64_t *ids;
	size_t n;

	if (store_source_stale(s, corpus, &ids, &n, NULL) < 0)
		return false;
	free(ids);
	return n > 0;
}

static int refresh_source(struct importer *imp, int64_t id, struct error *err)
{
	struct import_file file = { .spool_fd = -1 };
	struct error why = {0};
	struct source src;
	int rc = store_source_get(imp->s, &src, id, err), how;

	if (rc < 0)
		return rc;
	how = source_check(imp->s, &src, &why);
	if (how < 0) {
		log_line("refresh: %s", why.msg);
		imp->out->skipped_sources++;
		src.state = how == TAMIS_ECHANGED ? SOURCE_CHANGED : SOURCE_MISSING;
		src.records = src.rejected = 0;
		rc = store_source_update(imp->s, &src, err);
		source_free(&src);
		return rc;
	}
	rc = store_source_forget(imp->s, id, err);
	src.records = src.rejected = src.position = 0;
	src.line = 1;
	file.path = src.path;
	if (rc == 0 && !import_can_be_named(src.path)) {
		rc = import_spool_open(&file.spool_fd, &file.spool, err);
		if (rc == 0)
			rc = store_kept_write(imp->s, id, file.spool_fd, err);
	}
	if (rc == 0 && src.shape.format == FORMAT_AUTO) {
		import_recognise(imp, &src.shape, &file, &why);
		rc = import_refuse_source(imp, &src, why.msg, err);
	}
	if (rc == 0)
		rc = import_index_source(imp, &src, import_content_path(&src, &file), err);
	free(file.spool);
	if (file.spool_fd >= 0)
		close(file.spool_fd);
	source_free(&src);
	return rc;
}

static int refresh(struct importer *imp, int64_t corpus, struct error *err)
{
	static const struct import_request nothing;
	int64_t *ids;
	size_t n;
	int rc = store_source_stale(imp->s, corpus, &ids, &n, err);

	*imp->out = (struct import_result){0};
	imp->req = &nothing;
	imp->handed = true;
	if (rc < 0 || n == 0) {
		free(ids);
		return rc;
	}
	imp->run.id = -1; /* making an index again is no run of its own */
	imp->scan.job = imp->job;
	imp->scan.s = imp->s;
	imp->scan.view = imp->view;
	imp->scan.threads = job_threads(imp->job);
	import_scan_init(&imp->scan);
	imp->scan.out = imp->out;
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = refresh_source(imp, ids[i], err);
	job_summary(imp->job,
		    _("index made again: %" PRIu64 " records of %" PRIu64 " files; %" PRIu64 " files are gone or changed"),
		    imp->out->records, imp->out->sources, imp->out->skipped_sources);
	free(ids);
	return rc;
}

int import_refresh(struct job *job, struct store *s, int64_t corpus, struct import_result *out, struct error *err)
{
	struct import_result unasked;
	struct importer imp = { .job = job, .s = s, .out = out ? out : &unasked };
	int rc = refresh(&imp, corpus, err);

	import_finish(&imp);
	return rc;
}

int import_refresh_view(struct job *job, struct store *s, struct corpus_view *view, struct error *err)
{
	struct import_result unasked;
	struct importer imp = { .job = job, .s = s, .out = &unasked, .view = corpus_view_share(view) };
	int rc;

	corpus_view_set_indexing(view, true);
	rc = refresh(&imp, corpus_view_corpus(view), err);
	import_finish(&imp);
	return rc;
}
