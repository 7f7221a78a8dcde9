/* SPDX-License-Identifier: GPL-3.0-or-later */
/* measure cost -- COMMAND…        what a command costs: wall_ms, cpu_ms, peak_kb; 1 when it fails
 * measure tty [STEP…] -- COMMAND… how a program behaves on a terminal of 50 x 160
 *
 * Prints one "name value" line a figure, for bench/run.  Steps, in order, times in milliseconds:
 *
 *	env=NAME=VALUE         (before the start)
 *	size=ROWSxCOLUMNS      (before the start)
 *	type=KEYS              \r \e \xHH and \\ are understood
 *	NAME:wait=TEXT         NAME = from the last key (or the start) until TEXT is on the screen
 *	NAME:gone=TEXT         … until it is gone
 *	NAME:still=MS          NAME = from the last key until the last output before MS of silence
 *	NAME:idle=MS           NAME_bytes_per_s while nothing is done
 *	NAME:repeat=N:KEYS     N times: key until the last byte of its redraw: NAME_p50 _p90 _p99 _bytes (mean)
 *	NAME:verdict=N:KEYS    N times: key until the next item is painted, and until the mark "not yet on disk" is painted away, which is
 *	                       the last output before SETTLED ms of silence: NAME_paint_p50 …, NAME_durable_p50 …
 *	NAME:cost              NAME_cpu_ms, NAME_rss_kb, NAME_peak_kb of the program so far
 *	NAME:cpu_still=MS      waits until it used no processor for MS; NAME = when it stopped, from the last key
 *	limit=MS               patience of the waits after it (120,000)
 *	dump                   the screen, to standard error
 *	end=KEYS               types and waits for the end; prints exit
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/vec.h"
#include "tests/screen/vt.h"

#define QUIET_AFTER_KEY 12 /* ms without output that end a redraw */
#define SETTLED 150        /* ms without output after which a verdict is taken for durable */

static void say(const char *name, const char *suffix, double value)
{
	printf("%s%s %.3f\n", name, suffix, value);
	fflush(stdout);
}

/* ---- cost ---- */

static double seconds_of(struct timeval tv)
{
	return (double)tv.tv_sec + (double)tv.tv_usec / 1e6;
}

static int cost(char **argv)
{
	uint64_t start = vt_now();
	pid_t pid = fork();
	if (pid == 0) {
		execvp(argv[0], argv);
		perror(argv[0]);
		_exit(127);
	}
	int status;
	struct rusage used;
	while (wait4(pid, &status, 0, &used) < 0 && errno == EINTR)
		;
	double wall = (double)(vt_now() - start) / 1e6;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		fprintf(stderr, "measure: %s failed\n", argv[0]);
		return 1;
	}
	say("wall_ms", "", wall);
	say("cpu_ms", "", 1000 * (seconds_of(used.ru_utime) + seconds_of(used.ru_stime)));
	say("peak_kb", "", (double)used.ru_maxrss);
	return 0;
}

/* ---- what the kernel knows of a process ---- */

/* Processor time of one process and of the children it has waited for; its parent in *parent. */
static double own_cpu_ms(int *parent, pid_t pid)
{
	char path[64], line[1024];
	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	FILE *file = fopen(path, "r");
	if (!file)
		return 0;
	bool read = fgets(line, sizeof line, file) != NULL;
	fclose(file);
	const char *rest = read ? strrchr(line, ')') : NULL;
	unsigned long user = 0, system = 0;
	long children_user = 0, children_system = 0;
	if (!rest || sscanf(rest + 1, " %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %ld %ld", parent, &user, &system,
			    &children_user, &children_system) != 5)
		return 0;
	double ticks = (double)(user + system) + (double)(children_user + children_system);
	return 1000.0 * ticks / (double)sysconf(_SC_CLK_TCK);
}

/* Of the program and its living children: some search in a process of their own. */
static double cpu_ms(pid_t pid)
{
	int parent = 0;
	double sum = own_cpu_ms(&parent, pid);
	DIR *processes = opendir("/proc");
	for (struct dirent *entry; processes && (entry = readdir(processes));) {
		pid_t other = atoi(entry->d_name);
		if (other <= 0 || other == pid)
			continue;
		double used = own_cpu_ms(&parent, other);
		if (parent == pid)
			sum += used;
	}
	if (processes)
		closedir(processes);
	return sum;
}

static double status_kb(pid_t pid, const char *field)
{
	char path[64], line[256];
	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	FILE *file = fopen(path, "r");
	double kb = 0;
	while (file && fgets(line, sizeof line, file)) {
		size_t n = strlen(field);
		if (strncmp(line, field, n) == 0 && line[n] == ':')
			kb = atof(line + n + 1);
	}
	if (file)
		fclose(file);
	return kb;
}

