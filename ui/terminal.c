/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starting and ending curses, keys, colours, size. */
#include "config.h"

#include <curses.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/i18n.h"
#include "base/utf8.h"
#include "ui/guard.h"
#include "ui/terminal.h"
#include "ui/terminfo.h"

#define PAIRS 96
#define ESCAPE_MS 25
#define TWICE_US 400000 /* between the clicks of a double one */
#define COPY_LIMIT 74994 /* xterm and tmux take 100,000 bytes of base64 at most */

struct terminal {
	SCREEN *screen;
	WINDOW *input;        /* a pad to read from: reading from stdscr would draw it */
	FILE *out, *keys;
	int in, out_fd;
	int tty, gather;      /* the terminal itself, and where a frame is put together; -1: it isn't */
	bool headless, paste, mouse;
	int colours;
	struct termios before, ours;
	struct theme theme;
	struct {
		int foreground, background;
	} pair[PAIRS];
	short n_pairs;
	int32_t unread;
	MEVENT event;
	MEVENT clicked;       /* the click before … */
	int64_t clicked_us;   /* … and when; 0: it was the second of a double one */
};

enum our_codes { CODE_PASTE_BEGIN = KEY_MAX + 16, CODE_PASTE_END };

static const struct {
	int code;
	int32_t key;
} codes[] = {
	{ KEY_UP, SPECIAL_UP },           { KEY_DOWN, SPECIAL_DOWN },        { KEY_LEFT, SPECIAL_LEFT },
	{ KEY_RIGHT, SPECIAL_RIGHT },     { KEY_HOME, SPECIAL_HOME },        { KEY_END, SPECIAL_END },
	{ KEY_PPAGE, SPECIAL_PAGE_UP },   { KEY_NPAGE, SPECIAL_PAGE_DOWN },  { KEY_IC, SPECIAL_INSERT },
	{ KEY_DC, SPECIAL_DELETE },       { KEY_BACKSPACE, SPECIAL_BACKSPACE }, { KEY_BTAB, SPECIAL_BACK_TAB },
	{ KEY_ENTER, '\r' },              { KEY_MOUSE, SPECIAL_MOUSE },      { CODE_PASTE_BEGIN, SPECIAL_PASTE_BEGIN },
	{ CODE_PASTE_END, SPECIAL_PASTE_END }, { KEY_A1, SPECIAL_HOME },     { KEY_C1, SPECIAL_END },
	{ KEY_A3, SPECIAL_PAGE_UP },      { KEY_C3, SPECIAL_PAGE_DOWN },
};

bool terminal_no_colour(void)
{
	const char *value = getenv("NO_COLOR");

	return value && value[0];
}

static int refuse(struct error *err, const char *why)
{
	return error_set(err, TAMIS_EUSAGE, _("%s: use tamis --linear for the same work line by line, or a verb (tamis --help)"),
			 why);
}

/* A terminal that can place its cursor, by its terminfo. */
static int check_type(const char *type, int fd, struct error *err)
{
	char why[120];

	if (!type || !type[0] || strcmp(type, "dumb") == 0)
		return refuse(err, _("this terminal can't place a cursor (TERM is unset or 'dumb')"));
	switch (terminfo_check(type, fd)) {
	case TERMINFO_UNKNOWN:
		snprintf(why, sizeof why, _("terminal type '%.60s' is not known here"), type);
		return refuse(err, why);
	case TERMINFO_NO_CURSOR:
		return refuse(err, _("this terminal can't place a cursor"));
	default:
		return 0;
	}
}

int terminal_check(struct error *err)
{
	if (!isatty(1))
		return refuse(err, _("the screen needs a terminal on standard output"));
	return check_type(getenv("TERM"), 1, err);
}

