/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs a language's rules over the masked text of one file.
 *
 * A rule matches the masked text; what its groups cover is read from the original at the same offsets, so that quoted
 * paths come out whole.  Whether an import is late or conditional is told by where it stands: inside braces, on an indented line
 * under `def`, between #if and #endif (the include guard does not count). */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "codeorder/extract.h"

#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/i18n.h"
#include "base/map.h"

#define MATCH_LIMIT 100000u
#define JIT_STACK ((size_t)1 << 20)
#define GIVE_UP 100u /* matches that ran into a limit, before a file is left */

struct scan {
	struct code_facts *facts;
	const struct language *language;
	struct span source;
	char *masked;
	VEC(uint32_t) line_starts;
	pcre2_match_data *match;
	pcre2_match_data *nest_match;
	pcre2_match_context *limits;
	pcre2_jit_stack *stack;
	unsigned given_up;  /* matches that ran into a limit */
	struct map64 seen;  /* by `qualified` and `constant` rules */
	bool in_comment;    /* the rule at hand looks into comments */
};

static struct span taken(const struct scan *s, const PCRE2_SIZE *at, int group)
{
	const char *text;
	size_t from, len;

	if (group < 0 || at[2 * group] == PCRE2_UNSET || at[2 * group + 1] < at[2 * group])
		return span_make("", 0);
	from = at[2 * group];
	len = at[2 * group + 1] - from;
	/* names come from the masked text, free of comments; quoted paths, and what stands in comments, from the source */
	text = s->in_comment || memchr(s->masked + from, MASK_STRING, len) ? s->source.p : s->masked;
	return arena_span(&s->facts->arena, span_make(text + from, len));
}

static bool regex_hits(const struct scan *s, void *regex, size_t from, size_t to)
{
	pcre2_match_data *md;
	int rc;

	if (regex == NULL)
		return false;
	md = pcre2_match_data_create(1, NULL);
	rc = pcre2_match(regex, (PCRE2_SPTR)s->masked + from, to - from, 0, 0, md, s->limits);
	pcre2_match_data_free(md);
	return rc >= 0;
}

static size_t line_start(const struct scan *s, size_t at)
{
	const char *nl = at ? memrchr(s->masked, '\n', at) : NULL;

	return nl ? (size_t)(nl - s->masked) + 1 : 0;
}

static size_t indent_at(const struct scan *s, size_t start)
{
	size_t n = 0;

	while (start + n < s->source.len && (s->masked[start + n] == ' ' || s->masked[start + n] == '\t'))
		n++;
	return n;
}

static bool blank_line(const struct scan *s, size_t start)
{
	size_t at = start + indent_at(s, start);

	return at >= s->source.len || s->masked[at] == '\n' || s->masked[at] == '\r';
}

/* Lines whose indentation says nothing: empty, inside a string, or the end of a bracket that opened further up. */
static bool loose_line(const struct scan *s, size_t start)
{
	if (start >= 2 && s->masked[start - 2] == MASK_STRING)
		return true; /* began inside a string that ran over the line's end */
	return blank_line(s, start) || strchr(")]}\x01", s->masked[start + indent_at(s, start)]) != NULL;
}

/* Walks up through the lines that enclose `at` by indentation; the strongest word wins: type, then late, then conditional. */
static enum code_edge context_of_indent(const struct scan *s, size_t at, enum code_edge edge)
{
	size_t start = line_start(s, at), indent = indent_at(s, start), end;

	while (indent && start) {
		end = start - 1;
		start = line_start(s, end);
		if (loose_line(s, start) || indent_at(s, start) >= indent)
			continue;
		indent = indent_at(s, start);
		if (regex_hits(s, s->language->type, start, end))
			return EDGE_TYPE;
		if (regex_hits(s, s->language->late, start, end))
			edge = EDGE_LATE;
		else if (edge != EDGE_LATE && regex_hits(s, s->language->conditional, start, end))
			edge = EDGE_CONDITIONAL;
	}
	return edge;
}

/* Depth of braces, or of #if, kept up to date as matches come in order of position. */
struct depth {
	size_t at;
	size_t depth;
	size_t guard; /* 1 when the whole file stands in an include guard */
};

static void advance_braces(const struct scan *s, struct depth *d, size_t to)
{
	for (; d->at < to; d->at++) {
		if (s->masked[d->at] == '{')
			d->depth++;
		else if (s->masked[d->at] == '}' && d->depth)
			d->depth--;
	}
}

static struct span directive(const struct scan *s, size_t start)
{
	size_t at = start + indent_at(s, start), n = 0;

