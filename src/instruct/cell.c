/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "instruct/cell.h"

#include <strings.h>

#include "base/hash.h"

/* What stands before the verb of a request. */
static const char *const before_verb[] = { "please", "can", "could", "would", "should", "will", "you", "i", "we", "do", "does", "did", "to",
					   "how", "kindly", "want", "need", "like", "help", "me", "us", "briefly", "then", "now", "also",
					   "in", "your", "own", "words", "let", "lets", "is", "there", "a", "way", "it", "possible", "know", "about", "important",
					   "first", NULL };
/* Objects that stand for the one after "of" or "about". */
static const char *const empty_nouns[] = { "overview", "introduction", "topic", "points", "list", "example", "examples", "table", "kind", "kinds",
					   "type", "types", "explanation", "description", "summary", "context", "details", "mathematics", NULL };
static const char *const questions[] = { "what", "why", "when", "where", "who", "which", "whose", NULL };
static const char *const articles[] = { "the", "a", "an", "this", "that", "these", "those", "some", "any", "my", "your", "its", "their", "me",
					"us", "our", "of", "is", "are", "was", "were", "it", "all", "each", "every", NULL };
static const char *const ends_object[] = { "in", "for", "to", "with", "on", "at", "by", "from", "into", "that", "which", "when", "and", "or",
					   "if", "as", "using", "about", "between", "without", "within", "so", "how", "why", "what", "do",
					   "does", "can", "should", "i", "you", "we", "of", "have", "has", "be", "not", "over", "than", NULL };
static const char *const chinese_verbs[] = { "解释", "说明", "列出", "列举", "比较", "介绍", "描述", "总结", "概括", "写出", "编写", "回答", "给出",
					     "分析", "证明", "计算", "翻译", "如何", "怎样", "怎么", "为什么", "什么是", NULL };

static bool is_any(struct span word, const char *const *list)
{
	for (; *list; list++)
		if (word.len == strlen(*list) && strncasecmp(word.p, *list, word.len) == 0)
			return true;
	return false;
}

static struct span word_at(const struct term_list *t, struct span text, size_t i)
{
	return i < t->terms.n ? span_make(text.p + t->terms.v[i].at, t->terms.v[i].len) : span_make("", 0);
}

/* Punctuation between two words ends an object. */
static bool apart(const struct term_list *t, struct span text, size_t i)
{
	for (size_t k = t->terms.v[i - 1].at + t->terms.v[i - 1].len; k < t->terms.v[i].at; k++)
		if (strchr(",.;:!?()\n", text.p[k]))
			return true;
	return false;
}

/* The last word of the object that begins at word `i`. */
static size_t object_end(const struct term_list *t, struct span text, size_t i)
{
	size_t noun = SIZE_MAX;

	while (i < t->terms.n && is_any(word_at(t, text, i), articles) && !apart(t, text, i))
		i++;
	for (size_t n = 0; i < t->terms.n && n < 8; i++, n++) {
		bool empty = noun != SIZE_MAX && is_any(word_at(t, text, noun), empty_nouns);

		if (!empty && (is_any(word_at(t, text, i), ends_object) || apart(t, text, i)))
			break;
		if (!is_any(word_at(t, text, i), ends_object) && !is_any(word_at(t, text, i), articles))
			noun = i;
	}
	return noun;
}

/* "ls: list …", "With regard to X, explain …", "I am reading up on X. What …": the word the request itself begins with. */
static size_t after_topic(const struct term_list *t, struct span text)
{
	static const char *const openings[] = { "with", "in", "for", "regarding", "when", "if", "given", "as", NULL };
	const char *from = text.len ? memchr(text.p, ':', text.len) : NULL, *comma = text.len ? memchr(text.p, ',', text.len) : NULL;
	size_t i = 0;

	if (t->terms.n && is_any(word_at(t, text, 0), openings) && comma)
		from = comma;
	while (from && i < t->terms.n && text.p + t->terms.v[i].at < from)
		i++;
	return i < t->terms.n ? i : 0;
}

/* "explain how to open …": what is asked is to open. */
static bool is_how_to(const struct term_list *t, struct span text, size_t i)
{
	static const char *const how[] = { "how", NULL }, *const to[] = { "to", NULL };

	return i + 2 < t->terms.n && is_any(word_at(t, text, i), how) && is_any(word_at(t, text, i + 1), to);
}

static void of_english(struct verb_noun *out, const struct term_list *t, struct span text)
{
	size_t verb = after_topic(t, text), noun;

	while (verb < t->terms.n && is_any(word_at(t, text, verb), before_verb))
		verb++;
	if (verb == t->terms.n)
		return;
	out->verb = word_at(t, text, verb);
	if (is_any(out->verb, questions))
		while (verb + 1 < t->terms.n && is_any(word_at(t, text, verb + 1), before_verb))
			verb++;
	if (is_how_to(t, text, verb + 1)) {
		verb += 3;
		out->verb = word_at(t, text, verb);
	}
	noun = object_end(t, text, verb + 1);
	if (noun == SIZE_MAX)
		return;
	out->id = hash64(&t->terms.v[verb].id, sizeof t->terms.v[verb].id, 3);
	out->noun = word_at(t, text, noun);
	out->id = hash_mix64(out->id ^ t->terms.v[noun].id);
}

/* The verb wherever it stands; the object is what follows up to a mark, by its last two characters. */
static bool of_chinese(struct verb_noun *out, struct span text)
{
	static const char *const marks[] = { "：", "“", "「", "《", ":", " " };
	const char *verb = NULL;
	size_t at, end;

	for (const char *const *v = chinese_verbs; *v; v++) {
		const char *found = text.len ? memmem(text.p, text.len, *v, strlen(*v)) : NULL;

		if (found && (verb == NULL || found < verb)) {
			verb = found;
			out->verb = span_make(found, strlen(*v));
		}
	}
	if (verb == NULL)
		return false;
	at = (size_t)(verb - text.p) + out->verb.len;
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (span_starts(span_make(text.p + at, text.len - at), marks[i]))
			at += strlen(marks[i]);
	end = at;
	while (end + 3 <= text.len && (unsigned char)text.p[end] >= 0xe4 && (unsigned char)text.p[end] <= 0xe9)
		end += 3;
	if (end < at + 6)
		return true;
	out->noun = span_make(text.p + end - 6, 6);
	out->id = hash64(out->verb.p, out->verb.len, 5) ^ hash64(out->noun.p, out->noun.len, 7);
	return true;
}

void verb_noun_of(struct verb_noun *out, struct term_reader *reader, struct term_list *scratch, struct span instruction)
{
	*out = (struct verb_noun){ .verb = { "", 0 }, .noun = { "", 0 } };
	if (instruction.len > 512)
		instruction.len = 512;
	if (of_chinese(out, instruction))
		return;
	terms_read(reader, scratch, instruction);
	of_english(out, scratch, instruction);
}
