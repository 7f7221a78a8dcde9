/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tour's exports. */
#include "config.h"

#include "cli/demo.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/fs.h"
#include "base/i18n.h"
#include "jobs/export.h"

struct export_work {
	struct export_request request;
	struct export_result result;
};

static int export_work(struct job *job, struct store *s, void *arg, struct error *err)
{
	struct export_work *w = arg;

	return export_run(job, s, &w->request, &w->result, err);
}

static int export_to(struct demo *demo, struct demo_result *out, struct export_work *w, const char *name, struct error *err)
{
	char *path = fs_join(demo->folder, name);
	int r;

	w->request.to = path;
	r = job_run(demo->cli->ws, _("exporting"), export_work, w, demo->cli->quiet || demo->cli->json, err);
	out->count = w->result.written;
	snprintf(out->what, sizeof out->what, _("%s, %llu bytes, SHA-256 %.12s…, with a manifest"), name,
		 (unsigned long long)w->result.bytes, w->result.sha256);
	free(path);
	return r;
}

int demo_export_documents(struct demo *demo, struct demo_result *out, struct error *err)
{
	struct export_work w = { .request = { .corpus = DEMO_DOCUMENTS, .accepted = true, .format = "csv" } };

	out->unit = N_("documents");
	return demo_has_corpus(demo, DEMO_DOCUMENTS) ? export_to(demo, out, &w, "accepted.csv", err) : demo_skip(out);
}

int demo_export_bitext(struct demo *demo, struct demo_result *out, struct error *err)
{
	struct export_work w = { .request = { .corpus = demo->bitext, .format = "tmx" } };

	out->unit = N_("pairs");
	return demo_has_corpus(demo, demo->bitext) ? export_to(demo, out, &w, "messages.tmx", err) : demo_skip(out);
}
