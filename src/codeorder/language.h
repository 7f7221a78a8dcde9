/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Languages as data: one file each in share/languages/, loaded once.  A file says how to know the language, how to mask it, which
 * regular expressions find its imports and declarations, and which resolver turns a name into a file.  A new language is a
 * new data file, and a resolver only if its rules are new.
 *
 * The lines of a data file (blank lines and lines that begin with '#' followed by a space are comments):
 *   name python                    the key; also the file's name
 *   extensions py pyi              without dots
 *   filenames Makefile             whole names
 *   shebang python python3         interpreters, version digits ignored
 *   comment //                     line comment; may be given again
 *   block OPEN CLOSE [nest]        block comment
 *   string OPEN CLOSE [\|double] [multi]
 *   forms NAME…                    see mask.h
 *   context indent|braces|preprocessor|none   how `late` and `conditional` are told
 *   late REGEX / conditional REGEX / type REGEX   what opens such a block (context indent: tried on enclosing lines)
 *   nest REGEX                     context braces: what opens a block whose first group is part of the names that `mod` rules find inside
 *   resolver NAME                  see resolve.h
 *   separator .                    of module names, for the resolver `path`
 *   try TEMPLATE                   "%s.lua": candidates for a name turned into a path, in order
 *   base FOLDER                    where to try them besides the file's own folder: "." is the root
 *   suffix bases                   the end of a path counts only below a folder that is named as a base, not anywhere
 *   external NAME…                 names of the language's own library
 *   path-comment PREFIX [SUFFIX]   how a comment with a path is written
 *   words REGEX                    identifiers that may name types (symbol edges)
 *   rule FORM EDGE REGEX           named groups `path`, `names`, `alias`; EDGE is strong, late, conditional, type, reexport,
 *                                  symbol, structure, or `-` for a declaration
 *   comment-rule OPENER FORM EDGE REGEX   the same, tried on the inside of comments that begin with OPENER, and nowhere else
 */
#ifndef TAMIS_CODEORDER_LANGUAGE_H
#define TAMIS_CODEORDER_LANGUAGE_H

#include "base/error.h"
#include "base/vec.h"
#include "codeorder/mask.h"

enum code_edge {
	EDGE_STRONG,      /* needed when the file is loaded or compiled */
	EDGE_LATE,        /* inside a function: needed when it runs */
	EDGE_CONDITIONAL, /* #if, try/except, if */
	EDGE_TYPE,        /* for the type checker only */
	EDGE_REEXPORT,    /* handed on: barrels, __init__, pub use */
	EDGE_SYMBOL,      /* a name of the same package or namespace is used */
	EDGE_PAIR,        /* header and its implementation */
	EDGE_TEST,        /* from a test to what it tests */
	EDGE_STRUCTURE,   /* mod x; — the parent names its child */
	EDGE_KINDS
};
const char *code_edge_name(enum code_edge kind);

enum code_context { CONTEXT_NONE, CONTEXT_INDENT, CONTEXT_BRACES, CONTEXT_PREPROCESSOR };

struct code_rule {
	char form[20];
	int edge;         /* enum code_edge; -1: a declaration */
	void *regex;      /* pcre2_code * */
	char opener[LEXIS_TEXT]; /* of the comments to look into; "": it looks at code */
	int path, names, alias; /* group numbers, -1 absent */
};

/* A list of words; works with the vec_ macros. */
struct word_list {
	char **v;
	size_t n;
	size_t cap;
};

struct language {
	char name[24];
	struct lexis lexis;
	struct word_list extensions, filenames, shebangs, tries, bases, externals;
	enum code_context context;
	void *late, *conditional, *type; /* pcre2_code *, or NULL */
	void *words;
	void *nest;
	char resolver[16];
	char separator[8];
	char suffix[8];      /* "bases", or "" */
	char comment_prefix[8], comment_suffix[8];
	VEC(struct code_rule) rules;
};

struct languages;

/* Loads every *.lang file of `folder`, in byte order of names.  A bad line is TAMIS_EPARSE with file:line. */
int languages_load(struct languages **out, const char *folder, struct error *err);
void languages_free(struct languages *all);
size_t languages_count(const struct languages *all);
/* Changes whenever a language file does: what was extracted under another mark is of no use. */
uint64_t languages_mark(const struct languages *all);
const struct language *languages_get(const struct languages *all, size_t i);
/* By file name, then shebang, then content (C against C++ and Objective-C headers); NULL when none. */
const struct language *languages_detect(const struct languages *all, struct span path, struct span head);
const struct language *languages_named(const struct languages *all, const char *name);
/* The name list holds `name` as a whole. */
bool language_is_external(const struct language *l, struct span name);

#endif