static bool wants_direct(const char *type, char direct[64])
{
	const char *said = getenv("COLORTERM");

	if (!said || (strcmp(said, "truecolor") != 0 && strcmp(said, "24bit") != 0) || terminal_no_colour())
		return false;
	if (strncmp(type, "xterm", 5) != 0 && strncmp(type, "tmux", 4) != 0)
		return false;
	snprintf(direct, 64, "%s-direct", type[0] == 'x' ? "xterm" : "tmux");
	return terminfo_check(direct, 1) == TERMINFO_GOOD;
}

static bool knows_paste(const char *type)
{
	static const char *const families[] = { "xterm", "screen", "tmux", "rxvt", "alacritty", "kitty", "foot", "st-" };

	for (size_t i = 0; i < sizeof families / sizeof *families; i++)
		if (strncmp(type, families[i], strlen(families[i])) == 0)
			return true;
	return false;
}

static int open_files(struct terminal *t, struct error *err)
{
	if (t->headless) {
		t->in = open("/dev/null", O_RDONLY | O_CLOEXEC);
		t->out_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	} else {
		t->in = open("/dev/tty", O_RDONLY | O_CLOEXEC);
		if (isatty(0)) {
			close(t->in);
			t->in = fcntl(0, F_DUPFD_CLOEXEC, 3);
		}
		t->out_fd = fcntl(1, F_DUPFD_CLOEXEC, 3);
	}
	if (t->in < 0 || t->out_fd < 0)
		return refuse(err, _("there is no terminal to read keys from"));
	t->out = fdopen(t->out_fd, "w");
	return t->out ? 0 : refuse(err, _("the terminal can't be written to"));
}

static void start_colours(struct terminal *t)
{
	if (terminal_no_colour() || !has_colors() || start_color() != OK)
		return;
	use_default_colors();
	t->colours = COLORS > 256 ? 0x1000000 : COLORS;
	t->pair[0].foreground = t->pair[0].background = COLOUR_NONE;
	t->n_pairs = 1;
}

/* curses writes a frame in pieces, one after each movement of the cursor; over a network each may be a packet, and a terminal draws
 * between them.  So while a frame is made, curses' descriptor is a file in memory, and the terminal gets the whole at once.  Where
 * there are no such files the pieces go out as they come. */
static void open_gather(struct terminal *t)
{
	t->gather = memfd_create("frame", MFD_CLOEXEC);
	t->tty = t->gather >= 0 ? fcntl(t->out_fd, F_DUPFD_CLOEXEC, 3) : -1;
	if (t->gather >= 0 && t->tty < 0) {
		close(t->gather);
		t->gather = -1;
	}
}

static void gather_begin(struct terminal *t)
{
	if (t->gather < 0)
		return;
	(void)!ftruncate(t->gather, 0);
	lseek(t->gather, 0, SEEK_SET);
	dup3(t->gather, t->out_fd, O_CLOEXEC);
}

static void gather_end(struct terminal *t)
{
	char bytes[16384];
	ssize_t n;

	if (t->gather < 0)
		return;
	dup3(t->tty, t->out_fd, O_CLOEXEC);
	lseek(t->gather, 0, SEEK_SET);
	while ((n = read(t->gather, bytes, sizeof bytes)) > 0 && fs_write_all(t->tty, bytes, (size_t)n) == 0)
		;
}

/* What undoes all that was sent, for the crash handler: the terminal's own strings and the modes we switch. */
static void prepare_guard(struct terminal *t)
{
	struct buf restore = BUF_INIT;

	if (t->paste)
		buf_adds(&restore, "\033[?2004l\033[?1000l\033[?1002l\033[?1006l");
	terminfo_restore_string(&restore);
	buf_addc(&restore, '\r');
	guard_terminal(t->tty >= 0 ? t->tty : t->out_fd, restore.p, restore.len, &t->before);
	buf_free(&restore);
}

static void put_raw(struct terminal *t, const char *s)
{
	if (t->headless)
		return;
	fflush(t->out);
	(void)!fs_write_all(t->out_fd, s, strlen(s));
}

