/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tour's source tree: the largest of a few that machines have, put in dependency order. */
#include "config.h"

#include <dirent.h>
#include <stdio.h>

#include "base/i18n.h"
#include "cli/demo.h"
#include "jobs/order.h"

/* Where source trees are found; the first that is there serves. */
static const char *const trees[] = { "/usr/lib/python3/dist-packages", "/usr/lib/python3", "/usr/share/perl5", "/usr/include", "/usr/share/perl" };

struct ordering {
	struct order_request request;
	struct order_work work;
	int64_t run;
};

static int order_work(struct job *job, struct store *s, void *arg, struct error *err)
{
	struct ordering *o = arg;
	int rc = order_work_open(&o->work, &o->request, s, job, err);

	return rc ? rc : order_work_save(&o->work, &o->request, s, &o->run, err);
}

static bool has_entries(const char *folder)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	int n = 0;

	while (dir && n < 8 && (entry = readdir(dir)))
		n += entry->d_name[0] != '.';
	if (dir)
		closedir(dir);
	return n >= 3;
}

int demo_order(struct demo *demo, struct demo_result *out, struct error *err)
{
	struct ordering o = { 0 };
	int rc;

	out->unit = N_("files");
	o.request.path = demo->sources;
	for (size_t i = 0; i < sizeof trees / sizeof *trees && !o.request.path; i++)
		if (has_entries(trees[i]))
			o.request.path = trees[i];
	if (o.request.path == NULL) {
		snprintf(out->what, sizeof out->what, _("no source tree found; libc6-dev or any Python package brings one"));
		out->skipped = true;
		return 0;
	}
	rc = job_run(demo->cli->ws, _("ordering"), order_work, &o, demo->cli->quiet || demo->cli->json, err);
	if (rc == 0) {
		out->count = o.work.repo.files.n;
		snprintf(out->what, sizeof out->what, _("%s in dependency order: %.1f %% of %llu links have the dependency first"), o.request.path,
			 o.work.order.links ? 100.0 * (double)o.work.order.satisfied / (double)o.work.order.links : 100.0,
			 (unsigned long long)o.work.order.links);
	}
	order_work_free(&o.work);
	return rc;
}
