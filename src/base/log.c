/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The in-memory log ring.  It is the one piece of process-wide state: a crash handler has no argument. */
#include "base/log.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

#define RING ((size_t)256 * 1024)

static struct {
	char bytes[RING];
	volatile size_t written; /* in all, so written % RING is the next place */
	pthread_mutex_t lock;
	int fd;
} ring = { .lock = PTHREAD_MUTEX_INITIALIZER, .fd = -1 };

void log_init(void)
{
	const char *path = getenv("TAMIS_LOG");

	if (path && *path)
		ring.fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

void log_line(const char *fmt, ...)
{
	char line[512];
	size_t len, at;
	int n;
	va_list ap;

	n = snprintf(line, sizeof line, "%lld ", (long long)(clock_steady_us() / 1000));
	va_start(ap, fmt);
	vsnprintf(line + n, sizeof line - (size_t)n - 1, fmt, ap);
	va_end(ap);
	len = strlen(line);
	line[len++] = '\n';
	pthread_mutex_lock(&ring.lock);
	at = ring.written % RING;
	if (at + len <= RING) {
		memcpy(ring.bytes + at, line, len);
	} else {
		memcpy(ring.bytes + at, line, RING - at);
		memcpy(ring.bytes, line + (RING - at), len - (RING - at));
	}
	ring.written += len;
	if (ring.fd >= 0 && write(ring.fd, line, len) < 0)
		ring.fd = -1;
	pthread_mutex_unlock(&ring.lock);
}

static void put(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t did = write(fd, p, n);

		if (did <= 0)
			return;
		p += did;
		n -= (size_t)did;
	}
}

void log_dump(int fd)
{
	size_t written = ring.written;
	size_t at = written % RING;

	if (written > RING)
		put(fd, ring.bytes + at, RING - at);
	put(fd, ring.bytes, at);
}
