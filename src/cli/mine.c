/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tamis mine: parallel sentences out of two corpora, or the alignment of two documents; scored against gold when there is some. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/json.h"
#include "cli/verb.h"
#include "formats/reader.h"
#include "jobs/mine.h"
#include "text/langid.h"

static const struct verb_option options[] = {
	{ .name = "align", .help = N_("align document by document, sentence by sentence; several documents are paired by their content") },
	{ .name = "existing", .help = N_("SOURCE is a bitext corpus and there is no TARGET: score the pairs it has, keep the good ones") },
	{ .name = "lang", .value = "PAIR", .help = N_("the languages, as in en-de (default: guessed from the text)") },
	{ .name = "lexicon", .value = "FILE", .help = N_("a dictionary: CC-CEDICT, EDICT, dictd, Ding or two columns"), .many = true },
	{ .name = "no-packaged", .help = N_("do not look for dictionaries among the machine's packages") },
	{ .name = "no-catalogues", .help = N_("do not learn from the machine's message catalogues") },
	{ .name = "seed", .value = "TSV", .help = N_("parallel sentences to learn words from") },
	{ .name = "embedder", .value = "KIND", .help = N_("what compares sentences (default lexical)"), .choices = "lexical file npy http" },
	{ .name = "source-vectors", .value = "FILE", .help = N_("embeddings of the source's lines, a row each: .npy or .safetensors") },
	{ .name = "target-vectors", .value = "FILE", .help = N_("embeddings of the target's lines") },
	{ .name = "tensor", .value = "NAME", .help = N_("which matrix of the .safetensors files (default: the only one)") },
	{ .name = "half", .help = N_("keep embeddings as float16: half the memory, cosines exact to about 0.0005") },
	{ .name = "memory", .value = "SIZE", .help = N_("memory for what mining keeps, such as 512M; the rest lies in files") },
	{ .name = "retrieval", .value = "KIND", .help = N_("with embeddings, who is paired with whom (default max: one-to-one)"),
	  .choices = "max forward backward intersection" },
	{ .name = "index", .value = "KIND", .help = N_("how neighbours are searched (default auto: ivf from about 300,000 lines a side)"),
	  .choices = "auto exact ivf" },
	{ .name = "recall", .value = "R", .help = N_("share of true neighbours that an index is to find (default 0.99)") },
	{ .name = "endpoint", .value = "URL", .help = N_("an OpenAI-compatible /v1/embeddings; the key is read from TAMIS_EMBED_KEY") },
	{ .name = "model", .value = "NAME", .help = N_("the endpoint's model") },
	{ .name = "prefix", .value = "TEXT", .help = N_("put before every text sent, as in “query: ”") },
	{ .name = "margin", .value = "KIND", .help = N_("score by the margin over neighbours, not by probability"),
	  .choices = "distance ratio absolute" },
	{ .name = "k", .value = "K", .help = N_("neighbours in the margin (default 8)") },
	{ .name = "threshold", .value = "T", .help = N_("keep pairs of this score or more (default auto: the best expected F1)") },
	{ .name = "rounds", .value = "N", .help = N_("rounds of learning from the best pairs (default 1)") },
	{ .name = "score", .value = "GOLD", .help = N_("print precision, recall and F1 against line pairs, or beads with --align") },
	{ .name = "print", .help = N_("print the pairs: score, source, target") },
	{ 0 },
};

extern const struct verb verb_mine;

struct mining_verb {
	struct mine_wish wish;
	struct mine_work work;
	VEC(const char *) lexicons;
	char source_lang[8], target_lang[8];
	char *cache;                      /* of embeddings, or NULL */
};

static int read_languages(struct mining_verb *m, const struct verb_args *args, struct error *err)
{
	const char *pair = arg_value(&verb_mine, args, "lang");
	const char *dash = pair ? strchr(pair, '-') : NULL;

	if (!pair)
		return 0;
	if (!dash || dash == pair || dash - pair > 7 || !dash[1] || strlen(dash + 1) > 7)
		return error_set(err, TAMIS_EUSAGE, _("--lang wants two codes with a dash between, as in en-de"));
	memcpy(m->source_lang, pair, (size_t)(dash - pair));
	memcpy(m->target_lang, dash + 1, strlen(dash + 1));
	m->wish.source_lang = m->source_lang;
	m->wish.target_lang = m->target_lang;
	return 0;
}

