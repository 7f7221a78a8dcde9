/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Raw strings, here-documents, quote-like operators, templates, regular-expression literals, embedded documentation. */
#include "codeorder/mask_forms.h"

static bool is_word(char c)
{
	return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80);
}

static bool at_line_start(const struct mask *m, size_t at)
{
	return at == 0 || m->in[at - 1] == '\n';
}

static bool text_at(const struct mask *m, size_t at, const char *text)
{
	size_t n = strlen(text);

	return at <= m->n && m->n - at >= n && memcmp(m->in + at, text, n) == 0;
}

static size_t find_from(const struct mask *m, size_t at, const char *needle, size_t len)
{
	const char *hit = at < m->n ? memmem(m->in + at, m->n - at, needle, len) : NULL;

	return hit ? (size_t)(hit - m->in) : m->n;
}

/* Covers [open, body_end) as string body, copies the delimiters around it. */
static size_t covered(struct mask *m, size_t at, size_t body, size_t body_end, size_t end)
{
	if (end > m->n)
		end = m->n;
	if (body_end > end)
		body_end = end;
	mask_copy(m, at, body);
	mask_cover(m, body, body_end);
	mask_copy(m, body_end, end);
	return end;
}

static size_t cxx_raw(struct mask *m, size_t at)
{
	char close[20];
	size_t open, body, end, len;

	if (m->in[at] != 'R' || !text_at(m, at + 1, "\""))
		return at;
	if (at && is_word(m->in[at - 1]) && !strchr("uUL8", m->in[at - 1]))
		return at;
	open = at + 2;
	for (body = open; body < m->n && m->in[body] != '('; body++)
		if (body - open >= 16 || strchr(" )\\\n\"", m->in[body]))
			return at;
	len = body - open;
	close[0] = ')';
	memcpy(close + 1, m->in + open, len);
	close[len + 1] = '"';
	end = find_from(m, body, close, len + 2);
	return covered(m, at, body < m->n ? body + 1 : m->n, end, end + len + 2);
}

static size_t rust_raw(struct mask *m, size_t at)
{
	char close[258];
	size_t hashes = 0, open = at + 1, end;

	if (m->in[at] != 'r' || (at && is_word(m->in[at - 1]) && m->in[at - 1] != 'b' && m->in[at - 1] != 'c'))
		return at;
	while (open + hashes < m->n && m->in[open + hashes] == '#' && hashes < 255)
		hashes++;
	if (!text_at(m, open + hashes, "\""))
		return at;
	close[0] = '"';
	memset(close + 1, '#', hashes);
	end = find_from(m, open + hashes + 1, close, hashes + 1);
	return covered(m, at, open + hashes + 1, end, end + hashes + 1);
}

/* 'x' or '\…' is a character; anything else after an apostrophe is a lifetime, a tick or a type variable. */
static size_t character(struct mask *m, size_t at)
{
	size_t end = at + 1, used = 1;

	if (m->in[at] != '\'' || end >= m->n)
		return at;
	if (m->in[end] == '\\') {
		for (end += 2; end < m->n && m->in[end] != '\'' && m->in[end] != '\n' && end - at < 14; end++)
			;
		if (end < m->n && m->in[end] == '\'')
			return covered(m, at, at + 1, end, end + 1);
		return at;
	}
	while (end + used < m->n && (m->in[end + used] & 0xc0) == 0x80)
		used++;
	if (text_at(m, end + used, "'") && m->in[end] != '\'')
		return covered(m, at, at + 1, end + used, end + used + 1);
	mask_copy(m, at, at + 1);
	return at + 1;
}

static size_t verbatim(struct mask *m, size_t at)
{
	static const struct lexis_pair doubled = { "\"", "\"", false, true, '"' };
	static const struct lexis_pair raw = { "\"\"\"", "\"\"\"", false, true, 0 };
	size_t quote = at;

	if (text_at(m, at, "\"\"\""))
		return mask_string(m, at, &raw);
	while (quote < m->n && quote - at < 2 && (m->in[quote] == '@' || m->in[quote] == '$'))
		quote++;
	if (quote == at || !text_at(m, quote, "\"") || !memchr(m->in + at, '@', quote - at))
		return at;
	mask_copy(m, at, quote);
	return mask_string(m, quote, &doubled);
}

