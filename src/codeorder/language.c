/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading share/languages/, and telling which language a file is in. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "codeorder/language.h"

#include <dirent.h>
#include <errno.h>
#include <pcre2.h>
#include <stdlib.h>

#include "base/fs.h"
#include "base/i18n.h"
#include "base/map.h"

struct languages {
	VEC(struct language *) list;
	struct mapstr by_extension; /* -> index + 1 */
	struct mapstr by_filename;
	struct mapstr by_shebang;
	uint64_t mark;
};

static const char *const edge_names[EDGE_KINDS] = {
	"strong", "late", "conditional", "type", "reexport", "symbol", "pair", "test", "structure",
};

const char *code_edge_name(enum code_edge kind)
{
	return kind < EDGE_KINDS ? edge_names[kind] : "";
}

/* Cuts the next word off `rest`. */
static struct span word(struct span *rest)
{
	struct span w = span_trim(*rest);
	size_t n = 0;

	*rest = w;
	while (n < w.len && w.p[n] != ' ' && w.p[n] != '\t')
		n++;
	rest->p += n;
	rest->len -= n;
	w.len = n;
	return w;
}

static bool copy_word(char *out, size_t size, struct span w)
{
	if (w.len == 0 || w.len >= size)
		return false;
	memcpy(out, w.p, w.len);
	out[w.len] = '\0';
	return true;
}

static void *compile(struct span pattern, uint32_t options, struct error *err)
{
	PCRE2_SIZE at;
	int code;
	pcre2_code *regex = pcre2_compile((PCRE2_SPTR)pattern.p, pattern.len, PCRE2_MULTILINE | options, &code, &at, NULL);

	if (regex) {
		pcre2_jit_compile(regex, PCRE2_JIT_COMPLETE);
		return regex;
	}
	char text[128];
	pcre2_get_error_message(code, (PCRE2_UCHAR *)text, sizeof text);
	error_set(err, TAMIS_EPARSE, _("the pattern is wrong at character %zu: %s"), at + 1, text);
	return NULL;
}

static int group(const void *regex, const char *name)
{
	int n = pcre2_substring_number_from_name(regex, (PCRE2_SPTR)name);

	return n > 0 ? n : -1;
}

static int read_rule(struct language *l, bool in_comments, struct span rest, struct error *err)
{
	struct code_rule rule = { .edge = -2 };
	bool opened = !in_comments || copy_word(rule.opener, sizeof rule.opener, word(&rest));
	struct span form = word(&rest), edge = word(&rest), pattern = span_trim(rest);

	if (!opened || !copy_word(rule.form, sizeof rule.form, form) || pattern.len == 0)
		return error_set(err, TAMIS_EPARSE, _("a rule is FORM EDGE REGEX"));
	if (span_is(edge, "-"))
		rule.edge = -1;
	for (int i = 0; i < EDGE_KINDS; i++)
		if (span_is(edge, edge_names[i]))
			rule.edge = i;
	if (rule.edge == -2)
		return error_set(err, TAMIS_EPARSE, _("'%.*s' is no kind of edge"), (int)edge.len, edge.p);
	rule.regex = compile(pattern, 0, err);
	if (rule.regex == NULL)
		return TAMIS_EPARSE;
	rule.path = group(rule.regex, "path");
	rule.names = group(rule.regex, "names");
	rule.alias = group(rule.regex, "alias");
	vec_push(&l->rules, rule);
	return 0;
}

static int read_pair(struct language *l, bool comment, struct span rest, struct error *err)
{
	struct lexis *lx = &l->lexis;
	size_t *n = comment ? &lx->n_blocks : &lx->n_strings;
	struct lexis_pair *pair = &(comment ? lx->block : lx->string)[*n];
	struct span w;

	if (*n == LEXIS_MAX)
		return error_set(err, TAMIS_EPARSE, _("more than %d of these"), LEXIS_MAX);
	*pair = (struct lexis_pair){ 0 };
	if (!copy_word(pair->open, sizeof pair->open, word(&rest)) ||
	    !copy_word(pair->close, sizeof pair->close, word(&rest)))
		return error_set(err, TAMIS_EPARSE, _("an opening and a closing delimiter are wanted"));
	while ((w = word(&rest)).len) {
		if (span_is(w, "nest"))
			pair->nests = true;
		else if (span_is(w, "multi"))
			pair->multiline = true;
		else if (span_is(w, "\\"))
			pair->escape = '\\';
		else if (span_is(w, "double"))
			pair->escape = pair->close[0];
		else
			return error_set(err, TAMIS_EPARSE, _("'%.*s' is not understood"), (int)w.len, w.p);
	}
	(*n)++;
	return 0;
}