static int read_numbers(struct mine_wish *wish, const struct verb_args *args, struct error *err)
{
	const char *threshold = arg_value(&verb_mine, args, "threshold");
	uint64_t k = 0, rounds = 1;
	const char *retrieval = NULL, *index = NULL;
	int rc = arg_count(&k, &verb_mine, args, "k", 1, 64, err);

	if (rc == 0)
		rc = arg_size(&wish->memory, &verb_mine, args, "memory", err);
	if (rc == 0)
		rc = arg_choice(&retrieval, &verb_mine, args, "retrieval", err);
	if (rc == 0 && retrieval)
		retrieval_from_name(&wish->retrieval, retrieval);
	if (rc == 0)
		rc = arg_choice(&index, &verb_mine, args, "index", err);
	if (rc == 0 && index)
		vector_index_from_name(&wish->index, index);
	if (rc == 0)
		rc = arg_real(&wish->recall, &verb_mine, args, "recall", .5, 1, err);
	if (rc == 0)
		rc = arg_count(&rounds, &verb_mine, args, "rounds", 0, 5, err);
	if (rc == 0 && threshold && strcmp(threshold, "auto") != 0)
		rc = arg_real(&wish->threshold, &verb_mine, args, "threshold", -1e3, 1e3, err);
	wish->k = (unsigned)k;
	wish->self_training = (unsigned)rounds;
	return rc;
}

/* Embeddings are cached beside the workspace, so that a run that was stopped goes on. */
static int read_embedder(struct mining_verb *m, const struct cli *cli, const struct verb_args *args, struct error *err)
{
	const char *kind = NULL;
	int rc = arg_choice(&kind, &verb_mine, args, "embedder", err);

	if (rc || !kind || !strcmp(kind, "lexical"))
		return rc;
	if (!m->wish.margin_given)
		m->wish.margin = MARGIN_RATIO;
	if (!strcmp(kind, "npy") || !strcmp(kind, "file")) {
		m->wish.source_vectors = arg_value(&verb_mine, args, "source-vectors");
		m->wish.target_vectors = arg_value(&verb_mine, args, "target-vectors");
		if (!m->wish.source_vectors || !m->wish.target_vectors)
			return error_set(err, TAMIS_EUSAGE, _("--embedder file needs --source-vectors and --target-vectors"));
		return 0;
	}
	m->cache = xasprintf("%s-embeddings", cli->workspace);
	m->wish.endpoint = (struct embed_request){
		.url = arg_value(&verb_mine, args, "endpoint"), .model = arg_value(&verb_mine, args, "model"),
		.prefix = arg_value(&verb_mine, args, "prefix"), .key = getenv("TAMIS_EMBED_KEY"), .cache = m->cache,
	};
	if (!m->wish.endpoint.url || !m->wish.endpoint.model)
		return error_set(err, TAMIS_EUSAGE, _("--embedder http needs --endpoint and --model"));
	return 0;
}