/* ---- steps ---- */

struct session {
	struct vt *vt;
	int limit;
	int failed;
};

struct step {
	const char *verb;
	void (*run)(struct session *s, const char *name, const char *argument);
};

/* Turns \r \e \xHH \\ into bytes. */
static char *unescape(const char *text)
{
	struct buf out = BUF_INIT;
	for (; *text; text++) {
		unsigned value;
		if (text[0] != '\\' || !text[1]) {
			buf_addc(&out, *text);
			continue;
		}
		text++;
		if (*text == 'x' && sscanf(text + 1, "%2x", &value) == 1) {
			buf_addc(&out, (char)value);
			text += 2;
		} else {
			buf_addc(&out, *text == 'r' ? '\r' : *text == 'n' ? '\n' : *text == 't' ? '\t' : *text == 'e' ? '\033' : *text);
		}
	}
	return buf_steal(&out, NULL);
}

static void type_keys(struct session *s, const char *keys)
{
	char *bytes = unescape(keys);
	vt_type(s->vt, bytes);
	free(bytes);
}

static void step_type(struct session *s, const char *name, const char *argument)
{
	(void)name;
	type_keys(s, argument);
}

static void waited(struct session *s, const char *name, bool came)
{
	if (came)
		say(name, "", (double)(vt_last_at(s->vt) - vt_typed_at(s->vt)) / 1e6);
	else
		s->failed = 1;
}

static void step_wait(struct session *s, const char *name, const char *argument)
{
	waited(s, name, vt_wait_text(s->vt, argument, s->limit));
}

static void step_gone(struct session *s, const char *name, const char *argument)
{
	waited(s, name, vt_wait_gone(s->vt, argument, s->limit));
}

static void step_still(struct session *s, const char *name, const char *argument)
{
	waited(s, name, vt_wait_quiet(s->vt, atoi(argument), s->limit));
}