static int read_comment(struct language *l, struct span rest, struct error *err)
{
	struct lexis *lx = &l->lexis;

	if (lx->n_line_comments == LEXIS_MAX || !copy_word(lx->line_comment[lx->n_line_comments], LEXIS_TEXT, word(&rest)))
		return error_set(err, TAMIS_EPARSE, _("a comment's opening is wanted"));
	lx->n_line_comments++;
	return 0;
}

static int read_forms(struct language *l, struct span rest, struct error *err)
{
	struct span w;

	while ((w = word(&rest)).len) {
		unsigned form = lexis_form_from_name(w);

		if (form == 0)
			return error_set(err, TAMIS_EPARSE, _("'%.*s' is not understood"), (int)w.len, w.p);
		l->lexis.forms |= form;
	}
	return 0;
}

static int read_context(struct language *l, struct span rest, struct error *err)
{
	static const char *const names[] = { "none", "indent", "braces", "preprocessor" };
	struct span w = word(&rest);

	for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
		if (!span_is(w, names[i]))
			continue;
		l->context = (enum code_context)i;
		return 0;
	}
	return error_set(err, TAMIS_EPARSE, _("'%.*s' is not understood"), (int)w.len, w.p);
}

static int read_words(struct word_list *words, struct span rest)
{
	struct span w;

	while ((w = word(&rest)).len)
		vec_push(words, xstrndup(w.p, w.len));
	return 0;
}

static int read_line(struct language *l, struct span line, struct error *err)
{
	struct span rest = line, key = word(&rest), value = span_trim(rest);
	struct { const char *key; struct word_list *list; } lists[] = {
		{ "extensions", &l->extensions }, { "filenames", &l->filenames }, { "shebang", &l->shebangs },
		{ "try", &l->tries }, { "base", &l->bases }, { "external", &l->externals },
	};
	struct { const char *key; void **regex; } patterns[] = {
		{ "late", &l->late }, { "conditional", &l->conditional }, { "type", &l->type }, { "words", &l->words },
		{ "nest", &l->nest },
	};
	struct { const char *key; char *text; size_t size; } texts[] = {
		{ "name", l->name, sizeof l->name }, { "resolver", l->resolver, sizeof l->resolver },
		{ "separator", l->separator, sizeof l->separator }, { "suffix", l->suffix, sizeof l->suffix },
	};

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		if (span_is(key, lists[i].key))
			return read_words(lists[i].list, value);
	for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
		if (span_is(key, patterns[i].key))
			return (*patterns[i].regex = compile(value, 0, err)) ? 0 : TAMIS_EPARSE;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (span_is(key, texts[i].key))
			return copy_word(texts[i].text, texts[i].size, value) ?
				       0 : error_set(err, TAMIS_EPARSE, _("a short word is wanted"));
	if (span_is(key, "comment"))
		return read_comment(l, value, err);
	if (span_is(key, "block") || span_is(key, "string"))
		return read_pair(l, span_is(key, "block"), value, err);
	if (span_is(key, "forms"))
		return read_forms(l, value, err);
	if (span_is(key, "context"))
		return read_context(l, value, err);
	if (span_is(key, "rule") || span_is(key, "comment-rule"))
		return read_rule(l, span_is(key, "comment-rule"), value, err);
	if (span_is(key, "path-comment")) {
		copy_word(l->comment_prefix, sizeof l->comment_prefix, word(&value));
		copy_word(l->comment_suffix, sizeof l->comment_suffix, word(&value));
		return 0;
	}
	return error_set(err, TAMIS_EPARSE, _("'%.*s' is not understood"), (int)key.len, key.p);
}

static void free_words(struct word_list *words)
{
	vec_each(words, i)
		free(words->v[i]);
	vec_free(words);
}

static void language_free(struct language *l)
{
	struct word_list *lists[] = { &l->extensions, &l->filenames, &l->shebangs, &l->tries, &l->bases, &l->externals };

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		free_words(lists[i]);
	vec_each(&l->rules, i)
		pcre2_code_free(l->rules.v[i].regex);
	vec_free(&l->rules);
	pcre2_code_free(l->late);
	pcre2_code_free(l->conditional);
	pcre2_code_free(l->type);
	pcre2_code_free(l->words);
	pcre2_code_free(l->nest);
	free(l);
}

static int load_one(struct languages *all, const char *path, struct error *err)
{
	struct language *l = xcalloc(1, sizeof *l);
	struct buf text = BUF_INIT;
	struct span rest;
	unsigned number = 0;
	int rc = fs_read_all(&text, path, 1 << 20, err);

	rest = buf_span(&text);
	all->mark = hash64(text.p, text.len, all->mark);
	while (rc == 0 && rest.len) {
		struct span line = span_trim(span_line(&rest));

		number++;
		if (line.len == 0 || span_is(line, "#") || span_starts(line, "# "))
			continue;
		rc = read_line(l, line, err);
		if (rc)
			error_prefix(err, "%s:%u", path, number);
	}
	buf_free(&text);
	if (rc) {
		language_free(l);
		return rc;
	}
	lexis_prepare(&l->lexis);
	vec_push(&all->list, l);
	vec_each(&l->extensions, i)
		*mapstr_at(&all->by_extension, span_of(l->extensions.v[i]), NULL) = all->list.n;
	vec_each(&l->filenames, i)
		*mapstr_at(&all->by_filename, span_of(l->filenames.v[i]), NULL) = all->list.n;
	vec_each(&l->shebangs, i)
		*mapstr_at(&all->by_shebang, span_of(l->shebangs.v[i]), NULL) = all->list.n;
	return 0;
}

