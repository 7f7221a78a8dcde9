/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Mining as a pipeline: two piles of sentences in, a run of bitext items out.
 */
#ifndef TAMIS_JOBS_MINE_H
#define TAMIS_JOBS_MINE_H

#include "bitext/align.h"
#include "bitext/mine_vectors.h"
#include "jobs/mine_pile.h"
#include "net/embed.h"
#include "review/learned.h"

#define MINE_ENGINE "bitext 1"

struct mine_wish {
	const char *source, *target;      /* corpus or file */
	bool existing;                    /* `source` is a bitext corpus: score the pairs it has; no target */
	const char *source_lang, *target_lang; /* NULL: guessed */
	const char *const *lexicons;      /* files, NULL-terminated, or NULL */
	const char *seed;                 /* TSV of parallel lines, or NULL */
	const char *source_vectors, *target_vectors; /* .npy or .safetensors files, a row a line; or NULL */
	const char *tensor;               /* of .safetensors files, or NULL */
	bool half;                        /* keep embeddings as float16 */
	size_t memory;                    /* bytes for sentences, words, neighbours, candidates, embeddings; 0: no bound */
	enum retrieval retrieval;         /* who is paired with whom, with embeddings */
	enum vector_index index;
	double recall;                    /* wanted of an index; 0: the default */
	struct embed_request endpoint;    /* url NULL: none */
	bool margin_given;                /* score by `margin`, not by probability */
	enum margin_kind margin;
	unsigned k;                       /* 0: 8, with vectors 4 */
	double threshold;                 /* NaN: the score with the best expected F1 (margins: 0) */
	bool packaged;                    /* look for the machine's dictionaries */
	bool catalogues;                  /* learn from the machine's message catalogues as well */
	bool keep_all;                    /* no cleaning: for scoring by line numbers */
	bool align;                       /* the two are documents in order; several are paired by content */
	bool again;                       /* with `align`: it will be aligned again; keep what was measured */
	unsigned self_training;
	/* Called when the piles are loaded and nothing is mined yet; negative ends the work.  May be NULL. */
	int (*check)(void *ctx, const struct pile *source, const struct pile *target, struct error *err);
	void *check_ctx;
	int64_t corrected;                /* with `align`: the run whose beads were corrected by hand (jobs/bead_desk.h); else 0 */
};

#define MINE_WISH_DEFAULT { .threshold = NAN, .packaged = true, .catalogues = true, .self_training = 1 }

/* Everything a face needs to print and score; freed with mine_work_free(). */
struct mine_work {
	struct pile source, target;
	struct lexicon lexicon;
	struct rescorer rescorer;
	VEC(uint64_t) given;              /* of an existing bitext: source << 32 | target, rising */
	uint64_t repeated;                /* pairs of it that stood there before */
	char *advice;                     /* which packages would help, or NULL */
	struct mining mining;
	struct ivf_record ivf;            /* of embeddings, when an index was used */
	struct alignment alignment;       /* with `align` */
	struct vectors *vectors;          /* of both sides, those it was made by, with `again`; else NULL */
	size_t document_pairs;            /* found by content; 0 when each side is one document */
	bool of_vectors, by_margin;       /* how scores came about */
	double threshold;                 /* as used */
	size_t messages;                  /* pairs of messages learned from */
	size_t kept;                      /* pairs at or above it, and no copies or odd lengths */
	size_t left_out[CLEAN_REASONS];   /* pairs */
	struct refusals refused;          /* word pairs a curator has rejected for these two (review/learned.h) */
	int64_t started_ms;               /* when mine_work_run() began; 0: only the saving is a run's time */
	int64_t run;
};

int mine_work_run(struct mine_work *out, const struct mine_wish *wish, struct store *s, struct job *job, struct error *err);
/* The same for piles that are already in `w` (source, target; the rest zero). */
int mine_work_on_piles(struct mine_work *w, const struct mine_wish *wish, struct job *job, struct error *err);
/* Piles and pairs of a bitext corpus: each sentence once, however often it stands there. */
int mine_work_existing(struct mine_work *w, const struct mine_wish *wish, struct store *s, struct job *job, struct error *err);
/* Mines an existing bitext with its pairing hidden: of up to `most` sentence-like pairs, a third stand on both sides, a third only on
 * the source side, a third only on the target side, in an order of their own.  `*score` is against the truth. */
int mine_work_hidden(struct mine_work *w, struct mine_score *score, const struct mine_wish *wish, const char *corpus, size_t most,
		     struct store *s, struct job *job, struct error *err);
/* A run with one item per pair kept, best first (in order with `align`). */
int mine_work_save(struct mine_work *w, const struct mine_wish *wish, struct store *s, struct job *job, struct error *err);
void mine_work_free(struct mine_work *w);

/* Members of the summary object. */
void mine_summary_json(struct buf *out, const struct mine_work *w);
/* The item of pair `i` of the mining, as its body. */
void mine_item_json(struct buf *out, const struct mine_work *w, size_t i);
/* Whether a bead is a pair to be judged: with text on both sides (blank lines align with each other too). */
bool mine_bead_is_pair(const struct mine_work *w, const struct bead *b);
/* The item of bead `i` of the alignment. */
void mine_bead_json(struct buf *out, const struct mine_work *w, size_t i);

#endif
