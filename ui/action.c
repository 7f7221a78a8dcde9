/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows.  Those for every screen come first: a later row for one screen takes a key over. */
#include "config.h"

#include "base/i18n.h"
#include "ui/action.h"

#define LISTS (ON(CORPORA) | ON(DOCUMENTS) | ON(JOBS) | ON(REJECTED) | ON(ORDER) | ON(LEXICON) | ON(MESSAGES) | ON(HELP))
#define PAGES (LISTS | ON(READER))
#define DATA (ON(DOCUMENTS) | ON(READER))
#define DECIDE (ON(DOCUMENTS) | ON(READER) | ON(REVIEW) | ON(ORDER))

const char *const screen_names[SCREEN_COUNT] = {
	[SCREEN_CORPORA] = "corpora",   [SCREEN_DOCUMENTS] = "documents", [SCREEN_READER] = "reader",
	[SCREEN_REVIEW] = "review",     [SCREEN_JOBS] = "jobs",           [SCREEN_REJECTED] = "rejected",
	[SCREEN_ORDER] = "order",       [SCREEN_TRADEOFF] = "tradeoff",
	[SCREEN_CALIBRATION] = "calibration",
	[SCREEN_BEADS] = "alignment",
	[SCREEN_LEXICON] = "lexicon",
	       [SCREEN_MESSAGES] = "messages", [SCREEN_HELP] = "help",           [SCREEN_PALETTE] = "palette",
};

