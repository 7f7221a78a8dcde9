/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Corrections of an alignment as a draft (store/drafts.h).  A step is written as what it replaced, whichever key made it: so it means
 * the same when dictionaries or the aligner have changed since.  {"at": bead, "out": how many, "in": [beads]}; "undo" takes
 * the last one back; "saved" says that a run was made of what there is by then.
 */
#ifndef TAMIS_JOBS_BEAD_DRAFT_H
#define TAMIS_JOBS_BEAD_DRAFT_H

#include "jobs/bead_desk.h"

/* Notes the step from the newest state in `past` to the beads as they are, for bead_desk_keep(). */
void bead_draft_note_step(struct bead_desk *d);
void bead_draft_note(struct bead_desk *d, const char *what); /* "undo" "saved" */

/* Does the steps of the run's latest draft again, unless it was saved last.  A draft that does not fit the documents is
 * left alone, with `draft_lost` set: then the desk must be filled again. */
int bead_draft_restore(struct bead_desk *d, struct store *s, struct error *err);

#endif
