/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Help made from the table of verbs; the verbs `help` and `version`. */
#include "config.h"

#include "cli/help.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/cpu.h"
#include "base/i18n.h"
#include "base/json.h"
#include "cli/suggest.h"
#include "text/display.h"

#define HELP_COLUMNS 80

/* Appends `text` wrapped, each line after `indent` blanks; the first line starts at `column`. */
static void put_wrapped(struct buf *out, struct span text, int column, int indent)
{
	if (column < indent) {
		buf_fill(out, ' ', (size_t)(indent - column));
	} else if (column > indent) {
		buf_addc(out, '\n');
		buf_fill(out, ' ', (size_t)indent);
	}
	while (text.len) {
		size_t drawn;
		size_t used = display_wrap(text, HELP_COLUMNS - indent, false, &drawn);

		buf_addspan(out, span_trim(span_make(text.p, drawn)));
		buf_addc(out, '\n');
		text = span_make(text.p + used, text.len - used);
		if (text.len)
			buf_fill(out, ' ', (size_t)indent);
	}
}

static int left_column(struct buf *out, const struct verb_option *o)
{
	size_t start = out->len;

	if (o->letter)
		buf_addf(out, "  -%c, ", o->letter);
	else
		buf_adds(out, "      ");
	buf_addf(out, "--%s", o->name);
	if (o->value)
		buf_addf(out, " %s", o->value);
	return display_columns(span_make(out->p + start, out->len - start), false);
}

static void put_options(struct buf *out, const struct verb_option *options, int indent)
{
	for (const struct verb_option *o = options; o && o->name; o++) {
		int column = left_column(out, o);
		struct buf help = BUF_INIT;

		buf_adds(&help, _(o->help));
		if (o->choices)
			buf_addf(&help, ": %s", o->choices);
		put_wrapped(out, buf_span(&help), column + 2 > indent ? indent + 1 : column, indent);
		buf_free(&help);
	}
}

void help_verb(struct cli *cli, const struct verb *verb)
{
	struct buf out = BUF_INIT;

	buf_addf(&out, _("usage: tamis %s%s%s"), verb->name, verb->options && verb->options->name ? _(" [options]") : "",
		 verb->synopsis[0] ? " " : "");
	buf_adds(&out, verb->synopsis);
	buf_addc(&out, '\n');
	put_wrapped(&out, span_of(_(verb->help)), 0, 0);
	if (verb->more) {
		buf_addc(&out, '\n');
		put_wrapped(&out, span_of(_(verb->more)), 0, 0);
	}
	if (verb->options && verb->options->name) {
		buf_addf(&out, "\n%s\n", _("options:"));
		put_options(&out, verb->options, 26);
	}
	buf_addf(&out, "\n%s\n", _("common options:"));
	put_options(&out, cli_options, 26);
	cli_put(cli, buf_span(&out));
	buf_free(&out);
}

void help_all(struct cli *cli)
{
	struct buf out = BUF_INIT;

	buf_adds(&out, _("usage: tamis [options]                 the screen\n"
			 "       tamis [options] FILE…           import and open the screen at once\n"
			 "       tamis [options] VERB …\n"));
	buf_addf(&out, "\n%s\n", _("verbs:"));
	for (size_t i = 0; verbs[i]; i++) {
		buf_addf(&out, "  %s", verbs[i]->name);
		put_wrapped(&out, span_of(_(verbs[i]->help)), 2 + (int)strlen(verbs[i]->name), 16);
	}
	buf_addf(&out, "\n%s\n", _("options:"));
	put_options(&out, cli_options, 26);
	buf_addf(&out, "\n%s\n%s\n",
		 _("tamis VERB --help says more about a verb; man tamis says everything."),
		 _("exit status: 0 done, 1 failed, 2 usage, 3 some records rejected, 4 workspace, 5 remote service, 130 interrupted"));
	cli_put(cli, buf_span(&out));
	buf_free(&out);
}

static const struct verb_option help_options[] = {
	{ .name = "completion", .value = "SHELL", .help = N_("print a completion script"), .choices = "bash zsh fish" },
	{ .name = NULL },
};

static int no_such_verb(const char *word, struct error *err)
{
	struct suggest s;

	suggest_init(&s, word);
	for (size_t i = 0; verbs[i]; i++)
		suggest_offer(&s, verbs[i]->name);
	if (s.nearest)
		return error_set(err, TAMIS_EUSAGE, _("no verb “%s”; did you mean %s?"), word, s.nearest);
	return error_set(err, TAMIS_EUSAGE, _("no verb “%s”; tamis help lists them"), word);
}

static int run_help(struct cli *cli, const struct verb_args *args, struct error *err)
{
	const char *shell = NULL;
	struct buf script = BUF_INIT;
	int r = arg_choice(&shell, verb_find("help"), args, "completion", err);

	if (r != 0)
		return r;
	if (shell) {
		r = completion_script(&script, shell, err);
		cli_put(cli, buf_span(&script));
		buf_free(&script);
		return r;
	}
	if (args->n_words == 0) {
		help_all(cli);
		return 0;
	}
	if (!verb_find(args->words[0]))
		return no_such_verb(args->words[0], err);
	help_verb(cli, verb_find(args->words[0]));
	return 0;
}

const struct verb verb_help = {
	.name = "help",
	.synopsis = "[VERB]",
	.help = N_("list the verbs, or explain one"),
	.options = help_options,
	.max_words = 1,
	.run = run_help,
};

static int run_version(struct cli *cli, const struct verb_args *args, struct error *err)
{
	char pcre[64] = "";
	struct buf line = BUF_INIT;

	(void)args;
	(void)err;
	pcre2_config(PCRE2_CONFIG_VERSION, pcre);
	pcre[strcspn(pcre, " ")] = '\0';
	if (cli->json) {
		buf_addc(&line, '{');
		json_put_member(&line, "version", span_of(PACKAGE_VERSION));
		json_put_int(&line, "schema", STORE_SCHEMA_VERSION);
		json_put_member(&line, "simd", span_of(cpu_simd_name(cpu_simd())));
		json_put_member(&line, "pcre2", span_of(pcre));
		buf_adds(&line, "}\n");
	} else {
		buf_addf(&line, "%s\n", PACKAGE_STRING);
		if (!cli->quiet)
			buf_addf(&line, _("workspace schema %d, %s, PCRE2 %s\n"), STORE_SCHEMA_VERSION,
				 cpu_simd_name(cpu_simd()), pcre);
	}
	cli_put(cli, buf_span(&line));
	buf_free(&line);
	return 0;
}

const struct verb verb_version = {
	.name = "version",
	.synopsis = "",
	.help = N_("print the version"),
	.run = run_version,
};
