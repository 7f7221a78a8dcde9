/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Windows and bundles of a token budget, and how many dependencies they hold. */
#include <stdlib.h>

#include "codeorder/sample.h"

static uint64_t tokens_of(uint64_t bytes, double bytes_per_token)
{
	return (uint64_t)((double)bytes / bytes_per_token + 0.999);
}

static bool counted(const struct code_repo *repo, uint32_t file)
{
	return !code_role_skipped(repo->files.v[file].facts.role);
}

void code_windows_free(struct code_windows *w)
{
	vec_free(&w->parts);
	*w = (struct code_windows){ 0 };
}

/* Links both of whose files stand in one window, the dependency first. `place[f]` is scratch: where f stands in the window at hand. */
static void count_covered(struct code_windows *w, const struct code_repo *repo, const struct code_graph *g)
{
	uint32_t *place = xcalloc(repo->files.n, sizeof *place);
	uint8_t *covered = xcalloc(g->links.n, 1);
	size_t begin = 0;

	while (begin < w->parts.n) {
		size_t end = begin;

		while (end < w->parts.n && w->parts.v[end].window == w->parts.v[begin].window) {
			if (!place[w->parts.v[end].file])
				place[w->parts.v[end].file] = (uint32_t)(end - begin) + 1;
			end++;
		}
		for (size_t i = begin; i < end; i++) {
			uint32_t f = w->parts.v[i].file;

			if (w->parts.v[i].context)
				continue;
			for (uint32_t k = g->first[f]; k < g->first[f + 1]; k++)
				if (place[g->links.v[k].to] && place[g->links.v[k].to] <= i - begin + 1)
					covered[k] = 1;
		}
		for (size_t i = begin; i < end; i++)
			place[w->parts.v[i].file] = 0;
		begin = end;
	}
	vec_each(&g->links, k) {
		if (!counted(repo, g->links.v[k].from) || !counted(repo, g->links.v[k].to))
			continue;
		w->links++;
		w->covered += covered[k];
	}
	free(place);
	free(covered);
}

/* The last place in [from, limit) where a blank line is followed by a line at the margin; else the last line's start; else limit. */
static uint64_t cut_place(struct span text, uint64_t from, uint64_t limit)
{
	uint64_t line = 0;

	for (uint64_t at = limit; at > from + 1; at--) {
		if (text.p[at - 1] != '\n')
			continue;
		if (!line)
			line = at;
		if (text.p[at - 2] == '\n' && at < text.len && text.p[at] != ' ' && text.p[at] != '\t' && text.p[at] != '\n')
			return at;
		if (limit - at > (limit - from) / 2)
			break;
	}
	return line > from ? line : limit;
}

static int split_file(struct code_windows *out, uint32_t file, uint64_t budget_bytes, code_load load, void *ctx, struct error *err)
{
	struct buf text = BUF_INIT;
	size_t first = out->parts.n;
	uint32_t part = 0;
	int rc = load(ctx, file, &text, err);

	for (uint64_t at = 0; rc == 0 && at < text.len;) {
		uint64_t end = text.len - at <= budget_bytes ? text.len : cut_place(buf_span(&text), at, at + budget_bytes);

		vec_push(&out->parts, (struct code_part){ .file = file, .window = out->n++, .begin = at, .end = end, .part = ++part });
		at = end;
	}
	for (size_t i = first; i < out->parts.n; i++)
		out->parts.v[i].parts = part;
	buf_free(&text);
	return rc;
}

int code_windows_flat(struct code_windows *out, const struct code_repo *repo, const struct code_graph *g, const uint32_t *sequence, uint32_t n,
		      const uint32_t *group, uint64_t budget_tokens, double bytes_per_token, code_load load, void *ctx,
		      struct error *err)
{
	uint64_t used = 0;
	uint32_t before = 0; /* the file placed last */
	bool open = false;
	int rc = 0;

	*out = (struct code_windows){ 0 };
	for (uint32_t p = 0; p < n && rc == 0; p++) {
		uint64_t bytes = repo->files.v[sequence[p]].facts.bytes, cost = tokens_of(bytes, bytes_per_token);

		if (!counted(repo, sequence[p]))
			continue;
		out->source_tokens += cost;
		if (cost > budget_tokens) {
			out->n += open;
			open = false;
			used = 0;
			rc = split_file(out, sequence[p], (uint64_t)((double)budget_tokens * bytes_per_token), load, ctx, err);
			continue;
		}
		if (open && (used + cost > budget_tokens || (group && group[sequence[p]] != group[before]))) {
			out->n++;
			used = 0;
		}
		open = true;
		used += cost;
		before = sequence[p];
		vec_push(&out->parts, (struct code_part){ .file = sequence[p], .window = out->n, .end = bytes, .part = 1, .parts = 1 });
	}
	out->n += open;
	out->tokens = out->source_tokens;
	count_covered(out, repo, g);
	return rc;
}

struct candidate {
	uint32_t file;
	uint8_t weight;
	uint64_t bytes;
	uint32_t position;
};

static int heavier(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	if (x->bytes != y->bytes)
		return x->bytes < y->bytes ? -1 : 1;
	return x->position < y->position ? -1 : x->position > y->position;
}

static int earlier(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	return x->position < y->position ? -1 : x->position > y->position;
}

void code_windows_bundles(struct code_windows *out, const struct code_repo *repo, const struct code_graph *g, const uint32_t *sequence,
			  const uint32_t *position, uint32_t n, uint64_t budget_tokens, double bytes_per_token)
{
	VEC(struct candidate) deps = { 0 };

	*out = (struct code_windows){ 0 };
	for (uint32_t p = 0; p < n; p++) {
		uint32_t target = sequence[p];
		uint64_t bytes = repo->files.v[target].facts.bytes, used = tokens_of(bytes, bytes_per_token);
		size_t kept = 0;

		if (!counted(repo, target))
			continue;
		out->source_tokens += used;
		vec_clear(&deps);
		for (uint32_t k = g->first[target]; k < g->first[target + 1]; k++) {
			uint32_t to = g->links.v[k].to;

			if (counted(repo, to))
				vec_push(&deps, (struct candidate){ to, g->links.v[k].weight, repo->files.v[to].facts.bytes, position[to] });
		}
		if (deps.n)
			qsort(deps.v, deps.n, sizeof *deps.v, heavier);
		for (size_t i = 0; i < deps.n; i++) {
			uint64_t cost = tokens_of(deps.v[i].bytes, bytes_per_token);

			if (used + cost > budget_tokens)
				continue;
			used += cost;
			deps.v[kept++] = deps.v[i];
		}
		if (kept)
			qsort(deps.v, kept, sizeof *deps.v, earlier);
		for (size_t i = 0; i < kept; i++)
			vec_push(&out->parts, (struct code_part){ .file = deps.v[i].file, .window = out->n, .end = deps.v[i].bytes,
								  .part = 1, .parts = 1, .context = true });
		vec_push(&out->parts, (struct code_part){ .file = target, .window = out->n++, .end = bytes, .part = 1, .parts = 1 });
		out->tokens += used;
	}
	vec_free(&deps);
	count_covered(out, repo, g);
}
