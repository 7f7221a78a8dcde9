/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The masking lexer's main loop: copy code, blank comments, cover strings.
 *
 * Most bytes begin nothing: `begins` skips them at once.  The others try, in order, the special forms of the language
 * (mask_forms.c), block comments, line comments, strings.  Each form is a function from a position to the position after it. */
#include "codeorder/mask.h"

#include "codeorder/mask_forms.h"

static bool begins_with(const struct mask *m, size_t at, const char *text)
{
	size_t n = strlen(text);

	return n && m->n - at >= n && memcmp(m->in + at, text, n) == 0;
}

void mask_blank(struct mask *m, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		m->out[i] = m->in[i] == '\n' ? '\n' : ' ';
}

void mask_cover(struct mask *m, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		m->out[i] = m->in[i] == '\n' ? '\n' : MASK_STRING;
}

void mask_copy(struct mask *m, size_t from, size_t to)
{
	memcpy(m->out + from, m->in + from, to - from);
}

size_t mask_line_end(const struct mask *m, size_t at)
{
	const char *nl = at < m->n ? memchr(m->in + at, '\n', m->n - at) : NULL;

	return nl ? (size_t)(nl - m->in) : m->n;
}

static size_t line_comment(struct mask *m, size_t at)
{
	for (size_t i = 0; i < m->lx->n_line_comments; i++) {
		const char *open = m->lx->line_comment[i];
		size_t end;

		if (!begins_with(m, at, open))
			continue;
		if (open[0] == '#' && (m->lx->forms & LEXIS_WORD_HASH) && at &&
		    !strchr(" \t\n;|&()", m->in[at - 1]))
			continue;
		if (open[0] == '#' && (m->lx->forms & LEXIS_SIGIL) && at && strchr("$\\{@%", m->in[at - 1]))
			continue;
		end = mask_line_end(m, at);
		/* a C comment whose line ends in a backslash goes on, as does the preprocessor's */
		while (open[0] == '/' && end < m->n && m->in[end - 1] == '\\')
			end = mask_line_end(m, end + 1);
		mask_blank(m, at, end);
		return end;
	}
	return at;
}

static size_t block_comment(struct mask *m, size_t at)
{
	for (size_t i = 0; i < m->lx->n_blocks; i++) {
		const struct lexis_pair *pair = &m->lx->block[i];
		size_t open_len = strlen(pair->open), close_len = strlen(pair->close);
		size_t end = at + open_len, depth = 1;

		if (!begins_with(m, at, pair->open))
			continue;
		while (end < m->n && depth) {
			if (begins_with(m, end, pair->close)) {
				depth--;
				end += close_len;
			} else if (pair->nests && begins_with(m, end, pair->open)) {
				depth++;
				end += open_len;
			} else {
				end++;
			}
		}
		mask_blank(m, at, end);
		return end;
	}
	return at;
}

size_t mask_string(struct mask *m, size_t at, const struct lexis_pair *pair)
{
	size_t open_len = strlen(pair->open), close_len = strlen(pair->close);
	size_t end = at + open_len;

	while (end < m->n) {
		char c = m->in[end];

		if (pair->escape == '\\' && c == '\\') {
			end += 2;
			continue;
		}
		if (begins_with(m, end, pair->close)) {
			if (pair->escape && pair->escape == pair->close[0] && begins_with(m, end + 1, pair->close)) {
				end += 2;
				continue;
			}
			break;
		}
		if (c == '\n' && !pair->multiline)
			break;
		end++;
	}
	if (end > m->n)
		end = m->n;
	mask_copy(m, at, at + open_len);
	mask_cover(m, at + open_len, end);
	if (end < m->n && m->in[end] != '\n') {
		mask_copy(m, end, end + close_len);
		end += close_len;
	} else if (end < m->n && pair->multiline) {
		end++;
	}
	return end;
}

static size_t plain_string(struct mask *m, size_t at)
{
	for (size_t i = 0; i < m->lx->n_strings; i++)
		if (begins_with(m, at, m->lx->string[i].open))
			return mask_string(m, at, &m->lx->string[i]);
	return at;
}

size_t mask_step(struct mask *m, size_t at)
{
	size_t end = mask_special(m, at);

	if (end == at)
		end = block_comment(m, at);
	if (end == at)
		end = line_comment(m, at);
	if (end == at)
		end = plain_string(m, at);
	if (end == at) {
		m->out[at] = m->in[at];
		end = at + 1;
	}
	return end;
}

void lexis_prepare(struct lexis *lx)
{
	static const char specials[] = "\n_=%/`<@$'\"";

	memset(lx->begins, 0, sizeof lx->begins);
	for (size_t i = 0; i < lx->n_line_comments; i++)
		lx->begins[(unsigned char)lx->line_comment[i][0]] = 1;
	for (size_t i = 0; i < lx->n_blocks; i++)
		lx->begins[(unsigned char)lx->block[i].open[0]] = 1;
	for (size_t i = 0; i < lx->n_strings; i++)
		lx->begins[(unsigned char)lx->string[i].open[0]] = 1;
	if (lx->forms == 0)
		return;
	for (const char *p = specials; *p; p++)
		lx->begins[(unsigned char)*p] = 1;
	if (lx->forms & (LEXIS_CXX_RAW | LEXIS_RUST_RAW))
		lx->begins['R'] = lx->begins['r'] = 1;
	if (lx->forms & LEXIS_LONG_BRACKET)
		lx->begins['['] = lx->begins['-'] = 1;
	if (lx->forms & LEXIS_QUOTE_LIKE)
		for (const char *p = "qmsty"; *p; p++)
			lx->begins[(unsigned char)*p] = 1;
}

void mask_source(char *out, const struct lexis *lx, struct span source)
{
	struct mask m = { .lx = lx, .in = source.p, .out = out, .n = source.len };
	size_t at = 0;

	/* a shebang is no comment to look into, and no code */
	if (span_starts(source, "#!")) {
		at = mask_line_end(&m, 0);
		mask_blank(&m, 0, at);
	} else {
		at = mask_first_line(&m);
	}
	while (at < m.n) {
		if (!lx->begins[(unsigned char)m.in[at]]) {
			m.out[at] = m.in[at];
			at++;
			continue;
		}
		at = mask_step(&m, at);
	}
}
