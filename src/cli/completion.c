/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Completion scripts, made from the table of verbs. */
#include "config.h"

#include "cli/help.h"

#include <stdlib.h>

#include "base/i18n.h"

static void put_option_words(struct buf *out, const struct verb_option *o)
{
	for (; o && o->name; o++) {
		buf_addf(out, " --%s", o->name);
		if (o->letter)
			buf_addf(out, " -%c", o->letter);
	}
}

static void put_verb_words(struct buf *out)
{
	for (size_t i = 0; verbs[i]; i++)
		buf_addf(out, "%s%s", i ? " " : "", verbs[i]->name);
}

/* `    --format) COMPREPLY=(…) ; return ;;` for each option of one verb whose values are known. */
static void bash_choices(struct buf *out, const struct verb *verb)
{
	for (const struct verb_option *o = verb->options; o && o->name; o++)
		if (o->choices)
			buf_addf(out, "\t%s:--%s) words='%s' ;;\n", verb->name, o->name, o->choices);
}

/* The common options that take the next word, as a pattern of `case`. */
static void put_valued(struct buf *out)
{
	size_t start = out->len;

	for (const struct verb_option *o = cli_options; o->name; o++) {
		if (!o->value)
			continue;
		buf_addf(out, "%s--%s", out->len > start ? "|" : "", o->name);
		if (o->letter)
			buf_addf(out, "|-%c", o->letter);
	}
}

static void bash(struct buf *out)
{
	buf_adds(out, "# bash completion for tamis; made by `tamis help --completion bash`\n"
		      "_tamis()\n{\n"
		      "\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} verb= i words=\n"
		      "\tCOMPREPLY=()\n"
		      "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
		      "\t\tcase ${COMP_WORDS[i]} in\n"
		      "\t\t");
	put_valued(out);
	buf_adds(out, ") ((i++)) ;;\n"
		      "\t\t-*) ;;\n"
		      "\t\t*) verb=${COMP_WORDS[i]}; break ;;\n"
		      "\t\tesac\n\tdone\n"
		      "\tcase $verb:$before in\n");
	for (size_t i = 0; verbs[i]; i++)
		bash_choices(out, verbs[i]);
	buf_adds(out, "\tesac\n"
		      "\tif [[ -z $words && $word == -* ]]; then\n"
		      "\t\tcase $verb in\n");
	for (size_t i = 0; verbs[i]; i++) {
		if (!verbs[i]->options || !verbs[i]->options->name)
			continue;
		buf_addf(out, "\t\t%s) words='", verbs[i]->name);
		put_option_words(out, verbs[i]->options);
		buf_adds(out, "' ;;\n");
	}
	buf_adds(out, "\t\tesac\n\t\twords+='");
	put_option_words(out, cli_options);
	buf_adds(out, "'\n\telif [[ -z $words ]]; then\n\t\tcase $verb in\n\t\t'') words='");
	put_verb_words(out);
	buf_adds(out, "' ;;\n");
	for (size_t i = 0; verbs[i]; i++)
		if (verbs[i]->words)
			buf_addf(out, "\t\t%s) words='%s' ;;\n", verbs[i]->name, verbs[i]->words);
	buf_adds(out, "\t\thelp) words='");
	put_verb_words(out);
	buf_adds(out, "' ;;\n\t\tesac\n\tfi\n"
		      "\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
		      "}\n"
		      "complete -o default -F _tamis tamis\n");
}

/* Text inside '…' of a zsh or fish script. */
static void put_quoted(struct buf *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\'')
			buf_adds(out, "'\\''");
		else if (*text == '[' || *text == ']' || *text == ':')
			buf_addf(out, "\\%c", *text);
		else
			buf_addc(out, *text);
	}
}