static void step_idle(struct session *s, const char *name, const char *argument)
{
	int ms = atoi(argument);
	uint64_t before = vt_bytes(s->vt);
	vt_run(s->vt, ms);
	say(name, "_bytes_per_s", (double)(vt_bytes(s->vt) - before) * 1000 / ms);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Nearest rank. */
static double percentile(const double *sorted, size_t n, double p)
{
	size_t rank = (size_t)ceil(p * (double)n);
	return sorted[rank > 0 ? rank - 1 : 0];
}

static void say_percentiles(const char *name, double *values, size_t n)
{
	qsort(values, n, sizeof *values, by_value);
	say(name, "_p50", percentile(values, n, 0.50));
	say(name, "_p90", percentile(values, n, 0.90));
	say(name, "_p99", percentile(values, n, 0.99));
}

static void step_repeat(struct session *s, const char *name, const char *argument)
{
	size_t n = strtoull(argument, NULL, 10), seen = 0;
	const char *keys = strchr(argument, ':');
	if (!n || !keys) {
		s->failed = 1;
		return;
	}
	double *latency = xcalloc(n, sizeof *latency);
	uint64_t before = vt_bytes(s->vt);
	for (size_t i = 0; i < n; i++) {
		type_keys(s, keys + 1);
		vt_wait_quiet(s->vt, QUIET_AFTER_KEY, s->limit);
		if (vt_first_at(s->vt))
			latency[seen++] = (double)(vt_last_at(s->vt) - vt_typed_at(s->vt)) / 1e6;
	}
	if (seen) {
		say_percentiles(name, latency, seen);
		say(name, "_bytes", (double)(vt_bytes(s->vt) - before) / (double)n);
	}
	if (seen < n)
		say(name, "_unanswered", (double)(n - seen));
	free(latency);
}

static void step_verdict(struct session *s, const char *name, const char *argument)
{
	size_t n = strtoull(argument, NULL, 10);
	const char *keys = strchr(argument, ':');
	if (!n || !keys) {
		s->failed = 1;
		return;
	}
	double *paint = xcalloc(n, sizeof *paint), *durable = xcalloc(n, sizeof *durable);
	size_t seen = 0, marked = 0;
	for (size_t i = 0; i < n; i++) {
		type_keys(s, keys + 1);
		vt_wait_quiet(s->vt, SETTLED, s->limit);
		if (!vt_first_at(s->vt))
			continue;
		paint[seen] = (double)(vt_first_at(s->vt) - vt_typed_at(s->vt)) / 1e6;
		durable[seen++] = (double)(vt_last_at(s->vt) - vt_typed_at(s->vt)) / 1e6;
		marked += vt_last_at(s->vt) > vt_first_at(s->vt);
	}
	char label[80];
	if (seen) {
		snprintf(label, sizeof label, "%s_paint", name);
		say_percentiles(label, paint, seen);
		snprintf(label, sizeof label, "%s_durable", name);
		say_percentiles(label, durable, seen);
	}
	say(name, "_answered", (double)seen);
	say(name, "_marked", (double)marked); /* painted twice: with the mark and without */
	free(paint);
	free(durable);
}

static void step_cost(struct session *s, const char *name, const char *argument)
{
	(void)argument;
	say(name, "_cpu_ms", cpu_ms(vt_pid(s->vt)));
	say(name, "_rss_kb", status_kb(vt_pid(s->vt), "VmRSS"));
	say(name, "_peak_kb", status_kb(vt_pid(s->vt), "VmHWM"));
}

static void step_cpu_still(struct session *s, const char *name, const char *argument)
{
	double window = atof(argument);
	uint64_t last_busy = vt_now(), deadline = last_busy + (uint64_t)s->limit * 1000000u;
	double used = cpu_ms(vt_pid(s->vt));
	while (vt_now() < deadline && (double)(vt_now() - last_busy) / 1e6 < window) {
		vt_run(s->vt, 20);
		double now = cpu_ms(vt_pid(s->vt));
		if (now > used) {
			used = now;
			last_busy = vt_now();
		}
	}
	say(name, "", (double)(last_busy - vt_typed_at(s->vt)) / 1e6);
}

static void step_limit(struct session *s, const char *name, const char *argument)
{
	(void)name;
	s->limit = atoi(argument);
}

static void step_dump(struct session *s, const char *name, const char *argument)
{
	(void)name;
	(void)argument;
	vt_dump(s->vt);
}

static void step_end(struct session *s, const char *name, const char *argument)
{
	(void)name;
	type_keys(s, argument);
	say("exit", "", vt_wait_exit(s->vt, s->limit));
}

static const struct step steps[] = {
	{ "type", step_type }, { "wait", step_wait }, { "gone", step_gone },   { "still", step_still },
	{ "idle", step_idle }, { "cost", step_cost }, { "limit", step_limit }, { "cpu_still", step_cpu_still },
	{ "dump", step_dump }, { "end", step_end },   { "repeat", step_repeat },
	{ "verdict", step_verdict },
};

/* "NAME:verb=argument", "verb=argument", "NAME:verb" or "verb" */
static void run_step(struct session *s, const char *text)
{
	char name[64] = "time";
	size_t head = strcspn(text, ":=");
	if (text[head] == ':' && head < sizeof name) {
		memcpy(name, text, head);
		name[head] = '\0';
		text += head + 1;
	}
	size_t verb = strcspn(text, "=");
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		if (strlen(steps[i].verb) == verb && strncmp(steps[i].verb, text, verb) == 0) {
			steps[i].run(s, name, text[verb] ? text + verb + 1 : "");
			return;
		}
	}
	fprintf(stderr, "measure: no step is called %s\n", text);
	s->failed = 1;
}

static int tty(int argc, char **argv)
{
	const char *env[32] = { NULL };
	size_t n_env = 0;
	int rows = 50, cols = 160, first = -1, command = argc;
	for (int i = 0; i < argc && command == argc; i++) {
		if (strcmp(argv[i], "--") == 0)
			command = i + 1;
		else if (strncmp(argv[i], "env=", 4) == 0 && n_env < 31)
			env[n_env++] = argv[i] + 4;
		else if (sscanf(argv[i], "size=%dx%d", &rows, &cols) != 2 && first < 0)
			first = i;
	}
	if (command >= argc)
		return 2;
	struct session s = { .limit = 120000 };
	s.vt = vt_start((const char *const *)(argv + command), rows, cols, env);
	vt_set_settle(s.vt, 0);
	for (int i = first; i >= 0 && i < command - 1 && !s.failed; i++) {
		if (strncmp(argv[i], "env=", 4) != 0 && strncmp(argv[i], "size=", 5) != 0)
			run_step(&s, argv[i]);
	}
	vt_free(s.vt);
	return s.failed;
}

int main(int argc, char **argv)
{
	if (argc > 3 && strcmp(argv[1], "cost") == 0 && strcmp(argv[2], "--") == 0)
		return cost(argv + 3);
	int status = argc > 2 && strcmp(argv[1], "tty") == 0 ? tty(argc - 2, argv + 2) : 2;
	if (status == 2)
		fprintf(stderr, "usage: measure cost -- COMMAND… | measure tty [STEP…] -- COMMAND…\n");
	return status;
}
