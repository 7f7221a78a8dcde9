/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arguments into options and words. */
#include "config.h"

#include "cli/args.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "cli/suggest.h"

struct parse {
	struct args *out;
	const struct verb *verb;
	int argc;
	char *const *argv;
	int i;
	struct error *err;
};

static const struct verb_option no_options[] = { { .name = NULL } };

static const struct verb_option *options_of(const struct verb *v)
{
	return v && v->options ? v->options : no_options;
}

static size_t option_count(const struct verb_option *o)
{
	size_t n = 0;

	while (o[n].name)
		n++;
	return n;
}

/* Stores a value in the verb's or the common table. */
static void store_value(struct parse *p, const struct verb_option *o, const char *value)
{
	struct verb_args *a = &p->out->of_verb;
	const struct verb_option *own = options_of(p->verb);

	if (o >= own && o < own + option_count(own)) {
		a->value[o - own] = value;
		if (o->many) {
			a->many[2 * a->n_many] = o->name;
			a->many[2 * a->n_many + 1] = value;
			a->n_many++;
		}
	} else {
		p->out->common[o - cli_options] = value;
	}
}

static const struct verb_option *find_long(const struct verb_option *o, struct span name)
{
	for (; o->name; o++)
		if (span_is(name, o->name))
			return o;
	return NULL;
}

static const struct verb_option *find_letter(const struct verb_option *o, char letter)
{
	for (; o->name; o++)
		if (o->letter == letter)
			return o;
	return NULL;
}

static int unknown_option(struct parse *p, const char *arg, struct span name)
{
	char *word = xstrndup(name.p, name.len);
	struct suggest s;

	suggest_init(&s, word);
	for (const struct verb_option *o = options_of(p->verb); o->name; o++)
		suggest_offer(&s, o->name);
	for (const struct verb_option *o = cli_options; o->name; o++)
		suggest_offer(&s, o->name);
	if (s.nearest)
		error_set(p->err, TAMIS_EUSAGE, _("unknown option %s; did you mean --%s?"), arg, s.nearest);
	else
		error_set(p->err, TAMIS_EUSAGE, _("unknown option %s"), arg);
	free(word);
	return TAMIS_EUSAGE;
}

static int take_value(struct parse *p, const struct verb_option *o, const char *arg, const char *attached)
{
	if (!attached && p->i + 1 < p->argc)
		attached = p->argv[++p->i];
	if (!attached)
		return error_set(p->err, TAMIS_EUSAGE, _("%s needs a value: %s"), arg, o->value);
	store_value(p, o, attached);
	return 0;
}

static int parse_long(struct parse *p, const char *arg)
{
	const char *eq = strchr(arg, '=');
	struct span name = span_make(arg + 2, eq ? (size_t)(eq - arg - 2) : strlen(arg + 2));
	const struct verb_option *o = find_long(options_of(p->verb), name);

	if (!o)
		o = find_long(cli_options, name);
	if (!o)
		return unknown_option(p, arg, name);
	if (o->value)
		return take_value(p, o, arg, eq ? eq + 1 : NULL);
	if (eq)
		return error_set(p->err, TAMIS_EUSAGE, _("--%s takes no value"), o->name);
	store_value(p, o, "");
	return 0;
}

static int parse_letters(struct parse *p, const char *arg)
{
	for (const char *c = arg + 1; *c; c++) {
		const struct verb_option *o = find_letter(options_of(p->verb), *c);

		if (!o)
			o = find_letter(cli_options, *c);
		if (!o)
			return error_set(p->err, TAMIS_EUSAGE, _("unknown option -%c in %s"), *c, arg);
		if (o->value)
			return take_value(p, o, arg, c[1] ? c + 1 : NULL);
		store_value(p, o, "");
	}
	return 0;
}

int args_parse(struct args *out, const struct verb *verb, int argc, char *const *argv, int *used, struct error *err)
{
	struct parse p = { .out = out, .verb = verb, .argc = argc, .argv = argv, .err = err };
	struct verb_args *a = &out->of_verb;
	bool ended = false;
	int r = 0;

	*out = (struct args){ 0 };
	a->value = xcalloc(option_count(options_of(verb)) + 1, sizeof *a->value);
	a->words = xcalloc((size_t)argc + 1, sizeof *a->words);
	a->many = xcalloc(2 * ((size_t)argc + 1), sizeof *a->many);
	for (; p.i < argc && r == 0; p.i++) {
		const char *arg = argv[p.i];

		if (ended || arg[0] != '-' || arg[1] == '\0') {
			if (!verb)
				break;
			a->words[a->n_words++] = arg;
		} else if (strcmp(arg, "--") == 0) {
			ended = true;
			if (!verb) {
				p.i++;
				break;
			}
		} else if (arg[1] == '-') {
			r = parse_long(&p, arg);
		} else {
			r = parse_letters(&p, arg);
		}
	}
	if (used)
		*used = p.i;
	if (r != 0)
		args_free(out);
	return r;
}

