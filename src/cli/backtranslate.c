/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tamis backtranslate: instruction pairs out of documents. */
#include "config.h"

#include <stdlib.h>

#include "base/i18n.h"
#include "base/json.h"
#include "cli/verb.h"
#include "jobs/backtranslate.h"

static const struct verb_option options[] = {
	{ .name = "generator", .letter = 'g', .value = "NAME", .help = N_("what writes the instructions (default extract: drafts without a model)"),
	  .choices = "extract http" },
	{ .name = "endpoint", .letter = 'e', .value = "URL", .help = N_("http: an OpenAI-compatible service; its key is read from TAMIS_API_KEY") },
	{ .name = "model", .letter = 'm', .value = "NAME", .help = N_("http: the model's name there") },
	{ .name = "judge", .help = N_("http: have the model score each pair from 1 to 5, in both orders, and the instruction alone") },
	{ .name = "rewrite", .help = N_("http: have the model write the response anew, kept beside the original") },
	{ .name = "budget", .value = "TOKENS", .help = N_("http: spend no more than this on the run") },
	{ .name = "tries", .value = "N", .help = N_("http: replies to ask for until one is as asked (default 2)") },
	{ .name = "again", .help = N_("http: ask anew where the replies known could not be used") },
	{ .name = "parallel", .value = "N", .help = N_("http: calls in flight at most (default 64; fewer when the service is slow)") },
	{ .name = "idle", .value = "SECONDS", .help = N_("http: give a call up when nothing is heard for so long (default 300)") },
	{ .name = "n", .letter = 'n', .value = "N", .help = N_("at most N pairs, drawn from all segments") },
	{ .name = "types", .letter = 't', .value = "TYPE", .help = N_("only instructions of this type; may be given again"), .many = true,
	  .choices = "question how-to explain list compare summarise code maths table creative" },
	{ .name = "lang", .letter = 'l', .value = "CODE", .help = N_("language the documents are in: pairs in another one fail") },
	{ .name = "least", .value = "CHARS", .help = N_("shortest segment (default 600)") },
	{ .name = "most", .value = "CHARS", .help = N_("longest segment (default 3000)") },
	{ .name = "benchmark", .value = "FILE", .help = N_("pairs that hold 13 words in a row of this file (JSON or text) fail") },
	{ .name = "keep-all", .help = N_("pairs also of segments that fail a check, marked so") },
	{ 0 },
};

extern const struct verb verb_backtranslate;

struct backtranslating {
	struct backtranslate_request request;
	struct backtranslate_result result;
};

static int backtranslate_work(struct job *job, struct store *s, void *arg, struct error *err)
{
	struct backtranslating *b = arg;

	return backtranslate_run(job, s, &b->request, &b->result, err);
}

static int read_types(unsigned *types, const struct verb_args *args, struct error *err)
{
	for (size_t i = 0; i < 2 * args->n_many; i += 2) {
		unsigned type = 0;

		if (strcmp(args->many[i], "types") != 0)
			continue;
		while (type < DRAFT_TYPES && strcmp(draft_type_name((enum draft_type)type), args->many[i + 1]) != 0)
			type++;
		if (type == DRAFT_TYPES)
			return error_set(err, TAMIS_EUSAGE, _("--types: “%s” is no type of instruction; there are question, how-to, explain, "
							      "list, compare, summarise, code, maths, table and creative"),
					 args->many[i + 1]);
		*types |= 1u << type;
	}
	return 0;
}