static size_t long_bracket(struct mask *m, size_t at)
{
	char close[64];
	bool comment = text_at(m, at, "--[");
	size_t open = comment ? at + 2 : at, level = 0, end;

	if (m->in[open] != '[')
		return at;
	while (open + 1 + level < m->n && m->in[open + 1 + level] == '=' && level < 60)
		level++;
	if (!text_at(m, open + 1 + level, "["))
		return at;
	close[0] = ']';
	memset(close + 1, '=', level);
	close[level + 1] = ']';
	end = find_from(m, open + level + 2, close, level + 2);
	if (!comment)
		return covered(m, at, open + level + 2, end, end + level + 2);
	end = end + level + 2 > m->n ? m->n : end + level + 2;
	mask_blank(m, at, end);
	return end;
}

/* <<EOF and its relatives: notes the word; the body is covered when the line ends. */
static size_t heredoc(struct mask *m, size_t at)
{
	bool php = (m->lx->forms & LEXIS_HEREDOC_PHP) && text_at(m, at, "<<<");
	size_t p = at + (php ? 3 : 2), word, end;
	bool indented = php;
	char quote = 0;

	if (!php && (!(m->lx->forms & LEXIS_HEREDOC) || !text_at(m, at, "<<") || text_at(m, at, "<<<")))
		return at;
	if (p < m->n && (m->in[p] == '-' || m->in[p] == '~')) {
		indented = true;
		p++;
	}
	while (p < m->n && m->in[p] == ' ' && (php || (m->lx->forms & LEXIS_WORD_HASH)))
		p++;
	if (p < m->n && strchr("'\"`\\", m->in[p]) && m->in[p])
		quote = m->in[p++];
	for (word = end = p; end < m->n && is_word(m->in[end]); end++)
		;
	if (end == word || (m->in[word] >= '0' && m->in[word] <= '9') || m->n_pending == MASK_HEREDOCS)
		return at;
	/* an unquoted lower-case word after << in Perl or Ruby is far more often a shift or an append */
	if (!quote && !php && !(m->lx->forms & LEXIS_WORD_HASH) && !(m->in[word] >= 'A' && m->in[word] <= 'Z'))
		return at;
	m->pending[m->n_pending].at = word;
	m->pending[m->n_pending].len = end - word;
	m->pending[m->n_pending++].indented = indented;
	if (quote && quote != '\\' && end < m->n && m->in[end] == quote)
		end++;
	mask_copy(m, at, end);
	return end;
}

static bool ends_heredoc(const struct mask *m, size_t line, size_t line_end, size_t k)
{
	size_t p = line;

	while (m->pending[k].indented && p < line_end && (m->in[p] == ' ' || m->in[p] == '\t'))
		p++;
	if (line_end - p < m->pending[k].len || memcmp(m->in + p, m->in + m->pending[k].at, m->pending[k].len) != 0)
		return false;
	p += m->pending[k].len;
	return p == line_end || m->in[p] == '\r' || ((m->lx->forms & LEXIS_HEREDOC_PHP) && !is_word(m->in[p]));
}

/* Called at a newline: covers the bodies that were announced on the line it ends. */
static size_t heredoc_bodies(struct mask *m, size_t at)
{
	size_t line = at + 1;

	m->out[at] = '\n';
	for (size_t k = 0; k < m->n_pending; k++) {
		size_t body = line;

		while (line < m->n) {
			size_t end = mask_line_end(m, line);

			if (ends_heredoc(m, line, end, k)) {
				mask_cover(m, body, line);
				mask_copy(m, line, end);
				body = line = end < m->n && k + 1 < m->n_pending ? end + 1 : end;
				break;
			}
			line = end < m->n ? end + 1 : m->n;
		}
		mask_cover(m, body, line);
	}
	m->n_pending = 0;
	return line > m->n ? m->n : line;
}