int args_check_words(const struct verb *verb, const struct verb_args *a, struct error *err)
{
	if (a->n_words < (size_t)verb->min_words)
		return error_set(err, TAMIS_EUSAGE, _("tamis %s needs: %s"), verb->name, verb->synopsis);
	if (verb->max_words >= 0 && a->n_words > (size_t)verb->max_words)
		return error_set(err, TAMIS_EUSAGE, _("unexpected argument “%s”: tamis %s %s"),
				 a->words[verb->max_words], verb->name, verb->synopsis);
	return 0;
}

void args_free(struct args *a)
{
	free(a->of_verb.value);
	free(a->of_verb.words);
	free(a->of_verb.many);
	*a = (struct args){ 0 };
}

const char *args_common(const struct args *a, const char *name)
{
	const struct verb_option *o = find_long(cli_options, span_of(name));

	return o ? a->common[o - cli_options] : NULL;
}

const char *arg_value(const struct verb *v, const struct verb_args *a, const char *name)
{
	const struct verb_option *o = find_long(options_of(v), span_of(name));

	return o ? a->value[o - options_of(v)] : NULL;
}

bool arg_flag(const struct verb *v, const struct verb_args *a, const char *name)
{
	return arg_value(v, a, name) != NULL;
}

int arg_count(uint64_t *out, const struct verb *v, const struct verb_args *a, const char *name, uint64_t min, uint64_t max,
	      struct error *err)
{
	const char *text = arg_value(v, a, name);
	char *end = NULL;
	unsigned long long n;

	if (!text)
		return 0;
	errno = 0;
	n = strtoull(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end || errno || n < min || n > max)
		return error_set(err, TAMIS_EUSAGE, _("--%s: “%s” is not a whole number from %llu to %llu"), name, text,
				 (unsigned long long)min, (unsigned long long)max);
	*out = n;
	return 0;
}

int arg_real(double *out, const struct verb *v, const struct verb_args *a, const char *name, double min, double max,
	     struct error *err)
{
	const char *text = arg_value(v, a, name);
	char *end = NULL;
	double x;

	if (!text)
		return 0;
	x = strtod(text, &end);
	if (end == text || *end || !(x >= min && x <= max))
		return error_set(err, TAMIS_EUSAGE, _("--%s: “%s” is not a number from %g to %g"), name, text, min, max);
	*out = x;
	return 0;
}

int arg_size(size_t *out, const struct verb *v, const struct verb_args *a, const char *name, struct error *err)
{
	static const char units[] = "KMGT";
	const char *text = arg_value(v, a, name), *unit;
	char *end = NULL;
	double n;

	if (!text)
		return 0;
	n = strtod(text, &end);
	unit = *end ? strchr(units, *end & ~0x20) : NULL;
	if (end == text || !(n > 0) || (*end && (unit == NULL || end[1])))
		return error_set(err, TAMIS_EUSAGE, _("--%s: “%s” is no size: write a number and K, M, G or T"), name, text);
	for (int i = 0; unit && i <= unit - units; i++)
		n *= 1024;
	if (n < 1 << 20 || n > 1e15)
		return error_set(err, TAMIS_EUSAGE, _("--%s: at least 1M"), name);
	*out = (size_t)n;
	return 0;
}

int arg_choice(const char **out, const struct verb *v, const struct verb_args *a, const char *name, struct error *err)
{
	const struct verb_option *o = find_long(options_of(v), span_of(name));
	const char *text = arg_value(v, a, name);
	size_t len = text ? strlen(text) : 0;

	if (!text || !o || !o->choices)
		return 0;
	for (const char *c = o->choices; *c;) {
		size_t n = strcspn(c, " ");

		if (n == len && memcmp(c, text, n) == 0) {
			*out = text;
			return 0;
		}
		c += n + strspn(c + n, " ");
	}
	return error_set(err, TAMIS_EUSAGE, _("--%s: “%s” is none of: %s"), name, text, o->choices);
}
