/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Arguments into options and words, by table.  Options of the verb and the common ones may be mixed and stand anywhere;
 * "--" ends them; "-" alone is a word; `--name=value`, `--name value`, `-n value`, `-nvalue` and clusters of flags are read.
 */
#ifndef TAMIS_CLI_ARGS_H
#define TAMIS_CLI_ARGS_H

#include "cli/verb.h"

/* Values of the common options, by index in cli_options. */
#define CLI_OPTIONS_MAX 16

struct args {
	struct verb_args of_verb;  /* owns its arrays, borrows the strings */
	const char *common[CLI_OPTIONS_MAX];
};

/* Reads `argv` for `verb` (NULL: only the common options are known, and reading stops at the first word, `*used` then says how
 * many were taken).  TAMIS_EUSAGE names the argument and the nearest option. */
int args_parse(struct args *out, const struct verb *verb, int argc, char *const *argv, int *used, struct error *err);
/* Fewer or more words than the verb takes: TAMIS_EUSAGE. */
int args_check_words(const struct verb *verb, const struct verb_args *a, struct error *err);
void args_free(struct args *a);
const char *args_common(const struct args *a, const char *name);

#endif
