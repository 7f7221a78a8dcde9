/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pairs into items. */
#include "jobs/backtranslate_inside.h"

#include <math.h>

#include "base/json.h"
#include "text/langid.h"

static void put_body(struct buf *out, const struct candidate *c, const struct pair *p)
{
	char ref[32];

	item_ref_format(ref, c->document);
	buf_addc(out, '{');
	json_put_member(out, "instruction", p->instruction);
	json_put_member(out, "input", p->input);
	json_put_member(out, "response", p->response);
	json_put_member(out, "source_document", span_of(ref));
	json_put_int(out, "source_byte", (int64_t)c->segment.at);
	json_put_int(out, "source_bytes", (int64_t)c->segment.len);
	json_put_member(out, "source_path", c->segment.path);
	json_put_member(out, "markup", span_of(markup_name(c->markup)));
	json_put_member(out, "lang", span_of(lang_code(c->lang)));
	json_put_member(out, "generator", span_of(p->generator));
	json_put_member(out, "type", span_of(p->type));
	json_put_member(out, "template", span_of(p->template));
	if (p->more.len)
		buf_addc(out, ',');
	buf_addspan(out, p->more);
	json_put_key(out, "checks");
	checks_json(out, &c->checks);
	buf_addc(out, '}');
}

/* The question of an item is whether this instruction, its input and this response belong together. */
static struct hash128 pair_key(const struct pair *p)
{
	struct buf text = BUF_INIT;
	struct hash128 key;

	buf_adds(&text, "instruction");
	buf_addc(&text, '\0');
	buf_addspan(&text, p->instruction);
	buf_addc(&text, '\0');
	buf_addspan(&text, p->response);
	if (p->input.len) {
		buf_addc(&text, '\0');
		buf_addspan(&text, p->input);
	}
	key = hash128(text.p, text.len);
	buf_free(&text);
	return key;
}

static enum verdict suggestion_of(const struct pair *p, enum outcome worst)
{
	if (!p->checked || worst == OUTCOME_FAIL)
		return VERDICT_REJECT;
	return p->good && worst == OUTCOME_PASS ? VERDICT_ACCEPT : VERDICT_NONE;
}

int backtranslate_flush(struct work *w, struct error *err)
{
	size_t at = 0;
	int rc;

	for (size_t i = 0; i < w->n_rows; i++) {
		w->rows[i].body = w->bodies.p + at;
		at += w->rows[i].body_len;
	}
	rc = w->n_rows ? store_items_add(w->store, w->result->run, w->rows, w->n_rows, err) : 0;
	w->n_rows = 0;
	buf_clear(&w->bodies);
	return rc;
}

void backtranslate_write(struct written_pair *out, const struct candidate *c, const struct pair *p)
{
	buf_clear(&out->body);
	put_body(&out->body, c, p);
	out->key = pair_key(p);
	out->score = isnan(p->score) && p->checked && !p->judged ? c->checks.of[CHECK_MARGIN].value : p->score;
	out->suggestion = suggestion_of(p, checks_worst(&c->checks));
}

int backtranslate_keep(struct work *w, const struct candidate *c, const struct written_pair *p, bool checked, struct error *err)
{
	w->result->outcomes[checks_worst(&c->checks)] += checked;
	w->result->pairs += checked;
	for (unsigned i = 0; i < CHECKS; i++)
		w->result->failed[i] += checked && c->checks.of[i].outcome == OUTCOME_FAIL;
	if (map128_find(&w->written, &p->key))
		return 0;
	buf_addspan(&w->bodies, buf_span(&p->body));
	w->rows[w->n_rows++] = (struct item_row){
		.run = w->result->run, .kind = KIND_INSTRUCTION, .key = p->key, .body_len = p->body.len, .score = p->score,
		.suggestion = (uint8_t)p->suggestion,
	};
	return w->n_rows == PAIRS_BATCH ? backtranslate_flush(w, err) : 0;
}

int backtranslate_add(struct work *w, struct candidate *c, const struct pair *p, struct error *err)
{
	const struct asked_pair asked = { p->instruction, p->response, c->number, c->lang, w->lang };

	if (p->checked)
		checks_of_pair(&c->checks, w->reader, w->instructions, &asked);
	if (p->checked && p->rewritten.len)
		checks_of_rewriting(&c->checks, retrieval_terms(pair_reader_retrieval(w->reader)), p->response, p->rewritten);
	backtranslate_write(&w->pair, c, p);
	return backtranslate_keep(w, c, &w->pair, p->checked, err);
}
