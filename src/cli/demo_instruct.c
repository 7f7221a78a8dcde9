/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tour's instruction pairs: drafts from the manuals on this machine, with what their checks say. */
#include "config.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/i18n.h"
#include "cli/demo.h"
#include "jobs/backtranslate.h"
#include "jobs/import.h"

enum { MOST_FILES = 60, SMALLEST = 2048, LARGEST = 2 << 20, PAIRS = 300 };

#define CORPUS "manuals"

struct drafting {
	struct import_request import;
	struct import_result imported;
	struct backtranslate_request request;
	struct backtranslate_result result;
};

static int draft(struct job *job, struct store *s, void *arg, struct error *err)
{
	struct drafting *d = arg;
	int rc = import_run(job, s, &d->import, &d->imported, err);

	return rc < 0 ? rc : backtranslate_run(job, s, &d->request, &d->result, err);
}

/* Pages of HTML below the folder of documents; where there are none, plain README files. */
static size_t find_manuals(glob_t *found, char **paths, const char *folder)
{
	static const char *const patterns[] = { "%s/*/*.html", "%s/*/html/*.html", "%s/*/README*" };
	size_t n = 0;

	for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
		char *pattern = i == 2 && n > 0 ? NULL : xasprintf(patterns[i], folder);

		if (pattern)
			glob(pattern, i ? GLOB_APPEND : 0, NULL, found);
		free(pattern);
		n = 0;
		for (size_t k = 0; k < found->gl_pathc && n < MOST_FILES; k++) {
			struct stat st;
			size_t len = strlen(found->gl_pathv[k]);

			if (stat(found->gl_pathv[k], &st) == 0 && S_ISREG(st.st_mode) && st.st_size >= SMALLEST && st.st_size <= LARGEST &&
			    strcmp(found->gl_pathv[k] + len - 3, ".gz") != 0)
				paths[n++] = found->gl_pathv[k];
		}
	}
	return n;
}

int demo_instruct(struct demo *demo, struct demo_result *out, struct error *err)
{
	struct drafting d = { .import = { .corpus = CORPUS, .wish = { .format = FORMAT_TEXT, .split = "file" } },
			      .request = { .corpus = CORPUS, .n = PAIRS } };
	char *paths[MOST_FILES];
	glob_t found = { 0 };
	int rc = 0;

	out->unit = N_("pairs");
	d.import.paths = paths;
	d.import.n_paths = find_manuals(&found, paths, demo->documents);
	if (d.import.n_paths == 0) {
		out->skipped = true;
		snprintf(out->what, sizeof out->what, _("no manual in HTML and no README under %s"), demo->documents);
	} else {
		rc = job_run(demo->cli->ws, _("drafting instructions"), draft, &d, demo->cli->quiet || demo->cli->json, err);
	}
	if (rc == 0 && !out->skipped) {
		out->count = d.result.pairs;
		snprintf(out->what, sizeof out->what,
			 _("instructions drafted from %llu manuals cut into %llu segments; checks: %llu pass, %llu warn, %llu fail; all wait for a "
			   "person"),
			 (unsigned long long)d.result.documents, (unsigned long long)d.result.segments,
			 (unsigned long long)d.result.outcomes[OUTCOME_PASS], (unsigned long long)d.result.outcomes[OUTCOME_WARN],
			 (unsigned long long)d.result.outcomes[OUTCOME_FAIL]);
	}
	globfree(&found);
	return rc;
}