static int is_language_file(const struct dirent *entry)
{
	return span_ends(span_of(entry->d_name), ".lang");
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

int languages_load(struct languages **out, const char *folder, struct error *err)
{
	struct languages *all = xcalloc(1, sizeof *all);
	struct dirent **names;
	int n = scandir(folder, &names, is_language_file, by_bytes);
	int rc = n < 0 ? error_errno(err, TAMIS_EIO, errno, _("%s: can't be read"), folder) : 0;

	for (int i = 0; i < n; i++) {
		char *path = fs_join(folder, names[i]->d_name);

		if (rc == 0)
			rc = load_one(all, path, err);
		free(path);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	if (rc) {
		languages_free(all);
		return rc;
	}
	*out = all;
	return 0;
}

void languages_free(struct languages *all)
{
	if (all == NULL)
		return;
	vec_each(&all->list, i)
		language_free(all->list.v[i]);
	vec_free(&all->list);
	mapstr_free(&all->by_extension);
	mapstr_free(&all->by_filename);
	mapstr_free(&all->by_shebang);
	free(all);
}

size_t languages_count(const struct languages *all)
{
	return all->list.n;
}

uint64_t languages_mark(const struct languages *all)
{
	return all->mark;
}

const struct language *languages_get(const struct languages *all, size_t i)
{
	return all->list.v[i];
}

const struct language *languages_named(const struct languages *all, const char *name)
{
	vec_each(&all->list, i)
		if (strcmp(all->list.v[i]->name, name) == 0)
			return all->list.v[i];
	return NULL;
}

static const struct language *found(const struct languages *all, const struct mapstr *map, struct span key)
{
	const uint64_t *index = mapstr_find(map, key);

	return index ? all->list.v[*index - 1] : NULL;
}

static struct span base_name(struct span path)
{
	const char *slash = path.len ? memrchr(path.p, '/', path.len) : NULL;

	return slash ? span_make(slash + 1, (size_t)(path.p + path.len - slash) - 1) : path;
}

static const struct language *by_shebang(const struct languages *all, struct span head)
{
	struct span line = span_line(&head), w, program = { 0 };

	if (!span_starts(line, "#!"))
		return NULL;
	line.p += 2;
	line.len -= 2;
	while ((w = word(&line)).len) {
		w = base_name(w);
		if (w.p[0] == '-' || memchr(w.p, '=', w.len))
			continue;
		program = w;
		if (!span_is(w, "env"))
			break;
	}
	while (program.len && ((program.p[program.len - 1] >= '0' && program.p[program.len - 1] <= '9') ||
			       program.p[program.len - 1] == '.'))
		program.len--;
	return found(all, &all->by_shebang, program);
}

/* A .h file is C unless it speaks C++ or Objective-C. */
static const struct language *header_language(const struct languages *all, const struct language *c, struct span head)
{
	static const struct { const char *mark, *language; } marks[] = {
		{ "@interface", "objc" }, { "@protocol", "objc" }, { "#import", "objc" }, { "namespace ", "cpp" },
		{ "template <", "cpp" }, { "template<", "cpp" }, { "\nclass ", "cpp" }, { "public:", "cpp" },
		{ "#include <string>", "cpp" }, { "#include <vector>", "cpp" }, { "#include <memory>", "cpp" },
	};

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		const struct language *l;

		if (!head.len || !memmem(head.p, head.len, marks[i].mark, strlen(marks[i].mark)))
			continue;
		l = languages_named(all, marks[i].language);
		if (l)
			return l;
	}
	return c;
}

const struct language *languages_detect(const struct languages *all, struct span path, struct span head)
{
	struct span name = base_name(path);
	const struct language *l = found(all, &all->by_filename, name);
	const char *dot = name.len ? memrchr(name.p, '.', name.len) : NULL;

	if (l == NULL && dot) {
		struct span ext = { dot + 1, (size_t)(name.p + name.len - dot) - 1 };

		l = found(all, &all->by_extension, ext);
		if (l && span_is(ext, "h"))
			l = header_language(all, l, head);
	}
	return l ? l : by_shebang(all, head);
}

bool language_is_external(const struct language *l, struct span name)
{
	vec_each(&l->externals, i)
		if (span_is(name, l->externals.v[i]))
			return true;
	return false;
}
