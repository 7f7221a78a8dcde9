/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tamis order: the dependency order of source files, as a list, as JSON, or as training text. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "base/i18n.h"
#include "base/json.h"
#include "cli/verb.h"
#include "jobs/order.h"
#include "jobs/output.h"

static const struct verb_option options[] = {
	{ .name = "order", .value = "ORDER", .help = N_("which order (default deps)"), .choices = "deps users path random deepseek" },
	{ .name = "seed", .value = "N", .help = N_("seed of the random order") },
	{ .name = "budget", .value = "TOKENS", .help = N_("tokens of a window (default 32768)") },
	{ .name = "bundle", .help = N_("one window a file: the file after its direct dependencies") },
	{ .name = "per-group", .help = N_("a window never mixes files that nothing connects: one sample a group") },
	{ .name = "exclude", .value = "GLOB", .help = N_("leave out paths that match"), .many = true },
	{ .name = "gitignore", .help = N_("leave out what .gitignore files say") },
	{ .name = "without", .value = "KIND", .help = N_("leave out a kind of edges"), .many = true,
	  .choices = "late conditional type reexport symbol pair test structure" },
	{ .name = "format", .value = "FORMAT", .help = N_("write training text"), .choices = "deepseek starcoder2 qwen2.5 jsonl" },
	{ .name = "metadata", .value = "WHEN", .help = N_("repository name and paths in starcoder2 text (default: by a hash of the name)"),
	  .choices = "on off" },
	{ .name = "refuse-sentinels", .help = N_("leave out files that hold a sentinel instead of escaping it") },
	{ .name = "unresolved", .help = N_("list the imports that could not be resolved, and why") },
	{ .name = "cuts", .help = N_("list the links whose dependency comes after its user") },
	{ .name = "links", .help = N_("list all links: user, dependency, kind") },
	{ .name = "to", .value = "PATH", .help = N_("write to a file instead of standard output") },
	{ .name = "force", .help = N_("write over a file that is there") },
	{ 0 },
};

extern const struct verb verb_order;

static int read_kinds(unsigned *off, const struct verb_args *args, struct error *err)
{
	for (size_t i = 0; i < 2 * args->n_many; i += 2) {
		unsigned kind = 0;

		if (strcmp(args->many[i], "without") != 0)
			continue;
		while (kind < EDGE_KINDS && strcmp(code_edge_name((enum code_edge)kind), args->many[i + 1]) != 0)
			kind++;
		if (kind == EDGE_KINDS)
			return error_set(err, TAMIS_EUSAGE, _("--without: “%s” is no kind of edge"), args->many[i + 1]);
		*off |= 1u << kind;
	}
	return 0;
}

static int read_request(struct order_request *req, const struct verb_args *args, struct error *err)
{
	const char *order = NULL, *format = NULL, *metadata = NULL;
	int rc = arg_choice(&order, &verb_order, args, "order", err);

	req->path = args->words[0];
	req->bundle = arg_flag(&verb_order, args, "bundle");
	req->per_group = arg_flag(&verb_order, args, "per-group");
	req->wish.gitignore = arg_flag(&verb_order, args, "gitignore");
	if (order)
		code_order_kind_from_name(&req->options.kind, span_of(order));
	if (rc == 0)
		rc = arg_choice(&format, &verb_order, args, "format", err);
	if (rc == 0)
		rc = arg_choice(&metadata, &verb_order, args, "metadata", err);
	if (rc == 0)
		rc = arg_count(&req->options.seed, &verb_order, args, "seed", 0, UINT64_MAX, err);
	if (rc == 0)
		rc = arg_count(&req->budget, &verb_order, args, "budget", 256, 1 << 30, err);
	return rc ? rc : read_kinds(&req->options.kinds_off, args, err);
}

struct printing {
	struct cli *cli;
	FILE *file; /* NULL: standard output */
	struct order_work *w;
};

static bool put(const struct printing *p, const struct buf *text)
{
	if (p->file)
		return fwrite(text->p, 1, text->len, p->file) == text->len;
	return cli_put(p->cli, buf_span(text));
}

static void print_list(const struct printing *p)
{
	struct buf line = BUF_INIT;
	uint32_t position = 0;

	for (uint32_t i = 0; i < p->w->order.n; i++) {
		uint32_t file = p->w->order.sequence[i];

		if (code_role_skipped(p->w->repo.files.v[file].facts.role))
			continue;
		buf_clear(&line);
		if (p->cli->json)
			order_item_json(&line, p->w, file, position++);
		else
			buf_addspan(&line, p->w->repo.files.v[file].path);
		buf_addc(&line, '\n');
		if (!put(p, &line))
			break;
	}
	buf_free(&line);
}

