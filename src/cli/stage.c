/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tamis stage: one step of an engine as a filter. */
#include "config.h"

#include "cli/stage.h"

#include "base/i18n.h"

static const struct verb_option options[] = {
	{ .name = "threshold", .letter = 't', .value = "T", .help = N_("similarity of duplicates (default 0.8); the same for all stages") },
	{ .name = "shingle", .value = "UNIT:N", .help = N_("what is counted: word:N or char:N (default word:5)") },
	{ .name = "bands", .value = "BxR", .help = N_("bands and rows (default: chosen for the threshold)") },
	{ .name = "classic", .help = N_("MinHash by 128 affine maps; the same for sign and verify") },
	{ .name = "sets", .help = N_("sign: write each text's shingles, for attach, instead of its bands") },
	{ .name = "text", .value = "FIELD", .help = N_("member with the text (default text)") },
	{ .name = "id", .value = "FIELD", .help = N_("member with the document's name (default id)") },
	{ .name = "source", .value = "NAME", .help = N_("names documents without an id: NAME:BYTE (default -)") },
	{ .name = "side", .value = "SIDE", .help = N_("segment: write SIDE, id:index and text, for embed, instead of JSON Lines"),
	  .choices = "x y" },
	{ .name = "vectors", .value = "FILE", .help = N_("embed: take the vectors of this .npy or .safetensors file, a row a line") },
	{ .name = "tensor", .value = "NAME", .help = N_("embed: which matrix of the file (default: the only one)") },
	{ .name = "endpoint", .value = "URL", .help = N_("embed: an OpenAI-compatible /v1/embeddings; the key is read from TAMIS_EMBED_KEY") },
	{ .name = "model", .value = "NAME", .help = N_("embed: the endpoint's model") },
	{ .name = "prefix", .value = "TEXT", .help = N_("embed: put before every text sent") },
	{ .name = "blocks", .value = "N", .help = N_("spread: blocks of each side (default 1)") },
	{ .name = "k", .value = "K", .help = N_("neighbours in the margin (default 4); the same for knn and nearest") },
	{ .name = "margin", .value = "KIND", .help = N_("margin: which one (default ratio)"), .choices = "distance ratio absolute" },
	{ .name = "retrieval", .value = "KIND", .help = N_("match: who is paired with whom (default max)"),
	  .choices = "max forward backward intersection" },
	{ .name = NULL },
};

const struct stage stages[] = {
	{ "sign", N_("dedup: JSON Lines to band keys, sketches and documents (--sets: to sets)"), stage_run_sign },
	{ "bucket", N_("dedup: bands sorted by the first two fields to candidate pairs"), stage_run_bucket },
	{ "edges", N_("dedup: sorted pairs to pairs once each, to be joined with the sets"), stage_run_edges },
	{ "attach", N_("dedup: sets and pairs sorted by the first two fields; run it twice"), stage_run_attach },
	{ "verify", N_("dedup: pairs with both sets to exact counts"), stage_run_verify },
	{ "star", N_("dedup: verified pairs and documents to removals with their keepers"), stage_run_star },
	{ "links", N_("dedup: verified pairs to links between texts, for the components"), stage_run_links },
	{ "small-star", N_("dedup: links sorted by both fields, one half of a round of components"), stage_run_small_star },
	{ "large-star", N_("dedup: links sorted by both fields, the other half"), stage_run_large_star },
	{ "scatter", N_("dedup: verified pairs and documents to lines by text, to meet its component"), stage_run_scatter },
	{ "place", N_("dedup: texts with their components to lines by component, for star"), stage_run_place },
	{ "local", N_("dedup: JSON Lines to removals, in one process"), stage_run_local },
	{ "embed", N_("mine: x or y, id, text to x or y, id, vector"), stage_run_embed },
	{ "spread", N_("mine: vectors to the blocks they are compared in"), stage_run_spread },
	{ "knn", N_("mine: blocks sorted by the first field to the nearest of each sentence"), stage_run_knn },
	{ "nearest", N_("mine: neighbours sorted by the first two fields to means and neighbours"), stage_run_nearest },
	{ "margin", N_("mine: means and neighbours sorted by the first three fields to margins"), stage_run_margin },
	{ "match", N_("mine: margins to pairs, best first"), stage_run_match },
	{ "segment", N_("text: JSON Lines of documents to JSON Lines of sentences"), stage_run_segment },
	{ .name = NULL },
};

static int run_stage(struct cli *cli, const struct verb_args *args, struct error *err)
{
	struct buf names = BUF_INIT;
	int rc;

	for (const struct stage *s = stages; s->name; s++) {
		if (strcmp(s->name, args->words[0]) == 0) {
			buf_free(&names);
			return s->run(cli, args, stdin, stdout, err);
		}
		buf_addf(&names, " %s", s->name);
	}
	rc = error_set(err, TAMIS_EUSAGE, _("there is no stage “%s”; there are:%s"), args->words[0], names.p);
	buf_free(&names);
	return rc;
}

const struct verb verb_stage = {
	.name = "stage",
	.synopsis = "NAME",
	.help = N_("one step of an engine as a filter, for clusters of machines"),
	.options = options,
	.more = N_("Reads standard input, writes tab-separated lines with the key first.  dedup: sign, bucket, edges, attach (twice), verify, star; "
		   "for many stars at a time links, small-star and large-star in turns, scatter, place before it; "
		   "between them LC_ALL=C sort, or the shuffle of Spark or Hadoop.  local does all of it in one process, with the same "
		   "result.  mine: segment, embed, spread, knn, nearest, margin, match, as mine --embedder file does in one process."),
	.words = "sign bucket edges attach verify star links small-star large-star scatter place local segment embed spread knn nearest "
		 "margin match",
	.min_words = 1,
	.max_words = 1,
	.run = run_stage,
};