static void set_modes(struct terminal *t)
{
	cbreak();
	noecho();
	nonl();
	typeahead(-1);
	if (tcgetattr(t->in, &t->ours) == 0) {
		t->ours.c_cc[VINTR] = _POSIX_VDISABLE; /* C-c is a key; the loop gives it its meaning */
		t->ours.c_iflag &= ~(tcflag_t)(IXON | IXOFF);
		t->ours.c_lflag &= ~(tcflag_t)IEXTEN;
		tcsetattr(t->in, TCSANOW, &t->ours);
		def_prog_mode();
	}
	if (t->paste)
		put_raw(t, "\033[?2004h");
}

static int start_curses(struct terminal *t, const char *type, struct error *err)
{
	char direct[64];

	use_env(FALSE);
	use_tioctl(TRUE);
	if (t->headless)
		type = "xterm-256color";
	if (!t->headless && wants_direct(type, direct))
		type = direct;
	t->keys = fdopen(t->in, "r");
	t->screen = t->keys ? newterm(type, t->out, t->keys) : NULL;
	if (!t->screen)
		return refuse(err, _("the terminal can't be set up"));
	return 0;
}

int terminal_open(struct terminal **out, bool headless, struct error *err)
{
	struct terminal *t = xcalloc(1, sizeof *t);
	const char *type = getenv("TERM");
	int code;

	*out = NULL;
	t->headless = headless;
	t->in = t->out_fd = t->tty = t->gather = -1;
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		setlocale(LC_CTYPE, "C.UTF-8");
	code = open_files(t, err);
	if (code == 0) {
		if (!headless)
			tcgetattr(t->in, &t->before);
		code = start_curses(t, type, err);
	}
	if (code < 0) {
		free(t);
		return code;
	}
	t->paste = !headless && knows_paste(type);
	t->input = newpad(1, 1);
	keypad(t->input, TRUE);
	nodelay(t->input, TRUE);
	set_escdelay(ESCAPE_MS);
	idlok(stdscr, TRUE);
	mouseinterval(0); /* a click is told at once, not when it is sure that no second one follows */
	define_key("\033[200~", CODE_PASTE_BEGIN);
	define_key("\033[201~", CODE_PASTE_END);
	start_colours(t);
	set_modes(t);
	if (!headless) {
		open_gather(t);
		prepare_guard(t);
	}
	*out = t;
	return 0;
}

void terminal_close(struct terminal *t)
{
	if (!t)
		return;
	terminal_leave(t);
	delwin(t->input);
	delscreen(t->screen);
	fclose(t->out);
	fclose(t->keys);
	if (t->gather >= 0)
		close(t->gather);
	if (t->tty >= 0)
		close(t->tty);
	free(t);
}

int terminal_input(const struct terminal *t)
{
	return t->headless ? -1 : t->in;
}

int terminal_colours(const struct terminal *t)
{
	return t->colours;
}

static int32_t translate(struct terminal *t, wint_t c)
{
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		if ((wint_t)codes[i].code != c)
			continue;
		if (codes[i].key == SPECIAL_MOUSE && getmouse(&t->event) != OK)
			return 0;
		return codes[i].key;
	}
	if (c > KEY_F0 && c <= KEY_F(12))
		return SPECIAL_F1 + (int32_t)(c - KEY_F(1));
	return 0;
}

/* One key as curses gives it; false when none waits. Keys without a meaning here are passed over. */
static bool read_one(struct terminal *t, int32_t *key)
{
	wint_t c;

	for (;;) {
		int got = wget_wch(t->input, &c);

		if (got == ERR)
			return false;
		*key = got == KEY_CODE_YES ? translate(t, c) : (int32_t)c;
		if (*key == 0x7f || *key == 8)
			*key = SPECIAL_BACKSPACE;
		if (*key == '\n')
			*key = '\r';
		if (*key)
			return true;
	}
}

