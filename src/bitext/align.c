/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Alignment: links between the words, two passes, links learned from the beads, and the passes again; see align.h.
 */
#include "bitext/align.h"

#include "base/i18n.h"
#include "bitext/align_pass.h"
#include "bitext/kin.h"
#include "text/langid.h"

enum { BLIND_ROUNDS = 4 };

static const struct bead_costs usual = { .88, .115, 6 }, blind = { .9, .35, 12 };
static const double sound = .12;

/* ---- links ---- */

static size_t bead_words(uint32_t out[64], const struct side *s, size_t i, size_t n)
{
	size_t first = side_first(s, i), count = side_first(s, i + n) - first;

	for (size_t k = 0; k < count && k < 64; k++)
		out[k] = s->words.v[first + k].word;
	return count < 64 ? count : 0;
}

static void learn_from_beads(struct alignment *a, const struct link_list *known, const struct align_request *r,
			     const struct mapstr *headwords_x, const struct mapstr *headwords_y)
{
	struct parallel p = { 0 };
	struct model1 m = { { 0 } };
	struct link_list all = { { 0 } };
	uint32_t x[64], y[64];

	vec_each(&a->beads, k) {
		const struct bead *b = &a->beads.v[k];

		if (b->nx && b->ny && b->nx + b->ny <= 3) {
			size_t nx = bead_words(x, &a->a, b->x, b->nx);

			parallel_add(&p, x, nx, y, bead_words(y, &a->b, b->y, b->ny));
		}
	}
	model1_train(&m, &p, a->a.forms.n, a->b.forms.n, 5, true, r->threads);
	links_add_learned(&all, &m);
	vec_each(&known->links, k)
		vec_push(&all.links, known->links.v[k]);
	links_refuse(&all, &a->a, &a->b, headwords_x, headwords_y, &r->refused);
	link_table_free(&a->links);
	link_table_build(&a->links, &all, a->a.forms.n);
	link_list_free(&all);
	model1_free(&m);
	parallel_free(&p);
}

static void first_links(struct link_list *out, struct alignment *a, const struct align_request *r,
			const struct mapstr *headwords_x, const struct mapstr *headwords_y)
{
	links_add_same(out, &a->a, &a->b);
	links_add_cognates(out, &a->a, &a->b);
	if (r->lexicon)
		links_add_lexicon(out, &a->a, &a->b, r->lexicon, headwords_x, headwords_y, r->threads);
	links_refuse(out, &a->a, &a->b, headwords_x, headwords_y, &r->refused);
	link_table_build(&a->links, out, a->a.forms.n);
}

static int run_passes(struct alignment *a, const struct align_request *r, struct error *err)
{
	pass_free(a->pass);
	a->pass = pass_new(a, r->pins, r->n_pins, r->threads, r->cancel);
	if (!a->pass || !pass_run(a->pass, a, r->pins, r->n_pins, r->threads, r->cancel))
		return error_set(err, TAMIS_ECANCEL, _("alignment was cancelled"));
	return 0;
}

int align(struct alignment *out, const struct align_request *r, struct error *err)
{
	struct mapstr headwords_x = { 0 }, headwords_y = { 0 };
	struct link_list links = { { 0 } };
	bool by_length = !r->lexicon && !r->vectors_x;
	unsigned rounds = r->vectors_x ? 0 : by_length && r->rounds ? BLIND_ROUNDS : r->rounds;
	int rc;

	*out = (struct alignment){ .costs = by_length ? blind : usual };
	if (r->lexicon) {
		headwords_of(&headwords_x, r->lexicon, false);
		headwords_of(&headwords_y, r->lexicon, true);
	}
	side_build(&out->a, r->lang_x, r->x, r->n_x, &headwords_x);
	side_build(&out->b, r->lang_y, r->y, r->n_y, &headwords_y);
	out->length = length_model_of(side_length_ratio(&out->a, &out->b) * (double)(r->n_y + 1) / (double)(r->n_x + 1));
	first_links(&links, out, r, &headwords_x, &headwords_y);
	out->vectors_x = r->vectors_x;
	out->vectors_y = r->vectors_y;
	rc = run_passes(out, r, err);
	if (!rc && r->lexicon && rounds && out->confidence < sound) { /* its words are hardly met */
		by_length = true;
		rounds = BLIND_ROUNDS;
		out->costs = blind;
		rc = run_passes(out, r, err);
	}
	for (unsigned round = 0; !rc && round < rounds && (by_length || out->confidence >= sound); round++) {
		learn_from_beads(out, &links, r, &headwords_x, &headwords_y);
		out->costs = usual;
		rc = run_passes(out, r, err);
	}
	link_list_free(&links);
	mapstr_free(&headwords_x);
	mapstr_free(&headwords_y);
	if (!r->again) {
		pass_free(out->pass);
		out->pass = NULL;
	}
	if (rc)
		alignment_free(out);
	return rc;
}

int align_again(struct alignment *a, const struct pin *pins, size_t n_pins, unsigned threads, struct error *err)
{
	if (!a->pass)
		a->pass = pass_new(a, NULL, 0, threads, NULL);
	if (!a->pass || !pass_run(a->pass, a, pins, n_pins, threads, NULL))
		return error_set(err, TAMIS_ECANCEL, _("alignment was cancelled"));
	return 0;
}

void alignment_free(struct alignment *a)
{
	side_free(&a->a);
	side_free(&a->b);
	link_table_free(&a->links);
	vec_free(&a->beads);
	pass_free(a->pass);
}