static int read_wish(struct mining_verb *m, const struct verb_args *args, struct error *err)
{
	const char *margin = NULL;
	int rc = arg_choice(&margin, &verb_mine, args, "margin", err);

	m->wish = (struct mine_wish)MINE_WISH_DEFAULT;
	m->wish.source = args->words[0];
	m->wish.existing = arg_flag(&verb_mine, args, "existing");
	m->wish.target = m->wish.existing ? NULL : args->n_words > 1 ? args->words[1] : "";
	m->wish.align = arg_flag(&verb_mine, args, "align");
	m->wish.packaged = !arg_flag(&verb_mine, args, "no-packaged");
	m->wish.catalogues = !arg_flag(&verb_mine, args, "no-catalogues");
	m->wish.tensor = arg_value(&verb_mine, args, "tensor");
	m->wish.half = arg_flag(&verb_mine, args, "half");
	m->wish.seed = arg_value(&verb_mine, args, "seed");
	m->wish.keep_all = arg_value(&verb_mine, args, "score") != NULL;
	if (margin)
		m->wish.margin_given = margin_from_name(&m->wish.margin, margin);
	for (size_t i = 0; i < 2 * args->n_many; i += 2)
		if (strcmp(args->many[i], "lexicon") == 0)
			vec_push(&m->lexicons, args->many[i + 1]);
	vec_push(&m->lexicons, NULL);
	m->wish.lexicons = m->lexicons.v;
	if (rc == 0 && m->wish.existing != (args->n_words == 1))
		rc = error_set(err, TAMIS_EUSAGE,
			       m->wish.existing ? _("--existing takes one corpus, which holds both sides")
						: _("mine takes a source and a target, or --existing and a bitext corpus"));
	if (rc == 0 && m->wish.existing && (m->wish.align || m->wish.keep_all))
		rc = error_set(err, TAMIS_EUSAGE, _("--existing goes neither with --align nor with --score"));
	if (rc == 0)
		rc = read_languages(m, args, err);
	return rc ? rc : read_numbers(&m->wish, args, err);
}

/* ---- scoring ---- */

/* What is true: read before anything is mined, for hours of work should not end in a mistyped name. */
struct truth {
	const char *path;
	struct map64 pairs;               /* source << 32 | target */
	struct gold_bead *beads;          /* with --align */
	size_t n_beads;
	uint64_t greatest[2];             /* number named on each side */
	size_t at[2];                     /* the line of the file that names it; 0: none */
};

static void note_number(struct truth *t, int side, uint64_t number, size_t line_number)
{
	if (t->at[side] && number <= t->greatest[side])
		return;
	t->greatest[side] = number;
	t->at[side] = line_number;
}

static int read_gold(struct truth *out, const char *path, struct error *err)
{
	struct buf text = BUF_INIT;
	size_t line_number = 0;
	int rc = stream_read_all(&text, path, 1 << 30, err);

	for (struct span rest = buf_span(&text); rc == 0 && rest.len;) {
		struct span line = span_line(&rest);
		char *copy = xstrndup(line.p, line.len), *end, *second;
		unsigned long x = strtoul(copy, &end, 10), y = strtoul(end, &second, 10);
		bool made;

		line_number++;
		if (line.len && (end == copy || second == end || x > UINT32_MAX || y > UINT32_MAX)) {
			rc = error_set(err, TAMIS_EPARSE, _("%s:%zu is not two line numbers, from 0, with a tab between"), path,
				       line_number);
		} else if (line.len) {
			*map64_at(&out->pairs, (uint64_t)x << 32 | y, &made) = 1;
			note_number(out, 0, x, line_number);
			note_number(out, 1, y, line_number);
		}
		free(copy);
	}
	buf_free(&text);
	return rc;
}

static int read_truth(struct truth *out, const char *path, bool beads, struct error *err)
{
	int rc = beads ? align_read_gold(&out->beads, &out->n_beads, path, err) : read_gold(out, path, err);

	out->path = path;
	if (rc == 0 && !out->pairs.n && !out->n_beads)
		rc = error_set(err, TAMIS_EPARSE, _("%s holds nothing to score against"), path);
	return rc;
}

static void truth_free(struct truth *t)
{
	map64_free(&t->pairs);
	free(t->beads);
}

static int check_truth(void *ctx, const struct pile *source, const struct pile *target, struct error *err)
{
	const struct truth *t = ctx;
	const struct pile *piles[2] = { source, target };

	for (int side = 0; side < 2; side++) {
		uint64_t n = pile_numbers(piles[side]);

		if (t->at[side] && t->greatest[side] >= n)
			return error_set(err, TAMIS_EPARSE, _("%s:%zu names line %llu, but %s has %llu, counted from 0"), t->path, t->at[side],
					 (unsigned long long)t->greatest[side], piles[side]->name, (unsigned long long)n);
	}
	return 0;
}