static char closing(char open)
{
	switch (open) {
	case '(': return ')';
	case '[': return ']';
	case '{': return '}';
	case '<': return '>';
	default: return open;
	}
}

/* From the opening delimiter to after its match; brackets nest. */
static size_t delimited(struct mask *m, size_t at)
{
	char open = m->in[at], close = closing(open);
	size_t end = at + 1, depth = 1;

	for (; end < m->n; end++) {
		if (m->in[end] == '\\')
			end++;
		else if (m->in[end] == close && --depth == 0)
			break;
		else if (m->in[end] == open && open != close)
			depth++;
	}
	if (end > m->n)
		end = m->n;
	return covered(m, at, at + 1, end, end + 1);
}

static size_t quote_like(struct mask *m, size_t at)
{
	static const char *const words[] = { "qq", "qw", "qr", "qx", "tr", "q", "m", "s", "y" };
	char before = at ? m->in[at - 1] : '\n';

	if (is_word(before) || strchr("$@%&>:-{", before) || m->in[at] == '\0')
		return at;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t p = at + strlen(words[i]), end;
		bool two = strcmp(words[i], "tr") == 0 || words[i][0] == 's' || words[i][0] == 'y';

		if (!text_at(m, at, words[i]))
			continue;
		if (p < m->n && is_word(m->in[p]))
			continue;
		while (p < m->n && m->in[p] == ' ')
			p++;
		if (p >= m->n || is_word(m->in[p]) || strchr(" \t\n,;)=", m->in[p]) ||
		    (m->in[p] == '#' && m->in[p - 1] == ' ') || text_at(m, p, "=>"))
			return at;
		mask_copy(m, at, p);
		end = delimited(m, p);
		if (!two || end >= m->n)
			return end;
		if (closing(m->in[p]) == m->in[p])
			return delimited(m, end - 1);
		while (end < m->n && strchr(" \t\n", m->in[end])) {
			m->out[end] = m->in[end];
			end++;
		}
		return end < m->n ? delimited(m, end) : end;
	}
	return at;
}

static size_t percent(struct mask *m, size_t at)
{
	size_t p = at + 1;
	char before = at ? m->in[at - 1] : '\n';

	if (m->in[at] != '%' || is_word(before) || before == ')' || before == ']')
		return at;
	if (p < m->n && strchr("wWqQiIrxs", m->in[p]) && m->in[p])
		p++;
	else
		return at;
	if (p >= m->n || !strchr("([{<|!/", m->in[p]))
		return at;
	mask_copy(m, at, p);
	return delimited(m, p);
}

/* True when an operand, not an operator, is expected: then '/' begins a regular expression. */
static bool operand_expected(const struct mask *m, size_t at)
{
	static const char *const keywords[] = { "return", "typeof", "case", "in", "of", "do", "else", "void", "delete",
						"throw", "new", "instanceof", "yield", "await", "if", "unless", "while",
						"and", "or", "not", "when", "split", "grep" };
	size_t p = at, end;

	while (p && (m->out[p - 1] == ' ' || m->out[p - 1] == '\t' || m->out[p - 1] == '\n'))
		p--;
	if (p == 0)
		return true;
	if (!is_word(m->out[p - 1]) && m->out[p - 1] != '$')
		return strchr(")]}\"'`", m->out[p - 1]) == NULL;
	for (end = p; p && is_word(m->out[p - 1]); p--)
		;
	for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
		if (strlen(keywords[i]) == end - p && memcmp(m->out + p, keywords[i], end - p) == 0)
			return p == 0 || m->out[p - 1] != '.';
	return false;
}

static size_t regex(struct mask *m, size_t at)
{
	size_t end = at + 1;
	bool in_class = false;

	if (m->in[at] != '/' || text_at(m, at, "//") || text_at(m, at, "/*") || !operand_expected(m, at))
		return at;
	for (; end < m->n && m->in[end] != '\n'; end++) {
		if (m->in[end] == '\\')
			end++;
		else if (m->in[end] == '[')
			in_class = true;
		else if (m->in[end] == ']')
			in_class = false;
		else if (m->in[end] == '/' && !in_class)
			return covered(m, at, at + 1, end, end + 1);
	}
	return at;
}

