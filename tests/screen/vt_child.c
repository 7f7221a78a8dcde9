/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starting, watching and ending the program on a pseudo-terminal. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utmp.h>

#include "vt_child.h"

/* What the leader writes: the program's process first, then each change of its state. */
struct news {
	enum { NEWS_PID, NEWS_FAILED, NEWS_STATUS } kind;
	int value;
};

static const char *const pinned[] = { "TERM=xterm-256color", "LC_ALL=C.UTF-8", "TZ=UTC", "ESCDELAY=25", NULL };
static const char *const passed_on[] = { "PATH",	 "TMPDIR",	  "ASAN_OPTIONS",    "UBSAN_OPTIONS",	"TSAN_OPTIONS",
					 "LSAN_OPTIONS", "TAMIS_DATADIR", "TAMIS_LOCALEDIR", "LLVM_PROFILE_FILE", NULL };

static void die(const char *what)
{
	fprintf(stderr, "vt: %s: %s\n", what, strerror(errno));
	exit(99);
}

static void report(int fd, int kind, int value)
{
	struct news news = { kind, value };
	while (write(fd, &news, sizeof news) < 0 && errno == EINTR)
		;
}

static void put(const char *assignment)
{
	const char *equals = strchr(assignment, '=');
	if (!equals) {
		unsetenv(assignment);
		return;
	}
	char *name = strndup(assignment, (size_t)(equals - assignment));
	if (!name || setenv(name, equals + 1, 1) != 0)
		_exit(99);
	free(name);
}

static void make_environment(const char *home, const char *const env[])
{
	char *kept[sizeof passed_on / sizeof *passed_on] = { NULL };
	for (size_t i = 0; passed_on[i]; i++) {
		const char *value = getenv(passed_on[i]);
		kept[i] = value ? strdup(value) : NULL;
	}
	clearenv();
	for (size_t i = 0; passed_on[i]; i++) {
		if (kept[i])
			setenv(passed_on[i], kept[i], 1);
		free(kept[i]);
	}
	for (size_t i = 0; pinned[i]; i++)
		put(pinned[i]);
	setenv("HOME", home, 1);
	for (size_t i = 0; env && env[i]; i++)
		put(env[i]);
}

static void run_program(const char *const argv[], const char *home, const char *const env[], int news)
{
	setpgid(0, 0);
	tcsetpgrp(STDIN_FILENO, getpid());
	signal(SIGTTOU, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	make_environment(home, env);
	/* execvp() takes char *const[] for history's sake; it changes nothing. */
	union {
		const char *const *borrowed;
		char *const *wanted;
	} arguments = { argv };
	execvp(argv[0], arguments.wanted);
	report(news, NEWS_FAILED, errno);
	_exit(127);
}

static volatile sig_atomic_t job;

/* A shell passes the loss of its terminal on to its job. */
static void pass_on(int signal)
{
	int before = errno;

	if (job > 0)
		kill(-job, signal);
	errno = before;
}

static void lead(const char *const argv[], const char *home, const char *const env[], int news, int hold)
{
	signal(SIGTTOU, SIG_IGN);
	pid_t pid = fork();
	if (pid == 0)
		run_program(argv, home, env, news);
	if (pid < 0) {
		report(news, NEWS_FAILED, errno);
		_exit(99);
	}
	job = pid;
	signal(SIGHUP, pass_on);
	setpgid(pid, pid);
	tcsetpgrp(STDIN_FILENO, pid);
	report(news, NEWS_PID, pid);
	for (;;) {
		int status;
		pid_t got = waitpid(pid, &status, WUNTRACED);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			break;
		report(news, NEWS_STATUS, status);
		if (!WIFSTOPPED(status))
			break;
	}
	/* Ending now would hang the terminal up and reset its modes: wait until the test is done with it. */
	char end;
	while (read(hold, &end, 1) < 0 && errno == EINTR)
		;
	_exit(0);
}

void vt_child_start(struct vt_child *child, const char *const argv[], int rows, int cols, const char *const env[])
{
	memset(child, 0, sizeof *child);
	const char *folder = getenv("TMPDIR");
	snprintf(child->home, sizeof child->home, "%s/vt-XXXXXX", folder && strlen(folder) < 48 ? folder : "/tmp");
	if (!mkdtemp(child->home))
		die(child->home);
	struct winsize size = { .ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols };
	if (openpty(&child->master, &child->slave, NULL, NULL, &size) != 0)
		die("no pseudo-terminal");
	int news[2], hold[2];
	if (pipe2(news, O_CLOEXEC) != 0 || pipe2(hold, O_CLOEXEC) != 0)
		die("no pipe");
	fcntl(child->master, F_SETFD, FD_CLOEXEC);
	fcntl(child->slave, F_SETFD, FD_CLOEXEC);
	fcntl(child->master, F_SETFL, O_NONBLOCK);
	tcgetattr(child->slave, &child->before);
	fflush(NULL);
	child->leader = fork();
	if (child->leader < 0)
		die("no process");
	if (child->leader == 0) {
		close(child->master);
		close(news[0]);
		close(hold[1]);
		if (login_tty(child->slave) != 0)
			die("no session");
		lead(argv, child->home, env, news[1], hold[0]);
	}
	close(news[1]);
	close(hold[0]);
	child->news = news[0];
	child->hold = hold[1];
	vt_child_news(child);
	if (child->pid <= 0)
		vt_child_news(child);
}

void vt_child_news(struct vt_child *child)
{
	struct news news;
	ssize_t n;
	do
		n = read(child->news, &news, sizeof news);
	while (n < 0 && errno == EINTR);
	if (n != (ssize_t)sizeof news) {
		child->ended = true;
		return;
	}
	if (news.kind == NEWS_FAILED) {
		fprintf(stderr, "vt: the program can't be started: %s\n", strerror(news.value));
		exit(99);
	}
	if (news.kind == NEWS_PID) {
		child->pid = news.value;
		return;
	}
	child->status = news.value;
	child->stopped = WIFSTOPPED(news.value);
	child->ended = !child->stopped;
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

void vt_child_end(struct vt_child *child)
{
	if (!child->ended)
		kill(-child->pid, SIGKILL);
	close(child->hold);
	if (child->master >= 0)
		close(child->master);
	if (child->slave >= 0)
		close(child->slave);
	while (waitpid(child->leader, NULL, 0) < 0 && errno == EINTR)
		;
	close(child->news);
	nftw(child->home, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}