static int check_beads(void *ctx, const struct pile *source, const struct pile *target, struct error *err)
{
	const struct truth *t = ctx;

	return align_check_gold(t->beads, t->n_beads, t->path, source->name, source->sentences.n, target->name, target->sentences.n, err);
}

static void put_score(struct buf *out, const char *prefix, const struct mine_score *s, double threshold)
{
	char key[64];

	snprintf(key, sizeof key, "%sthreshold", prefix);
	json_put_real(out, key, threshold);
	snprintf(key, sizeof key, "%sprecision", prefix);
	json_put_real(out, key, s->precision);
	snprintf(key, sizeof key, "%srecall", prefix);
	json_put_real(out, key, s->recall);
	snprintf(key, sizeof key, "%sf1", prefix);
	json_put_real(out, key, s->f1);
}

/* The pairs under the numbers that gold has for their sides, each once: two sentences of a record may be paired with two of its
 * translation. */
static void number_pairs(struct mining *out, const struct mine_work *w)
{
	struct map64 seen = { 0 };

	vec_each(&w->mining.pairs, i) {
		struct mined pair = w->mining.pairs.v[i];
		bool made;

		pair.candidate.edge.x = pile_number(&w->source, pair.candidate.edge.x);
		pair.candidate.edge.y = pile_number(&w->target, pair.candidate.edge.y);
		map64_at(&seen, (uint64_t)pair.candidate.edge.x << 32 | pair.candidate.edge.y, &made);
		if (made)
			vec_push(&out->pairs, pair);
	}
	map64_free(&seen);
}

static void score_pairs(struct cli *cli, const struct mine_work *w, const struct truth *truth)
{
	struct mining numbered = { 0 };
	struct mine_score here, best;
	struct buf line = BUF_INIT;
	double threshold, n = (double)truth->pairs.n;

	number_pairs(&numbered, w);
	mine_score_at(&here, &numbered, &truth->pairs, w->threshold);
	threshold = mine_best_threshold(&best, &numbered, &truth->pairs);
	buf_addc(&line, '{');
	put_score(&line, "", &here, w->threshold);
	put_score(&line, "best_", &best, threshold);
	json_put_int(&line, "found", (int64_t)here.found);
	json_put_int(&line, "right", (int64_t)here.right);
	json_put_int(&line, "gold", (int64_t)here.gold);
	json_put_real(&line, "density_source", n / (double)pile_numbers(&w->source));
	json_put_real(&line, "density_target", n / (double)pile_numbers(&w->target));
	buf_adds(&line, "}\n");
	if (cli->json)
		cli_put(cli, buf_span(&line));
	else
		cli_putf(cli, _("at %.4f: precision %.3f, recall %.3f, F1 %.3f; best F1 %.3f at %.4f; %zu gold pairs, density %.1f %% and %.1f %%\n"),
			 w->threshold, here.precision, here.recall, here.f1, best.f1, threshold, here.gold,
			 100 * n / (double)pile_numbers(&w->source), 100 * n / (double)pile_numbers(&w->target));
	vec_free(&numbered.pairs);
	buf_free(&line);
}

/* The beads with the target's sentences counted as they were read: documents paired by content stand in another order. */
static struct bead *beads_as_read(const struct mine_work *w)
{
	const struct pile *p = &w->target;
	struct bead *beads = xcalloc(w->alignment.beads.n + 1, sizeof *beads);
	uint32_t *first = xcalloc(p->documents + 2, sizeof *first); /* by record */

	vec_each(&p->sentences, i)
		first[p->sentences.v[i].record + 1]++;
	for (uint64_t d = 0; d < p->documents; d++)
		first[d + 1] += first[d];
	vec_each(&w->alignment.beads, i) {
		const struct pile_sentence *s;

		beads[i] = w->alignment.beads.v[i];
		if (!beads[i].ny)
			continue;
		s = &p->sentences.v[beads[i].y];
		beads[i].y = first[s->record] + s->index;
	}
	free(first);
	return beads;
}

