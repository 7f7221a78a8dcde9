/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions to terminfo. */
#include "config.h"

#include "ui/terminfo.h"

#include <curses.h>
#include <term.h>

static const char *string_of(const char *capability)
{
	const char *s = tigetstr(capability);

	return s == (const char *)-1 ? NULL : s;
}

enum terminfo_type terminfo_check(const char *type, int fd)
{
	int status = 0;
	enum terminfo_type found;

	if (setupterm(type, fd, &status) != OK)
		return TERMINFO_UNKNOWN;
	found = string_of("cup") ? TERMINFO_GOOD : TERMINFO_NO_CURSOR;
	del_curterm(cur_term);
	return found;
}

void terminfo_restore_string(struct buf *out)
{
	static const char *const capabilities[] = { "sgr0", "op", "rmkx", "rmcup", "cnorm" };

	for (size_t i = 0; i < sizeof capabilities / sizeof *capabilities; i++) {
		const char *s = string_of(capabilities[i]);

		while (s && *s) {
			const char *padding = s[0] == '$' && s[1] == '<' ? strchr(s, '>') : NULL;

			if (padding)
				s = padding + 1;
			else
				buf_addc(out, *s++);
		}
	}
}
