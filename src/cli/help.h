/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Help made from the table of verbs, for people and for shells.
 */
#ifndef TAMIS_CLI_HELP_H
#define TAMIS_CLI_HELP_H

#include "cli/verb.h"

void help_verb(struct cli *cli, const struct verb *verb);
void help_all(struct cli *cli);

/* Appends a completion script for "bash", "zsh" or "fish"; TAMIS_EUSAGE for another shell. */
int completion_script(struct buf *out, const char *shell, struct error *err);

#endif
