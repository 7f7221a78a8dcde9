/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "instruct/cut.h"

#include "base/hash.h"
#include "text/langid.h"

static void add_row(struct cut *c, const struct text_segment *s, size_t least, size_t most)
{
	struct cut_segment *row;

	vec_push(&c->rows, (struct cut_segment){ .first_term = c->terms.n });
	row = &c->rows.v[c->rows.n - 1];
	terms_read(c->reader, &c->scratch, s->text);
	checks_of_segment(&row->checks, &c->scratch, s, least, most);
	row->passes = checks_worst(&row->checks) != OUTCOME_FAIL;
	if (!row->passes && !c->keep_all)
		return;
	vec_reserve(&c->terms, c->terms.n + c->scratch.terms.n);
	memcpy(c->terms.v + c->terms.n, c->scratch.terms.v, c->scratch.terms.n * sizeof *c->terms.v);
	c->terms.n += c->scratch.terms.n;
	row->n_terms = c->scratch.terms.n;
	twin_sketch(&row->sketch, &c->scratch);
	row->hash = hash64(s->text.p, s->text.len, 2);
	row->lang = lang_guess(s->text, NULL);
}

int cut_document(struct cut *out, struct span text, size_t least, size_t most, struct error *err)
{
	int rc;

	if (out->reader == NULL)
		out->reader = term_reader_new();
	vec_clear(&out->rows);
	vec_clear(&out->terms);
	out->markup = markup_guess(text);
	rc = segmentation_make(&out->segmentation, text, out->markup, least, most, err);
	for (size_t i = 0; rc == 0 && i < out->segmentation.segments.n; i++)
		add_row(out, &out->segmentation.segments.v[i], least, most);
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
