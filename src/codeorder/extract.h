/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What one source file says: which names it imports and how, what it declares, which identifiers it uses.  Everything resolve.h needs
 * of a file is here, so a file is read once and its text can go.
 */
#ifndef TAMIS_CODEORDER_EXTRACT_H
#define TAMIS_CODEORDER_EXTRACT_H

#include "base/arena.h"
#include "base/hash.h"
#include "codeorder/language.h"

enum code_role {
	CODE_SOURCE,
	CODE_TEST,
	CODE_MANIFEST,   /* package.json, go.mod, Cargo.toml … */
	CODE_DOCUMENT,   /* README, docs */
	CODE_OTHER,      /* no known language; this and what follows is left out of the text */
	CODE_GENERATED,
	CODE_VENDORED,
	CODE_MINIFIED,
	CODE_BINARY,
	CODE_LOCK,
	CODE_TOO_LARGE,
	CODE_ROLES
};
const char *code_role_name(enum code_role role);
static inline bool code_role_skipped(enum code_role role)
{
	return role >= CODE_OTHER;
}
/* Left out of the training text or not: does the file stand in the graph?  Generated files do, others depend on them. */
static inline bool code_role_in_graph(enum code_role role)
{
	return role <= CODE_GENERATED || role == CODE_MINIFIED;
}

/* One import as written.  Spans live in the facts' arena. */
struct code_reference {
	const struct code_rule *rule;
	enum code_edge edge;    /* the rule's, or late / conditional / type as the context says */
	uint32_t line;          /* 1-based */
	struct span path;       /* the module or path, unquoted; may be empty */
	struct span names;      /* what is imported from it, as written */
	struct span alias;
};

/* A name the file declares: package, namespace, type, function. */
struct code_declaration {
	const struct code_rule *rule;
	struct span name;
	uint32_t line;
};

struct code_facts {
	const struct language *language; /* NULL when unknown */
	enum code_role role;
	char reason[80];                 /* why it is left out, translated; "" otherwise */
	uint64_t bytes;
	struct hash128 content;          /* XXH3-128 of the file's bytes */
	uint32_t lines;
	VEC(struct code_reference) references;
	VEC(struct code_declaration) declarations;
	VEC(uint64_t) words;             /* sorted hash64 of identifiers the `words` pattern found, each once */
	bool sentinel;                   /* holds a training-format sentinel such as <|file_sep|> */
	struct arena arena;
};

#define CODE_FILE_LIMIT ((size_t)4 << 20)

/* Fills `out` (zeroed or cleared).  `path` is relative to the repository, with '/'. Never fails. */
void code_extract(struct code_facts *out, const struct languages *all, struct span path, struct span content);
void code_facts_free(struct code_facts *facts);
/* True when `facts` uses identifier `word` (of the kind its language's `words` pattern finds). */
bool code_uses_word(const struct code_facts *facts, struct span word);

/* Facts as bytes and back (facts_pack.c), for a cache: a second run reads only what has changed.  Unpacking checks everything it reads and
 * returns false for bytes that are not facts of these `languages`; texts stay where they are in the bytes, which must outlive the facts. */
void code_facts_pack(struct buf *out, const struct code_facts *facts);
bool code_facts_unpack(struct code_facts *out, const struct languages *all, struct span *bytes);

/* By name alone (role.c): vendored and test folders, lock files; CODE_SOURCE when the name says nothing. */
enum code_role code_role_of_path(struct span path);
/* By content: binary, minified, generated; `*reason` is N_() text. */
enum code_role code_role_of_content(struct span path, struct span content, const char **reason);

#endif
