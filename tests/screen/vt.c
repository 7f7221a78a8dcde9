/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The terminal: bytes from the program go into libvterm, its answers and our keys go back. */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <vterm.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "vt.h"
#include "vt_child.h"

struct vt {
	struct vt_child child;
	VTerm *term;
	VTermScreen *screen;
	int rows, cols;
	bool alternate, cursor_visible;
	int mouse;
	int settle_ms;
	uint64_t bytes, bells;
	uint64_t typed_at, first_at, last_at;
	struct buf row;      /* what vt_row() hands out */
	struct buf recorded;
	bool recording;
	struct buf *capture; /* answers go here instead of to the program while not NULL */
	char not_sane[256];
};

uint64_t vt_now(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

const char *vt_tamis(void)
{
	const char *path = getenv("TAMIS");
	return path ? path : "./tamis";
}

/* ---- what libvterm tells ---- */

static void answer(const char *bytes, size_t n, void *user)
{
	struct vt *vt = user;
	if (vt->capture)
		buf_add(vt->capture, bytes, n);
	else
		vt_write(vt, bytes, n);
}

static int property(VTermProp prop, VTermValue *value, void *user)
{
	struct vt *vt = user;
	if (prop == VTERM_PROP_ALTSCREEN)
		vt->alternate = value->boolean != 0;
	else if (prop == VTERM_PROP_CURSORVISIBLE)
		vt->cursor_visible = value->boolean != 0;
	else if (prop == VTERM_PROP_MOUSE)
		vt->mouse = value->number;
	return 1;
}

static int bell(void *user)
{
	struct vt *vt = user;
	vt->bells++;
	return 1;
}

static const VTermScreenCallbacks callbacks = { .settermprop = property, .bell = bell };

struct vt *vt_start(const char *const argv[], int rows, int cols, const char *const env[])
{
	struct vt *vt = xcalloc(1, sizeof *vt);
	vt->rows = rows;
	vt->cols = cols;
	buf_init(&vt->row);
	buf_init(&vt->recorded);
	vt->term = vterm_new(rows < 4 ? 4 : rows, cols < 8 ? 8 : cols); /* see size_emulator() */
	vterm_set_utf8(vt->term, 1);
	vterm_output_set_callback(vt->term, answer, vt);
	vt->screen = vterm_obtain_screen(vt->term);
	vterm_screen_enable_altscreen(vt->screen, 1);
	vterm_screen_set_callbacks(vt->screen, &callbacks, vt);
	vterm_screen_reset(vt->screen, 1);
	vt_child_start(&vt->child, argv, rows, cols, env);
	vt->typed_at = vt_now();
	vt->settle_ms = 4;
	return vt;
}

void vt_set_settle(struct vt *vt, int ms)
{
	vt->settle_ms = ms;
}

void vt_free(struct vt *vt)
{
	if (!vt)
		return;
	vt_child_end(&vt->child);
	vterm_free(vt->term);
	buf_free(&vt->row);
	buf_free(&vt->recorded);
	free(vt);
}

pid_t vt_pid(const struct vt *vt)
{
	return vt->child.pid;
}

const char *vt_home(const struct vt *vt)
{
	return vt->child.home;
}

/* ---- reading and waiting ---- */

/* Takes what is there; true when there was something. */
static bool take(struct vt *vt)
{
	char bytes[65536];
	if (vt->child.master < 0)
		return false;
	ssize_t n = read(vt->child.master, bytes, sizeof bytes);
	if (n <= 0)
		return false;
	vt->last_at = vt_now();
	if (!vt->first_at)
		vt->first_at = vt->last_at;
	vt->bytes += (uint64_t)n;
	if (vt->recording)
		buf_add(&vt->recorded, bytes, (size_t)n);
	vterm_input_write(vt->term, bytes, (size_t)n);
	return true;
}

/* Waits for output or news until `deadline`; false when neither came. */
static bool step(struct vt *vt, uint64_t deadline)
{
	uint64_t now = vt_now();
	int ms = now >= deadline ? 0 : (int)((deadline - now + 999999) / 1000000);
	struct pollfd fds[2] = { { .fd = vt->child.master, .events = POLLIN },
				 { .fd = vt->child.ended ? -1 : vt->child.news, .events = POLLIN } };
	int n = poll(fds, 2, ms);
	if (n <= 0)
		return n < 0 && errno == EINTR;
	if (fds[1].revents)
		vt_child_news(&vt->child);
	return take(vt) || fds[1].revents != 0;
}

static uint64_t deadline_of(int ms)
{
	return vt_now() + (uint64_t)(ms > 0 ? ms : VT_PATIENCE) * 1000000u;
}

static void drain(struct vt *vt)
{
	while (take(vt))
		;
}

bool vt_wait(struct vt *vt, bool (*test)(struct vt *vt, void *arg), void *arg, int ms)
{
	uint64_t deadline = deadline_of(ms);
	for (;;) {
		if (test(vt, arg))
			return true;
		if (vt->child.ended) {
			drain(vt);
			return test(vt, arg);
		}
		if (!step(vt, deadline))
			return test(vt, arg);
	}
}

/* What the three waits for text look for. */
struct wanted {
	const char *needle;
	int row; /* -2: any */
	bool gone;
};

static bool is_there(struct vt *vt, void *arg)
{
	const struct wanted *w = arg;
	if (w->row == -2)
		return (vt_find(vt, w->needle, NULL) >= 0) != w->gone;
	if (w->row >= 0)
		return strstr(vt_row(vt, w->row), w->needle) != NULL;
	for (int above = 0; above < 3 && above < vt->rows; above++)
		if (strstr(vt_row(vt, vt->rows - 1 - above), w->needle))
			return true;
	return false;
}

/*
 * Reads on until nothing came for a few milliseconds, so that what is looked at next is a finished frame: a pty hands over a
 * frame in pieces when the program loses the processor between two writes.  Something that never rests is not waited for.
 */
static void settle(struct vt *vt)
{
	if (vt->settle_ms > 0)
		vt_wait_quiet(vt, vt->settle_ms, 10 * vt->settle_ms);
}

/* What was seen for a moment was seen; what is to be gone must also be gone from the finished frame. */
static bool wait_settled(struct vt *vt, struct wanted *w, int ms)
{
	uint64_t deadline = deadline_of(ms);
	for (;;) {
		uint64_t now = vt_now();
		if (now >= deadline || !vt_wait(vt, is_there, w, (int)((deadline - now + 999999) / 1000000)))
			return false;
		settle(vt);
		if (!w->gone || is_there(vt, w))
			return true;
	}
}

static bool wait_wanted(struct vt *vt, struct wanted w, int ms)
{
	if (wait_settled(vt, &w, ms))
		return true;
	fprintf(stderr, "vt: waited in vain for “%s”%s", w.needle, w.gone ? " to go" : "");
	if (w.row != -2)
		fprintf(stderr, " in row %d", w.row);
	fputs(vt->child.ended ? "; the program has ended:\n" : ":\n", stderr);
	vt_dump(vt);
	return false;
}

bool vt_wait_text(struct vt *vt, const char *needle, int ms)
{
	return wait_wanted(vt, (struct wanted){ needle, -2, false }, ms);
}

bool vt_wait_gone(struct vt *vt, const char *needle, int ms)
{
	return wait_wanted(vt, (struct wanted){ needle, -2, true }, ms);
}

bool vt_wait_row(struct vt *vt, int row, const char *needle, int ms)
{
	return wait_wanted(vt, (struct wanted){ needle, row, false }, ms);
}

bool vt_wait_quiet(struct vt *vt, int quiet_ms, int ms)
{
	uint64_t deadline = deadline_of(ms);
	uint64_t quiet = (uint64_t)quiet_ms * 1000000u;
	uint64_t since = vt_now();
	while (vt_now() < deadline) {
		uint64_t until = since + quiet;
		if (vt_now() >= until)
			return true;
		if (step(vt, until < deadline ? until : deadline) && vt->last_at > since)
			since = vt->last_at;
	}
	return false;
}

int vt_wait_exit(struct vt *vt, int ms)
{
	uint64_t deadline = deadline_of(ms);
	while (!vt->child.ended && (step(vt, deadline) || vt_now() < deadline))
		;
	drain(vt);
	if (!vt->child.ended) {
		fputs("vt: the program still runs:\n", stderr);
		vt_dump(vt);
		return -1;
	}
	int status = vt->child.status;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

bool vt_wait_stopped(struct vt *vt, int ms)
{
	uint64_t deadline = deadline_of(ms);
	while (!vt->child.stopped && !vt->child.ended && (step(vt, deadline) || vt_now() < deadline))
		;
	drain(vt);
	return vt->child.stopped;
}

void vt_run(struct vt *vt, int ms)
{
	uint64_t deadline = vt_now() + (uint64_t)ms * 1000000u;
	while (vt_now() < deadline)
		step(vt, deadline);
}

/* ---- hands ---- */

void vt_write(struct vt *vt, const void *bytes, size_t n)
{
	const char *p = bytes;
	uint64_t deadline = deadline_of(0);
	while (n > 0 && vt->child.master >= 0) {
		ssize_t sent = write(vt->child.master, p, n);
		if (sent > 0) {
			p += sent;
			n -= (size_t)sent;
		} else if ((errno != EAGAIN && errno != EINTR) || !step(vt, deadline)) {
			return;
		}
	}
}

static void mark_typed(struct vt *vt)
{
	vt->first_at = 0;
	vt->typed_at = vt_now();
}

void vt_type(struct vt *vt, const char *text)
{
	mark_typed(vt);
	vt_write(vt, text, strlen(text));
}

static const struct {
	const char *name;
	VTermKey key;
} key_names[] = {
	{ "Up", VTERM_KEY_UP },		{ "Down", VTERM_KEY_DOWN },	    { "Left", VTERM_KEY_LEFT },
	{ "Right", VTERM_KEY_RIGHT },	{ "PageUp", VTERM_KEY_PAGEUP },	    { "PageDown", VTERM_KEY_PAGEDOWN },
	{ "Home", VTERM_KEY_HOME },	{ "End", VTERM_KEY_END },	    { "Insert", VTERM_KEY_INS },
	{ "Delete", VTERM_KEY_DEL },	{ "Backspace", VTERM_KEY_BACKSPACE }, { "Tab", VTERM_KEY_TAB },
	{ "Enter", VTERM_KEY_ENTER },	{ "Escape", VTERM_KEY_ESCAPE },
};

static VTermKey key_of(const char *name)
{
	for (size_t i = 0; i < sizeof key_names / sizeof *key_names; i++) {
		if (strcmp(key_names[i].name, name) == 0)
			return key_names[i].key;
	}
	int number = name[0] == 'F' ? atoi(name + 1) : 0;
	return number >= 1 && number <= 12 ? (VTermKey)VTERM_KEY_FUNCTION(number) : VTERM_KEY_NONE;
}

void vt_key(struct vt *vt, const char *name)
{
	unsigned modifiers = VTERM_MOD_NONE;
	const char *rest = name;
	for (; rest[0] && rest[1] == '-' && rest[2]; rest += 2)
		modifiers |= rest[0] == 'S' ? VTERM_MOD_SHIFT : rest[0] == 'C' ? VTERM_MOD_CTRL : VTERM_MOD_ALT;
	VTermKey key = key_of(rest);
	mark_typed(vt);
	if (key != VTERM_KEY_NONE) {
		vterm_keyboard_key(vt->term, key, (VTermModifier)modifiers);
		return;
	}
	size_t used;
	int32_t cp = utf8_decode(span_of(rest), &used);
	if (cp < 0 || used != strlen(rest)) {
		fprintf(stderr, "vt: no key is called %s\n", name);
		exit(99);
	}
	vterm_keyboard_unichar(vt->term, (uint32_t)cp, (VTermModifier)modifiers);
}

static void click(struct vt *vt, int row, int col, int button, VTermModifier modifier)
{
	mark_typed(vt);
	vterm_mouse_move(vt->term, row, col, modifier);
	vterm_mouse_button(vt->term, button, true, modifier);
	vterm_mouse_button(vt->term, button, false, modifier);
}

void vt_click(struct vt *vt, int row, int col, int button)
{
	click(vt, row, col, button, VTERM_MOD_NONE);
}

void vt_alt_click(struct vt *vt, int row, int col, int button)
{
	click(vt, row, col, button, VTERM_MOD_ALT);
}

/* libvterm 0.1 writes past its rows when a wide character arrives on a terminal of a column or two: it is never made that
 * small, the program is told the true size all the same. */
static void size_emulator(struct vt *vt)
{
	vterm_set_size(vt->term, vt->rows < 4 ? 4 : vt->rows, vt->cols < 8 ? 8 : vt->cols);
}

void vt_resize(struct vt *vt, int rows, int cols)
{
	drain(vt);
	vt->rows = rows;
	vt->cols = cols;
	size_emulator(vt);
	mark_typed(vt);
	struct winsize size = { .ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols };
	ioctl(vt->child.master, TIOCSWINSZ, &size);
}

void vt_signal(struct vt *vt, int signal)
{
	mark_typed(vt);
	if (signal == SIGCONT)
		vt->child.stopped = false;
	if (!vt->child.ended)
		kill(vt->child.pid, signal);
}

void vt_hang_up(struct vt *vt)
{
	drain(vt);
	close(vt->child.master);
	close(vt->child.slave);
	vt->child.master = vt->child.slave = -1;
}

/* ---- eyes ---- */

int vt_rows(const struct vt *vt)
{
	return vt->rows;
}

int vt_cols(const struct vt *vt)
{
	return vt->cols;
}

/* libvterm marks the right half of a wide character with all ones. */
#define RIGHT_HALF ((uint32_t)-1)

/* Appends the cell's characters; a blank for an empty one, nothing for a right half. */
static void add_cell(struct buf *out, const VTermScreenCell *cell)
{
	if (cell->chars[0] == RIGHT_HALF)
		return;
	if (!cell->chars[0])
		buf_addc(out, ' ');
	for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell->chars[i]; i++) {
		char utf8[4];
		buf_add(out, utf8, utf8_encode(utf8, cell->chars[i]));
	}
}

const char *vt_row(struct vt *vt, int row)
{
	buf_clear(&vt->row);
	size_t end = 0;
	for (int col = 0; row >= 0 && row < vt->rows && col < vt->cols; col++) {
		VTermScreenCell cell;
		if (!vterm_screen_get_cell(vt->screen, (VTermPos){ row, col }, &cell))
			break;
		add_cell(&vt->row, &cell);
		if (vt->row.len > 0 && vt->row.p[vt->row.len - 1] != ' ')
			end = vt->row.len;
	}
	buf_truncate(&vt->row, end);
	return vt->row.p;
}

char *vt_screen(struct vt *vt)
{
	struct buf all = BUF_INIT;
	for (int row = 0; row < vt->rows; row++) {
		buf_adds(&all, vt_row(vt, row));
		buf_addc(&all, '\n');
	}
	return buf_steal(&all, NULL);
}

void vt_dump(struct vt *vt)
{
	for (int row = 0; row < vt->rows; row++)
		fprintf(stderr, "%3d|%s\n", row, vt_row(vt, row));
}

/* Columns the first `n` bytes of row `row` take. */
static int column_of(struct vt *vt, int row, size_t n)
{
	struct buf seen = BUF_INIT;
	int col = 0;
	for (; col < vt->cols && seen.len < n; col++) {
		VTermScreenCell cell;
		if (!vterm_screen_get_cell(vt->screen, (VTermPos){ row, col }, &cell))
			break;
		add_cell(&seen, &cell);
		if (cell.width > 1)
			col += cell.width - 1;
	}
	buf_free(&seen);
	return col;
}

int vt_find(struct vt *vt, const char *needle, int *col)
{
	for (int row = 0; row < vt->rows; row++) {
		const char *line = vt_row(vt, row);
		const char *hit = strstr(line, needle);
		if (!hit)
			continue;
		if (col)
			*col = column_of(vt, row, (size_t)(hit - line));
		return row;
	}
	return -1;
}

static int colour_of(const VTermColor *c)
{
	if (VTERM_COLOR_IS_DEFAULT_FG(c) || VTERM_COLOR_IS_DEFAULT_BG(c))
		return -1;
	if (VTERM_COLOR_IS_INDEXED(c))
		return c->indexed.idx;
	return VT_RGB | c->rgb.red << 16 | c->rgb.green << 8 | c->rgb.blue;
}

struct vt_pen vt_pen(struct vt *vt, int row, int col)
{
	VTermScreenCell cell;
	memset(&cell, 0, sizeof cell);
	if (!vterm_screen_get_cell(vt->screen, (VTermPos){ row, col }, &cell))
		return (struct vt_pen){ .foreground = -1, .background = -1 };
	return (struct vt_pen){
		.bold = cell.attrs.bold,
		.underline = cell.attrs.underline != 0,
		.italic = cell.attrs.italic,
		.blink = cell.attrs.blink,
		.reverse = cell.attrs.reverse,
		.foreground = colour_of(&cell.fg),
		.background = colour_of(&cell.bg),
		.width = cell.chars[0] == RIGHT_HALF ? 0 : cell.width,
	};
}

void vt_cursor(struct vt *vt, int *row, int *col, bool *visible)
{
	VTermPos at;
	vterm_state_get_cursorpos(vterm_obtain_state(vt->term), &at);
	*row = at.row;
	*col = at.col;
	*visible = vt->cursor_visible;
}

bool vt_alternate(const struct vt *vt)
{
	return vt->alternate;
}

/* ---- the wire ---- */

uint64_t vt_bytes(const struct vt *vt)
{
	return vt->bytes;
}

uint64_t vt_bells(const struct vt *vt)
{
	return vt->bells;
}

void vt_record(struct vt *vt)
{
	vt->recording = true;
}

bool vt_sent(const struct vt *vt, const void *bytes, size_t n)
{
	return n > 0 && memmem(vt->recorded.p, vt->recorded.len, bytes, n) != NULL;
}

uint64_t vt_typed_at(const struct vt *vt)
{
	return vt->typed_at;
}

uint64_t vt_first_at(const struct vt *vt)
{
	return vt->first_at;
}

uint64_t vt_last_at(const struct vt *vt)
{
	return vt->last_at;
}

static bool pen_is_plain(struct vt *vt)
{
	VTermState *state = vterm_obtain_state(vt->term);
	VTermValue bold, reverse, colour;
	vterm_state_get_penattr(state, VTERM_ATTR_BOLD, &bold);
	vterm_state_get_penattr(state, VTERM_ATTR_REVERSE, &reverse);
	vterm_state_get_penattr(state, VTERM_ATTR_FOREGROUND, &colour);
	return !bold.boolean && !reverse.boolean && colour_of(&colour.color) == -1;
}

/* libvterm marks a paste only while the program wants it marked. */
static bool marks_paste(struct vt *vt)
{
	struct buf marks = BUF_INIT;
	vt->capture = &marks;
	vterm_keyboard_start_paste(vt->term);
	vt->capture = NULL;
	bool marked = marks.len > 0;
	buf_free(&marks);
	return marked;
}

const char *vt_not_sane(struct vt *vt)
{
	drain(vt);
	struct termios now;
	bool modes = vt->child.slave >= 0 && tcgetattr(vt->child.slave, &now) == 0;
	const struct termios *before = &vt->child.before;
	const struct {
		bool wrong;
		const char *what;
	} checks[] = {
		{ vt->alternate, "still on the alternate screen" },
		{ !vt->cursor_visible, "cursor hidden" },
		{ vt->mouse != VTERM_PROP_MOUSE_NONE, "mouse reported" },
		{ marks_paste(vt), "bracketed paste on" },
		{ !pen_is_plain(vt), "pen not plain" },
		{ !modes, "modes unreadable" },
		{ modes && (now.c_lflag & ECHO) != (before->c_lflag & ECHO), "echo changed" },
		{ modes && (now.c_lflag & ICANON) != (before->c_lflag & ICANON), "line mode changed" },
		{ modes && (now.c_lflag & ISIG) != (before->c_lflag & ISIG), "signal keys changed" },
		{ modes && (now.c_iflag & (ICRNL | IXON)) != (before->c_iflag & (ICRNL | IXON)), "input modes changed" },
		{ modes && (now.c_oflag & (OPOST | ONLCR)) != (before->c_oflag & (OPOST | ONLCR)), "output modes changed" },
	};
	vt->not_sane[0] = '\0';
	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
		size_t len = strlen(vt->not_sane);
		if (checks[i].wrong)
			snprintf(vt->not_sane + len, sizeof vt->not_sane - len, "%s%s", len ? ", " : "", checks[i].what);
	}
	return vt->not_sane;
}