static void zsh_options(struct buf *out, const struct verb_option *o, const char *indent)
{
	for (; o && o->name; o++) {
		buf_addf(out, " \\\n%s'%s--%s%s[", indent, o->many ? "*" : "", o->name, o->value ? "=" : "");
		put_quoted(out, o->help);
		buf_addc(out, ']');
		if (o->value)
			buf_addf(out, ":%s:%s%s%s", o->value, o->choices ? "(" : "_files", o->choices ? o->choices : "",
				 o->choices ? ")" : "");
		buf_addc(out, '\'');
	}
}

static void zsh(struct buf *out)
{
	buf_adds(out, "#compdef tamis\n# zsh completion for tamis; made by `tamis help --completion zsh`\n"
		      "_tamis()\n{\n\tlocal -a verbs\n\tlocal state line\n\tverbs=(\n");
	for (size_t i = 0; verbs[i]; i++) {
		buf_addf(out, "\t\t'%s:", verbs[i]->name);
		put_quoted(out, verbs[i]->help);
		buf_adds(out, "'\n");
	}
	buf_adds(out, "\t)\n\t_arguments -C");
	zsh_options(out, cli_options, "\t\t");
	buf_adds(out, " \\\n\t\t'1: :->verb' '*:: :->rest'\n\tcase $state in\n"
		      "\tverb) _describe verb verbs; _files ;;\n\trest)\n\t\tcase $line[1] in\n");
	for (size_t i = 0; verbs[i]; i++) {
		buf_addf(out, "\t\t%s) _arguments", verbs[i]->name);
		zsh_options(out, verbs[i]->options, "\t\t\t");
		if (verbs[i]->words)
			buf_addf(out, " \\\n\t\t\t'1:word:(%s)'", verbs[i]->words);
		buf_adds(out, " \\\n\t\t\t'*:file:_files' ;;\n");
	}
	buf_adds(out, "\t\tesac ;;\n\tesac\n}\n_tamis \"$@\"\n");
}

static void fish_option(struct buf *out, const struct verb_option *o, const char *condition)
{
	buf_addf(out, "complete -c tamis -n %s -l %s", condition, o->name);
	if (o->letter)
		buf_addf(out, " -s %c", o->letter);
	if (o->value)
		buf_adds(out, " -r");
	if (o->choices)
		buf_addf(out, " -f -a '%s'", o->choices);
	buf_adds(out, " -d '");
	for (const char *c = o->help; *c; c++)
		buf_addf(out, *c == '\'' ? "\\%c" : "%c", *c);
	buf_adds(out, "'\n");
}

static void fish(struct buf *out)
{
	buf_adds(out, "# fish completion for tamis; made by `tamis help --completion fish`\n");
	for (const struct verb_option *o = cli_options; o->name; o++)
		fish_option(out, o, "true");
	for (size_t i = 0; verbs[i]; i++) {
		char *condition = xasprintf("'__fish_seen_subcommand_from %s'", verbs[i]->name);

		buf_addf(out, "complete -c tamis -n __fish_use_subcommand -a %s -d '", verbs[i]->name);
		for (const char *c = verbs[i]->help; *c; c++)
			buf_addf(out, *c == '\'' ? "\\%c" : "%c", *c);
		buf_adds(out, "'\n");
		for (const struct verb_option *o = verbs[i]->options; o && o->name; o++)
			fish_option(out, o, condition);
		if (verbs[i]->words)
			buf_addf(out, "complete -c tamis -n %s -a '%s'\n", condition, verbs[i]->words);
		free(condition);
	}
}

static const struct {
	const char *shell;
	void (*write)(struct buf *out);
} scripts[] = { { "bash", bash }, { "zsh", zsh }, { "fish", fish } };

int completion_script(struct buf *out, const char *shell, struct error *err)
{
	for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
		if (strcmp(scripts[i].shell, shell) == 0) {
			scripts[i].write(out);
			return 0;
		}
	}
	return error_set(err, TAMIS_EUSAGE, _("no completion for “%s”: bash, zsh or fish"), shell);
}