static void print_unresolved(const struct printing *p)
{
	struct buf line = BUF_INIT;

	vec_each(&p->w->resolution.unresolved, i) {
		const struct code_unresolved *u = &p->w->resolution.unresolved.v[i];
		struct span path = p->w->repo.files.v[u->file].path;

		buf_clear(&line);
		if (!p->cli->json) {
			buf_addf(&line, "%s:%u\t%s\t%.*s\n", path.p, u->line, code_miss_name(u->why), (int)u->name.len, u->name.p);
			if (!put(p, &line))
				break;
			continue;
		}
		buf_addc(&line, '{');
		json_put_member(&line, "path", path);
		json_put_int(&line, "line", u->line);
		json_put_member(&line, "why", span_of(code_miss_name(u->why)));
		json_put_member(&line, "name", u->name);
		json_put_key(&line, "candidates");
		buf_addc(&line, '[');
		for (size_t k = 0; k < u->candidates.n; k++) {
			if (k)
				buf_addc(&line, ',');
			json_put_string(&line, p->w->repo.files.v[u->candidates.v[k]].path);
		}
		buf_adds(&line, "]}\n");
		if (!put(p, &line))
			break;
	}
	buf_free(&line);
}

static bool print_link(const struct printing *p, const struct code_link *l)
{
	struct span from = p->w->repo.files.v[l->from].path, to = p->w->repo.files.v[l->to].path;
	const char *kind = code_edge_name((enum code_edge)l->kind);
	struct buf line = BUF_INIT;
	bool more;

	if (p->cli->json) {
		buf_addc(&line, '{');
		json_put_member(&line, "user", from);
		json_put_member(&line, "dependency", to);
		json_put_member(&line, "edge", span_of(kind));
		json_put_int(&line, "weight", l->weight);
		json_put_int(&line, "component", (int64_t)p->w->order.component[l->from]);
		buf_adds(&line, "}\n");
	} else {
		buf_addf(&line, "%s\t%s\t%s\n", from.p, to.p, kind);
	}
	more = put(p, &line);
	buf_free(&line);
	return more;
}

static void print_links(const struct printing *p, bool cuts_only)
{
	const struct code_graph *g = &p->w->resolution.graph;
	bool more = true;

	for (size_t i = 0; i < g->links.n && more; i++) {
		const struct code_link *l = &g->links.v[i];

		if (!cuts_only || p->w->order.position[l->to] > p->w->order.position[l->from])
			more = print_link(p, l);
	}
}

static int print_text(const struct printing *p, const struct verb_args *args, struct file_list *refused, struct error *err)
{
	const char *metadata = arg_value(&verb_order, args, "metadata");
	struct code_writing how = { .repository = p->w->name, .metadata = -1 };
	struct buf text = BUF_INIT;
	int rc = 0;

	code_format_from_name(&how.format, span_of(arg_value(&verb_order, args, "format")));
	if (metadata)
		how.metadata = strcmp(metadata, "on") == 0;
	how.refuse_sentinels = arg_flag(&verb_order, args, "refuse-sentinels");
	for (uint32_t i = 0; i < p->w->windows.n && rc == 0; i++) {
		buf_clear(&text);
		rc = code_write_window(&text, &how, &p->w->repo, &p->w->windows, i, order_load, p->w, refused, err);
		if (rc == 0 && !put(p, &text))
			break;
	}
	buf_free(&text);
	return rc;
}

/* "152 of 985 files (833 left out: vendored 581, …)"; "152 files" when none is left out. */
static void put_files(struct buf *out, const struct code_repo *repo)
{
	size_t roles[CODE_ROLES] = { 0 }, left_out = 0;
	struct buf list = BUF_INIT;

	vec_each(&repo->files, i)
		roles[repo->files.v[i].facts.role]++;
	for (unsigned role = 0; role < CODE_ROLES; role++) {
		if (!code_role_skipped((enum code_role)role) || roles[role] == 0)
			continue;
		buf_addf(&list, "%s%s %zu", left_out ? _(", ") : "", _(code_role_name((enum code_role)role)), roles[role]);
		left_out += roles[role];
	}
	if (left_out)
		buf_addf(out, PL_("%zu of %zu file (%zu left out: %s)", "%zu of %zu files (%zu left out: %s)", repo->files.n),
			 repo->files.n - left_out, repo->files.n, left_out, list.p);
	else
		buf_addf(out, PL_("%zu file", "%zu files", repo->files.n), repo->files.n);
	buf_free(&list);
}

static void say_counts(struct cli *cli, const struct order_work *w)
{
	unsigned long long links = w->order.links, tokens = w->windows.tokens;
	struct buf files = BUF_INIT, all = BUF_INIT, text = BUF_INIT, windows = BUF_INIT;

	put_files(&files, &w->repo);
	buf_addf(&all, PL_("%llu link", "%llu links", links), links);
	buf_addf(&text, PL_("%llu token", "%llu tokens", tokens), tokens);
	buf_addf(&windows, PL_("%u window", "%u windows", w->windows.n), w->windows.n);
	cli_note(cli, _("%s, %s: %.1f %% of dependencies before their users, %s in %s (%.0f %% inside one)"), files.p, all.p,
		 links ? 100.0 * (double)w->order.satisfied / (double)links : 100.0, text.p, windows.p,
		 w->windows.links ? 100.0 * (double)w->windows.covered / (double)w->windows.links : 100.0);
	buf_free(&files);
	buf_free(&all);
	buf_free(&text);
	buf_free(&windows);
}

