/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A terminal for tests: starts a program on a pseudo-terminal, shows what it draws as a person would see it (libvterm is the
 * terminal), types, resizes, sends signals, and says afterwards whether the terminal was left as it was found.
 *
 *	struct vt *vt = vt_start((const char *[]){vt_tamis(), "-w", path, NULL}, 24, 80, NULL);
 *	assert_true(vt_wait_text(vt, "Corpora", 0));
 *	vt_type(vt, "j\r");
 *	vt_key(vt, "Down");
 *	assert_true(vt_wait_row(vt, 23, "2/10", 0));
 *	assert_true(vt_pen(vt, 3, 0).reverse);
 *	vt_type(vt, "q");
 *	assert_int_equal(vt_wait_exit(vt, 0), 0);
 *	assert_string_equal(vt_not_sane(vt), "");
 *	vt_free(vt);
 *
 * Nothing here sleeps: every vt_wait_… returns as soon as what it waits for is true, or false after `ms` milliseconds
 * (0: VT_PATIENCE, long enough for a sanitized build on a busy machine), and then prints the screen to standard error.
 * So a test asserts on meaning (a text, a pen, a row), never on a recorded picture or on how long something took.
 *
 * The program's environment is made from nothing: TERM=xterm-256color, LC_ALL=C.UTF-8, TZ=UTC, HOME and XDG_… in an empty folder
 * that vt_free() removes, ESCDELAY=25, PATH; *SAN_OPTIONS, TAMIS_DATADIR and TAMIS_LOCALEDIR are passed on.  LINES, COLUMNS,
 * NO_COLOR and the rest are absent unless the test gives them.  Chinese: {"LANGUAGE=zh_CN"}.  vt100: {"TERM=vt100"}.
 *
 * The program is the foreground job of a session, as under a shell: ^Z stops it, a lost terminal sends it SIGHUP.  Rows and
 * columns count from 0.  A struct vt belongs to one thread.
 */
#ifndef TAMIS_TESTS_SCREEN_VT_H
#define TAMIS_TESTS_SCREEN_VT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define VT_PATIENCE 20000

struct vt;

/* How a cell is drawn.  A colour is -1 (the terminal's own), 0-255 (palette) or VT_RGB | 0xrrggbb. */
#define VT_RGB 0x1000000
struct vt_pen {
	bool bold, underline, italic, blink, reverse;
	int foreground, background;
	int width; /* columns the cell's character takes; 0 for the right half of a wide one */
};

/* The program under test: $TAMIS, else ./tamis. */
const char *vt_tamis(void);

/* Starts argv[0] (found on PATH) with `rows` x `cols`.  `env` (may be NULL, ends with NULL) holds "NAME=VALUE" to set and "NAME" to
 * remove.  Never NULL: what can't be started ends the test program with a message. */
struct vt *vt_start(const char *const argv[], int rows, int cols, const char *const env[]);
/* Ends the program (KILL when it still runs), removes its HOME and frees; NULL is fine. */
void vt_free(struct vt *vt);

pid_t vt_pid(const struct vt *vt);
const char *vt_home(const struct vt *vt); /* its HOME */

/* ---- waiting ---- */

/*
 * The waits for text also read until the program has been quiet for a moment (4 ms), so that the rest of the frame can be
 * looked at without another wait.  vt_set_settle(vt, 0) turns that off, for measuring.
 */
void vt_set_settle(struct vt *vt, int ms);
bool vt_wait_text(struct vt *vt, const char *needle, int ms);         /* anywhere in a row */
bool vt_wait_gone(struct vt *vt, const char *needle, int ms);         /* in no row any more */
bool vt_wait_row(struct vt *vt, int row, const char *needle, int ms); /* in this row; -1: the last, or two above */
/* Until nothing was drawn for `quiet_ms`: only where there is no text to wait for. */
bool vt_wait_quiet(struct vt *vt, int quiet_ms, int ms);
/* Until test(vt, arg) is true; asked again after each piece of output. */
bool vt_wait(struct vt *vt, bool (*test)(struct vt *vt, void *arg), void *arg, int ms);
/* Exit status, 128 + N when signal N ended it, -1 when it still runs after `ms`. */
int vt_wait_exit(struct vt *vt, int ms);
/* Until it is suspended (^Z); vt_signal(vt, SIGCONT) lets it go on. */
bool vt_wait_stopped(struct vt *vt, int ms);
/* Reads whatever comes within `ms` (exactly that long): for measuring what an idle program sends. */
void vt_run(struct vt *vt, int ms);

/* ---- hands ---- */

void vt_type(struct vt *vt, const char *text);               /* bytes as they are: "\r" Return, "\033" Escape, "\003" ^C */
void vt_write(struct vt *vt, const void *bytes, size_t n);
/* A key with a name: Up Down Left Right PageUp PageDown Home End Insert Delete Backspace Tab Enter Escape F1…F12, after any of "S-",
 * "C-", "M-". */
void vt_key(struct vt *vt, const char *name);
void vt_click(struct vt *vt, int row, int col, int button);  /* press and release; nothing when the program wants no mouse */
void vt_alt_click(struct vt *vt, int row, int col, int button);
void vt_resize(struct vt *vt, int rows, int cols);           /* the kernel sends SIGWINCH */
void vt_signal(struct vt *vt, int signal);
void vt_hang_up(struct vt *vt);                              /* the terminal goes away, as when a connection is lost */

/* ---- eyes ---- */

int vt_rows(const struct vt *vt);
int vt_cols(const struct vt *vt);
const char *vt_row(struct vt *vt, int row);   /* UTF-8 without trailing blanks; valid until the next call on this vt */
char *vt_screen(struct vt *vt);               /* all rows, each with "\n"; caller frees */
void vt_dump(struct vt *vt);                  /* to standard error, framed */
int vt_find(struct vt *vt, const char *needle, int *col); /* row, or -1; `col` may be NULL */
struct vt_pen vt_pen(struct vt *vt, int row, int col);
void vt_cursor(struct vt *vt, int *row, int *col, bool *visible);
bool vt_alternate(const struct vt *vt);       /* on the alternate screen */

/* ---- what went over the wire ---- */

uint64_t vt_bytes(const struct vt *vt);       /* bytes the program sent so far */
uint64_t vt_bells(const struct vt *vt);
/* From now on keep every byte sent; vt_sent() looks among them. */
void vt_record(struct vt *vt);
bool vt_sent(const struct vt *vt, const void *bytes, size_t n);
/* Monotonic nanoseconds: the last vt_type/vt_key/vt_resize, the first output after it (0: none yet), the last output. */
uint64_t vt_typed_at(const struct vt *vt);
uint64_t vt_first_at(const struct vt *vt);
uint64_t vt_last_at(const struct vt *vt);
uint64_t vt_now(void);

/* After the program ended: "" when the terminal is as it was (alternate screen left, cursor shown, mouse off, pen plain, line
 * mode, echo and signals as before), else what isn't. */
const char *vt_not_sane(struct vt *vt);

#endif
