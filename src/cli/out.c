/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Standard output and standard error, as all verbs use them. */
#include "config.h"

#include "cli/verb.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "text/display.h"

/* The only state a signal handler can reach. */
static atomic_bool stop;
static atomic_bool interrupted;

static void on_interrupt(int signal_number)
{
	(void)signal_number;
	atomic_store(&interrupted, true);
	atomic_store(&stop, true);
}

atomic_bool *cli_stop(void)
{
	struct sigaction act = { .sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND };

	sigemptyset(&act.sa_mask);
	sigaction(SIGINT, &act, NULL);
	sigaction(SIGTERM, &act, NULL);
	return &stop;
}

bool cli_was_interrupted(void)
{
	return atomic_load(&interrupted);
}

static bool failed(struct cli *cli)
{
	if (errno == EPIPE)
		cli->gone = true;
	else if (!cli->write_errno)
		cli->write_errno = errno ? errno : EIO;
	return false;
}

bool cli_put(struct cli *cli, struct span bytes)
{
	if (cli->gone || cli->write_errno)
		return false;
	errno = 0;
	if (bytes.len && fwrite(bytes.p, 1, bytes.len, stdout) != bytes.len)
		return failed(cli);
	return true;
}

bool cli_puts(struct cli *cli, const char *text)
{
	return cli_put(cli, span_of(text));
}

bool cli_putf(struct cli *cli, const char *fmt, ...)
{
	va_list args;
	int n;

	if (cli->gone || cli->write_errno)
		return false;
	errno = 0;
	va_start(args, fmt);
	n = vprintf(fmt, args);
	va_end(args);
	return n < 0 ? failed(cli) : true;
}

/* Makes text safe line by line, keeping its line ends. */
static void make_safe(struct buf *out, struct span data)
{
	int column = 0;

	while (data.len) {
		struct cluster c;
		size_t used = cluster_next(&c, data, column, false);

		if (c.line_end) {
			buf_addc(out, '\n');
			column = 0;
		} else {
			buf_adds(out, c.text);
			column += c.columns;
		}
		data = span_make(data.p + used, data.len - used);
	}
}

bool cli_put_data(struct cli *cli, struct span data)
{
	struct buf safe = BUF_INIT;
	bool ok;

	if (!cli->terminal)
		return cli_put(cli, data);
	make_safe(&safe, data);
	ok = cli_put(cli, buf_span(&safe));
	buf_free(&safe);
	return ok;
}

bool cli_flush(struct cli *cli)
{
	if (cli->gone || cli->write_errno)
		return false;
	errno = 0;
	return fflush(stdout) == 0 ? true : failed(cli);
}

/* Names of files and corpora are data too: nothing in them may steer the terminal. */
static void say(const char *prefix, const char *fmt, va_list args)
{
	struct buf safe = BUF_INIT;
	char *text = NULL;

	fflush(stdout); /* messages come after the data they are about */
	if (vasprintf(&text, fmt, args) < 0)
		return;
	make_safe(&safe, span_of(text));
	fprintf(stderr, "%s%s\n", prefix, safe.p);
	buf_free(&safe);
	free(text);
}

void cli_note(const struct cli *cli, const char *fmt, ...)
{
	va_list args;

	if (cli->quiet)
		return;
	va_start(args, fmt);
	say("", fmt, args);
	va_end(args);
}

void cli_warn(const struct cli *cli, const char *fmt, ...)
{
	va_list args;

	(void)cli;
	va_start(args, fmt);
	say("tamis: ", fmt, args);
	va_end(args);
}