	if (at >= s->source.len || s->masked[at] != '#')
		return span_make("", 0);
	for (at++; at < s->source.len && (s->masked[at] == ' ' || s->masked[at] == '\t'); at++)
		;
	while (at + n < s->source.len && s->masked[at + n] >= 'a' && s->masked[at + n] <= 'z')
		n++;
	return span_make(s->masked + at, n);
}

static void advance_preprocessor(const struct scan *s, struct depth *d, size_t to)
{
	while (d->at < to) {
		const char *nl = memchr(s->masked + d->at, '\n', s->source.len - d->at);
		struct span word = directive(s, d->at);

		if (span_is(word, "if") || span_is(word, "ifdef") || span_is(word, "ifndef"))
			d->depth++;
		else if (span_is(word, "endif") && d->depth)
			d->depth--;
		d->at = nl ? (size_t)(nl - s->masked) + 1 : s->source.len;
	}
}

/* The first directive is #ifndef X (or #if !defined X) followed by #define X. */
static bool has_include_guard(const struct scan *s)
{
	bool first = true;

	for (size_t at = 0; at < s->source.len;) {
		const char *nl = memchr(s->masked + at, '\n', s->source.len - at);
		struct span word = directive(s, at);

		if (word.len && !first)
			return span_is(word, "define");
		if (word.len && !span_is(word, "ifndef") && !span_is(word, "if") && !span_is(word, "pragma"))
			return false;
		if (word.len && !span_is(word, "pragma"))
			first = false;
		else if (!word.len && !blank_line(s, at) && first)
			return false;
		at = nl ? (size_t)(nl - s->masked) + 1 : s->source.len;
	}
	return false;
}

static enum code_edge context_of(const struct scan *s, struct depth *d, size_t at, enum code_edge edge)
{
	if (edge == EDGE_CONDITIONAL && s->language->context == CONTEXT_BRACES)
		return edge;
	if (edge == EDGE_TYPE || edge == EDGE_STRUCTURE || edge == EDGE_SYMBOL)
		return edge;
	switch (s->language->context) {
	case CONTEXT_INDENT:
		return context_of_indent(s, at, edge);
	case CONTEXT_BRACES:
		if (at < d->at)
			*d = (struct depth){ 0 };
		advance_braces(s, d, at);
		return d->depth ? EDGE_LATE : edge;
	case CONTEXT_PREPROCESSOR:
		if (at < d->at)
			*d = (struct depth){ .guard = d->guard };
		advance_preprocessor(s, d, line_start(s, at));
		return d->depth > d->guard ? EDGE_CONDITIONAL : edge;
	default:
		return edge;
	}
}

static void find_lines(struct scan *s)
{
	for (size_t at = 0; at < s->source.len;) {
		const char *nl = memchr(s->source.p + at, '\n', s->source.len - at);

		vec_push(&s->line_starts, (uint32_t)at);
		at = nl ? (size_t)(nl - s->source.p) + 1 : s->source.len;
	}
}

/* The line of the first thing a match shows: it may begin with the white space of lines before. */
static uint32_t line_of(const struct scan *s, size_t from, size_t to)
{
	size_t low = 0, high = s->line_starts.n;

	while (from < to && (s->masked[from] == '\n' || s->masked[from] == ' '))
		from++;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (s->line_starts.v[middle] <= from)
			low = middle;
		else
			high = middle;
	}
	return (uint32_t)low + 1;
}

/* The blocks that enclose a declaration: modules written out in the file give its name their own ("a::b"), anything else (a macro's body) makes it
 * conditional. */
static struct span enclosing_modules(struct scan *s, size_t at, enum code_edge *edge)
{
	VEC(size_t) open = { 0 };
	struct buf names = BUF_INIT;
	struct span kept;

	for (size_t i = 0; i < at; i++) {
		if (s->masked[i] == '{')
			vec_push(&open, i);
		else if (s->masked[i] == '}' && open.n)
			open.n--;
	}
	vec_each(&open, i) {
		size_t start = line_start(s, open.v[i]);
		const PCRE2_SIZE *group;

		if (pcre2_match(s->language->nest, (PCRE2_SPTR)s->masked + start, open.v[i] - start, 0, 0, s->nest_match, s->limits) < 2) {
			*edge = EDGE_CONDITIONAL;
			continue;
		}
		group = pcre2_get_ovector_pointer(s->nest_match);
		if (names.len)
			buf_adds(&names, "::");
		buf_add(&names, s->masked + start + group[2], group[3] - group[2]);
	}
	kept = arena_span(&s->facts->arena, buf_span(&names));
	buf_free(&names);
	vec_free(&open);
	return kept;
}

/* Names that code uses again and again are kept once. */
static bool seen_before(struct scan *s, struct span name)
{
	bool made;

	map64_at(&s->seen, hash64(name.p, name.len, 0), &made);
	return !made;
}

