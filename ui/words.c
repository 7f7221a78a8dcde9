/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers as people read them. */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/i18n.h"
#include "ui/words.h"

void words_bytes(char out[32], uint64_t n)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB", "PB" };
	double value = (double)n;
	size_t unit = 0;

	while (value >= 999.5 && unit < 5) {
		value /= 1000;
		unit++;
	}
	snprintf(out, 32, unit && value < 9.95 ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

void words_duration(char out[32], int64_t us)
{
	long long s = us / 1000000;

	if (s >= 3600)
		snprintf(out, 32, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
	else
		snprintf(out, 32, "%lld:%02lld", s / 60, s % 60);
}

int words_percent(uint64_t done, uint64_t total)
{
	if (total == 0)
		return 0;
	return done >= total ? 100 : (int)((double)done * 100 / (double)total);
}

/* How fast, and for how long still: once there is something to judge by. */
static void add_rate(struct buf *out, const struct job_snapshot *job, int64_t elapsed)
{
	double rate = (double)job->done * 1e6 / (double)elapsed;
	char text[32];

	if (rate < 1)
		return;
	if (strcmp(job->unit, _("bytes")) == 0) {
		words_bytes(text, (uint64_t)rate);
		buf_addf(out, _("  %s/s"), text);
	} else {
		words_count(text, (uint64_t)rate);
		buf_addf(out, _("  %s %s/s"), text, job->unit);
	}
	if (job->total > job->done) {
		words_duration(text, (int64_t)((double)(job->total - job->done) / rate * 1e6) + 999999);
		buf_addf(out, _("  %s left"), text);
	}
}

void words_job(struct buf *out, const struct job_snapshot *job, int64_t now, bool title)
{
	int64_t elapsed = (job->ended ? job->ended_us : now) - job->started_us;
	char text[32];

	if (title)
		buf_addf(out, "%s", job->title);
	if (job->total)
		buf_addf(out, "  %d%%", words_percent(job->done, job->total));
	else if (job->done) {
		words_count(text, job->done);
		buf_addf(out, "  %s %s", text, job->unit);
	}
	if (!job->ended && elapsed > 300000)
		add_rate(out, job, elapsed);
}

uint64_t words_memory(void)
{
	char text[128] = "";
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	char *second;

	if (fd < 0)
		return 0;
	if (read(fd, text, sizeof text - 1) < 0)
		text[0] = '\0';
	close(fd);
	second = strchr(text, ' ');
	return second ? strtoull(second, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}
