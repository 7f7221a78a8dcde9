/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Items on standard output: as JSON, drawn by their lens on a terminal, or as plain fields in a pipe.
 */
#ifndef TAMIS_CLI_PRINT_H
#define TAMIS_CLI_PRINT_H

#include "cli/verb.h"
#include "review/lens.h"

void print_item(struct cli *cli, const struct item *item, bool meta);
/* The lines of a sheet, without colour. */
void print_sheet(struct cli *cli, const struct sheet *sheet);
/* A sheet's lines joined by blanks into `out`: what a list shows of an item. */
void print_head(struct buf *out, const struct item *item, int columns);
/* "accept", "-" for none. */
const char *print_verdict(enum verdict verdict);

#endif