static void note(struct scan *s, const struct code_rule *rule, struct depth *depth)
{
	const PCRE2_SIZE *at = pcre2_get_ovector_pointer(s->match);
	struct span path = taken(s, at, rule->path);
	uint32_t line = line_of(s, at[0], at[1]);
	struct span names = taken(s, at, rule->names);
	enum code_edge edge;

	if ((strcmp(rule->form, "qualified") == 0 || strcmp(rule->form, "constant") == 0) && seen_before(s, path))
		return;
	if (rule->edge < 0) {
		vec_push(&s->facts->declarations, (struct code_declaration){ rule, path, line });
		return;
	}
	edge = context_of(s, depth, at[0], (enum code_edge)rule->edge);
	if (s->language->nest && strcmp(rule->form, "mod") == 0)
		names = enclosing_modules(s, at[0], &edge);
	vec_push(&s->facts->references, (struct code_reference){
		.rule = rule,
		.edge = edge,
		.line = line,
		.path = path,
		.names = names,
		.alias = taken(s, at, rule->alias),
	});
}

static void run_rule(struct scan *s, const struct code_rule *rule, bool guarded)
{
	struct depth depth = { .guard = guarded };
	size_t from = 0;

	while (from <= s->source.len) {
		int rc = pcre2_match(rule->regex, (PCRE2_SPTR)s->masked, s->source.len, from, 0, s->match, s->limits);
		const PCRE2_SIZE *at = pcre2_get_ovector_pointer(s->match);

		if (rc == PCRE2_ERROR_NOMATCH)
			break;
		if (rc < 0) { /* a limit: what follows on other lines may still be found */
			const char *nl = from < s->source.len ? memchr(s->masked + from, '\n', s->source.len - from) : NULL;

			if (!nl || ++s->given_up > GIVE_UP)
				break;
			from = (size_t)(nl - s->masked) + 1;
			continue;
		}
		note(s, rule, &depth);
		from = at[1] > from ? at[1] : from + 1;
	}
}

/* Where the comment that opens at `at` ends. */
static size_t comment_end(const struct scan *s, size_t at, const char *opener)
{
	const struct lexis *lx = &s->language->lexis;
	const char *close = "\n", *end;

	for (size_t i = 0; i < lx->n_blocks; i++)
		if (strncmp(opener, lx->block[i].open, strlen(lx->block[i].open)) == 0)
			close = lx->block[i].close;
	end = memmem(s->source.p + at, s->source.len - at, close, strlen(close));
	return end ? (size_t)(end - s->source.p) : s->source.len;
}

/* The opener stands in the source and not in the masked text: it begins a comment, unless a line comment began before it. */
static bool begins_comment(const struct scan *s, size_t at, const char *opener)
{
	const struct lexis *lx = &s->language->lexis;
	size_t start = line_start(s, at);

	if (s->masked[at] != ' ')
		return false;
	for (size_t i = 0; i < lx->n_line_comments; i++) {
		const char *line = lx->line_comment[i];

		if (strncmp(opener, line, strlen(line)) != 0 && memmem(s->source.p + start, at - start, line, strlen(line)))
			return false;
	}
	return true;
}

