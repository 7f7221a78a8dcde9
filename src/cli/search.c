/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tamis search: a regular expression over the text of records.  The filter finds the records; here their lines are found again
 * to be shown. */
#include "config.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/utf8.h"
#include "cli/verb.h"
#include "formats/decode.h"
#include "review/filter.h"
#include "text/display.h"
#include "text/pattern.h"

#define MATCH_LIMIT 10000000
#define CONTEXT 24 /* columns left of a match on a narrow terminal */

const struct verb verb_search;

static const struct verb_option options[] = {
	{ .name = "ignore-case", .letter = 'i', .help = N_("capital and small letters are the same") },
	{ .name = "where", .value = "FILTER", .help = N_("only in what matches") },
	{ .name = "count", .letter = 'c', .help = N_("only how many records match") },
	{ .name = "limit", .letter = 'n', .value = "N", .help = N_("stop after N records") },
	{ .name = NULL },
};

struct search {
	struct cli *cli;
	struct filter *filter;
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *limits;
	struct item_source *source;
	struct item item;
	atomic_bool *stop;
	bool count_only;
	uint64_t limit;
	uint64_t records;
	struct error *err;
	int failed;
};

static int compile(struct search *s, const char *pattern, bool ignore_case)
{
	int number;
	PCRE2_SIZE at;
	char message[160];

	s->code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
				PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE | (ignore_case ? PCRE2_CASELESS : 0), &number, &at, NULL);
	if (!s->code) {
		pattern_fault(message, number);
		return error_set(s->err, TAMIS_EUSAGE, _("regular expression “%s”, character %zu: %s"), pattern,
				 utf8_count(span_make(pattern, at)), message);
	}
	pcre2_jit_compile(s->code, PCRE2_JIT_COMPLETE);
	s->data = pcre2_match_data_create_from_pattern(s->code, NULL);
	s->limits = pcre2_match_context_create(NULL);
	pcre2_set_match_limit(s->limits, MATCH_LIMIT);
	return 0;
}

/* The filter's own words for it: /PATTERN/, slashes escaped, beside what --where says. */
static int make_filter(struct search *s, const char *pattern, bool ignore_case, const char *where)
{
	struct buf text = BUF_INIT;
	int r;

	if (where)
		buf_addf(&text, "%s ", where);
	buf_adds(&text, ignore_case ? "/(?im)" : "/(?m)");
	for (const char *c = pattern; *c; c++) {
		if (*c == '\\' && c[1])
			buf_addc(&text, *c++);
		else if (*c == '/')
			buf_addc(&text, '\\');
		buf_addc(&text, *c);
	}
	buf_addc(&text, '/');
	r = filter_parse(&s->filter, text.p, s->err);
	buf_free(&text);
	return r;
}

struct found {
	const struct field *field;
	struct span value;
	size_t start, end;           /* of the match */
	size_t line_start, line_end; /* of the lines it lies in */
	size_t line;                 /* number of the first, from 1 */
};

static void put_json(struct search *s, const struct found *f)
{
	struct buf line = BUF_INIT;
	char ref[32];

	item_ref_format(ref, s->item.ref);
	buf_addc(&line, '{');
	json_put_member(&line, "item", span_of(ref));
	json_put_member(&line, "corpus", span_of(s->item.corpus));
	json_put_member(&line, "field", f->field->name.len ? f->field->name : span_of(role_name(f->field->role)));
	json_put_int(&line, "line", (int64_t)f->line);
	json_put_int(&line, "byte", (int64_t)f->start);
	json_put_member(&line, "match", span_make(f->value.p + f->start, f->end - f->start));
	json_put_member(&line, "text", span_make(f->value.p + f->line_start, f->line_end - f->line_start));
	buf_adds(&line, "}\n");
	cli_put(s->cli, buf_span(&line));
	buf_free(&line);
}

/* "1.20:3:the line"; on a terminal one row, from a little left of the match where it would not fit. */
static void put_line(struct search *s, const struct found *f)
{
	struct span text = span_make(f->value.p + f->line_start, f->line_end - f->line_start);
	struct buf line = BUF_INIT;
	char ref[32];
	int room;

	item_ref_format(ref, s->item.ref);
	buf_addf(&line, "%s:%zu:", ref, f->line);
	room = s->cli->columns - (int)line.len;
	if (s->cli->terminal) {
		size_t lead = f->start - f->line_start;

		if (display_columns(span_make(text.p, f->end - f->line_start), false) > room && lead > CONTEXT) {
			size_t from = lead - CONTEXT;

			while (from < lead && ((unsigned char)text.p[from] & 0xc0) == 0x80)
				from++;
			buf_adds(&line, "…");
			text = span_make(text.p + from, text.len - from);
			room--;
		}
		display_line(&line, text, room > CONTEXT ? room : CONTEXT, false);
	} else {
		buf_addspan(&line, text);
	}
	buf_addc(&line, '\n');
	cli_put(s->cli, buf_span(&line));
	buf_free(&line);
}