static void score_beads(struct cli *cli, const struct mine_work *w, const struct truth *truth)
{
	struct align_score s;
	struct buf line = BUF_INIT;
	struct bead *beads = beads_as_read(w);

	align_score(&s, beads, w->alignment.beads.n, truth->beads, truth->n_beads);
	free(beads);
	buf_addc(&line, '{');
	json_put_real(&line, "strict_precision", s.strict_precision);
	json_put_real(&line, "strict_recall", s.strict_recall);
	json_put_real(&line, "strict_f1", s.strict_f1);
	json_put_real(&line, "lax_precision", s.lax_precision);
	json_put_real(&line, "lax_recall", s.lax_recall);
	json_put_real(&line, "lax_f1", s.lax_f1);
	json_put_int(&line, "found", (int64_t)s.found);
	json_put_int(&line, "found_strict", (int64_t)s.found_strict);
	json_put_int(&line, "found_lax", (int64_t)s.found_lax);
	json_put_int(&line, "gold", (int64_t)s.gold);
	json_put_int(&line, "gold_strict", (int64_t)s.gold_strict);
	json_put_int(&line, "gold_lax", (int64_t)s.gold_lax);
	buf_adds(&line, "}\n");
	if (cli->json)
		cli_put(cli, buf_span(&line));
	else
		cli_putf(cli, _("strict F1 %.3f (precision %.3f, recall %.3f), lax F1 %.3f (%.3f, %.3f); %zu gold beads\n"),
			 s.strict_f1, s.strict_precision, s.strict_recall, s.lax_f1, s.lax_precision, s.lax_recall, s.gold);
	buf_free(&line);
}

/* ---- printing ---- */

static void print_pairs(struct cli *cli, const struct mine_work *w)
{
	for (size_t i = 0; i < w->mining.pairs.n && w->mining.pairs.v[i].score >= w->threshold; i++) {
		const struct mined *p = &w->mining.pairs.v[i];

		if (!cli_putf(cli, "%.4f\t", p->score) || !cli_put_data(cli, w->source.text.v[p->candidate.edge.x]) ||
		    !cli_puts(cli, "\t") || !cli_put_data(cli, w->target.text.v[p->candidate.edge.y]) || !cli_puts(cli, "\n"))
			return;
	}
}

/* Beads as Vecalign writes them: [0, 1]:[2] and the similarity. */
static void put_list(struct buf *out, uint32_t first, uint8_t n)
{
	buf_addc(out, '[');
	for (uint8_t k = 0; k < n; k++)
		buf_addf(out, "%s%u", k ? ", " : "", first + k);
	buf_addc(out, ']');
}

static void print_beads(struct cli *cli, const struct mine_work *w)
{
	struct buf line = BUF_INIT;

	vec_each(&w->alignment.beads, i) {
		const struct bead *b = &w->alignment.beads.v[i];

		buf_clear(&line);
		put_list(&line, b->x, b->nx);
		buf_addc(&line, ':');
		put_list(&line, b->y, b->ny);
		buf_addf(&line, ":%.4f\n", (double)b->s);
		if (!cli_put(cli, buf_span(&line)))
			break;
	}
	buf_free(&line);
}

/* What a pile has lost before it was mined from, which nobody would see in the pairs. */
static void say_left_out(struct cli *cli, const struct pile *p)
{
	struct buf why = BUF_INIT;

	if (pile_left_out(&why, p) && !cli->json)
		cli_note(cli, _("left out of %s: %s"), p->name, why.p);
	if (p->unembedded)
		cli_warn(cli, PL_("%zu sentence of %s has an embedding of zeros or of what is no number: it is never paired",
				  "%zu sentences of %s have embeddings of zeros or of what is no number: they are never paired", p->unembedded),
			 p->unembedded, p->name);
	if (pile_is_foreign(p))
		cli_warn(cli, _("more than half of %s is not in the language %s: is --lang right, and SOURCE before TARGET?"), p->name,
			 lang_code(p->lang));
	buf_free(&why);
}