static void run_comment_rule(struct scan *s, const struct code_rule *rule)
{
	size_t len = strlen(rule->opener), at = 0;
	const char *hit;
	struct depth depth = { 0 };

	s->in_comment = true;
	while ((hit = at < s->source.len ? memmem(s->source.p + at, s->source.len - at, rule->opener, len) : NULL)) {
		size_t begin = (size_t)(hit - s->source.p), end;

		at = begin + 1;
		if (!begins_comment(s, begin, rule->opener))
			continue;
		end = comment_end(s, begin, rule->opener);
		for (at = begin; at < end && pcre2_match(rule->regex, (PCRE2_SPTR)s->source.p, end, at, 0, s->match, s->limits) >= 0;
		     at = pcre2_get_ovector_pointer(s->match)[1])
			note(s, rule, &depth);
		at = end;
	}
	s->in_comment = false;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void collect_words(struct scan *s)
{
	struct code_facts *facts = s->facts;
	size_t from = 0, kept = 0;
	int rc;

	if (s->language->words == NULL)
		return;
	while (from <= s->source.len &&
	       (rc = pcre2_match(s->language->words, (PCRE2_SPTR)s->masked, s->source.len, from, 0, s->match,
				 s->limits)) >= 0) {
		const PCRE2_SIZE *at = pcre2_get_ovector_pointer(s->match);

		vec_push(&facts->words, hash64(s->masked + at[0], at[1] - at[0], 0));
		/* a first group, if any, ends a longer word that begins at the same place: Go's package.Name */
		if (rc > 1 && at[2] != PCRE2_UNSET && at[3] > at[1] && at[3] <= s->source.len)
			vec_push(&facts->words, hash64(s->masked + at[0], at[3] - at[0], 0));
		from = at[1] > from ? at[1] : from + 1;
	}
	if (facts->words.n)
		qsort(facts->words.v, facts->words.n, sizeof *facts->words.v, by_value);
	for (size_t i = 0; i < facts->words.n; i++)
		if (i == 0 || facts->words.v[i] != facts->words.v[i - 1])
			facts->words.v[kept++] = facts->words.v[i];
	facts->words.n = kept;
}

bool code_uses_word(const struct code_facts *facts, struct span word)
{
	uint64_t h = hash64(word.p, word.len, 0);

	return facts->words.n && bsearch(&h, facts->words.v, facts->words.n, sizeof h, by_value) != NULL;
}

static bool holds_sentinel(struct span content)
{
	static const char *const sentinels[] = { "<|file_sep|>", "<|repo_name|>", "<file_sep>", "<repo_name>", "<|endoftext|>",
						 "<|fim_prefix|>", "<fim_prefix>", "<|fim_suffix|>", "<|fim_middle|>" };

	for (size_t i = 0; i < sizeof sentinels / sizeof *sentinels; i++)
		if (content.len && memmem(content.p, content.len, sentinels[i], strlen(sentinels[i])))
			return true;
	return false;
}

static void scan_language(struct code_facts *out, struct span content)
{
	struct scan s = { .facts = out, .language = out->language, .source = content };
	bool guarded;

	s.masked = xmalloc(content.len + 1);
	s.match = pcre2_match_data_create(16, NULL);
	s.nest_match = pcre2_match_data_create(2, NULL);
	s.limits = pcre2_match_context_create(NULL);
	pcre2_set_match_limit(s.limits, MATCH_LIMIT);
	s.stack = pcre2_jit_stack_create(32 << 10, JIT_STACK, NULL);
	pcre2_jit_stack_assign(s.limits, NULL, s.stack);
	find_lines(&s);
	out->lines = (uint32_t)s.line_starts.n;
	mask_source(s.masked, &out->language->lexis, content);
	guarded = out->language->context == CONTEXT_PREPROCESSOR && has_include_guard(&s);
	vec_each(&out->language->rules, i)
		if (out->language->rules.v[i].opener[0])
			run_comment_rule(&s, &out->language->rules.v[i]);
		else
			run_rule(&s, &out->language->rules.v[i], guarded);
	collect_words(&s);
	pcre2_match_context_free(s.limits);
	pcre2_jit_stack_free(s.stack);
	pcre2_match_data_free(s.match);
	pcre2_match_data_free(s.nest_match);
	vec_free(&s.line_starts);
	map64_free(&s.seen);
	free(s.masked);
}

void code_extract(struct code_facts *out, const struct languages *all, struct span path, struct span content)
{
	const char *reason = "";
	enum code_role by_path = code_role_of_path(path);

	out->bytes = content.len;
	out->content = hash128(content.p, content.len);
	/* a byte order mark is not part of the first line's code */
	if (span_starts(content, "\xef\xbb\xbf"))
		content = span_make(content.p + 3, content.len - 3);
	out->role = code_role_of_content(path, content, &reason);
	if (by_path == CODE_VENDORED || by_path == CODE_LOCK) {
		out->role = by_path;
		reason = by_path == CODE_LOCK ? N_("a lock file") : N_("in a folder of vendored code");
	} else if (out->role == CODE_SOURCE || (by_path == CODE_MANIFEST && code_role_in_graph(out->role))) {
		out->role = by_path; /* a manifest that a tool wrote is one all the same */
		reason = "";
	}
	if (*reason)
		snprintf(out->reason, sizeof out->reason, "%s", _(reason));
	if (!code_role_in_graph(out->role))
		return;
	out->sentinel = holds_sentinel(content);
	out->language = languages_detect(all, path, span_make(content.p, content.len < 4096 ? content.len : 4096));
	if (out->language == NULL) {
		if (out->role == CODE_SOURCE || out->role == CODE_TEST) {
			out->role = CODE_OTHER;
			snprintf(out->reason, sizeof out->reason, "%s", _("no language that is known here"));
		}
		return;
	}
	scan_language(out, content);
}

void code_facts_free(struct code_facts *facts)
{
	vec_free(&facts->references);
	vec_free(&facts->declarations);
	vec_free(&facts->words);
	arena_free(&facts->arena);
	*facts = (struct code_facts){ 0 };
}
