/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The masking lexer: source text in, text of the same length out in which comments are blanks and the bodies of
 * strings are MASK_STRING bytes, newlines kept.  Import rules (regular expressions) then see code only, never prose or data, and
 * a quoted path is read back from the original at the same offset.
 *
 * One lexer serves every language: a `struct lexis` (read from share/languages/) says which of its forms apply.
 */
#ifndef TAMIS_CODEORDER_MASK_H
#define TAMIS_CODEORDER_MASK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define MASK_STRING '\x01'
#define LEXIS_MAX 8
#define LEXIS_TEXT 8

/* Forms that a pair of delimiters can't express. Names as in the data files. */
enum lexis_form {
	LEXIS_CXX_RAW = 1 << 0,        /* R"d( … )d" */
	LEXIS_RUST_RAW = 1 << 1,       /* r"…", r#"…"#, br#"…"# */
	LEXIS_LIFETIME = 1 << 2,       /* 'a is a lifetime, 'a' a character */
	LEXIS_VERBATIM = 1 << 3,       /* C#: @"…""…", $@"…" and """ raw */
	LEXIS_LONG_BRACKET = 1 << 4,   /* Lua: [==[ … ]==] and --[==[ … ]==] */
	LEXIS_HEREDOC = 1 << 5,        /* shell and Perl: <<EOF, <<'EOF', <<-EOF, <<~EOF */
	LEXIS_HEREDOC_PHP = 1 << 6,    /* <<<EOF, <<<'EOF' */
	LEXIS_QUOTE_LIKE = 1 << 7,     /* Perl: q qq qw qr m s tr y with any delimiter */
	LEXIS_PERCENT = 1 << 8,        /* Ruby: %w[…] %q(…) %i{…} */
	LEXIS_REGEX = 1 << 9,          /* / begins a regular expression where an operand may stand */
	LEXIS_TEMPLATE = 1 << 10,      /* JavaScript `…${code}…` */
	LEXIS_POD = 1 << 11,           /* =word at a line's start … =cut, and __END__ / __DATA__ to the end */
	LEXIS_BEGIN_END = 1 << 12,     /* Ruby: =begin … =end at line starts, and __END__ */
	LEXIS_WORD_HASH = 1 << 13,     /* '#' begins a comment only after white space or at a line's start (shell) */
	LEXIS_SIGIL = 1 << 14,         /* '#' after '$' is no comment: Perl's $#array, shell's $# */
	LEXIS_CHAR = 1 << 15,          /* 'x' is one character; an apostrophe elsewhere means nothing (Haskell, Zig) */
};

struct lexis_pair {
	char open[LEXIS_TEXT];
	char close[LEXIS_TEXT];
	bool nests;      /* comments */
	bool multiline;  /* strings: may hold a newline; otherwise one ends there */
	char escape;     /* strings: '\\', or the quote itself when doubled, or 0 */
};

struct lexis {
	char line_comment[LEXIS_MAX][LEXIS_TEXT];
	size_t n_line_comments;
	struct lexis_pair block[LEXIS_MAX];
	size_t n_blocks;
	struct lexis_pair string[LEXIS_MAX]; /* longer openers first */
	size_t n_strings;
	unsigned forms;                      /* enum lexis_form */
	uint8_t begins[256];                 /* made by lexis_prepare(): bytes that can begin any of these */
};

/* Form of a name in a data file ("heredoc"), or 0. */
unsigned lexis_form_from_name(struct span name);
/* Fills `begins`; call once when the rest is filled. */
void lexis_prepare(struct lexis *lx);

/* Writes exactly `source.len` bytes to `out`.  Never fails: an unterminated form runs to the end (strings that may not
 * hold a newline: to the end of the line). */
void mask_source(char *out, const struct lexis *lx, struct span source);

#endif