int32_t terminal_key(struct terminal *t)
{
	int32_t key = t->unread;
	int32_t next;

	t->unread = 0;
	if (key == 0 && !read_one(t, &key))
		return 0;
	if (key != 27 || !read_one(t, &next))
		return key;
	if (next > ' ' && next < 0x7f)
		return KEY_META | next;
	t->unread = next;
	return key;
}

static enum pointed click(struct terminal *t)
{
	int64_t now = clock_steady_us();
	bool twice = t->clicked_us && now - t->clicked_us < TWICE_US && t->clicked.y == t->event.y && t->clicked.x == t->event.x;

	t->clicked = t->event;
	t->clicked_us = twice ? 0 : now;
	return twice ? POINTED_DOUBLE : POINTED_CLICK;
}

enum pointed terminal_pointed(struct terminal *t, int *y, int *x, bool *alt)
{
	*alt = t->event.bstate & BUTTON_ALT;
	*y = t->event.y;
	*x = t->event.x;
	if (t->event.bstate & BUTTON4_PRESSED)
		return POINTED_WHEEL_UP;
	if (t->event.bstate & BUTTON5_PRESSED)
		return POINTED_WHEEL_DOWN;
	return t->event.bstate & BUTTON1_PRESSED ? click(t) : POINTED_NOTHING;
}

bool terminal_pointed_again(struct terminal *t)
{
	return getmouse(&t->event) == OK;
}

void terminal_mouse(struct terminal *t, bool on)
{
	t->mouse = on;
	mousemask(on ? BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED | BUTTON_ALT : 0,
		  NULL);
}

void terminal_size(struct terminal *t, int *rows, int *columns)
{
	struct winsize size = { 0 };
	const char *lines = getenv("LINES"), *cols = getenv("COLUMNS");

	if (t->headless) {
		size.ws_row = (unsigned short)(lines ? atoi(lines) : 24);
		size.ws_col = (unsigned short)(cols ? atoi(cols) : 80);
	} else {
		ioctl(t->out_fd, TIOCGWINSZ, &size);
	}
	*rows = size.ws_row ? size.ws_row : 24;
	*columns = size.ws_col ? size.ws_col : 80;
	if (*rows != LINES || *columns != COLS)
		resizeterm(*rows, *columns);
}

void terminal_use(struct terminal *t, const struct theme *theme)
{
	t->theme = *theme;
	if (t->colours)
		t->n_pairs = 1;
}

/* The pair of two colours, made when it is new. */
static short pair_of(struct terminal *t, int foreground, int background)
{
	if (t->colours == 0)
		return 0;
	for (short i = 0; i < t->n_pairs; i++)
		if (t->pair[i].foreground == foreground && t->pair[i].background == background)
			return i;
	if (t->n_pairs == PAIRS || t->n_pairs >= COLOR_PAIRS)
		return 0;
	init_extended_pair(t->n_pairs, foreground, background);
	t->pair[t->n_pairs].foreground = foreground;
	t->pair[t->n_pairs].background = background;
	return t->n_pairs++;
}

void terminal_look(const struct terminal *t, enum style style, enum style over, unsigned long *attributes, short *pair)
{
	static const struct {
		unsigned look;
		attr_t attribute;
	} map[] = {
		{ LOOK_BOLD, A_BOLD }, { LOOK_DIM, A_DIM }, { LOOK_ITALIC, A_ITALIC },
		{ LOOK_UNDERLINE, A_UNDERLINE }, { LOOK_REVERSE, A_REVERSE },
	};
	const struct look *top = &t->theme.look[style];
	const struct look *base = &t->theme.look[over];
	unsigned looks = over == STYLE_TEXT ? top->attributes : top->attributes | base->attributes;
	int foreground = theme_colour(top->foreground, t->colours);
	int background = theme_colour(top->background, t->colours);

	if (over != STYLE_TEXT) {
		if (base->background != COLOUR_NONE)
			background = theme_colour(base->background, t->colours);
		if (foreground == COLOUR_NONE)
			foreground = theme_colour(base->foreground, t->colours);
		if (base->attributes & LOOK_REVERSE) /* dim on reverse can't be read everywhere */
			looks &= ~(unsigned)LOOK_DIM;
	}
	if (t->colours == 8 && top->foreground >= 8 && top->foreground < 16)
		looks |= LOOK_BOLD;
	*attributes = 0;
	for (size_t i = 0; i < sizeof map / sizeof *map; i++)
		if (looks & map[i].look)
			*attributes |= map[i].attribute;
	*pair = pair_of((struct terminal *)t, foreground, background);
}

