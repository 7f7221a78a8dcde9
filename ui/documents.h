/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Opening the list of a corpus' records.
 */
#ifndef TAMIS_UI_DOCUMENTS_H
#define TAMIS_UI_DOCUMENTS_H

#include "ui/screen.h"
#include "store/store.h"

struct documents_request {
	struct corpus_view *view;  /* shared, not taken; NULL: opened for `corpus` */
	int64_t corpus;
	item_ref at;               /* start on this record; ITEM_REF_NONE: the first */
};

#endif
