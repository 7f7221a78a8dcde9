/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of verbs, in the order of `tamis help`. */
#include "config.h"

#include "cli/verb.h"

extern const struct verb verb_import, verb_ls, verb_show, verb_search, verb_review, verb_label, verb_undo, verb_redo,
	verb_stats, verb_export, verb_order, verb_merge, verb_fsck, verb_demo, verb_help, verb_version;
extern const struct verb verb_dedup, verb_stage;
extern const struct verb verb_mine, verb_backtranslate, verb_calibrate;

const struct verb *const verbs[] = {
	&verb_import,
	&verb_dedup,
	&verb_ls,
	&verb_show,
	&verb_search,
	&verb_review,
	&verb_label,
	&verb_undo,
	&verb_redo,
	&verb_stats,
	&verb_calibrate,
	&verb_export,
	&verb_backtranslate,
	&verb_mine,
	&verb_order,
	&verb_merge,
	&verb_fsck,
	&verb_stage,
	&verb_demo,
	&verb_help,
	&verb_version,
	NULL,
};
