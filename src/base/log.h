/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A ring of the last 256 KiB of log lines, kept in memory.  Nothing is written anywhere until somebody asks:
 * a crash handler (log_dump is async-signal-safe), or TAMIS_LOG=FILE in the environment, which also
 * appends each line to that file as it comes.  Never log document text or keys of remote services.
 */
#ifndef TAMIS_BASE_LOG_H
#define TAMIS_BASE_LOG_H

#include <stddef.h>

void log_init(void); /* reads TAMIS_LOG; call once, before threads start */
void log_line(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_dump(int fd); /* writes the ring, oldest line first; async-signal-safe */

#endif
