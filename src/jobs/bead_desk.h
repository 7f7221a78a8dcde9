/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An alignment corrected by hand.  A run of tamis mine --align is opened with its documents; beads are merged, split and shifted; a bead
 * changed by hand is locked.  Pins force a boundary.  Aligning again fills what lies between pins and locked beads, in
 * milliseconds, and leaves those as they are.  Every step is undone one by one; saving makes a run of its own, so that the first
 * one stays as it was, and verdicts follow the pairs that are the same.
 *
 * Until then the steps are kept as the annotator's draft of the run (bead_desk_keep): opened again, also after a crash, the desk
 * is as it was left, undo included.
 */
#ifndef TAMIS_JOBS_BEAD_DESK_H
#define TAMIS_JOBS_BEAD_DESK_H

#include "jobs/mine.h"
#include "store/drafts.h"

#define DESK_SENTENCES 9        /* of one side of a bead, at most */

struct desk_bead {
	struct bead bead;       /* nx or ny 0: no partner */
	bool pinned;            /* its beginning is a boundary */
	bool locked;            /* made by hand */
};

typedef VEC(struct desk_bead) desk_beads;

/* The embeddings the run was made by: files, or an endpoint whose answers are in the cache beside the workspace. */
struct desk_embeddings {
	bool used;              /* by the run */
	char *source, *target, *tensor;
	char *url, *model, *prefix, *cache;
};

struct bead_desk {
	struct mine_work work;  /* documents, words and links */
	char **lexicons;        /* the run's own files, NULL at the end; or NULL */
	bool packaged, catalogues; /* as the run had them */
	struct desk_embeddings embeddings;
	char *by_words;         /* why it is aligned by words though the run was made by embeddings; or NULL */
	int64_t run;
	desk_beads beads;       /* in order, covering both documents */
	VEC(desk_beads) past;   /* for undo, newest last */
	bool changed;           /* against the run, or against what was saved last */
	bool apart;             /* undoing everything would not lead back to the run: saved since, or too many steps */
	struct draft draft;
	VEC(char *) unkept;     /* steps that are not in it yet, oldest first */
	bool resumed;           /* it brought steps back at opening */
	bool draft_lost;        /* it had one that does not fit any more */
};

/* By the embeddings of the run where they can still be had, else by words, and `by_words` says why.  TAMIS_EUSAGE when the run is no alignment; TAMIS_ECHANGED when its documents are no longer what was aligned, or a
 * dictionary that was given to it is gone. */
int bead_desk_open(struct bead_desk **out, struct store *s, int64_t run, struct job *job, struct error *err);
void bead_desk_free(struct bead_desk *d);

/* Each does one step, or nothing and false where it is not possible. */
bool bead_desk_merge(struct bead_desk *d, size_t i);               /* with the next one */
bool bead_desk_split(struct bead_desk *d, size_t i);               /* the first sentence of each side, and the rest */
/* A sentence over the boundary with the next bead: of the source (side 0) or the target, `on` to the next or back from it. */
bool bead_desk_shift(struct bead_desk *d, size_t i, int side, bool on);
bool bead_desk_pin(struct bead_desk *d, size_t i);                 /* on or off */
/* Any step: `n` beads for the `out` ones from bead `at` on; false when the documents would not be covered. */
bool bead_desk_replace(struct bead_desk *d, size_t at, size_t out, const struct desk_bead *in, size_t n);
bool bead_desk_undo(struct bead_desk *d);
int bead_desk_realign(struct bead_desk *d, struct error *err);

/* The text of sentence `k` of the document of a side. */
struct span bead_desk_sentence(const struct bead_desk *d, int side, size_t k);

/* Appends to the draft what is not in it yet; after a failure that stays to be kept by the next call.  TAMIS_ECHANGED: another session
 * is at the same draft. */
int bead_desk_keep(struct bead_desk *d, struct store *s, struct error *err);

/* A new run with these beads; its number. */
int bead_desk_save(int64_t *run, struct bead_desk *d, struct store *s, struct job *job, struct error *err);

#endif
