/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The program on the other side of a pseudo-terminal, as a shell would run it: a small parent leads the session and waits, the
 * program is its foreground job.  (If the program led the session itself, the kernel would discard ^Z, and would reset the
 * terminal's modes when it ends, so that nobody could tell whether it had put them back.)
 */
#ifndef TAMIS_TESTS_SCREEN_VT_CHILD_H
#define TAMIS_TESTS_SCREEN_VT_CHILD_H

#include <stdbool.h>
#include <sys/types.h>
#include <termios.h>

struct vt_child {
	pid_t leader;
	pid_t pid;             /* the program */
	int master;            /* our side, non-blocking; -1 after the terminal went away */
	int slave;             /* its side, kept open so that its modes can be read afterwards */
	int hold;              /* closing it lets the leader go */
	int news;              /* what the leader saw: exits and stops */
	int status;            /* as waitpid() gave it; meaningful when `ended` or `stopped` */
	bool ended, stopped;
	struct termios before; /* modes at the start */
	char home[64];
};

/* Starts; ends the test program with a message when it can't. */
void vt_child_start(struct vt_child *child, const char *const argv[], int rows, int cols, const char *const env[]);
/* Takes in what the leader reported; call when `news` is readable. */
void vt_child_news(struct vt_child *child);
void vt_child_end(struct vt_child *child);

#endif
