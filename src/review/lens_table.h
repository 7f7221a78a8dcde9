/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The kinds that have a lens: one row each; `const struct lens NAME_lens` is defined in lens_NAME.c.
 */
#ifndef TAMIS_REVIEW_LENS_TABLE_H
#define TAMIS_REVIEW_LENS_TABLE_H

#define LENS_TABLE(ROW) \
	ROW(document)   \
	ROW(instruction) \
	ROW(bitext) \
	ROW(cluster) \
	ROW(order)

#endif
