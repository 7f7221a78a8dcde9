/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is asked of a model, as data: share/prompts/NAME.LANG, one file per task and language (en, zh; texts in other languages
 * get the English one, which says to answer in the language of the text), those of the judge and of the rewriter, and the styles
 * (styles.LANG, `NAME<TAB>sentence`).  A file of the same name in the user's own folder (base/data.h) takes its place.
 *
 * A file has parts, each begun by a line `[name]`; what stands before the first is comment.  Parts: `system` and `user`; of a judge
 * also `swapped` (user, response before instruction), and what the system part ends with: `json` (reason, then score) or `digit`
 * (one digit and nothing else, for servers that tell probabilities).  The tasks share the frame instruction.LANG: their own
 * files need hold but a part `task`, which fills {task} there.  Other places: {name} of the task, {text} {path} {style} {language}
 * {instruction} {input} {response}; {fence} is a line that does not occur in the data, so that data can't end its quotation.  What
 * fills a place is never searched for places.
 *
 * The unchanging part comes first (`system`), so that servers can keep its prefix.  A prompt's version is the hash of its file
 * and the frame: scores and pairs keep it, and a changed prompt asks anew.
 */
#ifndef TAMIS_INSTRUCT_PROMPT_H
#define TAMIS_INSTRUCT_PROMPT_H

#include "instruct/draft.h"

enum prompt_id {
	/* The first DRAFT_TYPES are those of enum draft_type, in its order. */
	PROMPT_JUDGE = DRAFT_TYPES,    /* the pair, 1 to 5 */
	PROMPT_JUDGE_INSTRUCTION,      /* the instruction alone, 1 to 5 */
	PROMPT_REWRITE,                /* the response anew, with the source in view */
	PROMPTS
};

enum prompt_answer {
	ANSWER_JSON,  /* a JSON object of prompt_schema() */
	ANSWER_DIGIT, /* judges only: one token, to be asked for with logprobs */
};

struct prompt {
	enum prompt_id id;
	const char *name;   /* "how-to", "judge-instruction" */
	const char *lang;   /* "en" or "zh": of the file */
	char version[17];   /* hexadecimal, of the file's bytes */
	struct span system, user, swapped, json, digit, task; /* empty when there is no such part */
};

struct prompt_fields {
	struct span text, path;                  /* the segment */
	struct span instruction, input, response; /* of judges and the rewriter */
	uint8_t lang;                            /* of the text (text/langid.h) */
	uint64_t hash;                           /* of the segment: chooses the style */
};

struct prompts;
/* TAMIS_ENOTFOUND when a file is missing, TAMIS_EPARSE with file and line when one is not as above. */
int prompts_open(struct prompts **out, struct error *err);
void prompts_close(struct prompts *p);
/* Never NULL.  LANG_UNKNOWN and languages without files get English. */
const struct prompt *prompts_get(const struct prompts *p, enum prompt_id id, uint8_t lang);

const char *prompt_name(enum prompt_id id);
/* Replies to this prompt hold a `response` of the model's own and the segment becomes the pair's `input` (summarise); for all
 * other tasks the segment is the response. */
bool prompt_text_is_input(enum prompt_id id);
/* Which task the segment can serve, of those in `types` (bits of enum draft_type; 0: any): what its heading and shape say
 * (draft_type_of) when allowed; else the first allowed one any prose can serve (explain, summarise, question, creative).
 * DRAFT_TYPES when there is none. */
enum draft_type prompt_task_of(const struct text_segment *s, unsigned types);

/* Appends the messages, [{"role":"system","content":…},{"role":"user","content":…}].  `swapped` only for judges. */
void prompt_messages(struct buf *out, const struct prompts *p, const struct prompt *prompt, const struct prompt_fields *f,
		     enum prompt_answer answer, bool swapped);
/* Appends the JSON schema of the reply, {"type":"object",…}; nothing for PROMPT_REWRITE, whose reply is text between <answer> and
 * </answer> (long prose inside JSON breaks on its backslashes). */
void prompt_schema(struct buf *out, enum prompt_id id);
/* Tokens the reply may take: `max_tokens`. */
unsigned prompt_tokens(enum prompt_id id, enum prompt_answer answer, const struct prompt_fields *f);
/* "how-to.en 3f9a… chat": file, version, style; for the item's `template`. */
void prompt_label(char out[80], const struct prompts *p, const struct prompt *prompt, const struct prompt_fields *f);

#endif