/* Every line of one field that holds a match. */
static void search_field(struct search *s, const struct field *field, struct span value)
{
	struct found f = { .field = field, .value = value, .line = 1 };
	size_t at = 0, counted = 0;

	while (at <= value.len && !s->cli->gone) {
		const PCRE2_SIZE *ends;
		const char *newline;
		int n = pcre2_match(s->code, (PCRE2_SPTR)(value.p ? value.p : ""), value.len, at, 0, s->data, s->limits);

		if (n < 0)
			return;
		ends = pcre2_get_ovector_pointer(s->data);
		f.start = ends[0];
		f.end = ends[1] > ends[0] ? ends[1] : ends[0];
		for (; counted < f.start; counted++)
			f.line += value.p[counted] == '\n';
		for (f.line_start = f.start; f.line_start > 0 && value.p[f.line_start - 1] != '\n'; f.line_start--)
			;
		newline = f.end < value.len ? memchr(value.p + f.end, '\n', value.len - f.end) : NULL;
		f.line_end = newline ? (size_t)(newline - value.p) : value.len;
		if (s->cli->json)
			put_json(s, &f);
		else
			put_line(s, &f);
		at = f.line_end + 1;
	}
}

static bool search_item(struct search *s, item_ref ref)
{
	s->records++;
	if (!s->count_only) {
		s->failed = item_load(&s->item, s->source, ref, s->err);
		if (s->failed != 0)
			return false;
		for (size_t i = 0; i < s->item.record.n_fields; i++) {
			const struct field *field = &s->item.record.fields[i];

			if (role_is_content(field->role))
				search_field(s, field, field->value);
		}
	}
	return s->records < s->limit && !s->cli->gone;
}

static void hit(void *ctx, const item_ref *refs, size_t n, uint64_t scanned)
{
	struct search *s = ctx;

	(void)scanned;
	for (size_t i = 0; i < n && !atomic_load(s->stop); i++)
		if (!search_item(s, refs[i]))
			atomic_store(s->stop, true);
}

static int search_corpus(struct search *s, const struct corpus *corpus)
{
	struct corpus_view *view = NULL;
	int r = cli_refresh(s->cli, corpus->id, s->err);

	if (r == 0)
		r = corpus_view_open(&view, s->cli->store, corpus->id, s->err);
	if (r != 0)
		return r;
	s->source = item_source_new(s->cli->store);
	item_source_use(s->source, view);
	r = filter_scan(s->filter, s->cli->store, view, NULL, 0, s->stop, hit, s, s->err);
	if (s->failed) {
		r = s->failed;
	} else if (r == TAMIS_ECANCEL && !cli_was_interrupted()) {
		*s->err = (struct error){ 0 };
		r = 0;
	}
	item_source_free(s->source);
	corpus_view_close(view);
	return r;
}

static int search_all(struct search *s, const char *name)
{
	struct corpus *all = NULL, one;
	size_t n = 0;
	int r = name ? cli_corpus(s->cli, &one, name, s->err) : 0;

	if (name && r == 0)
		return search_corpus(s, &one);
	if (r == 0)
		r = store_corpus_list(s->cli->store, &all, &n, s->err);
	for (size_t i = 0; i < n && r == 0 && !atomic_load(s->stop); i++)
		r = search_corpus(s, &all[i]);
	free(all);
	return r;
}

static int run(struct cli *cli, const struct verb_args *args, struct error *err)
{
	struct search s = { .cli = cli, .err = err, .limit = UINT64_MAX, .count_only = arg_flag(&verb_search, args, "count") };
	bool ignore_case = arg_flag(&verb_search, args, "ignore-case");
	int r = arg_count(&s.limit, &verb_search, args, "limit", 1, UINT64_MAX, err);

	item_init(&s.item);
	if (r == 0)
		r = compile(&s, args->words[0], ignore_case);
	if (r == 0)
		r = make_filter(&s, args->words[0], ignore_case, arg_value(&verb_search, args, "where"));
	if (r == 0)
		r = cli_workspace_to_read(cli, err);
	if (r == 0) {
		s.stop = cli_stop();
		r = search_all(&s, args->n_words > 1 ? args->words[1] : NULL);
	}
	if (r == 0 && cli_was_interrupted())
		r = error_set(err, TAMIS_ECANCEL, _("interrupted"));
	if (r == 0 && s.count_only)
		cli_putf(cli, cli->json ? "{\"records\":%llu}\n" : "%llu\n", (unsigned long long)s.records);
	if (s.filter)
		filter_free(s.filter);
	item_free(&s.item);
	pcre2_match_context_free(s.limits);
	pcre2_match_data_free(s.data);
	pcre2_code_free(s.code);
	return r;
}

const struct verb verb_search = {
	.name = "search",
	.synopsis = "PATTERN [CORPUS]",
	.help = N_("find a regular expression in the text of records"),
	.options = options,
	.min_words = 1,
	.max_words = 2,
	.run = run,
	.more = N_("PATTERN is a PCRE2 regular expression. Each line that matches is printed as ID:LINE:TEXT."),
};
