/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Signals.  Those that ask (TERM, HUP, INT, QUIT, WINCH, TSTP, CONT) become flags and wake the loop; a second
 * request to end while the first is not yet answered ends at once, the terminal restored.  Those that tell of a fault (SEGV, BUS, ABRT,
 * FPE, ILL) restore the terminal with one prepared string, write a crash log, and die of the same signal.
 *
 * A handler gets no argument, so this file has the house's one piece of global state.
 */
#ifndef TAMIS_UI_GUARD_H
#define TAMIS_UI_GUARD_H

#include <termios.h>

#include "base/thread.h"

enum guard_asked { GUARD_NOTHING, GUARD_RESIZED = 1, GUARD_SUSPEND = 2, GUARD_CONTINUED = 4 };

/* Before curses starts (so that it keeps its hands off these signals). */
void guard_start(const struct wake *wake);
/* How the terminal is to be left: bytes to send to `fd` and the modes to set. */
void guard_terminal(int fd, const char *restore, size_t len, const struct termios *modes);
void guard_armed(bool armed); /* false while the terminal is not ours */
void guard_stop(void);

int guard_asked(void);  /* bits since the last call */
int guard_ending(void); /* signal number that asked for the end, or 0 */
void guard_suspend(void); /* stops the process group as ^Z would; returns when continued */
void guard_child(bool running); /* while a child has the terminal: INT and QUIT are its own, ^Z stops both */
void guard_child_here(void);    /* in the child, before exec */
void guard_warm_up(void); /* loads what a backtrace needs, so that a crash needn't */

#endif
