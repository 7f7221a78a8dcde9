/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Training samples from an order: windows of a token budget, bundles (a target preceded by what it needs), the share of
 * dependencies that a model would really see, and the text in the formats that published models were trained with.
 *
 * Tokens are estimated at 3.5 bytes each (code, byte-level BPE of 32-64 k entries); `bytes_per_token` replaces that.
 */
#ifndef TAMIS_CODEORDER_SAMPLE_H
#define TAMIS_CODEORDER_SAMPLE_H

#include "codeorder/repo.h"

enum code_format { CODE_DEEPSEEK, CODE_STARCODER2, CODE_QWEN25, CODE_JSONL };
int code_format_from_name(enum code_format *out, struct span name); /* deepseek starcoder2 qwen2.5 jsonl; TAMIS_EUSAGE */

/* One file, or a part of one, inside a window. */
struct code_part {
	uint32_t file;
	uint32_t window;
	uint64_t begin, end;     /* bytes of the file */
	uint32_t part, parts;    /* 1 of 1 when whole */
	bool context;            /* bundles: there for the target, its loss may be masked */
};

struct code_windows {
	VEC(struct code_part) parts;
	uint32_t n;              /* windows */
	uint64_t tokens;         /* of all windows, parts counted as often as they stand */
	uint64_t source_tokens;  /* of all files once */
	uint64_t links, covered; /* links whose dependency stands before its user in the same window, whole or in part */
};

/* Reads a file's text into `out`; 0 or negative. */
typedef int (*code_load)(void *ctx, uint32_t file, struct buf *out, struct error *err);

/* Flat windows in the order given (files that are skipped left out): cut at file borders where it can, else at a blank line before a line
 * that begins at the margin.  With `group` (code_order.group) a window never mixes weakly connected groups: each is a sample of its own. */
int code_windows_flat(struct code_windows *out, const struct code_repo *repo, const struct code_graph *g, const uint32_t *sequence, uint32_t n,
		      const uint32_t *group, uint64_t budget_tokens, double bytes_per_token, code_load load, void *ctx,
		      struct error *err);
/* Bundles: each file once as a target, preceded by its direct dependencies, heavier links first, then smaller files, while they fit;
 * dependencies stand in the order of `position`. */
void code_windows_bundles(struct code_windows *out, const struct code_repo *repo, const struct code_graph *g, const uint32_t *sequence,
			  const uint32_t *position, uint32_t n, uint64_t budget_tokens, double bytes_per_token);
void code_windows_free(struct code_windows *w);

/* How a sample is written. */
struct code_writing {
	enum code_format format;
	const char *repository;      /* name */
	int metadata;                /* starcoder2 and qwen: 1 on, 0 off, -1 by the parity of the SHA-256 of the name */
	bool refuse_sentinels;       /* leave out files that hold a format's sentinel; else they are escaped with a zero-width mark */
};

/* Appends the text of window `window` to `out`. Files that were refused are added to `refused`. */
int code_write_window(struct buf *out, const struct code_writing *how, const struct code_repo *repo, const struct code_windows *w,
		      uint32_t window, code_load load, void *ctx, struct file_list *refused, struct error *err);

#endif
