/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "instruct/cut.h"

#include "base/hash.h"
#include "text/langid.h"

#define SURE 0.95F      /* a segment is in another language than its document when it is that sure of it, */
#define SURE_CHARS 300u /* and that long: names and listings look like any language */

/* What most of the document's characters are in. */
static uint8_t language_of(const struct segmentation *s)
{
	size_t chars[256] = { 0 };
	uint8_t most = LANG_UNKNOWN;

	vec_each(&s->segments, i) {
		float sure;
		uint8_t lang = lang_guess(s->segments.v[i].text, &sure);

		chars[lang] += lang != LANG_UNKNOWN ? (size_t)(sure * sure * (float)s->segments.v[i].chars) : 0;
		most = chars[lang] > chars[most] ? lang : most;
	}
	return most;
}

static uint8_t language_within(const struct text_segment *s, uint8_t document)
{
	float sure;
	uint8_t lang = lang_guess(s->text, &sure);

	return lang != LANG_UNKNOWN && sure >= SURE && s->chars >= SURE_CHARS ? lang : document;
}

static void add_row(struct cut *c, const struct text_segment *s, uint8_t document, size_t least, size_t most)
{
	struct cut_segment *row;

	vec_push(&c->rows, (struct cut_segment){ .first_term = c->terms.n });
	row = &c->rows.v[c->rows.n - 1];
	row->lang = c->lang != LANG_UNKNOWN ? c->lang : language_within(s, document);
	terms_read_in(c->reader, &c->scratch, s->text, row->lang);
	checks_of_segment(&row->checks, &c->scratch, s, least, most);
	row->passes = checks_worst(&row->checks) != OUTCOME_FAIL;
	if (!row->passes && !c->keep_all)
		return;
	row->n_terms = c->scratch.terms.n;
	vec_reserve(&c->terms, c->terms.n + row->n_terms);
	if (row->n_terms)
		memcpy(c->terms.v + c->terms.n, c->scratch.terms.v, row->n_terms * sizeof *c->terms.v);
	c->terms.n += row->n_terms;
	twin_sketch(&row->sketch, &c->scratch);
	row->hash = hash64(s->text.p, s->text.len, 2);
}

uint32_t cut_retrieve(struct retriever *r, const struct cut *c, size_t i)
{
	const struct cut_segment *row = &c->rows.v[i];

	return retriever_add_terms(r, c->segmentation.segments.v[i].text, c->terms.v + row->first_term, row->n_terms);
}

int cut_document(struct cut *out, struct span text, size_t least, size_t most, struct error *err)
{
	uint8_t document;
	int rc;

	if (out->reader == NULL)
		out->reader = term_reader_new();
	vec_clear(&out->rows);
	vec_clear(&out->terms);
	out->markup = markup_of_file(out->name, text);
	rc = segmentation_make(&out->segmentation, text, out->markup, least, most, err);
	document = rc == 0 && out->lang == LANG_UNKNOWN ? language_of(&out->segmentation) : out->lang;
	for (size_t i = 0; rc == 0 && i < out->segmentation.segments.n; i++)
		add_row(out, &out->segmentation.segments.v[i], document, least, most);
	return rc;
}

void cut_free(struct cut *c)
{
	segmentation_free(&c->segmentation);
	term_reader_free(c->reader);
	vec_free(&c->rows);
	vec_free(&c->terms);
	vec_free(&c->scratch.terms);
	*c = (struct cut){ 0 };
}