static int read_model(struct backtranslate_request *q, const struct verb_args *args, struct error *err)
{
	static const char *const of_http[] = { "endpoint", "model", "judge", "rewrite", "budget", "tries", "again", "parallel", "idle" };
	const struct verb *v = &verb_backtranslate;
	struct backtranslate_model *m = &q->model;
	uint64_t parallel = 0, idle = 0, tries = 0, budget = 0;
	int rc;

	for (size_t i = 0; i < sizeof of_http / sizeof *of_http; i++)
		if (q->generator != GENERATOR_HTTP && arg_value(v, args, of_http[i]))
			return error_set(err, TAMIS_EUSAGE, _("--%s is for --generator http"), of_http[i]);
	if (q->generator != GENERATOR_HTTP)
		return 0;
	*m = (struct backtranslate_model){
		.endpoint = arg_value(v, args, "endpoint"), .model = arg_value(v, args, "model"), .key = getenv("TAMIS_API_KEY"),
		.judge = arg_flag(v, args, "judge"), .rewrite = arg_flag(v, args, "rewrite"), .again = arg_flag(v, args, "again"),
	};
	if (!m->endpoint || !m->model || !*m->endpoint || !*m->model)
		return error_set(err, TAMIS_EUSAGE, _("--generator http needs --endpoint and --model"));
	rc = arg_count(&parallel, v, args, "parallel", 1, 1024, err);
	if (rc == 0)
		rc = arg_count(&idle, v, args, "idle", 1, 86400, err);
	if (rc == 0)
		rc = arg_count(&tries, v, args, "tries", 1, 10, err);
	if (rc == 0)
		rc = arg_count(&budget, v, args, "budget", 1, INT64_MAX / 4, err);
	m->parallel = (unsigned)parallel;
	m->idle_s = (unsigned)idle;
	m->tries = (unsigned)tries;
	m->budget = (int64_t)budget;
	return rc;
}

static int read_request(struct backtranslate_request *q, const struct verb_args *args, struct error *err)
{
	const struct verb *v = &verb_backtranslate;
	const char *generator = arg_value(v, args, "generator");
	uint64_t least = 0, most = 0;
	int rc = 0;

	if (generator && strcmp(generator, "local") == 0)
		return error_set(err, TAMIS_EUNSUPPORTED, _("--generator %s is not available yet; extract and http are"), generator);
	rc = arg_choice(&generator, v, args, "generator", err);
	q->generator = generator && strcmp(generator, "http") == 0 ? GENERATOR_HTTP : GENERATOR_EXTRACT;
	if (rc == 0)
		rc = read_model(q, args, err);
	if (rc == 0)
		rc = arg_count(&q->n, v, args, "n", 1, INT64_MAX, err);
	if (rc == 0)
		rc = arg_count(&least, v, args, "least", 1, 1 << 20, err);
	if (rc == 0)
		rc = arg_count(&most, v, args, "most", 2, 1 << 24, err);
	if (rc == 0)
		rc = read_types(&q->types, args, err);
	q->lang = arg_value(v, args, "lang");
	q->least = (size_t)least;
	q->most = (size_t)most;
	q->keep_all = arg_flag(v, args, "keep-all");
	q->benchmark = arg_value(v, args, "benchmark");
	return rc;
}

/* Replies that are kept and say nothing of use, and refusals of what is too long; a call that failed has none. */
static uint64_t unusable(const struct backtranslate_result *r)
{
	uint64_t n = 0;

	for (unsigned i = REPLY_OK + 1; i < REPLY_OUTCOMES; i++)
		n += r->ended[i];
	return n + r->ended[ENDED_TOO_LONG];
}