const struct action actions[] = {
	/* anywhere */
	{ ACTION_BACK, "back", ON_ANY, "q esc", NULL, N_("close this screen, go back to the one before") },
	{ ACTION_QUIT, "quit", ON_ANY, "Q", NULL, N_("leave tamis; every decision is saved already") },
	{ ACTION_HELP, "help", ON_ANY, "? f1", NULL, N_("show the keys of this screen") },
	{ ACTION_PALETTE, "palette", ON_ANY, ":", NULL, N_("find an action by typing a part of its name") },
	{ ACTION_SHOW_JOBS, "show-jobs", ON_ANY, "J f3", NULL, N_("show what runs in the background") },
	{ ACTION_SHOW_REJECTED, "show-rejected", ON_ANY, "!", NULL, N_("show the records that were kept out of imports") },
	{ ACTION_SHOW_MESSAGES, "show-messages", ON_ANY, "f2", NULL, N_("show the messages so far") },
	{ ACTION_CANCEL, "cancel", ON_ANY, "C-c", NULL, N_("stop what runs for this screen; leave when nothing does") },
	{ ACTION_SHAPES, "shapes", ON_ANY, "Z", NULL, N_("invisible characters as tokens, or as the terminal draws them") },
	{ ACTION_MOUSE, "mouse", ON_ANY, "f8", NULL, N_("mouse on or off; the wheel scrolls, in a review with Alt to the next item; Shift selects text") },
	{ ACTION_REDRAW, "redraw", ON_ANY, "C-l", NULL, N_("draw the whole screen anew") },
	{ ACTION_SUSPEND, "suspend", ON_ANY, "C-z", NULL, N_("back to the shell; fg returns") },
	{ ACTION_THEME, "theme", ON_ANY, "", "NAME", N_("change the colours") },
	{ ACTION_KEYS, "keys", ON_ANY, "", "NAME", N_("change the key map") },
	{ ACTION_WAIT, "wait", ON_ANY, "", NULL, N_("wait until nothing runs in the background (for --batch)") },
	{ ACTION_DUMP, "dump", ON_ANY, "", "FILE", N_("write the screen as text to a file (for --batch)") },

	/* moving */
	{ ACTION_DOWN, "down", PAGES, "j down C-n", NULL, N_("one row down") },
	{ ACTION_UP, "up", PAGES, "k up C-p", NULL, N_("one row up") },
	{ ACTION_PAGE_DOWN, "page-down", PAGES, "space pgdn C-f", NULL, N_("one page down") },
	{ ACTION_PAGE_UP, "page-up", PAGES, "b pgup C-b", NULL, N_("one page up") },
	{ ACTION_HALF_DOWN, "half-page-down", PAGES, "C-d", NULL, N_("half a page down") },
	{ ACTION_HALF_UP, "half-page-up", PAGES, "C-u", NULL, N_("half a page up") },
	{ ACTION_FIRST, "first", PAGES, "home <", NULL, N_("to the beginning") },
	{ ACTION_LAST, "last", PAGES, "G end >", NULL, N_("to the end") },
	{ ACTION_GOTO, "goto", DATA | ON(ORDER), "g", "N", N_("to row N, or to N%") },
	{ ACTION_LEFT, "left", ON(DOCUMENTS), "left h", NULL, N_("scroll the text to the left") },
	{ ACTION_RIGHT, "right", ON(DOCUMENTS), "right l", NULL, N_("scroll the text to the right") },
	{ ACTION_NEXT, "next", ON(READER), "] right l", NULL, N_("the next document") },
	{ ACTION_PREVIOUS, "previous", ON(READER), "[ left h", NULL, N_("the previous document") },
	{ ACTION_OPEN, "open", ON(CORPORA) | ON(DOCUMENTS) | ON(REJECTED) | ON(ORDER), "enter", NULL, N_("open what is under the cursor") },

	/* moving in the review */
	{ ACTION_NEXT, "next", ON(REVIEW), "j ]", NULL, N_("the next item") },
	{ ACTION_PREVIOUS, "previous", ON(REVIEW), "k [", NULL, N_("the previous item") },
	{ ACTION_NEXT_UNDECIDED, "next-undecided", ON(REVIEW), "}", NULL, N_("the next item without a verdict") },
	{ ACTION_PREVIOUS_UNDECIDED, "previous-undecided", ON(REVIEW), "{", NULL,
	  N_("the previous item without a verdict") },
	{ ACTION_SCROLL_DOWN, "scroll-down", ON(REVIEW), "down C-n", NULL, N_("scroll the item down") },
	{ ACTION_SCROLL_UP, "scroll-up", ON(REVIEW), "up C-p", NULL, N_("scroll the item up") },
	{ ACTION_PAGE_DOWN, "page-down", ON(REVIEW), "pgdn C-f C-d", NULL, N_("one page down") },
	{ ACTION_PAGE_UP, "page-up", ON(REVIEW), "pgup C-b C-u", NULL, N_("one page up") },
	{ ACTION_FIRST, "first", ON(REVIEW), "home <", NULL, N_("the first item") },
	{ ACTION_LAST, "last", ON(REVIEW), "G end >", NULL, N_("the last item") },
	{ ACTION_LEFT, "previous-field", ON(REVIEW), "left h", NULL, N_("choose the field before: what editing and copying take") },
	{ ACTION_RIGHT, "next-field", ON(REVIEW), "right l", NULL, N_("choose the field after") },
	{ ACTION_GOTO, "goto", ON(REVIEW), "g", "N", N_("to item N, or to N%") },

	/* finding */
	{ ACTION_FILTER, "filter", ON(DOCUMENTS) | ON(REVIEW), "/", "FILTER",
	  N_("show only what matches a regular expression or a filter") },
	{ ACTION_SEARCH, "search", ON(READER) | ON(HELP), "/", "PATTERN", N_("find a regular expression in this text") },
	{ ACTION_NEXT_HIT, "next-hit", DATA | ON(HELP), "n", NULL, N_("the next hit") },
	{ ACTION_PREVIOUS_HIT, "previous-hit", DATA | ON(HELP), "N", NULL, N_("the previous hit") },
	{ ACTION_CLEAR, "clear", ON(DOCUMENTS), "esc", NULL, N_("take filter, sorting or range away; else go back") },
	{ ACTION_VARIANT, "context", ON(DOCUMENTS), "c", NULL, N_("rows that match among all others, or alone") },
	{ ACTION_SORT, "sort", ON(DOCUMENTS), "S", "KEY", N_("sort by score, length, language or file order") },
	{ ACTION_ORDER, "order", ON(REVIEW), "o S", "KEY", N_("order of the queue: file, random, score, -score") },

	/* looking */
	{ ACTION_RAW, "raw", ON(REVIEW), "R z", NULL, N_("the original bytes, or the fields") },
	{ ACTION_RAW, "raw", DATA, "z", NULL, N_("the original bytes, or the fields") },
	{ ACTION_META, "metadata", ON(REVIEW), "m i", NULL, N_("show or hide the metadata") },
	{ ACTION_META, "metadata", DATA, "i", NULL, N_("show or hide the metadata") },
	{ ACTION_VARIANT, "layout", ON(REVIEW), "tab t", NULL, N_("the next layout of this kind of item") },
	{ ACTION_HISTORY, "history", ON(REVIEW), "H", NULL, N_("show or hide the latest decisions") },
	{ ACTION_COPY, "copy", DECIDE, "y", NULL, N_("copy the text to the clipboard of the terminal") },

	/* deciding */
	{ ACTION_ACCEPT, "accept", DECIDE, "a", NULL, N_("accept") },
	{ ACTION_REJECT, "reject", DECIDE, "x r", NULL, N_("reject") },
	{ ACTION_SKIP, "skip", ON(REVIEW), "space s", NULL, N_("skip: neither accept nor reject") },
	{ ACTION_SKIP, "skip", DATA | ON(ORDER), "s", NULL, N_("skip: neither accept nor reject") },
	{ ACTION_FLAG, "flag", DECIDE, "f", NULL, N_("flag for somebody else to look at") },
	{ ACTION_UNDECIDE, "undecide", DECIDE, "0", NULL, N_("take the verdict back") },
	{ ACTION_REASON, "reason", ON(REVIEW), "", "N", N_("reason N of the list on or off (keys 1 to 9)") },
	{ ACTION_REASON_BEFORE, "reason-before", ON(REVIEW), "", "N", N_("the same for the item judged last (alt with 1 to 9)") },
	{ ACTION_NOTE, "note", ON(REVIEW), "n", "TEXT", N_("write a note") },
	{ ACTION_EDIT, "edit", ON(REVIEW), "e", NULL, N_("edit the text here") },
	{ ACTION_EDIT_EXTERNAL, "edit-outside", ON(REVIEW), "E", NULL, N_("edit the text in $EDITOR") },
	{ ACTION_AGAIN, "again", ON(REVIEW), ".", NULL, N_("the same verdict, reasons and note as last time") },
	{ ACTION_UNDO, "undo", DECIDE, "u", NULL, N_("take the latest decision back, also one of an earlier day") },
	{ ACTION_REDO, "redo", DECIDE, "C-r U", NULL, N_("do again what undo took back") },
	{ ACTION_RANGE, "range", ON(DOCUMENTS) | ON(REVIEW), "v", NULL, N_("begin or end a range; a verdict then takes all of it") },
	{ ACTION_MARK, "mark", ON(DOCUMENTS), "m", NULL, N_("mark this row; a verdict then takes all marked rows") },
	{ ACTION_NEXT_MARK, "next-mark", ON(DOCUMENTS), "'", NULL, N_("to the next marked row") },
	{ ACTION_ACCEPT_ALL, "accept-all", ON(DOCUMENTS) | ON(REVIEW), "A", NULL, N_("accept everything the filter shows, as one step") },
	{ ACTION_REJECT_ALL, "reject-all", ON(DOCUMENTS) | ON(REVIEW), "X", NULL, N_("reject everything the filter shows, as one step") },

	{ ACTION_BULK, "bulk", ON(REVIEW), "V", "VERDICT FILTER", N_("one verdict for all that a filter matches, as one step") },
	{ ACTION_SAVE, "save", ON(REVIEW), "C-s", NULL, N_("keep the text being edited") },

	/* the rest */
	{ ACTION_IMPORT, "import", ON(CORPORA) | ON(DOCUMENTS), "o", "PATH", N_("import a file or a folder") },
	{ ACTION_REVIEW, "review", ON(CORPORA) | ON(DOCUMENTS), "R", NULL, N_("decide on these one by one") },
	{ ACTION_CANCEL, "cancel", ON(JOBS), "c x", NULL, N_("stop the job under the cursor; what it finished is kept") },
	/* orders of source files */
	{ ACTION_ORDER_TREE, "order-tree", ON(CORPORA) | ON(ORDER), "O", "PATH", N_("put a source tree or an archive in dependency order") },
	{ ACTION_VARIANT, "view", ON(ORDER), "tab t", NULL, N_("files, cut links, unresolved imports, rules") },
	{ ACTION_ORDER, "order", ON(ORDER), "o S", "ORDER", N_("deps, users, path, random or deepseek") },
	{ ACTION_HOLD, "hold", ON(ORDER), "h", NULL, N_("this cut link must hold: another of its cycle is cut") },
	{ ACTION_DROP, "drop", ON(ORDER), "d", NULL, N_("leave this link out of the order; in the list of rules: take the rule back") },
	{ ACTION_ALIAS, "alias", ON(ORDER), "=", "PATH", N_("say which file this unresolved import means") },
	{ ACTION_KINDS, "kinds", ON(ORDER), "K", "KIND", N_("a kind of links on or off") },
	{ ACTION_BUDGET, "budget", ON(ORDER), "w", "TOKENS", N_("tokens of a window") },
	{ ACTION_BUNDLE, "bundle", ON(ORDER), "B", NULL, N_("windows, or bundles: each file after its direct dependencies") },
	{ ACTION_COMPARE, "compare", ON(ORDER), "c", "ORDER", N_("how far each file moves in another order; none ends it") },
	/* duplicates */
	{ ACTION_DEDUP, "deduplicate", ON(CORPORA), "D", NULL, N_("measure this corpus: what MinHash and SimHash find and cost") },
	{ ACTION_DEDUP, "deduplicate", ON(TRADEOFF), "D enter", NULL, N_("find the clusters with this setting, in the background") },
	{ ACTION_LEFT, "left", ON(TRADEOFF), "left h", NULL, N_("fewer rows a band; fewer bits that may differ") },
	{ ACTION_RIGHT, "right", ON(TRADEOFF), "right l", NULL, N_("more rows a band; more bits that may differ") },
	{ ACTION_UP, "up", ON(TRADEOFF), "up k", NULL, N_("more bands") },
	{ ACTION_DOWN, "down", ON(TRADEOFF), "down j", NULL, N_("fewer bands") },
	{ ACTION_VARIANT, "method", ON(TRADEOFF), "tab", NULL, N_("move MinHash, or SimHash") },
	{ ACTION_THRESHOLD, "threshold", ON(TRADEOFF), "t", "T", N_("similarity from which documents are duplicates") },
	/* what a score is worth */
	{ ACTION_CALIBRATE, "calibration", ON(REVIEW) | ON(CORPORA), "C", NULL, N_("what this run's score is worth: precision, recall, a threshold") },
	{ ACTION_QUEUE, "queue", ON(REVIEW) | ON(CALIBRATION), "p", "QUEUE", N_("what to judge next: threshold, above, strata, conflict, band, audit, clusters") },
	{ ACTION_SWAP, "swap", ON(REVIEW), "w", "N", N_("another candidate as the partner (N: which), or the rewritten response; after the last the first again") },
	{ ACTION_LEFT, "left", ON(CALIBRATION), "left h", NULL, N_("a lower threshold, by a bar") },
	{ ACTION_RIGHT, "right", ON(CALIBRATION), "right l", NULL, N_("a higher threshold, by a bar") },
	{ ACTION_UP, "up", ON(CALIBRATION), "up k", NULL, N_("the next higher score") },
	{ ACTION_DOWN, "down", ON(CALIBRATION), "down j", NULL, N_("the next lower score") },
	{ ACTION_FIRST, "first", ON(CALIBRATION), "home <", NULL, N_("the lowest score") },
	{ ACTION_LAST, "last", ON(CALIBRATION), "end > G", NULL, N_("the highest score") },
	{ ACTION_THRESHOLD, "threshold", ON(CALIBRATION), "t", "T", N_("the threshold in figures") },
	{ ACTION_PRECISION, "precision", ON(CALIBRATION), "P", "P", N_("the lowest threshold with this precision, at 95 %") },
	{ ACTION_KEEP, "keep-threshold", ON(CALIBRATION), "enter =", NULL, N_("keep this threshold with the run, for queues and export; again: keep none") },
	{ ACTION_REVIEW, "review", ON(CALIBRATION), "R", NULL, N_("decide on everything from the threshold on, best first") },
	{ ACTION_NEAR, "near", ON(CALIBRATION), "n", NULL, N_("decide on what lies nearest to the threshold first") },
	{ ACTION_VARIANT, "view", ON(CALIBRATION), "tab", NULL, N_("histogram, or table of scores and verdicts") },
	/* alignment */
	{ ACTION_BEADS, "alignment", ON(REVIEW) | ON(CORPORA), "B", NULL, N_("correct the beads of this alignment: merge, split, shift, pin") },
	{ ACTION_DOWN, "down", ON(BEADS), "j down C-n", NULL, N_("the next bead") },
	{ ACTION_UP, "up", ON(BEADS), "k up C-p", NULL, N_("the bead before") },
	{ ACTION_PAGE_DOWN, "page-down", ON(BEADS), "space pgdn C-f", NULL, N_("one page down") },
	{ ACTION_PAGE_UP, "page-up", ON(BEADS), "b pgup C-b", NULL, N_("one page up") },
	{ ACTION_FIRST, "first", ON(BEADS), "home", NULL, N_("the first bead") },
	{ ACTION_LAST, "last", ON(BEADS), "G end", NULL, N_("the last bead") },
	{ ACTION_MERGE, "merge", ON(BEADS), "m", NULL, N_("this bead and the next become one") },
	{ ACTION_SPLIT, "split", ON(BEADS), "s", NULL, N_("the first sentence of each side alone, then the rest") },
	{ ACTION_SOURCE_ON, "source-on", ON(BEADS), ">", NULL, N_("the last source sentence goes on to the next bead") },
	{ ACTION_SOURCE_BACK, "source-back", ON(BEADS), "<", NULL, N_("the first source sentence of the next bead comes back to this one") },
	{ ACTION_TARGET_ON, "target-on", ON(BEADS), "]", NULL, N_("the last target sentence goes on to the next bead") },
	{ ACTION_TARGET_BACK, "target-back", ON(BEADS), "[", NULL, N_("the first target sentence of the next bead comes back to this one") },
	{ ACTION_PIN, "pin", ON(BEADS), "p", NULL, N_("this bead's beginning is a boundary, or is none any more") },
	{ ACTION_REALIGN, "align-again", ON(BEADS), "r", NULL, N_("align again between pins and corrected beads") },
	{ ACTION_UNDO, "undo", ON(BEADS), "u", NULL, N_("take the latest step back") },
	{ ACTION_SAVE, "save", ON(BEADS), "W C-s", NULL, N_("make a run of these beads; until then they are kept as a draft") },
	/* words that mining has linked */
	{ ACTION_LEXICON, "lexicon", ON(REVIEW) | ON(CORPORA), "L", NULL, N_("the words this mining run has linked; those rejected are linked no more") },
	{ ACTION_OPEN, "open", ON(LEXICON), "enter", NULL, N_("decide on the pairs that have both words") },
	{ ACTION_REJECT, "reject", ON(LEXICON), "x r", NULL, N_("these two words are not to be linked by the next run") },
	{ ACTION_ACCEPT, "accept", ON(LEXICON), "a", NULL, N_("they may be linked") },
	{ ACTION_UNDO, "undo", ON(LEXICON), "u", NULL, N_("take the latest step back") },
	/* models */
	{ ACTION_ASK, "ask-model", ON(CORPORA), "M", "LINE", N_("have a model draft instructions for this corpus; on a run that asked one: go on with it") },
	{ ACTION_ASK, "ask-again", ON(REVIEW), "M", "TASK", N_("ask a model about this item again: draft, judge or rewrite") },
	{ ACTION_NONE, NULL, 0, NULL, NULL, NULL },
};

const struct action *action_row(enum action_id id, enum screen_id screen)
{
	const struct action *any = NULL;

	for (const struct action *a = actions; a->id != ACTION_NONE; a++) {
		if (a->id != id)
			continue;
		if (a->screens != ON_ANY && (a->screens & (1u << screen)))
			return a;
		if (!any || a->screens == ON_ANY)
			any = a;
	}
	return any;
}

enum action_id action_from_name(struct span name)
{
	for (const struct action *a = actions; a->id != ACTION_NONE; a++)
		if (span_is(name, a->name))
			return a->id;
	return ACTION_NONE;
}

int screen_from_name(struct span name)
{
	for (int i = 0; i < SCREEN_COUNT; i++)
		if (span_is(name, screen_names[i]))
			return i;
	return -1;
}