static void say_summary(struct cli *cli, const struct order_work *w, int64_t run, size_t refused)
{
	struct buf line = BUF_INIT;

	if (cli->json) {
		buf_addc(&line, '{');
		json_put_int(&line, "run", run);
		order_summary_json(&line, w);
		json_put_int(&line, "refused", (int64_t)refused);
		buf_adds(&line, "}\n");
		cli_put(cli, buf_span(&line));
		buf_free(&line);
		return;
	}
	say_counts(cli, w);
}

static void say_refused(struct cli *cli, const struct order_work *w, const struct file_list *refused)
{
	vec_each(refused, i)
		cli_warn(cli, _("%s: left out, for it holds a sentinel of a training format"),
			 w->repo.files.v[refused->v[i]].path.p);
}

static int print_all(struct cli *cli, struct order_work *w, const struct verb_args *args, size_t *refused, struct error *err)
{
	const char *to = arg_value(&verb_order, args, "to");
	struct printing p = { .cli = cli, .w = w };
	struct fs_atomic file = { 0 };
	struct file_list left = { 0 };
	int rc = to ? fs_atomic_open(&file, to, err) : 0;

	if (rc)
		return rc;
	p.file = file.file;
	if (arg_value(&verb_order, args, "format"))
		rc = print_text(&p, args, &left, err);
	else if (arg_flag(&verb_order, args, "unresolved"))
		print_unresolved(&p);
	else if (arg_flag(&verb_order, args, "cuts") || arg_flag(&verb_order, args, "links"))
		print_links(&p, arg_flag(&verb_order, args, "cuts"));
	else
		print_list(&p);
	*refused = left.n;
	say_refused(cli, w, &left);
	vec_free(&left);
	if (to && rc == 0)
		rc = fs_atomic_commit(&file, err);
	else if (to)
		fs_atomic_abort(&file);
	return rc;
}

struct ordering {
	struct order_request req;
	const char *to;           /* NULL: standard output */
	struct order_work work;
	int64_t run;
};

/* The order of files is not written over one of them. */
static int keep_source(const struct tree *t, const char *to, struct error *err)
{
	struct stat st, file;
	bool found = false;

	if (t->archive || stat(to, &st) != 0)
		return 0;
	for (size_t i = 0; i < t->files.n && !found; i++) {
		char *path = xasprintf("%s/%s", t->root, t->files.v[i].path);

		found = stat(path, &file) == 0 && file.st_dev == st.st_dev && file.st_ino == st.st_ino;
		free(path);
	}
	return found ? error_set(err, TAMIS_EUSAGE, _("%s is one of the files that are put in order; write to another file"), to) : 0;
}

static int order_job(struct job *job, struct store *s, void *arg, struct error *err)
{
	struct ordering *o = arg;
	int rc = order_work_open(&o->work, &o->req, s, job, err);

	if (rc == 0 && o->to)
		rc = keep_source(&o->work.tree, o->to, err);
	return rc ? rc : order_work_save(&o->work, &o->req, s, &o->run, err);
}

static int run_order(struct cli *cli, const struct verb_args *args, struct error *err)
{
	struct ordering o = { 0 };
	VEC(const char *) exclude = { 0 };
	size_t refused = 0;
	int rc = read_request(&o.req, args, err);

	for (size_t i = 0; i < 2 * args->n_many; i += 2)
		if (strcmp(args->many[i], "exclude") == 0)
			vec_push(&exclude, args->many[i + 1]);
	vec_push(&exclude, NULL);
	o.req.wish.exclude = exclude.v;
	o.to = arg_value(&verb_order, args, "to");
	if (rc == 0)
		rc = cli_workspace(cli, true, err);
	if (rc == 0 && o.to)
		rc = output_check(cli->store, o.to, NULL, arg_flag(&verb_order, args, "force"), err);
	if (rc == 0)
		rc = cli_refresh(cli, 0, err);
	if (rc == 0)
		rc = job_run(cli->ws, _("ordering"), order_job, &o, cli->quiet, err);
	if (rc == 0)
		rc = print_all(cli, &o.work, args, &refused, err);
	if (rc == 0)
		say_summary(cli, &o.work, o.run, refused);
	if (rc == 0 && o.work.tree.closed)
		cli_note(cli, PL_("%zu folder can't be opened and is left out; look at its permissions",
				  "%zu folders can't be opened and are left out; look at their permissions", o.work.tree.closed),
			 o.work.tree.closed);
	order_work_free(&o.work);
	vec_free(&exclude);
	return rc == 0 && refused ? CLI_SOME_REJECTED : rc;
}

const struct verb verb_order = {
	.name = "order",
	.synopsis = "PATH|CORPUS",
	.help = N_("put the source files of a folder, an archive or a corpus in dependency order"),
	.options = options,
	.min_words = 1,
	.max_words = 1,
	.run = run_order,
};
