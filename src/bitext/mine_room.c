/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What mining keeps in memory, and what on disk. */
#include "bitext/mine.h"

#include "base/scratch.h"

enum { STRETCH = 1 << 14 }; /* candidates between two rests of a walk */

int mine_candidates_room(struct mining *m, size_t n, size_t memory, struct error *err)
{
	size_t bytes = n * sizeof *m->candidates.v;
	void *room = NULL;
	int rc = 0;

	mine_candidates_free(m);
	if (!memory || bytes <= memory) {
		vec_reserve(&m->candidates, n);
	} else {
		rc = scratch_map(&room, bytes, err);
		if (rc)
			return rc;
		m->candidates.v = room;
		m->candidates.cap = n;
		m->on_disk = bytes;
	}
	m->candidates.n = n;
	return rc;
}

void mine_candidates_free(struct mining *m)
{
	if (m->on_disk) {
		scratch_unmap(m->candidates.v, m->on_disk);
		m->candidates.v = NULL;
		m->candidates.n = m->candidates.cap = m->on_disk = 0;
	}
	vec_free(&m->candidates);
}

void mine_candidates_rest(const struct mining *m, size_t from, size_t to)
{
	if (m->on_disk)
		scratch_rest(m->candidates.v + from, (to - from) * sizeof *m->candidates.v);
}

void mine_candidates_pass(const struct mining *m, size_t i)
{
	if (m->on_disk && i && i % STRETCH == 0)
		mine_candidates_rest(m, i - STRETCH, i);
}

static size_t side_bytes(const struct side *s)
{
	return s->n * sizeof *s->sentences + s->words.cap * sizeof *s->words.v +
	       s->forms.n * (2 * sizeof *s->forms.v + sizeof *s->df + sizeof *s->weight + sizeof *s->name + 48);
}

size_t mine_bytes(const struct mining *m)
{
	return side_bytes(&m->a) + side_bytes(&m->b) + m->links.n * sizeof *m->links.links +
	       (m->a.forms.n + 1) * sizeof *m->links.first;
}