static size_t template_text(struct mask *m, size_t at);

/* Code between ${ and its }. */
static size_t template_code(struct mask *m, size_t at)
{
	size_t depth = 1;

	while (at < m->n) {
		char c = m->in[at];

		if (c == '{')
			depth++;
		if (c == '}' && --depth == 0) {
			m->out[at] = c;
			return at + 1;
		}
		at = m->lx->begins[(unsigned char)c] ? mask_step(m, at) : (m->out[at] = c, at + 1);
	}
	return at;
}

static size_t template_text(struct mask *m, size_t at)
{
	size_t end = at + 1;

	if (m->in[at] != '`' || m->template_depth >= 32)
		return at;
	m->template_depth++;
	m->out[at] = '`';
	while (end < m->n && m->in[end] != '`') {
		size_t step = m->in[end] == '\\' && end + 1 < m->n ? 2 : 1;

		if (text_at(m, end, "${")) {
			mask_copy(m, end, end + 2);
			end = template_code(m, end + 2);
			continue;
		}
		mask_cover(m, end, end + step);
		end += step;
	}
	m->template_depth--;
	if (end >= m->n)
		return m->n;
	m->out[end] = '`';
	return end + 1;
}

static size_t to_marker(struct mask *m, size_t at, const char *marker)
{
	while (at < m->n) {
		size_t end = mask_line_end(m, at);

		if (text_at(m, at, marker))
			return end;
		at = end < m->n ? end + 1 : m->n;
	}
	return m->n;
}

static size_t documentation(struct mask *m, size_t at)
{
	unsigned forms = m->lx->forms;
	size_t end = at;

	if (!at_line_start(m, at))
		return at;
	if ((forms & (LEXIS_POD | LEXIS_BEGIN_END)) &&
	    (text_at(m, at, "__END__") || ((forms & LEXIS_POD) && text_at(m, at, "__DATA__"))))
		end = m->n;
	else if ((forms & LEXIS_BEGIN_END) && text_at(m, at, "=begin"))
		end = to_marker(m, at, "=end");
	else if ((forms & LEXIS_POD) && m->in[at] == '=' && at + 1 < m->n && is_word(m->in[at + 1]))
		end = to_marker(m, at, "=cut");
	if (end > at)
		mask_blank(m, at, end);
	return end;
}

size_t mask_first_line(struct mask *m)
{
	return m->n ? documentation(m, 0) : 0;
}

size_t mask_special(struct mask *m, size_t at)
{
	static const struct {
		unsigned form;
		size_t (*take)(struct mask *m, size_t at);
	} forms[] = {
		{ LEXIS_POD | LEXIS_BEGIN_END, documentation },
		{ LEXIS_CXX_RAW, cxx_raw },
		{ LEXIS_RUST_RAW, rust_raw },
		{ LEXIS_LIFETIME | LEXIS_CHAR, character },
		{ LEXIS_VERBATIM, verbatim },
		{ LEXIS_LONG_BRACKET, long_bracket },
		{ LEXIS_HEREDOC | LEXIS_HEREDOC_PHP, heredoc },
		{ LEXIS_QUOTE_LIKE, quote_like },
		{ LEXIS_PERCENT, percent },
		{ LEXIS_TEMPLATE, template_text },
		{ LEXIS_REGEX, regex },
	};

	if (m->in[at] == '\n' && m->n_pending)
		return heredoc_bodies(m, at);
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		size_t end = m->lx->forms & forms[i].form ? forms[i].take(m, at) : at;

		if (end > at)
			return end;
	}
	return at;
}

unsigned lexis_form_from_name(struct span name)
{
	static const char *const names[] = {
		"cxx-raw", "rust-raw", "lifetime", "verbatim", "long-bracket", "heredoc", "heredoc-php", "quote-like",
		"percent", "regex", "template", "pod", "begin-end", "word-hash", "sigil", "char",
	};

	for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
		if (span_is(name, names[i]))
			return 1u << i;
	return 0;
}