/* Of a bitext that exists it matters what became of its pairs. */
static void say_given(struct cli *cli, const struct mine_work *w)
{
	cli_note(cli, _("run %lld: kept %zu of %zu pairs, score %.3f or more; %llu more stood there before, %llu are copies of their source"),
		 (long long)w->run, w->kept, w->given.n, w->threshold, (unsigned long long)w->repeated,
		 (unsigned long long)w->left_out[CLEAN_COPY]);
	if (w->mining.judged)
		cli_note(cli, _("about %.0f %% of the pairs seem to be wrong"), 100 * w->mining.wrong_share);
}

static void say_summary(struct cli *cli, const struct mine_work *w)
{
	struct buf line = BUF_INIT;

	if (w->advice)
		cli_note(cli, "%s", w->advice);
	say_left_out(cli, &w->source);
	say_left_out(cli, &w->target);
	if (cli->json) {
		buf_addc(&line, '{');
		json_put_int(&line, "run", w->run);
		mine_summary_json(&line, w);
		buf_adds(&line, "}\n");
		cli_put(cli, buf_span(&line));
	} else if (w->alignment.beads.n) {
		cli_note(cli, _("run %lld: %zu beads aligned of %zu and %zu sentences, mean similarity %.2f"), (long long)w->run, w->kept,
			 w->source.text.n, w->target.text.n, w->alignment.confidence);
	} else if (w->given.n) {
		say_given(cli, w);
	} else {
		cli_note(cli, _("run %lld: %zu pairs from %zu and %zu sentences, score %.3f or more; dictionaries: %zu entries; messages learned from: %zu"),
			 (long long)w->run, w->kept, w->source.text.n, w->target.text.n, w->threshold, w->lexicon.entries.n, w->messages);
	}
	buf_free(&line);
}

static int mine_job(struct job *job, struct store *s, void *arg, struct error *err)
{
	struct mining_verb *m = arg;
	int rc;

	job_unit(job, _("sentences"));
	rc = mine_work_run(&m->work, &m->wish, s, job, err);
	return rc ? rc : mine_work_save(&m->work, &m->wish, s, job, err);
}

static int run_mine(struct cli *cli, const struct verb_args *args, struct error *err)
{
	struct mining_verb m = { 0 };
	const char *gold = arg_value(&verb_mine, args, "score");
	struct truth truth = { 0 };
	int rc = read_wish(&m, args, err);

	if (rc == 0 && gold) {
		m.wish.check = m.wish.align ? check_beads : check_truth;
		m.wish.check_ctx = &truth;
		rc = read_truth(&truth, gold, m.wish.align, err);
	}
	if (rc == 0)
		rc = read_embedder(&m, cli, args, err);
	if (rc == 0)
		rc = cli_workspace(cli, true, err);
	if (rc == 0)
		rc = cli_refresh(cli, 0, err);
	if (rc == 0)
		rc = job_run(cli->ws, _("mining"), mine_job, &m, cli->quiet, err);
	if (rc == 0 && arg_flag(&verb_mine, args, "print")) {
		if (m.wish.align)
			print_beads(cli, &m.work);
		else
			print_pairs(cli, &m.work);
	}
	if (rc == 0 && gold && m.wish.align)
		score_beads(cli, &m.work, &truth);
	else if (rc == 0 && gold)
		score_pairs(cli, &m.work, &truth);
	if (rc == 0)
		say_summary(cli, &m.work);
	truth_free(&truth);
	mine_work_free(&m.work);
	vec_free(&m.lexicons);
	free(m.cache);
	return rc;
}

const struct verb verb_mine = {
	.name = "mine",
	.synopsis = "SOURCE [TARGET]",
	.help = N_("find sentences that translate each other in two corpora or files"),
	.options = options,
	.min_words = 1,
	.max_words = 2,
	.run = run_mine,
	.more = N_("SOURCE and TARGET are corpora of the workspace, cut into sentences, or files; each line of a plain text file is a "
		   "sentence.  Dictionaries among the machine's packages are found by themselves.  The pairs become a run: see ls bitext --run N, "
		   "review, export bitext --run N."),
};
