/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sentences as word numbers with weights; see side.h.
 */
#include "bitext/side.h"

#include <math.h>
#include <string.h>
#include <utf8proc.h>

#include "base/utf8.h"

static const double idf_power = 0.7;

/* What the last character that is not a quote or bracket says. */
static enum sentence_end end_of(int32_t cp)
{
	static const struct {
		int32_t cp;
		enum sentence_end end;
	} ends[] = {
		{ '.', END_STOP },           { 0x3002, END_STOP },        { 0xFF0E, END_STOP },       { 0xFF61, END_STOP },
		{ '?', END_QUESTION },       { 0xFF1F, END_QUESTION },    { 0x061F, END_QUESTION },   { 0x037E, END_QUESTION },
		{ '!', END_EXCLAMATION },    { 0xFF01, END_EXCLAMATION }, { ':', END_COLON },         { 0xFF1A, END_COLON },
		{ 0x2026, END_ELLIPSIS },    { 0x0964, END_STOP },        { 0x06D4, END_STOP },
	};

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (ends[i].cp == cp)
			return ends[i].end;
	return END_NONE;
}

static bool closes(int32_t cp)
{
	return cp == '"' || cp == '\'' || cp == ')' || cp == ']' || cp == 0xBB || cp == 0x201D || cp == 0x2019 ||
	       cp == 0x300D || cp == 0x300F || cp == 0xFF09 || cp == 0xAB || cp == 0x201C;
}

static bool is_comma(int32_t cp)
{
	return cp == ',' || cp == ';' || cp == 0x3001 || cp == 0xFF0C || cp == 0xFF1B || cp == 0x060C;
}

static void measure(struct sentence *out, struct span line)
{
	int32_t before = 0;
	size_t used;

	for (size_t i = 0; i < line.len; i += used) {
		int32_t cp = utf8_decode(span_make(line.p + i, line.len - i), &used);

		if (cp == ' ' || cp == '\t' || cp == 0xA0 || cp == 0x3000)
			continue;
		out->chars++;
		if (is_comma(cp) && out->commas < 255)
			out->commas++;
		if (closes(cp))
			continue;
		out->end = (uint8_t)(cp == '.' && before == '.' ? END_ELLIPSIS : end_of(cp));
		before = cp;
	}
}

static uint32_t word_number(struct side *s, struct span form)
{
	bool made;
	uint64_t *id = mapstr_at(&s->ids, form, &made);

	if (made) {
		*id = s->forms.n;
		vec_push(&s->forms, arena_span(&s->ids.keys, form));
	}
	return (uint32_t)*id;
}

static bool is_capital(struct span word)
{
	size_t used;
	int32_t cp = utf8_decode(word, &used);

	if (cp < 0x80)
		return cp >= 'A' && cp <= 'Z';
	return utf8proc_category(cp) == UTF8PROC_CATEGORY_LU;
}

/* After a stop, a colon or an opening quote every word has a capital. */
static bool begins(struct span line, size_t at)
{
	while (at && (line.p[at - 1] == ' ' || line.p[at - 1] == '"' || line.p[at - 1] == '\''))
		at--;
	return !at || strchr(".!?:([-", line.p[at - 1]) || (unsigned char)line.p[at - 1] >= 0x80;
}

static void find_names(struct side *s)
{
	uint32_t *capital = xcalloc(s->forms.n + 1, sizeof *capital), *small = xcalloc(s->forms.n + 1, sizeof *small);
	size_t names = 0;

	s->name = xcalloc(s->forms.n + 1, sizeof *s->name);
	for (size_t i = 0; i < s->n; i++) {
		for (uint32_t k = 0; k < s->sentences[i].n; k++) {
			const struct word_at *w = side_words(s, i) + k;

			if (!is_capital(span_make(s->lines[i].p + w->at, w->len)))
				small[w->word]++;
			else if (!begins(s->lines[i], w->at))
				capital[w->word]++;
		}
	}
	for (size_t w = 0; w < s->forms.n; w++) {
		s->name[w] = capital[w] && capital[w] >= 3 * small[w];
		names += s->name[w] ? capital[w] : 0;
	}
	s->names = s->words.n ? (double)names / (double)s->words.n : 0;
	free(capital);
	free(small);
}

static void count_ends(struct side *s)
{
	for (size_t i = 0; i < s->n; i++) {
		s->ends[s->sentences[i].end] += 1 / (double)s->n;
		s->commas += s->sentences[i].commas / (double)s->n;
	}
}

static void weigh(struct side *s)
{
	uint32_t *seen;

	s->df = xcalloc(s->forms.n + 1, sizeof *s->df);
	s->weight = xcalloc(s->forms.n + 1, sizeof *s->weight);
	seen = xcalloc(s->forms.n + 1, sizeof *seen);
	for (size_t i = 0; i < s->n; i++) {
		const struct word_at *w = side_words(s, i);

		for (uint32_t k = 0; k < s->sentences[i].n; k++) {
			if (seen[w[k].word] != i + 1)
				s->df[w[k].word]++;
			seen[w[k].word] = (uint32_t)(i + 1);
		}
	}
	free(seen);
	for (size_t w = 0; w < s->forms.n; w++) {
		double idf = log(((double)s->n + 1) / (s->df[w] + 0.5));

		s->weight[w] = (float)pow(idf > 0.01 ? idf : 0.01, idf_power);
	}
	for (size_t i = 0; i < s->n; i++)
		for (uint32_t k = 0; k < s->sentences[i].n; k++)
			s->sentences[i].weight += s->weight[side_words(s, i)[k].word];
}

void side_build(struct side *out, uint8_t lang, const struct span *lines, size_t n, const struct mapstr *headwords)
{
	struct tokenizer *t = tokenizer_new(lang, headwords);
	struct token_list list = { { 0 }, BUF_INIT };

	*out = (struct side){ .lang = lang, .lines = lines, .n = n };
	out->sentences = xcalloc(n + 1, sizeof *out->sentences);
	for (size_t i = 0; i < n; i++) {
		struct sentence *s = &out->sentences[i];

		tokens_cut(t, &list, lines[i]);
		s->first = out->words.n;
		s->n = (uint32_t)list.tokens.n;
		vec_each(&list.tokens, k) {
			struct token *token = &list.tokens.v[k];

			vec_push(&out->words, (struct word_at){ word_number(out, token->form), token->at, token->len });
		}
		measure(s, lines[i]);
	}
	token_list_free(&list);
	tokenizer_free(t);
	weigh(out);
	find_names(out);
	count_ends(out);
}

uint32_t side_add_word(struct side *s, struct span form)
{
	size_t before = s->forms.n;
	uint32_t word = word_number(s, form);

	if (s->forms.n > before) {
		s->df = xrealloc(s->df, (s->forms.n + 1) * sizeof *s->df);
		s->weight = xrealloc(s->weight, (s->forms.n + 1) * sizeof *s->weight);
		s->name = xrealloc(s->name, (s->forms.n + 1) * sizeof *s->name);
		s->name[word] = false;
		s->df[word] = 0;
		s->weight[word] = 0;
	}
	return word;
}

void side_free(struct side *s)
{
	free(s->sentences);
	vec_free(&s->words);
	mapstr_free(&s->ids);
	vec_free(&s->forms);
	free(s->df);
	free(s->weight);
	free(s->name);
	*s = (struct side){ 0 };
}

uint32_t side_word(const struct side *s, struct span form)
{
	uint64_t *id = mapstr_find(&s->ids, form);

	return id ? (uint32_t)*id : WORD_NONE;
}