static void say_asked(struct cli *cli, const struct backtranslate_result *r)
{
	const struct asker_counts *c = &r->asker;

	cli_note(cli,
		 _("asked the model %llu times (%llu replies were known already), %llu calls made again; %lld tokens in, %lld out, %lld in "
		   "the run"),
		 (unsigned long long)c->asked, (unsigned long long)c->known, (unsigned long long)c->retried, (long long)c->prompt_tokens,
		 (long long)c->completion_tokens, (long long)c->run_tokens);
	if (r->judged + r->unjudged)
		cli_note(cli, _("judged: %llu pairs; scores missing in %llu"), (unsigned long long)r->judged,
			 (unsigned long long)r->unjudged);
	if (r->rewritten + r->unwritten)
		cli_note(cli, _("responses rewritten: %llu; not to be used: %llu"), (unsigned long long)r->rewritten,
			 (unsigned long long)r->unwritten);
	if (r->truncated)
		cli_note(cli, PL_("%llu segment was cut to fit the model's context: its response ends there",
				  "%llu segments were cut to fit the model's context: their responses end there", r->truncated),
			 (unsigned long long)r->truncated);
	if (r->ended[ENDED_NOT_ASKED])
		cli_note(cli, _("the budget is spent: %llu segments were not asked about"), (unsigned long long)r->ended[ENDED_NOT_ASKED]);
	if (unusable(r))
		cli_warn(cli,
			 _("%llu replies could not be used: tamis ls instructions --run %lld --where '!meta.outcome=ok' lists them; "
			   "the same command with --again asks anew"),
			 (unsigned long long)unusable(r), (long long)r->run);
	if (r->ended[ENDED_FAILED])
		cli_warn(cli, PL_("%llu call failed: the same command makes it again", "%llu calls failed: the same command makes them again",
				  r->ended[ENDED_FAILED]),
			 (unsigned long long)r->ended[ENDED_FAILED]);
}

static void say_summary(struct cli *cli, const struct backtranslate_result *r)
{
	struct buf line = BUF_INIT;

	if (cli->json) {
		buf_addc(&line, '{');
		json_put_int(&line, "run", r->run);
		backtranslate_summary_json(&line, r);
		buf_adds(&line, "}\n");
		cli_put(cli, buf_span(&line));
		buf_free(&line);
		return;
	}
	cli_note(cli,
		 _("documents: %llu; segments: %llu (checks of the text alone failed: %llu, copies: %llu); pairs: %llu (checks of the pair "
		   "passed: %llu, warned: %llu, failed: %llu) in run %lld"),
		 (unsigned long long)r->documents, (unsigned long long)r->segments, (unsigned long long)r->failed_segments,
		 (unsigned long long)r->duplicates, (unsigned long long)r->pairs, (unsigned long long)r->outcomes[OUTCOME_PASS],
		 (unsigned long long)r->outcomes[OUTCOME_WARN], (unsigned long long)r->outcomes[OUTCOME_FAIL], (long long)r->run);
	if (r->asked)
		say_asked(cli, r);
	if (r->pairs)
		cli_note(cli, _("These are drafts: tamis review %lld judges them, and only what was accepted or edited is exported."),
			 (long long)r->run);
	buf_free(&line);
}

static int run_backtranslate(struct cli *cli, const struct verb_args *args, struct error *err)
{
	struct backtranslating b = { .request.corpus = args->words[0] };
	struct corpus corpus;
	int rc = read_request(&b.request, args, err);

	if (rc == 0)
		rc = cli_workspace(cli, false, err);
	if (rc == 0)
		rc = cli_corpus(cli, &corpus, b.request.corpus, err);
	if (rc == 0)
		rc = cli_refresh(cli, corpus.id, err);
	if (rc == 0)
		rc = job_run(cli->ws, _("back-translating"), backtranslate_work, &b, cli->quiet, err);
	if (rc == 0)
		say_summary(cli, &b.result);
	return rc == 0 && b.result.asked && unusable(&b.result) + b.result.ended[ENDED_FAILED] ? CLI_SOME_REJECTED : rc;
}

const struct verb verb_backtranslate = {
	.name = "backtranslate",
	.synopsis = "CORPUS",
	.help = N_("draft instructions that the documents of a corpus answer"),
	.options = options,
	.min_words = 1,
	.max_words = 1,
	.run = run_backtranslate,
	.more = N_("Documents are cut by headings (HTML, Markdown, reStructuredText, POD, manual pages, LaTeX), definitions of code or paragraphs into segments of 600 to 3,000 characters that do "
		   "not overlap; each gets the draft of an instruction, made from its heading and key phrases, and checks whose values stay "
		   "beside their thresholds. Drafts are exported only after a person accepted or edited them. With --generator http a "
		   "model writes the instructions; a run that was stopped or killed goes on with the same command and pays for no reply twice."),
	.words = "corpora",
};