void terminal_begin(struct terminal *t)
{
	(void)t;
	erase();
}

void terminal_end(struct terminal *t, int y, int x)
{
	leaveok(stdscr, y < 0); /* a hidden cursor may stay where it is */
	if (y >= 0)
		move(y, x);
	curs_set(y >= 0);
	wnoutrefresh(stdscr);
	gather_begin(t);
	doupdate();
	gather_end(t);
}

void terminal_anew(struct terminal *t)
{
	(void)t;
	clearok(curscr, TRUE);
}

void terminal_text(struct terminal *t, struct buf *out)
{
	wchar_t *row = xcalloc((size_t)COLS + 1, sizeof *row);
	char bytes[4];

	(void)t;
	for (int y = 0; y < LINES; y++) {
		if (mvinnwstr(y, 0, row, COLS) == ERR)
			row[0] = L'\0';
		for (size_t i = 0; row[i]; i++)
			buf_add(out, bytes, utf8_encode(bytes, (uint32_t)row[i]));
		while (out->len && out->p[out->len - 1] == ' ')
			buf_truncate(out, out->len - 1);
		buf_addc(out, '\n');
	}
	free(row);
}

static void show_cursor(struct terminal *t)
{
	const char *shown = tigetstr("cnorm");

	/* no common terminal pads it; where one does, curses' own word has to do */
	if (shown && shown != (const char *)-1 && !strstr(shown, "$<"))
		put_raw(t, shown);
}

void terminal_leave(struct terminal *t)
{
	if (t->mouse)
		mousemask(0, NULL);
	if (t->paste)
		put_raw(t, "\033[?2004l");
	curs_set(1);
	endwin();
	show_cursor(t); /* whatever curses believes it is */
	guard_armed(false);
	if (!t->headless)
		tcsetattr(t->in, TCSADRAIN, &t->before);
}

void terminal_return(struct terminal *t)
{
	guard_armed(true);
	reset_prog_mode();
	if (t->paste)
		put_raw(t, "\033[?2004h");
	terminal_mouse(t, t->mouse);
	flushinp();
	refresh();
	terminal_anew(t);
}

void terminal_bell(struct terminal *t)
{
	(void)t;
	beep();
}

static void add_base64(struct buf *out, struct span s)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < s.len; i += 3) {
		size_t n = s.len - i < 3 ? s.len - i : 3;
		unsigned v = (unsigned)(unsigned char)s.p[i] << 16;

		if (n > 1)
			v |= (unsigned)(unsigned char)s.p[i + 1] << 8;
		if (n > 2)
			v |= (unsigned char)s.p[i + 2];
		buf_addc(out, digits[v >> 18]);
		buf_addc(out, digits[v >> 12 & 63]);
		buf_addc(out, n > 1 ? digits[v >> 6 & 63] : '=');
		buf_addc(out, n > 2 ? digits[v & 63] : '=');
	}
}

bool terminal_copy(struct terminal *t, struct span text)
{
	struct buf out = BUF_INIT;
	bool tmux = getenv("TMUX") != NULL;

	if (text.len > COPY_LIMIT)
		return false;
	buf_adds(&out, tmux ? "\033Ptmux;\033\033]52;c;" : "\033]52;c;");
	add_base64(&out, text);
	buf_adds(&out, tmux ? "\a\033\\" : "\a");
	put_raw(t, out.p);
	buf_free(&out);
	return true;
}
