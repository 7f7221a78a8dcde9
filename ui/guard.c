/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signal handlers; everything they call is async-signal-safe. */
#include "config.h"

#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/data.h"
#include "base/fs.h"
#include "base/i18n.h"
#include "base/log.h"
#include "ui/guard.h"

#define GUARD_STACK 65536

static const int asking[] = { SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGWINCH, SIGTSTP, SIGCONT };
static const int faults[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL };

#define N_ASKING (sizeof asking / sizeof *asking)
#define N_FAULTS (sizeof faults / sizeof *faults)

static struct guard {
	const struct wake *wake;
	atomic_int asked;
	atomic_int ending;
	atomic_bool armed;
	int fd;
	char restore[1024];
	size_t restore_len;
	struct termios modes;
	char folder[1024];       /* of the crash log, with its parents */
	char path[1200];
	char said[1500];
	char *stack;
	struct sigaction before_asking[N_ASKING];
	struct sigaction before_faults[N_FAULTS];
} guard;

static void put(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t done = write(fd, p, n);

		if (done <= 0)
			return;
		p += done;
		n -= (size_t)done;
	}
}

static void restore_terminal(void)
{
	if (!atomic_load(&guard.armed))
		return;
	atomic_store(&guard.armed, false);
	put(guard.fd, guard.restore, guard.restore_len);
	tcsetattr(guard.fd, TCSANOW, &guard.modes);
}

static void on_asked(int number)
{
	int saved = errno;
	int expected = 0;

	switch (number) {
	case SIGWINCH:
		atomic_fetch_or(&guard.asked, GUARD_RESIZED);
		break;
	case SIGTSTP:
		atomic_fetch_or(&guard.asked, GUARD_SUSPEND);
		break;
	case SIGCONT:
		atomic_fetch_or(&guard.asked, GUARD_CONTINUED);
		break;
	default:
		if (!atomic_compare_exchange_strong(&guard.ending, &expected, number)) {
			restore_terminal();
			_exit(128 + number);
		}
	}
	wake_up(guard.wake);
	errno = saved;
}

/* mkdir -p, changing the path in place and back. */
static void make_folder(char *path)
{
	for (char *p = path + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		mkdir(path, 0700);
		*p = '/';
	}
	mkdir(path, 0700);
}

static void write_number(int fd, int n)
{
	char digits[12];
	size_t at = sizeof digits;

	do
		digits[--at] = (char)('0' + n % 10);
	while (n /= 10);
	put(fd, digits + at, sizeof digits - at);
}

static void on_fault(int number)
{
	static const char head[] = PACKAGE_STRING ": signal ";
	static const char trace[] = "\n--- where\n";
	static const char log[] = "--- before\n";
	void *frames[64];
	int fd;

	restore_terminal();
	make_folder(guard.folder);
	fd = open(guard.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0) {
		put(fd, head, sizeof head - 1);
		write_number(fd, number);
		put(fd, trace, sizeof trace - 1);
		backtrace_symbols_fd(frames, backtrace(frames, 64), fd);
		put(fd, log, sizeof log - 1);
		log_dump(fd);
		close(fd);
		put(2, guard.said, strlen(guard.said));
	}
	raise(number); /* SA_RESETHAND: this time it kills */
}

static void prepare_crash_log(void)
{
	char *folder = data_state_folder();

	snprintf(guard.folder, sizeof guard.folder, "%s", folder ? folder : "/tmp");
	snprintf(guard.path, sizeof guard.path, "%s/crash-%lld-%d.log", guard.folder, (long long)clock_wall_ms(), (int)getpid());
	snprintf(guard.said, sizeof guard.said,
		 _("tamis has crashed. Every decision it had acknowledged is saved. What happened is in\n%s\n"), guard.path);
	free(folder);
}

void guard_start(const struct wake *wake)
{
	struct sigaction act = { .sa_handler = on_asked, .sa_flags = SA_RESTART };
	struct sigaction fault = { .sa_handler = on_fault, .sa_flags = (int)(SA_RESETHAND | SA_NODEFER | SA_ONSTACK) };
	stack_t stack = { .ss_size = GUARD_STACK };

	guard.wake = wake;
	atomic_store(&guard.ending, 0);
	prepare_crash_log();
	guard.stack = xmalloc(GUARD_STACK);
	stack.ss_sp = guard.stack;
	sigaltstack(&stack, NULL);
	sigemptyset(&act.sa_mask);
	sigemptyset(&fault.sa_mask);
	for (size_t i = 0; i < N_ASKING; i++)
		sigaction(asking[i], &act, &guard.before_asking[i]);
	for (size_t i = 0; i < N_FAULTS; i++)
		sigaction(faults[i], &fault, &guard.before_faults[i]);
	signal(SIGXFSZ, SIG_IGN); /* seen as EFBIG */
	signal(SIGPIPE, SIG_IGN);
}

void guard_terminal(int fd, const char *restore, size_t len, const struct termios *modes)
{
	guard.fd = fd;
	guard.restore_len = len < sizeof guard.restore ? len : sizeof guard.restore;
	memcpy(guard.restore, restore, guard.restore_len);
	guard.modes = *modes;
	atomic_store(&guard.armed, true);
}

void guard_armed(bool armed)
{
	atomic_store(&guard.armed, armed && guard.restore_len > 0);
}

void guard_stop(void)
{
	stack_t none = { .ss_flags = SS_DISABLE };

	for (size_t i = 0; i < N_ASKING; i++)
		sigaction(asking[i], &guard.before_asking[i], NULL);
	for (size_t i = 0; i < N_FAULTS; i++)
		sigaction(faults[i], &guard.before_faults[i], NULL);
	sigaltstack(&none, NULL);
	free(guard.stack);
	guard.stack = NULL;
	guard.restore_len = 0;
	atomic_store(&guard.armed, false);
}

int guard_asked(void)
{
	return atomic_exchange(&guard.asked, 0);
}

int guard_ending(void)
{
	return atomic_load(&guard.ending);
}

void guard_suspend(void)
{
	struct sigaction stop = { .sa_handler = SIG_DFL };
	struct sigaction ours;

	sigemptyset(&stop.sa_mask);
	sigaction(SIGTSTP, &stop, &ours);
	kill(0, SIGTSTP);
	sigaction(SIGTSTP, &ours, NULL);
}

void guard_child(bool running)
{
	struct sigaction ours = { .sa_handler = running ? SIG_IGN : on_asked, .sa_flags = SA_RESTART };
	struct sigaction stop = { .sa_handler = running ? SIG_DFL : on_asked, .sa_flags = SA_RESTART };

	sigemptyset(&ours.sa_mask);
	sigemptyset(&stop.sa_mask);
	sigaction(SIGINT, &ours, NULL);
	sigaction(SIGQUIT, &ours, NULL);
	sigaction(SIGTSTP, &stop, NULL);
}

void guard_child_here(void)
{
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
}

void guard_warm_up(void)
{
	void *frame[1];

	backtrace(frame, 1);
}
